import { describe, expect, test } from 'vitest'
import { flag, number, object, optional, text, texts, word } from '../../src/facts/fields.ts'
import type { FactKind } from '../../src/facts/types.ts'
import { bindingsOf, compileCondition, compileMessage } from '../../src/rule/condition.ts'

const kind: FactKind = {
  name: 'sample',
  doc: 'A sample.',
  fields: {
    name: text('Name.'),
    size: word(['small', 'large'], 'Size.'),
    count: number('Count.'),
    before: optional(number('Count at base.')),
    open: flag('Open.'),
    parts: texts('Parts.'),
    place: object({ path: text('Path.') }, 'Place.'),
  },
  wants: () => true,
  load: async () => async () => ({ facts: [], notAnalysed: [] }),
}

const file = { kind: 'config', language: 'yaml', role: 'live', environment: 'production', status: 'modified' }
const fact = {
  kind: 'sample',
  path: 'a.yml',
  side: 'head',
  span: { line: 1, column: 1, endLine: 1, endColumn: 2 },
  name: 'web',
  size: 'large',
  count: 30,
  open: true,
  parts: ['x', 'y'],
  place: { path: 'spec.replicas' },
} as const

const holds = (condition: string, more: object = {}): boolean =>
  compileCondition(condition, kind, 'r')(bindingsOf({ ...fact, ...more }, kind, file))

describe('conditions', () => {
  test.each([
    ['count >= 3', true],
    ['count * 2 <= 60 && count == 30', true],
    ['count / 4 == 7.5', true],
    ['size == "large"', true],
    ['"x" in parts && size(parts) == 2'.replace('size(parts)', 'parts.size()'), true],
    ['place.path.endsWith("replicas")', true],
    ['file.environment == "production" && side == "head"', true],
    ['before == null', true],
    ['before != null && before > 3', false],
  ])('%s is %s', (condition, expected) => {
    expect(holds(condition)).toBe(expected)
  })

  test('a comparison between values of different types does not hold', () => {
    expect(holds('before > 3')).toBe(false)
    expect(holds('before > 3', { before: 'three' })).toBe(false)
    expect(holds('before > 3', { before: 4 })).toBe(true)
    expect(holds('before > 3 || count > 3')).toBe(true)
  })

  test.each([
    ['cuont > 3', 'Unknown variable: cuont (did you mean "count"?)'],
    ['place.pth == ""', 'pth'],
    ['count', 'of type double, not bool'],
    ['count + name == ""', 'no such overload'],
    ['count >', 'r: '],
    ['size == "huge"', 'size is never "huge"'],
    ['size in ["small", "lagre"]', 'size is never "lagre" (did you mean "large"?)'],
  ])('%s is refused when it is compiled', (condition, message) => {
    expect(() => compileCondition(condition, kind, 'r')).toThrow(message)
  })
})

describe('messages', () => {
  const say = (template: string, more: object = {}): string =>
    compileMessage(template, kind, 'r')(bindingsOf({ ...fact, ...more }, kind, file))

  test('insert expressions', () => {
    expect(say('{name} goes to {count} ({count / 4}); parts {parts}; {before == null ? "new" : "old"}')).toBe(
      'web goes to 30 (7.5); parts x, y; new',
    )
  })

  test('say large numbers as people do', () => {
    expect(say('{words(count)} rows', { count: 410_000_000 })).toBe('410 million rows')
    expect(say('{words(count)} rows', { count: 2_104_000 })).toBe('2.1 million rows')
    expect(say('{count} rows', { count: 24_000 })).toBe('24,000 rows')
  })

  test('keep doubled braces', () => {
    expect(say('${{{{ x }}}}'.replaceAll('{{{{', '{{{{'))).toBe('${{ x }}')
  })

  test('refuse unknown fields when compiled', () => {
    expect(() => compileMessage('{nam}', kind, 'r')).toThrow('Unknown variable: nam')
    expect(() => compileMessage("{a ? 'x{name}' : ''}", kind, 'r')).toThrow('placeholders do not nest')
  })
})

test('numbers in messages read as in English', () => {
  const kind = {
    name: 'numbers',
    doc: '',
    fields: { value: number('A number.') },
    wants: () => false,
    load: async () => async () => ({ facts: [], notAnalysed: [] }),
  }
  const shown = compileMessage('{value}', kind, 'test')
  for (const value of [0, 1, 1.5, 0.256, 2.004, 9.999, 10.4, 999, 1000, 12_345.6, 1_234_567, -0.5, -1234])
    expect(shown({ value, path: '', side: '', file: {} })).toBe(
      value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 }),
    )
})
