import { text, texts } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { isDefaults } from './names.ts'

export const overrideFields = {
  setting: text('Path of the setting in the defaults: `proxy.resources.limits.memory`.'),
  from: text('The default before, as written.'),
  to: text('The default after the change, as written.'),
  kept: text('What the first of the other files still sets, as written.'),
  places: texts(
    'Values files that set it to something between the two, as `path:line`, at most five: more than the old default, less than the new.',
  ),
}

/** A default that the change raises past what the values of single installations raised it to before. Source: values files of Helm at head. */
export type OverrideFact = FactOf<'override', typeof overrideFields>

export const overrideKind = {
  name: 'override',
  doc: 'A default of a Helm chart (memory, processors, instances) that the change raises beyond what some installation sets, which had raised it itself.',
  fields: overrideFields,
  wants: artifact =>
    artifact.kind === 'helm-values' &&
    artifact.role === 'live' &&
    artifact.base !== undefined &&
    artifact.head !== undefined &&
    isDefaults(artifact.path),
  load: async () => (await import('./extract.ts')).extractOverrides,
} satisfies FactKind
