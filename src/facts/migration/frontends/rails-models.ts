import type { Node } from 'web-tree-sitter'
import { callOf, childrenOf, type RubyCall } from '../../../artifact/ruby.ts'
import {
  type Bound,
  emit,
  evaluate,
  insideMethod,
  type Rows,
  type Scope,
  tableOfModel,
  walkBlock,
} from './rails-scope.ts'
import { inLoop, selectedWhole } from './row-loops.ts'

/** Classes that no table stands behind, though they answer to `all` or `delete`. */
const notModels =
  /^(ActiveRecord|ActiveSupport|ActionController|ActionMailer|Rails|ENV|Time|Date|DateTime|JSON|YAML|CSV|File|Dir|FileUtils|IO|Kernel|Process|Set|Hash|Array|String|Integer|Float|Struct|Class|Module|Math|Random|SecureRandom|Digest|Logger|Redis|Resque|Sidekiq|Net|URI|Benchmark|Parallel|Thread|StrongMigrations|Arel|Concurrent|Pathname|Tempfile|Gem|I18n|Zip|Nokogiri|Faraday|HTTParty|HTTP|Mime|Object|Proc|Comparable|Enumerable|GC|ObjectSpace|RSpec|Migration|Apartment|ActiveStorage::(Service|Attached))(::|$)/

/** Calls on a relation that leave its rows as they are. */
const sameRows =
  /^(all|unscoped|unscope|order|reorder|in_order_of|reverse_order|includes|preload|eager_load|select|distinct|readonly|with_deleted|with_discarded|with_archived|including_deleted|lock|references|left_joins|left_outer_joins|group|from|extending|strict_loading|annotate|optimizer_hints|load|to_a|lazy|each|all_in_tenant|with_hidden|use_index|uncached|create_with|includes_all)$/
const batches = /^(in_batches|find_in_batches|find_each|each_batch|in_groups_of|each_slice|limit)$/
const slices = /^(in_batches|find_in_batches|each_batch|each_slice|in_groups_of)$/
const single =
  /^(find|find_by|find_by!|find_or_create_by|find_or_create_by!|find_or_initialize_by|first|first!|last|last!|take|take!|sole|find_sole_by|new|build|create|create!|second|sample|find_by_\w+|first_or_create!?|first_or_initialize|min_by|max_by|insert|insert!|upsert)$/
const values =
  /^(pluck|pick|ids|count|sum|average|minimum|maximum|exists\?|any\?|none\?|empty\?|size|length|column_names|columns|columns_hash|table_name|connection|primary_key|to_sql|reset_column_information|name|human_attribute_name|map|collect|transaction|class|arel_table|sequence_name|table_exists\?|column_for_attribute|insert_all!?|upsert_all|import!?|respond_to\?|send|const_get|defined_enums|\w+\?)$/

const updatesRows = /^(update_all|touch_all|update_counters|increment_all|decrement_all|update_all_in_batches)$/
const deletesRows = /^(delete_all|destroy_all|delete_by|destroy_by|really_destroy_all|delete_all!|destroy_all!)$/
const updatesRecord =
  /^(save!?|update!?|update_attributes!?|update_attribute!?|update_columns?|toggle!|increment!|decrement!|touch|save_without_\w+|reload_and_save)$/
const deletesRecord = /^(destroy!?|delete|really_destroy!|destroy_fully!)$/
const relationUpdate = /^update!?$/

const loops =
  /^(each|find_each|map|flat_map|collect|each_with_index|each_with_object|select|reject|filter_map|each_entry|group_by|index_by|partition|sort_by|inject|reduce|with_index|each_record|find_all|detect|tap_each|sum|to_h|each_key|each_value)$/

