import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import type { Session } from './postgres-observe.ts'
import { accountFor, folderFor, freePort, type Running, run, start } from './processes.ts'

/** A Postgres server that runs, and how to talk to it. */
export interface PostgresServer {
  readonly version: string
  open(): Promise<Session>
  stop(): Promise<void>
}

/** Folders with `initdb` and `postgres`: those of Debian's and Ubuntu's packages, PATH, and `PREMORTEM_POSTGRES`. */
export function postgresFolders(): readonly string[] {
  const debian = '/usr/lib/postgresql'
  const packaged = existsSync(debian) ? readdirSync(debian).map(version => join(debian, version, 'bin')) : []
  const named = (process.env.PREMORTEM_POSTGRES ?? '').split(delimiter)
  const onPath = (process.env.PATH ?? '').split(delimiter)
  const folders = [...packaged, ...named, ...onPath].filter(
    folder => folder !== '' && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  )
  return [...new Set(folders.map(folder => dirname(realpathSync(join(folder, 'postgres')))))]
}

/** Starts a server with empty data on a free port of the loopback interface. */
export async function startPostgres(bin: string): Promise<PostgresServer> {
  const account = accountFor('postgres')
  const folder = folderFor(account)
  const data = join(folder, 'data')
  run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    account,
    folder,
  )
  const port = await freePort()
  const config = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }
  const connect = async (): Promise<Session> => {
    const client = new pg.Client(config)
    client.on('error', () => {})
    await client.connect()
    return {
      query: async sql => (await client.query(sql)).rows,
      exec: async sql => {
        await client.query(sql)
      },
      close: () => client.end(),
    }
  }
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: folder,
    fsync: 'off',
    // Background work would take locks and scan tables of its own.
    autovacuum: 'off',
    max_parallel_maintenance_workers: '0',
    timezone: 'UTC',
  }
  const running: Running = await start(
    join(bin, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      account,
      folder,
      ready: async () => {
        const session = await connect()
        await session.close()
      },
    },
  )
  const session = await connect()
  const [row] = await session.query('SHOW server_version')
  await session.close()
  return { version: String(row?.server_version ?? '').split(' ')[0] ?? '', open: connect, stop: running.stop }
}

/** Postgres compiled to WebAssembly: one connection, so that nobody can look on. */
export async function startPglite(): Promise<PostgresServer> {
  const lite = await PGlite.create()
  const session: Session = {
    query: async sql => (await lite.query<Record<string, unknown>>(sql)).rows,
    exec: async sql => {
      await lite.exec(sql)
    },
    close: async () => {},
  }
  await session.exec(`SET timezone = 'UTC'`)
  const [row] = await session.query('SHOW server_version')
  return {
    version: String(row?.server_version ?? '').split(' ')[0] ?? '',
    open: async () => session,
    stop: () => lite.close(),
  }
}
