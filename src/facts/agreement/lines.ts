import type { Hunk } from '../../change/types.ts'
import { type LineIndex, lineText, type Span } from '../../text/lines.ts'

/** A value that the change replaces in a line that otherwise stays as it is. */
export interface Replaced {
  readonly before: string
  readonly after: string
  readonly line: number
  readonly span: Span
}

const comment = /^\s*(#(?!!)|\/\/|;|--|\*|<!--)/

export const isComment = (line: string): boolean => comment.test(line)

/** Values that match `pattern` and are replaced by others that match it, in lines that are equal apart from them. */
export function replacedIn(
  base: LineIndex,
  head: LineIndex,
  hunks: readonly Hunk[],
  pattern: RegExp,
): readonly Replaced[] {
  const found: Replaced[] = []
  for (const { baseStart, baseCount, headStart, headCount } of hunks) {
    if (baseCount > 200 || headCount > 200) continue
    const free = new Map<string, { readonly line: number; readonly values: readonly RegExpExecArray[] }[]>()
    for (let line = headStart; line < headStart + headCount; line++) {
      const { frame, values } = split(lineText(head, line), pattern)
      if (values.length > 0) free.set(frame, [...(free.get(frame) ?? []), { line, values }])
    }
    for (let line = baseStart; line < baseStart + baseCount; line++) {
      const { frame, values } = split(lineText(base, line), pattern)
      const to = values.length > 0 ? free.get(frame)?.shift() : undefined
      for (const [index, from] of (to ? values : []).entries()) {
        const now = to?.values[index]
        if (to === undefined || now === undefined || now[0] === from[0]) continue
        const column = now.index + 1
        const span = { line: to.line, column, endLine: to.line, endColumn: column + now[0].length }
        found.push({ before: from[0], after: now[0], line: to.line, span })
      }
    }
  }
  return found
}

function split(line: string, pattern: RegExp) {
  if (line.length > 1000 || isComment(line)) return { frame: '', values: [] }
  const values = [...line.matchAll(pattern)]
  return { frame: line.replace(pattern, '\0').trim(), values }
}

/** The words before a value in its line: who says it. Equal words mean that two lines are copies of each other. */
export function saying(line: string, value: string): string {
  return line
    .slice(0, line.indexOf(value))
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim()
}

/** Does a line hold the value whole, neither as a part of a longer word or path nor in a comment? */
export function holdsWhole(line: string, value: string): boolean {
  if (isComment(line)) return false
  for (let at = line.indexOf(value); at !== -1; at = line.indexOf(value, at + 1)) {
    const before = line.charAt(at - 1)
    const after = line.slice(at + value.length)
    if ((!/[\w.$}{-]/.test(before) || /unix:$/.test(line.slice(0, at))) && !/^[\w-]|^\/\w|^\.\w/.test(after))
      return true
  }
  return false
}
