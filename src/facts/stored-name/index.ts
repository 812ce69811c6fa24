import type { Artifact } from '../../artifact/types.ts'
import type { FactKind } from '../types.ts'
import { storedNameFields } from './fields.ts'

/** Names that outlive the code: classes of jobs, types of rows, members of enumerations. */
export const storedNameKind = {
  name: 'stored-name',
  doc: 'A class, task or member of an enumeration whose name is kept in a queue or in rows, and that the change removes or renames. The fact stands on the line at base; of a migration, on that at head.',
  fields: storedNameFields,
  wants: (artifact: Artifact) =>
    artifact.role === 'live' && (artifact.kind.endsWith('-migration') ? artifact.head !== undefined : isCode(artifact)),
  load: async () => (await import('./extract.ts')).extractStoredNames,
} satisfies FactKind

function isCode(artifact: Artifact): boolean {
  return (
    artifact.base !== undefined &&
    ['code', 'entrypoint-script'].includes(artifact.kind) &&
    /\.(rb|py|ts|java|kt|rs|go)$/.test(artifact.basePath ?? artifact.path)
  )
}
