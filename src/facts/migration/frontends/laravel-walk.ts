import type { Node } from 'web-tree-sitter'
import { type PhpCall, type PhpValue, phpChildren } from '../../../artifact/php.ts'
import { rowsOf, wholeTableOf } from './laravel-rows.ts'
import { phpHolds } from './php-conditions.ts'
import { type Bound, evaluate, inside, mayVisit, type PhpScope } from './php-scope.ts'

/** Loops over lists that are written out are unrolled up to this length. */
const mostRounds = 200

/** Runs the body of a method or closure: a block, or the one expression of an arrow function. */
export function runFunction(node: Node, given: readonly (Bound | undefined)[], scope: PhpScope): void {
  const body = node.childForFieldName('body')
  if (!body || scope.following.some(one => one.id === node.id) || scope.following.length > 14) return
  const within = inside(node, given, scope)
  if (body.type === 'compound_statement') walkBlock(body, within)
  else expression(body, within)
}

/** Reads the statements of a block in the order in which they run. True when what follows does not run any more. */
export function walkBlock(block: Node, scope: PhpScope): boolean {
  for (const statement of phpChildren(block)) if (walk(statement, scope)) return true
  return false
}

const withLocals = (scope: PhpScope): PhpScope => ({ ...scope, locals: new Map(scope.locals) })

function walk(node: Node, scope: PhpScope): boolean {
  if (!mayVisit(scope, node)) return true
  const inner: PhpScope = { ...scope, depth: scope.depth + 1 }
  switch (node.type) {
    case 'expression_statement': {
      const child = phpChildren(node)[0]
      return child ? expression(child, inner) : false
    }
    case 'compound_statement':
    case 'colon_block':
      return walkBlock(node, inner)
    case 'return_statement':
    case 'throw_statement':
      for (const child of phpChildren(node)) expression(child, inner)
      return true
    case 'break_statement':
    case 'continue_statement':
      return true
    case 'if_statement':
      return branches(node, inner)
    case 'foreach_statement':
      each(node, inner)
      return false
    case 'for_statement':
    case 'while_statement':
    case 'do_statement': {
      const body = node.childForFieldName('body')
      if (body) walk(body, { ...withLocals(inner), looped: true })
      return false
    }
    case 'try_statement':
      return attempt(node, inner)
    case 'switch_statement':
      choices(node, inner)
      return false
    default:
      return false
  }
}

/** An expression that stands as a statement. True when it ends the function. */
function expression(node: Node, scope: PhpScope): boolean {
  switch (node.type) {
    case 'throw_expression':
      if (/irreversib|revert|rollback|roll back|undo|not supported|cannot be/i.test(node.text))
        scope.state.irreversible = true
      return true
    case 'assignment_expression':
    case 'reference_assignment_expression': {
      const left = node.childForFieldName('left')
      const right = node.childForFieldName('right')
      if (!left || !right) return false
      const value = evaluate(right, scope)
      perform(value, scope)
      if (left.type === 'variable_name') scope.locals.set(left.text, boundOf(value, scope))
      return false
    }
    case 'augmented_assignment_expression': {
      const left = node.childForFieldName('left')
      if (left) scope.locals.set(left.text, { kind: 'code', source: left.text })
      return false
    }
    case 'parenthesized_expression': {
      const child = phpChildren(node)[0]
      return child ? expression(child, scope) : false
    }
    case 'conditional_expression': {
      const condition = node.childForFieldName('condition')
      const holds = condition ? phpHolds(condition, scope) : undefined
      for (const part of holds === undefined ? ['body', 'alternative'] : [holds ? 'body' : 'alternative']) {
        const child = node.childForFieldName(part)
        if (child) expression(child, withLocals(scope))
      }
      return false
    }
    case 'match_expression': {
      const arms = node.childForFieldName('body')
      const chosen = evaluate(node, scope)
      if (chosen.kind === 'code')
        for (const arm of arms ? phpChildren(arms) : []) {
          const result = arm.childForFieldName('return_expression')
          if (result) expression(result, withLocals(scope))
        }
      else perform(chosen, scope)
      return false
    }
    default:
      perform(evaluate(node, scope), scope)
      return false
  }
}

/** A variable stands for the rows of a query rather than for the call that gave them. */
export const boundOf = (value: PhpValue, scope: PhpScope): Bound => rowsOf(value, scope) ?? value

