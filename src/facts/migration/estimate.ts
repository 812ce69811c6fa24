import type { TableStatistics } from '../../config/types.ts'
import { type Duration, durationInWords } from './duration.ts'
import type { Effect } from './operation.ts'

/** Up to this size every lock is over in a moment. */
const smallRows = 10_000
const smallBytes = 50 * 1024 * 1024

/** Up to this size a lock lasts seconds. */
const mediumRows = 200_000
const mediumBytes = 500 * 1024 * 1024

export function sizeOf(statistics: TableStatistics | undefined): 'small' | 'medium' | 'large' | 'unknown' {
  const { rows, bytes } = statistics ?? {}
  if (rows === undefined && bytes === undefined) return 'unknown'
  if ((rows ?? 0) <= smallRows && (bytes ?? 0) <= smallBytes) return 'small'
  return (rows ?? 0) <= mediumRows && (bytes ?? 0) <= mediumBytes ? 'medium' : 'large'
}

const duration: Readonly<Record<Effect['work'], string>> = {
  none: 'for a moment, once the lock is granted',
  scan: 'until every row has been read',
  build: 'for the whole build',
  rewrite: 'until the whole table has been written anew',
  rows: 'until the statement commits',
}

/**
 * What the lock means for the table, in words: "SHARE lock on vulnerabilities, 410 million rows: writes, about 900 a
 * second, wait for the whole build, between 10 and 50 minutes; up to 2.7 million writes queue".
 */
export function estimateOf(
  table: string,
  lock: string,
  effect: Effect,
  statistics: TableStatistics | undefined,
  lasts?: Duration,
): string {
  if (table === '') return ''
  const size = sizeInWords(statistics)
  const known = size === '' ? `size of \`${table}\` is unknown` : ''
  const what = lock === '' || lock === 'metadata' ? `on ${table}` : `${lock} lock on ${table}`
  const head = size === '' ? what : `${what}, ${size}`
  const waiting = waits(effect, statistics)
  const long = waiting === '' || lasts === undefined ? '' : `, ${durationInWords(lasts)}`
  const queue = effect.work === 'rows' ? undefined : queuedWrites(effect, statistics, lasts)
  return [
    waiting === '' ? head : `${head}: ${waiting}${long}`,
    queue === undefined ? '' : `up to ${count(queue)} writes queue`,
    known,
  ]
    .filter(part => part !== '')
    .join('; ')
}

/** Writes that wait when the lock is let go, at the most. */
export function queuedWrites(
  effect: Effect,
  statistics: TableStatistics | undefined,
  lasts: Duration | undefined,
): number | undefined {
  const writes = statistics?.writesPerSecond
  if (lasts === undefined || writes === undefined || !effect.blocksWrites) return undefined
  const queued = Number((writes * lasts.most).toPrecision(2))
  return queued < 1 ? undefined : Math.round(queued)
}

function waits(effect: Effect, statistics: TableStatistics | undefined): string {
  if (effect.work === 'rows') return `the rows it changes stay locked ${duration.rows}`
  const reads = effect.blocksReads ? rate('reads', statistics?.readsPerSecond) : ''
  const writes = effect.blocksWrites ? rate('writes', statistics?.writesPerSecond) : ''
  const who = [reads, writes].filter(part => part !== '').join(' and ')
  return who === '' ? '' : `${who} wait ${duration[effect.work]}`
}

function rate(what: string, perSecond: number | undefined): string {
  return perSecond === undefined || perSecond < 1 ? what : `${what}, about ${grouped(Math.round(perSecond))} a second,`
}

/** `410 million rows, 190 GB`; empty when nothing is known. */
export function sizeInWords(statistics: TableStatistics | undefined): string {
  const { rows, bytes } = statistics ?? {}
  return [rows === undefined ? '' : `${count(rows)} rows`, bytes === undefined ? '' : size(bytes)]
    .filter(part => part !== '')
    .join(', ')
}

function count(value: number): string {
  if (value >= 1e9) return `${short(value / 1e9)} billion`
  return value >= 1e6 ? `${short(value / 1e6)} million` : grouped(value)
}

function size(bytes: number): string {
  if (bytes >= 1e12) return `${short(bytes / 1e12)} TB`
  if (bytes >= 1e9) return `${short(bytes / 1e9)} GB`
  return bytes >= 1e6 ? `${short(bytes / 1e6)} MB` : `${grouped(Math.ceil(bytes / 1e3))} KB`
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10)
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}
