import type { Artifact, Source } from '../../artifact/types.ts'
import type { Hunk } from '../../change/types.ts'
import { lineSpan, lineText } from '../../text/lines.ts'
import { freshMatches, type Slip } from './found.ts'

const linesOf = (source: Source, from: number, count: number): readonly string[] =>
  Array.from({ length: Math.min(count, 500) }, (_, at) => lineText(source.lines, from + at))

const unwraps = /\.(?:unwrap\(\)|expect\([^()]*\))/
const impossible = /unreachable|impossible|never|invariant|\bbug\b|not implemented|unimplemented|todo|mutex|lock\(\)/i

/** Errors that were handed to the caller and now stop the process: `?` that becomes `unwrap()`, a `return` that becomes a `panic`. */
export function errorsThatCrash(artifact: Artifact, source: Source): readonly Slip[] {
  const { base, hunks } = artifact
  if (base === undefined) return []
  if (['javascript', 'typescript', 'tsx'].includes(artifact.language))
    return hunks.flatMap(hunk => exiting(artifact, base, source, hunk))
  if (artifact.language !== 'rust' && artifact.language !== 'go') return []
  // What a Rust file holds behind this are its tests.
  const tests = source.text.search(/^#\[cfg\(test\)\]/m)
  return hunks
    .flatMap(hunk => (artifact.language === 'rust' ? unwrapped(base, source, hunk) : panicking(base, source, hunk)))
    .filter(({ span }) => tests === -1 || (source.lines.starts[span.line - 1] ?? 0) < tests)
}

/** The same expression, with `?` before and `unwrap()` now. */
function unwrapped(base: Source, source: Source, hunk: Hunk): readonly Slip[] {
  const old = new Set(
    linesOf(base, hunk.baseStart, hunk.baseCount)
      .filter(line => line.includes('?'))
      .map(line => line.trim().replaceAll('?', '')),
  )
  return linesOf(source, hunk.headStart, hunk.headCount).flatMap((line, at): readonly Slip[] => {
    const found = unwraps.exec(line)
    if (found === null || impossible.test(line) || !old.has(line.trim().replace(unwraps, ''))) return []
    return [{ what: 'error-crashes', name: found[0].slice(1), span: lineSpan(source.lines, hunk.headStart + at) }]
  })
}

/** A return of a function that can return an error, in whose place stands a panic. */
function panicking(base: Source, source: Source, hunk: Hunk): readonly Slip[] {
  const old = linesOf(base, hunk.baseStart, hunk.baseCount)
  const now = linesOf(source, hunk.headStart, hunk.headCount)
  if (!old.some(line => /^\s+return\b/.test(line)) || now.some(line => /^\s+return\b/.test(line))) return []
  return now.flatMap((line, at): readonly Slip[] => {
    const found = /^\s+(panic|log\.Fatal(?:f|ln)?|os\.Exit)\(/.exec(line)
    if (found === null || impossible.test(line)) return []
    const number = hunk.headStart + at
    const header = headerOf(source, number)
    if (!/\berror\b[^{]*\{\s*$/.test(header) || /\bfunc\s+(?:\([^)]*\)\s*)?(?:Must|must|init\b)/.test(header)) return []
    return [{ what: 'error-crashes', name: found[1] ?? 'panic', span: lineSpan(source.lines, number) }]
  })
}

/** A program that ends where it answered or threw, in code that serves requests or takes messages. */
function exiting(artifact: Artifact, base: Source, source: Source, hunk: Hunk): readonly Slip[] {
  if (
    /(^|\/)(?:bin|scripts?|tools?|cli|cmd|commands?|build|server|index|main|app)(?:\/|\.[jt]sx?$)/i.test(artifact.path)
  )
    return []
  const old = linesOf(base, hunk.baseStart, hunk.baseCount)
  const now = linesOf(source, hunk.headStart, hunk.headCount)
  const handsOn = /^\s+(?:return\b.*)?(?:throw\b|next\(|reject\(|(?:return\s+)?res(?:ponse)?\.|reply\.|nack\()/
  if (!old.some(line => handsOn.test(line)) || now.some(line => handsOn.test(line))) return []
  return now.flatMap((line, at): readonly Slip[] =>
    /^\s+process\.(?:exit|abort)\(/.test(line)
      ? [{ what: 'error-crashes', name: 'process.exit', span: lineSpan(source.lines, hunk.headStart + at) }]
      : [],
  )
}

function headerOf(source: Source, from: number): string {
  for (let line = from - 1; line >= Math.max(1, from - 200); line--) {
    const text = lineText(source.lines, line)
    if (/^func\b/.test(text)) return text
  }
  return ''
}

/** Pointers that this file asks about before it reads them, read in another function without the question (Go). */
export function pointersUnasked(artifact: Artifact, source: Source): readonly Slip[] {
  if (artifact.language !== 'go' || !/[!=]= nil/.test(source.text)) return []
  const seen = new Set<string>()
  return freshMatches(artifact, source, /(?<![\w.&*])([a-z]\w*)\.([A-Z]\w*)\.[A-Z]\w*/g).flatMap(
    ({ match, span }): readonly Slip[] => {
      const [, owner = '', field = ''] = match
      const pointer = new RegExp(`^\\s+${field}\\s+\\*[\\w.]+`, 'm')
      const asked = new RegExp(`\\b${owner}\\.${field}\\s*[!=]=\\s*nil`)
      const old = artifact.base?.text ?? ''
      if (!asked.test(old) || !pointer.test(source.text)) return []
      const body = functionAround(source, span.line)
      // Asked about here, made here, or filled here.
      if (body === undefined || new RegExp(`\\b${owner}\\.${field}\\s*(?:[!=]=\\s*nil|=[^=])`).test(body)) return []
      if (new RegExp(`\\b${owner}\\s*:?=\\s*&?[\\w.]+\\{`).test(body) || seen.has(`${owner}.${field}`)) return []
      seen.add(`${owner}.${field}`)
      return [{ what: 'pointer-unasked', name: `${owner}.${field}`, span }]
    },
  )
}

function functionAround(source: Source, from: number): string | undefined {
  const lines: string[] = []
  let line = from
  while (line > 1 && !/^func\b/.test(lineText(source.lines, line))) line--
  if (!/^func\b/.test(lineText(source.lines, line))) return undefined
  for (; line <= source.lines.starts.length && lines.length < 400; line++) {
    const text = lineText(source.lines, line)
    lines.push(text)
    if (/^\}/.test(text)) break
  }
  return lines.join('\n')
}

/** Numbers of 64 bits that identify something, cut to 32. */
export function idsNarrowed(artifact: Artifact, source: Source): readonly Slip[] {
  if (artifact.language === 'java')
    return freshMatches(
      artifact,
      source,
      /(?<![\w.])((?:\w+\.)*(?:get)?(?:id|\w*Id)(?:\(\))?)\.intValue\(\)|\(int\)\s*((?:\w+\.)*(?:get)?(?:id|\w*Id)(?:\(\))?)(?![\w.(])/g,
    )
      .filter(({ match }) => isLong(source.text, match[1] ?? match[2] ?? ''))
      .map(({ match, span }) => ({ what: 'id-narrowed', name: match[1] ?? match[2] ?? '', span }))
  if (artifact.language !== 'go') return []
  return freshMatches(artifact, source, /(?<![\w.])int32\(((?:\w+\.)*\w*I[dD])\)/g)
    .filter(({ match }) => new RegExp(`\\b${lastOf(match[1] ?? '')}\\s+(?:u?int64)\\b`).test(source.text))
    .map(({ match, span }) => ({ what: 'id-narrowed', name: match[1] ?? '', span }))
}

const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

/** Does this file say that the name holds a long? */
function isLong(text: string, name: string): boolean {
  const last = lastOf(name.replace(/\(\)$/, ''))
  return new RegExp(`\\b[lL]ong\\s+${last}\\b`).test(text)
}
