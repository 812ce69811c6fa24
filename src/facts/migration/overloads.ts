import type { Tree } from '../../change/types.ts'
import { escapePattern } from '../../text/pattern.ts'
import type { MigrationFact } from './fact.ts'
import { familyOf } from './known.ts'

/** Most earlier files that are looked through. */
const mostRead = 400

/**
 * Takes back what is said of the uses of a Postgres routine of which there are several by its name: which of them the code
 * calls, its arguments would have to tell.
 */
export async function withoutOverloads(facts: readonly MigrationFact[], base: Tree): Promise<readonly MigrationFact[]> {
  const shared = new Set<MigrationFact>()
  for (const fact of facts) if (isUsedRoutine(fact) && (await hasOverloads(fact, base))) shared.add(fact)
  if (shared.size === 0) return facts
  return facts.map(fact => (shared.has(fact) ? { ...fact, usedAt: [], usedBefore: [], usageCertain: false } : fact))
}

function isUsedRoutine({ operation, engine, how, usedAt, usedBefore }: MigrationFact): boolean {
  return (
    /^(drop|rename)-object$/.test(operation) &&
    engine === 'postgres' &&
    (how === 'function' || how === 'procedure') &&
    usedAt.length + usedBefore.length > 0
  )
}

async function hasOverloads({ path, table }: MigrationFact, base: Tree): Promise<boolean> {
  const name = table.slice(table.lastIndexOf('.') + 1)
  const made = new RegExp(
    `\\bcreate\\s+(?:or\\s+replace\\s+)?(?:function|procedure)\\s+(?:"?\\w+"?\\.)?"?${escapePattern(name)}"?\\s*\\(([^)]*)\\)`,
    'gi',
  )
  const family = familyOf(path)
  const files = (await base.list(family === '/' ? undefined : family)).filter(item => item !== path)
  const signatures = new Set<string>()
  for (const file of files.slice(-mostRead)) {
    const text = (await base.read(file)) ?? ''
    if (!text.includes(name)) continue
    for (const [, parameters = ''] of text.matchAll(made)) signatures.add(String(parameters.split(',').length))
    if (signatures.size > 1) return true
  }
  return false
}
