import type { CronField } from './field.ts'
import type { WallTime } from './frequency.ts'
import type { Cron, CronFields } from './parse.ts'

const weekdayWords = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const monthWords = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** The schedule in words, as in `at 03:00 every day` or `every minute from 03:00 to 03:59 every day`; '' when it cannot be told. */
export function readingOf(cron: Cron): string {
  if (cron.everySeconds !== undefined) return `every ${durationWords(cron.everySeconds)}`
  if (!cron.fields || cron.problems.length > 0) return ''
  const days = dayWords(cron, cron.fields)
  // "every 5 minutes every day" says the same twice.
  return [
    timeWords(cron.fields),
    straySecond(cron.fields),
    days === 'every day' && cron.fields.hour.full ? '' : days,
    monthPart(cron.fields),
  ]
    .filter(Boolean)
    .join(' ')
}

function timeWords({ second, minute, hour }: CronFields): string {
  const seconds = second.values.length === 1 ? '' : `${stepWords(second, 'second')} `
  const restricted = !hour.full
  if (minute.full) return `${seconds}${seconds ? 'of ' : ''}every minute${restricted ? ` ${hourWindow(hour)}` : ''}`
  if (minute.values.length === 1 && restricted) {
    const at = pad(minute.values[0] ?? 0)
    if (hour.values.length <= 4) return `${seconds}at ${list(hour.values.map(value => `${pad(value)}:${at}`))}`
    const step = evenStep(hour)
    const when = step
      ? `every ${step} hours`
      : contiguous(hour.values)
        ? `every hour from ${pad(hour.values[0] ?? 0)}:${at} to ${pad(hour.values.at(-1) ?? 0)}:${at}`
        : `in the hours ${list(hour.values.map(String))}`
    return `${seconds}${when}${step || !contiguous(hour.values) ? ` at minute ${minute.values[0]}` : ''}`
  }
  if (minute.values.length === 1) return `${seconds}every hour at minute ${minute.values[0]}`
  return `${seconds}${stepWords(minute, 'minute')}${restricted ? ` ${hourWindow(hour)}` : ''}`
}

function straySecond({ second }: CronFields): string {
  const [only, ...more] = second.values
  return more.length > 0 || !only ? '' : `and ${only} second${only === 1 ? '' : 's'}`
}

/** `every 15 minutes` only where the gaps are all equal. */
function stepWords(field: CronField, unit: string): string {
  if (field.full) return `every ${unit}`
  const step = evenStep(field)
  if (step && field.values[0] === 0) return `every ${step} ${unit}s`
  if (field.values.length > 6)
    return `${field.values.length} times a${unit === 'minute' ? 'n hour' : ` ${unit === 'second' ? 'minute' : 'day'}`}`
  return `at ${unit}s ${list(field.values.map(String))}`
}

function evenStep(field: CronField): number | undefined {
  const size = field.name === 'hour' ? 24 : 60
  const step = (field.values[1] ?? 0) - (field.values[0] ?? 0)
  const even =
    step > 1 &&
    size % step === 0 &&
    field.values.length === size / step &&
    field.values.every((value, index) => value === (field.values[0] ?? 0) + index * step)
  return even ? step : undefined
}

function hourWindow(hour: CronField): string {
  if (contiguous(hour.values)) return `from ${pad(hour.values[0] ?? 0)}:00 to ${pad(hour.values.at(-1) ?? 0)}:59`
  return hour.values.length > 6
    ? `in ${hour.values.length} hours of the day`
    : `in the hours ${list(hour.values.map(value => pad(value)))}`
}

function contiguous(values: readonly number[]): boolean {
  return values.every((value, index) => value === (values[0] ?? 0) + index)
}

function dayWords(cron: Cron, { day, weekday }: CronFields): string {
  const monthDays = day.star || day.full ? '' : monthDayWords(day)
  const weekdays = weekday.star || weekday.full ? '' : weekdayList(weekday)
  if (monthDays && weekdays)
    return day.star || weekday.star || cron.bothMustMatch
      ? `on ${weekdays} when it is ${monthDays}`
      : `on ${monthDays} and also on every ${weekdays}`
  if (monthDays) return `on ${monthDays}`
  return weekdays ? `on ${weekdays}` : 'every day'
}

function monthDayWords(field: CronField): string {
  const rules = field.rules.map(rule =>
    rule.kind === 'last'
      ? rule.back === 0
        ? 'the last day of the month'
        : `${rule.back} days before the last of the month`
      : 'the nearest working day',
  )
  const [first] = field.steps
  if (field.values.length > 6 && first && field.steps.length === 1)
    return `every ${first} days from day ${field.values[0]} of the month`
  const days =
    field.values.length > 6 && contiguous(field.values)
      ? `${field.values[0]} to ${field.values.at(-1)}`
      : list(field.values.map(String))
  return list([...(days ? [`day${days.length > 2 ? 's' : ''} ${days} of the month`] : []), ...rules])
}

function weekdayList(field: CronField): string {
  const rules = field.rules.map(rule =>
    rule.kind === 'nth'
      ? `${rule.nth < 0 ? 'the last' : `the ${ordinal(rule.nth)}`} ${weekdayWords[rule.weekday]} of the month`
      : '',
  )
  if (field.values.length > 2 && contiguous(field.values))
    return `${weekdayWords[field.values[0] ?? 0]} to ${weekdayWords[field.values.at(-1) ?? 0]}`
  return list([...field.values.map(value => weekdayWords[value] ?? ''), ...rules])
}

function monthPart({ month }: CronFields): string {
  return month.full ? '' : `in ${list(month.values.map(value => monthWords[value - 1] ?? ''))}`
}

function ordinal(n: number): string {
  return ['zeroth', 'first', 'second', 'third', 'fourth', 'fifth'][n] ?? `${n}th`
}

function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}

function durationWords(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [604_800, 'week'],
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ]
  const [size, unit] = units.find(([length]) => seconds % length === 0) ?? [1, 'second']
  const count = seconds / size
  return count === 1 ? unit : `${count} ${unit}s`
}

/** `Mon 2026-11-23 03:00`. */
export function wallWords(time: WallTime): string {
  const weekday = weekdayWords[new Date(Date.UTC(time.year, time.month - 1, time.day)).getUTCDay()] ?? ''
  const clock = `${pad(time.hour)}:${pad(time.minute)}${time.second === 0 ? '' : `:${pad(time.second)}`}`
  return `${weekday.slice(0, 3)} ${time.year}-${pad(time.month)}-${pad(time.day)} ${clock}`
}
