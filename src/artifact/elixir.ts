import type { Node } from 'web-tree-sitter'
import { hole, joinTexts, type LiteralText, literalAt, literalOf, relocated } from './literal.ts'

/** What an expression of Elixir is worth, as far as it is written out. `code`: only known at run time. */
export type ExValue =
  | LiteralText
  | { readonly kind: 'atom'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'none' }
  /** A list, with the pairs `key: value` at its end. */
  | { readonly kind: 'list'; readonly items: readonly ExValue[]; readonly pairs: ReadonlyMap<string, ExValue> }
  | { readonly kind: 'tuple'; readonly items: readonly ExValue[] }
  /** A variable, or a module (`MyApp.User`). */
  | { readonly kind: 'name'; readonly name: string }
  | ExCall
  | { readonly kind: 'function'; readonly node: Node }
  | { readonly kind: 'code'; readonly source: string }

/** `name(…)`, `Module.name(…)`, `value.name(…)`. What is piped into it is its first argument. */
export interface ExCall {
  readonly kind: 'call'
  readonly node: Node
  readonly name: string
  readonly receiver?: ExValue
  readonly arguments: readonly ExValue[]
  /** `key: value` at the end of the arguments, without `do:`. */
  readonly options: ReadonlyMap<string, ExValue>
  /** What follows `do`: the block, or the one expression of `do:`. */
  readonly body?: Node
}

/** What the surroundings know. */
export interface ExNames {
  variable(name: string): ExValue | undefined
  /** Value of `@name`. */
  attribute(name: string): ExValue | undefined
  /** What a call of the file's own gives. */
  returned?(call: ExCall): ExValue | undefined
}

const deepest = 60

/** All nodes below `node` that are not comments. */
export function exChildren(node: Node): Node[] {
  return node.namedChildren.filter(child => child !== null && child.type !== 'comment') as Node[]
}

/** The value of an expression. */
export function exValue(node: Node, names: ExNames, depth = 0): ExValue {
  const unknown: ExValue = { kind: 'code', source: node.text.slice(0, 200) }
  if (depth > deepest) return unknown
  const inner = (child: Node | null | undefined): ExValue => (child ? exValue(child, names, depth + 1) : unknown)
  switch (node.type) {
    case 'string':
    case 'charlist':
      return textValue(node, inner)
    case 'sigil':
      return sigilValue(node, inner) ?? unknown
    case 'atom':
      return { kind: 'atom', name: node.text.slice(1) }
    case 'quoted_atom':
      return { kind: 'atom', name: textValue(node, inner).text }
    case 'integer':
    case 'float': {
      const value = Number(node.text.replaceAll('_', ''))
      return Number.isFinite(value) ? { kind: 'number', value } : unknown
    }
    case 'boolean':
      return { kind: 'boolean', value: node.text === 'true' }
    case 'nil':
      return { kind: 'none' }
    case 'list':
    case 'keywords':
      return listValue(node, inner)
    case 'map':
      return unknown
    case 'tuple':
      return { kind: 'tuple', items: exChildren(node).map(inner) }
    case 'alias':
      return { kind: 'name', name: node.text }
    case 'identifier': {
      const known = names.variable(node.text)
      if (known) return known
      // A bare word may be a call without brackets.
      const call: ExCall = { kind: 'call', node, name: node.text, arguments: [], options: new Map() }
      return names.returned?.(call) ?? { kind: 'name', name: node.text }
    }
    case 'unary_operator':
      return unaryValue(node, names, inner) ?? unknown
    case 'binary_operator':
      return binaryValue(node, names, inner, unknown)
    case 'block':
      return exChildren(node).length === 1 ? inner(exChildren(node)[0]) : unknown
    case 'anonymous_function':
      return { kind: 'function', node }
    case 'dot':
      return { kind: 'name', name: node.text }
    case 'call': {
      const call = callValue(node, inner)
      return (call && (names.returned?.(call) ?? call)) ?? unknown
    }
    default:
      return unknown
  }
}

function unaryValue(
  node: Node,
  names: ExNames,
  inner: (child: Node | null | undefined) => ExValue,
): ExValue | undefined {
  const operand = node.childForFieldName('operand')
  if (!operand) return undefined
  if (node.text.startsWith('@')) return operand.type === 'identifier' ? names.attribute(operand.text) : undefined
  // `&drop(table(&1))`, `&up/0`
  if (node.text.startsWith('&'))
    return operand.type === 'integer' ? names.variable(node.text) : { kind: 'function', node }
  const value = inner(operand)
  return node.text.startsWith('-') && value.kind === 'number' ? { kind: 'number', value: -value.value } : undefined
}

function binaryValue(
  node: Node,
  names: ExNames,
  inner: (child: Node | null | undefined) => ExValue,
  unknown: ExValue,
): ExValue {
  const operator = node.childForFieldName('operator')?.text
  if (operator === '|>') return piped(node, names, inner) ?? unknown
  if (operator === '=') return inner(node.childForFieldName('right'))
  if (operator !== '<>' && operator !== '++') return unknown
  const [left, right] = [inner(node.childForFieldName('left')), inner(node.childForFieldName('right'))]
  if (operator === '<>') {
    const parts = ['left', 'right'].map(side => placed(node.childForFieldName(side), inner))
    return joinTexts(parts) ?? unknown
  }
  return left.kind === 'list' && right.kind === 'list'
    ? { kind: 'list', items: [...left.items, ...right.items], pairs: new Map([...left.pairs, ...right.pairs]) }
    : unknown
}

