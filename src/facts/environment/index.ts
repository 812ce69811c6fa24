import { isTranslation } from '../../artifact/translation-path.ts'
import type { Language } from '../../artifact/types.ts'
import { flag, number, text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const environmentFields = {
  what: word(
    ['value', 'missing', 'removed', 'dangling', 'asymmetric', 'placeholder', 'malformed', 'credential', 'one-sided'],
    'A value that belongs to another environment; a key that code now needs and nobody sets; a key that is taken away while code reads it; a reference to a Secret or ConfigMap that is not there; a key that only lower environments get; a value that somebody still has to fill in; a value that no longer is what it was (JSON, a URL); credentials that a client loses; a value that two programs share and that one of them changes alone.',
  ),
  key: text('Name of the key or environment variable, or path of the value.'),
  value: text('Value after the change, at most 120 characters.'),
  baseValue: text('Value before; empty when there was none.'),
  own: word(['production', 'lower', 'unknown'], 'Environment that the file or the section belongs to.'),
  other: text('Environment that the value names, such as `staging`; empty when it names none.'),
  baseNamed: text('Environment that the value named before.'),
  account: text('Cloud account, project or subscription of the value, when the change replaces another one.'),
  baseAccount: text('The account before.'),
  accountElsewhere: flag('The same resource is named with the account before in other files.'),
  accountIsLower: flag('Only files of lower environments use the new account.'),
  accountIsNew: flag('No other file of the repository names the new account, and several name the old one.'),
  foundIn: text('A file of another environment that holds the value; empty when there is none.'),
  address: flag('The value is an address: host, URL, IP or resource name.'),
  required: flag('The code fails without the key (no default).'),
  credential: flag('By its name the key is a secret, an address or an account.'),
  coverage: number('Share of the other keys that the code reads which the places of production declare, 0 to 1.'),
  declaredIn: text('Where the key is declared though not for production, such as `.env.example`; empty for nowhere.'),
  placesOfProduction: texts('Files that declare keys for production.'),
  readers: texts('Files of code that read the key, or files that refer to the object.'),
  reason: word(
    ['key', 'object', 'none'],
    'For a dangling reference: the object exists without the key, or the object itself is gone.',
  ),
  readByChange: flag('Code that the change adds names the key.'),
}

/** A value or a key in the wrong environment. Source: configuration at base and head, and the code that reads it. */
export type EnvironmentFact = FactOf<'environment', typeof environmentFields>

const data: readonly Language[] = ['yaml', 'json', 'jsonc', 'toml', 'hcl', 'dockerfile', 'procfile', 'shell']

/** Code that reads its environment or a configuration. */
const readsKeys = /\bENV\b|environ|getenv|process\.env|import\.meta\.env|\benv[(.[]|\bEnv\b|config|settings/i

export const environmentKind = {
  name: 'environment',
  doc: 'A value or key in the wrong environment: an address of staging in a production file, a key that code needs and nobody sets.',
  fields: environmentFields,
  wants: artifact =>
    artifact.role === 'live' &&
    !(isTranslation(artifact.path) && (artifact.language === 'yaml' || artifact.language === 'json')) &&
    (data.includes(artifact.language) ||
      readsKeys.test(artifact.head?.text ?? '') ||
      readsKeys.test(artifact.base?.text ?? '')),
  // `.env` files and some languages are read here and nowhere else.
  concerns: paths =>
    paths.some(path =>
      /(^|\/)[^/]*\.?env[^/]*$|\.(properties|ini|conf|go|java|kt|scala|rs|cs|php|ex|exs)$/i.test(path),
    ),
  load: async () => (await import('./extract.ts')).extractEnvironment,
} satisfies FactKind
