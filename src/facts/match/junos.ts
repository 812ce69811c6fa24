import type { Artifact, Source } from '../../artifact/types.ts'
import { lineText, type Span, spanOf } from '../../text/lines.ts'
import type { Conditions } from './cover.ts'

/** A term of a routing policy or firewall filter, asked in the order written. */
export interface Term {
  readonly name: string
  readonly conditions: Conditions
  readonly outcome: 'accept' | 'reject' | ''
  readonly span: Span
}

/** A list of terms: `policy-statement NAME`, `filter NAME`. */
export interface TermList {
  readonly id: string
  readonly name: string
  readonly terms: readonly Term[]
}

interface Block {
  readonly head: string
  readonly line: number
  readonly statements: readonly string[]
  readonly blocks: readonly Block[]
}

const longest = 300_000
const deepest = 30

/** Configuration of routers in braces (Junos): policies and filters with their terms; empty for anything else. */
export function termLists(artifact: Artifact, side: 'base' | 'head'): readonly TermList[] {
  const source = artifact[side]
  if (source === undefined || source.text.length > longest || !/\bterm\s+\S+\s*\{/.test(source.text)) return []
  const lists: TermList[] = []
  const visit = (block: Block, trail: string): void => {
    const id = `${trail}\n${block.head}`
    const terms = block.blocks.filter(({ head }) => /^term\s/.test(head))
    if (terms.length > 0)
      lists.push({ id, name: block.head.replace(/^[\w-]+\s+/, ''), terms: terms.map(term => termOf(term, source)) })
    for (const inner of block.blocks) visit(inner, id)
  }
  visit(blocksOf(source), '')
  return lists
}

function termOf(term: Block, source: Source): Term {
  const from = term.blocks.filter(({ head }) => /^(from|to)$/.test(head))
  const conditions = new Map<string, string[]>()
  for (const { statements, blocks } of from)
    for (const text of [...statements, ...blocks.flatMap(block => block.statements.map(s => `${block.head} ${s}`))]) {
      const [, field = '', value = ''] = /^(\S+)\s*(.*)$/.exec(text) ?? []
      conditions.set(field, [...(conditions.get(field) ?? []), value])
    }
  for (const text of term.statements) {
    const [, field, value = ''] = /^(?:from|to)\s+(\S+)\s*(.*)$/.exec(text) ?? []
    if (field !== undefined) conditions.set(field, [value])
  }
  const actions = [
    ...term.blocks.filter(({ head }) => head === 'then').flatMap(({ statements }) => statements),
    ...term.statements.flatMap(text => /^then\s+(.*)$/.exec(text)?.[1] ?? []),
  ]
  const refuses = actions.some(action => /^(reject|discard)\b/.test(action))
  const line = lineText(source.lines, term.line)
  const start = (source.lines.starts[term.line - 1] ?? 0) + (line.length - line.trimStart().length)
  return {
    name: term.head.replace(/^term\s+/, ''),
    conditions,
    outcome: refuses ? 'reject' : actions.some(action => /^accept\b/.test(action)) ? 'accept' : '',
    span: spanOf(source.lines, start, start + line.trim().length),
  }
}

/** Reads blocks and statements. What is marked `inactive:` is no part of the configuration. */
function blocksOf(source: Source): Block {
  const root = { head: '', line: 1, statements: [] as string[], blocks: [] as Block[] }
  const stack: { head: string; line: number; statements: string[]; blocks: Block[] }[] = [root]
  const pieces = source.text.matchAll(/\/\*[\s\S]*?\*\/|#[^\n]*|"[^"\n]*"|[{};]|\n|[^{};"#\n/]+|\//g)
  let text = ''
  let line = 1
  let textLine = 1
  for (const [piece] of pieces) {
    const top = stack.at(-1) ?? root
    if (piece === '{' && stack.length < deepest) {
      const block = { head: text.trim().replace(/\s+/g, ' '), line: textLine, statements: [], blocks: [] }
      if (!/^inactive:/.test(block.head)) top.blocks.push(block)
      stack.push(block)
      text = ''
    } else if (piece === '}') {
      if (stack.length > 1) stack.pop()
      text = ''
    } else if (piece === ';') {
      const statement = text.trim().replace(/\s+/g, ' ')
      if (statement !== '' && !/^inactive:/.test(statement)) top.statements.push(statement)
      text = ''
    } else if (!/^(\/\*|#)/.test(piece)) {
      if (text.trim() === '' && piece.trim() !== '') textLine = line
      text += piece
    }
    line += piece.split('\n').length - 1
  }
  return root
}
