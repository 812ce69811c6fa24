import type { Cron, CronFields } from './parse.ts'

/** How often a schedule fires. */
export interface Frequency {
  /** Runs in an average week; 0 when it never fires. */
  readonly runsPerWeek: number
  /** Shortest time between two runs in minutes; absent when it never fires twice. */
  readonly minGapMinutes?: number
}

/** A moment on the clock of the schedule's own zone. */
export interface WallTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const dayMs = 86_400_000
/** Weekdays and leap years repeat after 28 years (no century in between). */
const cycleStart = Date.UTC(2001, 0, 1)
const cycleDays = 365 * 28 + 7

/** How often the schedule fires; undefined when that cannot be told (`@reboot`, free text). */
export function frequencyOf(cron: Cron, from: Date): Frequency | undefined {
  if (cron.problems.length > 0) return undefined
  if (cron.everySeconds !== undefined)
    return { runsPerWeek: 604_800 / cron.everySeconds, minGapMinutes: cron.everySeconds / 60 }
  const { fields } = cron
  if (!fields || isUnclear(fields)) return undefined
  const years =
    fields.year && !fields.year.full ? fields.year.values.filter(year => year >= from.getUTCFullYear()) : undefined
  if (years?.length === 0) return { runsPerWeek: 0 }
  const cycle = cycleOf(fields)
  const days = matchingDays(cron, fields, cycle)
  const perDay = fields.second.values.length * fields.minute.values.length * fields.hour.values.length
  if (days.length === 0 || perDay === 0) return { runsPerWeek: 0 }
  const gap = minGap(fields, days)
  return { runsPerWeek: (days.length * perDay) / (cycle / 7), ...(gap === undefined ? {} : { minGapMinutes: gap }) }
}

/** A backward range whose meaning differs between versions leaves a field empty. */
function isUnclear(fields: CronFields): boolean {
  const { second, minute, hour, day, month, weekday } = fields
  return (
    [second, minute, hour, month].some(field => field.values.length === 0) ||
    [day, weekday].some(field => field.values.length + field.rules.length === 0)
  )
}

/** Days after which the schedule repeats itself: two weeks when only the weekday counts, which is most schedules. */
function cycleOf({ day, month, weekday }: CronFields): number {
  const everyDay = day.rules.length === 0 && (day.values.length === 31 || (day.star && day.values.length === 0))
  const isWeekly = everyDay && month.values.length === 12 && weekday.rules.length === 0
  return isWeekly ? 14 : cycleDays
}

function matchingDays(cron: Cron, fields: CronFields, cycle: number): number[] {
  const days: number[] = []
  for (let index = 0; index < cycle; index++) if (matchesDay(cron, fields, cycleStart + index * dayMs)) days.push(index)
  return days
}

/** Does the schedule fire on the day that begins at `at` (UTC milliseconds stand for the local calendar)? */
export function matchesDay(cron: Cron, fields: CronFields, at: number): boolean {
  const date = new Date(at)
  if (!fields.month.values.includes(date.getUTCMonth() + 1)) return false
  const { day, weekday } = fields
  if (day.star || weekday.star || cron.bothMustMatch || day.full || weekday.full) {
    // With one field unset only the other counts; a full field matches anyway unless it makes the OR true.
    if (!day.star && !weekday.star && !cron.bothMustMatch) return true
    return matchesMonthDay(day, date) && matchesWeekday(weekday, date)
  }
  return matchesMonthDay(day, date) || matchesWeekday(weekday, date)
}

function matchesMonthDay(field: CronFields['day'], date: Date): boolean {
  const day = date.getUTCDate()
  if (field.values.includes(day)) return true
  return field.rules.some(rule => {
    const last = lastDay(date)
    if (rule.kind === 'last') return day === last - rule.back
    if (rule.kind !== 'workday') return false
    return day === nearestWorkday(date, rule.day === 'last' ? last : Math.min(rule.day, last), last)
  })
}

function matchesWeekday(field: CronFields['weekday'], date: Date): boolean {
  const weekday = date.getUTCDay()
  if (field.values.includes(weekday)) return true
  return field.rules.some(rule => {
    if (rule.kind !== 'nth' || rule.weekday !== weekday) return false
    const fromStart = Math.ceil(date.getUTCDate() / 7)
    const fromEnd = Math.ceil((lastDay(date) - date.getUTCDate() + 1) / 7)
    return rule.nth > 0 ? fromStart === rule.nth : fromEnd === -rule.nth
  })
}

function lastDay(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
}

function nearestWorkday(date: Date, day: number, last: number): number {
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay()
  if (weekday === 6) return day > 1 ? day - 1 : day + 2
  if (weekday === 0) return day < last ? day + 1 : day - 2
  return day
}

/** Shortest gap in minutes between two runs, over midnight too. */
function minGap(fields: CronFields, days: readonly number[]): number | undefined {
  const { second, minute, hour } = fields
  const minutes = hour.values.flatMap(h => minute.values.map(m => h * 60 + m))
  const firstSecond = second.values[0] ?? 0
  const lastSecond = second.values.at(-1) ?? 0
  let gap = Number.POSITIVE_INFINITY
  const take = (value: number): void => {
    gap = Math.min(gap, value)
  }
  for (let i = 1; i < second.values.length; i++) take(((second.values[i] ?? 0) - (second.values[i - 1] ?? 0)) / 60)
  for (let i = 1; i < minutes.length; i++)
    take((minutes[i] ?? 0) - (minutes[i - 1] ?? 0) - (lastSecond - firstSecond) / 60)
  const overnight = 1440 - (minutes.at(-1) ?? 0) + (minutes[0] ?? 0) - (lastSecond - firstSecond) / 60
  for (let i = 1; i < days.length; i++) take(((days[i] ?? 0) - (days[i - 1] ?? 0) - 1) * 1440 + overnight)
  return Number.isFinite(gap) ? gap : undefined
}

/** Days looked ahead for the next run: leap days on a given weekday come every 28 or 40 years. */
const horizonDays = 366 * 41

/** The next runs strictly after `from`, on the schedule's own clock. */
export function nextRuns(cron: Cron, from: WallTime, count: number): WallTime[] {
  const { fields } = cron
  if (!fields || cron.problems.length > 0) return []
  const runs: WallTime[] = []
  const start = Date.UTC(from.year, from.month - 1, from.day)
  const fromSecond = from.hour * 3600 + from.minute * 60 + from.second
  for (let index = 0; index < horizonDays && runs.length < count; index++) {
    const at = start + index * dayMs
    const date = new Date(at)
    if (fields.year && !fields.year.values.includes(date.getUTCFullYear())) continue
    if (!matchesDay(cron, fields, at)) continue
    const after = index === 0 ? fromSecond : -1
    for (const hour of fields.hour.values) {
      for (const minute of fields.minute.values) {
        for (const second of fields.second.values) {
          if (hour * 3600 + minute * 60 + second <= after) continue
          runs.push({
            year: date.getUTCFullYear(),
            month: date.getUTCMonth() + 1,
            day: date.getUTCDate(),
            hour,
            minute,
            second,
          })
          if (runs.length === count) return runs
        }
      }
    }
  }
  return runs
}
