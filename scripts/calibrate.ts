import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { createConnection } from 'mysql2/promise'
import Client from 'pg/lib/client.js'
import { hasMariadb, postgresPrograms, startMariadb, startPostgres } from './servers.ts'

// `npm run calibrate`: measures on real servers how long each kind of work takes for a row and for a byte, and writes it into
// src/facts/migration/rates.ts. Each figure is the fastest of three runs: others on the machine only make it slower.

const runs = 3
const target = 'src/facts/migration/rates.ts'

interface Table {
  readonly name: string
  readonly rows: number
  bytes: number
}

type Run = (sql: string) => Promise<readonly Record<string, unknown>[]>
type Work = 'scan' | 'build' | 'rewrite' | 'copy' | 'rows'

/** What is timed, and what brings the table back to where it was. */
type Recipe = Readonly<Partial<Record<Work, (table: string) => readonly [timed: string, ...after: string[]]>>>

/** Many short rows, and few long ones: from both follows what a row costs and what a byte costs. */
const narrow = { name: 'narrow', rows: 3_000_000, bytes: 0 }
const wide = { name: 'wide', rows: 300_000, bytes: 0 }

const postgres: Recipe = {
  scan: table => [`ALTER TABLE ${table} ADD CONSTRAINT c CHECK (n >= 0)`, `ALTER TABLE ${table} DROP CONSTRAINT c`],
  build: table => [`CREATE INDEX i ON ${table} (n)`, 'DROP INDEX i'],
  rewrite: table => [`ALTER TABLE ${table} ALTER n TYPE bigint`, `ALTER TABLE ${table} ALTER n TYPE int`, 'CHECKPOINT'],
  rows: table => [`UPDATE ${table} SET n = n + 1`, `VACUUM FULL ${table}`, 'CHECKPOINT'],
}

const mariadb: Recipe = {
  scan: table => [`SELECT count(*) FROM ${table} WHERE n < 0`],
  build: table => [`ALTER TABLE ${table} ADD INDEX i (n), ALGORITHM=NOCOPY`, `ALTER TABLE ${table} DROP INDEX i`],
  rewrite: table => [`ALTER TABLE ${table} FORCE, ALGORITHM=INPLACE`],
  copy: table => [`ALTER TABLE ${table} FORCE, ALGORITHM=COPY`],
  rows: table => [`UPDATE ${table} SET n = n + 1`],
}

async function measure(run: Run, recipe: Recipe, tables: readonly Table[]): Promise<Record<string, string>> {
  const rates: Record<string, string> = {}
  for (const [work, statements] of Object.entries(recipe)) {
    const seconds: number[] = []
    for (const { name } of tables) {
      let best = Number.POSITIVE_INFINITY
      for (let i = 0; i < runs; i++) {
        const [timed, ...after] = statements(name)
        const started = performance.now()
        await run(timed)
        best = Math.min(best, (performance.now() - started) / 1000)
        for (const sql of after) await run(sql)
      }
      seconds.push(best)
    }
    console.log(work.padEnd(8), tables.map(({ name }, i) => `${name} ${seconds[i]?.toFixed(2)} s`).join('  '))
    rates[work] = solve(tables, seconds)
  }
  return rates
}

/** seconds = perRow * rows + perByte * bytes, for two tables; neither is below nothing. */
function solve([one, other]: readonly Table[], [first = 0, second = 0]: readonly number[]): string {
  if (one === undefined || other === undefined) throw new Error('two tables are needed')
  const determinant = one.rows * other.bytes - other.rows * one.bytes
  let perRow = (first * other.bytes - second * one.bytes) / determinant
  let perByte = (second * one.rows - first * other.rows) / determinant
  if (perByte < 0) [perRow, perByte] = [first / one.rows, 0]
  if (perRow < 0) [perRow, perByte] = [0, second / other.bytes]
  return `{ perMillionRows: ${(perRow * 1e6).toPrecision(2)}, perGigabyte: ${(perByte * 1e9).toPrecision(2)} }`
}

