import type { FactKind } from '../types.ts'
import { migrationFields } from './fact.ts'

/** Schema and data changes of SQL, Rails, Django, Alembic, Laravel, Ecto, JavaScript and TypeScript migrations. */
export const migrationKind = {
  name: 'migration',
  doc: 'One operation of a database migration, with the locks it takes and how long it holds them.',
  fields: migrationFields,
  wants: artifact =>
    (artifact.kind === 'sql-migration' ||
      artifact.kind === 'rails-migration' ||
      artifact.kind === 'django-migration' ||
      artifact.kind === 'alembic-migration' ||
      artifact.kind === 'javascript-migration' ||
      artifact.kind === 'php-migration' ||
      artifact.kind === 'ecto-migration') &&
    artifact.head !== undefined &&
    artifact.hunks.length > 0,
  load: async () => (await import('./extract.ts')).extractMigrations,
} satisfies FactKind
