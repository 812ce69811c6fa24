import type { PatternFact } from './index.ts'

/** A regular expression found in a file. Offsets are those of the file. */
export interface Pattern {
  readonly source: string
  readonly flags: string
  readonly engine: PatternFact['engine']
  readonly place: PatternFact['place']
  readonly start: number
  readonly end: number
}
