import type { Source } from '../../artifact/types.ts'
import type { DialectName } from './dialects.ts'
import { type Entry, isTemplate } from './entry.ts'
import { pythonIntervals, springIntervals } from './intervals.ts'
import { laravelEntries } from './laravel.ts'
import { celeryEntries, schedulerEntries } from './python.ts'
import { linesOf, textEntry } from './text.ts'
import { wheneverEntries } from './whenever.ts'

interface CodePlace {
  /** Up to and including the opening quote; group `q` is the quote, `e` the expression. */
  readonly pattern: RegExp
  readonly dialect: DialectName | ((text: string) => DialectName)
  /** The file must mention this. */
  readonly library: RegExp
  /** The text can only be a schedule: judge it even if it does not look like one. */
  readonly always?: boolean
}

const javascript: readonly CodePlace[] = [
  {
    pattern: /(?:\bcron\.schedule\(|new CronJob\(|\.scheduleJob\(|\bnew Cron\()\s*(?<q>["'`])(?<e>[^"'`]+)\1/g,
    dialect: 'unknown',
    library: /cron|schedule/i,
  },
  { pattern: /@Cron\(\s*(?<q>["'`])(?<e>[^"'`]+)\1/g, dialect: 'unknown', library: /nestjs/i },
  {
    // BullMQ's job schedulers, Bull's repeated jobs, Bree's and Payload's jobs.
    pattern: /\b(?:pattern|cron|cronTime|cronExpression)["']?\s*:\s*(?<q>["'`])(?<e>[^"'`]+)\1/g,
    dialect: 'unknown',
    library: /bull|bree|upsertJobScheduler|\brepeat\b|CronJob|jobs/i,
  },
  {
    pattern: /\bschedule(?:["']?\s*:|\()\s*(?<q>["'`])(?<e>@?[^"'`]+)\1/g,
    dialect: text => (/firebase-functions/.test(text) ? 'gcp' : 'unknown'),
    library: /@netlify\/functions|export const config\b|firebase-functions|trigger\.dev/,
  },
  { pattern: /\bonSchedule\(\s*(?<q>["'`])(?<e>[^"'`]+)\1/g, dialect: 'gcp', library: /firebase-functions/ },
]

const jvm: readonly CodePlace[] = [
  {
    pattern: /@Scheduled\([^)]*?\bcron\s*=\s*(?<q>")(?<e>[^"]+)"/g,
    dialect: text => (/io\.quarkus\./.test(text) ? 'quartz' : /io\.micronaut\./.test(text) ? 'unknown' : 'spring'),
    library: /@Scheduled/,
    always: true,
  },
  { pattern: /\bcronSchedule\(\s*(?<q>")(?<e>[^"]+)"/g, dialect: 'quartz', library: /quartz/i, always: true },
  {
    pattern: /\bnew CronTrigger\(\s*(?<q>")(?<e>[^"]+)"/g,
    dialect: 'spring',
    library: /springframework/,
    always: true,
  },
  {
    pattern: /@TimerTrigger\([^)]*?\bschedule\s*=\s*(?<q>")(?<e>[^"]+)"/g,
    dialect: 'azure-functions',
    library: /azure/,
  },
]

const places: Readonly<Record<string, readonly CodePlace[]>> = {
  ruby: [
    {
      pattern: /(?:\bcron:|["']cron["']\s*=>|:cron\s*=>)\s*(?<q>["'])(?<e>[^"'#{}]+)\1/g,
      dialect: 'fugit',
      library: /sidekiq|good_job|GoodJob|solid_queue|resque|Fugit|cron/i,
    },
    { pattern: /\.register\(?\s*(?<q>["'])(?<e>[^"'#{}]+)\1/g, dialect: 'fugit', library: /sidekiq/i },
    { pattern: /\b(?:scheduler|rufus)\.cron\(?\s*(?<q>["'])(?<e>[^"'#{}]+)\1/g, dialect: 'fugit', library: /rufus/i },
  ],
  javascript,
  typescript: javascript,
  tsx: javascript,
  java: jvm,
  kotlin: jvm,
  csharp: [
    { pattern: /\[TimerTrigger\(\s*(?<q>")(?<e>[^"%]+)"/g, dialect: 'azure-functions', library: /TimerTrigger/ },
    { pattern: /\bWithCronSchedule\(\s*(?<q>")(?<e>[^"]+)"/g, dialect: 'quartz', library: /Quartz/, always: true },
    {
      pattern: /\bAddOrUpdate(?:<[^>]*>)?\([^;]*?(?<q>")(?<e>[\d*][^"]*)"/g,
      dialect: 'unknown',
      library: /RecurringJob/,
    },
  ],
  go: [
    {
      pattern: /\.(?:AddFunc|AddJob)\(\s*(?<q>["`])(?<e>[^"`]+)\1/g,
      dialect: text =>
        /robfig\/cron\/v3/.test(text) && !/WithSeconds|WithParser|NewParser/.test(text)
          ? 'robfig'
          : /robfig\/cron/.test(text) && !/WithParser|NewParser/.test(text)
            ? 'robfig-seconds'
            : 'unknown',
      library: /cron/,
      always: true,
    },
    { pattern: /\.(?:Cron|CronJob)\(\s*(?<q>["`])(?<e>[^"`]+)\1/g, dialect: 'unknown', library: /gocron/ },
  ],
  php: [
    { pattern: /->cron\(\s*(?<q>["'])(?<e>[^"'$]+)\1/g, dialect: 'laravel', library: /schedule/i, always: true },
    {
      pattern: /AsCronTask\(\s*(?:expression:\s*)?(?<q>["'])(?<e>[^"'$]+)\1/g,
      dialect: 'laravel',
      library: /Scheduler/,
    },
  ],
  python: [
    {
      pattern: /\bschedule(?:_interval)?\s*=\s*(?<q>["'])(?<e>[^"']+)\1/g,
      dialect: 'croniter',
      library: /airflow/,
    },
    {
      pattern: /\b(?:cron_schedule|cron_string|cron_expression|cron)\s*=\s*(?<q>["'])(?<e>[^"']+)\1/g,
      dialect: 'croniter',
      library: /dagster|prefect|croniter|airflow|schedule/i,
    },
    {
      pattern: /\bfrom_crontab\(\s*(?<q>["'])(?<e>[^"']+)\1/g,
      dialect: 'apscheduler',
      library: /apscheduler/,
      always: true,
    },
    { pattern: /^\s*\(\s*(?<q>["'])(?<e>[\d*][^"']+)\1\s*,\s*["'][\w.]+["']/gm, dialect: 'vixie', library: /CRONJOBS/ },
  ],
  // pg_cron, in migrations.
  sql: [
    {
      pattern:
        /\bcron\.schedule\(\s*(?:job_name\s*(?:=>|:=)\s*)?(?:'[^']*'\s*,\s*)?(?:schedule\s*(?:=>|:=)\s*)?(?<q>')(?<e>[\d*@][^']*)'/g,
      dialect: 'unknown',
      library: /cron\.schedule/,
    },
  ],
  groovy: [
    {
      pattern: /\b(?:cron|pollSCM)\s*\(?\s*(?<q>'''|"""|["'])(?<e>[\s\S]+?)\1/g,
      dialect: 'jenkins',
      library: /triggers|pipelineTriggers|cron/,
    },
  ],
  elixir: [
    { pattern: /\{\s*(?<q>")(?<e>[\d*@][^"]*)"\s*,\s*(?=[A-Z])/g, dialect: 'oban', library: /crontab|Quantum|Oban/ },
  ],
}

/** Schedules in calls and annotations that set them. */
export function codeEntries(source: Source, language: string): Entry[] {
  const special =
    language === 'python'
      ? [...celeryEntries(source), ...schedulerEntries(source), ...pythonIntervals(source)]
      : language === 'php'
        ? laravelEntries(source)
        : language === 'ruby'
          ? wheneverEntries(source)
          : language === 'java' || language === 'kotlin'
            ? springIntervals(source)
            : []
  const used = (places[language] ?? []).filter(place => place.library.test(source.text))
  if (special.length + used.length === 0) return []
  const skipped = commentLines(source, language)
  const live = special.filter(({ start }) => !skipped.has(source.text.lastIndexOf('\n', start - 1) + 1))
  const found = used.flatMap(place => entriesFor(place, source, language, skipped))
  // Two places may see the same text.
  const once = found.filter((entry, index) => found.findIndex(other => other.start === entry.start) === index)
  return [...live, ...once].sort((a, b) => a.start - b.start)
}

function entriesFor(
  place: CodePlace,
  source: Source,
  language: string,
  skipped: ReadonlySet<number>,
): readonly Entry[] {
  const { text } = source
  const dialect = typeof place.dialect === 'function' ? place.dialect(text) : place.dialect
  return [...text.matchAll(place.pattern)].flatMap(match => {
    const expression = match.groups?.e ?? ''
    const quote = match.groups?.q ?? '"'
    const lineStart = text.lastIndexOf('\n', match.index) + 1
    if (skipped.has(lineStart) || match[0].length > 2000) return []
    const start = match.index + match[0].lastIndexOf(quote + expression) + quote.length
    if (!place.always && !looksTimed(expression)) return []
    const lineEnd = text.indexOf('\n', match.index + match[0].length)
    const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd)
    const rest = text.slice(match.index + match[0].length, lineEnd === -1 ? text.length : lineEnd)
    const job = /@\w*(Scheduled|Trigger)\b/.test(match[0])
      ? functionAfter(text, match.index)
      : language === 'sql'
        ? (/schedule\(\s*(?:\w+\s*(?:=>|:=)\s*)?'([^']*)'\s*,\s*\S/.exec(match[0])?.[1] ?? '')
        : jobName(line, rest, text, match.index)
    const zone = /\b(?:zone|timezone|timeZone|tz|time_zone)\s*[=:]\s*["']([A-Za-z]+(?:\/[A-Za-z_/]+)?)["']/.exec(rest)
    return jenkinsLines(expression, quote).map(({ line: one, offset }) =>
      textEntry({
        id: job,
        name: job || 'this job',
        expression: one,
        dialect,
        start: start + offset,
        command: job,
        unknown: isTemplate(one) || /^\s*[-#]/.test(one),
        ...(zone?.[1] === undefined ? {} : { zone: { name: zone[1], start, end: start + expression.length } }),
      }),
    )
  })
}

/** Jenkins takes several schedules, one a line; a line `TZ=…` is none. */
function jenkinsLines(expression: string, quote: string): readonly { line: string; offset: number }[] {
  if (quote.length === 1) return [{ line: expression, offset: 0 }]
  let offset = 0
  return expression.split('\n').flatMap(raw => {
    const at = offset + (raw.length - raw.trimStart().length)
    offset += raw.length + 1
    const line = raw.trim()
    return line === '' || /^(TZ=|#)/.test(line) ? [] : [{ line, offset: at }]
  })
}

function looksTimed(expression: string): boolean {
  if (isTemplate(expression)) return false
  return (
    /^\s*TZ=\S+\s*\n/.test(expression) ||
    /^(every|at) /.test(expression) ||
    /^@(hourly|daily|midnight|weekly|monthly|yearly|annually|every\b)/.test(expression) ||
    (expression.trim().split(/\s+/).length >= 4 && /^[\s\d*@H,/-]/.test(expression))
  )
}

/** What people would call the job: a class or name behind the schedule, the key or the function around it. */
function jobName(line: string, rest: string, text: string, at: number): string {
  return (
    /\b(?:class:|job:|name:)?\s*["']?([A-Z]\w+(?:(?:::|\.)[A-Z]\w*)*)/.exec(rest)?.[1] ??
    /\b(?:name|class|dag_id)\s*[:=]\s*["']([^"']+)/.exec(line)?.[1] ??
    (keyBefore(text, at) || functionAfter(text, at))
  )
}

/** The key of the hash that holds the call: `expire: { cron: … }`, on one line or several. */
function keyBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 400), at)
  return [...before.matchAll(/["':]?(\w+)["']?\s*(?::|=>)\s*\{/g)].at(-1)?.[1] ?? ''
}

/** The method below an annotation. */
function functionAfter(text: string, at: number): string {
  const after = text.slice(at, at + 400)
  return (
    /\)\s*(?:@\w+(?:\([^)]*\))?\s*)*(?:(?:public|private|protected|final|suspend|async|static|def|fun|void|[A-Z]\w*)\s+)+(\w+)\s*\(/.exec(
      after,
    )?.[1] ?? ''
  )
}

function commentLines(source: Source, language: string): ReadonlySet<number> {
  const comment =
    language === 'sql'
      ? /^\s*--/
      : language === 'php' || language === 'python' || language === 'ruby'
        ? /^\s*(#(?!\[)|\/\/|\*)/
        : /^\s*(\/\/|\*)/
  const starts = [...linesOf(source)].filter(({ text }) => comment.test(text)).map(({ start }) => start)
  return new Set(starts)
}
