import type { FactKind } from '../types.ts'
import { migrationFileFields } from './fields.ts'
import { modelPath } from './paths.ts'

/** Hygiene of migration files: the things that only a comparison of two commits can see. */
export const migrationFileKind = {
  name: 'migration-file',
  doc: 'A migration that is already merged and was edited, deleted or given another version, a schema dump or journal that was left behind, or a model with a column that no migration adds.',
  fields: migrationFileFields,
  wants: artifact =>
    artifact.role === 'live' && (artifact.kind.endsWith('-migration') || artifact.kind === 'liquibase-changelog'),
  concerns: paths => paths.some(path => modelPath.test(path) || path.endsWith('/meta/_journal.json')),
  load: async () => (await import('./extract.ts')).extractMigrationFiles,
} satisfies FactKind
