import { type ExCall, type ExValue, exFalse, exName, exTrue } from '../../../artifact/elixir.ts'
import type { Operation } from '../operation.ts'
import { indexOf, tableOf } from './ecto-columns.ts'
import { isRepo, rowsCall } from './ecto-rows.ts'
import {
  type Building,
  type EctoScope,
  emit,
  emitSql,
  emitUnreadable,
  nameUnknown,
  placeOfNode,
  pushStep,
} from './ecto-scope.ts'
import { clause, primaryKey } from './ecto-table.ts'
import { runFunction, walkBody } from './ecto-walk.ts'
import { notNullColumnOf } from './rails-statements.ts'

/** Modules that leave the database alone. */
const quietModules =
  /^(IO|Logger|Enum|Stream|Map|MapSet|Keyword|List|String|Regex|Application|System|File|Path|Code|Process|Mix|Jason|Date|DateTime|NaiveDateTime|Time|Timex|Integer|Float|Decimal|Tuple|Access|Kernel|Module|Ecto\.(Query|UUID|ULID|Changeset|Type|Migration\.Runner)|UUID|Base|:\w+)$/

/** Reads a call of Ecto's; false when it means nothing by itself, and its parts are looked at. */
export function ectoCall(call: ExCall, scope: EctoScope): boolean {
  const { receiver, name } = call
  if (!receiver || (receiver.kind === 'name' && /^(Ecto\.Migration|Migration)$/.test(receiver.name))) {
    if (scope.building && clause(call, scope.building, scope)) return true
    return statement(call, scope)
  }
  const place = placeOfNode(call.node)
  const rows = rowsCall(call, scope)
  if (rows === false) emitUnreadable(scope, place, nameUnknown)
  else if (rows) emit(scope, place, [rows])
  if (rows !== undefined) return true
  if (isRepo(receiver)) return onRepo(call, scope)
  if (receiver.kind !== 'name') return false
  if (/^Ecto\.Adapters\.SQL(\.\w+)?$/.test(receiver.name) && /^query/.test(name)) {
    emitSql(scope, place, call.arguments[1], 'questions')
    return true
  }
  if (quietModules.test(receiver.name) || !/^[A-Z]/.test(receiver.name)) return false
  if (!changes.test(name)) return false
  emitUnreadable(scope, place, `what \`${receiver.name}.${name}\` does stands in another file`)
  return true
}

/** Names of functions of other modules that may change the database. */
const changes =
  /^(up|down|change|run|migrate|migrate_\w+|create\w*|alter\w*|add\w*|drop\w*|remove\w*|update\w*|delete\w*|insert\w*|rename\w*|backfill\w*|execute\w*|perform|call|set_\w+|populate\w*|seed\w*|fix\w*|move\w*|copy\w*|install\w*)!?$/

const queries = /^(query|query!|query_many!?)$/

function onRepo(call: ExCall, scope: EctoScope): boolean {
  if (queries.test(call.name)) {
    emitSql(scope, placeOfNode(call.node), call.arguments[0], call.arguments.length > 1 ? 'questions' : 'none')
    return true
  }
  if (call.name === 'transaction' || call.name === 'checkout' || call.name === 'transact') {
    const place = placeOfNode(call.node)
    const own = exTrue(scope.file.attributes.get('disable_ddl_transaction')) && call.name !== 'checkout'
    const { span, text } = place
    if (own) {
      const first = { ...span, endLine: span.line, endColumn: span.column + 1 }
      pushStep(scope, { kind: 'begin', text, span: first, looped: scope.looped })
    }
    for (const value of call.arguments) if (value.kind === 'function') runFunction(value.node, [], scope)
    if (own)
      pushStep(scope, {
        kind: 'commit',
        text,
        span: { ...span, line: span.endLine, column: Math.max(1, span.endColumn - 1) },
      })
    return true
  }
  return false
}

function statement(call: ExCall, scope: EctoScope): boolean {
  const place = placeOfNode(call.node)
  const [first, second] = call.arguments
  switch (call.name) {
    case 'create':
    case 'create_if_not_exists':
      create(call, scope)
      return true
    case 'alter':
      alter(call, scope)
      return true
    case 'drop':
    case 'drop_if_exists': {
      const operation = dropped(first, call)
      if (operation) emit(scope, place, [operation])
      else emitUnreadable(scope, place, nameUnknown)
      return true
    }
    case 'rename': {
      const operation = renamed(call)
      if (operation) emit(scope, place, [operation])
      else emitUnreadable(scope, place, nameUnknown)
      return true
    }
    case 'execute': {
      if (call.arguments.length < 2 && scope.direction === 'up') scope.state.irreversible = true
      if (first?.kind === 'function') runFunction(first.node, [], scope)
      else emitSql(scope, place, scope.direction === 'down' ? (second ?? first) : first)
      return true
    }
    case 'execute_file':
      emitUnreadable(scope, place, 'the SQL stands in another file')
      return true
    case 'raise':
      scope.state.irreversible = true
      return true
    default:
      return false
  }
}

