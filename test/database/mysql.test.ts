import { expect, test } from 'vitest'
import { readMysql } from '../../src/database/mysql.ts'
import type { Connection, Row } from '../../src/database/types.ts'

const options = { schemas: [], wait: async () => {} }

interface Fake {
  readonly server: Row
  readonly counters?: readonly Row[] | 'denied'
  readonly uptime?: number
}

/** Answers as the servers do: the statements are told apart by the catalog they read. */
function fake({ server, counters = [], uptime = 86_400 }: Fake): { connection: Connection; asked: string[] } {
  const asked: string[] = []
  const answer = (sql: string): readonly Row[] => {
    if (sql.includes('@@version_comment')) return [server]
    if (sql.includes('information_schema.TABLES'))
      return [
        { schema: 'shop', name: 'orders', row_count: 2_345_678, bytes: '987654321' },
        { schema: 'other', name: 'log', row_count: 7, bytes: 16_384 },
      ]
    if (sql.includes('table_io_waits_summary_by_table')) {
      if (counters === 'denied') throw new Error("SELECT command denied to user 'a'@'b'")
      return counters
    }
    return sql.includes("'Uptime'") ? [{ seconds: String(uptime) }] : []
  }
  return {
    asked,
    connection: {
      async query(sql) {
        asked.push(sql.trim())
        return answer(sql)
      },
      close: async () => {},
    },
  }
}

const mysql = {
  version: '8.0.36',
  comment: 'MySQL Community Server - GPL',
  name: 'shop',
  lock_timeout: 31_536_000,
  counters: 1,
}

test('MySQL: tables of the database bare, others with its name, counters since the start', async () => {
  const { connection, asked } = fake({
    server: mysql,
    counters: [{ schema: 'shop', name: 'orders', read_count: '8640000', write_count: '864000' }],
  })
  const { server, tables, rates } = await readMysql(connection, { ...options, schemas: ['shop', 'other'] })
  // Nobody is saved by a timeout of a year.
  expect(server).toEqual({ engine: 'mysql', version: '8.0.36' })
  expect(tables).toEqual({
    orders: { rows: 2_350_000, bytes: 988_000_000, writesPerSecond: 10, readsPerSecond: 100 },
    'other.log': { rows: 7, bytes: 16_400, writesPerSecond: 0, readsPerSecond: 0 },
  })
  expect(rates).toBe('mean of the last 24 hours')
  for (const [at, sql] of asked.entries())
    if (sql.startsWith('SELECT')) expect(asked[at - 1]).toBe('START TRANSACTION READ ONLY')
  expect(new Set(asked.filter(sql => !sql.startsWith('SELECT')))).toEqual(
    new Set(['START TRANSACTION READ ONLY', 'ROLLBACK']),
  )
})

test('MariaDB: its version without the old prefix, a lock timeout that counts, no counters', async () => {
  const { connection } = fake({
    server: {
      version: '5.5.5-10.11.19-MariaDB-0+deb12u1',
      comment: 'Debian 12',
      name: 'shop',
      lock_timeout: 5,
      counters: 0,
    },
  })
  const { server, tables, rates } = await readMysql(connection, options)
  expect(server).toEqual({ engine: 'mariadb', version: '10.11.19', lockTimeoutMs: 5000 })
  expect(tables).toEqual({ orders: { rows: 2_350_000, bytes: 988_000_000 } })
  expect(rates).toContain('performance_schema is off')
})

test('without the right to read the counters the sizes are still worth having', async () => {
  const { connection } = fake({ server: mysql, counters: 'denied' })
  const { tables, rates } = await readMysql(connection, options)
  expect(tables).toEqual({ orders: { rows: 2_350_000, bytes: 988_000_000 } })
  expect(rates).toContain('may not read performance_schema')
})

test('a server that only speaks the protocol is refused', async () => {
  const { connection } = fake({ server: { ...mysql, version: '8.0.11-TiDB-v7.5.0' } })
  await expect(readMysql(connection, options)).rejects.toThrow('the server is TiDB')
})
