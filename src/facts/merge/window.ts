import { clock, dateInWords, dayName, dayOf, daysLater, type LocalTime } from './clock.ts'

/** When merging is allowed. */
export interface Window {
  /** Days on which the window opens, `mon` … `sun`. */
  readonly days: readonly string[]
  /** As `09:00-15:30`; the end is outside. An end before the start is on the next day. */
  readonly hours: string
  readonly freezes: readonly string[]
  /** What a sentence calls it; `the merge window` when absent. */
  readonly name?: string
}

/** What counts as open where nobody configured a window: weekdays, early enough for the author to see the deploy through. */
export const defaultWindow: Window = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  hours: '06:00-15:30',
  freezes: [],
  name: 'the default merge window',
}

export interface Verdict {
  readonly closed: boolean
  /** The freeze that covers the day, as configured; empty when none. */
  readonly freeze: string
  /** Part of a sentence; empty when open. */
  readonly reason: string
  /** Part of a sentence, such as `on Thursday 19 November at 09:00`; empty when open or when nothing opens within a year. */
  readonly opensAt: string
  readonly minutesAfterClose?: number
}

/** Is merging allowed at a local time? Pure arithmetic on wall clocks, so that daylight saving needs no care. */
export function verdictAt(time: LocalTime, window: Window): Verdict {
  const { start, end } = readHours(window.hours)
  const { name = 'the merge window' } = window
  const freeze = freezeOn(time.date, window) ?? ''
  if (freeze !== '')
    return {
      closed: true,
      freeze,
      reason: `merging is frozen ${freezeInWords(freeze)}`,
      opensAt: nextOpening(time, window),
    }
  if (isOpen(time, window)) return { closed: false, freeze, reason: '', opensAt: '' }
  const opensAt = nextOpening(time, window)
  if (opensOn(time.date, window) && time.minutes < start)
    return { closed: true, freeze, reason: `${name} is not open yet`, opensAt }
  if (opensOn(time.date, window) && start <= end) {
    const late = time.minutes - end
    return {
      closed: true,
      freeze,
      reason: `${name} closed at ${clock(end)}, ${ago(late)}`,
      opensAt,
      minutesAfterClose: late,
    }
  }
  return { closed: true, freeze, reason: `${dayName(time.day)} is outside ${name}`, opensAt }
}

function isOpen(time: LocalTime, window: Window): boolean {
  const { start, end } = readHours(window.hours)
  if (start < end) return opensOn(time.date, window) && time.minutes >= start && time.minutes < end
  // Over midnight: the evening belongs to today's window, the morning to yesterday's.
  return time.minutes >= start
    ? opensOn(time.date, window)
    : time.minutes < end && opensOn(daysLater(time.date, -1), window)
}

function opensOn(date: string, window: Window): boolean {
  return window.days.includes(dayOf(date)) && freezeOn(date, window) === undefined
}

function nextOpening(time: LocalTime, window: Window): string {
  const { start } = readHours(window.hours)
  for (let ahead = 0; ahead <= 366; ahead++) {
    const date = daysLater(time.date, ahead)
    if (!opensOn(date, window) || (ahead === 0 && time.minutes >= start)) continue
    return ahead === 0 ? `today at ${clock(start)}` : `on ${dateInWords(date)} at ${clock(start)}`
  }
  return ''
}

function freezeOn(date: string, window: Window): string | undefined {
  return window.freezes.find(freeze => {
    const [from = '', to = from] = freeze.split('..')
    return date >= from && date <= to
  })
}

function freezeInWords(freeze: string): string {
  const [from = '', to = from] = freeze.split('..')
  return from === to ? `on ${dateInWords(from)}` : `from ${dateInWords(from)} to ${dateInWords(to)}`
}

function readHours(hours: string): { start: number; end: number } {
  const [start = '', end = ''] = hours.split('-')
  return { start: readClock(start), end: readClock(end) }
}

function readClock(text: string): number {
  const [hours, minutes] = text.split(':')
  return Number(hours) * 60 + Number(minutes)
}

function ago(minutes: number): string {
  if (minutes < 1) return 'just now'
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  const parts = [
    ...(hours === 0 ? [] : [`${hours} h`]),
    ...(rest === 0 ? [] : [`${rest} minute${rest === 1 ? '' : 's'}`]),
  ]
  return `${parts.join(' ')} ago`
}
