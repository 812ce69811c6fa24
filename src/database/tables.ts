import type { TableStatistics } from '../config/types.ts'
import type { Rated } from './rates.ts'

/**
 * Statistics by the name that migrations use: bare in the default schema, else with the schema in front. The default
 * one is the first of `wanted`, without any that of the connection.
 */
export function named(
  tables: Rated['tables'],
  wanted: readonly string[],
  current: string,
): Readonly<Record<string, TableStatistics>> {
  const main = wanted[0] ?? current
  const shown = tables.filter(({ schema }) => wanted.length === 0 || wanted.includes(schema))
  return Object.fromEntries(
    shown.map(({ schema, name, rows, bytes, readsPerSecond, writesPerSecond }) => [
      schema === main ? name : `${schema}.${name}`,
      {
        ...(rows === undefined ? {} : { rows: rounded(rows) }),
        ...(bytes === undefined ? {} : { bytes: rounded(bytes) }),
        ...(writesPerSecond === undefined ? {} : { writesPerSecond: rate(writesPerSecond) }),
        ...(readsPerSecond === undefined ? {} : { readsPerSecond: rate(readsPerSecond) }),
      },
    ]),
  )
}

/** Three digits are enough to tell how long a lock lasts, and a file written anew every week shows what has changed. */
function rounded(value: number): number {
  return Number(value.toPrecision(3))
}

function rate(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Number(value.toPrecision(2))
}
