import type { Node } from 'web-tree-sitter'
import { fillMarks, hole, joinTexts, type LiteralText, literalAt, literalOf } from './literal.ts'

export interface PyCall {
  readonly kind: 'call'
  readonly callee: PyValue
  /** Last part of the callee: `add_column` of `op.add_column`. */
  readonly name: string
  readonly arguments: readonly PyValue[]
  readonly keywords: ReadonlyMap<string, PyValue>
  /** Has `*args` or `**options` whose value is not known. */
  readonly open: boolean
  readonly node: Node
}

/**
 * What an expression is worth, with everything put in that the file says about its names. What only exists at run time
 * stays as it is written: names, attributes and calls of other files, `item` for an element of what a loop runs over.
 */
export type PyValue =
  | LiteralText
  | PyCall
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'none' }
  | { readonly kind: 'list'; readonly items: readonly PyValue[] }
  | { readonly kind: 'dict'; readonly entries: ReadonlyMap<string, PyValue> }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly of: PyValue; readonly name: string }
  | { readonly kind: 'item'; readonly of: PyValue; readonly sliced: boolean }
  | { readonly kind: 'function'; readonly node: Node }
  | { readonly kind: 'compared'; readonly operator: string; readonly left: PyValue; readonly right: PyValue }
  | { readonly kind: 'code'; readonly source: string }

/** What the surroundings of an expression know. */
export interface PyNames {
  /** Value of a local, a constant or a function of the file. */
  variable(name: string): PyValue | undefined
  /** A better value for a call or attribute, such as the text behind `Model._meta.db_table`. */
  known?(value: PyValue): PyValue | undefined
  /** Counts the work; false when there has been too much. */
  mayVisit?(): boolean
}

const deepest = 120

/** All nodes below `node` that are not comments. */
export function pyChildren(node: Node): Node[] {
  const children: Node[] = []
  for (const child of node.namedChildren) if (child && child.type !== 'comment') children.push(child)
  return children
}

/** The value of an expression, as far as the file tells it. */
export function pyValue(node: Node, names: PyNames, depth = 0): PyValue {
  const unknown: PyValue = { kind: 'code', source: node.text.slice(0, 200) }
  if (depth > deepest || names.mayVisit?.() === false) return unknown
  const inner = (child: Node | null | undefined): PyValue => (child ? pyValue(child, names, depth + 1) : unknown)
  switch (node.type) {
    case 'string':
      return stringValue(node, inner)
    case 'concatenated_string':
      return joined(pyChildren(node).map(inner)) ?? unknown
    case 'integer':
    case 'float': {
      const value = Number(node.text.replaceAll('_', ''))
      return Number.isFinite(value) ? { kind: 'number', value } : unknown
    }
    case 'true':
    case 'false':
      return { kind: 'boolean', value: node.type === 'true' }
    case 'none':
      return { kind: 'none' }
    case 'identifier':
      return names.variable(node.text) ?? { kind: 'name', name: node.text }
    case 'attribute': {
      const of = inner(node.childForFieldName('object'))
      const value: PyValue = { kind: 'attribute', of, name: node.childForFieldName('attribute')?.text ?? '' }
      return names.known?.(value) ?? value
    }
    case 'call':
      return callValue(node, names, depth)
    case 'list':
    case 'tuple':
    case 'set':
    case 'expression_list':
    case 'pattern_list':
      return { kind: 'list', items: pyChildren(node).flatMap(child => spread(child, inner)) }
    case 'dictionary':
      return dictValue(node, inner)
    case 'parenthesized_expression':
    case 'await':
      return inner(pyChildren(node)[0])
    case 'named_expression':
      return inner(node.childForFieldName('value'))
    case 'unary_operator': {
      const value = inner(node.childForFieldName('argument'))
      return value.kind === 'number' && node.text.startsWith('-') ? { kind: 'number', value: -value.value } : unknown
    }
    case 'not_operator': {
      const value = inner(node.childForFieldName('argument'))
      return { kind: 'compared', operator: 'not', left: value, right: { kind: 'none' } }
    }
    case 'comparison_operator':
    case 'boolean_operator':
      return compared(node, inner) ?? unknown
    case 'binary_operator':
      return (
        combined(
          node.childForFieldName('operator')?.text ?? '',
          inner(node.childForFieldName('left')),
          inner(node.childForFieldName('right')),
        ) ?? unknown
      )
    case 'subscript':
      return subscripted(node, inner)
    case 'lambda':
      return { kind: 'function', node }
    case 'list_comprehension':
    case 'generator_expression':
    case 'set_comprehension':
      return comprehension(node, names, depth) ?? unknown
    default:
      return unknown
  }
}

