import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory, type MemoryFile } from '../../../src/change/memory.ts'
import type { NotAnalysed } from '../../../src/change/types.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { extractMigrations } from '../../../src/facts/migration/extract.ts'
import type { MigrationFact } from '../../../src/facts/migration/fact.ts'
import { migrationKind } from '../../../src/facts/migration/index.ts'

interface Surroundings {
  readonly repository?: Readonly<Record<string, string>>
  readonly settings?: Readonly<Record<string, string>>
}

async function extract(files: readonly MemoryFile[], { repository = {}, settings = {} }: Surroundings = {}) {
  const config = await loadConfig(async path => settings[path])
  const change = changeInMemory({ files, repository })
  const { artifacts } = await loadArtifacts(change, config)
  const wanted = artifacts.filter(artifact => migrationKind.wants(artifact))
  const { facts, notAnalysed } = await extractMigrations({ change, artifacts, config, now: new Date(0) }, wanted)
  return { facts: facts.flatMap(fact => (isMigration(fact) ? [fact] : [])), notAnalysed }
}

function isMigration(fact: { readonly kind: string }): fact is MigrationFact {
  return fact.kind === 'migration'
}

const sql = (head: string, more?: Surroundings) => extract([{ path: 'migrations/0002_x.sql', head }], more)

describe('what is too large to be judged is listed', () => {
  test('a statement of thousands of clauses', async () => {
    const clauses = Array.from({ length: 5000 }, (_, at) => `ADD COLUMN c${at} int`)
    const { facts, notAnalysed } = await sql(`DROP TABLE a;\nALTER TABLE t ${clauses.join(', ')};\nDROP TABLE b;\n`)
    expect(facts.map(fact => fact.operation)).toEqual(['drop-table'])
    expect(notAnalysed[0]?.reason).toMatch(/more than 4000 statements or clauses: from here on it is not analysed/)
  })

  test('a migration in a programming language of many pages', async () => {
    const lines = '    add_column :users, :a, :string\n'.repeat(10_000)
    const head = `class A < ActiveRecord::Migration[7.1]\n  def change\n${lines}  end\nend\n`
    const { facts, notAnalysed } = await extract([{ path: 'db/migrate/20260101000000_a.rb', head }])
    expect(facts).toEqual([])
    expect(notAnalysed).toEqual([
      { path: 'db/migrate/20260101000000_a.rb', reason: 'a migration of 350 kB is not read' },
    ])
  })
})

describe('what is judged', () => {
  test('tables that any file of the change creates are new', async () => {
    const { facts } = await extract([
      { path: 'migrations/0003_index.sql', head: 'CREATE INDEX i ON a (x);' },
      { path: 'migrations/0002_table.sql', head: 'CREATE TABLE public.a (x int);' },
    ])
    expect(facts.map(fact => [fact.operation, fact.newTable])).toEqual([
      ['create-index', true],
      ['create-table', true],
    ])
  })

  test('a new table keeps being new under its new name', async () => {
    const { facts } = await sql('CREATE TABLE b_new (x int);\nALTER TABLE b_new RENAME TO b;\nCREATE INDEX i ON b (x);')
    expect(facts.at(-1)).toMatchObject({ operation: 'create-index', newTable: true })
  })

  test('only the statements that an edit touches', async () => {
    const base = 'ALTER TABLE public.a ADD COLUMN x int;\nCREATE INDEX i ON a (x);\n'
    const { facts } = await extract([{ path: 'migrations/0001_x.sql', base, head: `${base}DROP TABLE c;\n` }])
    expect(facts.map(fact => fact.operation)).toEqual(['drop-table'])
  })

  test('neither deleted files nor moved ones nor the way back', async () => {
    const text = 'DROP TABLE public.a;\n'
    const { facts } = await extract([
      { path: 'migrations/0001_x.sql', base: text },
      { path: 'migrations/0003_x.sql', basePath: 'migrations/0002_x.sql', base: text, head: text },
      { path: 'migrations/0004_x.down.sql', head: text },
    ])
    expect(facts).toEqual([])
  })
})

