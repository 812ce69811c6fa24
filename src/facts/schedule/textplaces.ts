import type { Source } from '../../artifact/types.ts'
import { readCrontabLine } from './crontab.ts'
import type { DialectName } from './dialects.ts'
import { type Entry, isTemplate } from './entry.ts'

/** Longest line searched; minified code has no schedules worth reading. */
const longestLine = 2000

function* linesOf(source: Source): Generator<{ readonly text: string; readonly start: number }> {
  const { text, lines } = source
  for (const [index, start] of lines.starts.entries()) {
    const line = text.slice(start, (lines.starts[index + 1] ?? text.length + 1) - 1)
    if (line.length <= longestLine) yield { text: line, start }
  }
}

function textEntry(
  fields: Pick<Entry, 'id' | 'name' | 'expression' | 'dialect' | 'start' | 'command'> & Partial<Entry>,
): Entry {
  const end = fields.start + fields.expression.length
  return { end, from: fields.start, to: end, suspended: false, concurrency: '', ...fields }
}

/** Lines of a crontab. Files below cron.d and /etc/crontab name a user after the fields. */
export function crontabEntries(source: Source): Entry[] {
  const withUser = /(^|\/)cron\.d\/|(^|\/)etc\/crontab$/.test(source.path)
  // Folders such as cron.daily hold scripts, not crontabs.
  if (/(^|\/)cron\.(hourly|daily|weekly|monthly)\//.test(source.path) || source.text.startsWith('#!')) return []
  const entries: Entry[] = []
  let zone: Entry['zone']
  for (const { text, start } of linesOf(source)) {
    const line = readCrontabLine(text, withUser)
    if (line.kind === 'variable' && line.name === 'CRON_TZ')
      zone = { name: line.value, start, end: start + text.length }
    if (line.kind !== 'entry' || !(isTemplate(line.cron.text) || looksTimed(line.cron.text))) continue
    const missingUser =
      withUser && line.user !== '' && !isTemplate(line.user) && !/^[A-Za-z_][\w.-]*\$?$/.test(line.user)
    const command = missingUser ? `${line.user} ${line.command}` : line.command
    entries.push(
      textEntry({
        id: command,
        name: shortCommand(command) || line.cron.text,
        expression: line.cron.text,
        dialect: 'vixie',
        start: start + line.column - 1,
        from: start,
        to: start + text.replace(/\r$/, '').length,
        command,
        missingUser,
        unknown: isTemplate(line.cron.text),
        unended: start + text.length === source.text.length,
        percent: /(^|[^\\])%/.test(command) && !isTemplate(command.replace(/\$\([^)]*\)|\$\w+|\$\{[^}]*\}/g, '')),
        ...(zone === undefined ? {} : { zone }),
      }),
    )
  }
  return entries
}

function looksTimed(expression: string): boolean {
  return /^[\d*@~H]/.test(expression) || /^-?\d/.test(expression)
}

