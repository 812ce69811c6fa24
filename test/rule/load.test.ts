import { describe, expect, test } from 'vitest'
import { factKinds } from '../../src/facts/index.ts'
import { readRules } from '../../src/rule/load.ts'

const good = {
  id: 'ours/no-minute-jobs',
  title: 'A job runs every minute of the day',
  on: 'schedule',
  when: 'runsPerWeek > 10000',
  level: 'warning',
  message: '{expression} runs {runsPerWeek} times a week',
  why: 'The queue was full for a day after such a job.',
  fix: 'Run it every ten minutes.',
  sources: ['https://example.com/incident'],
  examples: { flagged: [{ path: 'a' }, { path: 'b' }], passed: [{ path: 'c' }, { path: 'd' }] },
}

const read = (rule: object, expectedId = 'ours/no-minute-jobs') =>
  readRules(
    [{ path: '.premortem/rules/ours/no-minute-jobs.yml', expectedId, text: JSON.stringify(rule, null, 1) }],
    factKinds,
  )

test('a sound rule is read', () => {
  expect(read(good)[0]?.id).toBe('ours/no-minute-jobs')
})

describe('a broken rule is refused with file, line and what is allowed', () => {
  test.each([
    [{ ...good, levle: 1 }, 'unknown key "levle" (did you mean "level"?)'],
    [{ ...good, level: 'eror' }, '"eror" is not one of error, warning, notice (did you mean "error"?)'],
    [{ ...good, on: 'schedul' }, 'there is no kind of fact "schedul" (did you mean "schedule"?)'],
    [{ ...good, when: 'runPerWeek > 3' }, 'Unknown variable: runPerWeek (did you mean "runsPerWeek"?)'],
    [{ ...good, message: '{expresion} runs often' }, 'Unknown variable: expresion (did you mean "expression"?)'],
    [{ ...good, examples: { ...good.examples, flagged: [{ path: 'a' }] } }, 'flagged needs at least 2 entries'],
    [{ ...good, fix: undefined }, 'the key "fix" is missing'],
    [{ ...good, rewrite: 'expresion' }, 'schedule facts have no rewrite "expresion" (did you mean "expression"?)'],
  ])('%#', (rule, message) => {
    expect(() => read(rule)).toThrow(message)
    expect(() => read(rule)).toThrow('.premortem/rules/ours/no-minute-jobs.yml')
  })

  test('its id follows its place', () => {
    expect(() => read(good, 'ours/other')).toThrow(
      'the id is "ours/no-minute-jobs", but the file\'s place asks for "ours/other"',
    )
  })

  test('YAML that does not parse names the line', () => {
    expect(() => readRules([{ path: 'r.yml', expectedId: 'a/b', text: 'id: a/b\nwhen: "x\n' }], factKinds)).toThrow(
      /^r\.yml:\d: not valid YAML/,
    )
  })
})
