import type { Node } from 'web-tree-sitter'
import { hole, joinTexts, type LiteralText, literalAt, literalOf, relocated } from './literal.ts'

/** What an expression of PHP is worth, as far as it is written out. `code`: only known at run time. */
export type PhpValue =
  | LiteralText
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'none' }
  /** Entries in order; those of a list have no key. */
  | { readonly kind: 'array'; readonly entries: readonly PhpEntry[] }
  /** A variable (`$table`), or a class (`User`, without its namespace). */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: PhpValue; readonly name: string }
  | PhpCall
  | { readonly kind: 'function'; readonly node: Node }
  | { readonly kind: 'code'; readonly source: string }

export interface PhpEntry {
  readonly key?: string
  readonly value: PhpValue
}

/** `name(…)`, `receiver->name(…)`, `Class::name(…)`; `new Class(…)` has `made` and the class as its name. */
export interface PhpCall {
  readonly kind: 'call'
  readonly node: Node
  readonly name: string
  /** Offset of the name in the source. */
  readonly start: number
  readonly receiver?: PhpValue
  readonly arguments: readonly PhpValue[]
  /** Arguments given by name: `index('a', name: 'x')`. */
  readonly named: ReadonlyMap<string, PhpValue>
  readonly made?: boolean
}

/** What the surroundings know. */
export interface PhpNames {
  /** Value of a variable, with its `$`. */
  variable(name: string): PhpValue | undefined
  /** Value of `$this->name`, `self::$name`. */
  property(name: string): PhpValue | undefined
  /** Value of `self::NAME` and of global constants. */
  constant(name: string): PhpValue | undefined
  /** What a call gives that the file itself defines. */
  returned?(call: PhpCall): PhpValue | undefined
  /** Whether a condition holds, where that can be told. */
  holds?(condition: Node): boolean | undefined
}

const deepest = 60

/** All nodes below `node` that are not comments. */
export function phpChildren(node: Node): Node[] {
  return node.namedChildren.filter(child => child !== null && child.type !== 'comment') as Node[]
}

/** The last part of a class's name: `\Illuminate\Support\Facades\DB` → `DB`. */
export const bareClass = (text: string): string => text.slice(text.lastIndexOf('\\') + 1)

/** The value of an expression. */
export function phpValue(node: Node, names: PhpNames, depth = 0): PhpValue {
  const unknown: PhpValue = { kind: 'code', source: node.text.slice(0, 200) }
  if (depth > deepest) return unknown
  const inner = (child: Node | null | undefined): PhpValue => (child ? phpValue(child, names, depth + 1) : unknown)
  switch (node.type) {
    case 'string':
    case 'encapsed_string':
    case 'heredoc':
    case 'nowdoc':
      return textValue(node, inner)
    case 'integer':
    case 'float': {
      const value = Number(node.text.replaceAll('_', ''))
      return Number.isFinite(value) ? { kind: 'number', value } : unknown
    }
    case 'boolean':
      return { kind: 'boolean', value: node.text.toLowerCase() === 'true' }
    case 'null':
      return { kind: 'none' }
    case 'array_creation_expression':
      return { kind: 'array', entries: phpChildren(node).flatMap(child => entriesOf(child, inner)) }
    case 'variable_name':
      return names.variable(node.text) ?? { kind: 'name', name: node.text }
    case 'name':
    case 'qualified_name':
    case 'relative_scope':
      return names.constant(node.text) ?? { kind: 'name', name: bareClass(node.text) }
    case 'class_constant_access_expression':
      return classConstant(node, names)
    case 'scoped_property_access_expression':
      return names.property(node.childForFieldName('name')?.text.replace(/^\$/, '') ?? '') ?? unknown
    case 'member_access_expression':
    case 'nullsafe_member_access_expression':
      return memberValue(node, names, inner)
    case 'subscript_expression':
      return itemValue(node, inner) ?? unknown
    case 'parenthesized_expression':
    case 'error_suppression_expression':
      return inner(phpChildren(node)[0])
    case 'cast_expression':
      return inner(node.childForFieldName('value'))
    case 'assignment_expression':
      return inner(node.childForFieldName('right'))
    case 'unary_op_expression': {
      const operand = inner(node.childForFieldName('argument'))
      return node.text.startsWith('-') && operand.kind === 'number'
        ? { kind: 'number', value: -operand.value }
        : unknown
    }
    case 'conditional_expression': {
      const condition = node.childForFieldName('condition')
      const holds = condition ? names.holds?.(condition) : undefined
      return holds === undefined ? unknown : inner(node.childForFieldName(holds ? 'body' : 'alternative'))
    }
    case 'match_expression':
      return matchValue(node, names, inner) ?? unknown
    case 'binary_expression':
      return binaryValue(node, inner, unknown)
    case 'anonymous_function':
    case 'anonymous_function_creation_expression':
    case 'arrow_function':
      return { kind: 'function', node }
    case 'function_call_expression':
    case 'member_call_expression':
    case 'nullsafe_member_call_expression':
    case 'scoped_call_expression':
    case 'object_creation_expression':
      return callValue(node, names, inner) ?? unknown
    default:
      return unknown
  }
}

