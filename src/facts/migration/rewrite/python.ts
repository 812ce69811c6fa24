import type { Node } from 'web-tree-sitter'
import { pyChildren } from '../../../artifact/python.ts'
import { treeOf } from '../../../artifact/trees.ts'
import { lineText, type Span } from '../../../text/lines.ts'
import type { Site } from './plan.ts'

/** A call in a Python file. */
export interface PyCallSite {
  readonly node: Node
  /** `op.create_index`, `migrations.AddIndex`. */
  readonly callee: string
  /** Its text, as if its line began at the margin. */
  readonly text: string
  readonly span: Span
  readonly positional: readonly Node[]
  readonly keywords: ReadonlyMap<string, Node>
  /** White space before the line on which it begins. */
  readonly indent: string
  /** It is a statement of its own. */
  readonly alone: boolean
}

/** The outermost call of a statement, or of an entry of a list, that a step was read from. */
export async function pyCallAt({ source, step }: Site): Promise<PyCallSite | undefined> {
  const root = (await treeOf(source, 'python'))?.rootNode
  const { line, column, endLine, endColumn } = step.span
  const found = root?.namedDescendantForPosition(
    { row: line - 1, column: column - 1 },
    { row: endLine - 1, column: Math.max(0, endColumn - 1) },
  )
  let call: Node | undefined
  for (let node: Node | null | undefined = found; node; node = node.parent) {
    if (node.type === 'call') call = node
    // An entry of `operations = [...]`, or a statement, is where the call ends.
    else if (call && /^(list|expression_statement|block|assignment)$/.test(node.type)) break
  }
  if (!call) return undefined
  const list = call.childForFieldName('arguments')
  const positional: Node[] = []
  const keywords = new Map<string, Node>()
  for (const child of list ? pyChildren(list) : []) {
    const value = child.type === 'keyword_argument' ? child.childForFieldName('value') : undefined
    if (value) keywords.set(child.childForFieldName('name')?.text ?? '', value)
    else positional.push(child)
  }
  const { startPosition: start, endPosition: end } = call
  const first = lineText(source.lines, start.row + 1)
  const indent = first.slice(0, first.length - first.trimStart().length)
  return {
    node: call,
    callee: call.childForFieldName('function')?.text ?? '',
    text: call.text.replaceAll(`\n${indent}`, '\n'),
    indent,
    span: { line: start.row + 1, column: start.column + 1, endLine: end.row + 1, endColumn: end.column + 1 },
    positional,
    keywords,
    alone: indent.length === start.column && call.parent?.type === 'expression_statement',
  }
}

/** The call with keywords set to the text of a value; new ones on a line of their own where the others have one. */
export function withKeywords(call: PyCallSite, changes: Readonly<Record<string, string>>): string {
  const base = call.node.startIndex
  const list = call.node.childForFieldName('arguments')
  const last = (list ? pyChildren(list) : []).at(-1)
  const edits: { start: number; end: number; text: string }[] = []
  for (const [name, value] of Object.entries(changes)) {
    const old = call.keywords.get(name)
    if (old) edits.push({ start: old.startIndex, end: old.endIndex, text: value })
    else if (last) {
      const ownLine = list !== null && last.startPosition.row > list.startPosition.row
      const before = ownLine ? `,\n${' '.repeat(last.startPosition.column)}` : ', '
      edits.push({ start: last.endIndex, end: last.endIndex, text: `${before}${name}=${value}` })
    }
  }
  let out = call.node.text
  for (const { start, end, text } of edits.sort((a, b) => b.start - a.start))
    out = out.slice(0, start - base) + text + out.slice(end - base)
  return out.replaceAll(`\n${call.indent}`, '\n')
}

/** A text as a Python literal: on one line where it can be. */
export function pyText(text: string): string {
  if (text.includes('\n')) return `"""\n${text.replaceAll('"""', '\\"\\"\\"')}\n"""`
  const escaped = text.replaceAll('\\', '\\\\')
  return escaped.includes('"') && !escaped.includes("'") ? `'${escaped}'` : `"${escaped.replaceAll('"', '\\"')}"`
}

/** Lines deeper by some white space; the inside of long texts is moved with them, which SQL does not mind. */
export function deeper(text: string, indent: string): string {
  return text.replace(/\n(?=.)/g, `\n${indent}`)
}
