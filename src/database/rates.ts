import type { TableStatistics } from '../config/types.ts'
import type { Connection, Look, SampleOptions, TableSample } from './types.ts'

/** Counters that have counted for less than this say little about a usual second. */
const enoughSeconds = 3600
const usualSample = 10

export interface Rated {
  readonly tables: readonly (TableSample & Pick<TableStatistics, 'readsPerSecond' | 'writesPerSecond'>)[]
  readonly words: string
}

/**
 * Reads and writes per second: counters divided by the time they have counted where the server tells it, which is the
 * mean of many days; else, or where `sample` asks for it, the difference between two looks some seconds apart.
 */
export async function withRates(
  connection: Connection,
  look: (connection: Connection) => Promise<Look>,
  { sample, wait }: SampleOptions,
): Promise<Rated> {
  const first = await look(connection)
  const counted = first.countedSeconds ?? 0
  const counts = first.tables.some(table => table.reads !== undefined || table.writes !== undefined)
  if (!counts) return { tables: first.tables, words: '' }
  if (sample === undefined && counted >= enoughSeconds)
    return { tables: rated(first.tables, new Map(), counted), words: `mean of the last ${duration(counted)}` }
  const seconds = sample ?? usualSample
  if (seconds === 0) return { tables: first.tables, words: '' }
  const started = performance.now()
  await wait(seconds)
  const second = await look(connection)
  const passed = Math.max((performance.now() - started) / 1000, seconds)
  const before = new Map(first.tables.map(table => [keyOf(table), table]))
  return {
    tables: rated(second.tables, before, passed),
    words: `counted for ${seconds === 1 ? 'a second' : `${seconds} seconds`}`,
  }
}

const keyOf = ({ schema, name }: TableSample): string => `${schema}.${name}`

function rated(
  tables: readonly TableSample[],
  before: ReadonlyMap<string, TableSample>,
  seconds: number,
): Rated['tables'] {
  return tables.map(table => {
    const earlier = before.get(keyOf(table))
    const reads = perSecond(table.reads, earlier?.reads, seconds)
    const writes = perSecond(table.writes, earlier?.writes, seconds)
    return {
      ...table,
      ...(reads === undefined ? {} : { readsPerSecond: reads }),
      ...(writes === undefined ? {} : { writesPerSecond: writes }),
    }
  })
}

/** Undefined where nothing is counted, or where the counters were set back meanwhile. */
function perSecond(now: number | undefined, earlier = 0, seconds: number): number | undefined {
  return now === undefined || now < earlier ? undefined : (now - earlier) / seconds
}

function duration(seconds: number): string {
  const hours = seconds / 3600
  return hours < 48 ? `${Math.round(hours)} hours` : `${Math.round(hours / 24)} days`
}
