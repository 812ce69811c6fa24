import type { Artifact } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
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
