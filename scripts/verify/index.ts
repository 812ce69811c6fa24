import { writeFileSync } from 'node:fs'
import { replayAlterRows } from './alter-compare.ts'
import { replayMariadb } from './mariadb.ts'
import { replayMeasured, replayPostgres } from './postgres.ts'
import { measuredFiles } from './postgres-operations.ts'
import { recorder } from './record.ts'
import { replaySqlite } from './sqlite.ts'
import { allAgree, tableOf } from './table.ts'
import type { Replay } from './types.ts'

/** Compares all predictions with all servers at hand, prints the table, and gives the exit code. */
export async function verify(args: readonly string[]): Promise<number> {
  const at = args.indexOf('--record')
  const file = at === -1 ? undefined : args[at + 1]
  const { record, rows } = recorder()
  const replays: Replay[] = []
  if (file === undefined) for (const measured of measuredFiles) replays.push(...(await replayMeasured(measured)))
  replays.push(...(await replayAlterRows()))
  replays.push(...(await replayPostgres(record)), ...(await replayMariadb()), await replaySqlite())
  if (file !== undefined) writeFileSync(file, rows())
  process.stdout.write(tableOf(replays))
  return allAgree(replays) ? 0 : 1
}
