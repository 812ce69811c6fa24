import { text, texts } from '../fields.ts'
import type { FactOf } from '../types.ts'

export const contentFieldFields = {
  field: text('The field that is gone.'),
  container: text('The document it belonged to: the name of the file.'),
  leftAt: texts(
    'Queries that ask for it after the change, in other parts of the repository, as `path:line`; at most five.',
  ),
  usedBefore: texts('Queries that ask for it at base and no longer do, as `path:line`; at most five.'),
}

/** A field that the change takes out of a content model, which is published apart from the code. Source: the model at both sides, the queries of the repository. */
export type ContentFieldFact = FactOf<'content-field', typeof contentFieldFields>