describe('the engine', () => {
  test.each<[string, string, string, Record<string, string>]>([
    ['mysql', 'migrations/1_x.sql', 'ALTER TABLE `a` ADD COLUMN b int;', {}],
    ['postgres', 'migrations/1_x.sql', 'ALTER TABLE a ADD COLUMN b jsonb;', {}],
    ['mariadb', 'db/mariadb/migrations/1_x.sql', 'ALTER TABLE a ADD COLUMN b int;', {}],
    [
      'mysql',
      'migrations/1_x.sql',
      'ALTER TABLE a ADD COLUMN b int;',
      { 'go.mod': 'require github.com/go-sql-driver/mysql v1' },
    ],
    [
      'mysql',
      'db/migrate/20200101000000_x.rb',
      'class X < ActiveRecord::Migration[7.0]\n  def change\n    add_column :a, :b, :integer\n  end\nend\n',
      { 'config/database.yml': 'production:\n  adapter: mysql2\n' },
    ],
    ['postgres', 'migrations/1_x.sql', 'ALTER TABLE a ADD COLUMN b int;', {}],
  ])('%s: %s', async (engine, path, head, repository) => {
    const { facts } = await extract([{ path, head }], { repository })
    expect(facts).toMatchObject([{ operation: 'add-column', engine }])
  })

  test('the configuration comes first', async () => {
    const settings = { 'premortem.yml': 'databases: [ { engine: mysql, version: "5.7", paths: ["migrations/**"] } ]' }
    const { facts } = await sql('ALTER TABLE a ADD COLUMN b int;', { settings })
    expect(facts).toMatchObject([{ engine: 'mysql', version: '5.7', rewrites: true, blocksWrites: false }])
  })

  test.each([
    ['clickhouse/migrations/1_x.sql', 'ALTER TABLE a ADD COLUMN b Int32;'],
    ['migrations/1_x.sql', 'CREATE TABLE a (x UInt8) ENGINE = ReplicatedMergeTree;'],
    ['migrations/1_x.sql', 'ALTER TABLE [dbo].[a] ADD b NVARCHAR(10);\nGO\n'],
    ['migrations/sqlite/1_x.sql', "ATTACH DATABASE 'b.db' AS b;"],
    ['migrations/1_x.sql', 'ALTER TABLE a ADD COLUMN b Nullable(String);'],
    ['migrations/1_x.sql', 'ALTER TABLE a MODIFY TTL day + INTERVAL 30 DAY;'],
    ['migrations/1_x.sql', 'CREATE MATERIALIZED VIEW v TO t AS SELECT 1;'],
    ['clickhouse/migrations/1_x.down.sql', 'CREATE OR REPLACE VIEW v ON CLUSTER default AS SELECT 1;'],
  ])('%s is named, not judged', async (path, head) => {
    const { facts, notAnalysed } = await extract([{ path, head }])
    expect(facts).toEqual([])
    expect(notAnalysed).toMatchObject([{ path }])
  })
})

describe('how long a change of MySQL waits for its table', () => {
  const alter = 'ALTER TABLE a ADD COLUMN x int;'

  test.each<[string, boolean, string, Record<string, string>]>([
    ['nothing says so', false, alter, {}],
    ['the session', true, `SET SESSION lock_wait_timeout = 5;\n${alter}`, {}],
    ['as long as by default', false, `SET lock_wait_timeout = 31536000;\n${alter}`, {}],
    ['the wait for rows', false, `SET innodb_lock_wait_timeout = 5;\n${alter}`, {}],
    ['the statement', true, 'ALTER TABLE a NOWAIT ADD COLUMN x int;', {}],
    ['settings of the statement', true, `SET STATEMENT lock_wait_timeout = 5 FOR ${alter}`, {}],
    ['other settings of the statement', false, `SET STATEMENT max_statement_time = 5 FOR ${alter}`, {}],
    ['the server', true, alter, { 'deploy/my.cnf': '[mysqld]\nlock-wait-timeout=10\n' }],
    ['the server, for rows', false, alter, { 'deploy/my.cnf': '[mysqld]\ninnodb-lock-wait-timeout=10\n' }],
    [
      'infrastructure code',
      true,
      alter,
      { 'infra/rds.tf': 'parameter {\n  name  = "lock_wait_timeout"\n  value = "10"\n}\n' },
    ],
    ['an address', true, alter, { '.env.example': 'URL=jdbc:mysql://db/a?sessionVariables=lock_wait_timeout=5\n' }],
  ])('%s', async (_name, limited, head, repository) => {
    const { facts } = await extract([{ path: 'db/mariadb/migrations/2_x.sql', head }], { repository })
    expect(facts).toMatchObject([{ operation: 'add-column', lockTimeout: limited, firstLock: !limited }])
  })
})

