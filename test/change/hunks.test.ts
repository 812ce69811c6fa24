import { expect, test } from 'vitest'
import { hunksBetween } from '../../src/change/hunks.ts'

const numbered = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => `line ${from + at}`)
const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`

/** Head as base with its hunks filled in from head: what a correct difference gives back. */
function applied(base: string, head: string): string {
  const split = (all: string) => all.split(/(?<=\n)/)
  const [old, fresh] = [split(base), split(head)]
  const out: string[] = []
  let at = 0
  for (const { baseStart, baseCount, headStart, headCount } of hunksBetween(base, head)) {
    out.push(...old.slice(at, baseStart - 1), ...fresh.slice(headStart - 1, headStart - 1 + headCount))
    at = baseStart - 1 + baseCount
  }
  return [...out, ...old.slice(at)].join('')
}

test('a small difference is the shortest', () => {
  expect(hunksBetween('a\nb\nc\n', 'a\nB\nc\nd\n')).toEqual([
    { baseStart: 2, baseCount: 1, headStart: 2, headCount: 1 },
    { baseStart: 4, baseCount: 0, headStart: 4, headCount: 1 },
  ])
})

test('among thousands of changed lines those that stay are not changed', () => {
  const base = text(numbered(3000))
  const changed = numbered(3000).map((line, at) => (at % 2 === 0 ? `${line}!` : line))
  const hunks = hunksBetween(base, text(changed))
  expect(hunks).toHaveLength(1500)
  expect(hunks[1]).toEqual({ baseStart: 3, baseCount: 1, headStart: 3, headCount: 1 })
})

test('a large block in the middle is one hunk', () => {
  const base = text([...numbered(50), 'tail'])
  const head = text([...numbered(50), ...numbered(2000, 9000), 'tail'])
  expect(hunksBetween(base, head)).toEqual([{ baseStart: 51, baseCount: 0, headStart: 51, headCount: 2000 }])
})

test('texts without a line in common are one hunk', () => {
  expect(hunksBetween(text(numbered(900)), text(numbered(900, 5000)))).toEqual([
    { baseStart: 1, baseCount: 900, headStart: 1, headCount: 900 },
  ])
})

test('line ends of Windows are no difference', () => {
  const lines = numbered(1200)
  const head = text(lines.map((line, at) => (at === 600 ? 'new' : line))).replaceAll('\n', '\r\n')
  expect(hunksBetween(text(lines), head)).toEqual([{ baseStart: 601, baseCount: 1, headStart: 601, headCount: 1 }])
})

test('moved, doubled and cut lines give a true difference', () => {
  const base = text([...numbered(700), ...numbered(300), 'x', ...numbered(700, 2000)])
  const head = text([...numbered(700, 2000), 'x', 'x', ...numbered(500, 100), ...numbered(300, 7000)])
  expect(applied(base, head)).toBe(head)
  expect(applied(base, head.slice(0, -1))).toBe(head.slice(0, -1))
})

const lines = (count: number, word: string): string =>
  Array.from({ length: count }, (_, i) => `${word} ${i}\n`).join('')

test('the changed lines of both sides, whatever ends a line', () => {
  expect(hunksBetween('a\nb\nc\n', 'a\r\nB\r\nc\r\n')).toEqual([
    { baseStart: 2, baseCount: 1, headStart: 2, headCount: 1 },
  ])
  expect(hunksBetween('a\nb\n', 'a\nb\n')).toEqual([])
  expect(hunksBetween(undefined, 'a\nb')).toEqual([{ baseStart: 1, baseCount: 0, headStart: 1, headCount: 2 }])
})

test('lines that change places are found as far as the search goes', () => {
  expect(hunksBetween(`x\n${lines(3000, 'kept')}`, `${lines(3000, 'kept')}x\n`)).toHaveLength(2)
})

test('many large files that share nothing are told at once, as wholly changed', () => {
  const [base, head] = [lines(6000, 'old'), lines(6000, 'new')]
  for (let file = 0; file < 100; file++)
    expect(hunksBetween(base, head)).toEqual([{ baseStart: 1, baseCount: 6000, headStart: 1, headCount: 6000 }])
})

test.each([
  ['a text that starts with an empty line', '\n\n# a\nb\n', 'c\n# a\nb\n'],
  ['a line more at the end', 'a\nb\n', 'a\nb\nc\n'],
  ['a last line without an end', 'a\nb', 'a\nb\nc\n'],
  ['the first of equal lines gone', 'a\na\na\nb\n', 'a\na\nb\n'],
  ['everything gone', 'a\nb\n', ''],
  ['ends that look alike', 'x\nab\n', 'x\nb\n'],
  ['ends that look alike, without a line end', 'x\nab', 'x\nb'],
])('the hunks turn base into head: %s', (_, base, head) => {
  expect(applied(base, head)).toBe(head)
})
