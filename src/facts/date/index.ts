import type { Artifact, Language } from '../../artifact/types.ts'
import { flag, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const dateFields = {
  expression: text('The calculation as written, on one line.'),
  unit: word(
    ['year', 'month', 'clock'],
    'What is added to: the year or the month of a date with the day kept; or the difference of two clock readings where only a positive number is taken.',
  ),
  fromSameDate: flag(
    'The new year or month is that of the same date plus or minus something; else it comes from elsewhere.',
  ),
  raises: text('What is raised when the day does not exist; empty where the library moves to another day.'),
  guarded: flag('The code around it catches that, or treats 29 February or the last days of a month by itself.'),
}

/** Calendar arithmetic by field: a part of a date is replaced and the day is kept. */
export type DateFact = FactOf<'date', typeof dateFields>

const languages: readonly Language[] = ['python', 'ruby', 'java', 'kotlin', 'csharp', 'rust', 'go']

export const dateKind = {
  name: 'date',
  doc: 'Calendar arithmetic by field (year plus one, month plus one, the day kept) on lines the change adds or alters. Read in Python, Ruby, Java, Kotlin, C#, Rust; the clock form in Go.',
  fields: dateFields,
  wants: (artifact: Artifact) =>
    artifact.role === 'live' &&
    languages.includes(artifact.language) &&
    /year|month|rand\.(?:Int|N\()/i.test(artifact.head?.text ?? ''),
  load: async () => (await import('./extract.ts')).extractDates,
} satisfies FactKind
