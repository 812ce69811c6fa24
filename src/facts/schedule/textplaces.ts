import type { Source } from '../../artifact/types.ts'
import { readCrontabLine } from './crontab.ts'
import type { DialectName } from './dialects.ts'
import { type Entry, isTemplate } from './entry.ts'
import { linesOf, textEntry } from './text.ts'

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
  [/^(aws|awscc)_scheduler_schedule$/, 'aws-scheduler'],
  [/^aws_|^awscc_/, 'aws'],
  [/^google_cloud_scheduler_job$/, 'gcp'],
  [/^kubernetes_cron_job/, 'kubernetes'],
  [/./, 'unknown'],
]

const terraformKey =
  /^(\s*("?)(schedule_expression|schedule|recurrence|\w*cron\w*|\w+_schedule)\2\s*[=:]\s*)(?:"([^"]*)"|[^\s"{[])/
const fieldsLike = /^[\d*][\d*,/-]*(\s+[\w*?,/#-]+){3,5}$/

/** EventBridge has rules, and schedules that can start within a window; a module may make either. */
function amazonDialect(type: string, text: string): DialectName {
  if (/^(aws|awscc)_scheduler_schedule$/.test(type)) return 'aws-scheduler'
  return type === '' && /\bflexible_time_window\b/.test(text) ? 'aws-scheduler' : 'aws'
}

/** Schedules in Terraform: `schedule_expression`, and whatever else has the form of a schedule. */
export function terraformEntries(source: Source): Entry[] {
  const entries: Entry[] = []
  let block = ''
  let type = ''
  let beside: Partial<Entry> = {}
  let mine: Entry[] = []
  const settle = (): void => {
    entries.push(...mine.map(entry => ({ ...entry, ...beside })))
    mine = []
    beside = {}
  }
  for (const { text, start } of linesOf(source)) {
    const opened = /^(\w+)\s+"([^"]+)"(?:\s+"([^"]+)")?\s*\{/.exec(text)
    if (opened) {
      settle()
      const [, word, first, second] = opened
      type = word === 'resource' ? (first ?? '') : ''
      block = word === 'resource' || word === 'module' ? [first, second].filter(Boolean).join('.') : ''
    }
    if (type !== '') beside = { ...beside, ...besideOf(text, start) }
    const found = terraformKey.exec(text)
    if (!found) continue
    const [, before = '', , key = '', expression] = found
    const amazon = key === 'schedule_expression' || /^(cron|rate|at)\(/.test(expression ?? '')
    const byType = resourceDialects.find(([pattern]) => pattern.test(type))
    const dialect =
      byType && byType[1] === undefined
        ? undefined
        : amazon
          ? amazonDialect(type, source.text)
          : (byType?.[1] ?? 'unknown')
    const unknown = expression === undefined || isTemplate(expression)
    if (dialect === undefined || (!unknown && !amazon && !fieldsLike.test(expression))) continue
    const at = start + before.length + (expression === undefined ? 0 : 1)
    const id = `${block}.${key}`
    mine.push(
      textEntry({ id, name: block || key, expression: expression ?? '', dialect, start: at, command: block, unknown }),
    )
  }
  settle()
  return entries
}

/** Settings of a resource beside its schedule: the zone, and whether it is switched off. */
function besideOf(text: string, start: number): Partial<Entry> {
  const [, before = '', zone] = /^(\s*(?:time_?zone|schedule_expression_timezone)\s*=\s*")([\w+/-]+)"/.exec(text) ?? []
  const at = start + before.length
  if (zone !== undefined) return { zone: { name: zone, start: at, end: at + zone.length } }
  const [, off, state] =
    /^\s*(?:(?:is_enabled|enabled)\s*=\s*(false|true)|(?:paused|suspend)\s*=\s*(?:true|false)|state\s*=\s*"(\w+)")/.exec(
      text,
    ) ?? []
  if (off !== undefined) return { suspended: off === 'false' }
  if (state !== undefined) return { suspended: state === 'DISABLED' }
  return /^\s*(paused|suspend)\s*=\s*true/.test(text) ? { suspended: true } : {}
}
