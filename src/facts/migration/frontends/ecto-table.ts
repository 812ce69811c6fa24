import { type ExCall, type ExValue, exFalse, exName, exTrue } from '../../../artifact/elixir.ts'
import { nodeSpan } from '../../../artifact/literal.ts'
import type { ColumnSpec, Operation } from '../operation.ts'
import { columnSpec, columnType, foreignKey, type Options } from './ecto-columns.ts'
import { type Building, type EctoScope, emitUnreadable, nameUnknown, placeOfNode } from './ecto-scope.ts'
import { isMySql } from './javascript-columns.ts'

/** Reads a clause of `create table` or `alter table`; false when it is none. */
export function clause(call: ExCall, building: Building, scope: EctoScope): boolean {
  const { table } = building
  const [first, type] = call.arguments
  const name = exName(first)
  const say = (operation: Operation): void => {
    building.clauses.push({ operation, span: nodeSpan(call.node) })
  }
  switch (call.name) {
    case 'timestamps':
      timestamps(call, building, scope)
      return true
    case 'add':
    case 'add_if_not_exists':
      add(call, building, scope)
      return true
    case 'modify':
      if (name === undefined) emitUnreadable(scope, placeOfNode(call.node), nameUnknown)
      else for (const operation of modified(table, name, type, call.options, scope)) say(operation)
      return true
    case 'remove':
    case 'remove_if_exists': {
      if (call.name === 'remove' && call.arguments.length < 2) scope.state.irreversible = true
      if (name === undefined) emitUnreadable(scope, placeOfNode(call.node), nameUnknown)
      else say({ op: 'drop-column', table, column: name })
      return true
    }
    default:
      return false
  }
}

function add(call: ExCall, building: Building, scope: EctoScope): void {
  const { table, created, clauses } = building
  const [first, value] = call.arguments
  const name = exName(first)
  const type = columnType(value, call.options, scope.file.engine)
  if (name === undefined || type === undefined) {
    emitUnreadable(scope, placeOfNode(call.node), nameUnknown)
    return
  }
  const span = nodeSpan(call.node)
  const column = columnSpec(name, type, value, call.options, span)
  const key = foreignKey(table, name, value)
  if (created) {
    created.columns.push(key ? { ...column, references: key.references } : column)
    if (key) created.references.push(key.references)
    return
  }
  clauses.push({ operation: { op: 'add-column', table, column }, span })
  // Ecto adds the key as a constraint of its own, so the rows are checked even though the column is new.
  if (key) clauses.push({ operation: key, span })
}

/** `timestamps()`: two columns that are NOT NULL unless the call says otherwise. */
function timestamps({ node, options }: ExCall, building: Building, scope: EctoScope): void {
  const type = columnType(options.get('type') ?? { kind: 'atom', name: 'naive_datetime' }, options, scope.file.engine)
  const span = nodeSpan(node)
  const own: Options = options.has('null')
    ? options
    : new Map([...options, ['null', { kind: 'boolean', value: false }]])
  for (const key of ['inserted_at', 'updated_at']) {
    const told = options.get(key)
    if (exFalse(told) || !type) continue
    const column = columnSpec(exName(told) ?? key, type, undefined, own, span)
    if (building.created) building.created.columns.push(column)
    else building.clauses.push({ operation: { op: 'add-column', table: building.table, column }, span })
  }
}

function modified(
  table: string,
  column: string,
  value: ExValue | undefined,
  options: Options,
  scope: EctoScope,
): readonly Operation[] {
  const { engine } = scope.file
  const to = columnType(value, options, engine)
  const before = options.get('from')
  if (before === undefined) scope.state.irreversible = true
  const [fromType, fromOptions] = beforeOf(before)
  const from = fromType && columnType(fromType, fromOptions, engine)
  const operations: Operation[] = []
  const oldKey = foreignKey(table, column, fromType)
  if (oldKey) operations.push({ op: 'drop-constraint', table, constraint: oldKey.name ?? '', type: 'foreign-key' })
  if (!to) return operations
  const change = { op: 'change-type', table, column, to, ...(from ? { from } : {}) } as const
  const spec = columnSpec(column, to, value, options)
  if (isMySql(engine)) operations.push({ ...change, spec })
  else {
    operations.push(change)
    // Ecto repeats the clause even where `from:` says that nothing changes; what is NOT NULL already is not scanned.
    const wasNull = fromOptions.get('null')
    if (exFalse(options.get('null')) && !exFalse(wasNull)) operations.push({ op: 'set-not-null', table, column })
    if (exTrue(options.get('null'))) operations.push({ op: 'drop-not-null', table, column })
    if (options.has('default'))
      operations.push(
        spec.default
          ? { op: 'set-default', table, column, default: spec.default }
          : { op: 'drop-default', table, column },
      )
  }
  const key = foreignKey(table, column, value)
  return key ? [...operations, key] : operations
}

/** `from: :string`, `from: {:string, null: true}`. */
function beforeOf(value: ExValue | undefined): readonly [ExValue | undefined, Options] {
  if (value?.kind !== 'tuple') return [value, new Map()]
  const [type, options] = value.items
  // `{:array, :string}` is a type.
  if (options?.kind !== 'list') return [value, new Map()]
  return [type, options.pairs]
}

/** The primary key that `create table` brings by itself. */
export function primaryKey(options: Options, scope: EctoScope): readonly ColumnSpec[] {
  const told = options.get('primary_key')
  if (exFalse(told)) return []
  const own: Options = told?.kind === 'list' ? told.pairs : new Map()
  const type = own.get('type') ?? { kind: 'atom', name: 'bigserial' }
  const column = columnType(type, own, scope.file.engine)
  const settings: Options = new Map<string, ExValue>([...own, ['primary_key', { kind: 'boolean', value: true }]])
  return column ? [columnSpec(exName(own.get('name')) ?? 'id', column, type, settings)] : []
}
