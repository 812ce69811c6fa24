import type { Dialect } from './dialects.ts'

const unitSeconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 0.001,
  s: 1,
  sec: 1,
  secs: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  mins: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
  w: 604_800,
  week: 604_800,
  weeks: 604_800,
}

/** Seconds of a duration such as `90s`, `1h30m` or `15 minutes`; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const clean = text
    .trim()
    .toLowerCase()
    .replace(/\s+and\s+|,\s*/g, ' ')
  if (!/^(\d+(\.\d+)?\s*[a-zµ]+\s*)+$/.test(clean) || clean.length > 60) return undefined
  let seconds = 0
  for (const [, count, unit] of clean.matchAll(/(\d+(?:\.\d+)?)\s*([a-zµ]+)/g)) {
    const size = unitSeconds[unit ?? '']
    if (size === undefined) return undefined
    seconds += Number(count) * size
  }
  return seconds > 0 ? seconds : undefined
}

type Rate = { message: string } | { everySeconds: number } | { opaque: true } | { inner: string; offset: number }

/** AWS's `rate(…)`, `cron(…)` and `at(…)`; a bare expression is an error there. Undefined when other forms are allowed too. */
export function parseRate(text: string, dialect: Dialect): Rate | undefined {
  const form = /^\s*(rate|cron|at)\(([^()]*)\)\s*$/.exec(text)
  if (!form) {
    if (dialect.natural) return undefined
    return { message: `${dialect.reader} reads \`cron(minute hour day month weekday year)\`, \`rate(…)\` or \`at(…)\`` }
  }
  const [, word, inner = ''] = form
  if (word === 'at') return { opaque: true }
  if (word === 'cron') return { inner, offset: text.indexOf('(') + 1 }
  const rate = /^\s*(\d+)\s+(minute|hour|day|second)(s?)\s*$/.exec(inner)
  const count = Number(rate?.[1])
  const unit = rate?.[2] ?? ''
  if (!rate || count === 0 || unit === 'second')
    return { message: `\`${text.trim()}\` is not a rate such as rate(5 minutes) or rate(1 hour)` }
  if (!dialect.anyNumber && (count === 1) === (rate[3] === 's'))
    return {
      message: `write \`rate(${count} ${unit}${count === 1 ? '' : 's'})\`: AWS wants ${count === 1 ? 'the singular for 1' : 'the plural'}`,
    }
  return { everySeconds: count * (unitSeconds[unit] ?? 60) }
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const numbers = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]

/** English schedules as fugit reads them. `cron` is absent when the text looks right but its times are not worked out here. */
export function parseNatural(text: string): { readonly cron?: string; readonly zone?: string } | undefined {
  const clean = text.trim().replace(/\s+/g, ' ')
  if (!/^(every|at|on|from|in)\b/i.test(clean)) return undefined
  if (!/\bevery\b/i.test(clean) && !/\bat\b/i.test(clean)) return undefined
  const zone = /\s((?:in |on )?([A-Z][A-Za-z]+\/[A-Z][A-Za-z_]+(?:\/[A-Z][A-Za-z_]+)?|UTC))$/.exec(clean)
  const words = (zone ? clean.slice(0, zone.index) : clean).toLowerCase()
  const cron = naturalCron(words)
  return { ...(cron === undefined ? {} : { cron }), ...(zone?.[2] === undefined ? {} : { zone: zone[2] }) }
}

function naturalCron(words: string): string | undefined {
  const interval = /^every (?:(\d+) )?(second|sec|minute|min|hour|day|month|week|year|weekday)s?$/.exec(words)
  if (interval) return intervalCron(Number(interval[1] ?? 1), interval[2] ?? '')
  const hourly = /^every (?:(\d+) )?hours? at minute (\d{1,2})$/.exec(words)
  if (hourly) return `${hourly[2]} ${hourly[1] ? `*/${hourly[1]}` : '*'} * * *`
  const daily =
    /^every (day|weekday|[a-z, ]+?) (?:at )?(\S+(?: [ap]m)?)$/.exec(words) ??
    swap(/^at (\S+(?: [ap]m)?) every (day|weekday|[a-z, ]+)$/.exec(words))
  if (!daily) return undefined
  const time = clockTime(daily[2] ?? '')
  const days = dayList(daily[1] ?? '')
  return time === undefined || days === undefined ? undefined : `${time} * * ${days}`
}

function swap(match: RegExpExecArray | null): [string, string | undefined, string | undefined] | undefined {
  return match ? [match[0], match[2], match[1]] : undefined
}

function intervalCron(count: number, unit: string): string | undefined {
  const step = count === 1 ? '*' : `*/${count}`
  if (unit.startsWith('sec')) return count < 60 ? `${step} * * * * *` : undefined
  if (unit.startsWith('min')) return count < 60 ? `${step} * * * *` : undefined
  if (unit === 'hour') return count < 24 ? `0 ${step} * * *` : undefined
  if (unit === 'day') return `0 0 ${step} * *`
  if (unit === 'month') return `0 0 1 ${step} *`
  if (count !== 1) return undefined
  return unit === 'week' ? '0 0 * * 0' : unit === 'year' ? '0 0 1 1 *' : '0 0 * * 1-5'
}

function clockTime(text: string): string | undefined {
  if (text === 'noon' || text === 'midday') return '0 12'
  if (text === 'midnight') return '0 0'
  const clock = /^(\d{1,2}|[a-z]+)(?::(\d\d))? ?(am|pm)?$/.exec(text)
  if (!clock) return undefined
  const named = numbers.indexOf(clock[1] ?? '')
  const hour = named === -1 ? Number(clock[1]) : named
  if (!Number.isInteger(hour) || hour > 24) return undefined
  const shifted = clock[3] === 'pm' && hour < 12 ? hour + 12 : clock[3] === 'am' && hour === 12 ? 0 : hour
  return `${Number(clock[2] ?? 0)} ${shifted % 24}`
}

function dayList(text: string): string | undefined {
  if (text === 'day') return '*'
  if (text === 'weekday') return '1-5'
  const days = text
    .split(/,? and |, ?| or /)
    .map(day => weekdays.findIndex(name => day === name || (day.startsWith(name) && day.endsWith('day'))))
  return days.includes(-1) ? undefined : days.join(',')
}
