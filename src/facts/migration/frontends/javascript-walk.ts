import type { Node } from 'web-tree-sitter'
import { bindPattern, type JsCall, type JsValue, jsChildren, receiverOf } from '../../../artifact/javascript.ts'
import { chainOf } from './javascript-chain.ts'
import { holding } from './javascript-conditions.ts'
import { wholeTableOf } from './javascript-rows.ts'
import {
  emitUnreadable,
  evaluate,
  functionOf,
  inside,
  type JsScope,
  mayVisit,
  placeOfNode,
} from './javascript-scope.ts'

/** Loops over lists that are written out are unrolled up to this length. */
const mostRounds = 200

/** Runs the body of a function: a block, or the one expression of an arrow function. */
export function runFunction(node: Node, given: readonly (JsValue | undefined)[], scope: JsScope): void {
  const body = node.childForFieldName('body')
  if (!body || scope.following.some(one => one.id === node.id) || scope.following.length > 14) return
  const within = inside(given, node, scope)
  if (body.type === 'statement_block') walkBlock(body, within)
  else perform(evaluate(body, within), within)
}

/** Runs the functions among the arguments of a call. */
export function runCallbacks(call: JsCall | undefined, scope: JsScope, given: readonly JsValue[] = []): void {
  for (const value of call?.arguments ?? []) if (value.kind === 'function') runFunction(value.node, given, scope)
}

/** Reads the statements of a block in the order in which they run. True when what follows does not run any more. */
export function walkBlock(block: Node, scope: JsScope): boolean {
  const statements = jsChildren(block)
  for (const statement of statements) {
    const name = statement.type === 'function_declaration' ? statement.childForFieldName('name')?.text : undefined
    if (name !== undefined) scope.locals.set(name, { kind: 'function', node: statement })
  }
  for (const statement of statements) if (walk(statement, scope)) return true
  return false
}

const withLocals = (scope: JsScope): JsScope => ({ ...scope, locals: new Map(scope.locals) })

function walk(node: Node, scope: JsScope): boolean {
  if (!mayVisit(scope, node)) return true
  const inner: JsScope = { ...scope, depth: scope.depth + 1 }
  switch (node.type) {
    case 'expression_statement':
      for (const child of jsChildren(node)) expression(child, inner)
      return false
    case 'return_statement':
      for (const child of jsChildren(node)) expression(child, inner)
      return true
    case 'throw_statement':
      if (/irreversib|revert|rollback|roll back|undo|not supported|not implemented/i.test(node.text))
        scope.state.irreversible = true
      return true
    case 'break_statement':
    case 'continue_statement':
      return true
    case 'lexical_declaration':
    case 'variable_declaration':
      for (const declarator of jsChildren(node)) declare(declarator, inner)
      return false
    case 'statement_block':
      return walkBlock(node, inner)
    case 'if_statement':
      return branches(node, inner)
    case 'for_in_statement':
      forIn(node, inner)
      return false
    case 'for_statement':
    case 'while_statement':
    case 'do_statement': {
      const condition = node.childForFieldName('condition')
      if (condition) expression(condition, inner)
      const body = node.childForFieldName('body')
      const over = condition ? counted(condition, inner) : undefined
      if (body) walk(body, withLocals(over ? looping(inner, over) : { ...inner, looped: true }))
      return false
    }
    case 'try_statement':
      return attempt(node, inner)
    case 'switch_statement':
      choices(node, inner)
      return false
    case 'labeled_statement': {
      const body = node.childForFieldName('body')
      return body ? walk(body, inner) : false
    }
    default:
      return false
  }
}

function declare(declarator: Node, scope: JsScope): void {
  const target = declarator.childForFieldName('name')
  const given = declarator.childForFieldName('value')
  if (!target || !given) return
  const value = evaluate(given, scope)
  perform(value, scope)
  bindPattern(target, value, (name, one) => scope.locals.set(name, one))
}