describe('a series of a database that is not judged', () => {
  const head = 'ALTER TABLE a ADD COLUMN b String;'
  const earlier = 'CREATE TABLE a (x String) ENGINE = MergeTree ORDER BY x;'

  test('a file without any word of its own is named too', async () => {
    const repository = { 'migrations/0001_x.sql': earlier, 'go.mod': 'require github.com/jackc/pgx/v5 v5' }
    const { facts, notAnalysed } = await sql(head, { repository })
    expect(facts).toEqual([])
    expect(notAnalysed).toMatchObject([{ reason: 'migrations of ClickHouse are not judged' }])
  })

  test('files of several databases tell nothing', async () => {
    const repository = { 'migrations/0000_x.sql': earlier, 'migrations/0001_x.sql': 'CREATE TABLE b (x jsonb);' }
    const { facts } = await sql(head, { repository })
    expect(facts).toMatchObject([{ engine: 'postgres' }])
  })
})

describe('what takes a migration back', () => {
  const broken = 'DROP TABLE a CASCADE CONSTRAINTS NOW;\n'

  test.each([
    ['migrations/0004_x.down.sql', broken, 'line 1: Postgres does not accept the statement'],
    ['db/migration/U4__x.sql', `SELECT 1;\n${broken}`, 'line 2: Postgres does not accept the statement'],
    ['migrations/4_x.sql', `-- +goose Up\nCREATE TABLE a (x int);\n-- +goose Down\n${broken}`, 'line 4: '],
    ['migrations/4_x.sql', `-- migrate:up\nCREATE TABLE a (x int);\n\n-- migrate:down\n${broken}`, 'line 5: '],
  ])('%s is listed where it does not parse', async (path, head, reason) => {
    const { notAnalysed } = await extract([{ path, head }], { repository: { Gemfile: "gem 'pg'\n" } })
    expect(notAnalysed).toMatchObject([{ path, reason: expect.stringContaining(reason) }])
  })

  test.each([
    ['migrations/0004_x.down.sql', 'DROP TABLE a;\n'],
    ['migrations/0004_x.down.sql', ''],
    ['migrations/4_x.sql', '-- +goose Up\nCREATE TABLE a (x int);\n-- +goose Down\nDROP TABLE a;\n'],
  ])('%s is not listed where it does', async (path, head) => {
    const { notAnalysed } = await extract([{ path, head }], { repository: { Gemfile: "gem 'pg'\n" } })
    expect(notAnalysed).toEqual([])
  })
})

test('a file of very many statements is followed as far as that goes, and that is said', async () => {
  const { facts, notAnalysed } = await sql('ALTER TABLE public.a ADD COLUMN x int;\n'.repeat(4_010))
  expect(facts).toHaveLength(4_000)
  expect(notAnalysed).toMatchObject([{ reason: expect.stringContaining('line 4001') }])
})

describe('transactions', () => {
  test('locks are held until COMMIT', async () => {
    const { facts } = await sql(
      'BEGIN;\nALTER TABLE a ADD COLUMN x text;\nUPDATE b SET y = 1;\nCOMMIT;\nUPDATE b SET y = 2;\n',
    )
    expect(facts.map(fact => [fact.operation, fact.heldLock, fact.inTransaction])).toEqual([
      ['add-column', '', true],
      ['update-rows', 'ACCESS EXCLUSIVE on a', true],
      ['update-rows', '', false],
    ])
  })

  test('a lock timeout holds as long as its scope', async () => {
    const { facts } = await sql(
      "BEGIN;\nSET LOCAL lock_timeout = '1s';\nDROP TABLE a;\nCOMMIT;\nDROP TABLE b;\nSET lock_timeout = '1s';\nDROP TABLE c;\nSET lock_timeout = 0;\nDROP TABLE d;",
    )
    expect(facts.map(fact => fact.lockTimeout)).toEqual([true, false, true, false])
  })

  test('MySQL commits every schema change', async () => {
    const { facts } = await sql('ALTER TABLE `a` DROP COLUMN x;\nUPDATE `a` SET y = 1;')
    expect(facts.map(fact => fact.inTransaction)).toEqual([false, false])
  })
})

