import { describe, expect, test } from 'vitest'
import type { MemoryFile } from '../../../src/change/memory.ts'
import { factsOf } from './facts-of.ts'

const two = 'ALTER TABLE public.a ADD COLUMN x int;\nUPDATE b SET y = 1;\n'
const index = 'CREATE INDEX CONCURRENTLY i ON public.a (x);\n'
const three = `ALTER TABLE public.a ADD COLUMN x int;\n${index}`

type Repository = Readonly<Record<string, string>>

/** Is the second statement inside the first one's transaction, and is it certain that CONCURRENTLY is refused? */
async function seen(file: MemoryFile, repository: Repository = {}) {
  const { facts } = await factsOf([file], { Gemfile: "gem 'pg'\n", ...repository })
  const last = facts.at(-1)
  return {
    framework: last?.framework,
    held: last?.heldLock !== '',
    refused: last?.concurrently === true && last.certainTransaction,
  }
}

const yes = { wraps: true, refusesAlone: true, refusesBehind: true }
/** One message of several statements is one transaction; a single one is none. */
const message = { wraps: true, refusesAlone: false, refusesBehind: true }
const no = { wraps: false, refusesAlone: false, refusesBehind: false }
/** Nothing is known for certain; who writes CONCURRENTLY knows that it works. */
const likely = { wraps: true, refusesAlone: false, refusesBehind: false }

interface Row {
  readonly path: string
  readonly repository?: Repository
  readonly around?: (sql: string) => string
  readonly expected: typeof yes
}

const cargo = (line: string) => ({ 'Cargo.toml': `[dependencies]\n${line}\n` })

