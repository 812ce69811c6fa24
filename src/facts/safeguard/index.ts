import { type Artifact, type Language, programmingLanguages } from '../../artifact/types.ts'
import { flag, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const safeguardFields = {
  what: word(
    [
      'timeout',
      'lifetime',
      'stampede',
      'rate-limit',
      'backoff',
      'pause',
      'errexit',
      'condition',
      'flag-default',
      'reporting',
      'shared-pool',
      'cache-bound',
      'drain',
      'awaited',
      'eager-load',
      'serial-version',
      'cached-form',
      'panic-guard',
      'config-level',
      'flag-fallback',
    ],
    'A limit on how long a call waits; the time after which a cached entry goes; what keeps many from filling the same entry at once; a limit on requests; the pause or the end of a retry; the pause of an endless loop; `set -e` of a script; the condition of a DELETE or UPDATE; the value taken when a flag cannot be looked up; the share of errors that is reported; a pool that is made once for all requests; the bound of a cache in memory; what a process finishes when it is told to stop; the wait for what a loop starts; the loading of related rows together with those of a query; the version under which objects were serialised; the form of what is kept in a cache under the same key; `recover()` of a Go handler; the level at which a configuration file outside of the repository is read; what ran without a condition, and now only where a flag is on that is off unless it can be looked up.',
  ),
  name: text('The call, command, table, flag or class that was guarded.'),
  before: text('What stood there before, at most 80 characters.'),
  after: text('What stands there now; empty when nothing does.'),
  acts: flag('`errexit`: the script changes something outside of its checkout. `flag-default`: the default is on now.'),
}

/** Something that bounded or protected a piece of code that stays, and that the change takes away from it. */
export type SafeguardFact = FactOf<'safeguard', typeof safeguardFields>

const languages: readonly Language[] = [...programmingLanguages, 'elixir', 'shell']

export const safeguardKind = {
  name: 'safeguard',
  doc: 'Something in code that bounded or protected what stays, and that the change takes away: a timeout, a lifetime, a rate limit, the pause of a retry. What moved to another file is not taken away.',
  fields: safeguardFields,
  wants: ({ base, head, role, language, kind }: Artifact) =>
    base !== undefined &&
    head !== undefined &&
    role === 'live' &&
    languages.includes(language) &&
    !kind.endsWith('-migration'),
  load: async () => (await import('./extract.ts')).extractSafeguards,
} satisfies FactKind