async function calibratePostgres(programs: string): Promise<{ version: string; rates: Record<string, string> }> {
  const server = await startPostgres(programs)
  try {
    const client = new Client({ connectionString: server.url })
    await client.connect()
    const run: Run = async sql => (await client.query(sql)).rows
    await run('CREATE TABLE narrow (id bigint PRIMARY KEY, n int NOT NULL, t text)')
    await run(
      `INSERT INTO narrow SELECT g, (g * 7919::bigint % 1000003)::int, 'abcdef' FROM generate_series(1, ${narrow.rows}) g`,
    )
    await run('CREATE TABLE wide (id bigint PRIMARY KEY, n int NOT NULL, t text)')
    await run(
      `INSERT INTO wide SELECT g, (g * 7919::bigint % 1000003)::int, repeat(md5(g::text), 32) FROM generate_series(1, ${wide.rows}) g`,
    )
    await run('VACUUM ANALYZE')
    for (const table of [narrow, wide])
      table.bytes = Number((await run(`SELECT pg_total_relation_size('${table.name}') AS bytes`))[0]?.bytes)
    const version = String((await run('SHOW server_version'))[0]?.server_version).split(' ')[0] ?? ''
    console.log(`PostgreSQL ${version}`)
    const rates = await measure(run, postgres, [narrow, wide])
    await client.end()
    return { version, rates }
  } finally {
    server.stop()
  }
}

async function calibrateMariadb(): Promise<{ version: string; rates: Record<string, string> }> {
  const server = await startMariadb(['--innodb-buffer-pool-size=256M', '--innodb-log-file-size=256M'])
  try {
    const client = await createConnection(server.url)
    const run: Run = async sql => {
      const [rows] = await client.query(sql)
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
    }
    const create = (name: string): string =>
      `CREATE TABLE ${name} (id bigint PRIMARY KEY, n int NOT NULL, t varchar(2000)) ENGINE=InnoDB`
    await run(create('narrow'))
    await run(`INSERT INTO narrow SELECT seq, seq * 7919 % 1000003, 'abcdef' FROM seq_1_to_${narrow.rows}`)
    await run(create('wide'))
    await run(`INSERT INTO wide SELECT seq, seq * 7919 % 1000003, repeat(md5(seq), 32) FROM seq_1_to_${wide.rows}`)
    await run('ANALYZE TABLE narrow, wide')
    for (const table of [narrow, wide]) {
      const sql = `SELECT DATA_LENGTH + INDEX_LENGTH AS bytes FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME = '${table.name}'`
      table.bytes = Number((await run(sql))[0]?.bytes)
    }
    const version = /\d+(\.\d+)*/.exec(String((await run('SELECT VERSION() AS v'))[0]?.v))?.[0] ?? ''
    console.log(`MariaDB ${version}`)
    const rates = await measure(run, mariadb, [narrow, wide])
    await client.end()
    return { version, rates }
  } finally {
    server.stop()
  }
}

const programs = postgresPrograms()
if (programs === undefined || !hasMariadb()) {
  console.error('PostgreSQL and MariaDB must be installed: apt-get install postgresql mariadb-server')
  process.exit(1)
}
const results = { postgres: await calibratePostgres(programs), mariadb: await calibrateMariadb() }
const table = (rates: Record<string, string>): string =>
  Object.entries(rates)
    .map(([work, rate]) => `    ${work}: ${rate},`)
    .join('\n')
writeFileSync(
  target,
  `// Written by \`npm run calibrate\`; not by hand.

/** Seconds that a kind of work takes for a million rows, and on top of that for a gigabyte of the table with its indexes. */
export interface Rate {
  readonly perMillionRows: number
  readonly perGigabyte: number
}

/** Where and when the rates were measured. */
export const measuredOn = {
  date: '${new Date().toISOString().slice(0, 10)}',
  cpu: '${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores',
  memoryGB: ${Math.round(totalmem() / 1e9)},
  postgres: '${results.postgres.version}',
  mariadb: '${results.mariadb.version}',
} as const

/** By engine and kind of work. \`copy\` is ALGORITHM=COPY; those of MariaDB hold for MySQL. */
export const rates = {
  postgres: {
${table(results.postgres.rates)}
  },
  mariadb: {
${table(results.mariadb.rates)}
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Rate>>>>
`,
)
execFileSync('node_modules/.bin/biome', ['check', '--write', target], { stdio: 'inherit' })
console.log(`wrote ${target}`)
