/** A place in a text: lines and columns count from 1, columns in UTF-16 units; the end is exclusive, as in SARIF. */
export interface Span {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** Start offsets of the lines of one text, to turn offsets into lines and columns. */
export interface LineIndex {
  readonly text: string
  /** Offset of the first character of each line; `starts[0]` is 0. */
  readonly starts: readonly number[]
}

/** Indexes `text`. Lines end at `\n`; a `\r` before it belongs to the line's ending. */
export function indexLines(text: string): LineIndex {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return { text, starts }
}

/** Number of lines; a final newline does not open another line. */
export function lineCount(index: LineIndex): number {
  const { text, starts } = index
  return text === '' ? 0 : text.endsWith('\n') ? starts.length - 1 : starts.length
}

/** Line and column (from 1) of an offset; offsets outside the text are clamped. */
export function positionAt(index: LineIndex, offset: number): { line: number; column: number } {
  const at = Math.max(0, Math.min(offset, index.text.length))
  let low = 0
  let high = index.starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((index.starts[middle] ?? 0) <= at) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: at - (index.starts[low] ?? 0) + 1 }
}

/** The span of the characters from `start` up to, not including, `end`. */
export function spanOf(index: LineIndex, start: number, end: number): Span {
  const from = positionAt(index, start)
  const next = index.starts[from.line] ?? index.text.length + 1
  // Most spans are of one line.
  if (start >= 0 && end < next)
    return { ...from, endLine: from.line, endColumn: from.column + Math.max(0, end - start) }
  const to = positionAt(index, Math.max(start, end))
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column }
}

/** Text of line `line` (from 1) without its ending; '' outside the text. */
export function lineText(index: LineIndex, line: number): string {
  const start = index.starts[line - 1]
  if (start === undefined) return ''
  const end = index.starts[line] ?? index.text.length + 1
  return index.text.slice(start, end - 1).replace(/\r$/, '')
}

/** The span of one whole line without its indentation. */
export function lineSpan(index: LineIndex, line: number): Span {
  const text = lineText(index, line)
  const indent = text.length - text.trimStart().length
  return { line, column: indent + 1, endLine: line, endColumn: Math.max(indent, text.trimEnd().length) + 1 }
}

/** Offset of a line (from 1) and column (from 1). */
export function offsetAt(index: LineIndex, line: number, column: number): number {
  return (index.starts[line - 1] ?? index.text.length) + column - 1
}
