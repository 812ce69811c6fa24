import { UserError } from '../text/errors.ts'
import { withRates } from './rates.ts'
import { named } from './tables.ts'
import type { Connection, Look, Row, SampleOptions, Statistics, TableSample } from './types.ts'

const serverSql = `
SELECT VERSION() AS version, @@version_comment AS comment, DATABASE() AS name,
       @@lock_wait_timeout AS lock_timeout, @@performance_schema AS counters`

const system = `('mysql', 'information_schema', 'performance_schema', 'sys')`

const tablesSql = `
SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS name, TABLE_ROWS AS row_count, DATA_LENGTH + INDEX_LENGTH AS bytes
FROM information_schema.TABLES
WHERE TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA NOT IN ${system}
ORDER BY TABLE_SCHEMA, TABLE_NAME`

const countersSql = `
SELECT OBJECT_SCHEMA AS \`schema\`, OBJECT_NAME AS name, COUNT_READ AS read_count, COUNT_WRITE AS write_count
FROM performance_schema.table_io_waits_summary_by_table
WHERE OBJECT_TYPE = 'TABLE' AND OBJECT_SCHEMA NOT IN ${system}`

const uptimeSql = (schema: string): string =>
  `SELECT VARIABLE_VALUE AS seconds FROM ${schema}.global_status WHERE VARIABLE_NAME = 'Uptime'`

/** A wait for a lock of an hour and more (a year, by MySQL's default) is none that saves a table. */
const longestTimeout = 3600

/** Reads the statistics of a MySQL or MariaDB server: catalogs only, in read-only transactions. */
export async function readMysql(connection: Connection, options: SampleOptions): Promise<Statistics> {
  const [server = {}] = await readOnly(connection, serverSql)
  const version = String(server.version)
  const other = /TiDB|Vitess|SingleStore|MemSQL|StarRocks|Doris|OceanBase/i.exec(
    `${version} ${String(server.comment)}`,
  )?.[0]
  if (other !== undefined)
    throw new UserError(
      `the server is ${other}, which speaks MySQL's protocol but changes tables in its own way`,
      'Statistics can be read from PostgreSQL, MySQL and MariaDB.',
    )
  const mariadb = /mariadb/i.test(version)
  const counters = Number(server.counters) === 1
  const { tables, words } = await withRates(connection, client => look(client, counters, mariadb), options)
  const timeout = Number(server.lock_timeout)
  // The name of a database stands for a schema here.
  const own = typeof server.name === 'string' && server.name !== '' ? server.name : undefined
  const schemas = options.schemas.length > 0 ? options.schemas : own === undefined ? [] : [own]
  return {
    server: {
      engine: mariadb ? 'mariadb' : 'mysql',
      version: /^(?:5\.5\.5-)?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? version,
      ...(timeout > 0 && timeout < longestTimeout ? { lockTimeoutMs: timeout * 1000 } : {}),
    },
    tables: named(tables, schemas, own ?? ''),
    rates: !counters
      ? 'unknown (performance_schema is off)'
      : words === '' && options.sample !== 0
        ? 'unknown (this user may not read performance_schema)'
        : words,
  }
}

async function look(connection: Connection, counters: boolean, mariadb: boolean): Promise<Look> {
  const rows = await readOnly(connection, tablesSql)
  const counts = counters ? await readOnly(connection, countersSql).catch(noRight) : []
  const byTable = new Map(counts.map(row => [`${String(row.schema)}.${String(row.name)}`, row]))
  const [uptime] = counters
    ? await readOnly(connection, uptimeSql(mariadb ? 'information_schema' : 'performance_schema')).catch(noRight)
    : []
  const seconds = numberIn(uptime, 'seconds')
  return {
    tables: rows.map(row => sampleOf(row, byTable.get(`${String(row.schema)}.${String(row.name)}`), counts.length > 0)),
    ...(seconds === undefined ? {} : { countedSeconds: seconds }),
  }
}

/** Sizes are worth having without the counters. */
function noRight(error: unknown): readonly Row[] {
  if (error instanceof Error && /denied/i.test(error.message)) return []
  throw error
}

/** Runs a catalog query in a transaction in which the server refuses every write. */
async function readOnly(connection: Connection, sql: string): Promise<readonly Row[]> {
  await connection.query('START TRANSACTION READ ONLY')
  try {
    return await connection.query(sql)
  } finally {
    await connection.query('ROLLBACK').catch(() => [])
  }
}

function sampleOf(row: Row, counts: Row | undefined, counted: boolean): TableSample {
  const [rows, bytes] = [numberIn(row, 'row_count'), numberIn(row, 'bytes')]
  // A table that nobody has opened since the start has no line among the counters.
  const reads = counted ? (numberIn(counts, 'read_count') ?? 0) : undefined
  const writes = counted ? (numberIn(counts, 'write_count') ?? 0) : undefined
  return {
    schema: String(row.schema),
    name: String(row.name),
    ...(rows === undefined ? {} : { rows }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(reads === undefined ? {} : { reads }),
    ...(writes === undefined ? {} : { writes }),
  }
}

function numberIn(row: Row | undefined, name: string): number | undefined {
  const value = row?.[name]
  return value === null || value === undefined || Number.isNaN(Number(value)) ? undefined : Number(value)
}
