import { text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { agrees } from './files.ts'

export const agreementFields = {
  what: word(
    ['path', 'port', 'service'],
    'A file or socket that another file reaches by its path; a port under which others reach a service; a service of compose or Kubernetes whose name is gone while others still call it.',
  ),
  value: text('What it is after the change; empty for a service that is gone.'),
  baseValue: text('What it was before, and what the others still say.'),
  places: texts('Where the value before is still used after the change, as `path:line`, at most five.'),
}

/** A value on which several files agreed at base and that the change alters in only some of them. Source: lines of configuration at base and head. */
export type AgreementFact = FactOf<'agreement', typeof agreementFields>

export const agreementKind = {
  name: 'agreement',
  doc: 'A path, port or service name on which several configuration files agreed before the change, and that it alters in only some of them.',
  fields: agreementFields,
  wants: () => false,
  concerns: paths => paths.some(agrees),
  load: async () => (await import('./extract.ts')).extractAgreements,
} satisfies FactKind
