import type { Node } from 'web-tree-sitter'
import { callOf, childrenOf, type RubyCall, spanOfNode } from '../../../artifact/ruby.ts'
import { conditionOf } from './rails-conditions.ts'
import { iterates, overLiteral } from './rails-loops.ts'
import { listedTable, modelCall, rowsOf } from './rails-models.ts'
import { revert } from './rails-revert.ts'
import {
  type Bound,
  emit,
  emitUnreadable,
  evaluate,
  insideMethod,
  mayVisit,
  pushStep,
  type Scope,
  statementOf,
  textOfCall,
  walkBlock,
} from './rails-scope.ts'
import { runSql } from './rails-sql.ts'
import { mysqlWishes, statements } from './rails-statements.ts'
import { changeTable, createJoinTable, createTable, definitionCall } from './rails-tables.ts'

/** Reads one node of a method's body, in the order in which it would run. True when what follows does not run any more. */
export function walk(node: Node, scope: Scope): void {
  visit(node, scope)
}

function visit(node: Node, scope: Scope): boolean {
  if (!mayVisit(scope, node)) return false
  const inner: Scope = { ...scope, depth: scope.depth + 1 }
  switch (node.type) {
    case 'call':
    case 'identifier': {
      const call = callOf(node)
      return call ? visitCall(call, inner) : false
    }
    case 'if':
    case 'unless':
    case 'elsif':
    case 'conditional':
      return branch(node, inner)
    case 'if_modifier':
    case 'unless_modifier': {
      const holds = conditionOf(node, inner)
      const body = node.childForFieldName('body')
      if (holds === false || !body) return false
      // `return unless table_exists?(:users)` runs on, as far as we know.
      return visit(body, inner) && holds === true
    }
    case 'while':
    case 'until':
    case 'for':
    case 'while_modifier':
    case 'until_modifier':
      visitAll(node, { ...inner, looped: true })
      return false
    case 'assignment':
    case 'operator_assignment':
      assign(node, inner)
      return false
    case 'return':
      visitAll(node, inner)
      return true
    case 'method':
    case 'singleton_method':
    case 'class':
    case 'module':
    case 'lambda':
    case 'rescue':
    case 'string':
    case 'heredoc_body':
      return false
    default:
      return visitAll(node, inner)
  }
}

function visitAll(node: Node, scope: Scope): boolean {
  for (const child of childrenOf(node)) {
    // Only a sequence of statements ends with a return; in a branch it may not run.
    if (visit(child, scope) && /^(body_statement|block_body|then|begin|else|do|program)$/.test(node.type)) return true
  }
  return false
}

function branch(node: Node, scope: Scope): boolean {
  const holds = conditionOf(node, scope)
  const yes = node.childForFieldName('consequence')
  const no = node.childForFieldName('alternative')
  if (holds !== undefined) {
    const taken = holds ? yes : no
    return taken ? visit(taken, scope) : false
  }
  const ends = [yes, no].map(part => (part ? visit(part, { ...scope, locals: new Map(scope.locals) }) : false))
  return ends.every(end => end)
}

function assign(node: Node, scope: Scope): void {
  const left = node.childForFieldName('left')
  const right = node.childForFieldName('right')
  if (!left || !right) return
  visit(right, scope)
  if (!/^(identifier|instance_variable|constant)$/.test(left.type)) return
  const value: Bound = rowsOf(right, scope) ?? listed(right, scope) ?? evaluate(right, scope)
  if (node.type === 'assignment' || !scope.locals.has(left.text)) scope.locals.set(left.text, value)
  // `sql << …`, `count += 1`: no longer what it was.
  else scope.locals.set(left.text, { kind: 'code', source: left.text })
}

function listed(node: Node, scope: Scope): Bound | undefined {
  const table = listedTable(node, scope)
  return table === '' ? undefined : { kind: 'listed', table }
}

const connection =
  /^(self|(.*\.)?(connection|lease_connection|conn|migration|migration_context)|ActiveRecord::(Base|Migration|Schema)|Gitlab::Database)$/
const runsSql =
  /^(execute|exec_query|exec_update|exec_delete|exec_insert|execute_query|exec|update|delete|insert|update_sql|delete_sql|internal_exec_query|batch_execute|query|safe_execute|execute_sql|run_sql)$/
const readsOnly =
  /^(select_(all|value|values|one|rows|row)|query_value|query_values|exec_query_select|quote\w*|\w+\?|say|puts|p|pp|print|warn|sleep|require|require_relative|log|logger|announce|binding|raise|fail|indexes|columns|tables|foreign_keys|check_constraints|version|adapter_name|class|attr_\w+|add_runtime_dependency)$/
const schemaVerb =
  /^(add|remove|drop|create|change|rename|alter|migrate|backfill|update|delete|truncate|rebuild|swap|partition|validate|convert|replace|insert|cleanup|undo|finalize|initialize|install|reset|track|queue|ensure)_\w+/

function visitCall(call: RubyCall, scope: Scope): boolean {
  const receiver = call.receiver?.text
  const bound = receiver === undefined ? undefined : scope.locals.get(receiver)
  if (bound?.kind === 'direction') {
    if (call.name === scope.direction && call.block) walkBlock(call.block, { ...scope, inverting: false })
    return false
  }
  if (bound?.kind === 'definition') {
    definitionCall(call, bound, scope)
    return false
  }
  if (receiver === undefined || connection.test(receiver)) return bareCall(call, scope)
  if (call.name === 'transaction' && call.block) {
    transaction(call, scope)
    return false
  }
  if (runsElsewhere(call)) {
    emitUnreadable(scope, call, `what \`${call.name}\` does stands in another file`)
    return false
  }
  if (overLiteral(call, scope) || modelCall(call, scope)) return false
  visitParts(call, scope)
  return false
}