function spread(child: Node, inner: (child: Node | undefined) => PyValue): readonly PyValue[] {
  if (child.type !== 'list_splat') return [inner(child)]
  const value = inner(pyChildren(child)[0])
  return value.kind === 'list' ? value.items : [{ kind: 'code', source: child.text.slice(0, 200) }]
}

function dictValue(node: Node, inner: (child: Node | null | undefined) => PyValue): PyValue {
  const entries = new Map<string, PyValue>()
  for (const child of pyChildren(node)) {
    if (child.type === 'pair') {
      const key = inner(child.childForFieldName('key'))
      entries.set(
        key.kind === 'text' ? key.text : (child.childForFieldName('key')?.text ?? ''),
        inner(child.childForFieldName('value')),
      )
    } else if (child.type === 'dictionary_splat') {
      const value = inner(pyChildren(child)[0])
      if (value.kind === 'dict') for (const [key, one] of value.entries) entries.set(key, one)
    }
  }
  return { kind: 'dict', entries }
}

function callValue(node: Node, names: PyNames, depth: number): PyValue {
  const inner = (child: Node | null | undefined): PyValue =>
    child ? pyValue(child, names, depth + 1) : { kind: 'none' }
  const callee = inner(node.childForFieldName('function'))
  const given: PyValue[] = []
  const keywords = new Map<string, PyValue>()
  let open = false
  const list = node.childForFieldName('arguments')
  const children = list ? (list.type === 'generator_expression' ? [list] : pyChildren(list)) : []
  for (const child of children) {
    if (child.type === 'keyword_argument') {
      keywords.set(child.childForFieldName('name')?.text ?? '', inner(child.childForFieldName('value')))
    } else if (child.type === 'dictionary_splat') {
      const value = inner(pyChildren(child)[0])
      if (value.kind === 'dict') for (const [key, one] of value.entries) keywords.set(key, one)
      else open = true
    } else if (child.type === 'list_splat') {
      const value = inner(pyChildren(child)[0])
      if (value.kind === 'list') given.push(...value.items)
      else open = true
    } else given.push(inner(child))
  }
  const name = lastName(callee)
  const call: PyCall = { kind: 'call', callee, name, arguments: given, keywords, open, node }
  return names.known?.(call) ?? textMethod(call) ?? call
}

/** The last word of a dotted name. */
export function lastName(value: PyValue): string {
  return value.kind === 'name' || value.kind === 'attribute' ? value.name : ''
}

/** `sa.dialects.postgresql.JSONB` of such a chain of names; calls within it are shown as `()`. */
export function dotted(value: PyValue, depth = 0): string {
  if (depth > 40) return '…'
  if (value.kind === 'name') return value.name
  if (value.kind === 'attribute') return `${dotted(value.of, depth + 1)}.${value.name}`
  if (value.kind === 'call') return `${dotted(value.callee, depth + 1)}()`
  return '…'
}

/** What a method is called on. */
export function receiverOf(call: PyCall): PyValue | undefined {
  return call.callee.kind === 'attribute' ? call.callee.of : undefined
}

/** An argument by its place or its name. */
export function argumentOf(call: PyCall, position: number, name: string): PyValue | undefined {
  return call.keywords.get(name) ?? call.arguments[position]
}

const sameText = /^(strip|lstrip|rstrip|dedent|cleandoc|str|encode|decode|mark_safe|quote_name)$/

