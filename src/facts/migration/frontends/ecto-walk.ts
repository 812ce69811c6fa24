import type { Node } from 'web-tree-sitter'
import { type ExCall, type ExValue, exChildren } from '../../../artifact/elixir.ts'
import type { Engine } from '../../../config/types.ts'
import { wholeOf } from './ecto-rows.ts'
import { bind, bodyOf, type EctoScope, evaluate, inside, mayVisit, rowOf } from './ecto-scope.ts'

/** Loops over lists that are written out are unrolled up to this length. */
const mostRounds = 200

const withLocals = (scope: EctoScope): EctoScope => ({
  ...scope,
  locals: new Map(scope.locals),
  depth: scope.depth + 1,
})

/** Reads the statements of a block, or a single expression, in the order in which they run. */
export function walkBody(body: Node, scope: EctoScope): void {
  const parts = /^(do_block|else_block|body|block)$/.test(body.type) ? exChildren(body) : [body]
  for (const part of parts)
    if (!/^(else|rescue|catch|after)_block$/.test(part.type)) walk(part, scope)
    else if (part.type === 'after_block') walkBody(part, scope)
}

function walk(node: Node, scope: EctoScope): void {
  if (!mayVisit(scope, node)) return
  const inner: EctoScope = { ...scope, depth: scope.depth + 1 }
  if (node.type === 'binary_operator') {
    const operator = node.childForFieldName('operator')?.text
    const left = node.childForFieldName('left')
    const right = node.childForFieldName('right')
    if (operator === '=' && left && right) {
      const value = evaluate(right, inner)
      perform(value, inner, right)
      bind(left, value, scope.locals)
      return
    }
    if (operator !== '|>' && left && right) {
      walk(left, inner)
      walk(right, inner)
      return
    }
  }
  perform(evaluate(node, inner), inner, node)
}

/** Reads a call and, when it means nothing by itself, what it is made of. Each call counts once. */
export function perform(value: ExValue, scope: EctoScope, node?: Node, depth = 0): void {
  if (depth > 100) return
  if (value.kind === 'tuple' || value.kind === 'list')
    for (const item of value.items) perform(item, scope, undefined, depth + 1)
  // A name alone runs a function of the file, as `add_columns`.
  if (value.kind === 'name' && node?.type === 'identifier') {
    const call: ExCall = { kind: 'call', node, name: value.name, arguments: [], options: new Map() }
    if (!follow(call, scope)) scope.read(call, scope)
    return
  }
  if (value.kind !== 'call' || scope.state.done.has(value) || !mayVisit(scope, value.node)) return
  scope.state.done.add(value)
  if (control(value, scope) || loop(value, scope) || follow(value, scope) || scope.read(value, scope)) return
  if (value.receiver) perform(value.receiver, scope, undefined, depth + 1)
  for (const one of value.arguments) {
    if (one.kind === 'function') runFunction(one.node, [], scope)
    else perform(one, scope, undefined, depth + 1)
  }
  if (value.body) walkBody(value.body, withLocals(scope))
}

/** `if`, `unless`, `case`, `cond`, `with`, `try`: every branch that may be taken. */
function control(call: ExCall, scope: EctoScope): boolean {
  if (call.receiver || !/^(if|unless|case|cond|with|try|receive|quote)$/.test(call.name)) return false
  const { body, node } = call
  const condition = exChildren(node).find(child => child.type === 'arguments')
  const asked = condition ? exChildren(condition)[0] : undefined
  const holds = call.name === 'if' || call.name === 'unless' ? truth(asked, scope) : undefined
  const taken = holds === undefined ? undefined : call.name === 'if' ? holds : !holds
  if (asked && taken === undefined && asked.type === 'call') walk(asked, scope)
  const otherwise = elseOf(node)
  const sure = taken !== undefined || /^(try|quote)$/.test(call.name)
  const inner = scope.looped && !sure ? { ...scope, conditional: true } : scope
  if (body && taken !== false) branches(body, inner)
  if (otherwise && taken !== true && call.name !== 'try') branches(otherwise, inner)
  return true
}

function elseOf(node: Node): Node | undefined {
  const block = exChildren(node).find(child => child.type === 'do_block')
  const found = block ? exChildren(block).find(child => child.type === 'else_block') : undefined
  if (found) return found
  const list = exChildren(node).find(child => child.type === 'arguments')
  const words = list ? exChildren(list).find(child => child.type === 'keywords') : undefined
  const pair = words
    ? exChildren(words).find(child => child.childForFieldName('key')?.text.trim() === 'else:')
    : undefined
  return pair?.childForFieldName('value') ?? undefined
}

/** A block, or the clauses of a `case`. */
function branches(body: Node, scope: EctoScope): void {
  const parts = body.type === 'do_block' || body.type === 'else_block' ? exChildren(body) : [body]
  if (!parts.some(part => part.type === 'stab_clause')) {
    walkBody(body, withLocals(scope))
    return
  }
  for (const part of parts) {
    const result = part.type === 'stab_clause' ? part.childForFieldName('right') : undefined
    if (result) walkBody(result, withLocals(scope))
  }
}

