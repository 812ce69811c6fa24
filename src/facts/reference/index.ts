import { text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { definesNames } from './names.ts'

export const referenceFields = {
  what: word(
    ['host', 'module', 'resource', 'record', 'key'],
    'A machine of an inventory; a git submodule; something that Terraform makes under a name; a record of a DNS zone; a member of a set of names of which Terraform makes one instance each.',
  ),
  name: text('The name that is gone from where it was defined.'),
  usedAt: texts('Places that still use it after the change, as `path:line`, at most five.'),
}

/** A name that the change takes away where it is defined, while other files still use it. Source: definitions at base, all files at head. */
export type ReferenceFact = FactOf<'reference', typeof referenceFields>

export const referenceKind = {
  name: 'reference',
  doc: 'A name that the change takes away where it is defined (host, submodule, resource, DNS record) while other files of the repository still use it.',
  fields: referenceFields,
  wants: () => false,
  concerns: paths => paths.some(definesNames),
  load: async () => (await import('./extract.ts')).extractReferences,
} satisfies FactKind
