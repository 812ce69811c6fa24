import { text, texts, word } from '../fields.ts'
import type { FactOf } from '../types.ts'

export const schemaFieldFields = {
  schema: word(
    ['content-model', 'graphql'],
    '`content-model`: fields of a content management system (Prismic, Contentful, Sanity …), published apart from the code. `graphql`: a type of a GraphQL schema.',
  ),
  field: text('The field that is gone.'),
  container: text('The type or document it belonged to.'),
  leftAt: texts(
    'Queries that ask for it after the change, in other parts of the repository, as `path:line`; at most five.',
  ),
  usedBefore: texts('Queries that ask for it at base and no longer do, as `path:line`; at most five.'),
}

/** A field that the change takes out of a schema which is published on its own. Source: the schema at both sides, the queries of the repository. */
export type SchemaFieldFact = FactOf<'schema-field', typeof schemaFieldFields>