function entriesOf(node: Node, inner: (child: Node | undefined) => PhpValue): readonly PhpEntry[] {
  if (node.type !== 'array_element_initializer') return []
  const [first, second] = phpChildren(node)
  if (first?.type === 'variadic_unpacking') {
    const value = inner(phpChildren(first)[0])
    return value.kind === 'array' ? value.entries : [{ value }]
  }
  if (!second) return [{ value: inner(first) }]
  const key = inner(first)
  return [{ key: keyText(key), value: inner(second) }]
}

const keyText = (key: PhpValue): string =>
  key.kind === 'text' && key.holes === 0 ? key.text : key.kind === 'number' ? String(key.value) : hole

function classConstant(node: Node, names: PhpNames): PhpValue {
  const [scope, name] = phpChildren(node)
  if (!scope || !name) return { kind: 'code', source: node.text }
  if (name.text === 'class') return { kind: 'name', name: bareClass(scope.text) }
  const own = /^(self|static)$/.test(scope.text) ? names.constant(name.text) : undefined
  return own ?? { kind: 'member', of: { kind: 'name', name: bareClass(scope.text) }, name: name.text }
}

function memberValue(node: Node, names: PhpNames, inner: (child: Node | null) => PhpValue): PhpValue {
  const object = node.childForFieldName('object')
  const name = node.childForFieldName('name')?.text ?? ''
  const own = object?.text === '$this' ? names.property(name) : undefined
  return own ?? { kind: 'member', of: inner(object), name }
}

function itemValue(node: Node, inner: (child: Node | undefined) => PhpValue): PhpValue | undefined {
  const [of, at] = phpChildren(node)
  const list = inner(of)
  if (list.kind !== 'array' || !at) return undefined
  const key = keyText(inner(at))
  return list.entries.find((entry, index) => (entry.key ?? String(index)) === key)?.value
}

/** `match (true) { … }` on what is known; the arms of other matches are unknown. */
function matchValue(
  node: Node,
  names: PhpNames,
  inner: (child: Node | null | undefined) => PhpValue,
): PhpValue | undefined {
  const subject = node.childForFieldName('condition')
  const arms = node.childForFieldName('body')
  if (!subject || !arms) return undefined
  for (const arm of phpChildren(arms)) {
    const result = arm.childForFieldName('return_expression')
    if (arm.type === 'match_default_expression') return inner(result)
    const conditions = arm.childForFieldName('conditional_expressions')
    const answers = conditions ? phpChildren(conditions).map(one => armHolds(subject, one, names, inner)) : []
    if (answers.includes(true)) return inner(result)
    if (answers.includes(undefined)) return undefined
  }
  return undefined
}

function armHolds(
  subject: Node,
  one: Node,
  names: PhpNames,
  inner: (child: Node | null | undefined) => PhpValue,
): boolean | undefined {
  const [left, right] = [inner(subject), inner(one)]
  if (left.kind === 'boolean') return names.holds?.(one)
  return left.kind === 'text' && right.kind === 'text' ? left.text === right.text : undefined
}

function binaryValue(node: Node, inner: (child: Node | null) => PhpValue, unknown: PhpValue): PhpValue {
  const operator = node.childForFieldName('operator')?.text
  if (operator === '??') {
    const left = inner(node.childForFieldName('left'))
    return left.kind === 'none' ? inner(node.childForFieldName('right')) : left
  }
  if (operator !== '.' && operator !== '+') return unknown
  if (operator === '.')
    return joinTexts(['left', 'right'].map(side => placed(node.childForFieldName(side), inner))) ?? unknown
  const [left, right] = [inner(node.childForFieldName('left')), inner(node.childForFieldName('right'))]
  return left.kind === 'array' && right.kind === 'array'
    ? { kind: 'array', entries: [...left.entries, ...right.entries] }
    : unknown
}

/** A value as part of a text; what is not known is a hole. */
export function partOf(value: PhpValue): LiteralText {
  if (value.kind === 'text') return value
  if (value.kind === 'number' || value.kind === 'boolean') return literalOf(String(value.value))
  // `DB::raw('…')` inside of a text is that text.
  const raw = value.kind === 'call' && /^(raw|Expression)$/.test(value.name) ? value.arguments[0] : undefined
  return raw ? partOf(raw) : { ...literalOf(hole), holes: 1 }
}