describe('the schema at base', () => {
  test('old types come from the schema dump', async () => {
    const repository = {
      'db/schema.rb':
        'ActiveRecord::Schema[7.0].define(version: 1) do\n  create_table "a", force: :cascade do |t|\n    t.string "b", limit: 20\n  end\nend\n',
    }
    const head =
      'class X < ActiveRecord::Migration[7.0]\n  def up\n    change_column :a, :b, :string, limit: 40\n  end\nend\n'
    const { facts } = await extract([{ path: 'db/migrate/20200101000000_x.rb', head }], { repository })
    expect(facts).toMatchObject([{ operation: 'change-type', typeFrom: 'string, limit: 20', rewrites: false }])
  })

  test('or from earlier migrations', async () => {
    const repository = { 'migrations/0001_x.sql': 'CREATE TABLE a (b int);\nALTER TABLE a ALTER b TYPE bigint;' }
    const { facts } = await sql('ALTER TABLE a ALTER COLUMN b TYPE int;', { repository })
    expect(facts).toMatchObject([{ typeFrom: 'bigint', rewrites: true, assumes: '' }])
  })
})

test('statistics become words', async () => {
  const settings = {
    '.premortem/tables.yml':
      'tables: { vulnerabilities: { rows: 410000000, bytes: 190000000000, writesPerSecond: 900 } }',
  }
  const { facts } = await sql('CREATE INDEX i ON public.vulnerabilities (x);\nCREATE INDEX j ON x (y);', { settings })
  expect(facts.map(fact => [fact.size, fact.estimate])).toEqual([
    [
      'large',
      // The figures are those of rates.ts, which are measured anew from time to time.
      expect.stringMatching(
        /^SHARE lock on vulnerabilities, 410 million rows, 190 GB: writes, about 900 a second, wait for the whole build, between \d+ and \d+ (minutes|hours); up to [\d.]+ million writes queue$/,
      ),
    ],
    ['unknown', 'SHARE lock on x: writes wait for the whole build; size of `x` is unknown'],
  ])
})

describe('a table under lock', () => {
  const tables = '.premortem/tables.yml'

  test('tells how long, and how many writes queue', async () => {
    const settings = { [tables]: 'tables: { a: { rows: 100000000, bytes: 30000000000, writesPerSecond: 50 } }' }
    const [fact] = (await sql('CREATE INDEX i ON a (x);', { settings })).facts
    expect(fact?.seconds).toBeGreaterThan(60)
    expect(fact?.duration).toMatch(/^between \d+ and \d+ minutes$/)
    expect(fact?.queuedWrites).toBeGreaterThan(50 * 60)
  })

  test('tells nothing where no rows are worked on, or only some, or the size is unknown', async () => {
    const settings = { [tables]: 'tables: { a: { rows: 100000000, writesPerSecond: 50 } }' }
    const text = 'ALTER TABLE a ADD b int;\nUPDATE a SET b = 1 WHERE id = 3;\nCREATE INDEX i ON c (x);'
    const { facts } = await sql(text, { settings })
    expect(facts.map(fact => [fact.duration, fact.seconds, fact.queuedWrites])).toEqual([
      ['', undefined, undefined],
      ['', undefined, undefined],
      ['', undefined, undefined],
    ])
  })

  test('tells which code writes to it', async () => {
    const repository = {
      'app/models/order.rb': 'class Order < ApplicationRecord\nend\n',
      'app/jobs/bill_job.rb':
        'class BillJob\n  # Order.create! is not called here\n  def perform\n    Order.where(state: 1).update_all(state: 2)\n  end\nend\n',
      'lib/report.py': 'cursor.execute("SELECT * FROM orders")\n',
      'lib/import.py': 'cursor.execute("INSERT INTO orders (id) VALUES (1)")\n',
    }
    const { facts } = await sql('CREATE INDEX i ON orders (x);\nCREATE INDEX CONCURRENTLY j ON orders (y);', {
      repository,
    })
    expect(facts.map(fact => [...fact.writers].sort())).toEqual([['app/jobs/bill_job.rb:4', 'lib/import.py:1'], []])
    expect(facts[0]?.estimate).toMatch(/; written to by .*app\/jobs\/bill_job\.rb:4/)
  })

  test.each([
    ['app/Jobs/Ship.php', "<?php\nOrder::query()->where('a', 1)->update(['b' => 2]);\n"],
    ['app/Jobs/Import.php', "<?php\nDB::table('orders')->where('a', 1)->insert([]);\n"],
    ['src/orders.service.ts', '//\nawait prisma.order.update({ where, data })\n'],
    ['src/store.ts', "//\nawait knex('orders').where({ id }).update(row)\n"],
    ['src/drizzle.ts', '//\nawait db.insert(orders).values(row)\n'],
    ['src/repo.ts', '//\nawait this.orderRepository.save(order)\n'],
    ['shop/tasks.py', '#\nOrder.objects.filter(a=1).update(b=2)\n'],
    ['cmd/store.go', '//\ndb.Exec(`UPDATE public.orders SET a = 1`)\n'],
  ])('%s', async (path, text) => {
    const repository = {
      [path]: text,
      'src/read.ts': 'prisma.order.findMany(); knex("orders").select(); orders.delete(key)',
    }
    const { facts } = await sql('CREATE INDEX i ON orders (x);', { repository })
    expect(facts[0]?.writers).toEqual([`${path}:2`])
  })
})

