import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readCrontabLine } from '../../../src/facts/schedule/crontab.ts'
import type { DialectName } from '../../../src/facts/schedule/dialects.ts'
import { frequencyOf, nextRuns, type WallTime } from '../../../src/facts/schedule/frequency.ts'
import { type Cron, parseCron } from '../../../src/facts/schedule/parse.ts'
import { wallTime } from '../../../src/facts/schedule/zone.ts'

interface Row {
  readonly expr: string
  readonly robfig: string
  readonly fugit: string
  readonly croniter: string
  readonly vixie: string
}

const rows: readonly Row[] = readFileSync(new URL('../../measured/cron.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Record<string, string>)
  .map(row => {
    const said = (name: string): string => Object.entries(row).find(([key]) => key.startsWith(name))?.[1] ?? ''
    return {
      expr: row.expr ?? '',
      robfig: said('robfig'),
      fugit: said('fugit'),
      croniter: said('croniter'),
      vixie: said('vixie'),
    }
  })

const measuredAt = new Date('2026-01-05T00:00:30Z')

/** `refused`, `never`, or the first run as the schedulers' logs print it. */
function verdict(cron: Cron): string {
  if (cron.problems.length > 0) return 'refused'
  if (cron.everySeconds !== undefined) return instant(new Date(measuredAt.getTime() + cron.everySeconds * 1000))
  if (frequencyOf(cron, measuredAt)?.runsPerWeek === 0) return 'never'
  const zone = cron.zone?.name ?? 'UTC'
  const [first] = nextRuns(cron, wallTime(measuredAt, zone), 1)
  return first ? instant(fromWall(first, zone)) : 'accepted'
}

function instant(at: Date): string {
  return `${at.toISOString().slice(0, 16)}Z`
}

function fromWall(wall: WallTime, zone: string): Date {
  const asUtc = (time: WallTime): number =>
    Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second)
  const guess = new Date(asUtc(wall))
  return new Date(guess.getTime() - (asUtc(wallTime(guess, zone)) - guess.getTime()))
}

function measured(said: string): string {
  if (/NEVER|CroniterBadDateError/.test(said)) return 'never'
  const time = /^ok (\S+Z)/.exec(said)?.[1]
  if (time !== undefined) return time
  // fugit also reads English: its cron parser says nil, its front door takes the text.
  return /Fugit\.parse=Fugit::Cron$/.test(said) ? 'english' : 'refused'
}

function disagreements(dialect: DialectName, said: (row: Row) => string): string[] {
  return rows.flatMap(row => {
    const wanted = measured(said(row))
    const got = verdict(parseCron(row.expr, dialect))
    return wanted === got || (wanted === 'english' && got !== 'refused')
      ? []
      : [`${JSON.stringify(row.expr)}: measured ${wanted}, here ${got}`]
  })
}

describe('the parser says what the schedulers said', () => {
  it('robfig/cron (Kubernetes controllers, actionlint)', () => {
    expect(disagreements('robfig', row => row.robfig)).toEqual([])
  })

  it('fugit (sidekiq-cron, good_job, solid_queue)', () => {
    expect(disagreements('fugit', row => row.fugit)).toEqual([])
  })

  it('croniter', () => {
    expect(disagreements('croniter', row => row.croniter)).toEqual([])
  })

  it('vixie crontab', () => {
    const wrong = rows.flatMap(row => {
      // Measured as a line of a crontab with a command behind the expression.
      const line = readCrontabLine(`${row.expr} true`, false)
      const accepted = line.kind !== 'entry' || line.cron.problems.length === 0
      return accepted === row.vixie.startsWith('ok') ? [] : [`${JSON.stringify(row.expr)}: measured ${row.vixie}`]
    })
    expect(wrong).toEqual([])
  })
})
