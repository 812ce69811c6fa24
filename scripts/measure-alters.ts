import { writeFileSync } from 'node:fs'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { alters } from './verify/alter-list.ts'
import { type AlterSeen, freshDatabase, observeAlter } from './verify/alter-observe.ts'
import { type AlterServer, hasTable } from './verify/alter-setup.ts'

// Measures test/measured/mysql-versions.jsonl anew: node scripts/measure-alters.ts FILE SOCKET…
// Each socket is that of an empty MySQL or MariaDB server on which root needs no password; it gets a database `verify`.

const [file, ...sockets] = process.argv.slice(2)
if (file === undefined || sockets.length === 0) {
  console.error('node scripts/measure-alters.ts FILE SOCKET…')
  process.exit(2)
}

/** What servers of one engine did alike, and their versions. */
const rows = new Map<string, { readonly row: object; readonly seen: AlterSeen; readonly versions: string[] }>()

for (const socketPath of sockets) {
  const connection = await createConnection({ socketPath, user: 'root' })
  const [[answer]] = await connection.query<RowDataPacket[]>('SELECT version() AS version')
  const version = String(answer?.version)
  const server: AlterServer = { engine: /mariadb/i.test(version) ? 'mariadb' : 'mysql', version }
  // MySQL 5.6 is not strict unless asked, and then it copies where the others rebuild.
  if (/^5\.6\b/.test(version)) await connection.query("SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'")
  // With its binary log, MySQL refuses defaults that differ from server to server.
  await connection.query('SET sql_log_bin = 0')
  await freshDatabase(connection)
  for (const alter of alters.filter(({ table }) => hasTable(server, table))) {
    const { refused = {}, ...seen } = await observeAlter(connection, server, alter)
    if (seen.error === 'syntax') continue
    const { table, clause, keyChecks } = alter
    const row = { engine: server.engine, table, alter: clause, ...(keyChecks ? {} : { foreign_key_checks: 0 }) }
    const key = JSON.stringify([row, seen])
    const versions = [...(rows.get(key)?.versions ?? []), version]
    // Servers that did alike may say why in other words: those of the last one stay.
    rows.set(key, { row, seen: Object.keys(refused).length === 0 ? seen : { ...seen, refused }, versions })
  }
  console.error(`${version}: ${alters.length} alterations`)
  await connection.end()
}

writeFileSync(
  file,
  [...rows.values()].map(({ row, seen, versions }) => `${JSON.stringify({ ...row, versions, ...seen })}\n`).join(''),
)
