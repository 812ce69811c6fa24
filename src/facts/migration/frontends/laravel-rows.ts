import { type PhpCall, type PhpValue, phpText } from '../../../artifact/php.ts'
import type { Operation } from '../operation.ts'
import { tableOfModel } from './laravel-columns.ts'
import type { Paging, PhpScope, Rows } from './php-scope.ts'
import { selectedWhole } from './row-loops.ts'

/** Calls that leave the rows of a query as they are. */
const sameRows =
  /^(query|newQuery|newModelQuery|orderBy\w*|latest|oldest|reorder|inRandomOrder|select\w*|addSelect|distinct|toBase|with|without|withCount|withTrashed|withoutGlobalScopes?|withoutTrashed|withoutEvents|withoutTimestamps|lockForUpdate|sharedLock|keyBy|values|groupBy|on|onWriteConnection|join|leftJoin|rightJoin|joinSub|leftJoinSub|whereNull|whereNotNull|orWhereNull|fresh|load\w*|get|all|setConnection|useWritePdo|collect|lazyLoad|getQuery|dump|beforeQuery|afterQuery|sortBy\w*|reverse|withCasts)$/
const batches = /^(chunk\w*|eachById|cursor|lazy\w*|limit|take|forPage|paginate|simplePaginate)$/
const single =
  /^(first\w*|find|findOrFail|findOr|findOrNew|findMany|sole|create\w*|forceCreate|make|updateOrCreate|upsert|updateOrInsert|last|random|newInstance|newModelInstance|replicate|refresh|fill|forceFill|setAttribute|unguard|when|tap)$/
const values =
  /^(pluck|value|count|sum|avg|min|max|exists|doesntExist|isEmpty|isNotEmpty|insert\w*|toSql|implode|getTable|getConnection\w*|toArray|json|contains|has\w*Table|getKey\w*|getAttribute\w*|only|diff|unique)$/
const updatesQuery = /^(update|increment|decrement|incrementEach|decrementEach|touch|restore|updateFrom|toggle)$/
const deletesQuery = /^(delete|forceDelete|destroy|forceDestroy)$/
const updatesRecord =
  /^(save|saveQuietly|saveOrFail|update|updateQuietly|updateOrFail|increment|decrement|touch|push|restore|saveWithoutEvents|updateTimestamps|syncChanges)$/
const deletesRecord = /^(delete|forceDelete|deleteQuietly|deleteOrFail|forceDeleteQuietly)$/

/** First calls on a class that make it a model beyond doubt. */
const ofModel =
  /^(query|newQuery|all|where\w*|orWhere\w*|find\w*|first\w*|with\w*|without\w*|chunk\w*|each\w*|cursor|lazy\w*|get|create|forceCreate|updateOrCreate|truncate|destroy|onlyTrashed|select\w*|orderBy\w*|latest|oldest|has|whereHas|doesntHave|on|upsert|insert|join|count|pluck|max|min|sum|exists|limit|take|distinct|increment|decrement|update|delete)$/

/** Classes that answer to such calls without being models. */
const notModels =
  /^(DB|Schema|Artisan|Cache|Config|Log|Str|Arr|Carbon|CarbonImmutable|Storage|File|Http|Hash|Crypt|App|Auth|Event|Queue|Mail|Lang|URL|Route|Cookie|Session|Redis|Validator|View|Gate|Bus|Notification|Collection|LazyCollection|Uuid|Ulid|Closure|Date|DateTime\w*|Exception|Number|Process|Password|Broadcast|Blade|Request|Response|Input|Output|Eloquent|Blueprint|Type|Container|self|static|parent|\$.*)$/

/** The rows an expression stands for, if it is a query, a model, or a record. */
export function rowsOf(value: PhpValue | undefined, scope: PhpScope, depth = 0): Rows | undefined {
  if (!value || depth > 60) return undefined
  if (value.kind === 'name') {
    const bound = scope.locals.get(value.name)
    return bound?.kind === 'rows' ? bound : undefined
  }
  // `$users->each->save()`
  if (value.kind === 'member') {
    const rows = /^(each|map)$/.test(value.name) ? rowsOf(value.of, scope, depth + 1) : undefined
    return rows && { ...rows, record: 'each' }
  }
  if (value.kind !== 'call') return undefined
  const { receiver, name } = value
  if (value.made) return modelRows(name, scope, 'one')
  if (name === 'table' || (name === 'from' && receiver?.kind !== 'name')) {
    const table = tableNamed(value)
    if (table !== undefined && onDatabase(receiver)) return { kind: 'rows', table, filtered: false, batched: false }
  }
  if (!receiver) return undefined
  if (receiver.kind === 'name' && /^[A-Z]/.test(receiver.name)) {
    const rows = ofModel.test(name) ? modelRows(receiver.name, scope) : undefined
    return rows && afterCall(rows, value)
  }
  const rows = rowsOf(receiver, scope, depth + 1)
  return rows && afterCall(rows, value)
}

