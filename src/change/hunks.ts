import { structuredPatch } from 'diff'
import type { Hunk } from './types.ts'

/** Most lines in which two texts (or two parts of them) may differ for the shortest difference: it takes quadratic time. */
const maxEditLength = 400

/** The line ranges in which two texts differ. A side that does not exist is undefined: all lines of the other are changed. */
export function hunksBetween(base: string | undefined, head: string | undefined): readonly Hunk[] {
  if (base === undefined || head === undefined) return wholeFile(base, head)
  if (base === head) return []
  const { start, baseEnd, headEnd } = differingPart(base, head)
  const line = countLines(base.slice(0, start))
  const [from, to] = [base.slice(start, baseEnd), head.slice(start, headEnd)]
  const hunks = isOneHunk(from, to) ? wholeFile(from, to) : hunksIn(base.slice(start), head.slice(start))
  return hunks.map(hunk => ({ ...hunk, baseStart: hunk.baseStart + line, headStart: hunk.headStart + line }))
}

/** Nothing is left to compare: lines on one side only, or a line that became another. */
function isOneHunk(base: string, head: string): boolean {
  return base === '' || head === '' || (countLines(base) === 1 && countLines(head) === 1)
}

function hunksIn(base: string, head: string): readonly Hunk[] {
  const found = leastEdits(base, head) > maxEditLength ? undefined : shortest(base, head)
  return found ?? anchored(linesOf(base), linesOf(head))
}

/** Offsets of whole lines between which two texts differ: most changes touch few lines of a file. */
function differingPart(base: string, head: string): { start: number; baseEnd: number; headEnd: number } {
  const shorter = Math.min(base.length, head.length)
  let same = 0
  while (same < shorter && base.charCodeAt(same) === head.charCodeAt(same)) same++
  const start = same === 0 ? 0 : base.lastIndexOf('\n', same - 1) + 1
  let tail = 0
  while (tail < shorter - start && base.charCodeAt(base.length - 1 - tail) === head.charCodeAt(head.length - 1 - tail))
    tail++
  const isLineStart = (text: string): boolean => {
    const at = text.length - tail
    return at === start || text.charAt(at - 1) === '\n'
  }
  if (!isLineStart(base) || !isLineStart(head)) {
    const end = base.indexOf('\n', base.length - tail)
    tail = end === -1 ? 0 : base.length - end - 1
  }
  return { start, baseEnd: base.length - tail, headEnd: head.length - tail }
}

/** Undefined when the texts differ in too many lines. */
function shortest(base: string, head: string): readonly Hunk[] | undefined {
  return structuredPatch('', '', base, head, '', '', { context: 0, maxEditLength, stripTrailingCr: true })?.hunks.map(
    hunk => ({
      baseStart: hunk.oldStart,
      baseCount: hunk.oldLines,
      headStart: hunk.newStart,
      headCount: hunk.newLines,
    }),
  )
}

/** Lines with their ends, which count: without one at the end of the file the last line is another. */
function linesOf(text: string): readonly string[] {
  return text.replaceAll('\r\n', '\n').split(/(?<=\n)/)
}

/** A line at its index in base and in head. */
type Anchor = readonly [base: number, head: number]

/** Cuts two texts at the lines that each of them has just once, and compares what lies between (a "patience" diff). */
function anchored(base: readonly string[], head: readonly string[]): readonly Hunk[] {
  const hunks: Hunk[] = []
  let [b, h] = [0, 0]
  for (const [atBase, atHead] of [...anchorsOf(base, head), [base.length, head.length] as const]) {
    const part = [base.slice(b, atBase), head.slice(h, atHead)] as const
    for (const hunk of between(...part)) {
      hunks.push({ ...hunk, baseStart: hunk.baseStart + b, headStart: hunk.headStart + h })
    }
    ;[b, h] = [atBase + 1, atHead + 1]
  }
  return hunks
}

function between(base: readonly string[], head: readonly string[]): readonly Hunk[] {
  if (base.length === 0 && head.length === 0) return []
  const whole = [{ baseStart: 1, baseCount: base.length, headStart: 1, headCount: head.length }]
  return base.length === 0 || head.length === 0 ? whole : (shortest(base.join(''), head.join('')) ?? whole)
}

/** The longest series of lines, each once in both texts, that stand in the same order. */
function anchorsOf(base: readonly string[], head: readonly string[]): readonly Anchor[] {
  const inHead = onceEach(head)
  const common: Anchor[] = []
  for (const [line, atBase] of onceEach(base)) {
    const atHead = inHead.get(line)
    if (atHead !== undefined) common.push([atBase, atHead])
  }
  common.sort((one, other) => one[0] - other[0])
  return longestRising(common)
}

function onceEach(lines: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const twice = new Set<string>()
  for (const [at, line] of lines.entries()) {
    if (found.has(line)) twice.add(line)
    else found.set(line, at)
  }
  for (const line of twice) found.delete(line)
  return found
}

/** By piles, as in the card game: each anchor remembers the top of the pile to its left. */
function longestRising(anchors: readonly Anchor[]): readonly Anchor[] {
  const tops: number[] = []
  const left: (number | undefined)[] = []
  const headOf = (index: number | undefined): number => anchors[index ?? -1]?.[1] ?? -1
  for (const [index, [, atHead]] of anchors.entries()) {
    let [low, high] = [0, tops.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (headOf(tops[middle]) < atHead) low = middle + 1
      else high = middle
    }
    left.push(tops[low - 1])
    tops[low] = index
  }
  const series: Anchor[] = []
  for (let at = tops.at(-1); at !== undefined; at = left[at]) {
    const anchor = anchors[at]
    if (anchor) series.push(anchor)
  }
  return series.reverse()
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
