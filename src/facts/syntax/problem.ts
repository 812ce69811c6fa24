import { type LineIndex, lineSpan, lineText, positionAt, type Span } from '../../text/lines.ts'
import type { ProblemWord } from './index.ts'

/** One thing that is wrong with a text, before the surroundings (base, reader) are known. */
export interface Problem {
  readonly problem: ProblemWord
  /** A sentence without the final full stop. */
  readonly detail: string
  readonly span: Span
  readonly key?: string
  readonly firstLine?: number
  /** The flagged line as it should read; unverified. */
  readonly quickFix?: string
  readonly from?: string
  readonly to?: 'bool' | 'number' | 'date' | 'null' | 'string'
  readonly reads?: string
}

/** Line (from 1) of an offset. */
export function lineAt(lines: LineIndex, offset: number): number {
  return positionAt(lines, offset).line
}

/** From the offset to the end of its line's text. */
export function restOfLine(lines: LineIndex, offset: number): Span {
  const { line, column } = positionAt(lines, offset)
  const end = lineText(lines, line).trimEnd().length + 1
  return end > column ? { line, column, endLine: line, endColumn: end } : lineSpan(lines, line)
}

/** A piece of a line for a message, at most `limit` characters. */
export function excerpt(text: string, limit = 50): string {
  const clean = text.trim().replace(/\s+/g, ' ')
  return clean.length <= limit ? clean : `${clean.slice(0, limit - 1)}…`
}

/** Same mistake on the same text at base: old debt. Lines may have moved. */
export function signature(problem: Problem, lines: LineIndex): string {
  return `${problem.problem}\n${problem.key ?? ''}\n${lineText(lines, problem.span.line).trim()}`
}
