import { type LineIndex, lineCount, lineText, type Span } from '../text/lines.ts'
import { plain } from './plain.ts'

/** One printed line of a code frame: a source line with its number, the marks under it, or a gap. */
export type FrameLine =
  | { readonly kind: 'source'; readonly number: number; readonly text: string }
  | { readonly kind: 'marks'; readonly text: string }
  | { readonly kind: 'gap' }

const tabWidth = 4
/** A longer span is shown by its beginning and its last line. */
const shownLines = 6

/** The lines around a span, with `^` under the span, at most `width` characters wide. Empty when the line does not exist. */
export function frameOf(index: LineIndex, span: Span, width: number): readonly FrameLine[] {
  const count = lineCount(index)
  if (span.line < 1 || span.line > count) return []
  const last = Math.max(span.line, Math.min(span.endLine, count))
  const window = cutWindow(index, span, width)
  const show = (line: number): FrameLine[] => {
    const marks = line >= span.line && line <= last ? marksUnder(index, span, line, window) : ''
    return [
      { kind: 'source', number: line, text: window.clip(expand(lineText(index, line))) },
      ...(marks === '' ? [] : [{ kind: 'marks', text: marks } as const]),
    ]
  }
  return linesToShow(span.line, last, count).flatMap(line => (line === 'gap' ? [{ kind: 'gap' }] : show(line)))
}

function linesToShow(first: number, last: number, count: number): readonly (number | 'gap')[] {
  const span = last - first < shownLines ? range(first, last) : [...range(first, first + 2), 'gap' as const, last]
  return [...range(Math.max(1, first - 1), first - 1), ...span, ...range(last + 1, Math.min(count, last + 1))]
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at)
}

/** Tabs become spaces and control characters visible; one source character may become several. */
function expand(text: string): string {
  let out = ''
  for (const character of text)
    out += character === '\t' ? ' '.repeat(tabWidth - (out.length % tabWidth)) : plain(character)
  return out
}

interface Window {
  readonly from: number
  readonly to: number
  clip(text: string): string
}

/** Lines wider than the terminal are cut to the part in which the span begins. */
function cutWindow(index: LineIndex, span: Span, width: number): Window {
  const room = Math.max(20, width)
  const start = expand(lineText(index, span.line).slice(0, span.column - 1)).length
  const end =
    span.endLine === span.line ? expand(lineText(index, span.line).slice(0, span.endColumn - 1)).length : start + 20
  const from = Math.min(end, start + room - 2) <= room - 1 ? 0 : Math.max(0, start - Math.floor(room / 3))
  const to = from + room
  const clip = (text: string) => {
    const piece = text.slice(from, to)
    const left = from > 0 && text.length > from ? `…${piece.slice(1)}` : piece
    return (text.length > to ? `${left.slice(0, -1)}…` : left).trimEnd()
  }
  return { from, to, clip }
}

function marksUnder(index: LineIndex, span: Span, line: number, window: Window): string {
  const text = lineText(index, line)
  const indent = text.length - text.trimStart().length
  const from = line === span.line ? span.column - 1 : indent
  const to = line === span.endLine ? span.endColumn - 1 : text.trimEnd().length
  const start = Math.max(window.from, expand(text.slice(0, from)).length)
  const end = Math.min(window.to, expand(text.slice(0, to)).length)
  // A span that ends at the very start of a line does not mark that line.
  if (line > span.line && end <= start) return ''
  return ' '.repeat(start - window.from) + '^'.repeat(Math.max(1, end - start))
}
