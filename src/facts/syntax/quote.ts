import { type LineIndex, lineText } from '../../text/lines.ts'

/** Index at which a comment starts in the rest of a line, or the line's end. */
function commentStart(line: string, from: number): number {
  const comment = /\s+#/.exec(line.slice(from))
  return comment ? from + comment.index : line.trimEnd().length
}

/** A text as a YAML scalar in quotes: double ones where nothing needs an escape, else single ones. */
export function quoted(text: string): string {
  return /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`
}

/** The line with everything from `column` (from 1) up to a comment in quotes; a key keeps its colon outside. */
export function quoteRest(line: string, column: number): string {
  const from = column - 1
  const end = commentStart(line, from)
  const value = line.slice(from, end)
  const key = /^(\S[^:]*?)(\s*:)(\s.*)?$/.exec(value)
  const before = line.slice(0, from)
  // `*.example.com: x` as the first thing of a line is a key; behind `key: ` it is a value.
  if (key?.[1] !== undefined && /^[\s-]*$/.test(before))
    return `${before}${quoted(key[1])}${key[2] ?? ''}${key[3] ?? ''}${line.slice(end)}`
  return `${before}${quoted(value)}${line.slice(end)}`
}

/** The line with one word in quotes. */
export function quoteWord(line: string, column: number, word: string): string {
  return `${line.slice(0, column - 1)}${quoted(word)}${line.slice(column - 1 + word.length)}`
}

/** The line with spaces in place of the tabs it is indented with, as deep as the line above suggests. */
export function untab(lines: LineIndex, line: number): string {
  const text = lineText(lines, line)
  const above = lineText(lines, line - 1)
  const unit = lines.text.match(/^( +)\S/m)?.[1]?.length ?? 2
  const width = above.length - above.trimStart().length + (/:\s*$/.test(above) ? unit : 0)
  return `${' '.repeat(width)}${text.trimStart()}`
}
