import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../src/artifact/source.ts'
import { inPlace, lineBefore, replacing } from '../../src/facts/rewrite.ts'
import { applyEdits, overlaps } from '../../src/text/edit.ts'
import { indexLines } from '../../src/text/lines.ts'

const at = (line: number, column: number, endColumn: number, text: string) => ({
  line,
  column,
  endLine: line,
  endColumn,
  text,
})

describe('edits', () => {
  test('are made in any order; the first of two that overlap wins', () => {
    const index = indexLines('one two\nthree')
    expect(applyEdits(index, [at(2, 1, 6, '3'), at(1, 1, 4, '1')])).toBe('1 two\n3')
    expect(applyEdits(index, [at(1, 1, 6, 'x'), at(1, 5, 8, 'y')])).toBe('xwo\nthree')
    expect(applyEdits(index, [at(9, 1, 1, '!')])).toBe('one two\nthree!')
  })

  test('at the same place get into the way of each other, neighbours do not', () => {
    expect(overlaps(at(1, 1, 4, 'a'), at(1, 4, 6, 'b'))).toBe(false)
    expect(overlaps(at(1, 1, 4, 'a'), at(1, 3, 6, 'b'))).toBe(true)
    expect(overlaps(at(1, 2, 2, 'a'), at(1, 2, 2, 'b'))).toBe(true)
  })
})

describe('a rewrite in place', () => {
  const source = sourceOf('x.sql', 'head', '-- up\nCREATE INDEX i ON t (a);\n')

  test('shows the lines it changes, and those put around them', () => {
    const edits = [
      lineBefore(source, 1, '-- first'),
      replacing(at(2, 1, 13, ''), 'DROP INDEX'),
      lineBefore(source, 3, '-- last'),
    ]
    expect(inPlace('Do it', 'sql', source, edits)?.parts).toEqual([
      { where: 'In place of lines 1 to 2', language: 'sql', code: '-- first\n-- up\nDROP INDEX i ON t (a);\n-- last' },
    ])
  })

  test('that changes nothing is none', () => {
    expect(inPlace('Do it', 'sql', source, [replacing(at(2, 1, 7, ''), 'CREATE')])).toBeUndefined()
  })

  test('a line after the last works without a line break at the end', () => {
    const open = sourceOf('x.sql', 'head', 'SELECT 1')
    expect(applyEdits(open.lines, [lineBefore(open, 2, '-- end')])).toBe('SELECT 1\n-- end')
  })
})