const rows: readonly (readonly [string, Row])[] = [
  ['goose', { path: 'db/1_x.sql', around: sql => `-- +goose Up\n${sql}`, expected: yes }],
  ['goose', { path: 'db/1_x.sql', around: sql => `-- +goose NO TRANSACTION\n-- +goose Up\n${sql}`, expected: no }],
  [
    'goose',
    {
      path: 'db/1_x.sql',
      around: sql => `-- +goose Up\n-- +goose StatementBegin\n${sql}-- +goose StatementEnd\n`,
      expected: yes,
    },
  ],
  [
    'dbmate',
    { path: 'db/1_x.sql', around: sql => `-- migrate:up\n${sql}-- migrate:down\nDROP TABLE z;\n`, expected: yes },
  ],
  ['dbmate', { path: 'db/1_x.sql', around: sql => `-- migrate:up transaction:false\n${sql}`, expected: no }],
  ['sql-migrate', { path: 'db/1_x.sql', around: sql => `-- +migrate Up\n${sql}`, expected: yes }],
  ['sql-migrate', { path: 'db/1_x.sql', around: sql => `-- +migrate Up notransaction\n${sql}`, expected: no }],
  [
    'node-pg-migrate',
    { path: 'migrations/1_x.sql', around: sql => `-- Up Migration\n${sql}-- Down Migration\n`, expected: yes },
  ],
  ['prisma', { path: 'prisma/migrations/20240101000000_x/migration.sql', expected: message }],
  [
    'drizzle',
    { path: 'drizzle/0001_x.sql', around: sql => sql.replace(';\n', ';--> statement-breakpoint\n'), expected: yes },
  ],
  ['flyway', { path: 'db/migration/V2__x.sql', expected: likely }],
  [
    'flyway',
    {
      path: 'db/migration/V2__x.sql',
      repository: { 'db/migration/V2__x.sql.conf': 'executeInTransaction=false\n' },
      expected: no,
    },
  ],
  [
    'flyway',
    {
      path: 'db/migration/V2__x.sql',
      repository: { 'db/migration/V2__x.sql.conf': 'executeInTransaction=true\n' },
      expected: yes,
    },
  ],
  [
    'flyway',
    { path: 'db/migration/V2__x.sql', around: sql => `-- flyway:executeInTransaction=false\n${sql}`, expected: no },
  ],
  ['golang-migrate', { path: 'db/migrations/2_x.up.sql', expected: likely }],
  [
    'golang-migrate',
    {
      path: 'db/migrations/2_x.up.sql',
      repository: { 'go.mod': 'require github.com/golang-migrate/migrate/v4 v4.17.0\n' },
      expected: message,
    },
  ],
  [
    'golang-migrate',
    {
      path: 'db/migrations/2_x.up.sql',
      repository: {
        'go.mod': 'require github.com/golang-migrate/migrate/v4 v4.17.0\n',
        Makefile: 'up:\n\tmigrate -database "$(URL)?x-multi-statement=true" up\n',
      },
      expected: no,
    },
  ],
  ['diesel', { path: 'migrations/2024-01-01-000000_x/up.sql', repository: cargo('diesel = "2"'), expected: yes }],
  [
    'diesel',
    {
      path: 'migrations/2024-01-01-000000_x/up.sql',
      repository: {
        ...cargo('diesel = "2"'),
        'migrations/2024-01-01-000000_x/metadata.toml': 'run_in_transaction = false\n',
      },
      expected: no,
    },
  ],
  [
    'sqlx',
    {
      path: 'migrations/20240101000000_x.sql',
      repository: cargo('sqlx = { version = "0.8", features = ["postgres"] }'),
      expected: yes,
    },
  ],
  [
    'sqlx',
    {
      path: 'migrations/20240101000000_x.sql',
      repository: cargo('sqlx = "0.8"'),
      around: sql => `-- no-transaction\n${sql}`,
      expected: no,
    },
  ],
  // Other migrations of the series show that this runner opens none.
  [
    'sqlx',
    {
      path: 'migrations/2_x.sql',
      repository: { ...cargo('sqlx = "0.8"'), 'migrations/1_x.sql': 'CREATE INDEX CONCURRENTLY i ON b (y);\n' },
      expected: { wraps: true, refusesAlone: false, refusesBehind: false },
    },
  ],
  ['refinery', { path: 'migrations/V2__x.sql', repository: cargo('refinery = "0.8"'), expected: yes }],
  [
    'atlas',
    { path: 'migrations/20240101000000_x.sql', repository: { 'migrations/atlas.sum': 'h1:abc=\n' }, expected: yes },
  ],
  [
    'atlas',
    {
      path: 'ent/migrate/migrations/20240101000000_x.sql',
      repository: { 'ent/migrate/migrations/atlas.sum': 'h1:abc=\n' },
      around: sql => `-- atlas:txmode none\n\n${sql}`,
      expected: no,
    },
  ],
  ['sqitch', { path: 'sqitch/deploy/x.sql', expected: no }],
  ['sqitch', { path: 'sqitch/deploy/x.sql', around: sql => `BEGIN;\n${sql}COMMIT;\n`, expected: yes }],
  ['hasura', { path: 'hasura/migrations/default/1700000000000_x/up.sql', expected: yes }],
  ['supabase', { path: 'supabase/migrations/20240101000000_x.sql', expected: likely }],
  ['popx', { path: 'migrations/sql/20240101000000_x.postgres.autocommit.up.sql', expected: no }],
  [
    'yoyo',
    {
      path: 'migrations/0002_x.sql',
      repository: { 'requirements.txt': 'yoyo-migrations==8.2\npsycopg2\n' },
      expected: yes,
    },
  ],
  [
    'yoyo',
    {
      path: 'migrations/0002_x.sql',
      repository: { 'requirements.txt': 'yoyo-migrations==8.2\n' },
      around: sql => `-- transactional: false\n${sql}`,
      expected: no,
    },
  ],
  [
    'postgres-migrations',
    {
      path: 'migrations/2_x.sql',
      repository: { 'package.json': '{"dependencies":{"postgres-migrations":"5"}}' },
      expected: yes,
    },
  ],
  ['sql', { path: 'migrations/0002_x.sql', expected: likely }],
  [
    'liquibase',
    { path: 'db/changelog/2.sql', around: sql => `--liquibase formatted sql\n--changeset a:1\n${sql}`, expected: yes },
  ],
  [
    'liquibase',
    {
      path: 'db/changelog/2.sql',
      around: sql => `--liquibase formatted sql\n--changeset a:1 runInTransaction:false\n${sql}`,
      expected: no,
    },
  ],
]

