import { documentsOf } from '../../artifact/documents.ts'
import type { Plain } from '../../artifact/plain.ts'
import type { Language, Source } from '../../artifact/types.ts'
import { offsetAt } from '../../text/lines.ts'
import type { DialectName } from './dialects.ts'
import type { Entry } from './entry.ts'
import { isTemplate } from './entry.ts'
import { cronLike } from './scalars.ts'
import { textEntry } from './text.ts'

const scheduleKey = /(^|[._-])(crons?|schedules?|cron_?schedule|cron_?expression|cronSchedule)$/i

interface Place {
  readonly paths: RegExp
  /** Only values at such paths of keys; without it those whose key can only hold a schedule and that look like one. */
  readonly keys?: RegExp
  readonly dialect: DialectName
}

const places: readonly Place[] = [
  { paths: /(^|\/)wrangler\.toml$/, keys: /(^|\.)triggers\.crons\.\d+$/, dialect: 'cloudflare' },
  { paths: /(^|\/)netlify\.toml$/, keys: /^functions\..*\.schedule$/, dialect: 'unknown' },
  { paths: /(^|\/)railway\.toml$/, keys: /(^|\.)cronSchedule$/, dialect: 'unknown' },
  { paths: /\.timer$/, keys: /^Timer\.OnCalendar(\.\d+)?$/, dialect: 'systemd' },
  { paths: /(^|\/)(application|bootstrap)[\w.-]*\.properties$/, dialect: 'spring' },
  { paths: /(^|\/)quartz[\w.-]*\.properties$/, dialect: 'quartz' },
]

/** Schedules in TOML, INI, Java properties and systemd timers. */
export async function plainEntries(
  source: Source,
  language: Language,
  dialect: DialectName | undefined,
): Promise<readonly Entry[] | undefined> {
  const place = places.find(({ paths }) => paths.test(source.path))
  if (place === undefined && dialect === undefined) return []
  const documents = await documentsOf(source, language)
  if (documents === undefined) return undefined
  const found: Entry[] = []
  const visit = (node: Plain, path: readonly string[], depth: number): void => {
    if (depth > 20) return
    if (node.type === 'map') for (const { key, value } of node.entries) visit(value, [...path, key], depth + 1)
    if (node.type === 'list')
      for (const [at, item] of node.items.entries()) visit(item, [...path, String(at)], depth + 1)
    if (node.type !== 'scalar') return
    const name = path.filter(step => !/^\d+$/.test(step))
    const wanted = place?.keys
      ? place.keys.test(path.join('.'))
      : scheduleKey.test(name.at(-1) ?? '') && (dialect !== undefined || fits(node.text))
    if (!wanted || node.text === '') return
    const start = offsetAt(source.lines, node.span.line, node.span.column)
    const end = offsetAt(source.lines, node.span.endLine, node.span.endColumn)
    const inner = source.text.slice(start, end).lastIndexOf(node.text)
    const job = jobOf(source.path, name)
    found.push(
      textEntry({
        // Several calendars of one timer are told apart by their order.
        id: name.join('.'),
        name: job,
        expression: node.text,
        dialect: dialect ?? place?.dialect ?? 'unknown',
        start: start + Math.max(0, inner),
        command: `${job} ${name.join(' ')}`,
        unknown: isTemplate(node.text) || node.expression === true || node.text === '-',
      }),
    )
  }
  for (const { root } of documents) visit(root, [], 0)
  return found
}

/** Spring's six fields; five are some other program's, and `-` switches the job off. */
function fits(text: string): boolean {
  return cronLike.test(text) && text.trim().split(/\s+/).length >= 6
}

function jobOf(path: string, steps: readonly string[]): string {
  const file = path.slice(path.lastIndexOf('/') + 1)
  if (file.endsWith('.timer')) return file
  const names = steps.join('.').split('.')
  return (
    names.findLast(step => !/^(crons?|schedules?|triggers|functions|cron_?expression|expression|jobs?)$/i.test(step)) ??
    file
  )
}
