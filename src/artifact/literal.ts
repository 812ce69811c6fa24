import type { Node } from 'web-tree-sitter'
import { type LineIndex, type Span, spanOf } from '../text/lines.ts'

/** A stretch of a literal's text and where its first character stands in the source. `exact`: character by character the same. */
export interface Piece {
  readonly start: number
  readonly at: number
  readonly length: number
  readonly exact: boolean
}

/** Text written in a source, whatever its quotes. `holes` counts the parts only known at run time; `hole` stands for each. */
export interface LiteralText {
  readonly kind: 'text'
  readonly text: string
  readonly pieces: readonly Piece[]
  readonly holes: number
}

/** Stands for what is only known at run time: an identifier, so that most SQL around it still parses. */
export const hole = 'premortem_unknown'

/** Texts that a source puts together are not followed beyond this length. */
const longest = 2_000_000

/** A literal that stands at an offset of the source. */
export function literalAt(text: string, at: number): LiteralText {
  return { kind: 'text', text, pieces: [{ start: 0, at, length: text.length, exact: true }], holes: 0 }
}

/** A text that stands nowhere in the source. */
export function literalOf(text: string): LiteralText {
  return { kind: 'text', text, pieces: [], holes: 0 }
}

/** The same text at one place of the source: a value that is used there and written elsewhere. */
export function relocated(value: LiteralText, at: number): LiteralText {
  return { ...value, pieces: [{ start: 0, at, length: value.text.length, exact: false }] }
}

/** Texts one after the other; undefined when it gets too long. */
export function joinTexts(parts: readonly LiteralText[], between = ''): LiteralText | undefined {
  let text = ''
  let holes = 0
  const pieces: Piece[] = []
  for (const [index, part] of parts.entries()) {
    if (index > 0) text += between
    for (const piece of part.pieces) pieces.push({ ...piece, start: piece.start + text.length })
    text += part.text
    holes += part.holes
    if (text.length > longest || pieces.length > 20_000) return undefined
  }
  return { kind: 'text', text, pieces, holes }
}

/**
 * Puts other texts into marks such as `%s` or `{}`; `textFor` gives the text, or undefined for what is not known.
 * The rest keeps its positions.
 */
export function fillMarks(
  value: LiteralText,
  mark: RegExp,
  textFor: (found: RegExpExecArray, index: number) => LiteralText | undefined,
): LiteralText | undefined {
  const parts: LiteralText[] = []
  let from = 0
  let index = 0
  for (const found of value.text.matchAll(mark)) {
    parts.push(sliceText(value, from, found.index))
    parts.push(textFor(found, index++) ?? { ...literalOf(hole), holes: 1 })
    from = found.index + found[0].length
  }
  if (from === 0) return value
  parts.push(sliceText(value, from, value.text.length))
  const joined = joinTexts(parts)
  return joined && { ...joined, holes: joined.holes + value.holes }
}

/** A part of a text with its positions. Its holes are not counted. */
export function sliceText(value: LiteralText, start: number, end: number): LiteralText {
  const pieces: Piece[] = []
  for (const piece of value.pieces) {
    const from = Math.max(piece.start, start)
    const to = Math.min(piece.start + piece.length, end)
    if (from >= to) continue
    const at = piece.exact ? piece.at + (from - piece.start) : piece.at
    pieces.push({ start: from - start, at, length: to - from, exact: piece.exact })
  }
  return { kind: 'text', text: value.text.slice(start, end), pieces, holes: 0 }
}

/** Where a character of the text stands in the source. */
export function placeInText(value: LiteralText, lines: LineIndex, offset: number): Span {
  const piece = value.pieces.findLast(candidate => candidate.start <= offset) ?? value.pieces[0]
  if (!piece) return spanOf(lines, 0, 0)
  const within = piece.exact ? Math.min(Math.max(0, offset - piece.start), piece.length) : 0
  return spanOf(lines, piece.at + within, piece.at + within + 1)
}

/** The span of a node. */
export function nodeSpan(node: Node): Span {
  const { startPosition: start, endPosition: end } = node
  return { line: start.row + 1, column: start.column + 1, endLine: end.row + 1, endColumn: end.column + 1 }
}

/** One line of text for messages: runs of white space become one blank, cut at 200 characters. */
export function lineOf(text: string): string {
  const line = text.slice(0, 2000).replace(/\s+/g, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 199)}…` : line
}
