import { readFileSync } from 'node:fs'
import type { PostgresOperation } from './types.ts'

/** A row of test/measured/postgres*.jsonl: what a server did when the row was recorded. */
export interface MeasuredRow {
  readonly id: string
  readonly version: string
  readonly sql: string
  /** As pg_locks has them: `t:AccessExclusiveLock`. */
  readonly locks: readonly string[]
  /** Relations with a new file, with their kind: `t r`. */
  readonly rewritten: readonly string[]
  /** Rows read by sequential scans: `t:1000`. */
  readonly scanned_rows: readonly string[]
  readonly error: string | null
}

const measured = new URL('../../test/measured/', import.meta.url)

export const postgresSetup = readFileSync(new URL('setup.sql', measured), 'utf8')

export const measuredFiles = ['postgres.jsonl', 'postgres-versions.jsonl'] as const

/** Rows of a measured file; one row that stands for several versions is taken apart. */
export function measuredRows(file: (typeof measuredFiles)[number]): readonly MeasuredRow[] {
  return readFileSync(new URL(file, measured), 'utf8')
    .trim()
    .split('\n')
    .flatMap(line => {
      const row: MeasuredRow & { readonly versions?: readonly string[] } = JSON.parse(line)
      return (row.versions ?? [row.version]).map(version => ({ ...row, version }))
    })
}

/** Tables of setup.sql, and the one below, whose locks are compared. */
export const postgresTables: ReadonlySet<string> = new Set(
  't r r2 np child pt pa pc pt2 pd pc2 t0 ch em mv w ptx ptc pty ptb'.split(' '),
)

/** Types and situations that the measured statements do not have. */
export const moreSetup = `
  CREATE DOMAIN anyint AS int;
  CREATE TABLE w (id int PRIMARY KEY, va varchar(20)[], vb varbit(8), b8 bit(8), o oid, x xml, iv interval(3), tz timestamptz(3),
    nn numeric, v20 varchar(20), tx text, d date, bi bigint, si smallint, re real, ch8 char(8), tm time(3), mo mood, jb jsonb,
    dm anyint, pi posint);
  INSERT INTO w (id, tx) SELECT g, g FROM generate_series(1, 500) g;
  CREATE TABLE ptx (id int, at date) PARTITION BY RANGE (id);
  CREATE TABLE ptc (id int CHECK (id >= 0 AND id < 100) NOT NULL, at date); INSERT INTO ptc SELECT generate_series(0, 99);
  CREATE TABLE pty (id int, at date) PARTITION BY RANGE (id); CREATE TABLE ptb PARTITION OF pty FOR VALUES FROM (0) TO (100);
  CREATE INDEX pty_at ON ONLY pty (at); CREATE INDEX ptb_at ON ptb (at);
  CREATE FUNCTION stable_id() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
  CREATE FUNCTION volatile_id() RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN 1; END';`

const add = (expression: string, type = 'text'): PostgresOperation => ({
  name: `add column default ${expression}`,
  sql: `ALTER TABLE t ADD COLUMN z ${type} DEFAULT ${expression}`,
})

const retype = (column: string, type: string): PostgresOperation => ({
  name: `type of ${column} to ${type}`,
  sql: `ALTER TABLE w ALTER COLUMN ${column} TYPE ${type}`,
})

