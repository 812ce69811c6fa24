import { describe, expect, test } from 'vitest'
import type { Operation } from '../../../../src/facts/migration/operation.ts'
import { operationsOf, places, read, words } from './javascript-helpers.ts'

const up = (body: string, fields = ''): string => `import { MigrationInterface, QueryRunner } from "typeorm";

export class Example1700000000000 implements MigrationInterface {
  name = 'Example1700000000000'
  ${fields}
  public async up(queryRunner: QueryRunner): Promise<void> {
${body}
  }
  public async down(queryRunner: QueryRunner): Promise<void> {}
}
`

const operations = async (body: string): Promise<readonly Operation[]> => operationsOf(await read(up(body)))

describe('SQL', () => {
  test('is read where it stands, wrapped in a transaction', async () => {
    const text = up(
      '    await queryRunner.query(`ALTER TABLE "users" ADD "age" integer NOT NULL DEFAULT \'0\'`);\n    await queryRunner.query("CREATE INDEX \\"i\\" ON \\"users\\" (\\"age\\")");',
    )
    const program = await read(text)
    expect(program).toMatchObject({ framework: 'typeorm', transaction: 'wrapped' })
    expect(words(program)).toEqual(['add-column users', 'create-index users'])
    expect(places(program, text)).toEqual(
      ['ADD "age" integer NOT NULL DEFAULT \'0\'', 'CREATE INDEX \\"i\\" ON \\"users\\" (\\"age\\")'].map(
        (expected, at) => (at === 0 ? expect.stringContaining('"age" integer') : expected),
      ),
    )
  })

  test('a class can go without a transaction', async () => {
    expect((await read(up('', 'transaction = false;'))).transaction).toBe('each')
    expect((await read(up('', 'transaction = false as const;'))).transaction).toBe('each')
  })

  test('constants of the file are put in, the rest is said to be unknown', async () => {
    const program = await read(
      `const TABLE = 'users'\n${up('await queryRunner.query(`DROP TABLE ${TABLE}`); await queryRunner.query(`DROP TABLE ${process.env.T}`)')}`,
    )
    expect(words(program)).toEqual(['drop-table users', 'unreadable'])
  })
})

describe('values that the file fills in', () => {
  test('pick rows as written ones do', async () => {
    const found = await operations(`
      const [admin] = await queryRunner.query('SELECT id FROM users LIMIT 1')
      await queryRunner.query(\`UPDATE users SET plan = 'free' WHERE id = \${admin.id}\`)
      await queryRunner.query(\`DELETE FROM users WHERE id IN (\${admin.ids})\`)`)
    expect(found.filter(({ op }) => op !== 'harmless')).toMatchObject([{ filtered: true }, { filtered: true }])
  })
})

describe('objects', () => {
  test('tables and columns', async () => {
    expect(
      await operations(`
        await queryRunner.createTable(new Table({ name: 'posts', columns: [{ name: 'id', type: 'int', isPrimary: true, isGenerated: true, generationStrategy: 'increment' }],
          foreignKeys: [{ columnNames: ['user_id'], referencedTableName: 'users', referencedColumnNames: ['id'] }] }))
        await queryRunner.addColumn('users', new TableColumn({ name: 'at', type: 'timestamp', default: 'now()' }))
        await queryRunner.addColumn('users', new TableColumn({ name: 'on', type: 'boolean', isNullable: true }))
        await queryRunner.createIndex('users', new TableIndex({ name: 'i', columnNames: ['at'], isUnique: true }))
        await queryRunner.createForeignKey('users', new TableForeignKey({ columnNames: ['org'], referencedTableName: 'orgs', referencedColumnNames: ['id'] }))
        await queryRunner.dropColumn('users', 'old')`),
    ).toMatchObject([
      {
        op: 'create-table',
        table: 'posts',
        columns: [{ name: 'id', numbered: true, primaryKey: true }],
        references: [{ table: 'users' }],
      },
      { op: 'add-column', column: { name: 'at', notNull: true, default: { text: 'now()' } } },
      { op: 'add-column', column: { name: 'on', notNull: false } },
      { op: 'create-index', index: 'i', unique: true, concurrently: false },
      { op: 'add-foreign-key', references: { table: 'orgs' } },
      { op: 'drop-column', column: 'old' },
    ])
  })

  test('a changed column is compared with the old one', async () => {
    expect(
      await operations(`
        const before = new TableColumn({ name: 'a', type: 'varchar', isNullable: true })
        const after = before.clone()
        after.isNullable = false
        await queryRunner.changeColumn('users', before, after)
        await queryRunner.changeColumn('users', before, new TableColumn({ name: 'a', type: 'int', isNullable: true }))`),
    ).toMatchObject([
      { op: 'set-not-null', table: 'users', column: 'a' },
      { op: 'drop-column', column: 'a' },
      { op: 'add-column', column: { name: 'a' } },
    ])
  })
})

