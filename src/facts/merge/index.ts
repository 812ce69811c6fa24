import { flag, number, optional, text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { days } from './clock.ts'

export const mergeFields = {
  configured: flag('The configuration has a merge window; without one, weekdays before 15:30 count as open'),
  closed: flag('Merging is outside the window, or in a freeze'),
  frozen: flag('A freeze covers the day'),
  freeze: text('The freeze as configured, such as `2026-12-24..2027-01-02`; empty when none'),
  day: word(days, 'Local day of the week'),
  weekday: text('Local day of the week in full, such as `Wednesday`'),
  localDate: text('Local date, such as `2026-11-18`'),
  localTime: text('Local time on a clock of 24 hours, such as `16:10`'),
  zone: text('Where the time is local: the configured time zone, or the UTC offset of the head commit'),
  minutesAfterClose: optional(number('Minutes since the window closed, on a day on which it was open before')),
  reason: text('Why merging is closed, as part of a sentence; empty when it is open'),
  opensAt: text('When it opens again, as part of a sentence; empty when it is open, or does not open within a year'),
  exemptBy: text('What lifts the window: `the label emergency`, `the author dependabot[bot]`; empty when nothing does'),
  preview: flag('Nothing merges yet: the head is a work tree, an index or a patch'),
  labels: texts('Labels of the pull request'),
  author: text('Author of the pull request; empty when unknown'),
  risky: flag('The change holds a migration: what a revert of the code does not take back'),
  files: number('Changed files that the window is about: neither exempt by path, nor documentation, tests or examples'),
}

export type MergeFact = FactOf<'merge', typeof mergeFields>

export const mergeKind = {
  name: 'merge',
  doc: 'The time at which the change would be merged: one fact for the whole change, on its first file.',
  fields: mergeFields,
  wants: () => false,
  concerns: paths => paths.length > 0,
  load: async () => (await import('./extract.ts')).extractMerge,
} satisfies FactKind
