import type { Source } from '../../artifact/types.ts'
import type { Entry } from './entry.ts'
import { textEntry } from './text.ts'

/** Laravel's frequencies as the cron expression they stand for. */
const frequencies: Readonly<Record<string, string>> = {
  everyMinute: '* * * * *',
  everyTwoMinutes: '*/2 * * * *',
  everyThreeMinutes: '*/3 * * * *',
  everyFourMinutes: '*/4 * * * *',
  everyFiveMinutes: '*/5 * * * *',
  everyTenMinutes: '*/10 * * * *',
  everyFifteenMinutes: '*/15 * * * *',
  everyThirtyMinutes: '*/30 * * * *',
  hourly: '0 * * * *',
  everyOddHour: '0 1-23/2 * * *',
  everyTwoHours: '0 */2 * * *',
  everyThreeHours: '0 */3 * * *',
  everyFourHours: '0 */4 * * *',
  everySixHours: '0 */6 * * *',
  daily: '0 0 * * *',
  weekly: '0 0 * * 0',
  monthly: '0 0 1 * *',
  quarterly: '0 0 1 1-12/3 *',
  yearly: '0 0 1 1 *',
}

/** Tasks of Laravel's scheduler that name a frequency: `$schedule->command('mail:send')->dailyAt('13:00')`. */
export function laravelEntries(source: Source): Entry[] {
  const { text } = source
  if (!/\bSchedule\b|\$schedule->/.test(text)) return []
  const chains = text.matchAll(/(?:\$schedule->|\bSchedule::)(command|job|call|exec)\(([^;]*);/g)
  return [...chains].flatMap((chain): readonly Entry[] => {
    const [whole, , body = ''] = chain
    if (whole.length > 2000) return []
    const name = /^\s*["']([^"']+)["']|^\s*(?:new\s+)?\\?([\w\\]+)/.exec(body)
    const job = name?.[1] ?? name?.[2] ?? 'this task'
    for (const call of whole.matchAll(/->(\w+)\(([^()]*)\)/g)) {
      const [written, method = '', given = ''] = call
      const reads = cronOf(method, given)
      if (reads === undefined) continue
      const start = chain.index + call.index + 2
      const zone = /->timezone\(\s*["']([\w/]+)["']/.exec(whole)?.[1]
      return [
        textEntry({
          id: job,
          name: job,
          expression: written.slice(2),
          dialect: 'laravel',
          start,
          command: job,
          oneServer: /->onOneServer\(/.test(whole),
          reads: narrowed(reads, whole),
          from: chain.index,
          to: chain.index + whole.length,
          ...(zone === undefined ? {} : { zone: { name: zone, start, end: start + written.length - 2 } }),
        }),
      ]
    }
    return []
  })
}

function cronOf(method: string, given: string): string | undefined {
  const known = frequencies[method]
  if (known !== undefined) return given.trim() === '' ? known : undefined
  const values = given.split(',').map(value => value.trim().replace(/^["']|["']$/g, ''))
  const [first = '', second = ''] = values
  const [hour, minute = '0'] = first.split(':')
  if (method === 'dailyAt' && /^\d{1,2}(:\d{2})?$/.test(first)) return `${Number(minute)} ${Number(hour)} * * *`
  if (method === 'hourlyAt' && /^\d{1,2}$/.test(first)) return `${first} * * * *`
  if (method === 'twiceDaily' && /^\d+$/.test(first) && /^\d+$/.test(second)) return `0 ${first},${second} * * *`
  if (method === 'weeklyOn' && /^\d$/.test(first)) {
    const [h = '0', m = '0'] = second === '' ? [] : second.split(':')
    return `${Number(m)} ${Number(h)} * * ${first}`
  }
  if (method === 'monthlyOn' && /^\d{1,2}$/.test(first)) {
    const [h = '0', m = '0'] = second === '' ? [] : second.split(':')
    return `${Number(m)} ${Number(h)} ${first} * *`
  }
  return undefined
}

/** What later calls of the chain narrow: `->weekdays()`, `->at('13:00')`. */
function narrowed(cron: string, chain: string): string {
  const [minute, hour, day, month, weekday] = cron.split(' ')
  const at = /->at\(\s*["'](\d{1,2}):(\d{2})["']\s*\)/.exec(chain)
  const days = /->weekdays\(\)/.test(chain) ? '1-5' : /->weekends\(\)/.test(chain) ? '6,0' : weekday
  const named = ['sundays', 'mondays', 'tuesdays', 'wednesdays', 'thursdays', 'fridays', 'saturdays'].findIndex(name =>
    chain.includes(`->${name}()`),
  )
  return [at ? Number(at[2]) : minute, at ? Number(at[1]) : hour, day, month, named === -1 ? days : named].join(' ')
}