/** The part of a command line that people would call it by. */
function shortCommand(command: string): string {
  const words = command
    .split(/\s+/)
    .filter(word => !/^\w+=|^-|^(cd|sudo|env|nice|flock|&&|\[|test|exec|timeout|chronic|bash|sh)$/.test(word))
  const word = words.find(part => /[A-Za-z]/.test(part)) ?? ''
  return word.slice(word.lastIndexOf('/') + 1).slice(0, 60)
}

/** Which scheduler reads a resource's schedule. Systems Manager has cron forms of its own, which are left alone. */
const resourceDialects: readonly (readonly [RegExp, DialectName | undefined])[] = [
  [/^aws_ssm_/, undefined],
  [/^aws_autoscaling_schedule$/, 'unknown'],
  [/^aws_|^awscc_/, 'aws'],
  [/^google_cloud_scheduler_job$/, 'gcp'],
  [/^kubernetes_cron_job/, 'kubernetes'],
  [/./, 'unknown'],
]

const terraformKey =
  /^(\s*("?)(schedule_expression|schedule|recurrence|\w*cron\w*|\w+_schedule)\2\s*[=:]\s*)(?:"([^"]*)"|[^\s"{[])/
const fieldsLike = /^[\d*][\d*,/-]*(\s+[\w*?,/#-]+){3,5}$/

/** Schedules in Terraform: `schedule_expression`, and whatever else has the form of a schedule. */
export function terraformEntries(source: Source): Entry[] {
  const entries: Entry[] = []
  let block = ''
  let type = ''
  for (const { text, start } of linesOf(source)) {
    const opened = /^(\w+)\s+"([^"]+)"(?:\s+"([^"]+)")?\s*\{/.exec(text)
    if (opened) {
      const [, word, first, second] = opened
      type = word === 'resource' ? (first ?? '') : ''
      block = word === 'resource' || word === 'module' ? [first, second].filter(Boolean).join('.') : ''
    }
    const found = terraformKey.exec(text)
    if (!found) continue
    const [, before = '', , key = '', expression] = found
    const amazon = key === 'schedule_expression' || /^(cron|rate|at)\(/.test(expression ?? '')
    const byType = resourceDialects.find(([pattern]) => pattern.test(type))
    const dialect = byType && byType[1] === undefined ? undefined : amazon ? 'aws' : (byType?.[1] ?? 'unknown')
    const unknown = expression === undefined || isTemplate(expression)
    if (dialect === undefined || (!unknown && !amazon && !fieldsLike.test(expression))) continue
    const at = start + before.length + (expression === undefined ? 0 : 1)
    const id = `${block}.${key}`
    entries.push(
      textEntry({ id, name: block || key, expression: expression ?? '', dialect, start: at, command: block, unknown }),
    )
  }
  return entries
}

interface CodePlace {
  readonly pattern: RegExp
  readonly dialect: DialectName
  /** The file must mention this. */
  readonly library: RegExp
}

const codePlaces: Readonly<Record<string, readonly CodePlace[]>> = {
  ruby: [
    {
      pattern: /(?:\bcron:|["']cron["']\s*=>|:cron\s*=>)\s*(["'])([^"'#{}]+)\1/g,
      dialect: 'fugit',
      library: /sidekiq|good_job|GoodJob|solid_queue|resque|Fugit|cron/i,
    },
    { pattern: /\.register\(?\s*(["'])([^"'#{}]+)\1/g, dialect: 'fugit', library: /sidekiq/i },
  ],
  javascript: [
    {
      pattern: /(?:\bcron\.schedule\(|new CronJob\(|\.scheduleJob\(|\bnew Cron\()\s*(["'`])([^"'`]+)\1/g,
      dialect: 'unknown',
      library: /cron|schedule/i,
    },
    { pattern: /@Cron\(\s*(["'`])([^"'`]+)\1/g, dialect: 'unknown', library: /nestjs/i },
  ],
}

/** Schedules in calls that set them: Sidekiq, good_job, node-cron, NestJS, Celery. */
export function codeEntries(source: Source, language: string): Entry[] {
  if (language === 'python') return celeryEntries(source)
  const places = codePlaces[language === 'typescript' || language === 'tsx' ? 'javascript' : language] ?? []
  const used = places.filter(place => place.library.test(source.text))
  if (used.length === 0) return []
  const entries: Entry[] = []
  for (const { text, start } of linesOf(source)) {
    if (/^\s*(#|\/\/|\*)/.test(text)) continue
    for (const { pattern, dialect } of used) {
      for (const match of text.matchAll(pattern)) {
        const expression = match[2] ?? ''
        // A name such as register('users') is no schedule.
        if (
          isTemplate(expression) ||
          !(
            /^(every|at) /.test(expression) ||
            (expression.trim().split(/\s+/).length >= 4 && /^[\s\d*@,/-]/.test(expression))
          )
        )
          continue
        const rest = text.slice(match.index + match[0].length)
        const job =
          /\b(?:class:|job:|name:)?\s*["']?([A-Z]\w+(?:::\w+)*)/.exec(rest)?.[1] ??
          /\b(?:name|class):\s*["']([^"']+)/.exec(text)?.[1] ??
          keyBefore(source.text, start + match.index)
        entries.push(
          textEntry({
            id: job,
            name: job || 'this job',
            expression,
            dialect,
            start: start + match.index + match[0].length - expression.length - 1,
            command: job,
          }),
        )
      }
    }
  }
  return entries
}

/** The key of the hash that holds the call: `expire: { cron: … }`, on one line or several. */
function keyBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 400), at)
  return [...before.matchAll(/["':]?(\w+)["']?\s*(?::|=>)\s*\{/g)].at(-1)?.[1] ?? ''
}

const celeryFields = ['minute', 'hour', 'day_of_week', 'day_of_month', 'month_of_year']

/** Celery's and huey's `crontab(hour=3)`: what is left out means every. */
function celeryEntries(source: Source): Entry[] {
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
