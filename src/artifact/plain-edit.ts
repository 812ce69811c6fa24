import type { Hunk } from '../change/types.ts'
import { lineText, type Span } from '../text/lines.ts'
import type { Plain, PlainDocument, PlainScalar } from './plain.ts'
import type { Source } from './types.ts'

/** Reads the text of one scalar; undefined when it is none. */
export type ReadScalar = (text: string, span: Span) => PlainScalar | undefined

/** A scalar in one line of the later text, and what stood there before. */
interface Edit {
  readonly now: Span
  readonly before: PlainScalar
  /** Columns at which the line ends now and before: a map or list that ends in it ends behind its comment. */
  readonly ends: readonly [now: number, before: number]
}

/** Most changed lines for which editing pays. */
const mostLines = 40

/** `key: value`, `- value`, `- key: value`, with or without a comment; values that mean the same wherever they stand. */
const scalarLine =
  /^(\s*(?:- +)*(?:(?:[\w./-]+|"[^"\\]*"): +)?)([+-]?\.?\w(?:[\w./+~@%=-]|:(?=[\w/]))*|"[^"\\]*"|'[^']*')(?:\s+#.*)?$/

/** Aliases and merge keys, by which one node stands in several places. */
const aliased = /(?:^|[\s[{,])\*\S/m
/** Directives, and tags of what stands in the next line: what a value means is not told by its own line. */
const elsewhere = /^%|(?:^|[\s[{,])![^\s,[{]*[ \t]*(?:#.*)?$/m

/**
 * The documents of an earlier text, made from those of a later one where only scalars within lines differ, as in most
 * changes of configuration: reading both texts takes twice as long. What is equal is one and the same node. Undefined
 * when the texts differ in another way.
 */
export function editedDocuments(
  earlier: Source,
  later: Source,
  hunks: readonly Hunk[],
  documents: readonly PlainDocument[],
  read: ReadScalar,
): readonly PlainDocument[] | undefined {
  const edits = editsIn(earlier, later, hunks, read)
  if (edits === undefined || elsewhere.test(later.text)) return undefined
  const everywhere = aliased.test(later.text)
  let edited = documents
  for (const edit of edits) {
    const before = edited
    edited = edited.map(document => {
      const root = withEdit(document.root, edit, everywhere)
      return root === document.root ? document : { ...document, root }
    })
    if (edited.every((document, at) => document === before[at])) return undefined
  }
  return edited
}

function editsIn(
  earlier: Source,
  later: Source,
  hunks: readonly Hunk[],
  read: ReadScalar,
): readonly Edit[] | undefined {
  const edits: Edit[] = []
  for (const { baseStart, baseCount, headStart, headCount } of hunks) {
    if (baseCount !== headCount || baseStart !== headStart || edits.length + headCount > mostLines) return undefined
    for (let line = headStart; line < headStart + headCount; line++) {
      const [old, now] = [lineText(earlier.lines, line).trimEnd(), lineText(later.lines, line).trimEnd()]
      const [, lead, text = ''] = scalarLine.exec(old) ?? []
      const [, newLead, newText = ''] = scalarLine.exec(now) ?? []
      if (lead === undefined || lead !== newLead) return undefined
      const spanOf = (length: number): Span => ({
        line,
        column: lead.length + 1,
        endLine: line,
        endColumn: lead.length + 1 + length,
      })
      const before = read(text, spanOf(text.length))
      if (before === undefined) return undefined
      edits.push({ now: spanOf(newText.length), before, ends: [now.length + 1, old.length + 1] })
    }
  }
  return edits
}

/** The node with the scalar exchanged, the same node where it does not stand in it. `everywhere`: also behind aliases. */
function withEdit(root: Plain, edit: Edit, everywhere: boolean): Plain {
  const known = new Map<Plain, Plain>()
  const edited = (node: Plain): Plain => {
    if (!everywhere && (edit.now.line < node.span.line || edit.now.line > node.span.endLine)) return node
    const now = known.get(node) ?? remade(node)
    known.set(node, now)
    return now
  }
  const remade = (node: Plain): Plain => {
    if (node.type === 'scalar') return node.expression === undefined && isAt(node.span, edit.now) ? edit.before : node
    const span = spanBefore(node.span, edit)
    if (node.type === 'list') {
      const items = node.items.map(edited)
      return items.every((item, at) => item === node.items[at]) ? node : { ...node, span, items }
    }
    const entries = node.entries.map(entry => {
      const value = edited(entry.value)
      return value === entry.value ? entry : { ...entry, value }
    })
    return entries.every((entry, at) => entry === node.entries[at]) ? node : { ...node, span, entries }
  }
  return edited(root)
}

function isAt(span: Span, { line, column, endColumn }: Span): boolean {
  return span.line === line && span.column === column && span.endLine === line && span.endColumn === endColumn
}

function spanBefore(span: Span, { now, ends }: Edit): Span {
  return span.endLine === now.line && span.endColumn === ends[0] ? { ...span, endColumn: ends[1] } : span
}