describe('SQL', () => {
  test.each(rows)('%s %#', async (framework, { path, repository = {}, around = sql => sql, expected }) => {
    const of = (sql: string) => seen({ path, head: around(sql) }, repository)
    const [statements, alone, behind] = await Promise.all([of(two), of(index), of(three)])
    expect(statements.framework).toBe(framework)
    expect({ wraps: statements.held, refusesAlone: alone.refused, refusesBehind: behind.refused }).toEqual(expected)
  })
})

const python = (body: string) => body.replaceAll('\n', '\n    ')
const rails = (body: string, more = '') =>
  `class X < ActiveRecord::Migration[7.1]\n${more}  def up\n${body}\n  end\nend\n`
const typeorm = (body: string, more = '') =>
  `import { MigrationInterface, QueryRunner } from 'typeorm'\nexport class X1700000000000 implements MigrationInterface {\n${more}  async up(queryRunner: QueryRunner) {\n${body}\n  }\n}\n`
const raw = (call: string) => (sql: string) =>
  sql
    .trim()
    .split('\n')
    .map(line => `    ${call.replace('?', `\`${line}\``)}`)
    .join('\n')

const code: readonly (readonly [
  string,
  {
    readonly path: string
    readonly around: (sql: string) => string
    readonly repository?: Repository
    readonly expected: typeof yes
  },
])[] = [
  [
    'rails',
    {
      path: 'db/migrate/20240101000000_x.rb',
      around: sql =>
        rails(
          sql
            .trim()
            .split('\n')
            .map(line => `    execute "${line}"`)
            .join('\n'),
        ),
      expected: yes,
    },
  ],
  [
    'rails',
    {
      path: 'db/migrate/20240101000000_x.rb',
      around: sql =>
        rails(
          sql
            .trim()
            .split('\n')
            .map(line => `    execute "${line}"`)
            .join('\n'),
          '  disable_ddl_transaction!\n',
        ),
      expected: no,
    },
  ],
  [
    'django',
    {
      path: 'app/migrations/0002_x.py',
      around: sql =>
        `from django.db import migrations\n\nclass Migration(migrations.Migration):\n    operations = [\n${sql
          .trim()
          .split('\n')
          .map(line => `        migrations.RunSQL("${line}"),`)
          .join('\n')}\n    ]\n`,
      expected: yes,
    },
  ],
  [
    'django',
    {
      path: 'app/migrations/0002_x.py',
      around: sql =>
        `from django.db import migrations\n\nclass Migration(migrations.Migration):\n    atomic = False\n    operations = [\n${sql
          .trim()
          .split('\n')
          .map(line => `        migrations.RunSQL("${line}"),`)
          .join('\n')}\n    ]\n`,
      expected: no,
    },
  ],
  [
    'alembic',
    {
      path: 'alembic/versions/2_x.py',
      around: sql =>
        `from alembic import op\n\ndef upgrade():\n${sql
          .trim()
          .split('\n')
          .map(line => `    op.execute("${line}")`)
          .join('\n')}\n`,
      expected: yes,
    },
  ],
  [
    'alembic',
    {
      path: 'alembic/versions/2_x.py',
      around: sql =>
        `from alembic import op\n\ndef upgrade():\n    with op.get_context().autocommit_block():\n${sql
          .trim()
          .split('\n')
          .map(line => `        op.execute("${line}")`)
          .join('\n')}\n`,
      expected: no,
    },
  ],
  [
    'knex',
    {
      path: 'migrations/2_x.js',
      around: sql => `exports.up = async knex => {\n${raw('await knex.raw(?)')(sql)}\n}\n`,
      expected: yes,
    },
  ],
  [
    'knex',
    {
      path: 'migrations/2_x.js',
      around: sql =>
        `exports.config = { transaction: false }\nexports.up = async knex => {\n${raw('await knex.raw(?)')(sql)}\n}\n`,
      expected: no,
    },
  ],
  [
    'typeorm',
    { path: 'src/migrations/1_x.ts', around: sql => typeorm(raw('await queryRunner.query(?)')(sql)), expected: yes },
  ],
  [
    'typeorm',
    {
      path: 'src/migrations/1_x.ts',
      around: sql => typeorm(raw('await queryRunner.query(?)')(sql), '  transaction = false\n'),
      expected: no,
    },
  ],
  [
    'sequelize',
    {
      path: 'migrations/2_x.js',
      around: sql =>
        `module.exports = { async up(queryInterface) {\n${raw('await queryInterface.sequelize.query(?)')(sql)}\n} }\n`,
      expected: no,
    },
  ],
  [
    'node-pg-migrate',
    {
      path: 'migrations/2_x.js',
      around: sql => `exports.up = pgm => {\n${raw('pgm.sql(?)')(sql)}\n}\n`,
      expected: yes,
    },
  ],
  [
    'node-pg-migrate',
    {
      path: 'migrations/2_x.js',
      around: sql => `exports.up = pgm => {\n    pgm.noTransaction()\n${raw('pgm.sql(?)')(sql)}\n}\n`,
      expected: no,
    },
  ],
  [
    'knex',
    {
      path: 'migrations/2_x.js',
      repository: { 'knexfile.js': "module.exports = { client: 'pg', migrations: { disableTransactions: true } }\n" },
      around: sql => `exports.up = async knex => {\n${raw('await knex.raw(?)')(sql)}\n}\n`,
      expected: no,
    },
  ],
  [
    'typeorm',
    {
      path: 'src/migrations/1_x.ts',
      repository: {
        'src/data-source.ts':
          "export default new DataSource({ type: 'postgres', migrationsTransactionMode: 'none' })\n",
      },
      around: sql => typeorm(raw('await queryRunner.query(?)')(sql)),
      expected: no,
    },
  ],
  [
    'alembic',
    {
      path: 'alembic/versions/2_x.py',
      repository: { 'alembic/env.py': 'connectable = create_engine(url, isolation_level="AUTOCOMMIT")\n' },
      around: sql =>
        `from alembic import op\n\ndef upgrade():\n${python(`    op.execute("${sql.trim().split('\n').join('")\nop.execute("')}")`)}\n`,
      expected: no,
    },
  ],
]

describe('code', () => {
  test.each(code)('%s %#', async (framework, { path, around, repository = {}, expected }) => {
    const of = (sql: string) => seen({ path, head: around(sql) }, repository)
    const [statements, alone, behind] = await Promise.all([of(two), of(index), of(three)])
    expect(statements.framework).toBe(framework)
    expect({ wraps: statements.held, refusesAlone: alone.refused, refusesBehind: behind.refused }).toEqual(expected)
  })
})

test('on MySQL every schema change commits by itself, whatever runs it', async () => {
  const mysql = { 'premortem.yml': 'databases: [ { engine: mysql, version: "8.0" } ]' }
  for (const path of [
    'db/migration/V2__x.sql',
    'prisma/migrations/20240101000000_x/migration.sql',
    'migrations/2_x.up.sql',
  ]) {
    const { facts } = await factsOf(
      [{ path, head: 'ALTER TABLE a ADD COLUMN x int;\nUPDATE b SET y = 1;\n' }],
      {},
      mysql,
    )
    expect(facts.map(({ inTransaction, heldLock }) => [inTransaction, heldLock])).toEqual([
      [false, ''],
      [false, ''],
    ])
  }
})

test('going back to a savepoint gives up the locks taken since', async () => {
  const head =
    'BEGIN;\nSAVEPOINT s;\nALTER TABLE public.a ADD COLUMN x int;\nROLLBACK TO SAVEPOINT s;\nUPDATE b SET y = 1;\nRELEASE s;\nCOMMIT;\n'
  const { facts } = await factsOf([{ path: 'migrations/1_x.sql', head }])
  expect(facts.map(({ operation, heldLock }) => [operation, heldLock])).toEqual([
    ['add-column', ''],
    ['update-rows', ''],
  ])
})

test('programs are named', async () => {
  const go = await factsOf([
    { path: 'migrations/0002_x.go', head: 'package migrations\nfunc init() { goose.AddMigration(up, down) }\n' },
  ])
  const java = await factsOf([
    { path: 'src/db/migration/V2__x.java', head: 'public class V2__x extends BaseJavaMigration {}\n' },
  ])
  expect([...go.notAnalysed, ...java.notAnalysed].map(({ reason }) => reason)).toEqual([
    'migrations written in go are not read',
    'migrations written in java are not read',
  ])
})

test.each([
  [
    'src/App/Migrations/2026_X.cs',
    'public partial class X : Migration {\n  protected override void Up(MigrationBuilder b) {} }',
    'of Entity Framework',
  ],
  [
    'src/Migrations/X.cs',
    'using FluentMigrator;\n[Migration(20261117)]\npublic class X : Migration {}',
    'of FluentMigrator',
  ],
  ['migration/src/m2026_x.rs', 'impl MigrationTrait for Migration {}', 'of SeaORM'],
  ['internal/x.go', 'func X() *gormigrate.Migration { return &gormigrate.Migration{ID: "1"} }', 'written in go'],
  ['migrations/m26_x.php', '<?php\nuse yii\\db\\Migration;\nclass m26_x extends Migration {}', 'of Yii'],
  [
    'app/Database/Migrations/X.php',
    '<?php\nuse CodeIgniter\\Database\\Migration;\nclass X extends Migration {}',
    'of CodeIgniter',
  ],
  ['repo/versions/2_x.py', 'from migrate import *\n\ndef upgrade(migrate_engine):\n    pass', 'of sqlalchemy-migrate'],
  [
    'x/piccolo_migrations/x.py',
    'from piccolo.apps.migrations.auto.migration_manager import M\n\nasync def forwards():\n    pass',
    'of Piccolo',
  ],
])('%s is named as not read', async (path, head, framework) => {
  const { facts, notAnalysed } = await factsOf([{ path, head: `${head}\n` }])
  expect(facts).toEqual([])
  expect(notAnalysed).toEqual([{ path, reason: `migrations ${framework} are not read` }])
})

test("Play's evolutions begin their parts with a `#`", async () => {
  const head = '# --- !Ups\nDROP TABLE a;\n# --- !Downs\nCREATE TABLE a (b int);\n'
  const { facts, notAnalysed } = await factsOf([{ path: 'conf/evolutions/default/2.sql', head }])
  expect(facts.map(({ operation, span }) => [operation, span.line])).toEqual([['drop-table', 2]])
  expect(notAnalysed).toEqual([])
})

describe('files for one engine', () => {
  const general = { path: 'migrations/sql/7_x.up.sql', head: 'CREATE INDEX i ON public.a (x);' }
  const own = { path: 'migrations/sql/7_x.postgres.autocommit.up.sql', head: 'CREATE INDEX CONCURRENTLY i ON a (x);' }
  test('the general file is not run where the engine has its own', async () => {
    expect((await factsOf([general, own])).facts.map(({ path }) => path)).toEqual([own.path])
    const mysql = { path: 'migrations/sql/7_x.mysql.up.sql', head: 'CREATE INDEX i ON a (x);' }
    expect((await factsOf([general, mysql])).facts.map(({ engine }) => engine)).toEqual(['postgres', 'mysql'])
  })
})
