import type { Artifact, Source } from '../../artifact/types.ts'
import { touches } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import { spanOf } from '../../text/lines.ts'
import type { Slip } from './found.ts'

/** Loop variables whose address or closure outlives the round: before Go 1.22 all rounds share one variable. Source: https://go.dev/blog/loopvar-preview */
export async function loopVariables(artifact: Artifact, source: Source, tree: Tree): Promise<readonly Slip[]> {
  if (artifact.language !== 'go' || !/\bfor\b.*\brange\b/.test(source.text)) return []
  if (!(await isOneVariable(artifact.path, tree))) return []
  const slips: Slip[] = []
  for (const match of source.text.matchAll(/\bfor\s+(\w+)?(?:\s*,\s*(\w+))?\s*:=\s*range\b[^\n{]*\{/g)) {
    const open = match.index + match[0].length - 1
    const body = bodyFrom(source.text, open)
    for (const name of [match[1], match[2]]) {
      if (name === undefined || name === '_' || new RegExp(`\\b${name}\\s*:=\\s*${name}\\b`).test(body)) continue
      const kept = new RegExp(`(?:append\\([^\\n]*|=\\s*|:\\s*|<-\\s*)&${name}\\b(?!\\s*[.\\[])`).exec(body)
      const started = new RegExp(`\\b(?:go|defer)\\s+func\\(\\s*\\)\\s*\\{(?:[^{}]|\\{[^{}]*\\})*?\\b${name}\\b`).exec(
        body,
      )
      const found = kept ?? started ?? (await handedOn(body, name, artifact.path, source.text, tree))
      if (!found) continue
      const start = open + found.index + found[0].length - name.length
      const span = spanOf(source.lines, start, start + name.length)
      if (!touches(artifact, 'head', span)) continue
      slips.push({ what: 'loop-variable', name, after: found === started ? 'func()' : `&${name}`, span })
    }
  }
  return slips
}

/** `convert(&x)`, where `convert` keeps the address of what it was given, or of a part of it. */
async function handedOn(
  body: string,
  name: string,
  path: string,
  text: string,
  tree: Tree,
): Promise<RegExpExecArray | undefined> {
  const found = new RegExp(`\\b(\\w+)\\(&${name}(?=\\))`).exec(body)
  if (found === null) return undefined
  const keeper = new RegExp(`^func\\s+(?:\\([^)]*\\)\\s*)?${found[1]}\\(\\s*(\\w+)\\s+\\*[^)]*\\)[^\\n]*\\{`, 'm')
  for (const other of [text, ...(await neighbours(path, tree))]) {
    const start = keeper.exec(other)
    if (start === null) continue
    const inside = bodyFrom(other, start.index + start[0].length - 1)
    const given = start[1] ?? ''
    return new RegExp(
      `[:=,]\\s*&${given}\\.\\w|append\\([^\\n]*,\\s*&?${given}\\b(?!\\.)|^\\s*[\\w.\\]]+\\.\\w+\\s*=\\s*${given}\\s*$`,
      'm',
    ).test(inside)
      ? found
      : undefined
  }
  return undefined
}

/** The other files of a package, as far as it is a small one. */
async function neighbours(path: string, tree: Tree): Promise<readonly string[]> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const paths = (await tree.list()).filter(
    other =>
      other !== path &&
      other.startsWith(folder) &&
      !other.slice(folder.length).includes('/') &&
      /(?<!_test)\.go$/.test(other),
  )
  const texts = await Promise.all(paths.slice(0, 40).map(other => tree.read(other)))
  return texts.flatMap(text => text ?? [])
}

function bodyFrom(text: string, open: number): string {
  let depth = 0
  for (let at = open; at < Math.min(text.length, open + 10_000); at++) {
    const character = text.charAt(at)
    if (character === '{') depth++
    if (character === '}' && --depth === 0) return text.slice(open, at + 1)
  }
  return text.slice(open, open + 10_000)
}

/** Does the module that the file belongs to ask for a version of Go in which a loop has one variable for all rounds? */
async function isOneVariable(path: string, tree: Tree): Promise<boolean> {
  let folder = path
  while (folder !== '') {
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))
    const text = await tree.read(folder === '' ? 'go.mod' : `${folder}/go.mod`)
    if (text === undefined) continue
    const minor = /^go\s+1\.(\d+)/m.exec(text)?.[1]
    return minor !== undefined && Number(minor) < 22
  }
  return false
}

/** Functions that lock, and leave by a return before they unlock. */
export function locksKept(artifact: Artifact, source: Source): readonly Slip[] {
  if (artifact.language !== 'go' || !/\.R?Lock\(\)/.test(source.text)) return []
  return [...source.text.matchAll(/^(\t+)([\w.]+)\.(R?)Lock\(\)[ \t]*$/gm)].flatMap((match): readonly Slip[] => {
    const [, indent = '', owner = '', read = ''] = match
    const start = match.index + match[0].length
    const end = source.text.slice(start).search(/^\}/m)
    const rest = source.text.slice(start, end === -1 ? start : start + end).split('\n')
    const unlock = `${owner}.${read}Unlock`
    // Unlocked here or there, or handed on: only the plain case is certain.
    const at = rest.findIndex(line => line.includes(unlock) || /\breturn\b|\bUnlock\b/.test(line))
    const line = rest[at] ?? ''
    const inside = line.length - line.trimStart().length > indent.length
    const isKept = at !== -1 && /^\s*return\b/.test(line) && !line.includes('nlock') && inside
    const later = rest.slice(at + 1).some(other => other.trim() === `${unlock}()`)
    if (!isKept || !later || rest.slice(0, at).some(other => /\bfunc\(/.test(other))) return []
    const from = start + rest.slice(0, at).join('\n').length + 1
    const span = spanOf(source.lines, from + line.search(/\S/), from + line.length)
    const locked = spanOf(source.lines, match.index, start)
    const isFresh = touches(artifact, 'head', span) || touches(artifact, 'head', locked)
    const wasDeferred = artifact.base?.text.includes(`defer ${unlock}()`) === true && artifact.hunks.length > 0
    return isFresh ||
      (wasDeferred &&
        artifact.hunks.some(
          ({ headStart, headCount }) => headStart <= span.line && span.line <= headStart + headCount + 6,
        ))
      ? [{ what: 'lock-kept', name: `${owner}.${read}Lock()`, span }]
      : []
  })
}
