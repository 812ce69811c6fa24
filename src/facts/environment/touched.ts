import type { Artifact } from '../../artifact/types.ts'
import type { Hunk, Side } from '../../change/types.ts'
import { lineText } from '../../text/lines.ts'

/** Is there, among the lines that the change adds (head) or removes (base), one that matches? Cheaper than parsing. */
export function someTouchedLine(artifact: Artifact, side: Side, pattern: RegExp): boolean {
  const lines = artifact[side]?.lines
  if (lines === undefined) return false
  return artifact.hunks.some(hunk => {
    const [start, count] = side === 'head' ? [hunk.headStart, hunk.headCount] : [hunk.baseStart, hunk.baseCount]
    for (let line = start; line < start + count; line++) if (pattern.test(lineText(lines, line))) return true
    return false
  })
}

/** Does the change add or alter this line of the head? */
export function isTouched(hunks: readonly Hunk[], line: number): boolean {
  return hunks.some(hunk => line >= hunk.headStart && line < hunk.headStart + hunk.headCount)
}
