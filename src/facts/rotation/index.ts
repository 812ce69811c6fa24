import { isRotationPath } from '../../artifact/rotation-path.ts'
import type { Artifact } from '../../artifact/types.ts'
import { flag, number, optional, text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { mentionsRotation } from './places.ts'

export const rotationFields = {
  form: word(
    ['refused', 'misread', 'weakened', 'gone', 'uncovered'],
    'What the change does: a block that logrotate skips, a setting that means something else than it says, old logs that may grow much larger, a log that is no longer rotated, or a log that moved to where nothing rotates it.',
  ),
  problem: word(
    [
      'unknown-unit',
      'bad-number',
      'no-endscript',
      'bad-line',
      'nested-block',
      'unknown-option',
      'frequency-lost',
      'keeps-forever',
      'no-frequency',
      'duplicate-log',
      'matches-no-log',
      'rotates-its-own',
      'keeps-more',
      'cap-raised',
      'cap-removed',
      'less-often',
      'uncompressed',
      'not-reopened',
      'removed',
      'moved',
    ],
    'What is wrong, or what became weaker.',
  ),
  detail: text('What is wrong, as a sentence without its full stop.'),
  logs: texts('Paths and patterns of the logs concerned.'),
  log: text('The first of them.'),
  quickFix: text('The line as it should read; empty where that cannot be told.'),
  resembles: text('The option that an unknown one was probably meant to be; empty when none is close.'),
  growth: optional(
    number(
      'How many times as much may pile up before the oldest log is removed; absent where the settings do not tell.',
    ),
  ),
  rotated: flag('The same log was rotated at base, and by time, as its block said.'),
  replaced: flag('The block, or one beside it, names other logs instead.'),
  unmentioned: flag('Whatever wrote the log leaves with the same change.'),
}

/** A log rotation that the change breaks or weakens. Source: logrotate's files, and such files inside others. */
export type RotationFact = FactOf<'rotation', typeof rotationFields>

/** A path of a log, in whatever file names it. */
const logPath = /\/[\w./-]+\.log\b/

export const rotationKind = {
  name: 'rotation',
  doc: 'A rotation of log files (logrotate) that the change breaks, weakens or takes away.',
  fields: rotationFields,
  wants: (artifact: Artifact) =>
    (artifact.role === 'live' || artifact.role === 'example') &&
    (isRotationPath(artifact.path) ||
      [artifact.head, artifact.base].some(source => source !== undefined && mentionsRotation(source.text)) ||
      (artifact.base !== undefined &&
        artifact.head !== undefined &&
        logPath.test(artifact.base.text) &&
        logPath.test(artifact.head.text))),
  load: async () => (await import('./extract.ts')).extractRotations,
} satisfies FactKind
