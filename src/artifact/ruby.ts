import type { Node } from 'web-tree-sitter'
import { type LineIndex, type Span, spanOf } from '../text/lines.ts'

/** A stretch of a string's text and where its first character stands in the source. `exact`: character by character the same. */
export interface Piece {
  readonly start: number
  readonly at: number
  readonly length: number
  readonly exact: boolean
}

/** A string or symbol. `holes` counts interpolations whose value is unknown; `hole` stands in the text for each of them. */
export interface RubyText {
  readonly kind: 'text'
  readonly text: string
  readonly symbol: boolean
  readonly pieces: readonly Piece[]
  readonly holes: number
}

/** What an expression is worth, as far as it is written out. `code`: only known at run time. */
export type RubyValue =
  | RubyText
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'nil' }
  | { readonly kind: 'array'; readonly items: readonly RubyValue[] }
  | { readonly kind: 'hash'; readonly entries: ReadonlyMap<string, RubyValue> }
  | { readonly kind: 'lambda'; readonly body: RubyValue; readonly source: string }
  | { readonly kind: 'code'; readonly source: string }

/** What the surroundings know: values of locals, constants and calls, and the heredoc bodies of the file. */
export interface RubyNames {
  /** Value of a local, an instance variable or a constant. */
  variable(name: string): RubyValue | undefined
  /** Value of a call that is not a literal, such as `User.table_name`. */
  call?(call: RubyCall): RubyValue | undefined
  readonly heredocs: ReadonlyMap<number, Node>
}

export interface RubyCall {
  readonly node: Node
  readonly name: string
  readonly receiver?: Node
  /** Positional arguments, without comments, splats of hashes and blocks. */
  readonly arguments: readonly Node[]
  readonly keywords: ReadonlyMap<string, Node>
  /** `{ … }` or `do … end`. */
  readonly block?: Node
  /** `&:save!`, `&handler`. */
  readonly blockArgument?: Node
}

/** Stands for what an interpolation gives at run time: an identifier, so that most SQL around it still parses. */
export const hole = 'premortem_unknown'

const deepest = 60

/** All nodes below `node` that are not comments. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = []
  for (const child of node.namedChildren) if (child && child.type !== 'comment') children.push(child)
  return children
}

/** The call that `node` is; a bare word may be one as well (`disable_ddl_transaction!`). */
export function callOf(node: Node): RubyCall | undefined {
  if (node.type === 'identifier') return { node, name: node.text, arguments: [], keywords: new Map() }
  if (node.type !== 'call') return undefined
  const method = node.childForFieldName('method')
  const receiver = node.childForFieldName('receiver')
  const block = node.childForFieldName('block')
  const list = node.childForFieldName('arguments')
  const positional: Node[] = []
  const keywords = new Map<string, Node>()
  let blockArgument: Node | undefined
  for (const child of list ? childrenOf(list) : []) {
    if (child.type === 'pair') addPair(keywords, child)
    else if (child.type === 'block_argument') blockArgument = childrenOf(child)[0]
    // The body of a heredoc stands among the arguments when the closing bracket comes after it.
    else if (child.type !== 'hash_splat_argument' && child.type !== 'heredoc_body') positional.push(child)
  }
  return {
    node,
    name: method?.text ?? 'call',
    ...(receiver ? { receiver } : {}),
    arguments: positional,
    keywords,
    ...(block ? { block } : {}),
    ...(blockArgument ? { blockArgument } : {}),
  }
}

function addPair(into: Map<string, Node>, pair: Node): void {
  const key = pair.childForFieldName('key')
  const value = pair.childForFieldName('value')
  // `key:` alone is short for `key: key`.
  if (key) into.set(keyName(key), value ?? key)
}

function keyName(key: Node): string {
  if (key.type === 'simple_symbol') return key.text.slice(1)
  if (key.type === 'string' || key.type === 'delimited_symbol')
    return childrenOf(key)
      .map(part => part.text)
      .join('')
  return key.text
}

