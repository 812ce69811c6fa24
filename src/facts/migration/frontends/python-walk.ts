import type { Node } from 'web-tree-sitter'
import { dotted, type PyCall, type PyValue, pyChildren, receiverOf } from '../../../artifact/python.ts'
import { bind, evaluate, inside, mayVisit, type PyScope, sqlText } from './python-scope.ts'
import { selectedWhole } from './row-loops.ts'

/** Loops over lists that are written out are unrolled up to this length. */
const mostRounds = 200

/** Reads the statements of a block in the order in which they run. True when what follows does not run any more. */
export function walkBlock(block: Node, scope: PyScope): boolean {
  for (const statement of pyChildren(block)) if (walk(statement, scope)) return true
  return false
}

function walk(node: Node, scope: PyScope): boolean {
  if (!mayVisit(scope, node)) return true
  const inner: PyScope = { ...scope, depth: scope.depth + 1 }
  switch (node.type) {
    case 'expression_statement':
      for (const child of pyChildren(node)) expression(child, inner)
      return false
    case 'return_statement':
      for (const child of pyChildren(node)) expression(child, inner)
      return true
    case 'raise_statement':
      if (/Irreversible|NotImplemented|NotSupported/.test(node.text)) scope.state.irreversible = true
      return true
    case 'continue_statement':
    case 'break_statement':
      return true
    case 'if_statement':
      return branches(node, inner)
    case 'for_statement':
      loop(node, inner)
      return false
    case 'while_statement': {
      const condition = node.childForFieldName('condition')
      if (condition) expression(condition, inner)
      const body = node.childForFieldName('body')
      if (body) walkBlock(body, { ...inner, looped: true, sliced: true, conditional: false })
      return false
    }
    case 'with_statement':
      return context(node, inner)
    case 'try_statement':
      return attempt(node, inner)
    case 'match_statement':
      for (const clause of node.descendantsOfType('case_clause')) {
        const body = clause?.childForFieldName('consequence')
        if (body) walkBlock(body, { ...inner, locals: new Map(scope.locals) })
      }
      return false
    case 'function_definition':
      define(node, scope)
      return false
    case 'decorated_definition': {
      const definition = node.childForFieldName('definition')
      if (definition?.type === 'function_definition') define(definition, scope)
      return false
    }
    default:
      return false
  }
}

function define(node: Node, scope: PyScope): void {
  const name = node.childForFieldName('name')?.text
  if (name !== undefined) scope.locals.set(name, { kind: 'function', node })
}

/** An expression that stands as a statement, or on the right of an assignment. */
function expression(node: Node, scope: PyScope): void {
  if (node.type === 'assignment' || node.type === 'augmented_assignment' || node.type === 'named_expression') {
    assignment(node, scope)
    return
  }
  perform(evaluate(node, scope), scope)
  // `[run(x) for x in rows]`
  if (/comprehension|generator/.test(node.type))
    for (const call of node.descendantsOfType('call').slice(0, 20))
      if (call) perform(evaluate(call, { ...scope, looped: true }), { ...scope, looped: true })
}

function assignment(node: Node, scope: PyScope): void {
  const left = node.childForFieldName('left') ?? node.childForFieldName('name')
  const right = node.childForFieldName('right') ?? node.childForFieldName('value')
  if (!left || !right) return
  if (right.type === 'assignment') assignment(right, scope)
  const value = evaluate(right.type === 'assignment' ? (right.childForFieldName('left') ?? right) : right, scope)
  perform(value, scope)
  if (node.type === 'augmented_assignment') {
    const before = scope.locals.get(left.text)
    if (before?.kind === 'list' && value.kind === 'list' && /\+=/.test(node.text.slice(0, 200)))
      scope.locals.set(left.text, { kind: 'list', items: [...before.items, ...value.items] })
    else if (before) scope.locals.set(left.text, { kind: 'code', source: left.text })
    return
  }
  if (left.type === 'attribute' || left.type === 'subscript')
    scope.language.assign?.(evaluate(left, scope), node, scope)
  else bind(left, value, scope)
}

/** Reads a call and, when it means nothing by itself, what it is made of. Each call counts once. */
export function perform(value: PyValue, scope: PyScope, depth = 0): void {
  if (depth > 60) return
  if (value.kind === 'call') {
    if (scope.state.done.has(value) || !mayVisit(scope, value.node)) return
    scope.state.done.add(value)
    if (scope.language.call(value, scope) || follow(value, scope)) return
    const receiver = receiverOf(value)
    if (receiver) perform(receiver, scope, depth + 1)
    for (const one of [...value.arguments, ...value.keywords.values()]) perform(one, scope, depth + 1)
  } else if (value.kind === 'list') for (const item of value.items.slice(0, 500)) perform(item, scope, depth + 1)
  else if (value.kind === 'attribute' || value.kind === 'item') perform(value.of, scope, depth + 1)
  else if (value.kind === 'compared') {
    perform(value.left, scope, depth + 1)
    perform(value.right, scope, depth + 1)
  }
}

/** Walks into a function of the file. */
export function follow(call: PyCall, scope: PyScope): boolean {
  if (call.callee.kind !== 'function') return false
  const { node } = call.callee
  const body = node.childForFieldName('body')
  if (!body || scope.following.some(one => one.id === node.id) || scope.following.length > 12) return false
  for (const one of [...call.arguments, ...call.keywords.values()]) perform(one, scope)
  const within = inside(call, node, scope)
  if (node.type === 'lambda') perform(evaluate(body, within), within)
  else walkBlock(body, within)
  return true
}

