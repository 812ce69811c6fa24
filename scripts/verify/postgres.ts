import { knownDifference } from './known.ts'
import { catalogOutcomes } from './postgres-catalog.ts'
import { observeInTransaction, observeWaiting, type Seen, seenAs } from './postgres-observe.ts'
import {
  type measuredFiles,
  measuredRows,
  moreSetup,
  postgresOperations,
  postgresSetup,
} from './postgres-operations.ts'
import { differenceOf, observation, predictPostgres } from './postgres-predict.ts'
import { type PostgresServer, postgresFolders, startPglite, startPostgres } from './postgres-server.ts'
import type { Outcome, PostgresOperation, Replay } from './types.ts'

/** What the servers showed, for recording: see `--record`. */
export type Recorder = (operation: PostgresOperation, version: string, seen: Seen) => void

function outcome(operation: string, version: number, sql: string, difference: string): Outcome {
  const reason = difference === '' ? undefined : knownDifference(sql, version, difference)
  return { operation, difference, ...(reason === undefined ? {} : { reason }) }
}

/** Compares the predictions with the rows that were measured earlier. */
export async function replayMeasured(file: (typeof measuredFiles)[number]): Promise<readonly Replay[]> {
  const setup = file === 'postgres.jsonl' ? postgresSetup : postgresSetup + moreSetup
  const byVersion = new Map<string, Outcome[]>()
  for (const row of measuredRows(file)) {
    const version = Number.parseInt(row.version, 10)
    const seen = row.error === null ? observation(row) : { refused: row.error }
    const difference = differenceOf(await predictPostgres(row.sql, version, setup), seen)
    const outcomes = byVersion.get(row.version) ?? []
    byVersion.set(row.version, outcomes)
    outcomes.push(outcome(row.id, version, row.sql, difference))
  }
  return [...byVersion].map(([version, outcomes]) => ({ engine: `PostgreSQL, rows of ${file}`, version, outcomes }))
}

async function setUp(server: PostgresServer): Promise<void> {
  const session = await server.open()
  await session.exec(postgresSetup + moreSetup)
  await session.close()
}

/** Runs every operation on one server. */
async function replayOn(engine: string, server: PostgresServer, many: boolean, record: Recorder): Promise<Replay> {
  const version = Number.parseInt(server.version, 10)
  const outcomes: Outcome[] = []
  await setUp(server)
  const session = await server.open()
  let [fresh, skipped] = [true, 0]
  for (const operation of postgresOperations()) {
    if ((operation.since ?? 0) > version) continue
    if (operation.waitsFor !== undefined && !many) {
      skipped++
      continue
    }
    if (!fresh) await setUp(server)
    fresh = operation.waitsFor === undefined
    const seen = fresh ? await observeInTransaction(session, operation) : await observeWaiting(server.open, operation)
    record(operation, server.version, seen)
    const difference = differenceOf(
      await predictPostgres(operation.sql, version, postgresSetup + moreSetup),
      seenAs(seen),
    )
    outcomes.push(outcome(operation.name, version, operation.sql, difference))
  }
  outcomes.push(...(await catalogOutcomes(session)))
  await session.close()
  return {
    engine,
    version: server.version,
    outcomes,
    ...(skipped === 0
      ? {}
      : { notRun: `${skipped} statements that refuse transactions, because PGlite has one connection` }),
  }
}

/** PGlite, and each installed server. */
export async function replayPostgres(record: Recorder): Promise<readonly Replay[]> {
  const replays: Replay[] = []
  const lite = await startPglite()
  try {
    replays.push(await replayOn('PostgreSQL (PGlite)', lite, false, record))
  } finally {
    await lite.stop()
  }
  const folders = postgresFolders()
  if (folders.length === 0)
    replays.push({ engine: 'PostgreSQL', version: '-', outcomes: [], notRun: 'no server: apt-get install postgresql' })
  for (const folder of folders) {
    const server = await startPostgres(folder)
    try {
      replays.push(await replayOn('PostgreSQL', server, true, record))
    } finally {
      await server.stop()
    }
  }
  return replays
}
