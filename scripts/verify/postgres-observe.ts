import { observation } from './postgres-predict.ts'
import type { Observation, PostgresOperation, Refusal } from './types.ts'

export type Cells = Readonly<Record<string, unknown>>

/** A connection to a Postgres server, or to PGlite. */
export interface Session {
  query(sql: string): Promise<readonly Cells[]>
  /** Several statements at once. */
  exec(sql: string): Promise<void>
  close(): Promise<void>
}

/** What was read off the server, before it is compared: as the rows in test/measured have it. */
export interface Reading {
  readonly sql: string
  readonly locks: readonly string[]
  readonly rewritten: readonly string[]
  readonly scanned_rows: readonly string[]
}

export type Seen = Reading | Refusal

/** A reading as the comparison wants it. */
export function seenAs(seen: Seen): Observation | Refusal {
  return 'refused' in seen ? seen : observation(seen)
}

const relations = `SELECT c.oid::int8::text AS oid, c.relname AS name, c.relkind::text AS kind, c.relfilenode::int8::text AS file
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 's2')`

interface Relation {
  readonly name: string
  readonly kind: string
  readonly file: string
}

async function relationsOf(session: Session): Promise<ReadonlyMap<string, Relation>> {
  const rows = await session.query(relations)
  return new Map(
    rows.map(row => [String(row.oid), { name: String(row.name), kind: String(row.kind), file: String(row.file) }]),
  )
}

function rewritten(before: ReadonlyMap<string, Relation>, after: ReadonlyMap<string, Relation>): readonly string[] {
  return [...before]
    .flatMap(([oid, { name, kind, file }]) => {
      const now = after.get(oid)
      return now === undefined || now.file === file ? [] : [`${name} ${kind}`]
    })
    .sort()
}

/** Rows that sequential scans of a table have read so far. */
interface Scans {
  readonly name: string
  readonly rows: number
}

async function scanned(session: Session, view: string): Promise<ReadonlyMap<string, Scans>> {
  const rows = await session.query(
    `SELECT relid::int8::text AS oid, relname AS name, seq_tup_read::float8 AS rows FROM ${view}`,
  )
  return new Map(rows.map(row => [String(row.oid), { name: String(row.name), rows: Number(row.rows) }]))
}

function moreScanned(before: ReadonlyMap<string, Scans>, after: ReadonlyMap<string, Scans>): readonly string[] {
  return [...after].flatMap(([oid, { name, rows }]) => {
    const more = rows - (before.get(oid)?.rows ?? 0)
    return more > 0 ? [`${name}:${more}`] : []
  })
}

/** Runs a statement in a transaction that is rolled back, and reads what it did there. */
export async function observeInTransaction(session: Session, { sql }: PostgresOperation): Promise<Seen> {
  await session.exec('BEGIN')
  try {
    const before = await relationsOf(session)
    const scans = await scanned(session, 'pg_stat_xact_user_tables')
    await session.exec(sql)
    const rows = await session.query(
      `SELECT relation::int8::text AS oid, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'`,
    )
    return {
      sql,
      locks: locksIn(rows, before),
      rewritten: rewritten(before, await relationsOf(session)),
      scanned_rows: moreScanned(scans, await scanned(session, 'pg_stat_xact_user_tables')),
    }
  } catch (error) {
    return { refused: firstLine(error) }
  } finally {
    await session.exec('ROLLBACK')
  }
}

function locksIn(rows: readonly Cells[], known: ReadonlyMap<string, Relation>): readonly string[] {
  const found = rows.flatMap(({ oid, mode }) => {
    const relation = known.get(String(oid))
    return relation === undefined || mode === 'AccessShareLock' ? [] : [`${relation.name}:${String(mode)}`]
  })
  return [...new Set(found)].sort()
}

/**
 * Runs a statement that refuses transactions. Writers of the tables it works on make it wait, one after the other, so
 * that a third connection sees the locks that it holds and wants.
 */
export async function observeWaiting(
  open: () => Promise<Session>,
  { sql, waitsFor = [], behind = 'ROW EXCLUSIVE' }: PostgresOperation,
): Promise<Seen> {
  const sessions: Session[] = []
  const another = async (): Promise<Session> => {
    const session = await open()
    sessions.push(session)
    return session
  }
  try {
    const [worker, onlooker] = [await another(), await another()]
    const writers = await Promise.all(waitsFor.map(another))
    const before = await relationsOf(onlooker)
    const scans = await settledScans(onlooker)
    for (const [at, table] of waitsFor.entries())
      await writers[at]?.exec(`BEGIN; LOCK TABLE ${table} IN ${behind} MODE`)
    const [{ pid } = {}] = await worker.query('SELECT pg_backend_pid() AS pid')
    let problem: unknown
    let done = false
    const running = worker
      .exec(sql)
      .catch(error => {
        problem = error
      })
      .finally(() => {
        done = true
      })
    const locks = new Set<string>()
    const look = async (): Promise<boolean> => {
      const rows = await onlooker.query(
        `SELECT relation::int8::text AS oid, mode, granted, locktype FROM pg_locks WHERE pid = ${Number(pid)}`,
      )
      // Locks of the type `extend` name a relation too.
      for (const lock of locksIn(
        rows.filter(({ locktype }) => locktype === 'relation'),
        before,
      ))
        locks.add(lock)
      return rows.some(row => row.granted === false)
    }
    const stopped = async (): Promise<void> => {
      for (let tries = 0; !done && !(await look()) && tries < 500; tries++) await pause(10)
    }
    for (const writer of writers) {
      await stopped()
      await writer.exec('COMMIT')
      // The wait that has just ended must be gone before the next one is looked for.
      for (let tries = 0; !done && (await look()) && tries < 30; tries++) await pause(5)
    }
    while (!done) {
      await look()
      await pause(2)
    }
    await running
    if (problem !== undefined) return { refused: firstLine(problem) }
    await worker.query('SELECT 1')
    return {
      sql,
      locks: [...locks].sort(),
      rewritten: rewritten(before, await relationsOf(onlooker)),
      scanned_rows: moreScanned(scans, await settledScans(onlooker, worker)),
    }
  } finally {
    for (const session of sessions) await session.close()
  }
}

/** The scan counters, once the sessions have handed theirs over. */
async function settledScans(onlooker: Session, worker?: Session): Promise<ReadonlyMap<string, Scans>> {
  const [{ version } = {}] = await onlooker.query(`SELECT current_setting('server_version_num')::int AS version`)
  if (Number(version) >= 150_000) await (worker ?? onlooker).query('SELECT pg_stat_force_next_flush()')
  // Older servers send them to a collector, at most twice a second.
  else if (worker !== undefined) await pause(1_200)
  if (worker !== undefined) await worker.query('SELECT 1')
  if (Number(version) < 150_000) await pause(700)
  await onlooker.query('SELECT pg_stat_clear_snapshot()')
  return scanned(onlooker, 'pg_stat_user_tables')
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, milliseconds)
  })
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