/** Pairs the heredocs of a tree: start of the `<<~SQL` to the node of its body. */
export function heredocsOf(root: Node): ReadonlyMap<number, Node> {
  const open: { start: number; name: string }[] = []
  for (const node of root.descendantsOfType('heredoc_beginning')) {
    if (node) open.push({ start: node.startIndex, name: node.text.replace(/^<<[~-]?/, '').replace(/['"`]/g, '') })
  }
  const found = new Map<number, Node>()
  for (const body of root.descendantsOfType('heredoc_body')) {
    if (!body) continue
    const end = body.namedChildren.findLast(child => child?.type === 'heredoc_end')?.text.trim()
    const at = open.findIndex(
      candidate => candidate.start < body.startIndex && (end === undefined || candidate.name === end),
    )
    const [beginning] = at === -1 ? [] : open.splice(at, 1)
    if (beginning) found.set(beginning.start, body)
  }
  return found
}

/** The value of an expression, as far as it is written out. */
export function rubyValue(node: Node, names: RubyNames, depth = 0): RubyValue {
  const unknown: RubyValue = { kind: 'code', source: node.text }
  if (depth > deepest) return unknown
  const inner = (child: Node | null | undefined): RubyValue => (child ? rubyValue(child, names, depth + 1) : unknown)
  switch (node.type) {
    case 'simple_symbol':
      return textAt(node.text.slice(1), node.startIndex + 1, true)
    case 'hash_key_symbol':
    case 'identifier':
    case 'constant':
    case 'instance_variable':
    case 'scope_resolution':
      return names.variable(node.text.replace(/^::/, '')) ?? callValue(node, names, depth) ?? unknown
    case 'string':
    case 'delimited_symbol':
    case 'bare_string':
    case 'bare_symbol':
    case 'heredoc_body':
      return stringValue(node, names, depth)
    case 'chained_string':
      return joined(childrenOf(node).map(inner), '') ?? unknown
    case 'heredoc_beginning':
      return inner(names.heredocs.get(node.startIndex))
    case 'integer':
    case 'float': {
      const value = Number(node.text.replaceAll('_', ''))
      return Number.isFinite(value) ? { kind: 'number', value } : unknown
    }
    case 'unary': {
      const operand = inner(node.childForFieldName('operand'))
      return operand.kind === 'number' && node.text.startsWith('-')
        ? { kind: 'number', value: -operand.value }
        : unknown
    }
    case 'true':
    case 'false':
      return { kind: 'boolean', value: node.type === 'true' }
    case 'nil':
      return { kind: 'nil' }
    case 'array':
    case 'string_array':
    case 'symbol_array':
      return { kind: 'array', items: childrenOf(node).flatMap(child => spread(child, inner)) }
    case 'hash':
      return hashValue(node, inner)
    case 'parenthesized_statements':
      return childrenOf(node).length === 1 ? inner(childrenOf(node)[0]) : unknown
    case 'lambda':
      return lambdaValue(node, inner)
    case 'binary': {
      const operator = node.childForFieldName('operator')?.text
      if (operator !== '+' && operator !== '%') return unknown
      const left = inner(node.childForFieldName('left'))
      const right = inner(node.childForFieldName('right'))
      return operator === '+' ? added(left, right, unknown) : formatted(left, right, unknown)
    }
    case 'call':
      return callValue(node, names, depth) ?? unknown
    default:
      return unknown
  }
}

function spread(child: Node, inner: (child: Node | undefined) => RubyValue): readonly RubyValue[] {
  if (child.type !== 'splat_argument') return [inner(child)]
  const value = inner(childrenOf(child)[0])
  return value.kind === 'array' ? value.items : [value]
}

function hashValue(node: Node, inner: (child: Node | undefined) => RubyValue): RubyValue {
  const pairs = new Map<string, Node>()
  for (const child of childrenOf(node)) if (child.type === 'pair') addPair(pairs, child)
  return { kind: 'hash', entries: new Map([...pairs].map(([key, value]) => [key, inner(value)])) }
}

function lambdaValue(node: Node, inner: (child: Node | undefined) => RubyValue): RubyValue {
  const block = node.childForFieldName('body') ?? node.childForFieldName('block')
  const body = block?.childForFieldName('body')
  const statements = body ? childrenOf(body) : []
  return { kind: 'lambda', body: inner(statements.at(-1)), source: body?.text ?? '' }
}

function added(left: RubyValue, right: RubyValue, unknown: RubyValue): RubyValue {
  if (left.kind === 'array' && right.kind === 'array') return { kind: 'array', items: [...left.items, ...right.items] }
  if (left.kind === 'number' && right.kind === 'number') return { kind: 'number', value: left.value + right.value }
  return joined([left, right], '') ?? unknown
}

/** `'ALTER TABLE %s …' % name` */
function formatted(left: RubyValue, right: RubyValue, unknown: RubyValue): RubyValue {
  if (left.kind !== 'text') return unknown
  const given = right.kind === 'array' ? right.items : [right]
  return fillIn(left, /%(?:<(\w+)>[sd]|\{(\w+)\}|[sd])/g, (name, at) =>
    name === undefined ? given[at] : right.kind === 'hash' ? right.entries.get(name) : undefined,
  )
}

/** Puts values into the marks of a text; what is not known becomes a hole. */
export function fillIn(
  value: RubyText,
  mark: RegExp,
  valueFor: (name: string | undefined, at: number) => RubyValue | undefined,
): RubyText {
  let { holes } = value
  let at = 0
  const text = value.text.replace(mark, (_match, one, other) => {
    const name = typeof one === 'string' ? one : typeof other === 'string' ? other : undefined
    const given = valueFor(name, at++)
    const known = given ? asText(given) : undefined
    if (!known || known.holes > 0) holes++
    return known?.text ?? hole
  })
  // Positions after the first mark are those of the mark: near enough for one statement.
  return { ...value, text, holes }
}

const sameText = new Set([
  'freeze',
  'to_s',
  'to_sym',
  'squish',
  'strip',
  'chomp',
  'strip_heredoc',
  'dup',
  'html_safe',
  'to_str',
  'lstrip',
  'rstrip',
  'chop',
  'itself',
  'to_a',
  'presence',
  'uniq',
  'compact',
  'sort',
  'reverse',
  'reverse_each',
  'each_entry',
  'to_proc',
])

function callValue(node: Node, names: RubyNames, depth: number): RubyValue | undefined {
  const call = callOf(node)
  if (!call) return undefined
  const known = names.call?.(call)
  if (known) return known
  if (!call.receiver) {
    return (call.name === 'lambda' || call.name === 'proc') && call.block
      ? lambdaValue(node, child => (child ? rubyValue(child, names, depth + 1) : { kind: 'nil' }))
      : undefined
  }
  const on = rubyValue(call.receiver, names, depth + 1)
  if (sameText.has(call.name) && on.kind !== 'code') return on
  const argument = call.arguments[0] ? rubyValue(call.arguments[0], names, depth + 1) : undefined
  // `sql.split(';').each { … }`: the parts one after the other are the text again.
  if (on.kind === 'text' && /^(split|lines|each_line)$/.test(call.name)) return { kind: 'array', items: [on] }
  if (on.kind === 'array') {
    if (call.name === 'join') return joined(on.items, argument?.kind === 'text' ? argument.text : '')
    if (call.name === 'first' && !argument) return on.items[0]
    if (call.name === 'last' && !argument) return on.items.at(-1)
    return undefined
  }
  if (on.kind !== 'hash') return undefined
  if (call.name === 'keys')
    return { kind: 'array', items: [...on.entries.keys()].map(key => textAt(key, node.startIndex, true)) }
  if (call.name === 'values') return { kind: 'array', items: [...on.entries.values()] }
  return undefined
}

function textAt(text: string, at: number, symbol: boolean): RubyText {
  return { kind: 'text', text, symbol, pieces: [{ start: 0, at, length: text.length, exact: true }], holes: 0 }
}

/** Strings and symbols one after the other; undefined when one of them is neither. */
function joined(values: readonly RubyValue[], between: string): RubyText | undefined {
  let text = ''
  let holes = 0
  const pieces: Piece[] = []
  for (const [at, value] of values.entries()) {
    if (at > 0) text += between
    const part = asText(value)
    if (!part) return undefined
    for (const piece of part.pieces) pieces.push({ ...piece, start: piece.start + text.length })
    text += part.text
    holes += part.holes
  }
  return { kind: 'text', text, symbol: false, pieces, holes }
}

function asText(value: RubyValue): RubyText | undefined {
  if (value.kind === 'text') return value
  if (value.kind === 'number' || value.kind === 'boolean')
    return { kind: 'text', text: String(value.value), symbol: false, pieces: [], holes: 0 }
  return undefined
}

const escapes: Readonly<Record<string, string>> = {
  '\\n': '\n',
  '\\t': '\t',
  '\\r': '\r',
  '\\s': ' ',
  '\\0': '\0',
  '\\e': '\x1b',
  '\\\n': '',
}

function stringValue(node: Node, names: RubyNames, depth: number): RubyText {
  let text = ''
  let holes = 0
  const pieces: Piece[] = []
  const add = (part: string, child: Node, exact: boolean): void => {
    pieces.push({ start: text.length, at: child.startIndex, length: part.length, exact })
    text += part
  }
  for (const child of childrenOf(node)) {
    if (child.type === 'interpolation') {
      const expression = childrenOf(child)[0]
      const known = expression ? asText(rubyValue(expression, names, depth + 1)) : undefined
      holes += known ? known.holes : 1
      add(known?.text ?? hole, child, false)
    } else if (child.type === 'escape_sequence') {
      add(escapes[child.text] ?? child.text.slice(1), child, false)
    } else if (child.type !== 'heredoc_end') {
      add(child.text, child, true)
    }
  }
  return { kind: 'text', text, symbol: node.type === 'delimited_symbol' || node.type === 'bare_symbol', pieces, holes }
}

/** Where a character of the string's text stands in the source. */
export function placeIn(value: RubyText, lines: LineIndex, offset: number): Span {
  const piece = value.pieces.findLast(candidate => candidate.start <= offset) ?? value.pieces[0]
  if (!piece) return spanOf(lines, 0, 0)
  const within = piece.exact ? Math.min(Math.max(0, offset - piece.start), piece.length) : 0
  const from = piece.at + within
  return spanOf(lines, from, from + 1)
}

/** The span of a node. */
export function spanOfNode(node: Node): Span {
  const { startPosition: start, endPosition: end } = node
  return { line: start.row + 1, column: start.column + 1, endLine: end.row + 1, endColumn: end.column + 1 }
}

/** One line of text for messages: runs of white space become one blank, cut at 200 characters. */
export function oneLine(text: string): string {
  const line = text.slice(0, 2000).replace(/\s+/g, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 199)}…` : line
}
