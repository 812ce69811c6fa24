import { lockOrder, postgresEffect } from '../../src/facts/migration/effects/postgres.ts'
import { readPostgresStatements } from '../../src/facts/migration/frontends/postgres.ts'
import type { LockMode } from '../../src/facts/migration/operation.ts'
import { emptySchema, replay, type Schema } from '../../src/facts/migration/schema.ts'
import { type MeasuredRow, postgresTables } from './postgres-operations.ts'
import type { Observation, Refusal } from './types.ts'

const nowhere = () => ({ line: 1, column: 1, endLine: 1, endColumn: 1 })

const prepared = new Map<string, Promise<Schema>>()

/** The tables of the measurements, as premortem sees them after reading their SQL. */
async function prepare(setup: string): Promise<Schema> {
  const schema = emptySchema()
  for (const step of await readPostgresStatements(setup, nowhere)) {
    if (step.kind === 'unreadable') throw new Error(step.reason)
    if (step.kind === 'change') for (const operation of step.operations) replay(schema, operation)
  }
  return schema
}

/** What premortem says that a statement does to a server of this major version, on the tables that `setup` makes. */
export async function predictPostgres(sql: string, version: number, setup: string): Promise<Observation | Refusal> {
  const known = prepared.get(setup) ?? prepare(setup)
  prepared.set(setup, known)
  const schema = structuredClone(await known)
  const locks = new Map<string, LockMode>()
  let [rewrites, scans, utc] = [false, false, true]
  for (const step of await readPostgresStatements(sql, nowhere)) {
    if (step.kind === 'set') utc = step.value === 'UTC'
    if (step.kind === 'unreadable') return { refused: step.reason }
    if (step.kind !== 'change') continue
    for (const operation of step.operations) {
      const effect = postgresEffect(operation, { version, schema, utc })
      if (effect.refused !== undefined) return { refused: effect.refused }
      for (const { table, mode } of effect.locks) strengthen(locks, table, mode)
      rewrites ||= effect.rewrites
      scans ||= effect.scans
      replay(schema, operation)
    }
  }
  return { locks: strong(locks), rewrites, scans }
}

/** The same from what pg_locks, relfilenode and the scan counters showed. */
export function observation(row: Pick<MeasuredRow, 'sql' | 'locks' | 'rewritten' | 'scanned_rows'>): Observation {
  const locks = new Map<string, LockMode>()
  for (const entry of row.locks) {
    const [table = '', name = ''] = entry.split(':')
    const words = name
      .replace(/Lock$/, '')
      .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toUpperCase()
    const mode = lockOrder.find(item => item === words)
    if (mode !== undefined) strengthen(locks, table, mode)
  }
  // TRUNCATE and REINDEX put new, empty or index files in place: no table is copied.
  const rewrites = !/^truncate/i.test(row.sql) && row.rewritten.some(item => / [rm]$/.test(item))
  return { locks: strong(locks), rewrites, scans: row.scanned_rows.length > 0 }
}

/** In words, what differs; empty when nothing does. */
export function differenceOf(predicted: Observation | Refusal, seen: Observation | Refusal): string {
  if ('refused' in seen) return 'refused' in predicted ? '' : `the server refuses it: ${seen.refused}`
  if ('refused' in predicted) return `predicted as refused (${predicted.refused}), but it runs`
  const parts: string[] = []
  if (predicted.locks.join() !== seen.locks.join())
    parts.push(`locks: predicted ${listed(predicted.locks)}, seen ${listed(seen.locks)}`)
  if (predicted.rewrites !== seen.rewrites)
    parts.push(`rewrite: predicted ${predicted.rewrites}, seen ${seen.rewrites}`)
  if (predicted.scans !== seen.scans) parts.push(`scan: predicted ${predicted.scans}, seen ${seen.scans}`)
  return parts.join('; ')
}

function listed(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ')
}

function strengthen(locks: Map<string, LockMode>, table: string, mode: LockMode): void {
  const before = locks.get(table)
  if (before === undefined || lockOrder.indexOf(mode) > lockOrder.indexOf(before)) locks.set(table, mode)
}

/** Strongest lock per table, without those that merely read rows. */
function strong(locks: ReadonlyMap<string, LockMode>): readonly string[] {
  return [...locks]
    .filter(
      ([table, mode]) => postgresTables.has(table) && lockOrder.indexOf(mode) >= lockOrder.indexOf('ROW EXCLUSIVE'),
    )
    .map(([table, mode]) => `${table}: ${mode}`)
    .sort()
}
