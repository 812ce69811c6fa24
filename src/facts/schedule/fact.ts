import type { Side } from '../../change/types.ts'
import type { Values } from '../fields.ts'
import { clockChange } from './clock-change.ts'
import { dialectOf } from './dialects.ts'
import type { Entry } from './entry.ts'
import type { CronField } from './field.ts'
import { frequencyOf, matchesDay, nextRuns } from './frequency.ts'
import type { scheduleFields } from './index.ts'
import { type Cron, parseCron } from './parse.ts'
import { suggestionFor } from './suggest.ts'
import { readingOf, wallWords } from './words.ts'
import { isKnownZone, wallTime, zoneHint } from './zone.ts'

/** An entry as its scheduler reads it. */
export function cronOf(entry: Entry): Cron {
  if (entry.everySeconds !== undefined)
    return {
      text: entry.expression,
      dialect: dialectOf(entry.dialect),
      everySeconds: entry.everySeconds,
      written: 0,
      bothMustMatch: false,
      problems: [],
    }
  return parseCron(entry.reads ?? entry.expression, entry.dialect)
}

interface Described {
  readonly fields: Values<typeof scheduleFields>
  /** Offsets of what a person would point at. */
  readonly at: readonly [number, number]
}

/** All fields of a schedule fact; `base` is the entry it replaces. */
export function factFor(entry: Entry, base: Entry | undefined, side: Side, now: Date): Described {
  const cron = cronOf(entry)
  const frequency = frequencyOf(cron, now)
  const old = base ? cronOf(base) : undefined
  const oldFrequency = old ? frequencyOf(old, now) : undefined
  const zone = entry.zone?.name ?? cron.zone?.name ?? ''
  const zoneKnown = zone === '' || isKnownZone(zone)
  const problems = cron.problems.map(problem => problem.message)
  const minuteIsEvery = cron.fields?.minute.full ?? false
  const hourRestricted = cron.fields ? !cron.fields.hour.full : false
  const runs = nextRuns(cron, wallTime(now, zone || 'UTC'), 3).map(wallWords)
  const suspended = entry.suspended
  const suggestion = suggestionOf(entry, cron, now)
  const status =
    side === 'base'
      ? 'removed'
      : base && suspended && !base.suspended
        ? 'suspended'
        : base?.suspended && !suspended
          ? 'resumed'
          : base
            ? 'altered'
            : 'added'
  return {
    at: pointAt(entry, cron, zoneKnown),
    fields: {
      expression: entry.expression,
      dialect: entry.dialect,
      reader: cron.dialect.reader,
      name: entry.name,
      command: entry.command,
      status,
      zone,
      zoneKnown,
      zoneHint: zoneKnown ? '' : zoneHint(zone),
      valid: problems.length === 0,
      problems,
      problem: problems[0] ?? '',
      refusal: cron.dialect.refusal,
      ...(frequency ? { runsPerWeek: round(frequency.runsPerWeek) } : {}),
      ...(frequency?.minGapMinutes === undefined ? {} : { minGapMinutes: round(frequency.minGapMinutes) }),
      neverFires: frequency?.runsPerWeek === 0,
      minuteIsEvery,
      minuteRestricted: cron.fields ? !minuteIsEvery : false,
      hourRestricted,
      hourSpan: longestRun(cron.fields?.hour.values ?? []),
      daySpan: daysPerMonth(cron, now),
      secondIsEvery: cron.fields?.second.full ?? false,
      straySecond: isStray(cron),
      bothDays: setsBothDays(cron),
      shiftedWeekday: shiftedDays[cron.dialect.sunday]?.test(cron.fields?.weekday.text ?? '') ?? false,
      unevenStep: cron.problems.length === 0 ? unevenStep(cron) : '',
      oversizedStep: cron.problems.length === 0 ? oversizedStep(cron) : '',
      missingUser: entry.missingUser ?? false,
      percent: entry.percent ?? false,
      unended: entry.unended ?? false,
      concurrency: entry.concurrency,
      everyServer: base?.oneServer === true && entry.oneServer !== true,
      suspended,
      reading: readingOf(cron),
      baseReading: old ? readingOf(old) : '',
      before: base
        ? ` (before: \`${base.expression}\`${oldFrequency ? `, ${count(oldFrequency.runsPerWeek)} a week` : ''})`
        : '',
      tryInstead: suggestion === '' ? '' : ` Did you mean \`${suggestion}\`?`,
      zoneShiftHours: base ? zoneShift(now, old?.zone?.name ?? base.zone?.name ?? '', zone) : 0,
      clockChange: clockChange(cron, zone, now),
      comment: '',
      together: 0,
      nextRuns: runs,
      suggestion,
      ...(base ? { baseExpression: base.expression } : {}),
      ...(oldFrequency ? { baseRunsPerWeek: round(oldFrequency.runsPerWeek) } : {}),
      baseNeverFires: oldFrequency?.runsPerWeek === 0 || (base?.suspended ?? false),
      baseMinuteIsEvery: old?.fields ? old.fields.minute.full && !old.fields.hour.full : false,
      baseBothDays: old ? setsBothDays(old) : false,
      ...(frequency && oldFrequency && oldFrequency.runsPerWeek > 0
        ? { timesAsOften: round(frequency.runsPerWeek / oldFrequency.runsPerWeek) }
        : {}),
    },
  }
}

