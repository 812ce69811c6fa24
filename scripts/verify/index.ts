import { appendFileSync } from 'node:fs'
import { type Recorder, replayMeasured, replayPostgres } from './postgres.ts'
import { allAgree, tableOf } from './table.ts'
import type { Replay } from './types.ts'

/** Compares all predictions with all servers at hand, prints the table, and gives the exit code. */
export async function verify(args: readonly string[]): Promise<number> {
  const replays: Replay[] = [...(await replayMeasured('postgres.jsonl'))]
  replays.push(...(await replayPostgres(recorder(args))))
  process.stdout.write(tableOf(replays))
  return allAgree(replays) ? 0 : 1
}

function recorder(args: readonly string[]): Recorder {
  const at = args.indexOf('--record')
  const file = at === -1 ? undefined : args[at + 1]
  if (file === undefined) return () => {}
  return (name, version, seen) => {
    const row = {
      id: name,
      version,
      ...('refused' in seen
        ? { locks: [], rewritten: [], scanned_rows: [], error: seen.refused }
        : { ...seen, error: null }),
    }
    appendFileSync(file, `${JSON.stringify(row)}\n`)
  }
}