/** `value |> call(…)` is `call(value, …)`. */
function piped(node: Node, names: ExNames, inner: (child: Node | null | undefined) => ExValue): ExValue | undefined {
  const right = node.childForFieldName('right')
  const call = right?.type === 'call' ? callValue(right, inner) : undefined
  if (!call) return undefined
  const whole: ExCall = { ...call, node, arguments: [inner(node.childForFieldName('left')), ...call.arguments] }
  return names.returned?.(whole) ?? whole
}

function listValue(node: Node, inner: (child: Node) => ExValue): ExValue {
  const items: ExValue[] = []
  const pairs = new Map<string, ExValue>()
  for (const child of exChildren(node)) {
    const words = child.type === 'keywords' ? exChildren(child) : child.type === 'pair' ? [child] : undefined
    if (!words) items.push(inner(child))
    else for (const pair of words) addPair(pairs, pair, inner)
  }
  return { kind: 'list', items, pairs }
}

function addPair(into: Map<string, ExValue>, pair: Node, inner: (child: Node) => ExValue): void {
  const value = pair.childForFieldName('value')
  if (value) into.set(keyOf(pair), inner(value))
}

const keyOf = (pair: Node): string =>
  (pair.childForFieldName('key')?.text ?? '')
    .trim()
    .replace(/:$/, '')
    .replace(/^"(.*)"$/, '$1')

function callValue(node: Node, inner: (child: Node | null | undefined) => ExValue): ExCall | undefined {
  const target = node.childForFieldName('target')
  if (!target) return undefined
  const list = exChildren(node).find(child => child.type === 'arguments')
  const positional: ExValue[] = []
  const options = new Map<string, ExValue>()
  let body = exChildren(node).find(child => child.type === 'do_block')
  for (const child of list ? exChildren(list) : []) {
    if (child.type !== 'keywords') positional.push(inner(child))
    else
      for (const pair of exChildren(child)) {
        if (keyOf(pair) === 'do') body ??= pair.childForFieldName('value') ?? undefined
        else addPair(options, pair, inner)
      }
  }
  // `index(:users, [:email], [unique: true])`
  const last = positional.at(-1)
  if (options.size === 0 && last?.kind === 'list' && last.items.length === 0 && last.pairs.size > 0)
    for (const [key, value] of last.pairs) options.set(key, value)
  const common = { kind: 'call', node, arguments: positional, options, ...(body ? { body } : {}) } as const
  if (target.type === 'identifier') return { ...common, name: target.text }
  if (target.type !== 'dot') return undefined
  const right = target.childForFieldName('right')
  return { ...common, name: right?.text ?? '', receiver: inner(target.childForFieldName('left')) }
}

/** A value as part of a text; what is not known is a hole. */
export function partOf(value: ExValue): LiteralText {
  if (value.kind === 'text') return value
  if (value.kind === 'number' || value.kind === 'boolean') return literalOf(String(value.value))
  if (value.kind === 'atom') return literalOf(value.name)
  return { ...literalOf(hole), holes: 1 }
}

/** What stands elsewhere is put where it is used: a statement has one place. */
const placed = (node: Node | null, inner: (child: Node | null) => ExValue): LiteralText => {
  const part = partOf(inner(node))
  return node && !/^(string|sigil|binary_operator)$/.test(node.type) ? relocated(part, node.startIndex) : part
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', s: ' ', e: '\x1b', '\n': '' }

function textValue(node: Node, inner: (child: Node | undefined) => ExValue): LiteralText {
  const parts: LiteralText[] = []
  for (const child of exChildren(node)) {
    if (child.type === 'quoted_content') parts.push(literalAt(child.text, child.startIndex))
    else if (child.type === 'escape_sequence') {
      const mark = child.text.slice(1)
      parts.push(literalAt(escapes[mark] ?? mark, child.startIndex))
    } else if (child.type === 'interpolation')
      parts.push(relocated(partOf(inner(exChildren(child)[0])), child.startIndex))
  }
  return joinTexts(parts) ?? { ...literalOf(hole), holes: 1 }
}

function sigilValue(node: Node, inner: (child: Node | undefined) => ExValue): ExValue | undefined {
  const name = exChildren(node).find(child => child.type === 'sigil_name')?.text ?? ''
  const text = textValue(node, inner)
  if (/^s$/i.test(name)) return text
  if (!/^w$/i.test(name)) return undefined
  const atoms = exChildren(node).find(child => child.type === 'sigil_modifiers')?.text === 'a'
  const words = text.text.split(/\s+/).filter(word => word !== '')
  const items = words.map((word): ExValue => (atoms ? { kind: 'atom', name: word } : literalOf(word)))
  return { kind: 'list', items, pairs: new Map() }
}

/** The name that an atom or a text stands for. */
export function exName(value: ExValue | undefined): string | undefined {
  if (value?.kind === 'atom') return value.name
  return value?.kind === 'text' && value.holes === 0 ? value.text : undefined
}

/** One name, or a list of names. Undefined when one of them is not known. */
export function exNames(value: ExValue | undefined): readonly string[] | undefined {
  const one = exName(value)
  if (one !== undefined) return [one]
  if (value?.kind !== 'list') return undefined
  // `[desc: :inserted_at]`
  const names = [...value.items, ...value.pairs.values()].map(exName)
  return names.every(name => name !== undefined) ? names : undefined
}

export const exNumber = (value: ExValue | undefined): number | undefined =>
  value?.kind === 'number' ? value.value : undefined
export const exTrue = (value: ExValue | undefined): boolean => value?.kind === 'boolean' && value.value
export const exFalse = (value: ExValue | undefined): boolean => value?.kind === 'boolean' && !value.value
