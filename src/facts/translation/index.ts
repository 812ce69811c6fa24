import { isTranslation } from '../../artifact/translation-path.ts'
import type { Artifact } from '../../artifact/types.ts'
import { text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const translationFields = {
  problem: word(
    ['not-passed', 'not-in-default', 'key-gone'],
    '`not-passed`: a placeholder is new in a text, and a call of the code at head does not pass it. `not-in-default`: a placeholder is new in a translation, and the text in the default language has none of that name. `key-gone`: a text is gone that code at head asks for.',
  ),
  key: text('Key of the text without the language: `mail.hello`.'),
  placeholder: text('Name of the placeholder as written, with its braces; empty for `key-gone`.'),
  expected: texts('Placeholders that the call passes or the default language has.'),
  usedAt: text('The call, as `path:line`; for `not-in-default` the file of the default language.'),
  library: word(
    ['rails', 'other'],
    'Rails raises an error for a value that is not passed; others show the placeholder.',
  ),
}

/** A text of a translation file and the code or the default language that no longer fit it. */
export type TranslationFact = FactOf<'translation', typeof translationFields>

export const translationKind = {
  name: 'translation',
  doc: 'A text for people whose placeholders no longer fit what the code passes or what the default language has, or that is gone while code asks for it. Only literal keys are followed.',
  fields: translationFields,
  wants: ({ path, language, role, base }: Artifact) =>
    role === 'live' && base !== undefined && (language === 'yaml' || language === 'json') && isTranslation(path),
  load: async () => (await import('./extract.ts')).extractTranslations,
} satisfies FactKind
