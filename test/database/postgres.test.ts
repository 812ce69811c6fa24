import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPostgres } from '../../src/database/postgres.ts'
import type { Connection, Row } from '../../src/database/types.ts'

let database: PGlite
const asked: string[] = []
let connection: Connection

beforeAll(async () => {
  database = new PGlite()
  connection = {
    async query(sql) {
      asked.push(sql.trim())
      return (await database.query<Row>(sql)).rows
    },
    close: async () => {},
  }
  await database.exec(`
    CREATE TABLE users (id int PRIMARY KEY, email text);
    INSERT INTO users SELECT g, 'a' || g FROM generate_series(1, 5000) g;
    CREATE TABLE events (id int, day int) PARTITION BY RANGE (day);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);
    CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (10) TO (20);
    INSERT INTO events SELECT g, g % 20 FROM generate_series(1, 2000) g;
    CREATE SCHEMA audit;
    CREATE TABLE audit.log (id int);
    CREATE TABLE "Order ""1""" (id int);
    ANALYZE;`)
}, 180_000)

afterAll(() => database.close())

const options = { schemas: [], sample: 1, wait: async () => {} }

test('rows, bytes and the server, from the catalog alone', async () => {
  asked.length = 0
  const { server, tables } = await readPostgres(connection, options)
  expect(server).toMatchObject({ engine: 'postgres', version: expect.stringMatching(/^\d+\.\d+$/), lockTimeoutMs: 0 })
  expect(Object.keys(tables).sort()).toEqual(['Order "1"', 'audit.log', 'events', 'events_1', 'events_2', 'users'])
  expect(tables.users).toMatchObject({ rows: 5000, writesPerSecond: 0, readsPerSecond: 0 })
  expect(tables.users?.bytes).toBeGreaterThan(100_000)
  // A partitioned table holds what its partitions hold.
  expect(tables.events?.rows).toBe(2000)
  expect(tables.events?.bytes).toBe((tables.events_1?.bytes ?? 0) + (tables.events_2?.bytes ?? 0))
  const other = asked.filter(sql => !/^SELECT\b/.test(sql))
  expect([...new Set(other)].sort()).toEqual([
    'BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED READ ONLY',
    'ROLLBACK',
    "SET LOCAL lock_timeout = '3s'",
  ])
  // Every look at a catalog stands inside a read-only transaction.
  for (const [at, sql] of asked.entries())
    if (/^SELECT\b/.test(sql))
      expect(asked.slice(0, at).findLast(item => /^(BEGIN|ROLLBACK)/.test(item))).toMatch(/READ ONLY$/)
})

test('only one schema, by bare names', async () => {
  const { tables } = await readPostgres(connection, { ...options, schemas: ['audit'] })
  expect(tables).toMatchObject({ log: { rows: 0 } })
  expect(Object.keys(tables)).toEqual(['log'])
})

test('the lock timeout of the role', async () => {
  await database.exec("SET lock_timeout = '5s'")
  expect((await readPostgres(connection, { ...options, sample: 0 })).server.lockTimeoutMs).toBe(5000)
  await database.exec('RESET lock_timeout')
})

test('the connection is usable after a query that fails', async () => {
  const broken: Connection = {
    ...connection,
    query: sql => (sql.includes('pg_class') ? connection.query('SELECT 1/0') : connection.query(sql)),
  }
  await expect(readPostgres(broken, options)).rejects.toThrow('division by zero')
  expect(await connection.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a server that only speaks the protocol is refused', async () => {
  const cockroach: Connection = {
    query: async sql => (sql.includes('version()') ? [{ banner: 'CockroachDB CCL v24', version: '13.0.0' }] : []),
    close: async () => {},
  }
  await expect(readPostgres(cockroach, options)).rejects.toThrow('the server is CockroachDB')
})
