import type { Operation } from './operation.ts'

export interface Sorted {
  readonly byTable: ReadonlyMap<string, readonly Operation[]>
  readonly droppedIndexes: ReadonlySet<string>
  /** Names that tables get by renaming, and those of views. */
  readonly taken: ReadonlySet<string>
  readonly types: ReadonlySet<string>
  readonly triggers: ReadonlyMap<string, readonly string[]>
}

const sorted = new WeakMap<readonly Operation[], Sorted>()

/** The operations of the change by their table: a change of thousands of files asks for them as often. */
export function sortedOf(operations: readonly Operation[]): Sorted {
  const known = sorted.get(operations)
  if (known !== undefined) return known
  const byTable = new Map<string, Operation[]>()
  const droppedIndexes = new Set<string>()
  const taken = new Set<string>()
  const types = new Set<string>()
  const triggers = new Map<string, string[]>()
  for (const item of operations) {
    if (item.op === 'drop-index') droppedIndexes.add(item.index)
    if (item.op === 'rename-table') taken.add(item.to)
    if (item.op === 'create-domain') types.add(item.name)
    if (item.op === 'create-object' && item.object === 'view') taken.add(item.name)
    if (item.op === 'harmless' && item.what.startsWith('CREATE TYPE '))
      types.add(item.what.slice('CREATE TYPE '.length))
    if (!('table' in item) || item.table === undefined) continue
    const all = byTable.get(item.table) ?? []
    byTable.set(item.table, all)
    all.push(item)
    if (item.op === 'create-trigger') triggers.set(item.table, [...(triggers.get(item.table) ?? []), item.trigger])
  }
  const found = { byTable, droppedIndexes, taken, types, triggers }
  sorted.set(operations, found)
  return found
}

export function operationsOn(table: string, operations: readonly Operation[]): readonly Operation[] {
  return sortedOf(operations).byTable.get(table) ?? []
}
