/** Lines of a file in which what production does not execute is blank: documentation strings, comments over several lines, Rust's own tests. */
export function withoutProse(path: string, all: readonly string[]): readonly string[] {
  const lines = path.endsWith('.rs') ? withoutTests(all) : all
  const begins = beginnings.find(({ paths }) => paths.test(path))
  if (begins === undefined) return lines
  const found = [...lines]
  let before = ''
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const end = begins.end(line, before)
    if (end === undefined) {
      if (line.trim() !== '') before = line
      // The end of a text that is a value would look like the beginning of prose.
      const open = begins.opens?.(line)
      if (open !== undefined) while (++at < lines.length && !(lines[at] ?? '').includes(open)) {}
      continue
    }
    if (end(line.replace(/^\s*(?:@\w+\s*(?:~[sS])?)?[rRuU]?("""|'''|\/\*|=begin)/, ''))) {
      // Code may follow: `/* eslint-disable */ run()`.
      if (/(\*\/|"""|''')\s*$/.test(line)) found[at] = ''
      continue
    }
    found[at] = ''
    while (++at < lines.length) {
      found[at] = ''
      if (end(lines[at] ?? '')) break
    }
  }
  return found
}

/** Rust keeps its tests in a module at the end of the file they are about. */
function withoutTests(lines: readonly string[]): readonly string[] {
  const found = [...lines]
  for (let at = 0; at < lines.length; at++) {
    const indent = /^(\s*)#\[cfg\((?:all\()?test\b/.exec(lines[at] ?? '')?.[1]
    if (indent === undefined) continue
    const opens = lines.findIndex((line, after) => after > at && !/^\s*(?:#\[|\/\/|$)/.test(line))
    if (!/^\s*(?:pub(?:\(\w+\))?\s+)?mod\s+\w+\s*\{\s*$/.test(lines[opens] ?? '')) continue
    const closes = lines.findIndex((line, after) => after > opens && line.startsWith(`${indent}}`))
    const end = closes === -1 ? lines.length : closes + 1
    found.fill('', at, end)
    at = end - 1
  }
  return found
}

interface Beginning {
  readonly paths: RegExp
  /** For a line that begins prose: tells whether a (rest of a) line ends it. `before`: the last line with anything on it. */
  readonly end: (line: string, before: string) => ((line: string) => boolean) | undefined
  /** The mark of a text that begins in a line and does not end there. */
  readonly opens?: (line: string) => string | undefined
}

const has = (mark: string) => (line: string) => line.includes(mark)

const beginnings: readonly Beginning[] = [
  {
    paths: /\.py$/,
    end: (line, before) => {
      const mark = /^\s*[rRuU]?("""|''')/.exec(line)?.[1]
      return mark !== undefined && standsAlone(line, before) ? has(mark) : undefined
    },
    opens: line => ['"""', "'''"].find(mark => line.split(mark).length % 2 === 0),
  },
  {
    paths: /\.exs?$/,
    end: line => (/^\s*@(?:module|type)?doc\s+(?:~[sS])?"""/.test(line) ? has('"""') : undefined),
  },
  { paths: /\.(rb|rake)$/, end: line => (line.startsWith('=begin') ? text => text.startsWith('=end') : undefined) },
  {
    paths: /\.([cm]?[jt]sx?|go|java|kts?|scala|php|rs|cs|sql|vue|svelte)$/,
    end: line => (/^\s*\/\*/.test(line) ? has('*/') : undefined),
  },
]

/** A string that is a statement of its own, and not an argument or the right side of something. */
function standsAlone(line: string, before: string): boolean {
  if (before === '' || /^\s*(?:async\s+def|def|class)\b.*:\s*(?:#.*)?$|\)\s*(?:->[^:]*)?:\s*(?:#.*)?$/.test(before))
    return true
  return /^\S/.test(line) && !/[([{,=+\\]\s*(?:#.*)?$|\breturn$/.test(before)
}
