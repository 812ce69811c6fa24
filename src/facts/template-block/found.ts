import type { TemplateBlockFact } from './index.ts'

/** One thing that is wrong with the blocks of a text. Offsets are those of the text. */
export interface Fault {
  readonly problem: TemplateBlockFact['problem']
  readonly start: number
  readonly end: number
  readonly wanted: string
  /** Of `crossed`: the tag that is still open there. Either of the two can be the mistake. */
  readonly opener?: { readonly start: number; readonly end: number }
}

/** A tag that begins or ends a block. */
export interface Tag {
  readonly name: string
  readonly opens: boolean
  readonly start: number
  readonly end: number
}

/** Goes through the tags of a text in order and tells the first that does not fit. */
export function firstFault(tags: readonly Tag[], closing: (name: string) => string): Fault | undefined {
  const open: Tag[] = []
  for (const tag of tags) {
    const { start, end } = tag
    if (tag.opens) {
      open.push(tag)
      continue
    }
    const last = open.pop()
    if (last === undefined) return { problem: 'unopened', start, end, wanted: '' }
    if (last.name !== tag.name)
      return {
        problem: 'crossed',
        start,
        end,
        wanted: closing(last.name),
        opener: { start: last.start, end: last.end },
      }
  }
  const left = open.at(-1)
  return left && { problem: 'unclosed', start: left.start, end: left.end, wanted: closing(left.name) }
}

/** Where text begins that the engine does not look into, and what ends it. */
export interface Silent {
  /** Global. */
  readonly begins: RegExp
  readonly ends: (found: RegExpExecArray) => RegExp
}

/** The text with comments and raw parts replaced by blanks of the same length. Each end is searched for once at most. */
export function withoutSilent(text: string, parts: readonly Silent[]): string {
  let left = text
  for (const { begins, ends } of parts) {
    const pieces: string[] = []
    let from = 0
    begins.lastIndex = 0
    for (let found = begins.exec(left); found !== null; found = begins.exec(left)) {
      const end = ends(found)
      end.lastIndex = begins.lastIndex
      const last = end.exec(left)
      if (last === null) break
      const to = last.index + last[0].length
      pieces.push(left.slice(from, found.index), left.slice(found.index, to).replace(/[^\n]/g, ' '))
      from = to
      begins.lastIndex = to
    }
    left = pieces.join('') + left.slice(from)
  }
  return left
}

/**
 * The first tag that nothing closes: another one begins, or the text ends, before its end comes. `skipped`: strings of the
 * engine's language, in which both may stand.
 */
export function openTag(text: string, begins: string, ends: string, skipped?: RegExp): Fault | undefined {
  let open = -1
  for (let at = 0; at <= text.length; at++) {
    const isEnd = at === text.length
    if (open !== -1 && (isEnd || text.startsWith(begins, at))) {
      const line = text.indexOf('\n', open)
      const end = Math.max(open + begins.length, text.slice(0, line === -1 ? undefined : line).trimEnd().length)
      return { problem: 'output', start: open, end, wanted: ends }
    }
    if (isEnd) return undefined
    if (open === -1) {
      const next = text.indexOf(begins, at)
      if (next === -1) return undefined
      open = next
      at = next + begins.length - 1
      continue
    }
    if (text.startsWith(ends, at)) {
      open = -1
      at += ends.length - 1
      continue
    }
    if (skipped !== undefined) {
      skipped.lastIndex = at
      at += Math.max(0, (skipped.exec(text)?.[0].length ?? 0) - 1)
    }
  }
  return undefined
}

/** A part that always ends the same way. */
export const between = (begins: RegExp, end: RegExp): Silent => ({ begins, ends: () => end })
