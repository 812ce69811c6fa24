import type { MigrationFact } from './fact.ts'
import type { Program } from './operation.ts'

/** Frameworks whose migrations say how they are taken back, in the same file. */
const reversible: ReadonlySet<string> = new Set([
  'rails',
  'django',
  'alembic',
  'knex',
  'sequelize',
  'typeorm',
  'laravel',
  'ecto',
  'phinx',
])

/** Marks the first operation of a migration that loses data where the migration has no way back. */
export function markNoWayBack(facts: readonly MigrationFact[], program: Program): readonly MigrationFact[] {
  if (program.down !== undefined || !reversible.has(program.framework)) return facts
  const first = facts.find(({ losesData, newTable }) => losesData && !newTable)
  return first === undefined ? facts : facts.map(fact => (fact === first ? { ...fact, noWayBack: true } : fact))
}
