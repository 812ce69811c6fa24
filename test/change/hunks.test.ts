import { expect, test } from 'vitest'
import { hunksBetween } from '../../src/change/hunks.ts'

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