/** What stands elsewhere is put where it is used: a statement has one place. */
function placed(node: Node | null, inner: (child: Node | null) => PhpValue): LiteralText {
  const part = partOf(inner(node))
  return node && !/^(string|encapsed_string|heredoc|nowdoc|binary_expression|parenthesized_expression)$/.test(node.type)
    ? relocated(part, node.startIndex)
    : part
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', e: '\x1b', f: '\f' }

function textValue(node: Node, inner: (child: Node) => PhpValue): LiteralText {
  const body = node.childForFieldName('value') ?? node
  const single = node.type === 'string' || node.type === 'nowdoc'
  const parts: LiteralText[] = []
  for (const child of phpChildren(body)) {
    if (/^(string_content|nowdoc_string)$/.test(child.type)) parts.push(literalAt(child.text, child.startIndex))
    else if (child.type === 'escape_sequence') {
      const mark = child.text.slice(1)
      parts.push({ ...literalAt(single ? mark : (escapes[mark] ?? mark), child.startIndex) })
    } else if (!/^heredoc_(start|end)$/.test(child.type)) parts.push(relocated(partOf(inner(child)), child.startIndex))
  }
  return joinTexts(parts) ?? { ...literalOf(hole), holes: 1 }
}

function callValue(
  node: Node,
  names: PhpNames,
  inner: (child: Node | null | undefined) => PhpValue,
): PhpValue | undefined {
  const list = node.childForFieldName('arguments') ?? phpChildren(node).find(child => child.type === 'arguments')
  const positional: PhpValue[] = []
  const named = new Map<string, PhpValue>()
  for (const argument of list ? phpChildren(list) : []) {
    const name = argument.childForFieldName('name')
    const given = phpChildren(argument).at(-1)
    if (given?.type === 'variadic_unpacking') {
      const value = inner(phpChildren(given)[0])
      positional.push(...(value.kind === 'array' ? value.entries.map(entry => entry.value) : [value]))
    } else if (name && given && given.id !== name.id) named.set(name.text, inner(given))
    else positional.push(inner(given))
  }
  const common = { kind: 'call', node, arguments: positional, named } as const
  if (node.type === 'object_creation_expression') {
    const made = phpChildren(node)[0]
    return made && { ...common, name: bareClass(made.text.slice(0, 200)), start: made.startIndex, made: true }
  }
  const called = node.childForFieldName('name') ?? node.childForFieldName('function')
  if (!called) return undefined
  const receiver = node.childForFieldName('object') ?? node.childForFieldName('scope')
  const call: PhpCall = {
    ...common,
    name: called.type === 'name' || called.type === 'qualified_name' ? bareClass(called.text) : called.text,
    start: called.startIndex,
    ...(receiver ? { receiver: inner(receiver) } : {}),
  }
  return known(call) ?? names.returned?.(call) ?? call
}

/** Functions of PHP whose value follows from their arguments. */
function known(call: PhpCall): PhpValue | undefined {
  const [first, second] = call.arguments
  const of = call.receiver
  // Few set a prefix for their tables, and none can be read off the code.
  if (call.name === 'getTablePrefix') return literalOf('')
  if (of) {
    // A base class of the project puts the prefix in front.
    if (call.name === 'getTable' && of.kind === 'name' && of.name === '$this' && first?.kind === 'text') return first
    // `collect([…])->each(…)`, `Str::plural(…)`: only what leaves a list as it is.
    return of.kind === 'array' && /^(all|toArray|values)$/.test(call.name) ? of : undefined
  }
  if (call.name === 'sprintf' && first?.kind === 'text') return filled(first, call.arguments.slice(1))
  if (/^(trim|strval|rtrim|ltrim)$/.test(call.name) && first?.kind === 'text') return first
  if (call.name === 'collect' && first?.kind === 'array') return first
  if (/^(array_values|array_unique|array_reverse)$/.test(call.name) && first?.kind === 'array') return first
  if (call.name === 'array_keys' && first?.kind === 'array')
    return { kind: 'array', entries: first.entries.map(({ key }, at) => ({ value: literalOf(key ?? String(at)) })) }
  if (call.name === 'array_merge' && call.arguments.every(value => value.kind === 'array'))
    return { kind: 'array', entries: call.arguments.flatMap(value => (value.kind === 'array' ? value.entries : [])) }
  if (/^(implode|join)$/.test(call.name) && first?.kind === 'text' && second?.kind === 'array')
    return joinTexts(
      second.entries.map(entry => partOf(entry.value)),
      first.text,
    )
  return undefined
}

function filled(format: LiteralText, given: readonly PhpValue[]): LiteralText {
  let at = 0
  let holes = format.holes
  const text = format.text.replace(/%(?:(\d+)\$)?[sd]/g, (_match, index?: string) => {
    const part = partOf(given[index === undefined ? at++ : Number(index) - 1] ?? { kind: 'none' })
    holes += part.holes
    return part.text
  })
  // Positions after the first mark are those of the mark: near enough for one statement.
  return { ...format, text, holes }
}

export const phpText = (value: PhpValue | undefined): string | undefined =>
  value?.kind === 'text' && value.holes === 0 ? value.text : undefined

/** One text, or a list of texts. */
export function phpTexts(value: PhpValue | undefined): readonly string[] | undefined {
  const one = phpText(value)
  if (one !== undefined) return [one]
  if (value?.kind !== 'array') return undefined
  const texts = value.entries.map(entry => phpText(entry.value))
  return texts.every(text => text !== undefined) ? texts : undefined
}

export const phpNumber = (value: PhpValue | undefined): number | undefined =>
  value?.kind === 'number' ? value.value : undefined

/** An argument by its position, or by its name. */
export const argumentOf = (call: PhpCall, at: number, name: string): PhpValue | undefined =>
  call.named.get(name) ?? call.arguments[at]
