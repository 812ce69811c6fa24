import type { Artifact } from '../../artifact/types.ts'
import { flag, number, optional, text } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const retryFields = {
  header: text('First line of the loop, as written.'),
  attempts: optional(
    number('Most attempts the loop makes, where it is a literal or a constant of the file; absent when unbounded.'),
  ),
  baseAttempts: optional(number('Most attempts at base of the same file, where the constant stood there too.')),
  waits: flag('Sleeps, backs off or schedules between attempts.'),
  remote: flag('The repeated code talks to another process: HTTP, Redis, a database, a queue.'),
}

/** A loop that tries something again after a failure, added or altered by the change. */
export type RetryFact = FactOf<'retry', typeof retryFields>

const languages: readonly Artifact['language'][] = ['ruby', 'python', 'javascript', 'typescript', 'tsx']

export const retryKind = {
  name: 'retry',
  doc: 'A loop that swallows a failure and tries again until it succeeds, added or altered by the change (the loop itself or the constant that bounds it).',
  fields: retryFields,
  wants: (artifact: Artifact) =>
    artifact.head !== undefined &&
    artifact.role === 'live' &&
    languages.includes(artifact.language) &&
    /\b(rescue|except|catch)\b/.test(artifact.head.text),
  load: async () => (await import('./extract.ts')).extractRetries,
} satisfies FactKind
