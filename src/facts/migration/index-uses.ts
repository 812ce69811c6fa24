import type { FactContext } from '../types.ts'
import { type DroppedIndex, indexUsesOf } from '../usage/conflict.ts'
import { type LostIndex, lookupsOf } from '../usage/lookups.ts'
import type { MigrationFact } from './fact.ts'

/** Dropped indexes with the places that name them, upsert by them, or look rows up by them. */
export async function withIndexUses(
  facts: readonly MigrationFact[],
  { change }: FactContext,
): Promise<readonly MigrationFact[]> {
  const dropped = new Map(
    facts
      .filter(({ operation, newTable }) => /^drop-(index|constraint)$/.test(operation) && !newTable)
      .slice(0, 40)
      .map(fact => [fact, droppedOf(fact)] as const),
  )
  const lost = new Map([...dropped.keys()].flatMap(fact => lostBy(fact)))
  const uses = await indexUsesOf([...dropped.values()], change)
  const lookups = await lookupsOf([...lost.values()], change)
  return facts.map(fact => {
    const index = dropped.get(fact)
    const only = lost.get(fact)
    if (index === undefined) return fact
    return { ...fact, usedAt: uses.get(index) ?? [], queriedAt: (only && lookups.get(only)) ?? [] }
  })
}

/** The index, where none that is left begins with the same column. */
function lostBy(fact: MigrationFact): readonly (readonly [MigrationFact, LostIndex])[] {
  const { table, framework, columns, leaders, size } = fact
  const [column] = columns
  if (column === undefined || leaders.length === 0 || leaders.includes(column) || size === 'small') return []
  return [[fact, { table, framework, column, leaders }]]
}

function droppedOf({ table, index, constraint, columns, uniqueGone }: MigrationFact): DroppedIndex {
  return { table, name: index === '' ? constraint : index, columns, uniqueGone }
}
