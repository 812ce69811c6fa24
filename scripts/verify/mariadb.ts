import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { type Alter, alters } from './alter-list.ts'
import { type AlterSeen, freshDatabase, observeAlter } from './alter-observe.ts'
import { type AlterPrediction, predictAlter } from './alter-predict.ts'
import { alterRowsMeasured } from './alter-rows.ts'
import type { AlterServer } from './alter-setup.ts'
import { knownAlter } from './known.ts'
import { accountFor, folderFor, run, start } from './processes.ts'
import type { Outcome, Replay } from './types.ts'

function differenceOf({ best, work, inplace }: AlterSeen, predicted: AlterPrediction, asked: string): string {
  if (best !== undefined && predicted.best !== undefined && predicted.best !== best)
    return `predicted ${predicted.best}, the server takes ${best}`
  if (work !== undefined && predicted.work !== work) return `predicted ${predicted.work}, the server does ${work}`
  if (inplace !== undefined && asked !== inplace)
    return `predicted ${asked} under ALGORITHM=INPLACE, the server does ${inplace}`
  return ''
}

/** Compares one alteration on one server with the prediction. */
export async function compareAlter(
  alter: Alter,
  server: AlterServer,
  virtual: boolean,
  seen: AlterSeen,
): Promise<Outcome> {
  const { table, clause, keyChecks } = alter
  const operation = `${table}: ${clause}${keyChecks ? '' : ' (foreign_key_checks = 0)'}`
  const predicted = await predictAlter(alter, server, { virtual })
  const asked =
    seen.inplace === undefined ? '' : (await predictAlter(alter, server, { virtual, asked: 'inplace' })).work
  const difference = differenceOf(seen, predicted, asked)
  const reason = difference === '' ? undefined : knownAlter(alter, server)?.reason
  return { operation, difference, ...(reason === undefined ? {} : { reason }) }
}

/** Compares the predictions with the rows that were measured earlier. */
export async function replayAlterRows(): Promise<readonly Replay[]> {
  const byServer = new Map<string, { readonly server: AlterServer; readonly outcomes: Outcome[] }>()
  for (const { alter, servers, virtual, ...seen } of alterRowsMeasured()) {
    if (seen.error !== undefined) continue
    for (const server of servers) {
      const key = `${server.engine} ${server.version.split('-')[0] ?? ''}`
      const outcomes: Outcome[] = byServer.get(key)?.outcomes ?? []
      byServer.set(key, { server, outcomes })
      outcomes.push(await compareAlter(alter, server, virtual, seen))
    }
  }
  return [...byServer.values()].map(({ server, outcomes }) => ({
    engine: `${server.engine === 'mysql' ? 'MySQL' : 'MariaDB'}, measured rows`,
    version: server.version.split('-')[0] ?? '',
    outcomes,
  }))
}

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