/** Whether a condition holds in production on the project's engine and in this direction, where its text tells. */
function truth(node: Node | undefined, scope: EctoScope): boolean | undefined {
  const text = node?.text ?? ''
  const direction = /^direction\(\)\s*(==|!=)\s*:(up|down)$/.exec(text)
  if (direction) return (direction[2] === scope.direction) === (direction[1] === '==')
  const environment = /\bMix\.env\(?\)?\s*(==|!=)\s*:(\w+)$/.exec(text)
  if (environment) return (environment[2] === 'prod') === (environment[1] === '==')
  const adapter = /(==|!=)\s*Ecto\.Adapters\.(\w+)$/.exec(text)
  return adapter ? isEngine(adapter[2] ?? '', scope.file.engine, adapter[1] === '==') : undefined
}

function isEngine(name: string, engine: Engine | undefined, equal: boolean): boolean | undefined {
  if (engine === undefined) return undefined
  const same = name === 'Postgres' ? engine === 'postgres' : name === 'MyXQL' ? /mysql|mariadb/.test(engine) : false
  return same === equal
}

/** `for x <- list do …`, `Enum.each(list, fn x -> … end)`: unrolled over a list that is written out. */
function loop(call: ExCall, scope: EctoScope): boolean {
  if (!call.receiver && call.name === 'for' && call.body) {
    comprehension(call, scope)
    return true
  }
  const receiver = call.receiver?.kind === 'name' ? call.receiver.name : ''
  if (!/^(Enum|Stream|Task|Flow)$/.test(receiver)) return false
  const [over, run] = call.arguments
  if (over) perform(over, scope)
  if (
    run?.kind !== 'function' ||
    !/^(each|map|flat_map|async_stream|with_index|reduce|filter|reject|run|all\?|any\?)$/.test(call.name)
  )
    return true
  const rounds = roundsOf(over)
  if (rounds) for (const item of rounds) runFunction(run.node, [item], scope)
  else {
    const whole = wholeOf(over, scope)
    runFunction(run.node, whole === '' ? [] : [rowOf(whole)], looping(scope, whole))
  }
  return true
}

const looping = (scope: EctoScope, whole: string): EctoScope => ({
  ...scope,
  looped: true,
  conditional: false,
  whole: whole || scope.whole,
})

function roundsOf(over: ExValue | undefined): readonly ExValue[] | undefined {
  if (over?.kind !== 'list') return undefined
  const pairs = [...over.pairs].map(
    ([name, value]): ExValue => ({ kind: 'tuple', items: [{ kind: 'atom', name }, value] }),
  )
  const rounds = [...over.items, ...pairs]
  return rounds.length <= mostRounds ? rounds : undefined
}

function comprehension(call: ExCall, scope: EctoScope): void {
  const list = exChildren(call.node).find(child => child.type === 'arguments')
  const isGenerator = (child: Node): boolean =>
    child.type === 'binary_operator' && child.childForFieldName('operator')?.text === '<-'
  const generators = (list ? exChildren(list) : []).filter(isGenerator)
  // `for u <- users, u.old do`
  const filters = (list ? exChildren(list) : []).filter(child => !isGenerator(child) && child.type !== 'keywords')
  const run = (at: number, within: EctoScope): void => {
    const generator = generators[at]
    const target = generator?.childForFieldName('left')
    const source = generator?.childForFieldName('right')
    if (!target || !source) {
      if (call.body && mayVisit(within, call.node)) walkBody(call.body, within)
      return
    }
    const over = evaluate(source, within)
    const rounds = roundsOf(over)
    if (!rounds) {
      const whole = generators.length === 1 && filters.length === 0 ? wholeOf(over, within) : ''
      const next = looping(withLocals(within), whole)
      if (whole !== '') bind(target, rowOf(whole), next.locals)
      run(at + 1, next)
      return
    }
    for (const item of rounds) {
      const next = withLocals(within)
      bind(target, item, next.locals)
      run(at + 1, next)
    }
  }
  run(0, withLocals(scope))
}

/** Runs `fn x -> … end`, `&drop(table(&1))` or `&name/0`. */
export function runFunction(node: Node, given: readonly ExValue[], scope: EctoScope): void {
  const within = withLocals(scope)
  if (node.type === 'anonymous_function') {
    for (const one of exChildren(node)) {
      const parameters = one.childForFieldName('left')
      for (const [at, parameter] of (parameters ? exChildren(parameters) : []).entries())
        bind(parameter, given[at], within.locals)
      const body = one.childForFieldName('right')
      if (body) walkBody(body, within)
    }
    return
  }
  const operand = node.childForFieldName('operand')
  if (!operand) return
  if (operand.type === 'binary_operator' && operand.childForFieldName('operator')?.text === '/') {
    const name = operand.childForFieldName('left')
    if (name) perform({ kind: 'call', node: name, name: name.text, arguments: given, options: new Map() }, within)
    return
  }
  for (const [at, value] of given.entries()) within.locals.set(`&${at + 1}`, value)
  perform(evaluate(operand, within), within, operand)
}

/** Follows a call of a function of the file. One that calls itself repeats its work on further slices. */
function follow(call: ExCall, scope: EctoScope): boolean {
  const definition = call.receiver ? undefined : scope.file.functions.get(call.name)
  const body = definition && bodyOf(definition)
  if (!definition || !body) return false
  if (scope.following.includes(definition.id) || scope.following.length > 12) return true
  const repeats = body.text.includes(`${call.name}(`)
  const within = inside(definition, call.arguments, scope)
  walkBody(body, repeats ? { ...within, looped: true } : within)
  return true
}
