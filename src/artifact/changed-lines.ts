import type { Hunk } from '../change/types.ts'
import { type LineIndex, lineText } from '../text/lines.ts'

/** A line that the change takes away (at base) or adds (at head). */
export interface ChangedLine {
  readonly text: string
  /** From 1. */
  readonly line: number
}

/** Lines of one hunk that are looked at: a file that is written anew says little line by line. */
const mostOfHunk = 2000

/** The lines that the hunks take from one side. */
export function changedLines(lines: LineIndex, hunks: readonly Hunk[], side: 'base' | 'head'): readonly ChangedLine[] {
  return hunks.flatMap(hunk => {
    const [start, count] = side === 'base' ? [hunk.baseStart, hunk.baseCount] : [hunk.headStart, hunk.headCount]
    return Array.from({ length: Math.min(count, mostOfHunk) }, (_, at) => ({
      text: lineText(lines, start + at),
      line: start + at,
    }))
  })
}