/** Methods of texts, lists and dictionaries whose result is written in the file. */
function textMethod(call: PyCall): PyValue | undefined {
  const of = receiverOf(call)
  const [first] = call.arguments
  // `textwrap.dedent("…")`, `schema_editor.quote_name(name)`
  if (sameText.test(call.name)) {
    if (of?.kind === 'text') return of
    return first?.kind === 'text' ? first : undefined
  }
  if (of?.kind === 'text') {
    if (call.name === 'format') return formatted(of, call)
    if (call.name === 'join' && first?.kind === 'list') return joined(first.items, of.text)
    if (/^(split|splitlines)$/.test(call.name)) return { kind: 'list', items: [of] }
    if (call.name === 'replace' || call.name === 'lower' || call.name === 'upper' || call.name === 'format_map')
      return { ...of, holes: of.holes + 1 }
  }
  if (of?.kind === 'dict') {
    const pairs = [...of.entries]
    if (call.name === 'items')
      return { kind: 'list', items: pairs.map(([key, value]) => ({ kind: 'list', items: [literalOf(key), value] })) }
    if (call.name === 'keys') return { kind: 'list', items: pairs.map(([key]) => literalOf(key)) }
    if (call.name === 'values') return { kind: 'list', items: pairs.map(([, value]) => value) }
    return undefined
  }
  if (call.callee.kind === 'name' && first?.kind === 'list') {
    if (/^(list|tuple|set|sorted|reversed|frozenset|iter)$/.test(call.name)) return first
    if (call.name === 'enumerate')
      return {
        kind: 'list',
        items: first.items.map((item, value) => ({ kind: 'list', items: [{ kind: 'number', value }, item] })),
      }
  }
  return undefined
}

function formatted(text: LiteralText, call: PyCall): PyValue | undefined {
  return fillMarks(text, /\{(\w*)(?:[.[!:][^}]*)?\}/g, (found, index) => {
    const key = found[1] ?? ''
    const value = key === '' ? call.arguments[index] : (call.keywords.get(key) ?? call.arguments[Number(key)])
    return value && asText(value)
  })
}

/** A text, or a number as text. */
export function asText(value: PyValue): LiteralText | undefined {
  if (value.kind === 'text') return value
  return value.kind === 'number' || value.kind === 'boolean' ? literalOf(String(value.value)) : undefined
}

function joined(values: readonly PyValue[], between = ''): LiteralText | undefined {
  const parts = values.map(value => asText(value) ?? { ...literalOf(hole), holes: 1 })
  return values.every(value => asText(value) === undefined) ? undefined : joinTexts(parts, between)
}

function combined(operator: string, left: PyValue, right: PyValue): PyValue | undefined {
  if (operator === '+') {
    if (left.kind === 'list' && right.kind === 'list') return { kind: 'list', items: [...left.items, ...right.items] }
    if (left.kind === 'number' && right.kind === 'number') return { kind: 'number', value: left.value + right.value }
    return left.kind === 'text' || right.kind === 'text' ? joined([left, right]) : undefined
  }
  if (operator === '%' && left.kind === 'text') {
    const given = right.kind === 'list' ? right.items : [right]
    return fillMarks(left, /%(?:\((\w+)\))?[sdr]/g, (found, index) => {
      const key = found[1]
      const value = key === undefined ? given[index] : right.kind === 'dict' ? right.entries.get(key) : undefined
      return value && asText(value)
    })
  }
  if (operator === '|' && left.kind === 'dict' && right.kind === 'dict')
    return { kind: 'dict', entries: new Map([...left.entries, ...right.entries]) }
  // `filter(Q(a=1) | Q(b=2))`, `x * 60`
  return left.kind === 'number' && right.kind === 'number' && operator === '*'
    ? { kind: 'number', value: left.value * right.value }
    : undefined
}

function compared(node: Node, inner: (child: Node | null | undefined) => PyValue): PyValue | undefined {
  const children = pyChildren(node)
  const [left, right] = children
  if (children.length !== 2 || !left || !right) return undefined
  const operator =
    node.childForFieldName('operator')?.text ??
    node.children
      .filter(child => child && !child.isNamed)
      .map(child => child?.text)
      .join(' ')
  return { kind: 'compared', operator, left: inner(left), right: inner(right) }
}

