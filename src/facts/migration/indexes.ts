import { operationsOn, sortedOf } from './by-table.ts'
import type { MigrationFact } from './fact.ts'
import type { Operation } from './operation.ts'
import { type Schema, tableOfIndex } from './schema.ts'

type IndexParts = Partial<Pick<MigrationFact, 'columns' | 'covered' | 'replacement' | 'uniqueGone' | 'leaders'>>

/** Whether another index serves what a dropped one served, and which index of the change takes its place. */
export function replacedIndex(operation: Operation, before: Schema, everyOperation: readonly Operation[]): IndexParts {
  if (operation.op !== 'drop-index') return {}
  const table = operation.table ?? tableOfIndex(before, operation.index) ?? ''
  const known = before.tables.get(table)?.indexes ?? []
  const own = known.find(({ name }) => name === operation.index)
  const columns = operation.columns ?? own?.columns ?? []
  if (columns.length === 0) return {}
  const created = operationsOn(table, everyOperation).flatMap(item =>
    item.op === 'create-index' ||
    ((item.op === 'add-unique' || item.op === 'add-primary-key') && item.usingIndex === undefined)
      ? [item.columns]
      : [],
  )
  const kept = known.filter(({ name }) => name !== operation.index).map(item => item.columns)
  // The key behind other columns finds nothing more: (tenant, id) is as good as (tenant).
  const wanted = columns.at(-1) === 'id' && columns.length > 1 ? columns.slice(0, -1) : columns
  const covers = (other: readonly string[]): boolean => wanted.every((column, at) => other[at] === column)
  return {
    columns,
    uniqueGone: isUniqueGone(table, operation.index, columns, before, everyOperation),
    covered: [...kept, ...created].some(covers),
    replacement: created.find(other => other[0] === columns[0]) ?? [],
    leaders: own?.partial === true ? [] : leadersLeft(table, operation.index, columns, before, everyOperation),
  }
}

/** First columns of the indexes that are left on the table; none where the column goes too, or little is known of the table. */
function leadersLeft(
  table: string,
  name: string,
  columns: readonly string[],
  before: Schema,
  everyOperation: readonly Operation[],
): readonly string[] {
  const known = before.tables.get(table)
  if (known === undefined || known.columns.size === 0) return []
  const [first] = columns
  if (first === undefined || /^bool/.test(known.columns.get(first)?.type.name ?? '')) return []
  const left = new Set([
    'id',
    ...[...known.columns.values()].filter(({ primaryKey }) => primaryKey).map(item => item.name),
  ])
  const gone = new Set([name])
  for (const item of operationsOn(table, everyOperation)) {
    if (item.op === 'drop-constraint') gone.add(item.constraint)
    if (item.op === 'drop-table' || (item.op === 'drop-column' && item.column === first)) return []
    if (item.op === 'rename-table' || (item.op === 'rename-column' && item.column === first)) return []
    if (item.op === 'create-index' || item.op === 'add-unique' || item.op === 'add-primary-key')
      for (const leader of item.columns.slice(0, 1)) left.add(leader)
    if (item.op === 'add-column' && (item.column.unique || item.column.primaryKey)) left.add(item.column.name)
  }
  const { droppedIndexes } = sortedOf(everyOperation)
  for (const index of known.indexes)
    if (index.name === undefined || !(gone.has(index.name) || droppedIndexes.has(index.name)))
      for (const leader of index.columns.slice(0, 1)) left.add(leader)
  return [...left]
}

/** The columns of a unique constraint that is dropped by its name, where the schema at base tells them. */
export function droppedUnique(
  operation: Operation,
  before: Schema,
  everyOperation: readonly Operation[],
): Pick<IndexParts, 'columns' | 'uniqueGone' | 'leaders'> {
  if (operation.op !== 'drop-constraint') return {}
  const { table, constraint } = operation
  const columns = before.tables.get(table)?.indexes.find(({ name }) => name === constraint)?.columns
  if (columns === undefined) return {}
  return {
    columns,
    uniqueGone: isUniqueGone(table, constraint, columns, before, everyOperation),
    leaders: leadersLeft(table, constraint, columns, before, everyOperation),
  }
}

/** No unique index on just these columns is left or comes. */
function isUniqueGone(
  table: string,
  name: string,
  columns: readonly string[],
  before: Schema,
  everyOperation: readonly Operation[],
): boolean {
  const wanted = [...columns].sort().join()
  const same = (other: readonly string[]): boolean => [...other].sort().join() === wanted
  const known = before.tables.get(table)?.indexes ?? []
  const own = known.find(item => item.name === name)
  const comes = operationsOn(table, everyOperation).some(
    item =>
      ((item.op === 'create-index' && item.unique) || item.op === 'add-unique' || item.op === 'add-primary-key') &&
      same(item.columns),
  )
  return own?.unique !== false && !comes && !known.some(item => item !== own && item.unique && same(item.columns))
}
