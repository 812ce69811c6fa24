import type { MigrationFact } from './fact.ts'
import type { Operation } from './operation.ts'
import { type Schema, tableOfIndex } from './schema.ts'

type IndexParts = Partial<Pick<MigrationFact, 'columns' | 'covered' | 'replacement'>>

/** Whether another index serves what a dropped one served, and which index of the change takes its place. */
export function replacedIndex(operation: Operation, before: Schema, everyOperation: readonly Operation[]): IndexParts {
  if (operation.op !== 'drop-index') return {}
  const table = operation.table ?? tableOfIndex(before, operation.index) ?? ''
  const known = before.tables.get(table)?.indexes ?? []
  const columns = operation.columns ?? known.find(({ name }) => name === operation.index)?.columns ?? []
  if (columns.length === 0) return {}
  const created = everyOperation.flatMap(item =>
    (item.op === 'create-index' ||
      ((item.op === 'add-unique' || item.op === 'add-primary-key') && item.usingIndex === undefined)) &&
    item.table === table
      ? [item.columns]
      : [],
  )
  const kept = known.filter(({ name }) => name !== operation.index).map(item => item.columns)
  // The key behind other columns finds nothing more: (tenant, id) is as good as (tenant).
  const wanted = columns.at(-1) === 'id' && columns.length > 1 ? columns.slice(0, -1) : columns
  const covers = (other: readonly string[]): boolean => wanted.every((column, at) => other[at] === column)
  return {
    columns,
    covered: [...kept, ...created].some(covers),
    replacement: created.find(other => other[0] === columns[0]) ?? [],
  }
}
