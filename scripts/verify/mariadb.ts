import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Connection, createConnection } from 'mysql2/promise'
import { knownAlterDifference } from './known.ts'
import { type MariadbAlter, mariadbAlters, mariadbSetup, moreAlters, predictMariadb } from './mariadb-predict.ts'
import { accountFor, folderFor, run, start } from './processes.ts'
import type { Outcome, Replay } from './types.ts'

function outcome(alter: MariadbAlter, predicted: string, seen: string): Outcome {
  const { table, clause } = alter
  const operation = `${table}: ${clause}${alter.keyChecks ? '' : ' (foreign_key_checks = 0)'}`
  if (predicted === seen) return { operation, difference: '' }
  const reason = knownAlterDifference(alter)
  return {
    operation,
    difference: `predicted ${predicted}, the server takes ${seen}`,
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Compares the predictions with the rows that were measured earlier. */
export async function replayMariadbRows(): Promise<readonly Replay[]> {
  const byVersion = new Map<string, Outcome[]>()
  for (const alter of mariadbAlters()) {
    const version = alter.version.split('-')[0] ?? ''
    const outcomes = byVersion.get(version) ?? []
    byVersion.set(version, outcomes)
    outcomes.push(outcome(alter, await predictMariadb(alter, version), alter.best))
  }
  return [...byVersion].map(([version, outcomes]) => ({ engine: 'MariaDB, measured rows', version, outcomes }))
}

/** From the best to the worst; INSTANT takes no LOCK clause. */
const ways = ['INSTANT', 'NOCOPY/NONE', 'NOCOPY/SHARED', 'INPLACE/NONE', 'INPLACE/SHARED', 'COPY/NONE', 'COPY/SHARED']

/** The first way that the server does not refuse. */
async function bestAccepted(connection: Connection, { table, clause, keyChecks }: MariadbAlter): Promise<string> {
  await connection.query(`SET foreign_key_checks = ${keyChecks ? 1 : 0}`)
  let problem = ''
  try {
    for (const way of ways) {
      const [algorithm, lock] = way.split('/')
      try {
        await connection.query(
          `ALTER TABLE ${table} ${clause}, ALGORITHM=${algorithm}${lock === undefined ? '' : `, LOCK=${lock}`}`,
        )
        return way
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error)
      }
    }
  } finally {
    await connection.query('SET foreign_key_checks = 1')
  }
  return `none of them (${problem})`
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
  const [answer] = await connection.query('SELECT version() AS version')
  const version = /\d+(\.\d+)+/.exec(JSON.stringify(answer))?.[0] ?? ''
  await connection.query('CREATE DATABASE verify')
  await connection.query('USE verify')
  const outcomes: Outcome[] = []
  for (const alter of [...mariadbAlters(), ...moreAlters]) {
    for (const statement of mariadbSetup(alter.virtual)) await connection.query(statement)
    outcomes.push(outcome(alter, await predictMariadb(alter, version), await bestAccepted(connection, alter)))
  }
  return { engine: 'MariaDB', version, outcomes }
}
