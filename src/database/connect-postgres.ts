import { readFileSync } from 'node:fs'
// Not the root of the package: that one also looks for the native driver.
import Client from 'pg/lib/client.js'
import { connectSeconds } from './failure.ts'
import type { Connection, Row, Target } from './types.ts'

/** Connects to a PostgreSQL server: encrypted where it can be, as psql does. Throws what the driver throws. */
export async function connectPostgres(target: Target): Promise<Connection> {
  const modes = target.tls === 'prefer' ? (['require', 'off'] as const) : ([target.tls] as const)
  let last: unknown
  for (const mode of modes) {
    try {
      return await open(target, mode)
    } catch (error) {
      last = error
      // A server without TLS says so; one that is not there says the same twice.
      if (!(error instanceof Error && /does not support SSL/i.test(error.message))) throw error
    }
  }
  throw last
}

async function open(target: Target, tls: Target['tls']): Promise<Connection> {
  const { host, port, user, password, database } = target
  const client = new Client({
    host,
    port,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    // A Unix socket is never encrypted.
    ssl: tls === 'off' || host.startsWith('/') ? false : trusted(target, tls),
    connectionTimeoutMillis: connectSeconds * 1000,
    query_timeout: 60_000,
    application_name: 'premortem stats',
  })
  // A connection that breaks between two queries must not end the process with a stack trace.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  return {
    async query(sql) {
      const { rows } = await client.query<Row>(sql)
      return rows
    },
    close: () => client.end().catch(() => {}),
  }
}

function trusted({ authority, host }: Target, tls: Target['tls']): object {
  if (tls !== 'verify') return { rejectUnauthorized: false }
  return { servername: host, ...(authority === undefined ? {} : { ca: readFileSync(authority, 'utf8') }) }
}
