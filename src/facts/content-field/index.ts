import type { FactKind } from '../types.ts'
import { contentFieldFields } from './fields.ts'
import { isContentModel } from './paths.ts'

/** Fields taken out of a content model that others query. */
export const contentFieldKind = {
  name: 'content-field',
  doc: 'A field that is removed from the model of a content management system (Prismic, Contentful, Sanity …) while queries of the repository ask for it, before or after the change. The fact stands on the line at base.',
  fields: contentFieldFields,
  wants: () => false,
  concerns: paths => paths.some(path => isContentModel(path)),
  load: async () => (await import('./extract.ts')).extractContentFields,
} satisfies FactKind