describe('relatives', () => {
  test('MikroORM', async () => {
    const program = await read(`import { Migration } from '@mikro-orm/migrations'
      export class M extends Migration {
        override async up(): Promise<void> { this.addSql('alter table "a" drop column "b";'); this.addSql('drop table if exists "c" cascade;') }
        isTransactional(): boolean { return false }
      }`)
    expect(program).toMatchObject({ framework: 'mikro-orm', transaction: 'each' })
    expect(words(program)).toEqual(['drop-column a', 'drop-table c'])
  })

  test('node-pg-migrate', async () => {
    const text = `exports.up = pgm => {
  pgm.noTransaction()
  pgm.addColumns('users', {
    age: { type: 'integer', notNull: true, default: 0 },
    org_id: { type: 'integer', references: '"orgs"' },
  })
  pgm.createIndex('users', 'age', { concurrently: true })
  pgm.addConstraint('users', 'positive', 'CHECK (age > 0) NOT VALID')
  pgm.alterColumn('users', 'age', { type: 'bigint', notNull: true })
  pgm.sql('DELETE FROM users')
}
exports.down = false`
    const program = await read(text, 'migrations/1_x.js')
    expect(program).toMatchObject({ framework: 'node-pg-migrate', transaction: 'each' })
    expect(words(program)).toEqual([
      'add-column users',
      'add-column users',
      'create-index users',
      'add-check users',
      'change-type users',
      'set-not-null users',
      'delete-rows users',
    ])
    expect(program.up[0]).toMatchObject({ spans: [{ line: 4 }, { line: 5 }] })
    expect(operationsOf(program)[3]).toMatchObject({ validated: false })
  })

  test('Kysely', async () => {
    const text = `import { Kysely, sql } from 'kysely'
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('users')
    .addColumn('age', 'integer', col => col.notNull().defaultTo(sql\`random()\`))
    .alterColumn('name', ac => ac.setNotNull())
    .execute()
  await db.schema.createIndex('i').on('users').columns(['age']).unique().execute()
  await db.updateTable('users').set({ age: 1 }).where('age', 'is', null).execute()
  await sql\`ALTER TABLE users SET LOGGED\`.execute(db)
}`
    const program = await read(text)
    expect(words(program)).toEqual([
      'add-column users',
      'set-not-null users',
      'create-index users',
      'update-rows users',
      'rebuild-table users',
    ])
    expect(program.up.map(({ span }) => span.line)).toEqual([5, 6, 8, 9, 10])
    expect(operationsOf(program)).toMatchObject([
      { column: { default: { functions: ['random'] } } },
      {},
      { unique: true },
      { filtered: false },
      {},
    ])
  })

  test('db-migrate and plain SQL through a driver', async () => {
    const program = await read(
      `exports.up = function (db, callback) {
        db.runSql('DROP TABLE a', () => db.addColumn('b', 'c', { type: 'string', notNull: true }, callback))
      }`,
      'migrations/1-x.js',
    )
    expect(words(program)).toEqual(['drop-table a', 'add-column b'])
    const plain = await read('export async function up({ db }) { await db.execute(sql`DROP TABLE a`) }')
    expect(words(plain)).toEqual(['drop-table a'])
  })
})

test.each([
  ['nothing', ''],
  ['broken', up('await queryRunner.query(`ALTER TABLE')],
  ['deep', `export class X implements MigrationInterface { up(queryRunner) { ${'('.repeat(5000)}`],
  ['deep templates', up(`queryRunner.query(${'`${'.repeat(1500)}`)],
  ['long', up('await queryRunner.query("SELECT 1");\n'.repeat(3000))],
])('hostile: %s', async (_, text) => {
  expect(Array.isArray((await read(text)).up)).toBe(true)
})

test('rows written through the entity manager or a repository', async () => {
  const read_ = await read(
    up(`
      await queryRunner.manager.update('users', {}, { a: 1 });
      await queryRunner.manager.update('users', { id: 1 }, { a: 1 });
      await queryRunner.manager.getRepository('users').delete({});
      await queryRunner.manager.clear('users');
      await queryRunner.manager.update(User, {}, { a: 1 });`),
  )
  expect(operationsOf(read_)).toMatchObject([
    { op: 'update-rows', table: 'users', filtered: false },
    { op: 'update-rows', table: 'users', filtered: true },
    { op: 'delete-rows', table: 'users', filtered: false },
    { op: 'truncate', table: 'users' },
  ])
  expect(read_.up.at(-1)).toMatchObject({ kind: 'unreadable', reason: 'the table of the entity is not known' })
})
