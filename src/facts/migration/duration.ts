import type { Engine, TableStatistics } from '../../config/types.ts'
import type { Effect, Operation } from './operation.ts'
import { type Rate, rates } from './rates.ts'

/** How long the work on a table lasts, in seconds: on a good day, and on a busy server with a cold cache. */
export interface Duration {
  readonly least: number
  readonly most: number
}

/** The rates are of an idle machine with the table in memory: production has faster disks, and much else to do. */
const better = 0.6
const worse = 3

/** A row of unknown size, with its share of the indexes. */
const usualRowBytes = 200

/** What the work on all of a table takes by its statistics; undefined where nothing is known, or not all rows are worked on. */
export function durationOf(
  operation: Operation,
  effect: Effect,
  engine: Engine,
  statistics: TableStatistics | undefined,
): Duration | undefined {
  if (effect.work === 'none' || isPart(operation)) return undefined
  const { rows = 0, bytes = 0 } = completed(statistics)
  if (rows === 0 && bytes === 0) return undefined
  const rate = rateOf(effect, engine)
  const seconds = (rows / 1e6) * rate.perMillionRows + (bytes / 1e9) * rate.perGigabyte
  return { least: seconds * better, most: seconds * worse }
}

/** Only some of the rows, or all of them in slices. */
function isPart(operation: Operation): boolean {
  return 'filtered' in operation && (operation.filtered || operation.batched)
}

function completed(statistics: TableStatistics | undefined): TableStatistics {
  const { rows, bytes } = statistics ?? {}
  if (rows === undefined && bytes === undefined) return {}
  return { rows: rows ?? (bytes ?? 0) / usualRowBytes, bytes: bytes ?? (rows ?? 0) * usualRowBytes }
}

function rateOf({ work, algorithm }: Effect, engine: Engine): Rate {
  if (engine === 'postgres') return work === 'none' ? rates.postgres.scan : rates.postgres[work]
  if (work === 'rewrite') return algorithm === 'copy' ? rates.mariadb.copy : rates.mariadb.rewrite
  return work === 'none' ? rates.mariadb.scan : rates.mariadb[work]
}

const units = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
] as const

/** `between 4 and 20 minutes`; `less than a second`. */
export function durationInWords({ least, most }: Duration): string {
  if (most < 1) return 'less than a second'
  const [unit, size] = units.findLast(([, seconds]) => most >= 1.5 * seconds) ?? units[0]
  const [from, to] = [rounded(least / size), rounded(most / size)]
  if (from === to) return `about ${to} ${unit}${to === 1 ? '' : 's'}`
  return from === 0 ? `up to ${to} ${unit}${to === 1 ? '' : 's'}` : `between ${from} and ${to} ${unit}s`
}

/** Nobody needs to read that it takes 37 minutes. */
function rounded(value: number): number {
  if (value < 10) return Math.round(value)
  return value < 100 ? Math.round(value / 5) * 5 : Math.round(value / 50) * 50
}