/** `DB::table`, `DB::connection(…)->table`, `$connection->table`; not `Schema::table`. */
function onDatabase(receiver: PhpValue | undefined): boolean {
  if (!receiver) return false
  if (receiver.kind === 'name')
    return receiver.name === 'DB' || (/^\$\w+$/.test(receiver.name) && receiver.name !== '$this')
  if (receiver.kind === 'member') return /db|conn/i.test(receiver.name)
  if (receiver.kind !== 'call') return false
  if (/^(connection|getConnection|query|newQuery)$/.test(receiver.name))
    return !/\bSchema::connection\b/.test(receiver.node.text)
  return receiver.receiver === undefined && /^(app|resolve|db)$/.test(receiver.name)
}

/** `table('users as u')` is `users`. */
function tableNamed(call: PhpCall): string | undefined {
  return /^([\w.]+)(\s+as\s+\w+)?$/i.exec(phpText(call.arguments[0]) ?? '')?.[1]
}

function modelRows(name: string, scope: PhpScope, record?: 'one'): Rows | undefined {
  const full = scope.file.imports.get(name) ?? ''
  if (notModels.test(name) || /\\(Support|Facades)\\/.test(full) || !/^[A-Z]\w*$/.test(name)) return undefined
  return {
    kind: 'rows',
    table: tableOfModel(name, scope.file),
    filtered: false,
    batched: false,
    ...(record ? { record } : {}),
  }
}

function afterCall(rows: Rows, call: PhpCall): Rows | undefined {
  const { name } = call
  if (rows.record) return single.test(name) && !/^(when|tap)$/.test(name) ? rows : undefined
  if (single.test(name) && !/^(when|tap)$/.test(name)) return { ...rows, record: 'one' }
  if (values.test(name)) return undefined
  if (batches.test(name)) {
    const filtered = rows.filtered || /^(limit|take|forPage)$/.test(name)
    const fetches = /^(cursor|lazy\w*)$/.test(name) ? { fetched: true } : {}
    return {
      ...rows,
      batched: true,
      filtered,
      ...fetches,
      ...(name === 'lazy' && !rows.fetched ? { paged: true } : {}),
    }
  }
  const asked: Rows = { ...rows, ...conditionsOf(rows, call) }
  if (sameRows.test(name)) return /^(get|all|collect|fresh|lazyLoad)$/.test(name) ? { ...asked, fetched: true } : asked
  return selects(call) ? { ...asked, filtered: true } : asked
}

/** The columns of the conditions so far, with those of one more call. */
function conditionsOf(
  { columns = [], present = [] }: Rows,
  { name, arguments: given }: PhpCall,
): Pick<Rows, 'columns' | 'present'> {
  if (/^or[A-Z]/.test(name)) return { columns: [], present: [] }
  if (!/^where/.test(name) || /^where(Raw|Has|Doesnt|Exists|Column|Relation|Key)/.test(name)) return {}
  const [first] = given
  const one = phpText(first)
  const named = one !== undefined ? [one] : first?.kind === 'array' ? first.entries.flatMap(({ key }) => key ?? []) : []
  const more = named.map(bare)
  return name === 'whereNotNull' ? { present: [...present, ...more] } : { columns: [...columns, ...more] }
}

/** A test for NULL picks the rows to delete; to update, NOT NULL does, unless it only guards the value that is read. */
function picksByNull(
  { present = [], columns = [] }: Rows,
  { node }: PhpCall,
  op: 'update-rows' | 'delete-rows',
): boolean {
  const given = node.childForFieldName('arguments')?.text ?? ''
  if (op === 'delete-rows') return present.length > 0 || columns.length > 0
  return present.some(column => !new RegExp(`(?<!\\w)${column}(?!\\w)`, 'i').test(given))
}

