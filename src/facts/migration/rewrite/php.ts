import type { Node } from 'web-tree-sitter'
import { phpChildren } from '../../../artifact/php.ts'
import { treeOf } from '../../../artifact/trees.ts'
import type { Source } from '../../../artifact/types.ts'
import type { Edit } from '../../../text/edit.ts'
import { lineText, type Span, spanOf } from '../../../text/lines.ts'
import { deeper } from './python.ts'

/** The node of a PHP file that a span covers. */
export async function phpNodeAt(source: Source, { line, column, endLine, endColumn }: Span): Promise<Node | undefined> {
  const root = (await treeOf(source, 'php'))?.rootNode
  const from = { row: line - 1, column: column - 1 }
  return root?.namedDescendantForPosition(from, { row: endLine - 1, column: endColumn - 1 }) ?? undefined
}

/** The node itself, or the nearest around it, of a type. */
export function around(node: Node | null | undefined, type: RegExp): Node | undefined {
  for (let at = node; at; at = at.parent) if (type.test(at.type)) return at
  return undefined
}

/** The statement of `up` in which a node stands: what runs before it and after it is part of the migration. */
export function statementOfUp(node: Node | undefined): Node | undefined {
  for (let at: Node | null | undefined = node; at?.parent; at = at.parent) {
    const holder = at.parent.type === 'compound_statement' ? at.parent.parent : undefined
    if (holder?.type === 'method_declaration') return holder.childForFieldName('name')?.text === 'up' ? at : undefined
  }
  return undefined
}

/** One call of a chain: `->index('a')`, with the arrow. */
export interface PhpLink {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly arguments: readonly Node[]
}

/** The calls of `$table->a()->b()`, in their order. */
export function linksOf(chain: Node): readonly PhpLink[] {
  const links: PhpLink[] = []
  for (let at: Node | null = chain; at?.type === 'member_call_expression'; at = at.childForFieldName('object')) {
    const object = at.childForFieldName('object')
    const list = at.childForFieldName('arguments')
    if (!object) return []
    links.unshift({
      name: at.childForFieldName('name')?.text ?? '',
      start: object.endIndex,
      end: at.endIndex,
      arguments: list ? phpChildren(list) : [],
    })
  }
  return links
}

/** White space before the first word of a line. */
export function indentOf({ lines }: Source, line: number): string {
  const text = lineText(lines, line)
  return text.slice(0, text.length - text.trimStart().length)
}

export function edit({ lines }: Source, start: number, end: number, text: string): Edit {
  const { line, column, endLine, endColumn } = spanOf(lines, start, end)
  return { line, column, endLine, endColumn, text }
}

/** Lines below a statement, as deep as it. */
export function below(source: Source, statement: Node, lines: readonly string[]): Edit {
  const indent = indentOf(source, statement.startPosition.row + 1)
  const text = lines.map(line => `\n${indent}${deeper(line, indent)}`).join('')
  return edit(source, statement.endIndex, statement.endIndex, text)
}

/** Lines in place of a statement. */
export function instead(source: Source, statement: Node, lines: readonly string[]): Edit {
  const indent = indentOf(source, statement.startPosition.row + 1)
  return edit(source, statement.startIndex, statement.endIndex, deeper(lines.join('\n'), indent))
}

/** Takes a statement out with its lines; undefined where it shares them with others. */
export function without(source: Source, statement: Node): Edit | undefined {
  const { startPosition: start, endPosition: end } = statement
  const before = lineText(source.lines, start.row + 1).slice(0, start.column)
  const after = lineText(source.lines, end.row + 1).slice(end.column)
  if (before.trim() !== '' || after.trim() !== '') return undefined
  return { line: start.row + 1, column: 1, endLine: end.row + 2, endColumn: 1, text: '' }
}

/** A text as a literal of PHP. */
export function phpLiteral(text: string): string {
  if (text.includes('\n')) {
    const lines = text.split('\n').map(line => (line === '' ? '' : `    ${line}`))
    return ["<<<'SQL'", ...lines, '    SQL'].join('\n')
  }
  if (text.includes("'") && !/["$\\]/.test(text)) return `"${text}"`
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

/** A line at the top of the body of the migration's class. */
export function inClass(source: Source, lines: readonly string[]): Edit | undefined {
  const found = /\bclass\b[^{};]*\bextends\s+[\w\\]*Migration\b[^{;]*\{/.exec(source.text)
  if (found === null) return undefined
  const at = found.index + found[0].length
  return edit(source, at, at, `\n${lines.map(line => (line === '' ? '' : `    ${line}`)).join('\n')}\n`)
}

/** `orders_by_day` as the name of a class. */
export function className(words: string): string {
  return words
    .split(/[\W_]+/)
    .map(word => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}