function create(call: ExCall, scope: EctoScope): void {
  const place = placeOfNode(call.node)
  const [what] = call.arguments
  const kind = what?.kind === 'call' ? what.name : ''
  if (kind === 'index' || kind === 'unique_index') {
    const index = indexOf(what)
    if (!index) emitUnreadable(scope, place, nameUnknown)
    else emit(scope, place, [call.name === 'create' ? index : { ...index, ifNotExists: true }])
    return
  }
  if (kind === 'constraint') {
    const operation = constraintOf(what)
    if (operation) emit(scope, place, [operation])
    else emitUnreadable(scope, place, nameUnknown)
    return
  }
  const table = tableOf(what, new Map())
  if (table === undefined || what?.kind !== 'call') {
    emitUnreadable(scope, place, nameUnknown)
    return
  }
  const created = { columns: [...primaryKey(what.options, scope)], references: [] }
  const building: Building = { table, created, clauses: [] }
  if (call.body) walkBody(call.body, { ...scope, building, locals: new Map(scope.locals) })
  emit(scope, place, [{ op: 'create-table', table, ...created }])
}

/** One ALTER TABLE with several clauses. */
function alter(call: ExCall, scope: EctoScope): void {
  const place = placeOfNode(call.node)
  const table = tableOf(call.arguments[0], new Map())
  if (table === undefined) {
    emitUnreadable(scope, place, nameUnknown)
    return
  }
  const building: Building = { table, clauses: [] }
  if (call.body) walkBody(call.body, { ...scope, building, locals: new Map(scope.locals) })
  const { clauses } = building
  emit(
    scope,
    place,
    clauses.map(one => one.operation),
    clauses.map(one => one.span),
  )
}

/** `constraint(:users, :name, check: "…", validate: false)` */
function constraintOf(value: ExValue | undefined): Operation | undefined {
  if (value?.kind !== 'call') return undefined
  const { options } = value
  const table = tableOf(value.arguments[0], options)
  const name = exName(value.arguments[1])
  if (table === undefined || name === undefined) return undefined
  if (options.has('exclude')) return { op: 'add-exclusion', table, name }
  const check = options.get('check')
  if (check?.kind !== 'text') return undefined
  const notNullColumn = notNullColumnOf(check.text)
  return {
    op: 'add-check',
    table,
    name,
    expression: check.text,
    validated: !exFalse(options.get('validate')),
    ...(notNullColumn === undefined ? {} : { notNullColumn }),
  }
}

function dropped(what: ExValue | undefined, call: ExCall): Operation | undefined {
  if (what?.kind !== 'call') return undefined
  const cascade = exName(call.options.get('mode')) === 'cascade'
  if (what.name === 'table') {
    const table = tableOf(what, new Map())
    return table === undefined ? undefined : { op: 'drop-table', table, cascade }
  }
  if (what.name === 'constraint') {
    const table = tableOf(what.arguments[0], what.options)
    const constraint = exName(what.arguments[1])
    if (table === undefined || constraint === undefined) return undefined
    return {
      op: 'drop-constraint',
      table,
      constraint,
      ...(constraint.endsWith('_fkey') ? { type: 'foreign-key' } : {}),
    }
  }
  const index = indexOf(what)
  if (!index) return undefined
  const { table, columns, concurrently } = index
  return { op: 'drop-index', table, index: index.index ?? '', ...(columns.length > 0 ? { columns } : {}), concurrently }
}

/** `rename table(:a), to: table(:b)`, `rename table(:a), :x, to: :y`, `rename index(…), to: "…"`. */
function renamed(call: ExCall): Operation | undefined {
  const [what, column] = call.arguments
  const to = call.options.get('to')
  if (what?.kind === 'call' && /index$/.test(what.name)) {
    const index = indexOf(what)
    const name = exName(to)
    return index && name !== undefined
      ? { op: 'rename-index', table: index.table, index: index.index ?? '', to: name }
      : undefined
  }
  const table = tableOf(what, new Map())
  if (table === undefined) return undefined
  if (column !== undefined) {
    const [from, name] = [exName(column), exName(to)]
    return from === undefined || name === undefined ? undefined : { op: 'rename-column', table, column: from, to: name }
  }
  const name = tableOf(to, new Map())
  return name === undefined ? undefined : { op: 'rename-table', table, to: name }
}
