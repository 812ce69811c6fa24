import type { Source } from '../artifact/types.ts'
import { applyEdits, type Edit } from '../text/edit.ts'
import { lineCount, lineText, type Span } from '../text/lines.ts'
import type { Fact, FactContext } from './types.ts'

/** Code to use instead of what was flagged, or a part of it that goes live by itself. */
export interface RewritePart {
  /** Where the code goes, as the beginning of a sentence: `In place of line 3`, `In a second migration`. */
  readonly where: string
  /** Language for highlighting, as in a Markdown fence: `sql`, `ruby`, `python`, `yaml` … */
  readonly language: string
  readonly code: string
}

/** A safer way to the same end, ready to be used. Pure data. */
export interface Rewrite {
  /** What it does, as an order: `Build the index beside the traffic`. */
  readonly title: string
  /** Changes of the flagged file at head that make it safe; empty where code has to go elsewhere. */
  readonly edits: readonly Edit[]
  /** The edits are all there is to do; otherwise the parts after the first follow by hand, in later migrations or releases. */
  readonly complete: boolean
  /** What a person reads, in the order in which it goes live. The first part shows the edits, where there are any. */
  readonly parts: readonly RewritePart[]
}

/** Works out the rewrite that a rule asks for by name, for one fact. Undefined where there is none that is sure. */
export type Rewriter = (name: string, fact: Fact, source: Source, context: FactContext) => Promise<Rewrite | undefined>

/** Most lines of a changed file that a part shows for edits that stand apart. */
const mostShown = 40

/** A rewrite that changes the flagged file, and what follows by hand. */
export function inPlace(
  title: string,
  language: string,
  source: Source,
  edits: readonly Edit[],
  later: readonly RewritePart[] = [],
): Rewrite | undefined {
  const changed = applyEdits(source.lines, edits)
  if (changed === source.text || edits.length === 0) return undefined
  const first = Math.min(...edits.map(edit => edit.line))
  // A line put before the next one comes behind the last that changes.
  const last = Math.max(first, ...edits.map(({ endLine, endColumn }) => (endColumn === 1 ? endLine - 1 : endLine)))
  if (last - first > mostShown) return undefined
  const added = edits.reduce((sum, { text, line, endLine }) => sum + text.split('\n').length - 1 - (endLine - line), 0)
  const lines = changed.split('\n').slice(first - 1, last + added)
  const code = dedent(lines.filter((line, at) => line !== '' || at < lines.length - 1)).join('\n')
  const where = first === last ? `In place of line ${first}` : `In place of lines ${first} to ${last}`
  return { title, edits, complete: later.length === 0, parts: [{ where, language, code }, ...later] }
}

/** A rewrite whose code goes elsewhere. */
export function elsewhere(title: string, parts: readonly RewritePart[]): Rewrite | undefined {
  return parts.length === 0 ? undefined : { title, edits: [], complete: false, parts }
}

/** The edit that replaces a span. */
export function replacing({ line, column, endLine, endColumn }: Span, text: string): Edit {
  return { line, column, endLine, endColumn, text }
}

/** The edit that puts a line before line `line`. */
export function lineBefore(source: Source, line: number, text: string): Edit {
  // A file without a final newline has no line to put it before.
  if (line > lineCount(source.lines) && !source.text.endsWith('\n')) {
    const end = lineText(source.lines, line - 1).length + 1
    return { line: line - 1, column: end, endLine: line - 1, endColumn: end, text: `\n${text}` }
  }
  return { line, column: 1, endLine: line, endColumn: 1, text: `${text}\n` }
}

/** Lines without the indentation they all share. */
export function dedent(lines: readonly string[]): readonly string[] {
  const indents = lines.filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length)
  const least = Math.min(...indents)
  return Number.isFinite(least) ? lines.map(line => line.slice(least).trimEnd()) : lines
}
