/** What systemd makes of `OnCalendar=`: six cron fields (second first), a zone, or why it is refused. */
export type Calendar =
  | { readonly cron: string; readonly zone?: string }
  /** Valid, with parts that cron fields cannot say: a year, the last days of a month, fractions of a second. */
  | { readonly opaque: true }
  | { readonly message: string }

const shorthands: Readonly<Record<string, string>> = {
  minutely: '0 * * * * *',
  hourly: '0 0 * * * *',
  daily: '0 0 0 * * *',
  weekly: '0 0 0 * * 1',
  monthly: '0 0 0 1 * *',
  quarterly: '0 0 0 1 1,4,7,10 *',
  semiannually: '0 0 0 1 1,7 *',
  yearly: '0 0 0 1 1 *',
  annually: '0 0 0 1 1 *',
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const full = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** Reads a calendar expression as `systemd-analyze calendar` does (test/measured/systemd.jsonl). */
export function parseCalendar(text: string): Calendar {
  const words = text.trim().split(/\s+/)
  const last = words.at(-1) ?? ''
  const zone =
    words.length > 1 && /^(UTC|[A-Z][A-Za-z]+\/[A-Za-z_/+-]+|[A-Z]{3,4})$/.test(last) ? words.pop() : undefined
  const [first = ''] = words
  const short = shorthands[first.toLowerCase()]
  const withZone = zone === undefined ? {} : { zone }
  if (short !== undefined)
    return words.length === 1 ? { cron: short, ...withZone } : { message: `nothing may stand beside \`${first}\`` }
  let days = '*'
  if (/^[A-Za-z]/.test(first)) {
    const read = weekdaysOf(first)
    if (read === undefined) return { message: `\`${first}\` names no days of the week such as Mon..Fri` }
    days = read
    words.shift()
  }
  let date: string | undefined
  let time: string | undefined
  for (const word of words) {
    if (word.includes(':') && time === undefined) time = word
    else if (/[-~]/.test(word) && date === undefined && time === undefined) date = word
    else return { message: fieldsMessage(text, word) }
  }
  const clock = timeOf(time ?? '00:00:00')
  if ('message' in clock) return clock
  const day = dateOf(date ?? '*-*-*')
  if ('message' in day) return day
  if (day.opaque || clock.opaque) return { opaque: true }
  return { cron: `${clock.second} ${clock.minute} ${clock.hour} ${day.day} ${day.month} ${days}`, ...withZone }
}

function fieldsMessage(text: string, word: string): string {
  return /^\S+(\s+\S+){4}$/.test(text.trim())
    ? 'these are the five fields of a crontab; systemd reads `Mon..Fri *-*-* 03:00:00`'
    : `\`${word}\` is neither a date (\`*-*-01\`) nor a time (\`03:00\`)`
}

function weekdaysOf(text: string): string | undefined {
  const parts = text
    .replace(/,$/, '')
    .split(',')
    .map(part => {
      const [from = '', to, more] = part.split(/\.\.|-/)
      const [a, b] = [dayNumber(from), to === undefined ? undefined : dayNumber(to)]
      if (a === -1 || b === -1 || more !== undefined) return undefined
      if (b === undefined) return String(a)
      // Sunday ends the week of systemd, which reads no range beyond it.
      const [start, end] = [a === 0 ? 7 : a, b === 0 ? 7 : b]
      return end < start ? undefined : `${start}-${end}`
    })
  return parts.includes(undefined) ? undefined : parts.join(',')
}

function dayNumber(name: string): number {
  const lower = name.toLowerCase()
  const short = weekdays.indexOf(lower)
  return short === -1 ? full.indexOf(lower) : short
}

type Message = { readonly message: string }

function timeOf(
  text: string,
): Message | { readonly hour: string; readonly minute: string; readonly second: string; readonly opaque: boolean } {
  const parts = text.split(':')
  if (parts.length < 2 || parts.length > 3) return { message: `\`${text}\` is no time such as 03:00 or 03:00:00` }
  const [hour = '', minute = '', second = '0'] = parts
  const opaque = second.includes('.') && !/^\d+\.\.\d+/.test(second)
  const read = {
    hour: component(hour, 'hour', 0, 23),
    minute: component(minute, 'minute', 0, 59),
    second: opaque ? '0' : component(second, 'second', 0, 60),
  }
  for (const value of Object.values(read)) if (typeof value !== 'string') return value
  return { hour: String(read.hour), minute: String(read.minute), second: String(read.second), opaque }
}

function dateOf(text: string): Message | { readonly month: string; readonly day: string; readonly opaque: boolean } {
  const parts = text.split(/[-~]/)
  if (parts.length < 2 || parts.length > 3) return { message: `\`${text}\` is no date such as *-*-01` }
  const [year, month = '', day = ''] = parts.length === 3 ? parts : ['*', ...parts]
  if (!/^[\d*,./]+$/.test(year ?? '')) return { message: `\`${year}\` is no year` }
  const months = component(month, 'month', 1, 12)
  const days = component(day, 'day', 1, 31)
  if (typeof months !== 'string') return months
  if (typeof days !== 'string') return days
  return { month: months, day: days, opaque: text.includes('~') || year !== '*' }
}

/** One part in cron's notation: `0/15`, `1..7`, `1,15`, `*`. */
function component(text: string, name: string, least: number, most: number): string | Message {
  const wrong = { message: `\`${text}\` is no ${name} between ${least} and ${most}` }
  const parts = text.split(',').map(part => {
    const found = /^(\*|\d+)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(part)
    if (!found) return undefined
    const [, from = '', to, step] = found
    if (from === '*') return to !== undefined ? undefined : step === undefined ? '*' : `*/${step}`
    const numbers = [from, to].flatMap(one => (one === undefined ? [] : [Number(one)]))
    if (numbers.some(one => one < least || one > most) || step === '0') return undefined
    if (to !== undefined && Number(to) < Number(from)) return undefined
    const range = to === undefined ? (step === undefined ? from : `${from}-${most}`) : `${from}-${to}`
    return step === undefined ? range : `${range}/${step}`
  })
  return parts.includes(undefined) ? wrong : parts.join(',').replace(/\b60\b/, '59')
}
