import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { lockOrder, postgresEffect } from '../../../../src/facts/migration/effects/postgres.ts'
import { readPostgresStatements } from '../../../../src/facts/migration/frontends/postgres.ts'
import type { LockMode } from '../../../../src/facts/migration/operation.ts'
import { emptySchema, replay, type Schema } from '../../../../src/facts/migration/schema.ts'

interface Row {
  readonly id: string
  readonly version: string
  readonly sql: string
  readonly locks: readonly string[]
  readonly rewritten: readonly string[]
  readonly scanned_rows: readonly string[]
  readonly error: string | null
}

const measured = new URL('../../../measured/', import.meta.url)
const rows: readonly Row[] = readFileSync(new URL('postgres.jsonl', measured), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line))
const nowhere = () => ({ line: 1, column: 1, endLine: 1, endColumn: 1 })

/** Measured facts that the effects leave out on purpose, by the name of the row. */
const known: Readonly<Record<string, string>> = {
  create_or_replace_view: 'locks on views stop no writer and hold for no time',
  drop_view: 'as above',
  alter_sequence: 'sequences are no tables',
  inherit: 'the weak lock on the parent (SHARE UPDATE EXCLUSIVE) blocks nobody',
  refresh_matview: 'tables behind the view are only read',
  refresh_matview_concurrently: 'as above',
}

/** Facts that no table of ours stands for: the lock `CREATE TABLE … PARTITION OF` and its like take on the table they make. */
const tables = ['t', 'r', 'r2', 'np', 'child', 'pt', 'pa', 'pc', 'pt2', 'pd', 'pc2', 't0', 'ch', 'em', 'mv']

async function replaySql(schema: Schema, sql: string): Promise<void> {
  for (const step of await readPostgresStatements(sql, nowhere)) {
    if (step.kind === 'unreadable') throw new Error(step.reason)
    if (step.kind === 'change') for (const operation of step.operations) replay(schema, operation)
  }
}

async function predicted(row: Row): Promise<{ locks: string[]; rewrites: boolean; scans: boolean; refused: boolean }> {
  const schema = emptySchema()
  await replaySql(schema, readFileSync(new URL('setup.sql', measured), 'utf8'))
  const locks = new Map<string, LockMode>()
  let rewrites = false
  let scans = false
  let refused = false
  let utc = true
  for (const step of await readPostgresStatements(row.sql, nowhere)) {
    if (step.kind === 'set') utc = step.value === 'UTC'
    if (step.kind === 'unreadable') refused = true
    if (step.kind !== 'change') continue
    for (const operation of step.operations) {
      const effect = postgresEffect(operation, { version: Number.parseInt(row.version, 10), schema, utc })
      for (const { table, mode } of effect.locks) {
        const before = locks.get(table)
        if (before === undefined || lockOrder.indexOf(mode) > lockOrder.indexOf(before)) locks.set(table, mode)
      }
      rewrites ||= effect.rewrites
      scans ||= effect.scans
      refused ||= effect.refused !== undefined
    }
  }
  return { locks: strong(locks), rewrites, scans, refused }
}

/** Strongest lock per table, without those that merely read or write rows. */
function strong(locks: ReadonlyMap<string, LockMode>): string[] {
  return [...locks]
    .filter(([table, mode]) => tables.includes(table) && lockOrder.indexOf(mode) >= lockOrder.indexOf('ROW EXCLUSIVE'))
    .map(([table, mode]) => `${table}: ${mode}`)
    .sort()
}

function observed(row: Row): { locks: string[]; rewrites: boolean; scans: boolean } {
  const locks = new Map<string, LockMode>()
  for (const entry of row.locks) {
    const [table = '', name = ''] = entry.split(':')
    const words = name
      .replace(/Lock$/, '')
      .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toUpperCase()
    const mode = lockOrder.find(item => item === words)
    const before = locks.get(table)
    if (mode !== undefined && (before === undefined || lockOrder.indexOf(mode) > lockOrder.indexOf(before)))
      locks.set(table, mode)
  }
  // TRUNCATE and REINDEX put new, empty or index files in place: no table is copied.
  const rewrites = !/^truncate/i.test(row.sql) && row.rewritten.some(item => / [rm]$/.test(item))
  return { locks: strong(locks), rewrites, scans: row.scanned_rows.length > 0 }
}

describe('effects of Postgres statements, as measured', () => {
  beforeAll(async () => {
    expect(rows).toHaveLength(224)
  })

  for (const row of rows) {
    const name = row.id.replace(/^measured-(pg15|pglite)-/, '')
    if (known[name] !== undefined) continue
    test(row.id, async () => {
      const effect = await predicted(row)
      if (row.error !== null) {
        // Virtual columns and NOT NULL … NOT VALID are read by the parser of version 18 only.
        if (row.error.includes('syntax error') || row.error.includes('unsafe use')) return
        expect(effect.refused).toBe(true)
        return
      }
      expect({ ...observed(row) }).toEqual({ locks: effect.locks, rewrites: effect.rewrites, scans: effect.scans })
    })
  }
})
