import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createConnection } from 'mysql2/promise'
import Client from 'pg/lib/client.js'
import { hasMariadb, postgresPrograms, startMariadb, startPostgres } from './servers.ts'

// `npm run verify:stats`: `premortem stats`, as built, against real servers: what it writes, and what it says when it cannot.

const cli = resolve('dist/cli.js')
const folder = mkdtempSync(join(tmpdir(), 'premortem-stats-'))
const failures: string[] = []
let count = 0

function expect(what: string, holds: boolean, seen: string): void {
  count++
  if (!holds) failures.push(`${what}\n    ${seen.trim().replaceAll('\n', '\n    ')}`)
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`)
}

function stats(url: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const { DATABASE_URL: _, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'stats', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, DATABASE_URL: url },
  })
  return { code: status, out: stdout, err: stderr }
}

function refused(what: string, url: string, telling: RegExp, secret: string): void {
  const { code, out, err } = stats(url, '--output', '-')
  const clear = code === 2 && out === '' && telling.test(err) && !err.includes(secret) && !/\n {4}at /.test(err)
  expect(`${what}: one clear line, exit 2`, clear, `${code} ${err}`)
}

function written(what: string, url: string, args: readonly string[], lines: readonly RegExp[]): void {
  const { code, err } = stats(url, ...args)
  const text = code === 0 ? readFileSync(join(folder, '.premortem/tables.yml'), 'utf8') : ''
  for (const line of lines) expect(`${what}: ${line.source}`, line.test(text), `${code} ${text}${err}`)
  expect(`${what}: says nothing of the URL`, !err.includes('://') && !text.includes('://'), `${err}${text}`)
}

const secretOf = (url: string): string => new URL(url).password

async function verifyPostgres(programs: string): Promise<void> {
  const server = await startPostgres(programs)
  try {
    const client = new Client({ connectionString: server.url })
    await client.connect()
    await client.query(`
      CREATE TABLE users (id bigint PRIMARY KEY, email text);
      INSERT INTO users SELECT g, 'a' || g FROM generate_series(1, 20000) g;
      CREATE SCHEMA audit; CREATE TABLE audit.log (id int);
      CREATE ROLE reader LOGIN PASSWORD 'read#only'; ALTER ROLE reader SET lock_timeout = '4s';
      ANALYZE`)
    const reader = server.url.replace(/\/\/.*@/, '//reader:read%23only@')
    written(
      'PostgreSQL',
      reader,
      ['--sample', '1'],
      [
        /^server: \{ engine: postgres, version: "\d+\.\d+", lockTimeoutMs: 4000 \}$/m,
        /^ {2}users: \{ rows: 20000, bytes: \d+, writesPerSecond: 0, readsPerSecond: 0 \}$/m,
        /^ {2}audit\.log: /m,
      ],
    )
    // Somebody else's migration holds the table: its size must not be waited for.
    await client.query('BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE')
    refused('PostgreSQL, table locked', server.url, /a table is locked/, secretOf(server.url))
    await client.query('ROLLBACK')
    const wrong = server.url.replace(secretOf(server.url), 'hunter2')
    refused('PostgreSQL, wrong password', wrong, /refuses the user "boss"/, 'hunter2')
    refused('PostgreSQL, no such database', `${server.url}x`, /does not exist/, secretOf(server.url))
    refused('PostgreSQL, no TLS', `${server.url}?sslmode=require`, /does not encrypt/, secretOf(server.url))
    refused(
      'PostgreSQL, asked as MySQL',
      server.url.replace('postgres:', 'mysql:'),
      /no answer|protocol|closed/,
      secretOf(server.url),
    )
    await client.end()
  } finally {
    server.stop()
  }
  refused('PostgreSQL, stopped', server.url, /connection was refused/, secretOf(server.url))
}

async function verifyMariadb(): Promise<void> {
  const server = await startMariadb(['--performance-schema=ON'])
  try {
    const client = await createConnection({ uri: server.url, multipleStatements: true })
    await client.query(`
      CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100));
      INSERT INTO users SELECT seq, concat('a', seq) FROM seq_1_to_20000;
      CREATE USER nobody@'127.0.0.1' IDENTIFIED BY 'hunter2';
      ANALYZE TABLE users`)
    written(
      'MariaDB',
      server.url,
      ['--sample', '1'],
      [
        /^server: \{ engine: mariadb, version: "\d+\.\d+\.\d+" \}$/m,
        /^ {2}users: \{ rows: \d+, bytes: \d+, writesPerSecond: 0, readsPerSecond: 0 \}$/m,
      ],
    )
    const nobody = server.url.replace(/\/\/.*@/, '//nobody:hunter2@')
    refused('MariaDB, no right to the database', nobody, /may not read the database "shop"/, 'hunter2')
    refused('MariaDB, no tables to be seen', nobody.replace(/shop$/, ''), /no tables are to be seen/, 'hunter2')
    refused(
      'MariaDB, wrong password',
      server.url.replace(secretOf(server.url), 'hunter2'),
      /refuses the user "boss"/,
      'hunter2',
    )
    refused('MariaDB, no TLS', `${server.url}?ssl-mode=REQUIRED`, /does not encrypt/, secretOf(server.url))
    refused(
      'MariaDB, asked as PostgreSQL',
      server.url.replace('mysql:', 'postgres:'),
      /does not speak/,
      secretOf(server.url),
    )
    await client.end()
  } finally {
    server.stop()
  }
  refused('MariaDB, stopped', server.url, /connection was refused/, secretOf(server.url))
}

try {
  const programs = postgresPrograms()
  if (programs === undefined || !hasMariadb())
    throw new Error('PostgreSQL and MariaDB must be installed: apt-get install postgresql mariadb-server')
  await verifyPostgres(programs)
  await verifyMariadb()
  refused('an unknown scheme', 'mongodb://root:hunter2@localhost/shop', /begins with mongodb:/, 'hunter2')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (failures.length > 0) {
  console.error(`\n${failures.join('\n')}`)
  process.exitCode = 1
}
console.log(`${count - failures.length} of ${count} hold`)
