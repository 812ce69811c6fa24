import { readFileSync } from 'node:fs'
import { createConnection } from 'mysql2/promise'
import { codeOf, connectSeconds } from './failure.ts'
import type { Connection, Row, Target } from './types.ts'

/** Connects to a MySQL or MariaDB server: encrypted where it can be, as their own clients do. Throws what the driver throws. */
export async function connectMysql(target: Target): Promise<Connection> {
  const modes = target.tls === 'prefer' ? (['require', 'off'] as const) : ([target.tls] as const)
  let last: unknown
  for (const mode of modes) {
    try {
      return await open(target, mode)
    } catch (error) {
      last = error
      if (codeOf(error) !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error
    }
  }
  throw last
}

async function open(target: Target, tls: Target['tls']): Promise<Connection> {
  const { host, port, user, password, database } = target
  const client = await createConnection({
    ...(host.startsWith('/') ? { socketPath: host } : { host, port }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(tls === 'off' || host.startsWith('/') ? {} : { ssl: trusted(target, tls) }),
    connectTimeout: connectSeconds * 1000,
    // Counters of a busy server are larger than a number can hold exactly.
    supportBigNumbers: true,
    dateStrings: true,
  })
  client.on('error', () => {})
  return {
    async query(sql) {
      const [rows] = await client.query({ sql, timeout: 60_000 })
      return Array.isArray(rows) ? (rows as Row[]) : []
    },
    close: () => client.end().catch(() => {}),
  }
}

function trusted({ authority }: Target, tls: Target['tls']): { rejectUnauthorized: boolean; ca?: string } {
  if (tls !== 'verify') return { rejectUnauthorized: false }
  return { rejectUnauthorized: true, ...(authority === undefined ? {} : { ca: readFileSync(authority, 'utf8') }) }
}
