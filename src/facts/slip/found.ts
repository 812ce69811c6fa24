import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import { type Span, spanOf } from '../../text/lines.ts'
import type { SlipFact } from './index.ts'

/** A slip in one file, before it is placed there. */
export type Slip = Pick<SlipFact, 'what' | 'name'> &
  Partial<Pick<SlipFact, 'before' | 'after' | 'otherAt'>> & { readonly span: Span }

/** The matches of a pattern that lie on lines which the change adds or alters; comments are left out. */
export function freshMatches(
  artifact: Artifact,
  source: Source,
  pattern: RegExp,
): readonly { match: RegExpExecArray; span: Span }[] {
  const found: { match: RegExpExecArray; span: Span }[] = []
  for (const { headStart, headCount } of artifact.hunks) {
    // Context above, as a pattern may begin on an older line.
    const from = source.lines.starts[Math.max(0, headStart - 1 - 6)] ?? source.text.length
    const to = source.lines.starts[headStart - 1 + headCount] ?? source.text.length
    for (const match of source.text.slice(from, to).matchAll(pattern)) {
      const start = from + match.index + (match[0].length - match[0].trimStart().length)
      const span = spanOf(source.lines, start, from + match.index + match[0].trimEnd().length)
      const lineStart = source.lines.starts[span.line - 1] ?? 0
      if (/^\s*(#|\/\/|\*|--)/.test(source.text.slice(lineStart, start + 2))) continue
      if (
        touches(artifact, 'head', span) &&
        !found.some(other => other.span.line === span.line && other.span.column === span.column)
      )
        found.push({ match, span })
    }
  }
  return found
}

/** The text of a call from its opening parenthesis to the one that closes it, at most 2,000 characters. */
export function argumentsFrom(text: string, open: number): string {
  let depth = 0
  for (let at = open; at < Math.min(text.length, open + 2000); at++) {
    const character = text.charAt(at)
    if (character === '(') depth++
    if (character === ')' && --depth === 0) return text.slice(open, at + 1)
  }
  return text.slice(open, open + 2000)
}