/** Reads a call and, when it means nothing by itself, what it is made of. Each call counts once. */
export function perform(value: PhpValue, scope: PhpScope, depth = 0): void {
  if (depth > 100) return
  if (value.kind === 'array') for (const { value: item } of value.entries.slice(0, 500)) perform(item, scope, depth + 1)
  if (value.kind === 'member') perform(value.of, scope, depth + 1)
  if (value.kind !== 'call' || scope.state.done.has(value) || !mayVisit(scope, value.node)) return
  scope.state.done.add(value)
  if (scope.read(value, scope)) return
  if (value.receiver) perform(value.receiver, scope, depth + 1)
  for (const one of value.arguments) perform(one, scope, depth + 1)
}

/** Runs the functions among the arguments of a call. True when there was one. */
export function runCallbacks(call: PhpCall, scope: PhpScope, given: readonly (Bound | undefined)[] = []): boolean {
  let ran = false
  for (const value of [...call.arguments, ...call.named.values()]) {
    if (value.kind !== 'function') continue
    runFunction(value.node, given, scope)
    ran = true
  }
  return ran
}

function each(node: Node, scope: PhpScope): void {
  const body = node.childForFieldName('body')
  const parts = phpChildren(node).filter(child => child.id !== body?.id)
  const [list, target] = parts
  if (!body || !list || !target) return
  const over = evaluate(list, scope)
  perform(over, scope)
  const [key, item] = target.type === 'pair' ? phpChildren(target) : [undefined, target]
  const run = (value: Bound | undefined, name: PhpValue | undefined, around: PhpScope): void => {
    const within = withLocals(around)
    if (key?.type === 'variable_name') bind(key, name, within)
    if (item) bind(item, value, within)
    walk(body, within)
  }
  if (over.kind === 'array' && over.entries.length <= mostRounds) {
    for (const [at, entry] of over.entries.entries())
      run(entry.value, { kind: 'text', text: entry.key ?? String(at), pieces: [], holes: 0 }, scope)
    return
  }
  const rows = rowsOf(over, scope)
  run(rows && { ...rows, record: rows.record ?? 'each' }, undefined, {
    ...scope,
    looped: true,
    whole: wholeTableOf(rows, over) || scope.whole,
    ...(rows?.paged
      ? { paging: { table: rows.table, columns: rows.columns ?? [], present: rows.present ?? [], body: body.text } }
      : {}),
  })
}

function bind(target: Node, value: Bound | undefined, scope: PhpScope): void {
  const name = target.type === 'by_ref' ? (phpChildren(target)[0]?.text ?? '') : target.text
  if (target.type !== 'list_literal' && target.type !== 'array_creation_expression') {
    if (value) scope.locals.set(name, value)
    else scope.locals.delete(name)
    return
  }
  const entries = value?.kind === 'array' ? value.entries : []
  for (const [at, part] of phpChildren(target).entries()) {
    const inner = part.type === 'array_element_initializer' ? phpChildren(part).at(-1) : part
    if (inner) bind(inner, entries[at]?.value, scope)
  }
}

function branches(node: Node, scope: PhpScope): boolean {
  const ends: boolean[] = []
  let complete = false
  for (const part of [node, ...node.childrenForFieldName('alternative')]) {
    if (!part || complete) break
    const condition = part.type === 'else_clause' ? undefined : part.childForFieldName('condition')
    const holds = condition ? phpHolds(condition, scope) : true
    if (condition && holds === undefined) expression(condition, scope)
    if (holds === false) continue
    const body = part.childForFieldName('body')
    const taken = holds === true && ends.length === 0 ? scope : withLocals(scope)
    ends.push(body ? walk(body, taken) : false)
    complete = holds === true
  }
  return complete && ends.every(end => end)
}

function attempt(node: Node, scope: PhpScope): boolean {
  const body = node.childForFieldName('body')
  const ended = body ? walkBlock(body, scope) : false
  const last = phpChildren(node)
    .find(child => child.type === 'finally_clause')
    ?.childForFieldName('body')
  if (last) walkBlock(last, scope)
  return ended && !phpChildren(node).some(child => child.type === 'catch_clause')
}

function choices(node: Node, scope: PhpScope): void {
  const body = node.childForFieldName('body')
  // `switch (true)` asks one case after the other.
  const asks = /^\(\s*true\s*\)$/i.test(node.childForFieldName('condition')?.text ?? '')
  for (const one of body ? phpChildren(body) : []) {
    const label = one.childForFieldName('value')
    const holds = asks && label ? phpHolds(label, scope) : undefined
    if (holds === false) continue
    if (holds === true) {
      for (const statement of phpChildren(one)) if (statement.id !== label?.id && walk(statement, scope)) break
      return
    }
    const within = withLocals(scope)
    for (const statement of phpChildren(one)) if (statement.id !== label?.id && walk(statement, within)) break
  }
}
