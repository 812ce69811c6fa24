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
      artifact.kind === 'python-migration' ||
      artifact.kind === 'javascript-migration' ||
      artifact.kind === 'php-migration' ||
      artifact.kind === 'ecto-migration' ||
      artifact.kind === 'sequel-migration' ||
      artifact.kind === 'liquibase-changelog' ||
      artifact.kind === 'code-migration') &&
    artifact.head !== undefined &&
    artifact.hunks.length > 0,
  load: async () => (await import('./extract.ts')).extractMigrations,
  rewrites: {
    online: 'the same change without a long lock',
    'own-migration': 'the step in a migration of its own',
    'no-transaction': 'the file outside of a transaction',
    batches: 'the rows in batches',
    'two-releases': 'the change spread over two releases',
    'optional-first': 'the column as optional first',
    repeatable: 'a step that can be run again',
    'lock-timeout': 'a limit on the wait for the lock',
    'wide-key': 'the column as wide as the key',
    'kept-default': 'a default that stays in the database',
  },
  loadRewriter: async () => (await import('./rewrite/index.ts')).rewriteMigration,
} satisfies FactKind
