import { literalOf } from '../../../artifact/literal.ts'
import { dotted, lastName, type PyCall, type PyValue, receiverOf } from '../../../artifact/python.ts'
import type { Operation } from '../operation.ts'
import { emit, emitSql, emitUnreadable, type PyScope } from './python-scope.ts'
import { inLoop } from './row-loops.ts'

/** Rows that ORM code is about to touch. */
export interface Rows {
  readonly table: string
  readonly filtered: boolean
  /** Named by a condition, even by one that an unfilled column meets everywhere. */
  readonly named?: boolean
  readonly batched: boolean
  /** `each`: one record of a loop over the rows. `one`: a single record, found or made. */
  readonly record?: 'each' | 'one'
}

/** The table of a query that leaves no row out, in the form of row-loops.ts; else empty. */
export function wholeTable(rows: Rows | undefined): string {
  if (rows === undefined || rows.filtered || rows.batched || rows.record) return ''
  return rows.table.slice(rows.table.lastIndexOf('.') + 1).toLowerCase()
}

/** Finds the table of a model class; undefined for what is no model. */
export type TableOf = (model: PyValue) => string | undefined

const managers =
  /^(objects|_default_manager|_base_manager|all_objects|\w*_objects|unfiltered|raw_objects|with_deleted)$/
const sameRows =
  /^(all|order_by|select_related|prefetch_related|only|defer|using|iterator|aiterator|annotate|alias|distinct|values|values_list|reverse|select_for_update|get_queryset|all_with_deleted|nocache|select_subclasses|non_polymorphic|db_manager|list|tuple|set|sorted|iter|enumerate|tqdm|reversed|zip)$/
const narrows = /^(filter|exclude|intersection|difference|complex_filter|raw|extra|none|union|dates|datetimes)$/
const single = /^(get|first|last|create|get_or_create|update_or_create|latest|earliest|acreate|aget)$/
const wholeRows = /^(list|tuple|set|sorted|iter|enumerate|tqdm|reversed|zip)$/
const slices =
  /^(chunked|chunks|batch|batched|batches|in_batches|queryset_iterator|batch_qs|chunk|grouper|in_chunks|iter_batches|Paginator|queryset_in_batches|RangeQuerySetWrapper\w*|page|get_page|qs_chunks|by_chunks|ichunked)$/

/** The rows an expression stands for, if it is a model, a query set or a record. */
export function rowsOf(value: PyValue, tableOf: TableOf, depth = 0): Rows | undefined {
  if (depth > 60) return undefined
  const inner = (one: PyValue): Rows | undefined => rowsOf(one, tableOf, depth + 1)
  if (value.kind === 'attribute') {
    if (value.name === 'object_list' || value.name === 'query') return inner(value.of)
    if (!managers.test(value.name)) return undefined
    const table = tableOf(value.of)
    return table === undefined ? undefined : { table, filtered: false, batched: false }
  }
  if (value.kind === 'item') {
    const rows = inner(value.of)
    if (!rows || rows.record) return rows
    if (value.sliced) return { ...rows, filtered: true, batched: true }
    return rows.batched && value.of.kind === 'call' && slices.test(value.of.name) ? rows : { ...rows, record: 'each' }
  }
  if (value.kind !== 'call') return undefined
  const receiver = receiverOf(value)
  if (receiver === undefined || !rowsLike(receiver, tableOf)) {
    const [first] = value.arguments
    if (first === undefined) return undefined
    if (slices.test(value.name)) {
      const rows = inner(first)
      return rows && { ...rows, batched: true }
    }
    return wholeRows.test(value.name) ? inner(first) : undefined
  }
  const rows = inner(receiver)
  return rows && afterCall(rows, value)
}

function rowsLike(value: PyValue, tableOf: TableOf): boolean {
  return rowsOf(value, tableOf, 20) !== undefined
}

function afterCall(rows: Rows, call: PyCall): Rows | undefined {
  if (rows.record) return undefined
  if (single.test(call.name)) return { ...rows, record: 'one' }
  if (sameRows.test(call.name)) return rows
  if (slices.test(call.name)) return { ...rows, batched: true }
  if (/^in_bulk$/.test(call.name)) return { ...rows, filtered: true }
  if (narrows.test(call.name)) {
    const conditions = [...call.keywords]
    // Rows that a backfill has not reached, which at first are all of them: as `IS NULL` in SQL.
    const missing =
      call.arguments.length === 0 &&
      conditions.length > 0 &&
      conditions.every(
        ([key, value]) =>
          value.kind === 'none' ||
          (key.endsWith('__isnull') && value.kind === 'boolean' && value.value === (call.name === 'filter')),
      )
    const slice = conditions.some(([key]) => /^(pk|id)(__in|__range|__gte?|__lte?)$|_id__in$/.test(key))
    return {
      ...rows,
      named: true,
      filtered: rows.filtered || !(missing && call.name !== 'none'),
      batched: rows.batched || slice,
    }
  }
  return /^(count|exists|aggregate|update|delete|bulk_create|bulk_update|abulk_update|explain|contains|in_bulk|model|save)$/.test(
    call.name,
  )
    ? undefined
    : // A method of a custom query set exists to narrow.
      { ...rows, filtered: true }
}

