import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { frequencyOf, nextRuns, type WallTime } from '../../../src/facts/schedule/frequency.ts'
import { parseCron } from '../../../src/facts/schedule/parse.ts'
import { wallTime } from '../../../src/facts/schedule/zone.ts'

interface Case {
  readonly expression: string
  readonly ok: boolean
  readonly runs: readonly string[]
}

// What `systemd-analyze calendar --base-time="2026-01-05 00:00:30 UTC" --iterations=3` of systemd 252 said.
const cases = readFileSync('test/measured/systemd.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Case)

const now = new Date('2026-01-05T00:00:30Z')

test.each(cases)('accepts or refuses as systemd does: $expression', ({ expression, ok }) => {
  const { problems } = parseCron(expression, 'systemd')
  expect(problems.length === 0, problems.map(({ message }) => message).join()).toBe(ok)
})

/** A year, the last days of a month and zones are left to systemd. */
const opaque = /~|^\d{4}-|2012|\/[A-Z]|Berlin|New_York/

test.each(cases.filter(({ ok, expression }) => ok && !opaque.test(expression)))(
  'runs when systemd does: $expression',
  ({ expression, runs }) => {
    const cron = parseCron(expression, 'systemd')
    const times = nextRuns(cron, wallTime(now, 'UTC'), 3).map(shown)
    expect(times).toEqual(runs)
    expect(frequencyOf(cron, now)?.runsPerWeek === 0).toBe(runs.length === 0)
  },
)

function shown({ year, month, day, hour, minute, second }: WallTime): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`
}
