import { changedLines } from '../../artifact/changed-lines.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import { type Span, spanOf } from '../../text/lines.ts'
import type { SafeguardFact } from './index.ts'

/** A safeguard that one file loses, before it is placed there. */
export type Loss = Pick<SafeguardFact, 'what' | 'name'> &
  Partial<Pick<SafeguardFact, 'before' | 'after' | 'acts'>> & { readonly span: Span }

/** The two sides of one file whose changed lines are compared. */
export interface Sides {
  readonly artifact: Artifact
  readonly base: Source
  readonly head: Source
  /** Changed lines of either side, without those that are comments. */
  readonly gone: readonly string[]
  readonly come: readonly string[]
  /** Lines that the whole change adds, over all files: what is among them moved. */
  readonly arrived: string
}

/** A call with its arguments, and the calls chained to it. */
export interface Call {
  readonly name: string
  readonly start: number
  readonly text: string
}

const comment = /^\s*(#(?!\[)|\/\/|\*|\/\*|--\s)/

/** Texts of the lines that the change takes away (base) or adds (head). */
export const changedTexts = ({ hunks }: Artifact, source: Source, side: 'base' | 'head'): readonly string[] =>
  changedLines(source.lines, hunks, side).map(({ text }) => text)

export const withoutComments = (lines: readonly string[]): readonly string[] =>
  lines.filter(line => !comment.test(line))

const closing: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' }

/** Calls of a text whose name matches, each up to the end of its arguments and of what is chained to it. */
export function callsOf(text: string, pattern: RegExp): readonly Call[] {
  return [...text.matchAll(pattern)].flatMap(match => {
    const start = match.index
    const line = text.slice(text.lastIndexOf('\n', start) + 1, start)
    if (comment.test(`${line}x`) || /(#|\/\/)\s[^"'`]*$/.test(line)) return []
    const end = endOf(text, start + match[0].length)
    return [{ name: match[0].replace(/[\s({]+$/, ''), start, text: text.slice(start, end) }]
  })
}

/** Where a call that began before `from` ends: behind its brackets and the links `.name(…)` that follow. */
function endOf(text: string, from: number): number {
  let at = from
  for (let links = 0; links < 30; links++) {
    const opens = /^\s*(?:<[\w, .]*>)?\s*([({])/.exec(text.slice(at, at + 80))
    if (opens === null) return at
    at = behind(text, at + opens[0].length - 1)
    const link = /^\s*\??\.\w+/.exec(text.slice(at, at + 200))
    if (link === null) return at
    at += link[0].length
  }
  return at
}

/** Behind the bracket that closes the one at `open`; brackets inside of strings are not counted as far as a line tells. */
function behind(text: string, open: number): number {
  const stack: string[] = []
  let quote = ''
  for (let at = open; at < Math.min(text.length, open + 3000); at++) {
    const character = text.charAt(at)
    if (quote !== '') {
      if (character === '\\') at++
      else if (character === quote || (character === '\n' && quote !== '`')) quote = ''
      continue
    }
    if (character === '"' || character === "'" || character === '`') quote = character
    else if (closing[character] !== undefined) stack.push(closing[character])
    else if (character === stack.at(-1) && stack.pop() !== undefined && stack.length === 0) return at + 1
  }
  return Math.min(text.length, open + 3000)
}

/** Calls that stand on both sides, first with first: only where as many of the same name are left. */
export function pairsOf({ base, head }: Sides, pattern: RegExp): readonly (readonly [Call, Call])[] {
  const now = callsOf(head.text, pattern)
  const old = callsOf(base.text, pattern)
  const names = new Set(old.map(({ name }) => name))
  return [...names].flatMap(name => {
    const [before, after] = [old.filter(call => call.name === name), now.filter(call => call.name === name)]
    if (before.length !== after.length) return []
    return before.flatMap((call, at): (readonly [Call, Call])[] => {
      const other = after[at]
      return other === undefined || other.text === call.text ? [] : [[call, other]]
    })
  })
}

export const spanAt = (source: Source, call: Call): Span =>
  spanOf(source.lines, call.start, call.start + call.name.length)

/** The span of the first line of head that holds the text. */
export function spanOfText(source: Source, text: string): Span | undefined {
  const at = source.text.indexOf(text)
  return at === -1 || text === '' ? undefined : spanOf(source.lines, at, at + text.length)
}

export const short = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}

export const countOf = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length
