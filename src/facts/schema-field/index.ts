import type { FactKind } from '../types.ts'
import { schemaFieldFields } from './fields.ts'
import { schemaOf } from './paths.ts'

/** Fields taken out of a schema that others query. */
export const schemaFieldKind = {
  name: 'schema-field',
  doc: 'A field that is removed from a content model or a GraphQL type while queries of the repository ask for it, before or after the change. The fact stands on the line at base.',
  fields: schemaFieldFields,
  wants: () => false,
  concerns: paths => paths.some(path => schemaOf(path) !== undefined),
  load: async () => (await import('./extract.ts')).extractSchemaFields,
} satisfies FactKind