function subscripted(node: Node, inner: (child: Node | null | undefined) => PyValue): PyValue {
  const of = inner(node.childForFieldName('value'))
  const key = node.childForFieldName('subscript')
  if (key?.type === 'slice') return of.kind === 'list' ? of : { kind: 'item', of, sliced: true }
  const value = inner(key)
  if (of.kind === 'dict' && value.kind === 'text')
    return of.entries.get(value.text) ?? { kind: 'item', of, sliced: false }
  if (of.kind === 'list' && value.kind === 'number')
    return of.items.at(value.value) ?? { kind: 'item', of, sliced: false }
  return { kind: 'item', of, sliced: false }
}

/** `[f(x) for x in ("a", "b")]` over a list that is written out. */
function comprehension(node: Node, names: PyNames, depth: number): PyValue | undefined {
  const body = node.childForFieldName('body')
  const [clause, ...more] = pyChildren(node).filter(child => child.id !== body?.id)
  const target = clause?.childForFieldName('left')
  const source = clause?.childForFieldName('right')
  if (!body || !target || !source || clause?.type !== 'for_in_clause') return undefined
  const over = pyValue(source, names, depth + 1)
  // What a loop over rows collects are its rows: `[x for x in Model.objects.all()]`.
  if (over.kind !== 'list') return body.text === target.text ? over : { kind: 'item', of: over, sliced: false }
  if (more.length > 0 || over.items.length > 200) return undefined
  const items = over.items.map(item => {
    const bound = new Map<string, PyValue>()
    bindTarget(target, item, (name, value) => bound.set(name, value))
    return pyValue(body, { ...names, variable: name => bound.get(name) ?? names.variable(name) }, depth + 1)
  })
  return { kind: 'list', items }
}

/** Binds the names of a target such as `a`, `a, b` or `(a, (b, c))`. */
export function bindTarget(
  target: Node,
  value: PyValue,
  bind: (name: string, value: PyValue) => void,
  depth = 0,
): void {
  if (target.type === 'identifier') bind(target.text, value)
  else if (/^(pattern_list|tuple_pattern|list_pattern|tuple|list|expression_list)$/.test(target.type) && depth < 10) {
    for (const [index, child] of pyChildren(target).entries()) {
      const part = value.kind === 'list' ? value.items[index] : undefined
      bindTarget(child, part ?? { kind: 'item', of: value, sliced: false }, bind, depth + 1)
    }
  }
}

const escapes: Readonly<Record<string, string>> = { '\\n': '\n', '\\t': '\t', '\\r': '\r', '\\0': '\0', '\\\n': '' }

function stringValue(node: Node, inner: (child: Node | null | undefined) => PyValue): PyValue {
  const parts: LiteralText[] = []
  const add = (text: string, at: number, exact: boolean): void => {
    if (text === '') return
    parts.push(
      exact
        ? literalAt(text, at)
        : { ...literalOf(text), pieces: [{ start: 0, at, length: text.length, exact: false }] },
    )
  }
  for (const child of pyChildren(node)) {
    if (child.type === 'interpolation') {
      const known = asText(inner(child.childForFieldName('expression')))
      parts.push(
        known ?? {
          ...literalOf(hole),
          holes: 1,
          pieces: [{ start: 0, at: child.startIndex, length: hole.length, exact: false }],
        },
      )
    } else if (child.type === 'string_content') {
      let from = 0
      const { text } = child
      for (const part of pyChildren(child)) {
        const at = part.startIndex - child.startIndex
        add(text.slice(from, at), child.startIndex + from, true)
        // `{{` of an f-string is a brace; a raw string has no escapes, and the grammar shows none.
        add(
          /^(\{\{|\}\})$/.test(part.text) ? part.text.slice(1) : (escapes[part.text] ?? part.text.slice(1)),
          part.startIndex,
          false,
        )
        from = at + part.text.length
      }
      add(text.slice(from), child.startIndex + from, true)
    }
  }
  return joinTexts(parts) ?? { kind: 'code', source: node.text.slice(0, 200) }
}
