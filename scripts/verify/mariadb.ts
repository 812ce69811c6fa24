import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { compareAlter } from './alter-compare.ts'
import { type Alter, alters } from './alter-list.ts'
import { freshDatabase, observeAlter } from './alter-observe.ts'
import { alterRowsMeasured } from './alter-rows.ts'
import type { AlterServer } from './alter-setup.ts'
import { accountFor, folderFor, run, start } from './processes.ts'
import type { Outcome, Replay } from './types.ts'

function installed(): { server: string; install: string } | undefined {
  const find = (...names: readonly string[]): string | undefined =>
    [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/bin', '/usr/local/sbin']
      .flatMap(folder => names.map(name => join(folder, name)))
      .find(path => existsSync(path))
  const server = find('mariadbd', 'mysqld')
  const install = find('mariadb-install-db')
  return server === undefined || install === undefined ? undefined : { server, install }
}

/** Tries every ALTER on the installed MariaDB, which says itself which algorithms it refuses. */
export async function replayMariadb(): Promise<readonly Replay[]> {
  const found = installed()
  if (found === undefined)
    return [{ engine: 'MariaDB', version: '-', outcomes: [], notRun: 'no server: apt-get install mariadb-server' }]
  const account = accountFor('mysql')
  const folder = folderFor(account)
  const data = join(folder, 'data')
  const socketPath = join(folder, 's')
  run(
    found.install,
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    account,
    folder,
  )
  const connect = (): Promise<Connection> => createConnection({ socketPath, user: 'root' })
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${socketPath}`,
    `--pid-file=${join(folder, 'pid')}`,
    '--skip-networking',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-buffer-pool-size=32M',
  ]
  const ready = async (): Promise<void> => (await connect()).end()
  const running = await start(found.server, args, { account, folder, ready })
  try {
    const connection = await connect()
    const replay = await replayOn(connection)
    await connection.end()
    return [replay]
  } finally {
    await running.stop()
  }
}

async function replayOn(connection: Connection): Promise<Replay> {
  const [[answer]] = await connection.query<RowDataPacket[]>('SELECT version() AS version')
  const server: AlterServer = { engine: 'mariadb', version: String(answer?.version) }
  await freshDatabase(connection)
  const outcomes: Outcome[] = []
  const run = async (alter: Alter, virtual: boolean): Promise<void> => {
    const seen = await observeAlter(connection, server, alter, virtual)
    if (seen.error === undefined) outcomes.push(await compareAlter(alter, server, virtual, seen))
  }
  for (const { alter, virtual } of alterRowsMeasured()) if (virtual) await run(alter, true)
  for (const alter of alters) await run(alter, false)
  return { engine: 'MariaDB', version: server.version.split('-')[0] ?? '', outcomes }
}
