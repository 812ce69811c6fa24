import type { FactKind } from '../types.ts'
import { historyFields } from './fields.ts'

/** The place of a new migration among those that are merged. */
export const historyKind = {
  name: 'history',
  doc: 'A new Django or Alembic migration that does not simply follow the newest one. The fact stands on the line that names what it follows.',
  fields: historyFields,
  wants: artifact =>
    (artifact.kind === 'django-migration' || artifact.kind === 'alembic-migration') &&
    artifact.head !== undefined &&
    artifact.hunks.length > 0,
  load: async () => (await import('./extract.ts')).extractHistory,
} satisfies FactKind
