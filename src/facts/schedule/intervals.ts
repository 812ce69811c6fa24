import type { Source } from '../../artifact/types.ts'
import type { Entry } from './entry.ts'
import { textEntry } from './text.ts'

const unitSeconds: Readonly<Record<string, number>> = {
  milliseconds: 0.001,
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
  weeks: 604_800,
}

/** Intervals of Celery's beat and of APScheduler: `"schedule": timedelta(hours=6)`, `add_job(f, "interval", minutes=5)`. */
export function pythonIntervals(source: Source): Entry[] {
  if (!/\bcelery\b|apscheduler|beat_schedule/i.test(source.text)) return []
  const forms =
    /["']schedule["']\s*:\s*((?:datetime\.)?timedelta\(([^()]{1,120})\)|\d+(?:\.\d+)?(?=\s*[,}\n]))|\bIntervalTrigger\(([^()]{1,120})\)|\b(?:add_job|scheduled_job)\([^()]{0,200}?(["']interval["']\s*,\s*([^()]{1,160}))\)/g
  return [...source.text.matchAll(forms)].flatMap((found): readonly Entry[] => {
    const [whole, beat, delta, trigger, added, job] = found
    const seconds = beat !== undefined && delta === undefined ? Number(beat) : lengthOf(delta ?? trigger ?? job ?? '')
    const shown = beat ?? added ?? whole
    const before = source.text.slice(Math.max(0, found.index - 400), found.index)
    const own = /\b(?:add_job|scheduled_job)\(\s*(\w[\w.]*)/.exec(whole)?.[1]
    const name = own ?? [...before.matchAll(/["']([\w.:\- ]+)["']\s*:\s*\{/g)].at(-1)?.[1] ?? ''
    return interval(name, shown, found.index + whole.indexOf(shown), seconds)
  })
}

/** `hours=1, minutes=30` in seconds; undefined for anything that is not a number. */
function lengthOf(list: string): number | undefined {
  let sum = 0
  for (const part of list.split(',')) {
    const [, unit = '', count = ''] = /^\s*(\w+)\s*=\s*([\d_]+(?:\.\d+)?)\s*$/.exec(part) ?? []
    // A name or a call: its value is not known here.
    if (unit === '' && part.trim() !== '') return undefined
    sum += (unitSeconds[unit] ?? 0) * Number(count.replaceAll('_', ''))
  }
  return sum > 0 ? sum : undefined
}

/** Spring's `@Scheduled(fixedDelay = 30_000)`, in milliseconds unless `timeUnit` says otherwise. */
export function springIntervals(source: Source): Entry[] {
  if (!source.text.includes('@Scheduled')) return []
  const forms = /@Scheduled\(([^()]{0,200}?\b(?:fixedDelay|fixedRate)\s*=\s*([\d_]+)[lL]?[^()]{0,200})\)/g
  return [...source.text.matchAll(forms)].flatMap((found): readonly Entry[] => {
    const [whole, given = '', count = ''] = found
    const unit = /\btimeUnit\s*=\s*(?:TimeUnit\.)?(\w+)/.exec(given)?.[1]?.toLowerCase() ?? 'milliseconds'
    const seconds = (unitSeconds[unit] ?? Number.NaN) * Number(count.replaceAll('_', ''))
    const name = /\b(\w+)\s*\(/.exec(source.text.slice(found.index + whole.length, found.index + whole.length + 300))
    return interval(name?.[1] ?? '', given.trim(), found.index + whole.indexOf(given.trim()), seconds)
  })
}

function interval(name: string, expression: string, start: number, seconds: number | undefined): readonly Entry[] {
  if (seconds === undefined || !(seconds > 0)) return []
  const fields = { id: name, name: name || 'this job', expression, start, command: name }
  return [textEntry({ ...fields, dialect: 'unknown', everySeconds: seconds })]
}
