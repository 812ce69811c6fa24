import type { Artifact, Language } from '../../artifact/types.ts'
import { flag, number, optional, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const loopFields = {
  form: word(
    ['failing', 'poll'],
    'An endless loop or a retry that, after a failure, begins again at once and only notes the failure; or a timer that calls over the network.',
  ),
  log: text('The statement that notes the failure, on one line; for a timer, the call that sets it.'),
  trace: flag('What is noted holds the whole error: back-trace, stack, exception.'),
  blocks: flag('The repeated code waits for something by itself (a message, a connection), as far as its words tell.'),
  periodMs: optional(number('Milliseconds between two runs of a timer, where it is a literal.')),
  perElement: flag('A timer is set for every element of a list.'),
}

/** A loop that runs without end, added or altered by the change. */
export type LoopFact = FactOf<'loop', typeof loopFields>

const languages: readonly Language[] = ['ruby', 'python', 'javascript', 'typescript', 'tsx']

export const loopKind = {
  name: 'loop',
  doc: 'An endless loop (or retry) whose failures are noted and repeated without a pause, and a timer that repeats network calls whether or not the last one has ended; only those that base does not have.',
  fields: loopFields,
  wants: (artifact: Artifact) =>
    artifact.head !== undefined &&
    artifact.role === 'live' &&
    languages.includes(artifact.language) &&
    /\bretry\b|\bloop\b|\bwhile\b|for\s*\(\s*;|setInterval/.test(artifact.head.text),
  load: async () => (await import('./extract.ts')).extractLoops,
} satisfies FactKind