/** `Backfill.run!`, `DataMigrations::Fix.new.call`, `Rake::Task['x'].invoke`: a class outside the file does the work. */
function runsElsewhere({ name, receiver, block }: RubyCall): boolean {
  if (
    !receiver ||
    block ||
    !/^(run|call|perform|perform_now|invoke|execute|migrate|process|load_seed|up|down)!?$/.test(name)
  )
    return false
  return /^(::)?[A-Z]\w*(::[A-Z]\w*)*(\.new\b.*|\[.*\])?$/s.test(receiver.text)
}

/** The receiver, the arguments and the block of a call that means nothing to us. */
function visitParts(call: RubyCall, scope: Scope): void {
  if (call.receiver) visit(call.receiver, scope)
  for (const node of [...call.arguments, ...call.keywords.values()]) if (node.type === 'call') visit(node, scope)
  if (!call.block) return
  const loops = iterates.test(call.name)
  const whole = (loops && listedTable(call.receiver, scope)) || scope.whole
  walkBlock(call.block, { ...scope, looped: scope.looped || loops, whole })
}

function transaction(call: RubyCall, scope: Scope): void {
  const inner = call.block
  if (!inner) return
  // Inside the migration's own transaction it changes nothing.
  const own = scope.file.bare && !scope.inverting
  const span = spanOfNode(call.node)
  const text = textOfCall(call)
  if (own)
    pushStep(scope, {
      kind: 'begin',
      span: { ...span, endLine: span.line, endColumn: span.column + call.name.length },
      text,
      looped: scope.looped,
    })
  walkBlock(inner, scope)
  if (own)
    pushStep(scope, {
      kind: 'commit',
      span: { ...span, line: span.endLine, column: Math.max(1, span.endColumn - 3) },
      text,
    })
}

function bareCall(call: RubyCall, scope: Scope): boolean {
  const { name, block } = call
  switch (name) {
    case 'create_table':
      createTable(call, scope)
      return false
    case 'change_table':
      changeTable(call, scope)
      return false
    case 'create_join_table':
      createJoinTable(call, scope)
      return false
    case 'reversible':
      if (block) walkBlock(block, scope, [{ kind: 'direction' }])
      return false
    case 'up_only':
      if (block && scope.direction === 'up') walkBlock(block, scope)
      return false
    case 'safety_assured':
      if (block) walkBlock(block, { ...scope, assured: true })
      return false
    case 'with_lock_retries':
      pushStep(scope, {
        kind: 'set',
        name: 'lock_timeout',
        value: '1s',
        local: true,
        span: spanOfNode(call.node),
        text: textOfCall(call),
      })
      if (block) walkBlock(block, scope)
      return false
    case 'transaction':
      transaction(call, scope)
      return false
    case 'revert':
      if (block) revert(call, scope)
      else emitUnreadable(scope, call, 'reverts another migration')
      return false
    case 'raise':
      if (/Irreversible/.test(call.node.text)) scope.state.irreversible = true
      return true
  }
  if (scope.locals.has(name) && call.arguments.length === 0) return false
  if (follow(call, scope)) return false
  if (runsSql.test(name) && call.arguments.length > 0 && (name === 'execute' || name.includes('_') || call.receiver)) {
    runSql(call, scope)
    return false
  }
  const statement = statements[name]
  if (statement) {
    const evaluated = statementOf(call, scope)
    if (
      scope.inverting &&
      !invertible(
        name,
        evaluated.values.length,
        evaluated.options.has('type') || evaluated.options.has('column') || evaluated.options.has('from'),
      )
    )
      scope.state.irreversible = true
    const reading = statement(evaluated)
    if (reading) emit(scope, call, reading, scope.out, mysqlWishes(evaluated.options))
    else emitUnreadable(scope, call, 'the name of the table or column is only known when the migration runs')
    return false
  }
  if (readsOnly.test(name)) {
    visitParts(call, scope)
    return false
  }
  if (name === 'load' && call.arguments.length > 0) {
    emitUnreadable(scope, call, 'runs another file')
    return false
  }
  if (schemaVerb.test(name) && call.node.type === 'call') {
    emitUnreadable(scope, call, `\`${name}\` is not a call of the migration language`)
  }
  visitParts(call, scope)
  return false
}

/** Can Rails find the way back of a call in `change` by itself? */
function invertible(name: string, count: number, told: boolean): boolean {
  if (name === 'remove_column') return count > 2
  if (name === 'remove_columns' || name === 'change_column_default') return told
  if (name === 'remove_index') return count > 1 || told
  return !/^(change_column|drop_table|truncate|truncate_tables|execute)$/.test(name)
}

function follow(call: RubyCall, scope: Scope): boolean {
  const inside = insideMethod(call, scope, node => boundOf(node, scope))
  if (!inside) return false
  const before = scope.out.length
  walk(inside.body, inside.scope)
  if (call.block)
    walkBlock(call.block, { ...scope, looped: scope.looped || /\b(each|loop|while|find_)/.test(inside.body.text) })
  // A helper that sends nothing is still worth a look at its arguments.
  if (scope.out.length === before) for (const node of call.arguments) if (node.type === 'call') visit(node, scope)
  return true
}

function boundOf(node: Node, scope: Scope): Bound {
  const local = scope.locals.get(node.text)
  return (local && local.kind !== 'code' ? local : undefined) ?? rowsOf(node, scope) ?? evaluate(node, scope)
}
