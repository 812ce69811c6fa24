import type { Artifact } from '../../artifact/types.ts'
import { flag, number, optional, text, texts } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { extraLanguage } from './extra.ts'

export const scheduleFields = {
  expression: text('The schedule as written, without quotes'),
  dialect: text(
    'Who reads it: github-actions, kubernetes, robfig, robfig-seconds, fugit, vixie, croniter, celery, aws, aws-scheduler, quartz, spring, cloudflare, vercel, gcp, app-engine, azure-functions, azure-pipelines, jenkins, systemd, laravel, apscheduler, oban, unknown',
  ),
  reader: text('Who reads it, in words'),
  name: text('Name of the job or of the entry'),
  command: text('What runs: class, command line, workflow or object name'),
  status: text(
    '`added`, `altered`, `removed`, `suspended` where the change switches the job off, or `resumed` where it switches it on again',
  ),
  zone: text('Time zone of the schedule; empty when the file names none'),
  zoneKnown: flag('The zone is absent or is one the IANA database knows'),
  zoneHint: text('A zone of the IANA database that was probably meant; empty when none is close'),
  valid: flag('The scheduler accepts the expression'),
  problems: texts('Why the scheduler refuses the expression, with the field and its range'),
  problem: text('The first of the problems; empty when valid'),
  refusal: text('What happens when this scheduler meets an expression it cannot read'),
  runsPerWeek: optional(number('Runs in an average week; 0 when it never fires; absent when it cannot be told')),
  minGapMinutes: optional(number('Shortest time between two runs in minutes')),
  neverFires: flag('Valid, but no day matches'),
  minuteIsEvery: flag('All 60 minutes are selected'),
  minuteRestricted: flag('Fewer than 60 minutes are selected'),
  hourRestricted: flag('Fewer than 24 hours are selected'),
  hourSpan: number('Longest run of consecutive hours selected, 24 at most'),
  daySpan: number('Days of a month on which it fires, on average'),
  secondIsEvery: flag('All 60 seconds are selected, in a dialect with seconds'),
  straySecond: flag(
    'Six fields with a single second other than 0 in every hour: probably five fields and one too many',
  ),
  bothDays: flag('Day of the month and day of the week are both set, and either of them is enough'),
  shiftedWeekday: flag(
    'Weekdays are `1-5`, `6-7` or `0,6`, the Unix numbers for working days and weekend, in a dialect that numbers them another way',
  ),
  unevenStep: text('The step that does not divide its field, with the gaps it leaves; empty when there is none'),
  oversizedStep: text('A step as large as its field or larger, so that it fires once; empty when there is none'),
  missingUser: flag('A line below cron.d whose user column holds no user name'),
  percent: flag('A crontab command with an unescaped %'),
  unended: flag('The last line of a crontab, without a line break at its end'),
  concurrency: text('concurrencyPolicy of a CronJob, `Allow` when it is not set; empty elsewhere'),
  everyServer: flag(
    'Each of several servers runs it from now on; before, one of them did (Laravel: `onOneServer` is gone)',
  ),
  suspended: flag('The job is switched off at head'),
  reading: text('The schedule in words'),
  baseReading: text('The schedule at base in words; empty for a new entry'),
  before: text(
    'What the entry was before, to end a sentence: ` (before: `0 3 * * *`, 7 a week)`; empty for a new entry',
  ),
  tryInstead: text('The suggestion as a sentence, as in ` Did you mean `31 1 * * *`?`; empty without one'),
  zoneShiftHours: number(
    'Hours by which a change of the time zone moves the runs, by the clocks of today; 0 without one',
  ),
  clockChange: text(
    'What happens to it when the clocks change, in words, where its zone has summer time and it fires in that hour; empty otherwise',
  ),
  comment: text(
    'The comment beside it, where that plainly says something else than the schedule does; empty otherwise',
  ),
  together: number(
    'How many new schedules of the change have the same next run; told of the first of them, 0 elsewhere',
  ),
  nextRuns: texts('The next three runs on the clock of the schedule'),
  suggestion: text('The expression that was probably meant; empty when none is known'),
  baseExpression: optional(text('The expression of the same entry at base')),
  baseRunsPerWeek: optional(number('Runs per week of the same entry at base')),
  baseNeverFires: flag('The same entry at base never fired'),
  baseMinuteIsEvery: flag('The same entry at base selected all 60 minutes of fewer than 24 hours'),
  baseBothDays: flag('The same entry at base set both day fields'),
  timesAsOften: optional(number('runsPerWeek divided by baseRunsPerWeek')),
}

export type ScheduleFact = FactOf<'schedule', typeof scheduleFields>

const kinds: ReadonlySet<string> = new Set([
  'github-workflow',
  'k8s',
  'helm-values',
  'sidekiq-schedule',
  'crontab',
  'terraform',
  'render',
])
const languages: ReadonlySet<string> = new Set(
  'ruby python javascript typescript tsx java kotlin csharp go php sql hcl toml ini crontab'.split(' '),
)

/** Words and shapes without which no text holds a schedule. */
const schedule = /cron|schedul|OnCalendar|rate\s*\(|every|recurr|\*\s+\S|\d\s+\*/i

/** pg_cron and the events of MySQL: `*` and numbers alone are in every other query. */
const inSql = /cron|schedul/i

function mentionsSchedule({ kind, language, base, head }: Artifact): boolean {
  if (kind === 'crontab' || kind === 'sidekiq-schedule') return true
  const words = language === 'sql' ? inSql : schedule
  return words.test(head?.text ?? '') || words.test(base?.text ?? '')
}

export const scheduleKind = {
  name: 'schedule',
  doc: 'A cron-like schedule that the change adds, alters or removes, as the scheduler that reads the file understands it.',
  fields: scheduleFields,
  // Files named under `schedules:` in the configuration may be any data file.
  wants: (artifact: Artifact) =>
    (kinds.has(artifact.kind) ||
      languages.has(artifact.language) ||
      artifact.language === 'yaml' ||
      artifact.language === 'json' ||
      artifact.language === 'jsonc') &&
    mentionsSchedule(artifact),
  concerns: paths => paths.some(path => extraLanguage(path) !== undefined),
  load: async () => (await import('./extract.ts')).extractSchedules,
  rewrites: {
    expression: 'the expression that was probably meant',
    'weekday-names': 'weekdays by name instead of by number',
    'five-fields': 'without the surplus field',
    newline: 'a line break at the end of the file',
    percent: 'percent signs escaped for cron',
  },
  loadRewriter: async () => (await import('./rewrite.ts')).rewriteSchedule,
} satisfies FactKind
