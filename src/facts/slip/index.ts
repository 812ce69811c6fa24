import { type Language, programmingLanguages } from '../../artifact/types.ts'
import { text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { settingLanguages } from './languages.ts'

export const slipFields = {
  what: word(
    [
      'superclass',
      'constant-again',
      'defined-twice',
      'loop-variable',
      'eager-load',
      'null-excluded',
      'connects-once',
      'no-timeout',
      'client-per-request',
      'effect-loop',
      'secret-literal',
      'secret-logged',
      'guard-off',
      'tls-unverified',
      'token-unverified',
      'lock-kept',
      'failure-swallowed',
      'key-locked',
      'noindex',
      'self-upgrade',
      'shared-default',
      'fresh-group',
      'locks-table',
      'idempotency-gone',
      'payload-field-gone',
      'version-gone',
      'sent-before-marked',
      'job-per-row',
      'value-reused',
      'panics-on-reload',
      'newly-required',
      'frequent-scan',
      'error-crashes',
      'pointer-unasked',
      'id-narrowed',
      'memo-of-request',
      'answer-shared',
      'noted-too-late',
      'route-unguarded',
      'slash-lost',
      'empty-means-all',
      'queue-without-worker',
      'channel-left',
    ],
    'A class that another file gives another superclass; a constant of the whole program that another file sets; a function or method that stands twice in one scope; the address or closure of a loop variable that is one and the same for all rounds (Go before 1.22); a relation that is loaded with every object; a condition that begins to leave out rows without the field; a connection that is opened once, when the file is loaded, and never again; a call to another service that can wait for ever; a pool or client with connections of its own that is made for each request and not closed; an effect of React that starts itself again; a password or token written out; a password or token written to the log; the protection that a tool has for production databases switched off; a certificate that is no longer verified; a token whose signature is no longer verified; a lock that an early return keeps (Go); an uncaught error that is passed over; a key whose policy no longer lets its account in; pages that ask search engines to forget them; machines that begin to upgrade themselves; a list or map as default of a parameter that the function fills (Python); a consumer group with a new name at each start; a lock on a whole table taken by the application; a payment that loses its key against being sent twice; a field that leaves what is sent to others; a version of a public interface whose routes are gone; something that is sent for all of a list before it is written down for any; rows saved in a loop while their model enqueues a job for each; a number that gets another meaning while code for the old one is there; settings taken over at run time that end the program when they cannot be read; a field without which what was stored or queued before is not read; a periodic task that looks at whole tables every few minutes; an error that was handed to the caller and now stops the process (Go, Rust); a pointer that this file asks about elsewhere, read without asking (Go); an id of 64 bits cut to 32; a memo on a class made from the request at hand (Ruby); an answer for one visitor that shared caches may now keep; what was sent, written down only after a whole loop (Python); a route without the guard that all others of the file have; the slash between two parts of an address that is gone; a tool that refused to run without being told on what, and now takes everything; a queue from which no process takes jobs; a topic or queue that is renamed where it is sent to (or read from) while the other side keeps the old name.',
  ),
  name: text(
    'The class, constant, function, variable, relation, field, version or call; of `channel-left` which side the file is on: `sends` or `receives`.',
  ),
  before: text(
    '`superclass`, `constant-again`: what the other file says; `null-excluded`: the condition before; `job-per-row`: the callback; `value-reused`: the old name; `newly-required`: the shape; `frequent-scan`: how often; `answer-shared`: the header before; `route-unguarded`: the guard of the others; `slash-lost`: the line before; `channel-left`: the old name.',
  ),
  after: text(
    'What this file says. `job-per-row`: `all` rows or `some`; `value-reused`: the number; `panics-on-reload`: the call.',
  ),
  otherAt: text('The other place, as `path:line`; empty where there is none.'),
}

/** A known slip in source code that the change adds: it compiles, passes small tests, and fails in production. */
export type SlipFact = FactOf<'slip', typeof slipFields>

const languages: readonly Language[] = [...programmingLanguages, 'scala', 'sql', 'template', ...settingLanguages]

export const slipKind = {
  name: 'slip',
  doc: 'A slip in source code that compiles, passes small tests and fails in production: a class with two superclasses, a loop variable captured, a call without a time limit.',
  fields: slipFields,
  wants: ({ head, role, language }) =>
    head !== undefined &&
    ((role === 'live' && languages.includes(language)) || (role === 'test' && language === 'ruby')),
  load: async () => (await import('./extract.ts')).extractSlips,
} satisfies FactKind
