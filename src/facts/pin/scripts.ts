import type { Pin } from './pins.ts'

const helm = /\bhelm\s+(?:upgrade|install)\b(?![^\n]*\s(?:--dry-run|template)\b)/
const fresh =
  /\bgit\s+(?:-C\s+\S+\s+)?(?:checkout|switch|reset\s+--hard)\s[^\n]*\$\([^\n]*(?:\bgit\s+(?:branch|tag|for-each-ref|ls-remote|describe)|\/releases\/latest)/
const sortedList =
  /\bgit\s+(?:branch|tag|for-each-ref|ls-remote)\b[^\n]*\b(?:tail|head)\b|\bgit\s+rev-list\s+--tags\s+--max-count/
const fixedCheckout = /\bgit\s+(?:-C\s+\S+\s+)?(?:checkout|switch|reset\s+--hard)\s+(?:-\S+\s+)*["']?([\w./${}-]+)["']?/

/** Charts that a script installs, with or without `--version`, and revisions that it checks out. Lines that end in a backslash are read as one. */
export function scriptPins(text: string): readonly Pin[] {
  const lines = text.split('\n')
  return lines.flatMap((line, index): readonly Pin[] => {
    if (line.length > 1000 || /^\s*(#|echo\b|printf\b)/.test(line)) return []
    return [...chartIn(lines, line, index), ...checkoutIn(lines, line, index)]
  })
}

function chartIn(lines: readonly string[], line: string, index: number): readonly Pin[] {
  const found = helm.exec(line)
  if (found === null) return []
  let whole = line.slice(found.index)
  for (let next = index; /\\\s*$/.test(lines[next] ?? '') && next < index + 40; next++)
    whole = `${whole.replace(/\\\s*$/, '')} ${(lines[next + 1] ?? '').trim()}`
  // What is not the chart itself: options, the name of the release, paths in the repository.
  const chart = /\s["']?((?:oci:\/\/)?[\w.-]+(?:\/[\w.-]+)+)["']?(?=\s|$)/.exec(
    whole.replace(/\s-{1,2}[\w-]+(?:[= ]\S+)?/g, ' '),
  )?.[1]
  if (chart === undefined || /^\.|\.(tgz|ya?ml)$/.test(chart)) return []
  // A folder of the repository looks like a chart in one; only what is called as a repository's chart counts.
  const isLocal = /^(charts?|helm|deploy|k8s|infra|kubernetes|\$)/i.test(chart)
  if (isLocal) return []
  const version = /\s--version[= ]["']?([^\s"']+)/.exec(whole)?.[1] ?? ''
  return [pinAt('chart', chart, version, version !== '' && version !== 'latest', `helm ${chart}`, line, index)]
}

/** The newest branch or tag of whatever is there on that day, or a fixed one. */
function checkoutIn(lines: readonly string[], line: string, index: number): readonly Pin[] {
  if (fresh.test(line) || isNewest(lines, index, fixedCheckout.exec(line)?.[1]))
    return [pinAt('tool', 'git checkout', 'the newest', false, 'git checkout', line, index)]
  const revision = fixedCheckout.exec(line)?.[1]
  return revision === undefined ? [] : [pinAt('tool', 'git checkout', revision, true, 'git checkout', line, index)]
}

/** A variable that was set above to the first or last of a sorted list of branches or tags, or to what a release page calls the latest. */
function isNewest(lines: readonly string[], index: number, revision: string | undefined): boolean {
  const name = /^\$\{?(\w+)\}?$/.exec(revision ?? '')?.[1]
  if (name === undefined) return false
  const set = lines.slice(0, index).findLast(line => new RegExp(`^\\s*(?:export\\s+|local\\s+)*${name}=`).test(line))
  return set !== undefined && /\$\(/.test(set) && (sortedList.test(set) || /\/releases\/latest/.test(set))
}

function pinAt(
  what: Pin['what'],
  name: string,
  version: string,
  pinned: boolean,
  place: string,
  line: string,
  index: number,
): Pin {
  const column = line.length - line.trimStart().length + 1
  const span = { line: index + 1, column, endLine: index + 1, endColumn: line.trimEnd().length + 1 }
  return { what, name, version, pinned, place, span }
}
