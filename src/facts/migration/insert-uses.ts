import type { FactContext } from '../types.ts'
import { insertsWithout, type RequiredColumn } from '../usage/inserts.ts'
import type { MigrationFact } from './fact.ts'

/** Columns that become required, with the code that inserts without them. */
export async function withInserts(
  facts: readonly MigrationFact[],
  { change }: FactContext,
): Promise<readonly MigrationFact[]> {
  const required = new Map<MigrationFact, RequiredColumn>()
  for (const fact of facts) if (fact.noDefault && !fact.newTable) required.set(fact, fact)
  const found = await insertsWithout([...required.values()], change)
  return facts.map(fact => {
    const key = required.get(fact)
    const places = key && found.get(key)
    return places ? { ...fact, leftOutAt: places.head, leftOutBefore: places.base } : fact
  })
}