function branches(node: Node, scope: PyScope): boolean {
  const clauses = node.childrenForFieldName('alternative').filter(child => child !== null)
  const ends: boolean[] = []
  let otherwise = false
  for (const clause of [node, ...clauses]) {
    const condition = clause.childForFieldName('condition')
    const body = clause.childForFieldName('consequence') ?? clause.childForFieldName('body')
    if (!condition) otherwise = true
    const value = condition ? evaluate(condition, scope) : undefined
    const holds = value ? holding(value, scope) : true
    if (holds === false) continue
    if (value) perform(value, scope)
    const taken =
      holds === true
        ? scope
        : { ...scope, conditional: scope.looped || scope.conditional, locals: new Map(scope.locals) }
    const ended = body ? walkBlock(body, taken) : false
    if (holds === true && condition) return ended
    ends.push(ended)
    // What a branch that may run assigns is no longer certain, but better than nothing: helpers set names in branches.
    if (holds !== true) for (const [name, one] of taken.locals) if (!scope.locals.has(name)) scope.locals.set(name, one)
  }
  return otherwise && ends.length > 0 && ends.every(end => end)
}

function holding(value: PyValue, scope: PyScope, depth = 0): boolean | undefined {
  if (depth > 20) return undefined
  if (value.kind === 'boolean') return value.value
  if (value.kind !== 'compared') return scope.language.condition?.(value, scope)
  const { operator, left, right } = value
  if (operator === 'not') {
    const inner = holding(left, scope, depth + 1)
    return inner === undefined ? undefined : !inner
  }
  if (operator === 'and' || operator === 'or') {
    const [one, other] = [holding(left, scope, depth + 1), holding(right, scope, depth + 1)]
    const decides = operator === 'or'
    if (one === decides || other === decides) return decides
    return one === undefined || other === undefined ? undefined : !decides
  }
  return scope.language.condition?.(value, scope)
}

function loop(node: Node, scope: PyScope): void {
  const left = node.childForFieldName('left')
  const right = node.childForFieldName('right')
  const body = node.childForFieldName('body')
  if (!left || !right || !body) return
  const over = evaluate(right, scope)
  perform(over, scope)
  if (over.kind === 'list' && over.items.length <= mostRounds) {
    for (const item of over.items) {
      bind(left, item, scope)
      walkBlock(body, scope)
    }
    return
  }
  bind(left, { kind: 'item', of: over, sliced: false }, scope)
  walkBlock(body, { ...scope, looped: true, conditional: false, whole: wholeOf(over, scope) || scope.whole })
}

/** The table of which `execute(text("SELECT …")).fetchall()`, `cursor.fetchall()` or a query of the ORM gives every row. */
function wholeOf(value: PyValue, scope: PyScope): string {
  let at: PyValue | undefined = value
  for (let depth = 0; at !== undefined && depth < 20; depth++) {
    if (
      at.kind === 'item' ? at.sliced : at.kind === 'call' && /^(fetchmany|fetchone|one|first|partitions)$/.test(at.name)
    )
      return ''
    if (at.kind === 'call' && /^(execute|exec_driver_sql)$/.test(at.name)) {
      const sql = sqlText(at.arguments[0])
      if (sql) return selectedWhole(sql.text)
      break
    }
    const ran = scope.state.ran.get(dotted(at))
    if (ran !== undefined && (depth === 0 || fetches(value))) return selectedWhole(ran)
    if (at.kind === 'item' || at.kind === 'attribute') at = at.of
    else at = at.kind === 'call' ? receiverOf(at) : undefined
  }
  return scope.language.whole?.(value) ?? ''
}

const fetches = (value: PyValue): boolean =>
  value.kind === 'call' && /^(fetchall|all|mappings|scalars)$/.test(value.name)

function context(node: Node, scope: PyScope): boolean {
  const leaves: (() => void)[] = []
  let within = scope
  for (const item of node.descendantsOfType('with_item')) {
    const given = item?.childForFieldName('value')
    // `with_item` of a statement within the body belongs to that one.
    if (!item || !given || item.parent?.parent?.id !== node.id) continue
    const source = given.type === 'as_pattern' ? pyChildren(given)[0] : given
    const alias = given.type === 'as_pattern' ? given.childForFieldName('alias') : undefined
    if (!source) continue
    const value = evaluate(source, within)
    const entered = scope.language.enter?.(value, within, source)
    if (entered?.scope) within = entered.scope
    if (entered?.leave) leaves.push(entered.leave)
    if (!entered) perform(value, within)
    const target = alias ? pyChildren(alias)[0] : undefined
    if (target) bind(target, value, within)
  }
  const body = node.childForFieldName('body')
  const ended = body ? walkBlock(body, within) : false
  for (const leave of leaves.reverse()) leave()
  return ended
}

function attempt(node: Node, scope: PyScope): boolean {
  const body = node.childForFieldName('body')
  const ended = body ? walkBlock(body, scope) : false
  for (const clause of pyChildren(node)) {
    if (clause.type !== 'else_clause' && clause.type !== 'finally_clause') continue
    const inner = clause.childForFieldName('body') ?? pyChildren(clause).find(child => child.type === 'block')
    if (inner && (clause.type === 'finally_clause' || !ended)) walkBlock(inner, scope)
  }
  return ended && !pyChildren(node).some(child => child.type === 'except_clause')
}