/** The Unix numbers of working days and of the weekend, where Sunday has another number than 0. */
const shiftedDays: Readonly<Record<number, RegExp>> = { 1: /^(1-5|6-7|6,7)$/, 6: /^(1-5|0,6|6,0)$/ }

/** How far apart the clocks of two zones are, in hours. A zone that the file did not name may be any. */
function zoneShift(now: Date, from: string, to: string): number {
  if (from === '' || to === '' || from === to || !isKnownZone(from) || !isKnownZone(to)) return 0
  const minutes = (zone: string) => {
    const { day, hour, minute } = wallTime(now, zone)
    return (day * 24 + hour) * 60 + minute
  }
  const hours = Math.abs(minutes(to) - minutes(from)) / 60
  // Over the end of a month the difference of the days says nothing.
  return hours > 26 ? 0 : hours
}

/** The faulty part where there is one and its column is known, else the expression. */
function pointAt(entry: Entry, cron: Cron, zoneKnown: boolean): readonly [number, number] {
  if (!zoneKnown && entry.zone && cron.problems.length === 0) return [entry.zone.start, entry.zone.end]
  const [problem] = cron.problems
  const exact = entry.reads === undefined && entry.end - entry.start === entry.expression.length
  if (!problem || !exact) return [entry.start, entry.end]
  const start = Math.min(entry.start + problem.column - 1, entry.end)
  return [start, Math.min(start + problem.length, entry.end)]
}

function suggestionOf(entry: Entry, cron: Cron, now: Date): string {
  if (entry.everySeconds !== undefined) return ''
  const better = suggestionFor(cron, entry.dialect, now)
  if (entry.reads === undefined || better === '') return better
  // Celery's keywords: only the missing minute can be put right.
  return cron.problems.length === 0 && !entry.expression.includes('minute')
    ? entry.expression.replace('crontab(', 'crontab(minute=0, ')
    : ''
}

function setsBothDays(cron: Cron): boolean {
  if (!cron.fields || cron.bothMustMatch) return false
  const { day, weekday } = cron.fields
  return !day.star && !weekday.star && !day.full && !weekday.full
}

/** `01 20 * * *` with a field too many, as in `01 20 * * * *`: hourly at 20:01 past instead of daily at 20:01. */
function isStray(cron: Cron): boolean {
  if (!cron.fields || cron.written !== 6 || cron.dialect.layouts.length < 2) return false
  const { second, minute, hour } = cron.fields
  return (
    second.values.length === 1 &&
    second.values[0] !== 0 &&
    hour.full &&
    minute.values.length === 1 &&
    (minute.values[0] ?? 0) < 24
  )
}

/** A step of 45 fires at minutes 0 and 45: gaps of 45 and 15. Told when the last gap is half the step or less. */
function unevenStep(cron: Cron): string {
  const { minute, hour } = cron.fields ?? {}
  for (const [field, size, unit] of [
    [minute, 60, 'minute'],
    [hour, 24, 'hour'],
  ] as const) {
    const [step] = field?.steps ?? []
    if (
      !field ||
      step === undefined ||
      field.text.includes(',') ||
      field.text.includes('-') ||
      step >= size ||
      step < 2
    )
      continue
    const last = size - (field.values.at(-1) ?? 0) + (field.values[0] ?? 0)
    if (field.values.length > 1 && last * 2 <= step)
      return `${unit}s ${field.values.length > 6 ? `${field.values.slice(0, 3).join(', ')} … ${field.values.at(-1)}` : field.values.join(', ')}, so ${step} ${unit}s apart and then ${last}`
  }
  return ''
}

function oversizedStep(cron: Cron): string {
  const tooLarge = (field: CronField | undefined, size: number, unit: string): string => {
    const step = field?.steps[0]
    return field && step !== undefined && step > size && !field.text.includes(',')
      ? `a step of ${step} ${unit}s is larger than the field, so it starts again every ${unit === 'minute' ? 'hour' : 'day'}`
      : ''
  }
  return tooLarge(cron.fields?.minute, 60, 'minute') || tooLarge(cron.fields?.hour, 24, 'hour')
}

function longestRun(values: readonly number[]): number {
  let best = 0
  let run = 0
  values.forEach((value, index) => {
    run = index > 0 && value === (values[index - 1] ?? 0) + 1 ? run + 1 : 1
    best = Math.max(best, run)
  })
  // A run over midnight.
  if (values.length < 24 && values[0] === 0 && values.at(-1) === 23) {
    const head = values.findIndex((value, index) => value !== index)
    const tail = [...values].reverse().findIndex((value, index) => value !== 23 - index)
    best = Math.max(best, head + tail)
  }
  return best
}

function daysPerMonth(cron: Cron, now: Date): number {
  const { fields } = cron
  if (!fields || cron.problems.length > 0) return 0
  let days = 0
  const start = Date.UTC(now.getUTCFullYear(), 0, 1)
  for (let index = 0; index < 365; index++) if (matchesDay(cron, fields, start + index * 86_400_000)) days++
  return round(days / 12)
}

function count(value: number): string {
  return round(value).toLocaleString('en-US')
}

/** Two digits after the point are enough for a message; large counts are whole. */
function round(value: number): number {
  return value >= 20 ? Math.round(value) : Math.round(value * 100) / 100
}
