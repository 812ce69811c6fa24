import { expect, test } from 'vitest'
import { sourceOf } from '../../../src/artifact/source.ts'
import { patternsInCode } from '../../../src/facts/pattern/code.ts'
import { patternsInData } from '../../../src/facts/pattern/data.ts'
import { mayBeSlow, translate } from '../../../src/facts/pattern/translate.ts'

const read = async (path: string, language: Parameters<typeof patternsInCode>[1], text: string) =>
  (await patternsInCode(sourceOf(path, 'head', text), language)).map(({ source, flags }) => [source, flags])

test('expressions in code, with their flags', async () => {
  expect(await read('a.js', 'javascript', "a(/x+\\/y/gi); new RegExp('\\\\s+$', 'm'); RegExp(`x${y}`)")).toEqual([
    ['x+/y', 'gi'],
    ['\\s+$', 'm'],
  ])
  expect(await read('a.rb', 'ruby', 'a =~ /x+/i; Regexp.new("\\\\d+"); /#{b}+/; %r{a/b+}')).toEqual([
    ['x+', 'i'],
    ['\\d+', ''],
    ['a/b+', ''],
  ])
  expect(await read('a.py', 'python', 're.match(r"x+\\d", t, re.I | re.X); re.sub(f"{x}+", "", t)')).toEqual([
    ['x+\\d', 'ix'],
  ])
  expect(await read('a.php', 'php', '<?php preg_match(\'/^x+$/iu\', $t); preg_match("/$x/", $t);')).toEqual([
    ['^x+$', 'iu'],
  ])
})

test('expressions in data: engine and place', async () => {
  const at = async (path: string, language: 'yaml' | 'conf', text: string) =>
    (await patternsInData(sourceOf(path, 'head', text), language)).map(({ engine, place }) => `${engine} ${place}`)
  expect(await at('waf/a.yml', 'yaml', 'pattern: a+b')).toEqual(['pcre request-path'])
  expect(await at('config/a.yml', 'yaml', 'pattern: a+b')).toEqual(['unknown config'])
  expect(await at('config/a.yml', 'yaml', 'engine: re2\npattern: a+b')).toEqual([])
  expect(await at('modsecurity/crs.conf', 'conf', 'SecRule ARGS "@rx (?i)a+b" "id:1"')).toEqual(['pcre request-path'])
})

const pattern = { place: 'code', start: 0, end: 0 } as const

test('other engines are put into JavaScript syntax', () => {
  expect(translate({ ...pattern, engine: 'python', source: '(?i)(?P<a>x)\\Z', flags: '' })).toEqual({
    source: '(?<a>x)$',
    flags: 'i',
  })
  expect(translate({ ...pattern, engine: 'ruby', source: '\\A[[:alpha:]]+\\z', flags: '' })).toEqual({
    source: '^[a-zA-Z]+$',
    flags: '',
  })
  expect(translate({ ...pattern, engine: 'python', source: 'a # b\n [ ]c', flags: 'x' })?.source).toBe('a[ ]c')
  expect(translate({ ...pattern, engine: 'ruby', source: '(?>a+)+', flags: '' })).toBeUndefined()
})

test.each([
  ['^(a+)+$', true],
  ['\\s+$', true],
  ['.*=.*', true],
  ['^a+$', false],
  ['^[^/]+\\/[a-z]{1,9}$', false],
  ['a{2,5}b?', false],
  ['', false],
])('%s may be slow: %s', (source, expected) => {
  expect(mayBeSlow(source)).toBe(expected)
})

test.each(['', '/', '/(/', "new RegExp('(')", '\u0000', `/${'('.repeat(5000)}/`])('survives %j', async text => {
  for (const language of ['javascript', 'typescript', 'ruby', 'python', 'php'] as const)
    expect(Array.isArray(await read('a', language, text))).toBe(true)
  expect(Array.isArray(await patternsInData(sourceOf('nginx.conf', 'head', text), 'conf'))).toBe(true)
})
