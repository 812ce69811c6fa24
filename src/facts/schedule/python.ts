import type { Source } from '../../artifact/types.ts'
import type { Entry } from './entry.ts'
import { textEntry } from './text.ts'

const celeryFields = ['minute', 'hour', 'day_of_week', 'day_of_month', 'month_of_year']

/** Celery's and huey's `crontab(hour=3)`: what is left out means every. */
export function celeryEntries(source: Source): Entry[] {
  if (!/\b(celery|huey)\b/i.test(source.text) || !source.text.includes('crontab(')) return []
  const entries: Entry[] = []
  for (const match of source.text.matchAll(/\bcrontab\(([^()]{0,300})\)/g)) {
    const values = celeryValues(match[1] ?? '')
    const [minute = '*', hour = '*', weekday = '*', day = '*', month = '*'] = celeryFields.map(
      field => values?.get(field) ?? '*',
    )
    const expression = match[0].replace(/\s+/g, ' ')
    const before = source.text.slice(Math.max(0, match.index - 300), match.index)
    const name = [
      ...before.matchAll(/["']([\w.:\- ]+)["']\s*:\s*\{|^(\w+)\s*=|["'](?:task)["']\s*:\s*["']([\w.]+)/gm),
    ].at(-1)
    const job = name?.[1] ?? name?.[3] ?? name?.[2] ?? ''
    entries.push(
      textEntry({
        id: job,
        name: job || 'this task',
        expression,
        dialect: 'celery',
        start: match.index,
        end: match.index + match[0].length,
        to: match.index + match[0].length,
        command: job,
        // A name or a call instead of a literal.
        unknown: values === undefined,
        reads: [minute, hour, day, month, weekday].join(' '),
      }),
    )
  }
  return entries
}

function celeryValues(list: string): Map<string, string> | undefined {
  const values = new Map<string, string>()
  const parts = list.replace(/#[^\n]*/g, '').match(/(?:[^,"']|"[^"]*"|'[^']*')+/g) ?? []
  for (const [index, part] of parts.entries()) {
    if (part.trim() === '') continue
    const [, key = celeryFields[index] ?? '', , text] =
      /^\s*(?:(\w+)\s*=\s*)?(["']?)([\w*,/ -]+)\2\s*$/.exec(part) ?? []
    // A name or a call: its value is not known here.
    if (
      text === undefined ||
      (/^[A-Za-z_]\w*$/.test(text.trim()) && !/^\w{3}$/.test(text.trim())) ||
      !celeryFields.includes(key)
    )
      return undefined
    values.set(key, text.replaceAll(' ', ''))
  }
  return values
}

const triggerFields = ['second', 'minute', 'hour', 'day', 'month', 'day_of_week']
const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/**
 * APScheduler's `CronTrigger(hour=3)` and `add_job(f, 'cron', hour=3)`: fields below the smallest one given are at their
 * least, fields above it stand for every; weekdays count from Monday.
 */
export function schedulerEntries(source: Source): Entry[] {
  if (!/apscheduler/i.test(source.text)) return []
  const calls = source.text.matchAll(
    /\bCronTrigger\(([^()]{1,300})\)|\b(?:add_job|scheduled_job)\(([^()]{0,200}?)["']cron["']\s*,([^()]{1,300})\)/g,
  )
  return [...calls].flatMap((match): readonly Entry[] => {
    const [whole, trigger, before = '', given] = match
    const list = trigger ?? given ?? ''
    const values = new Map(
      [...list.matchAll(/(\w+)\s*=\s*(?:["']([^"']*)["']|(\d+)|([A-Za-z_][\w.]*))/g)].map(found => [
        found[1] ?? '',
        found[2] ?? found[3] ?? undefined,
      ]),
    )
    if (/\*\*|\byear\s*=|\bweek\s*=/.test(list) || !triggerFields.some(field => values.has(field))) return []
    const unknown = triggerFields.some(field => values.has(field) && values.get(field) === undefined)
    const reads = unknown ? undefined : triggerCron(values)
    if (!unknown && reads === undefined) return []
    const job =
      /^\s*(\w[\w.]*)/.exec(before)?.[1] ??
      /\bdef\s+(\w+)/.exec(source.text.slice(match.index, match.index + 500))?.[1] ??
      ''
    const start = match.index
    return [
      textEntry({
        id: job,
        name: job || 'this job',
        expression: whole.replace(/\s+/g, ' '),
        dialect: 'apscheduler',
        start,
        end: start + whole.length,
        to: start + whole.length,
        command: job,
        unknown,
        ...(reads === undefined ? {} : { reads }),
      }),
    ]
  })
}

function triggerCron(values: ReadonlyMap<string, string | undefined>): string | undefined {
  const order = ['second', 'minute', 'hour', 'day_of_week', 'day', 'month']
  const smallest = order.findIndex(field => values.has(field))
  const least: Readonly<Record<string, string>> = { second: '0', minute: '0', hour: '0', day: '1', month: '1' }
  const of = (field: string): string => {
    const value = values.get(field)
    if (value !== undefined) return value.replaceAll(' ', '')
    // The day of the week stands beside the day: neither narrows the other when it is left out.
    if (field === 'day_of_week' || (field === 'day' && values.has('day_of_week'))) return '*'
    return order.indexOf(field) < smallest ? (least[field] ?? '*') : '*'
  }
  const weekday = of('day_of_week').replace(/\d/g, digit => dayNames[Number(digit)] ?? digit)
  const fields = [of('second'), of('minute'), of('hour'), of('day'), of('month'), weekday]
  return fields.some(field => /last|th\b|st\b|nd\b|rd\b/.test(field)) ? undefined : fields.join(' ')
}
