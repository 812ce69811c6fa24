import { describe, expect, it } from 'vitest'
import { type DialectName, dialectNames, isDialect } from '../../../src/facts/schedule/dialects.ts'
import { frequencyOf } from '../../../src/facts/schedule/frequency.ts'
import { parseCron } from '../../../src/facts/schedule/parse.ts'
import { suggestionFor } from '../../../src/facts/schedule/suggest.ts'
import { readingOf } from '../../../src/facts/schedule/words.ts'

const now = new Date('2026-11-17T10:05:00Z')

describe('runs per week and the shortest gap', () => {
  it.each<[string, DialectName, number, number | undefined]>([
    ['0 3 * * *', 'kubernetes', 7, 1440],
    ['* 3 * * *', 'kubernetes', 420, 1],
    ['*/45 * * * *', 'kubernetes', 336, 15],
    ['0,2 * * * *', 'github-actions', 336, 2],
    ['59 23 * * 1,2', 'kubernetes', 2, 1440],
    ['0 0,23 * * *', 'kubernetes', 14, 60],
    ['* 0 3 * * *', 'fugit', 420, 1 / 60],
    ['@every 90s', 'robfig', 6720, 1.5],
    ['rate(1 hour)', 'aws', 168, 60],
    ['every 15 minutes', 'fugit', 672, 15],
    // Either day in robfig and fugit, both days where a leading star counts as unset (vixie).
    ['0 0 */2 * 1', 'robfig', 4.06, 1440],
    ['0 0 */2 * 1', 'vixie', 0.51, 10080],
    ['0 0 1-7& * 1', 'fugit', 0.23, 40320],
    ['0 9 ? * 2-6 *', 'aws', 5, 1440],
    ['0 0 12 ? * MON-FRI', 'quartz', 5, 1440],
    ['0 0 9 L * ?', 'quartz', 0.23, 40320],
    ['0 9 * * 5#1', 'fugit', 0.23, 40320],
  ])('%s (%s)', (text, dialect, runs, gap) => {
    const written = dialect === 'aws' && !text.startsWith('rate') ? `cron(${text})` : text
    const frequency = frequencyOf(parseCron(written, dialect), now)
    expect(Number(frequency?.runsPerWeek.toFixed(2))).toBe(runs)
    if (gap !== undefined) expect(frequency?.minGapMinutes).toBeCloseTo(gap, 5)
  })

  it('knows schedules that never fire', () => {
    expect(frequencyOf(parseCron('0 0 31 2 *', 'robfig'), now)?.runsPerWeek).toBe(0)
    expect(frequencyOf(parseCron('0 0 12 * * ? 2020', 'quartz'), now)?.runsPerWeek).toBe(0)
    expect(frequencyOf(parseCron('0 0 29 2 *', 'robfig'), now)?.runsPerWeek).toBeGreaterThan(0)
  })

  it('does not guess where the times are unknown', () => {
    expect(frequencyOf(parseCron('@reboot', 'vixie'), now)).toBeUndefined()
    expect(frequencyOf(parseCron('every first monday of the month at noon', 'fugit'), now)).toBeUndefined()
  })
})

describe('words', () => {
  it.each<[string, string]>([
    ['* 3 * * *', 'every minute from 03:00 to 03:59 every day'],
    ['0 3 * * *', 'at 03:00 every day'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['*/45 * * * *', 'at minutes 0 and 45'],
    ['0 0 13 * 5', 'at 00:00 on day 13 of the month and also on every Friday'],
    ['30 9 * * 1-5', 'at 09:30 on Monday to Friday'],
    ['0 */6 * 1 *', 'at 00:00, 06:00, 12:00 and 18:00 every day in January'],
  ])('%s', (text, words) => {
    expect(readingOf(parseCron(text, 'robfig'))).toBe(words)
  })
})

describe('suggestions are valid where they are made', () => {
  it.each<[string, DialectName, string]>([
    ['1 31 * * *', 'fugit', '31 1 * * *'],
    ['0 0 * * 7', 'github-actions', '0 0 * * 0'],
    ['0 0 * * 1-7', 'kubernetes', '0 0 * * *'],
    ['@daily', 'github-actions', '0 0 * * *'],
    ['0 24 * * *', 'kubernetes', '0 0 * * *'],
    ['0 0 3 * * *', 'github-actions', '0 3 * * *'],
    ['0 3 * * *', 'spring', '0 0 3 * * *'],
    ['0 22-4 * * *', 'github-actions', '0 22-23,0-4 * * *'],
    ['*0 2 * * *', 'fugit', '*/0 2 * * *'],
    ['* */6 * * *', 'robfig', '0 */6 * * *'],
    ['0 12 * * *', 'aws', 'cron(0 12 * * ? *)'],
  ])('%s (%s)', (text, dialect, better) => {
    const suggestion = suggestionFor(parseCron(text, dialect), dialect, now)
    // A step of 0 is no repair.
    expect(suggestion).toBe(better.includes('*/0') ? '' : better)
    if (suggestion !== '') expect(parseCron(suggestion, dialect).problems).toEqual([])
  })
})

it('every dialect reads or refuses any of the usual forms without failing', () => {
  for (const name of dialectNames) {
    if (!isDialect(name)) throw new Error(name)
    for (const text of [
      '0 3 * * *',
      '0 0 3 * * ?',
      '@daily',
      'rate(1 hour)',
      'cron(0 12 * * ? *)',
      'H H * * *',
      '0 0 L * *',
      '',
    ]) {
      const cron = parseCron(text, name)
      for (const problem of cron.problems) expect(problem.message).toBeTruthy()
    }
  }
})
