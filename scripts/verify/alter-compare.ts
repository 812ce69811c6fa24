import type { Alter } from './alter-list.ts'
import type { AlterSeen } from './alter-observe.ts'
import { type AlterPrediction, predictAlter } from './alter-predict.ts'
import { alterRowsMeasured } from './alter-rows.ts'
import type { AlterServer } from './alter-setup.ts'
import { knownAlter } from './known.ts'
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