/** Operations beyond the measured rows: volatility, coercions, and what cannot run inside a transaction. */
export const moreOperations: readonly PostgresOperation[] = [
  add('current_timestamp', 'timestamptz'),
  add('localtimestamp', 'timestamp'),
  add('statement_timestamp()', 'timestamptz'),
  add('transaction_timestamp()', 'timestamptz'),
  add('timeofday()'),
  add('current_user'),
  add("now() AT TIME ZONE 'utc'", 'timestamp'),
  add("date_trunc('day', now())", 'timestamptz'),
  add("md5('a')"),
  add('md5(random()::text)'),
  add("upper('a') || lower('B')"),
  add("coalesce(null, 'a')"),
  add("to_char(now(), 'YYYY')"),
  add("'{}'::jsonb", 'jsonb'),
  add('jsonb_build_object()', 'jsonb'),
  add('ARRAY[]::text[]', 'text[]'),
  add("nextval('sq')", 'bigint'),
  add("currval('sq')", 'bigint'),
  add('txid_current()', 'bigint'),
  add('stable_id()', 'int'),
  add('volatile_id()', 'int'),
  add('NULL'),
  { name: 'add column of a plain domain', sql: 'ALTER TABLE t ADD COLUMN z anyint' },
  { name: 'add column of a plain domain with default', sql: 'ALTER TABLE t ADD COLUMN z anyint DEFAULT 3' },
  { name: 'add column NOT NULL of a constrained domain', sql: 'ALTER TABLE t ADD COLUMN z posint NOT NULL DEFAULT 3' },
  { name: 'add column bigserial', sql: 'ALTER TABLE t ADD COLUMN z bigserial' },
  retype('va', 'varchar(40)[]'),
  retype('va', 'text[]'),
  retype('va', 'varchar[]'),
  retype('vb', 'varbit(16)'),
  retype('vb', 'varbit'),
  retype('vb', 'varbit(4)'),
  retype('b8', 'varbit'),
  retype('b8', 'varbit(8)'),
  retype('o', 'integer'),
  retype('id', 'oid'),
  retype('o', 'regclass'),
  retype('x', 'text'),
  retype('iv', 'interval(6)'),
  retype('iv', 'interval'),
  retype('iv', 'interval(1)'),
  retype('tz', 'timestamptz(6)'),
  retype('tz', 'timestamptz(1)'),
  retype('tm', 'time'),
  { name: 'timestamp to its full precision', sql: 'ALTER TABLE t ALTER COLUMN ts TYPE timestamp(6)' },
  retype('nn', 'numeric(20,4)'),
  retype('v20', 'varchar(20)'),
  retype('v20', 'char(20)'),
  retype('tx', 'varchar'),
  retype('d', 'timestamp'),
  retype('bi', 'numeric'),
  retype('si', 'integer'),
  retype('re', 'double precision'),
  retype('ch8', 'char(10)'),
  retype('ch8', 'varchar(8)'),
  retype('jb', 'json USING jb::json'),
  retype('dm', 'integer'),
  retype('dm', 'posint'),
  retype('id', 'anyint'),
  retype('pi', 'integer'),
  { name: 'type with USING of the column itself', sql: 'ALTER TABLE w ALTER COLUMN v20 TYPE varchar(30) USING v20' },
  { name: 'enum to text', sql: 'ALTER TABLE w ALTER COLUMN mo TYPE text' },
  { name: 'text to enum', sql: 'ALTER TABLE w ALTER COLUMN mo TYPE mood USING mo::text::mood' },
  { name: 'insert select', sql: 'INSERT INTO r2 SELECT id FROM t' },
  { name: 'several clauses', sql: 'ALTER TABLE t ADD COLUMN z int, ALTER COLUMN c2 TYPE bigint, ADD CHECK (a > 0)' },
  { name: 'disable one trigger', sql: 'ALTER TABLE t DISABLE TRIGGER tr0' },
  { name: 'force row level security', sql: 'ALTER TABLE t FORCE ROW LEVEL SECURITY' },
  { name: 'drop NOT NULL', sql: 'ALTER TABLE np ALTER COLUMN x DROP NOT NULL' },
  { name: 'attach with a proving check', sql: 'ALTER TABLE ptx ATTACH PARTITION ptc FOR VALUES FROM (0) TO (100)' },
  { name: 'index on the parent only', sql: 'CREATE INDEX ptx_id ON ONLY ptx (id)' },
  { name: 'attach an index', sql: 'ALTER INDEX pty_at ATTACH PARTITION ptb_at' },
  { name: 'lock in share mode', sql: 'LOCK TABLE t IN SHARE MODE' },
  {
    name: 'domain check without validation',
    sql: 'ALTER DOMAIN posint ADD CONSTRAINT y CHECK (VALUE < 100000) NOT VALID',
  },
  { name: 'domain without a column', sql: 'CREATE DOMAIN later AS int CHECK (VALUE > 3)' },
  { name: 'index concurrently', sql: 'CREATE INDEX CONCURRENTLY i1 ON t (b)', waitsFor: ['t'] },
  { name: 'unique index concurrently', sql: 'CREATE UNIQUE INDEX CONCURRENTLY i1 ON t (id)', waitsFor: ['t'] },
  { name: 'drop index concurrently', sql: 'DROP INDEX CONCURRENTLY t_a_idx', waitsFor: ['t'] },
  { name: 'reindex index concurrently', sql: 'REINDEX INDEX CONCURRENTLY t_a_idx', since: 12, waitsFor: ['t'] },
  { name: 'reindex table concurrently', sql: 'REINDEX TABLE CONCURRENTLY np', since: 12, waitsFor: ['np'] },
  { name: 'vacuum full', sql: 'VACUUM FULL np', waitsFor: ['np'] },
  { name: 'vacuum', sql: 'VACUUM np', waitsFor: ['np'], behind: 'SHARE UPDATE EXCLUSIVE' },
  {
    name: 'detach concurrently',
    sql: 'ALTER TABLE pt DETACH PARTITION pa CONCURRENTLY',
    since: 14,
    waitsFor: ['pt', 'pa'],
  },
]

/** Every statement that is run on each server: those of the measured rows, and those above. */
export function postgresOperations(): readonly PostgresOperation[] {
  const seen = new Set<string>()
  const fromRows = measuredRows('postgres.jsonl').flatMap(({ id, sql }): readonly PostgresOperation[] => {
    if (seen.has(sql)) return []
    seen.add(sql)
    const name = id.replace(/^measured-(pg15|pglite)-/, '')
    const since = /\bVIRTUAL\b|NOT NULL a NOT VALID/.test(sql) ? 18 : sinceOf(sql)
    return [{ name, sql, ...(since === undefined ? {} : { since }) }]
  })
  return [...fromRows, ...moreOperations.filter(({ sql }) => !seen.has(sql))]
}

function sinceOf(sql: string): number | undefined {
  if (/\bSET ACCESS METHOD\b/.test(sql)) return 15
  // Before that it is a function of the extension pgcrypto.
  if (/\bgen_random_uuid\b/.test(sql)) return 13
  return /\) STORED\b/.test(sql) ? 12 : undefined
}
