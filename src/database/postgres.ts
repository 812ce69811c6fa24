import { UserError } from '../text/errors.ts'
import { type Rated, withRates } from './rates.ts'
import { named } from './tables.ts'
import type { Connection, Look, Row, SampleOptions, Statistics, TableSample } from './types.ts'

const serverSql = `
SELECT version() AS banner,
       current_setting('server_version') AS version,
       coalesce(current_schema(), 'public') AS schema,
       (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'lock_timeout') AS lock_timeout`

// Rows and sizes of tables, partitioned tables and materialized views, with the counters of the statistics system.
const tablesSql = `
SELECT n.nspname AS schema, c.relname AS name, c.reltuples::float8 AS tuples, s.n_live_tup::float8 AS live,
       CASE WHEN c.relkind = 'p' THEN 0 ELSE pg_catalog.pg_total_relation_size(c.oid) END::float8 AS bytes,
       (s.seq_scan + coalesce(s.idx_scan, 0))::float8 AS reads,
       (s.n_tup_ins + s.n_tup_upd + s.n_tup_del)::float8 AS writes,
       pn.nspname AS parent_schema, p.relname AS parent
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
LEFT JOIN pg_catalog.pg_inherits i ON c.relispartition AND i.inhrelid = c.oid
LEFT JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY n.nspname, c.relname`

const resetSql = `
SELECT extract(epoch FROM now() - stats_reset)::float8 AS seconds
FROM pg_catalog.pg_stat_database WHERE datname = current_database()`

/** Reads the statistics of a PostgreSQL database: catalogs only, in read-only transactions that give up on a locked table. */
export async function readPostgres(connection: Connection, options: SampleOptions): Promise<Statistics> {
  const [server = {}] = await readOnly(connection, [serverSql])
  const other = /CockroachDB|Redshift|YSQL|Yugabyte|Materialize|RisingWave/i.exec(String(server.banner))?.[0]
  if (other !== undefined)
    throw new UserError(
      `the server is ${other}, which speaks PostgreSQL's protocol but locks in its own way`,
      'Statistics can be read from PostgreSQL, MySQL and MariaDB.',
    )
  const { tables, words } = await withRates(connection, look, options)
  const lockTimeout = Number(server.lock_timeout)
  return {
    server: {
      engine: 'postgres',
      version: String(server.version).split(' ')[0] ?? '',
      ...(Number.isFinite(lockTimeout) ? { lockTimeoutMs: lockTimeout } : {}),
    },
    tables: named(summed(tables), options.schemas, String(server.schema)),
    rates: words,
  }
}

async function look(connection: Connection): Promise<Look> {
  const rows = await readOnly(connection, [tablesSql])
  const [reset] = await readOnly(connection, [resetSql])
  const seconds = numberIn(reset, 'seconds')
  return { tables: rows.map(sampleOf), ...(seconds === undefined ? {} : { countedSeconds: seconds }) }
}

/** Runs catalog queries in a transaction in which the server refuses every write; gives the rows of the last. */
async function readOnly(connection: Connection, queries: readonly string[]): Promise<readonly Row[]> {
  await connection.query('BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED READ ONLY')
  try {
    let rows: readonly Row[] = []
    for (const sql of queries) {
      // The size of a table that a migration holds locked could only be read when that is over.
      if (sql === tablesSql) await connection.query("SET LOCAL lock_timeout = '3s'")
      rows = await connection.query(sql)
    }
    return rows
  } finally {
    await connection.query('ROLLBACK').catch(() => {})
  }
}

function sampleOf(row: Row): TableSample {
  // Of a table that was never analysed the planner knows nothing (-1), the statistics system what it has seen.
  const tuples = numberIn(row, 'tuples') ?? -1
  const rows = tuples >= 0 ? tuples : numberIn(row, 'live')
  const [bytes, reads, writes] = [numberIn(row, 'bytes'), numberIn(row, 'reads'), numberIn(row, 'writes')]
  return {
    schema: String(row.schema),
    name: String(row.name),
    ...(rows === undefined ? {} : { rows }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(reads === undefined ? {} : { reads }),
    ...(writes === undefined ? {} : { writes }),
    ...(typeof row.parent === 'string' ? { parent: `${String(row.parent_schema)}.${row.parent}` } : {}),
  }
}

function numberIn(row: Row | undefined, name: string): number | undefined {
  const value = row?.[name]
  return value === null || value === undefined || Number.isNaN(Number(value)) ? undefined : Number(value)
}

/** A partitioned table holds nothing itself: it is as large and as busy as its partitions together. */
function summed(tables: Rated['tables']): Rated['tables'] {
  const parts = new Map<string, Rated['tables'][number][]>()
  for (const table of tables)
    if (table.parent !== undefined) parts.set(table.parent, [...(parts.get(table.parent) ?? []), table])
  const sumOf = (table: Rated['tables'][number]): Rated['tables'][number] => {
    const own = (parts.get(`${table.schema}.${table.name}`) ?? []).map(sumOf)
    if (own.length === 0) return table
    const total = (field: 'rows' | 'bytes' | 'readsPerSecond' | 'writesPerSecond'): Partial<TableSample> => {
      const known = own.flatMap(part => part[field] ?? [])
      return known.length === 0 ? {} : { [field]: known.reduce((sum, value) => sum + value, 0) }
    }
    return { ...table, ...total('rows'), ...total('bytes'), ...total('readsPerSecond'), ...total('writesPerSecond') }
  }
  return tables.map(sumOf)
}
