import { setTimeout } from 'node:timers/promises'
import { failureOf } from './failure.ts'
import type { Connection, SampleOptions, Statistics, Target } from './types.ts'
import { readTarget } from './url.ts'

/**
 * Reads table statistics from a running server, and nothing but its catalogs. Throws a UserError in words for people
 * in which neither the URL nor the password stands. The drivers are loaded here and nowhere else.
 */
export async function readStatistics(url: string, options: Omit<SampleOptions, 'wait'>): Promise<Statistics> {
  const target = readTarget(url)
  let connection: Connection | undefined
  try {
    connection = await connect(target)
    const wait = async (seconds: number): Promise<void> => void (await setTimeout(seconds * 1000))
    if (target.family === 'postgres')
      return await (await import('./postgres.ts')).readPostgres(connection, { ...options, wait })
    return await (await import('./mysql.ts')).readMysql(connection, { ...options, wait })
  } catch (error) {
    throw failureOf(error, target)
  } finally {
    await connection?.close()
  }
}

async function connect(target: Target): Promise<Connection> {
  return target.family === 'postgres'
    ? (await import('./connect-postgres.ts')).connectPostgres(target)
    : (await import('./connect-mysql.ts')).connectMysql(target)
}