describe('the server that the statistics are from', () => {
  const server = (line: string) => ({ '.premortem/tables.yml': `server: ${line}\ntables: {}\n` })

  test('decides on engine and version where nothing else does', async () => {
    const settings = server('{ engine: mariadb, version: "10.11.19" }')
    const { facts } = await sql('ALTER TABLE a ADD b int;', { settings })
    expect(facts).toMatchObject([{ engine: 'mariadb', version: '10.11.19' }])
    const clue = await sql('ALTER TABLE a ADD b int UNSIGNED;', { settings })
    expect(clue.facts).toMatchObject([{ engine: 'mariadb', version: '10.11.19' }])
  })

  test('does not overrule the configuration, nor the words of the file', async () => {
    const settings = server('{ engine: postgres, version: "15.4", lockTimeoutMs: 3000 }')
    const configured = { ...settings, 'premortem.yml': 'databases: [{ engine: postgres, version: "12" }]' }
    expect((await sql('ALTER TABLE a ADD b int;', { settings: configured })).facts).toMatchObject([{ version: '12' }])
    const unversioned = { ...settings, 'premortem.yml': 'databases: [{ engine: postgres }]' }
    expect((await sql('ALTER TABLE a ADD b int;', { settings: unversioned })).facts).toMatchObject([
      { version: '15.4' },
    ])
    const { facts } = await sql('ALTER TABLE a ADD b int UNSIGNED;', { settings })
    expect(facts).toMatchObject([{ engine: 'mysql', version: '', lockTimeout: false }])
  })

  test('a lock timeout of its role is one', async () => {
    const timeout = async (line: string, text: string) =>
      (await sql(text, { settings: server(line) })).facts[0]?.lockTimeout
    const add = 'ALTER TABLE a ADD b jsonb;'
    expect(await timeout('{ engine: postgres, version: "15", lockTimeoutMs: 3000 }', add)).toBe(true)
    expect(await timeout('{ engine: postgres, version: "15", lockTimeoutMs: 0 }', add)).toBe(false)
    expect(
      await timeout('{ engine: postgres, version: "15", lockTimeoutMs: 3000 }', `SET lock_timeout = 0;\n${add}`),
    ).toBe(false)
  })
})

test('authors who have told another checker are believed', async () => {
  const { facts } = await sql(
    '-- squawk-ignore require-concurrent-index-creation\nCREATE INDEX i ON a USING btree (x);\nCREATE INDEX j ON a (y);\n',
  )
  expect(facts.map(fact => fact.assured)).toEqual([true, false])
})

test('what cannot be read is named once for each file', async () => {
  const { facts, notAnalysed } = await sql(
    'ALTER TABLE a ADD b int;\nALTER TABLE a ADDD;\nALTER TABLE a ADDD;\nDROP TABLE public.c;',
  )
  expect(facts.map(fact => fact.operation)).toEqual(['add-column', 'drop-table'])
  expect(notAnalysed).toMatchObject([
    { reason: expect.stringMatching(/^line 2: .*ADDD.*\(and 1 more\)$/) },
  ] satisfies readonly Partial<Record<keyof NotAnalysed, unknown>>[])
})

test('any text is survived', async () => {
  const paths = ['migrations/1_x.sql', 'db/mysql/migrations/1_x.sql', 'db/migrate/20200101000000_x.rb']
  const words = fc.constantFrom(
    'ALTER TABLE',
    ' a ',
    'ADD COLUMN',
    'int',
    ';',
    '(',
    ')',
    "'",
    '$$',
    'BEGIN',
    '\n',
    'add_column :a',
    'def up',
    'end',
    'DEFAULT',
    ',',
    '`',
    '--',
    '/*',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 40 }),
      async (path, parts) => {
        await extract([{ path, head: parts.join(' ') }])
      },
    ),
    { numRuns: 150 },
  )
})