/** The rows an expression stands for, if it is a model, a relation or a record. */
export function rowsOf(node: Node | undefined, scope: Scope, depth = 0): Rows | undefined {
  if (!node || depth > 40) return undefined
  if (node.type === 'identifier' || node.type === 'instance_variable') {
    const bound = scope.locals.get(node.text)
    return bound ? (bound.kind === 'rows' ? bound : undefined) : rowsFromMethod(node, scope, depth)
  }
  if (node.type === 'constant' || node.type === 'scope_resolution') {
    return rowsOfModel(node.text.replace(/^::/, ''), scope)
  }
  if (node.type === 'parenthesized_statements') return rowsOf(node.namedChildren[0] ?? undefined, scope, depth + 1)
  if (node.type === 'element_reference') {
    const rows = rowsOf(node.childForFieldName('object') ?? undefined, scope, depth + 1)
    return rows && { ...rows, record: 'one' }
  }
  const call = node.type === 'call' ? callOf(node) : undefined
  if (!call) return undefined
  if (!call.receiver) return rowsFromMethod(node, scope, depth)
  const rows = rowsOf(call.receiver, scope, depth + 1)
  return rows && afterCall(rows, call)
}

/** A helper of the migration that gives a relation. */
function rowsFromMethod(node: Node, scope: Scope, depth: number): Rows | undefined {
  const call = callOf(node)
  const inside = call && insideMethod(call, scope, given => rowsOf(given, scope, depth + 1) ?? evaluate(given, scope))
  return inside?.result && rowsOf(inside.result, inside.scope, depth + 1)
}

/** All rows of a model, by the name of its class. */
export function rowsOfModel(name: string, scope: Scope): Rows | undefined {
  if (!/^[A-Z]\w*(::[A-Z]\w*)*$/.test(name)) return undefined
  if (/^[A-Z][A-Z0-9_]+$/.test(name) && !scope.file.models.has(name)) return undefined
  if ((notModels.test(name) && !scope.file.models.has(name)) || scope.file.constants.has(name)) return undefined
  return { kind: 'rows', table: tableOfModel(name, scope), filtered: false, batched: false }
}

function afterCall(rows: Rows, call: RubyCall): Rows | undefined {
  const { name } = call
  if (rows.record) return undefined
  if (single.test(name)) return { ...rows, record: 'one' }
  if (values.test(name)) return undefined
  if (batches.test(name))
    return { ...rows, batched: true, filtered: rows.filtered || name === 'limit', sliced: slices.test(name) }
  if (sameRows.test(name) || (name === 'where' && call.arguments.length === 0 && call.keywords.size === 0)) return rows
  if (/^(where|not|rewhere)$/.test(name) && asksForNull(call)) {
    const present = [...(rows.present ?? []), ...presentIn(call)]
    return { ...rows, filtered: true, nullOnly: !rows.filtered || rows.nullOnly === true, present }
  }
  // `where`, `joins`, and scopes of the model, which exist to narrow.
  return { ...rows, filtered: true, nullOnly: false }
}

/** `where(a: nil)`, `where.not(a: nil)`, `where("a IS NULL")` */
function asksForNull({ arguments: given, keywords }: RubyCall): boolean {
  const [first, ...more] = given
  if (first === undefined) return [...keywords.values()].every(value => value.type === 'nil')
  const pairs = first.type === 'hash' ? childrenOf(first) : []
  if (pairs.length > 0) return pairs.every(pair => pair.childForFieldName('value')?.type === 'nil')
  return more.length === 0 && /^["'][\w."`\\]+\s+is\s+(not\s+)?null["']$/i.test(first.text)
}

/** The columns that such a condition asks to be there. */
function presentIn({ name, arguments: [first], keywords }: RubyCall): readonly string[] {
  if (first === undefined) return name === 'not' ? [...keywords.keys()] : []
  const tested = /([\w]+)["`\\]*\s+is\s+(not\s+)?null/i.exec(first.text)
  return tested?.[1] !== undefined && (tested[2] !== undefined) !== (name === 'not') ? [tested[1]] : []
}

/** Does the relation leave rows out of a change, but for those that a backfill has reached or has nothing to make a value of? */
function leavesOut({ filtered, nullOnly, present = [] }: Rows, change = ''): boolean {
  if (!filtered) return false
  return nullOnly !== true || present.some(column => !new RegExp(`(?<!\\w)${column}(?!\\w)`).test(change))
}

/** What a call writes: without its receiver, which names the columns of its conditions. */
const writtenBy = ({ arguments: given, keywords }: RubyCall): string =>
  [...given, ...keywords.values()].map(node => node.text).join(' ')

