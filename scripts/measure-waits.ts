import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { waits } from './verify/wait-list.ts'

// Measures test/measured/mysql-waits.jsonl anew: node scripts/measure-waits.ts FILE SOCKET…
// While one session alters a table, another writes to it and reads from it, and the longest wait is taken down.

const [file, ...sockets] = process.argv.slice(2)
if (file === undefined || sockets.length === 0) {
  console.error('node scripts/measure-waits.ts FILE SOCKET…')
  process.exit(2)
}

async function fill(session: Connection, setup: string): Promise<void> {
  for (const sql of ['DROP TABLE IF EXISTS big', setup, "INSERT INTO big VALUES (1, 1, repeat('word ', 15))"])
    await session.query(sql)
  for (let rows = 1; rows < 131_072; rows *= 2)
    await session.query(`INSERT INTO big SELECT id + ${rows}, a, b FROM big`)
}

/** Longest waits of a writer and a reader while the statement runs, and how long it takes, in milliseconds. */
async function measure(session: Connection, other: Connection, statement: string): Promise<Record<string, number>> {
  const start = performance.now()
  let took = 0
  const altering = session.query(statement).finally(() => {
    took = performance.now() - start
  })
  await sleep(40)
  const longest = { write: 0, read: 0 }
  for (let id = 15_000_000; took === 0; id++) {
    const from = performance.now()
    // The table may have another shape by now.
    await other
      .query(`INSERT INTO big (id, b) VALUES (${id}, 'y')`)
      .catch(() => other.query('UPDATE big SET b = 1 WHERE id = 5'))
    const between = performance.now()
    await other.query('SELECT id FROM big WHERE id = 7')
    longest.write = Math.max(longest.write, between - from)
    longest.read = Math.max(longest.read, performance.now() - between)
  }
  await altering
  return { took: Math.round(took), write: Math.round(longest.write), read: Math.round(longest.read) }
}

const rows: string[] = []
for (const socketPath of sockets) {
  const session = await createConnection({ socketPath, user: 'root' })
  const other = await createConnection({ socketPath, user: 'root' })
  const [[answer]] = await session.query<RowDataPacket[]>('SELECT version() AS version')
  const version = String(answer?.version)
  const engine = /mariadb/i.test(version) ? 'mariadb' : 'mysql'
  await session.query('DROP DATABASE IF EXISTS verify')
  await session.query('CREATE DATABASE verify')
  for (const one of [session, other]) {
    await one.query('USE verify')
    if (/^5\.6\b/.test(version)) await one.query("SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'")
  }
  for (const { setup, statement } of waits) {
    await fill(session, setup)
    const { took = 0, write = 0, read = 0 } = await measure(session, other, statement)
    rows.push(`${JSON.stringify({ engine, version, setup, statement, took, write, read })}\n`)
    console.error(version, statement, took, write, read)
  }
  await session.query('DROP DATABASE verify')
  await session.end()
  await other.end()
}
writeFileSync(file, rows.join(''))
