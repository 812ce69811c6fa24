export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof days)[number]

/** What a clock and a calendar on the wall show. */
export interface LocalTime {
  /** As `2026-11-18`. */
  readonly date: string
  readonly day: Day
  /** Minutes since midnight. */
  readonly minutes: number
  /** Where it is local, in words. */
  readonly zone: string
}

/** The local time in an IANA time zone. Throws a RangeError for a zone that does not exist. */
export function localTimeIn(now: Date, timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]))
  const date = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`
  return {
    date,
    day: dayOf(date),
    minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
    zone: timeZone,
  }
}

/** The local time at the UTC offset of an ISO time such as `2026-11-18T16:10:00-05:00`; undefined when it has none. */
export function localTimeAtOffset(now: Date, stamp: string): LocalTime | undefined {
  const match = /(?:Z|([+-])(\d{2}):?(\d{2}))$/.exec(stamp.trim())
  if (!match) return undefined
  const [, sign = '+', hours = '00', minutes = '00'] = match
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  const shifted = new Date(now.getTime() + offset * 60_000)
  const date = shifted.toISOString().slice(0, 10)
  const zone = offset === 0 ? 'UTC' : `UTC${sign}${hours}:${minutes}`
  return { date, day: dayOf(date), minutes: shifted.getUTCHours() * 60 + shifted.getUTCMinutes(), zone }
}

/** Day of the week of a date such as `2026-11-18`. */
export function dayOf(date: string): Day {
  return days[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7] ?? 'mon'
}

/** The date so many days later. */
export function daysLater(date: string, count: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10)
}

/** Minutes since midnight as `15:30`. */
export function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

const dayNames = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
} satisfies Record<Day, string>

export function dayName(day: Day): string {
  return dayNames[day]
}

/** `Thursday 19 November`. */
export function dateInWords(date: string): string {
  const months = [
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
  const [, month = '1', day = '1'] = date.split('-')
  return `${dayName(dayOf(date))} ${Number(day)} ${months[Number(month) - 1] ?? ''}`
}
