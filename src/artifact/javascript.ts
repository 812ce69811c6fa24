import type { Node } from 'web-tree-sitter'
import { hole, joinTexts, type LiteralText, literalAt, literalOf } from './literal.ts'

export interface JsCall {
  readonly kind: 'call'
  readonly callee: JsValue
  /** Last part of the callee: `addColumn` of `queryInterface.addColumn`. */
  readonly name: string
  readonly arguments: readonly JsValue[]
  /** Written as a tag in front of a template: sql`…`. */
  readonly tagged: boolean
  readonly made: boolean
  readonly node: Node
}

export interface JsObject {
  readonly kind: 'object'
  readonly entries: ReadonlyMap<string, JsValue>
  /** Where each entry stands that is written in place. */
  readonly nodes: ReadonlyMap<string, Node>
}

/**
 * What an expression is worth, with everything put in that the file says about its names. What only exists at run time
 * stays as it is written: names, members and calls of other files, `item` for an element of what a loop runs over.
 */
export type JsValue =
  | LiteralText
  | JsCall
  | JsObject
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** `null` and `undefined`. */
  | { readonly kind: 'none' }
  | { readonly kind: 'list'; readonly items: readonly JsValue[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: JsValue; readonly name: string; readonly start: number }
  | { readonly kind: 'item'; readonly of: JsValue }
  | { readonly kind: 'function'; readonly node: Node }
  | { readonly kind: 'compared'; readonly operator: string; readonly left: JsValue; readonly right: JsValue }
  | { readonly kind: 'code'; readonly source: string }

/** What the surroundings of an expression know. */
export interface JsNames {
  /** Value of a local, a constant or a function of the file. */
  variable(name: string): JsValue | undefined
  /** A better value for a call, such as what a function of the file returns. */
  known?(call: JsCall): JsValue | undefined
  /** Whether a condition holds where the migration matters: on the project's engine, in production. */
  holds?(condition: JsValue): boolean | undefined
  /** Counts the work; false when there has been too much. */
  mayVisit?(): boolean
}

const deepest = 260
/** Lists that a file puts together from others are not followed beyond this length. */
const longestList = 2000

/** All nodes below `node` that are not comments. */
export function jsChildren(node: Node): Node[] {
  const children: Node[] = []
  for (const child of node.namedChildren) if (child && child.type !== 'comment') children.push(child)
  return children
}

/** The value of an expression, as far as the file tells it. */
export function jsValue(node: Node, names: JsNames, depth = 0): JsValue {
  const unknown: JsValue = { kind: 'code', source: node.text.slice(0, 200) }
  if (depth > deepest || names.mayVisit?.() === false) return unknown
  const inner = (child: Node | null | undefined): JsValue => (child ? jsValue(child, names, depth + 1) : unknown)
  switch (node.type) {
    case 'string':
    case 'template_string':
      return stringValue(node, inner) ?? unknown
    case 'number': {
      const value = Number(node.text.replaceAll('_', '').replace(/n$/, ''))
      return Number.isFinite(value) ? { kind: 'number', value } : unknown
    }
    case 'true':
    case 'false':
      return { kind: 'boolean', value: node.type === 'true' }
    case 'null':
    case 'undefined':
      return { kind: 'none' }
    case 'identifier':
    case 'shorthand_property_identifier':
      if (node.text === 'undefined') return { kind: 'none' }
      return names.variable(node.text) ?? { kind: 'name', name: node.text }
    case 'this':
      return { kind: 'name', name: 'this' }
    case 'member_expression':
      return memberOf(inner(node.childForFieldName('object')), node.childForFieldName('property'))
    case 'subscript_expression':
      return subscripted(inner(node.childForFieldName('object')), inner(node.childForFieldName('index')), node)
    case 'call_expression':
    case 'new_expression':
      return callValue(node, names, inner)
    case 'array':
      return listOf(jsChildren(node).flatMap(child => spread(child, inner)))
    case 'object':
      return objectValue(node, inner)
    case 'arrow_function':
    case 'function_expression':
    case 'generator_function':
      return { kind: 'function', node }
    case 'parenthesized_expression':
    case 'await_expression':
    case 'as_expression':
    case 'satisfies_expression':
    case 'non_null_expression':
    case 'type_assertion':
      return inner(jsChildren(node).find(child => child.type !== 'type_arguments'))
    case 'sequence_expression':
      return { kind: 'list', items: jsChildren(node).map(inner) }
    case 'assignment_expression':
      return inner(node.childForFieldName('right'))
    case 'unary_expression':
      return unary(node.childForFieldName('operator')?.text ?? '', inner(node.childForFieldName('argument'))) ?? unknown
    case 'binary_expression':
      return combined(
        node.childForFieldName('operator')?.text ?? '',
        inner(node.childForFieldName('left')),
        inner(node.childForFieldName('right')),
      )
    case 'ternary_expression': {
      const condition = inner(node.childForFieldName('condition'))
      const holds = condition.kind === 'boolean' ? condition.value : names.holds?.(condition)
      if (holds !== undefined) return inner(node.childForFieldName(holds ? 'consequence' : 'alternative'))
      return unknown
    }
    default:
      return unknown
  }
}

function memberOf(of: JsValue, property: Node | null): JsValue {
  const name = property?.text ?? ''
  if (of.kind === 'object') {
    const found = of.entries.get(name)
    if (found) return found
  }
  return { kind: 'member', of, name, start: property?.startIndex ?? 0 }
}

function subscripted(of: JsValue, index: JsValue, node: Node): JsValue {
  if (of.kind === 'list' && index.kind === 'number') return of.items[index.value] ?? { kind: 'item', of }
  if (index.kind === 'text') {
    if (of.kind === 'object') return of.entries.get(index.text) ?? { kind: 'item', of }
    return { kind: 'member', of, name: index.text, start: node.childForFieldName('index')?.startIndex ?? 0 }
  }
  return { kind: 'item', of }
}

const listOf = (items: readonly JsValue[]): JsValue => ({ kind: 'list', items: items.slice(0, longestList) })

function spread(child: Node, inner: (child: Node | undefined) => JsValue): readonly JsValue[] {
  if (child.type !== 'spread_element') return [inner(child)]
  const value = inner(jsChildren(child)[0])
  if (value.kind === 'list') return value.items
  // Whoever looks for calls among the items finds the one that makes them.
  return [value.kind === 'call' ? value : { kind: 'code', source: child.text.slice(0, 200) }]
}

function objectValue(node: Node, inner: (child: Node | null | undefined) => JsValue): JsObject {
  const entries = new Map<string, JsValue>()
  const nodes = new Map<string, Node>()
  const set = (name: string, value: JsValue, at: Node): void => {
    entries.set(name, value)
    nodes.set(name, at)
  }
  for (const child of jsChildren(node)) {
    if (child.type === 'pair') {
      const key = child.childForFieldName('key')
      const name = key ? keyName(key, inner) : undefined
      if (name !== undefined) set(name, inner(child.childForFieldName('value')), child)
    } else if (child.type === 'shorthand_property_identifier') set(child.text, inner(child), child)
    else if (child.type === 'method_definition')
      set(child.childForFieldName('name')?.text ?? '', { kind: 'function', node: child }, child)
    else if (child.type === 'spread_element') {
      const value = inner(jsChildren(child)[0])
      if (value.kind === 'object')
        for (const [name, one] of value.entries) set(name, one, value.nodes.get(name) ?? child)
    }
  }
  return { kind: 'object', entries, nodes }
}

function keyName(key: Node, inner: (child: Node) => JsValue): string | undefined {
  if (key.type === 'property_identifier' || key.type === 'number') return key.text
  const value = inner(key.type === 'computed_property_name' ? (jsChildren(key)[0] ?? key) : key)
  return value.kind === 'text' && value.holes === 0 ? value.text : undefined
}

function callValue(node: Node, names: JsNames, inner: (child: Node | null | undefined) => JsValue): JsValue {
  const made = node.type === 'new_expression'
  const callee = inner(node.childForFieldName(made ? 'constructor' : 'function'))
  const list = node.childForFieldName('arguments')
  const tagged = list?.type === 'template_string'
  const given = list ? (tagged ? [inner(list)] : jsChildren(list).flatMap(child => spread(child, inner))) : []
  const call: JsCall = { kind: 'call', callee, name: lastName(callee), arguments: given, tagged, made, node }
  return names.known?.(call) ?? textMethod(call) ?? call
}

/** The last word of a dotted name. */
export function lastName(value: JsValue): string {
  return value.kind === 'name' || value.kind === 'member' ? value.name : ''
}

/** What a method is called on. */
export function receiverOf(call: JsCall): JsValue | undefined {
  return call.callee.kind === 'member' ? call.callee.of : undefined
}

/** Methods of texts, lists and objects whose result is written in the file. */
function textMethod(call: JsCall): JsValue | undefined {
  const of = receiverOf(call)
  const [first] = call.arguments
  // `column.clone()` of a table's column that the file declares.
  if (call.name === 'clone' && (of?.kind === 'object' || (of?.kind === 'call' && of.made))) return of
  if (call.name === 'raw' && call.tagged && of?.kind === 'name' && of.name === 'String') return first
  if (of?.kind === 'text') {
    if (/^(trim|trimStart|trimEnd|toString|valueOf|normalize)$/.test(call.name)) return of
    if (call.name === 'concat') return joined([of, ...call.arguments])
    if (/^(split)$/.test(call.name)) return { kind: 'list', items: [of] }
    return /^(replace|replaceAll|toLowerCase|toUpperCase|slice|substring)$/.test(call.name)
      ? { ...of, holes: of.holes + 1 }
      : undefined
  }
  if (of?.kind === 'list') {
    if (call.name === 'join')
      return joined(of.items, first === undefined ? ',' : first.kind === 'text' ? first.text : ' ')
    if (call.name === 'concat')
      return listOf([...of.items, ...call.arguments.flatMap(x => (x.kind === 'list' ? x.items : [x]))])
    return /^(reverse|slice|flat|values)$/.test(call.name) && call.arguments.length === 0 ? of : undefined
  }
  if (of?.kind !== 'name' || of.name !== 'Object' || first?.kind !== 'object') return undefined
  const pairs = [...first.entries]
  if (call.name === 'keys') return { kind: 'list', items: pairs.map(([key]) => literalOf(key)) }
  if (call.name === 'values') return { kind: 'list', items: pairs.map(([, value]) => value) }
  if (call.name === 'entries')
    return { kind: 'list', items: pairs.map(([key, value]) => ({ kind: 'list', items: [literalOf(key), value] })) }
  return call.name === 'freeze' ? first : undefined
}

/** A text, or a number as text. */
function asText(value: JsValue): LiteralText | undefined {
  if (value.kind === 'text') return value
  return value.kind === 'number' || value.kind === 'boolean' ? literalOf(String(value.value)) : undefined
}

function joined(values: readonly JsValue[], between = ''): LiteralText | undefined {
  const parts = values.map(value => asText(value) ?? { ...literalOf(hole), holes: 1 })
  return values.every(value => asText(value) === undefined) ? undefined : joinTexts(parts, between)
}

function unary(operator: string, value: JsValue): JsValue | undefined {
  if (operator === '-') return value.kind === 'number' ? { kind: 'number', value: -value.value } : undefined
  if (operator !== '!') return undefined
  if (value.kind === 'boolean') return { kind: 'boolean', value: !value.value }
  return { kind: 'compared', operator: '!', left: value, right: { kind: 'none' } }
}

function combined(operator: string, left: JsValue, right: JsValue): JsValue {
  if (operator === '+') {
    if (left.kind === 'number' && right.kind === 'number') return { kind: 'number', value: left.value + right.value }
    if (left.kind === 'text' || right.kind === 'text') {
      const text = joined([left, right])
      if (text) return text
    }
  }
  if (operator === '*' && left.kind === 'number' && right.kind === 'number')
    return { kind: 'number', value: left.value * right.value }
  return { kind: 'compared', operator, left, right }
}

/** Binds the names of a target such as `a`, `[a, b]`, `{ a, b: c = 1 }`. */
export function bindPattern(
  target: Node,
  value: JsValue,
  bind: (name: string, value: JsValue) => void,
  depth = 0,
): void {
  if (depth > 12) return
  const within = (child: Node | null | undefined, part: JsValue): void => {
    if (child) bindPattern(child, part, bind, depth + 1)
  }
  switch (target.type) {
    case 'identifier':
    case 'shorthand_property_identifier_pattern':
      bind(target.text, value)
      return
    case 'required_parameter':
    case 'optional_parameter':
      within(target.childForFieldName('pattern'), value)
      return
    case 'assignment_pattern':
    case 'object_assignment_pattern':
      within(target.childForFieldName('left'), value)
      return
    case 'array_pattern':
      for (const [index, child] of jsChildren(target).entries())
        within(child, (value.kind === 'list' ? value.items[index] : undefined) ?? { kind: 'item', of: value })
      return
    case 'object_pattern':
      for (const child of jsChildren(target)) {
        const key = child.childForFieldName('key') ?? child.childForFieldName('left') ?? child
        within(child.type === 'pair_pattern' ? child.childForFieldName('value') : child, field(value, key.text))
      }
      return
    default:
  }
}

function field(value: JsValue, name: string): JsValue {
  return (
    (value.kind === 'object' ? value.entries.get(name) : undefined) ?? { kind: 'member', of: value, name, start: 0 }
  )
}

const escapes: Readonly<Record<string, string>> = {
  '\\n': '\n',
  '\\t': '\t',
  '\\r': '\r',
  '\\0': '\0',
  '\\b': '\b',
  '\\\n': '',
  '\\\r\n': '',
}

/** A string or template with the places of its characters. What is put in at run time becomes a hole. */
function stringValue(node: Node, inner: (child: Node | null | undefined) => JsValue): LiteralText | undefined {
  const parts: LiteralText[] = []
  const { text, startIndex } = node
  let from = startIndex + 1
  const plain = (until: number): void => {
    if (until > from) parts.push(literalAt(text.slice(from - startIndex, until - startIndex), from))
  }
  const loose = (content: string, at: number, holes: number): void => {
    parts.push({ ...literalOf(content), holes, pieces: [{ start: 0, at, length: content.length, exact: false }] })
  }
  for (const child of node.namedChildren) {
    if (child?.type !== 'template_substitution' && child?.type !== 'escape_sequence') continue
    plain(child.startIndex)
    from = child.endIndex
    if (child.type === 'escape_sequence') {
      const content = escapes[child.text] ?? unescaped(child.text)
      if (content !== '') loose(content, child.startIndex, 0)
      continue
    }
    const value = inner(jsChildren(child)[0])
    // `sql.identifier(['users'])`, sql.raw`…` and the like inside a tagged template.
    const known = asText(value) ?? (value.kind === 'call' ? insideTag(value) : prefix(value))
    if (known) parts.push(known)
    else loose(hole, child.startIndex, 1)
  }
  plain(Math.max(from, node.endIndex - 1))
  return parts.length === 0 ? literalAt('', startIndex + 1) : joinTexts(parts)
}

/** A prefix for the names of all tables, which is empty unless somebody sets it: `${tablePrefix}users`. */
function prefix(value: JsValue): LiteralText | undefined {
  return /^(table_?)?prefix$/i.test(lastName(value)) ? literalOf('') : undefined
}

function unescaped(text: string): string {
  const code = /^\\(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]{1,6})\})$/i.exec(text)
  const number = code ? Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16) : Number.NaN
  return Number.isNaN(number) || number > 0x10ffff ? text.slice(1) : String.fromCodePoint(number)
}

function insideTag(call: JsCall): LiteralText | undefined {
  const [first] = call.arguments
  if (call.tagged && first?.kind === 'text') return first
  if (/^(raw|lit|unsafe|literal)$/.test(call.name)) return first && asText(first)
  if (
    !/^(identifier|ref|table|id|column|quoteIdentifier|escapeId|quoteTable|tableName|columnName|indexName)$/.test(
      call.name,
    )
  )
    return undefined
  if (first?.kind === 'list') return joined(first.items, '.')
  return first?.kind === 'text' ? first : undefined
}
