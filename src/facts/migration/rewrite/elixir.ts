import type { Node } from 'web-tree-sitter'
import { exChildren } from '../../../artifact/elixir.ts'
import { treeOf } from '../../../artifact/trees.ts'
import type { Source } from '../../../artifact/types.ts'
import type { Edit } from '../../../text/edit.ts'
import { lineText, type Span, spanOf } from '../../../text/lines.ts'
import { deeper } from './python.ts'

/** The node of an Elixir file that a span covers. */
export async function exNodeAt(source: Source, { line, column, endLine, endColumn }: Span): Promise<Node | undefined> {
  const root = (await treeOf(source, 'elixir'))?.rootNode
  const from = { row: line - 1, column: column - 1 }
  return root?.namedDescendantForPosition(from, { row: endLine - 1, column: endColumn - 1 }) ?? undefined
}

/** Name of the function that a call runs; empty for other nodes. */
export function targetOf(node: Node | undefined): string {
  return node?.type === 'call' ? (node.childForFieldName('target')?.text ?? '') : ''
}

/** The arguments of a call, its options among them. */
export function argumentsOf(node: Node): readonly Node[] {
  const list = exChildren(node).find(child => child.type === 'arguments')
  return list ? exChildren(list) : []
}

/** The statement of `change` or `up` in which a node stands, and the name of that function. */
export function statementOfUp(node: Node | undefined): { readonly node: Node; readonly way: string } | undefined {
  for (let at: Node | null | undefined = node; at?.parent; at = at.parent) {
    const definition: Node | null = at.parent.type === 'do_block' ? at.parent.parent : null
    if (!definition || !/^defp?$/.test(targetOf(definition))) continue
    const way = argumentsOf(definition)[0]?.text.replace(/\(.*$/s, '') ?? ''
    return targetOf(definition) === 'def' && /^(change|up)$/.test(way) ? { node: at, way } : undefined
  }
  return undefined
}

/** The text of a call with options set to the text of a value, or taken out (undefined). */
export function withOptions(call: Node, options: Readonly<Record<string, string | undefined>>): string | undefined {
  const all = argumentsOf(call)
  const last = all.at(-1)
  // Options in a list of their own are rare enough to be left alone.
  if (last === undefined || (all.length > 2 && last.type === 'list')) return undefined
  const pairs = last.type === 'keywords' ? exChildren(last) : []
  const edits: { start: number; end: number; text: string }[] = []
  const gone = new Set<Node>()
  const added: string[] = []
  for (const [name, value] of Object.entries(options)) {
    const pair = pairs.find(item => item.childForFieldName('key')?.text.trim() === `${name}:`)
    const old = pair?.childForFieldName('value')
    if (pair && value === undefined) gone.add(pair)
    else if (old && value !== undefined) edits.push({ start: old.startIndex, end: old.endIndex, text: value })
    else if (value !== undefined) added.push(`${name}: ${value}`)
  }
  if (gone.size > 0) {
    const kept = pairs.filter(pair => !gone.has(pair)).map(pair => pair.text)
    const before = all.at(-2)
    if (before === undefined || edits.length > 0) return undefined
    edits.push({
      start: before.endIndex,
      end: last.endIndex,
      text: [...kept, ...added].map(pair => `, ${pair}`).join(''),
    })
  } else if (added.length > 0)
    edits.push({ start: last.endIndex, end: last.endIndex, text: added.map(pair => `, ${pair}`).join('') })
  const base = call.startIndex
  let out = call.text
  for (const { start, end, text } of edits.sort((a, b) => b.start - a.start))
    out = out.slice(0, start - base) + text + out.slice(end - base)
  return out
}

/** A text as a literal of Elixir. */
export function exLiteral(text: string): string {
  const escaped = text.replace(/\\|#(?=\{)/g, '\\$&')
  return text.includes('\n') ? `"""\n${escaped}\n"""` : `"${escaped.replaceAll('"', '\\"')}"`
}

/** `:name`, with quotes where the name is no word. */
export function atom(name: string): string {
  return /^[a-z_]\w*$/i.test(name) ? `:${name}` : `:"${name}"`
}

/** `orders_by_day` as the name of a module. */
export function moduleName(words: string): string {
  return words
    .split(/[\W_]+/)
    .map(word => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}

export function edit({ lines }: Source, start: number, end: number, text: string): Edit {
  const { line, column, endLine, endColumn } = spanOf(lines, start, end)
  return { line, column, endLine, endColumn, text }
}

/** White space before the first word of the line on which a node begins. */
export function indentOf({ lines }: Source, node: Node): string {
  const text = lineText(lines, node.startPosition.row + 1)
  return text.slice(0, text.length - text.trimStart().length)
}

/** Lines below a statement, as deep as it. */
export function below(source: Source, statement: Node, lines: readonly string[]): Edit {
  const indent = indentOf(source, statement)
  const text = lines.map(line => `\n${indent}${deeper(line, indent)}`).join('')
  return edit(source, statement.endIndex, statement.endIndex, text)
}

/** Lines in place of a statement. */
export function instead(source: Source, statement: Node, lines: readonly string[]): Edit {
  const text = deeper(lines.join('\n'), indentOf(source, statement))
  return edit(source, statement.startIndex, statement.endIndex, text)
}

/** Takes a clause out with its lines; undefined where it shares them with others. */
export function without(source: Source, clause: Node): Edit | undefined {
  const { startPosition: start, endPosition: end } = clause
  const before = lineText(source.lines, start.row + 1).slice(0, start.column)
  const after = lineText(source.lines, end.row + 1).slice(end.column)
  if (before.trim() !== '' || after.trim() !== '') return undefined
  return { line: start.row + 1, column: 1, endLine: end.row + 2, endColumn: 1, text: '' }
}
