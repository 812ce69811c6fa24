import type { Source } from '../../artifact/types.ts'
import { lineText, positionAt } from '../../text/lines.ts'
import type { Entry } from './entry.ts'
import type { Frequency } from './frequency.ts'
import type { Cron } from './parse.ts'

/** Runs in an average week that a word promises, and how far off the schedule may be: at least, at most. */
const promises: readonly (readonly [RegExp, number, number])[] = [
  [/\b(daily|nightly|every (day|night)|once a day)\b/i, 3, 14],
  [/\b(weekly|every week|once a week)\b/i, 0.6, 1.9],
  [/\b(monthly|every month|once a month)\b/i, 0.1, 0.6],
]
const period = /\bevery\s+(\d{1,3})\s*(min|minute|hour|h)s?\b/i

/** Hours that a zone named in a comment is ahead of UTC; two where the letters say nothing of summer time. */
const zones: Readonly<Record<string, readonly number[]>> = {
  UTC: [0],
  GMT: [0],
  Z: [0],
  EST: [-5],
  EDT: [-4],
  ET: [-5, -4],
  CDT: [-5],
  PST: [-8],
  PDT: [-7],
  PT: [-8, -7],
  CET: [1],
  CEST: [2],
  JST: [9],
}
const clock = /\b(\d{1,2})(?::(\d\d))?\s*(am|pm)?\s+(UTC|GMT|Z|EST|EDT|ET|CDT|PST|PDT|PT|CET|CEST|JST)\b/gi

/** Schedulers that read every expression in UTC. */
const inUtc: readonly string[] = ['github-actions', 'cloudflare', 'vercel', 'aws']

/** The comment beside a schedule where it plainly says something else than the schedule does; empty otherwise. */
export function contradiction(
  source: Source,
  entry: Entry,
  cron: Cron,
  frequency: Frequency | undefined,
  zone: string,
): string {
  if (cron.problems.length > 0 || frequency === undefined || entry.suspended) return ''
  const comment = commentOf(source, entry)
  if (comment === '') return ''
  const promised = promises.filter(([words]) => words.test(comment))
  const [first] = promised
  // Reports have names such as "weekly", and a comment may speak of two jobs.
  if (promised.length === 1 && first && isAbout(comment, first[0])) {
    const [, least, most] = first
    if (frequency.runsPerWeek > 0 && (frequency.runsPerWeek < least || frequency.runsPerWeek > most)) return comment
  }
  const [, count, unit = ''] = period.exec(comment) ?? []
  if (count !== undefined && promised.length === 0) {
    const minutes = Number(count) * (/^h/i.test(unit) ? 60 : 1)
    if (frequency.minGapMinutes !== undefined && frequency.minGapMinutes !== minutes) return comment
  }
  const utc = zone === 'UTC' || (zone === '' && inUtc.includes(entry.dialect))
  return utc && saysOtherTime(comment, cron) ? comment : ''
}

/** `# Runs daily` and `# daily at 3`, not `# the daily digest`. */
function isAbout(comment: string, words: RegExp): boolean {
  const at = words.exec(comment)
  if (!at) return false
  const [before, after] = [comment.slice(0, at.index), comment.slice(at.index + at[0].length)]
  return (
    /^\s*$|\b(runs?|executed?|scheduled?|triggered|once)\s*$/i.test(before) &&
    /^\s*($|[.,;:(]|at\b|on\b|@)/i.test(after)
  )
}

function saysOtherTime(comment: string, { fields }: Cron): boolean {
  if (!fields || fields.hour.values.length * fields.minute.values.length > 4) return false
  const runs = fields.hour.values.flatMap(hour => fields.minute.values.map(minute => hour * 60 + minute))
  const said = [...comment.matchAll(clock)].flatMap(([, hour = '', minute = '0', half, zone = '']) => {
    const noon = half?.toLowerCase()
    const plain =
      noon === 'pm' && Number(hour) < 12 ? Number(hour) + 12 : noon === 'am' && Number(hour) === 12 ? 0 : Number(hour)
    return (zones[zone.toUpperCase()] ?? []).map(ahead => ((plain - ahead) * 60 + Number(minute) + 2880) % 1440)
  })
  return said.length > 0 && said.every(time => !runs.includes(time))
}

/** What stands behind the expression in its line, else the comment in the line above it. */
function commentOf(source: Source, entry: Entry): string {
  const { line } = positionAt(source.lines, entry.start)
  const own = lineText(source.lines, line)
  const behind = /\s(?:#|\/\/)\s*(.+)$/.exec(
    own.slice(Math.max(0, own.indexOf(entry.expression)) + entry.expression.length),
  )?.[1]
  const above = /^\s*(?:#|\/\/)\s*(.+)$/.exec(lineText(source.lines, line - 1))?.[1]
  return (behind ?? above ?? '').trim().slice(0, 120)
}