/** Reads a call on a model, a relation or a record; true when it was one. */
export function modelCall(call: RubyCall, scope: Scope): boolean {
  const rows = rowsOf(call.receiver, scope)
  if (!rows) return false
  const change = changeOf(call, rows)
  if (change && !scope.inverting) {
    const batched = rows.batched || rows.record === 'each' || scope.looped
    // Rows without a value are filled on the way to all rows, but deleted because they are those.
    const filtered =
      (change === 'update-rows' ? leavesOut(rows, writtenBy(call)) : rows.filtered) || /_by$/.test(call.name)
    const looped = rows.record === 'each' || scope.looped || rows.sliced === true
    const operation = { op: change, table: rows.table, filtered, batched, ...(looped ? { looped } : {}) }
    emit(scope, call, [[filtered && scope.whole !== '' ? inLoop(operation, scope.whole) : operation]])
  }
  const record: Rows = { ...rows, record: rows.record ?? 'each' }
  const sent = call.blockArgument ? evaluate(call.blockArgument, scope) : undefined
  if (sent?.kind === 'text' && (loops.test(call.name) || batches.test(call.name)) && !scope.inverting) {
    const through = changeOf({ ...call, name: sent.text }, record)
    const filtered = through === 'update-rows' ? leavesOut(rows) : rows.filtered
    if (through) emit(scope, call, [[{ op: through, table: rows.table, filtered, batched: true, looped: true }]])
  }
  if (call.block) {
    const looped = isLoop(call.name)
    const whole = (looped && !rows.record && !leavesOut(rows) && rows.table) || scope.whole
    walkBlock(call.block, { ...scope, looped: scope.looped || looped, whole }, [parameterOf(call, rows, record)])
  }
  return true
}

const isLoop = (name: string): boolean => loops.test(name) || batches.test(name)

function parameterOf(call: RubyCall, rows: Rows, record: Rows): Bound | undefined {
  if (rows.record) return rows
  if (slices.test(call.name) || (rows.sliced && call.name !== 'each_record'))
    return { ...rows, batched: true, sliced: false }
  return loops.test(call.name) || batches.test(call.name) ? record : undefined
}

function changeOf(call: RubyCall, rows: Rows): 'update-rows' | 'delete-rows' | undefined {
  const { name } = call
  // One record, found or made: a row, not a backfill.
  if (rows.record === 'one') return undefined
  if (rows.record === 'each')
    return updatesRecord.test(name) ? 'update-rows' : deletesRecord.test(name) ? 'delete-rows' : undefined
  if (updatesRows.test(name)) return 'update-rows'
  if (deletesRows.test(name)) return 'delete-rows'
  // `relation.update(a: 1)` saves every record; `Model.update(id, a: 1)` one.
  return relationUpdate.test(name) &&
    call.arguments.length === 0 &&
    call.keywords.size > 0 &&
    call.receiver?.type === 'call'
    ? 'update-rows'
    : undefined
}

const readsRows = /^(select_(all|rows|values)|exec_query|execute|query|query_values|find_by_sql)$/
const keepsRows =
  /^(to_a|to_ary|each|rows|map|collect|each_with_index|each_with_object|each_row|sort|sort_by|uniq|compact|entries|lazy|each_slice|in_groups_of|flatten|reverse|with_index|flat_map|values|cast_values|each_pair|to_h|zip|group_by|index_by)$/

/** The table whose rows, every one of them, a value was read from: `select_all("SELECT …")`, `User.pluck(:id)`; else empty. */
export function listedTable(node: Node | undefined, scope: Scope, depth = 0): string {
  if (!node || depth > 20) return ''
  const bound = scope.locals.get(node.text)
  if (bound) return bound.kind === 'listed' ? bound.table : ''
  const call = node.type === 'call' ? callOf(node) : undefined
  if (!call) return ''
  if (readsRows.test(call.name) && call.arguments[0]) {
    const value = evaluate(call.arguments[0], scope)
    return value.kind === 'text' ? selectedWhole(value.text) : ''
  }
  if (!call.receiver) return ''
  if (/^(pluck|ids|map|collect)$/.test(call.name)) {
    const rows = rowsOf(call.receiver, scope)
    if (rows && !rows.record) return rows.batched || leavesOut(rows) ? '' : rows.table
  }
  return keepsRows.test(call.name) ? listedTable(call.receiver, scope, depth + 1) : ''
}
