import type { Artifact } from '../../artifact/types.ts'
import { text } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const nameFields = {
  name: text('Name of the function as it is called.'),
  builtin: text('Function of the language that differs by one letter too many, one too few, or two swapped.'),
}

/** A call, on a line the change adds or alters, of a function that neither the language nor the repository has. */
export type NameFact = FactOf<'name', typeof nameFields>

export const nameKind = {
  name: 'name',
  doc: 'A call of a function that neither the language nor any file of the repository defines and that is one slip of the finger away from one of the language. Read in PHP and Python.',
  fields: nameFields,
  wants: (artifact: Artifact) =>
    artifact.head !== undefined &&
    artifact.role === 'live' &&
    (artifact.language === 'php' || artifact.language === 'python'),
  load: async () => (await import('./extract.ts')).extractNames,
} satisfies FactKind
