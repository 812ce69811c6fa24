import { type LineIndex, offsetAt, type Span } from './lines.ts'

/** A replacement of the characters of a span. An empty span inserts, an empty text deletes. */
export interface Edit extends Span {
  readonly text: string
}

/** The text with all edits made. They may come in any order and must not overlap; those that do are left out, the first one wins. */
export function applyEdits(index: LineIndex, edits: readonly Edit[]): string {
  let out = ''
  let at = 0
  for (const { start, end, text } of edits.map(edit => placed(index, edit)).sort((a, b) => a.start - b.start)) {
    if (start < at) continue
    out += index.text.slice(at, start) + text
    at = end
  }
  return out + index.text.slice(at)
}

function placed(index: LineIndex, edit: Edit): { readonly start: number; readonly end: number; readonly text: string } {
  const start = Math.min(offsetAt(index, edit.line, edit.column), index.text.length)
  const end = Math.max(start, Math.min(offsetAt(index, edit.endLine, edit.endColumn), index.text.length))
  return { start, end, text: edit.text }
}

/** Do two edits touch the same characters, or insert at the same place? */
export function overlaps(one: Edit, other: Edit): boolean {
  const starts = (a: Edit, b: Edit): boolean => a.line < b.endLine || (a.line === b.endLine && a.column < b.endColumn)
  const here = one.line === other.line && one.column === other.column
  return here || (starts(one, other) && starts(other, one))
}