/** Reads a call in the function of a RunPython; true when it was understood. */
export function ormCall(call: PyCall, scope: PyScope, tableOf: TableOf, atomic: boolean): boolean {
  const receiver = receiverOf(call)
  const { name } = call
  if (receiver !== undefined) {
    const rows = rowsOf(receiver, tableOf)
    if (rows !== undefined) return rowsCall(call, rows, scope, tableOf, atomic)
    if (/^(execute|executemany)$/.test(name) && isConnection(receiver)) {
      emitSql(scope, call.node, call.arguments[0], receiver)
      return true
    }
    if (
      /^(alter_field|add_field|remove_field|create_model|delete_model|alter_db_table|add_index|remove_index|add_constraint|remove_constraint|alter_unique_together)$/.test(
        name,
      ) &&
      /editor$/.test(dotted(receiver))
    ) {
      emitUnreadable(scope, call.node, 'changes the schema through the schema editor')
      return true
    }
  }
  if (name === 'call_command') {
    emitUnreadable(scope, call.node, 'runs a management command')
    return true
  }
  return importedCall(call, scope)
}

/** A function of another module that gets the means to change the database. */
function importedCall(call: PyCall, scope: PyScope): boolean {
  const { callee } = call
  // `helpers.backfill(apps, schema_editor)` as well.
  const root = callee.kind === 'attribute' && callee.of.kind === 'name' ? callee.of.name : call.name
  if ((callee.kind !== 'name' && callee.kind !== 'attribute') || !scope.file.imported.has(root)) return false
  const given = [...call.arguments, ...call.keywords.values()]
  const handed = given.some(value =>
    /^(apps|schema_editor|editor|connection|cursor|conn|bind|session|op)$/.test(lastName(value)),
  )
  if (!handed) return false
  emitUnreadable(scope, call.node, `\`${call.name}\` is defined in another file`)
  return true
}

function isConnection(value: PyValue): boolean {
  return /(cursor|connection|conn|editor|cur|c|db)(\(\))?$/i.test(dotted(value))
}

function rowsCall(call: PyCall, rows: Rows, scope: PyScope, tableOf: TableOf, atomic: boolean): boolean {
  const { table } = rows
  if (call.name === 'bulk_update' || call.name === 'abulk_update') {
    const source = call.arguments[0] && rowsOf(call.arguments[0], tableOf)
    const sized = call.keywords.has('batch_size') || call.arguments.length > 2
    const filtered = source?.filtered ?? true
    emit(scope, call.node, [
      { op: 'update-rows', table, filtered, batched: sized || scope.sliced || source?.batched === true },
    ])
    return true
  }
  const change = changeOf(call.name, rows)
  if (change !== undefined) {
    const each = rows.record === 'each'
    // In the migration's transaction every record saved stays locked until the last one is.
    const batched = rows.batched || scope.sliced || (each ? !atomic : scope.looped && rows.filtered)
    // Outside of it each record commits by itself, unless the function opens a transaction around its loop.
    const looped = each && !rows.batched && !scope.sliced
    // Rows without a value are those to fill, all of them at first; but the ones to delete are orphans, which are few.
    const orphans = change === 'delete-rows' && rows.named === true
    const filtered = rows.filtered || orphans || (each && scope.conditional)
    const operation: Operation = { op: change, table, filtered, batched, ...(looped ? { looped } : {}) }
    // `for pk in User.objects.values_list("pk"): User.objects.filter(pk=pk).update(…)`
    const inAll = !each && filtered && scope.looped && !scope.conditional && scope.whole !== ''
    emit(scope, call.node, [inAll ? inLoop(operation, scope.whole) : operation])
    return true
  }
  // Each row leaves a check of its foreign keys for the end of the transaction.
  if (!rows.record && /^a?(create|bulk_create|get_or_create|update_or_create)$/.test(call.name))
    emit(scope, call.node, [{ op: 'harmless', what: 'INSERT', inserts: table }])
  return rowsOf(call, tableOf) !== undefined
}

function changeOf(name: string, rows: Rows): 'update-rows' | 'delete-rows' | undefined {
  if (rows.record === 'one') return undefined
  if (rows.record === 'each')
    return /^a?save$/.test(name) ? 'update-rows' : /^a?delete$/.test(name) ? 'delete-rows' : undefined
  if (/^a?update$/.test(name)) return 'update-rows'
  return /^(a?delete|_raw_delete|hard_delete|delete_all)$/.test(name) ? 'delete-rows' : undefined
}

/** `Model._meta.db_table` as text. */
export function metaText(value: PyValue, tableOf: TableOf): PyValue | undefined {
  if (
    value.kind !== 'attribute' ||
    value.name !== 'db_table' ||
    value.of.kind !== 'attribute' ||
    value.of.name !== '_meta'
  )
    return undefined
  const table = tableOf(value.of.of)
  return table === undefined ? undefined : literalOf(table)
}