/** Does a condition pick particular rows? NULL picks what a backfill has not reached, which at first is all of them. */
function selects({ name, arguments: given }: PhpCall): boolean {
  const [first, second, third] = given
  if (name === 'where' || name === 'orWhere') {
    if (second?.kind === 'none' && third === undefined) return false
    if (third?.kind === 'none') return false
  }
  if (/Raw$/.test(name))
    return !/^\s*[\w."`]+\s+is\s+(not\s+)?null\s*$|^\s*1\s*(=\s*1)?\s*$/i.test(phpText(first) ?? '')
  return true
}

/** The table over whose rows, all of them at once, a loop runs; else empty. */
export function wholeTableOf(rows: Rows | undefined, over?: PhpValue): string {
  if (rows !== undefined) return rows.filtered || rows.batched || rows.list ? '' : bare(rows.table)
  if (over?.kind !== 'call' || over.name !== 'select' || !onDatabase(over.receiver)) return ''
  return selectedWhole(phpText(over.arguments[0]) ?? '')
}

const bare = (table: string): string => table.slice(table.lastIndexOf('.') + 1).toLowerCase()

/** What a call does to the rows it is called on; undefined when it only looks. */
export function changeOf(call: PhpCall, rows: Rows): Operation | undefined {
  const { name, arguments: given } = call
  // One record, found or made: a row, not a backfill.
  if (rows.record === 'one') return undefined
  if (rows.record === 'each') {
    const op = updatesRecord.test(name) ? 'update-rows' : deletesRecord.test(name) ? 'delete-rows' : undefined
    return op && { op, table: rows.table, filtered: rows.filtered, batched: true, looped: !rows.batched }
  }
  if (name === 'truncate') return { op: 'truncate', table: rows.table, cascade: false }
  if (name === 'insertUsing' || name === 'insertOrIgnoreUsing')
    return { op: 'insert-select', table: rows.table, from: [] }
  const op = updatesQuery.test(name) ? 'update-rows' : deletesQuery.test(name) ? 'delete-rows' : undefined
  if (op === undefined) return undefined
  // `delete($id)`, `destroy([1, 2])`
  const filtered = rows.filtered || (op === 'delete-rows' && given.length > 0) || picksByNull(rows, call, op)
  return { op, table: rows.table, filtered, batched: rows.batched }
}

/** What a function that is called over the rows gets: a slice of them, or one record after the other. */
export function handedTo(call: PhpCall, rows: Rows): Rows | undefined {
  if (rows.record === 'each' || rows.record === 'one') return rows
  if (/^chunk/.test(call.name)) return { ...rows, batched: true, list: true }
  if (/^(each\w*|map\w*|transform|filter|reject|flatMap|reduce|tap)$/.test(call.name))
    return call.name === 'tap' ? rows : { ...rows, record: 'each' }
  return undefined
}

/** The paging by offset that a call does: `chunk(100, …)`, `each(…)` of a query. */
export function pagingOf(call: PhpCall, rows: Rows): Paging | undefined {
  if (rows.record || rows.list || rows.fetched || !/^(chunk|chunkMap|each)$/.test(call.name)) return undefined
  const body = call.arguments.find(value => value.kind === 'function')
  if (body?.kind !== 'function') return undefined
  return { table: rows.table, columns: rows.columns ?? [], present: rows.present ?? [], body: body.node.text }
}

/**
 * What a step does to the pages still to come: rows that go, or that no longer meet the condition, move later ones up to
 * pages that have been read. The column, or `*` for rows that are deleted.
 */
export function skippedBy(call: PhpCall, change: Operation, paging: Paging | undefined): string | undefined {
  if (!paging || !('table' in change) || change.table !== paging.table) return undefined
  if (change.op === 'delete-rows') return '*'
  if (change.op !== 'update-rows') return undefined
  const [first] = call.arguments
  const given = first?.kind === 'array' ? first.entries.flatMap(({ key }) => key ?? []) : []
  const assigned = /^(save|push)/.test(call.name)
    ? [...paging.body.matchAll(/\$\w+->(\w+)\s*=(?![=>])/g)].map(match => match[1] ?? '')
    : []
  const moved = [...given, ...assigned].map(bare).find(column => paging.columns.includes(column))
  if (moved !== undefined) return moved
  // Another value is still a value: only NULL takes a row out of those that have one.
  const emptied = first?.kind === 'array' ? first.entries.filter(({ value }) => value.kind === 'none') : []
  return emptied.flatMap(({ key }) => (key === undefined ? [] : bare(key))).find(key => paging.present.includes(key))
}
