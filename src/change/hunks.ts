import { structuredPatch } from 'diff'
import type { Hunk } from './types.ts'

/** Texts that differ in more lines count as wholly changed: finding the shortest difference takes quadratic time. */
const maxEditLength = 4000

/** The line ranges in which two texts differ. A side that does not exist is undefined: all lines of the other are changed. */
export function hunksBetween(base: string | undefined, head: string | undefined): readonly Hunk[] {
  if (base === undefined || head === undefined) return wholeFile(base, head)
  if (base === head) return []
  if (leastEdits(base, head) > maxEditLength) return wholeFile(base, head)
  const patch = structuredPatch('', '', base, head, '', '', { context: 0, maxEditLength, stripTrailingCr: true })
  if (!patch) return wholeFile(base, head)
  return patch.hunks.map(hunk => ({
    baseStart: hunk.oldStart,
    baseCount: hunk.oldLines,
    headStart: hunk.newStart,
    headCount: hunk.newLines,
  }))
}

/** Lines that only one side has, whatever their order: no difference is shorter, and counting them is quick. */
function leastEdits(base: string, head: string): number {
  const counts = new Map<string, number>()
  for (const line of base.split(/\r?\n/)) counts.set(line, (counts.get(line) ?? 0) + 1)
  for (const line of head.split(/\r?\n/)) counts.set(line, (counts.get(line) ?? 0) - 1)
  let edits = 0
  for (const count of counts.values()) edits += Math.abs(count)
  return edits
}

function wholeFile(base: string | undefined, head: string | undefined): readonly Hunk[] {
  return [{ baseStart: 1, baseCount: countLines(base ?? ''), headStart: 1, headCount: countLines(head ?? '') }]
}

function countLines(text: string): number {
  if (text === '') return 0
  let count = text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  return count
}
