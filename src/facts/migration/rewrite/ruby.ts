import type { Node } from 'web-tree-sitter'
import { callOf, childrenOf, type RubyCall } from '../../../artifact/ruby.ts'
import { treeOf } from '../../../artifact/trees.ts'
import type { Source } from '../../../artifact/types.ts'
import type { Span } from '../../../text/lines.ts'
import type { Operation } from '../operation.ts'
import type { Site } from './plan.ts'

/** A call as it stands in the file, with the means to say it with other options. */
export interface Call extends RubyCall {
  readonly text: string
}

/** The call that a step was read from. */
export async function callAt({ source, step }: Site): Promise<Call | undefined> {
  const root = (await treeOf(source, 'ruby'))?.rootNode
  const { line, column, endLine, endColumn } = step.span
  const found = root?.namedDescendantForPosition(
    { row: line - 1, column: column - 1 },
    { row: endLine - 1, column: endColumn - 1 },
  )
  for (let node: Node | null | undefined = found; node; node = node.parent) {
    if (node.type === 'call') {
      const call = callOf(node)
      return call && { ...call, text: node.text }
    }
    if (node.type === 'method') return undefined
  }
  return undefined
}

/** The line on which the statement of a method begins in which a span stands, be it inside of a heredoc. */
export async function statementLine(source: Source, { line, column }: Span): Promise<number | undefined> {
  const root = (await treeOf(source, 'ruby'))?.rootNode
  let at: Node | null | undefined = root?.descendantForPosition({ row: line - 1, column: column - 1 })
  for (; at; at = at.parent) {
    const isBody = at.parent?.type === 'body_statement' && at.parent.parent?.type === 'method'
    // The body of a heredoc hangs beside the call that it belongs to.
    if (isBody && at.type !== 'heredoc_body') return at.startPosition.row + 1
    if (at.type !== 'heredoc_body') continue
    const call: Node | null = at.previousNamedSibling
    if (call === null) return undefined
    at = call.firstNamedChild ?? call
  }
  return undefined
}

/** The call with options set (text of the value) or taken out (undefined). */
export function withOptions(call: Call, options: Readonly<Record<string, string | undefined>>): string | undefined {
  const list = call.node.childForFieldName('arguments')
  const all = list ? childrenOf(list).filter(child => child.type !== 'heredoc_body') : []
  const last = all.at(-1)
  // Options in braces, or a block, are rare enough to be left alone.
  if (
    list === null ||
    last === undefined ||
    all.some(child => /^(hash|hash_splat_argument|block_argument)$/.test(child.type))
  )
    return undefined
  const base = call.node.startIndex
  let out = call.text
  const added: string[] = []
  const edits: { start: number; end: number; text: string }[] = []
  for (const [name, value] of Object.entries(options)) {
    const pair = all.find(child => child.type === 'pair' && keyOf(child) === name)
    const old = pair?.childForFieldName('value')
    if (old && value !== undefined) edits.push({ start: old.startIndex, end: old.endIndex, text: value })
    else if (pair && value === undefined) {
      const before = all[all.indexOf(pair) - 1]
      if (before) edits.push({ start: before.endIndex, end: pair.endIndex, text: '' })
    } else if (!pair && value !== undefined) added.push(`, ${name}: ${value}`)
  }
  if (added.length > 0) edits.push({ start: last.endIndex, end: last.endIndex, text: added.join('') })
  for (const { start, end, text } of edits.sort((a, b) => b.start - a.start || b.end - a.end))
    out = out.slice(0, start - base) + text + out.slice(end - base)
  return out
}

function keyOf(pair: Node): string {
  return (pair.childForFieldName('key')?.text ?? '').replace(/^:|["':]/g, '')
}

/** `:name`, with quotes where the name is no word. */
export function symbol(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `:${name}` : `"${name}"`
}

/** `add_index` as a line. */
export function addIndexLine(
  { table, columns, unique, index }: Extract<Operation, { op: 'create-index' }>,
  named: boolean,
): string {
  const list = columns.length === 1 ? symbol(columns[0] ?? '') : `[${columns.map(symbol).join(', ')}]`
  const options = [
    ...(unique ? ['unique: true'] : []),
    ...(named && index !== undefined ? [`name: "${index}"`] : []),
    'algorithm: :concurrently',
  ]
  return `add_index ${symbol(table)}, ${list}, ${options.join(', ')}`
}

/** `orders_by_day` as the name of a class. */
export function camelize(words: string): string {
  return words
    .split(/[\W_]+/)
    .map(word => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}