/** An expression that stands as a statement, or on the right of an assignment. */
function expression(node: Node, scope: JsScope): void {
  if (node.type === 'assignment_expression' || node.type === 'augmented_assignment_expression') {
    const left = node.childForFieldName('left')
    const right = node.childForFieldName('right')
    if (!left || !right) return
    const value = evaluate(right, scope)
    perform(value, scope)
    if (left.type === 'member_expression') assignMember(left, value, scope)
    if (left.type !== 'identifier') return
    const known = node.type === 'assignment_expression' && value.kind !== 'code'
    scope.locals.set(left.text, known ? value : { kind: 'code', source: left.text })
    return
  }
  if (node.type === 'ternary_expression') {
    for (const part of ['consequence', 'alternative']) {
      const child = node.childForFieldName(part)
      if (child) expression(child, withLocals(scope))
    }
    return
  }
  perform(evaluate(node, scope), scope)
}

/** `column.isNullable = false` on an object that the file declares. */
function assignMember(left: Node, value: JsValue, scope: JsScope): void {
  const name = left.childForFieldName('object')?.text ?? ''
  const before = scope.locals.get(name)
  const key = left.childForFieldName('property')?.text
  const object = before?.kind === 'call' && before.made ? before.arguments[0] : before
  if (object?.kind !== 'object' || key === undefined) return
  const after: JsValue = { ...object, entries: new Map([...object.entries, [key, value]]) }
  scope.locals.set(name, before?.kind === 'call' ? { ...before, arguments: [after] } : after)
}

const continues = /^(then|finally|tap|asCallback|catch)$/
const iterates = /^(forEach|map|flatMap|each|eachSeries|mapSeries|mapLimit|eachLimit|every|filter)$/

/** Reads a call and, when it means nothing by itself, what it is made of. Each call counts once. */
export function perform(value: JsValue, scope: JsScope, depth = 0): void {
  if (depth > 300) return
  if (value.kind === 'call') {
    if (scope.state.done.has(value) || !mayVisit(scope, value.node)) return
    scope.state.done.add(value)
    const receiver = receiverOf(value)
    if (receiver && continues.test(value.name)) {
      perform(receiver, scope, depth + 1)
      const settled = { ...value, arguments: value.arguments.slice(0, 1) }
      if (value.name !== 'catch') runCallbacks(settled, scope, value.name === 'then' ? [receiver] : [])
      return
    }
    if (iterates.test(value.name) && iterate(value, receiver, scope)) return
    if (scope.language.read(chainOf(value), scope)) return
    const own = functionOf(value, scope)
    if (own) {
      for (const one of value.arguments) if (one.kind !== 'function') perform(one, scope, depth + 1)
      runFunction(own, value.arguments, scope)
      return
    }
    if (elsewhere(value, scope)) {
      emitUnreadable(scope, placeOfNode(value.node), `what \`${value.name}\` does stands in another file`)
      return
    }
    if (receiver) perform(receiver, scope, depth + 1)
    for (const one of value.arguments) perform(one, scope, depth + 1)
  } else if (value.kind === 'function') runFunction(value.node, [], scope)
  else if (value.kind === 'list' && !scope.state.done.has(value)) {
    scope.state.done.add(value)
    for (const item of value.items.slice(0, 500)) perform(item, scope, depth + 1)
  } else if (value.kind === 'member' || value.kind === 'item') perform(value.of, scope, depth + 1)
  else if (value.kind === 'compared' && !scope.state.done.has(value)) {
    scope.state.done.add(value)
    perform(value.left, scope, depth + 1)
    perform(value.right, scope, depth + 1)
  }
}

/** A call of an imported function that is handed the database and does not only look. */
function elsewhere(call: JsCall, scope: JsScope): boolean {
  if (
    call.made ||
    /^_*(is|has|get|find|check|exists?|load|fetch|count|describe|should|log|list|does|table|column|require|index\w*Exists)/i.test(
      call.name,
    )
  )
    return false
  if (call.callee.kind !== 'name' && !(call.callee.kind === 'member' && call.callee.of.kind === 'name')) return false
  const root = call.callee.kind === 'member' && call.callee.of.kind === 'name' ? call.callee.of.name : ''
  if (scope.file.handles.has(root)) return false
  return call.arguments.some(value => value.kind === 'name' && scope.file.handles.has(value.name))
}

