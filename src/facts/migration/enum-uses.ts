import { codeFiles, enumValueNamed, placesOf } from '../stored-name/search.ts'
import type { FactContext } from '../types.ts'
import type { MigrationFact } from './fact.ts'

/** Each goes through the code of the repository. */
const mostValues = 8

/** Renamed values of enum types, with the places that name them. */
export async function withEnumUses(
  facts: readonly MigrationFact[],
  { change }: FactContext,
): Promise<readonly MigrationFact[]> {
  const found: MigrationFact[] = []
  let looked = 0
  for (const fact of facts) {
    const [type, value] = /^(\S+) (.+)$/.exec(fact.how)?.slice(1) ?? []
    const renames = fact.operation === 'rename-enum-value'
    if (!renames || type === undefined || value === undefined || looked++ >= mostValues) {
      found.push(fact)
      continue
    }
    const named = enumValueNamed(type.slice(type.lastIndexOf('.') + 1), value)
    const usedBefore = await placesOf(named, codeFiles, change, 'base')
    found.push({ ...fact, usedBefore, usedAt: await placesOf(named, codeFiles, change, 'head') })
  }
  return found
}
