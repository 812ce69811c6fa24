import type { Source } from '../../artifact/types.ts'
import type { Entry } from './entry.ts'
import { textEntry } from './text.ts'

const shortcuts: Readonly<Record<string, string>> = {
  minute: '* * * * *',
  hour: '0 * * * *',
  day: '0 0 * * *',
  week: '0 0 * * 0',
  month: '0 0 1 * *',
  year: '0 0 1 1 *',
  weekday: '0 0 * * 1-5',
  weekend: '0 0 * * 6,0',
  sunday: '0 0 * * 0',
  monday: '0 0 * * 1',
  tuesday: '0 0 * * 2',
  wednesday: '0 0 * * 3',
  thursday: '0 0 * * 4',
  friday: '0 0 * * 5',
  saturday: '0 0 * * 6',
}

/** Jobs of the gem whenever (`config/schedule.rb`) and of Clockwork: `every 1.day, at: '4:30 am' do`. */
export function wheneverEntries(source: Source): Entry[] {
  const { path, text } = source
  const whenever = /(^|\/)schedule\.rb$/.test(path)
  if (!whenever && !/\bClockwork\b/.test(text)) return []
  const found = text.matchAll(
    /^[ \t]*every[ (]+(?:(?<q>["'])(?<cron>[^"'\n]+)\1|(?<count>\d+)\.(?<unit>\w+?)s?\b|:(?<word>\w+))(?<rest>[^\n]*)/gm,
  )
  return [...found].flatMap((match): readonly Entry[] => {
    const { cron, count, unit = '', word = '', rest = '' } = match.groups ?? {}
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 300)
    const job =
      (/^\s*,\s*["']([\w.:\- ]+)["']/.exec(rest) ??
        /\b(?:rake|runner|command|script|job)\b[ (]+["']([^"'\n]+)/.exec(after))?.[1] ?? 'this job'
    const expression = cron ?? (count === undefined ? `:${word}` : `${count}.${unit}`)
    const reads =
      cron ?? withTime(count === undefined ? shortcuts[word.replace(/s$/, '')] : interval(Number(count), unit), rest)
    if (reads === undefined) return []
    const start = match.index + match[0].indexOf(cron ?? (count === undefined ? `:${word}` : `${count}.`))
    return [
      textEntry({
        id: job,
        name: job,
        expression,
        // whenever writes a crontab.
        dialect: 'vixie',
        start,
        command: job,
        from: match.index,
        to: match.index + match[0].length,
        ...(cron === undefined ? { reads } : {}),
      }),
    ]
  })
}

function interval(count: number, unit: string): string | undefined {
  const step = count === 1 ? '*' : `*/${count}`
  if (unit === 'minute') return count < 60 ? `${step} * * * *` : undefined
  if (unit === 'hour') return count < 24 ? `0 ${step} * * *` : undefined
  if (unit === 'day') return `0 0 ${step} * *`
  if (unit === 'week') return count === 1 ? '0 0 * * 0' : undefined
  if (unit === 'month') return `0 0 1 ${step} *`
  return undefined
}

/** `at: '4:30 am'` sets the minute and the hour; a list or anything else is left alone. */
function withTime(cron: string | undefined, rest: string): string | undefined {
  if (cron === undefined || !/\bat\b\s*(?:=>|:)/.test(rest)) return cron
  const time = /\bat\b:?\s*(?:=>\s*)?["'](\d{1,2})(?::(\d{2}))?\s*(am|pm)?["']/i.exec(rest)
  if (!time) return undefined
  const [, hour = '0', minute = '0', half = ''] = time
  const shifted =
    half.toLowerCase() === 'pm' && Number(hour) < 12
      ? Number(hour) + 12
      : half.toLowerCase() === 'am' && hour === '12'
        ? 0
        : Number(hour)
  const [, , day, month, weekday] = cron.split(' ')
  return `${Number(minute)} ${shifted} ${day} ${month} ${weekday}`
}