/** `list.forEach(x => …)`, `Promise.map(list, x => …)`: unrolled over a list that is written out. */
function iterate(call: JsCall, receiver: JsValue | undefined, scope: JsScope): boolean {
  const callback = call.arguments.find(value => value.kind === 'function')
  if (!callback) return false
  const given = call.arguments[0]
  const over = given && given !== callback ? given : receiver
  if (!over) return false
  perform(over, scope)
  if (over.kind === 'list' && over.items.length <= mostRounds) {
    for (const item of over.items) runFunction(callback.node, [item], scope)
    return true
  }
  runFunction(callback.node, [{ kind: 'item', of: over }], looping(scope, over))
  return true
}

function forIn(node: Node, scope: JsScope): void {
  const left = node.childForFieldName('left')
  const right = node.childForFieldName('right')
  const body = node.childForFieldName('body')
  if (!left || !right || !body) return
  const over = evaluate(right, scope)
  perform(over, scope)
  const rounds = node.childForFieldName('operator')?.text === 'in' ? keysOf(over) : over
  const run = (item: JsValue, around: JsScope): void => {
    const within = withLocals(around)
    bindPattern(left, item, (name, value) => within.locals.set(name, value))
    walk(body, within)
  }
  if (rounds.kind === 'list' && rounds.items.length <= mostRounds) for (const item of rounds.items) run(item, scope)
  else run({ kind: 'item', of: over }, looping(scope, over))
}

const looping = (scope: JsScope, over: JsValue): JsScope => ({
  ...scope,
  looped: true,
  whole: wholeTableOf(over, scope.language.framework) || scope.whole,
})

/** `users` of `for (let i = 0; i < users.length; i++)`. */
function counted(condition: Node, scope: JsScope): JsValue | undefined {
  const value = evaluate(condition, scope)
  if (value.kind !== 'compared') return undefined
  const { right } = value
  return right.kind === 'member' && right.name === 'length' ? right.of : undefined
}

function keysOf(value: JsValue): JsValue {
  if (value.kind !== 'object') return { kind: 'item', of: value }
  const items = [...value.entries.keys()].map(text => ({ kind: 'text', text, pieces: [], holes: 0 }) as const)
  return { kind: 'list', items }
}

function branches(node: Node, scope: JsScope): boolean {
  const condition = node.childForFieldName('condition')
  const value = condition ? evaluate(condition, scope) : undefined
  const holds = value ? holding(value, scope.file.engine) : undefined
  if (value && holds === undefined) perform(value, scope)
  const yes = node.childForFieldName('consequence')
  const no = node.childForFieldName('alternative')
  const otherwise = no ? jsChildren(no)[0] : undefined
  if (holds !== undefined) {
    const taken = holds ? yes : otherwise
    return taken ? walk(taken, scope) : false
  }
  const ends: boolean[] = []
  for (const branch of [yes, otherwise]) {
    if (!branch) continue
    // In a loop only some of the rounds come here.
    const taken = withLocals(scope.looped ? { ...scope, whole: '' } : scope)
    ends.push(walk(branch, taken))
    for (const [name, one] of taken.locals)
      if (!scope.locals.has(name) || one.kind === 'code') scope.locals.set(name, one)
  }
  return ends.length === 2 && ends.every(end => end)
}

function choices(node: Node, scope: JsScope): void {
  const given = node.childForFieldName('value')
  const left = given ? evaluate(given, scope) : undefined
  const cases = node.childForFieldName('body')
  for (const one of cases ? jsChildren(cases) : []) {
    const label = one.childForFieldName('value')
    const right = label ? evaluate(label, scope) : undefined
    if (left && right && holding({ kind: 'compared', operator: '===', left, right }, scope.file.engine) === false)
      continue
    const within = withLocals(scope)
    for (const statement of one.childrenForFieldName('body')) if (statement && walk(statement, within)) break
  }
}

function attempt(node: Node, scope: JsScope): boolean {
  const body = node.childForFieldName('body')
  const ended = body ? walkBlock(body, scope) : false
  const last = node.childForFieldName('finalizer')?.childForFieldName('body')
  if (last) walkBlock(last, scope)
  return ended && !node.childForFieldName('handler')
}
