import { describe, expect, test } from 'vitest'
import { operationsFromDrizzle } from '../../../../src/facts/migration/schema/drizzle.ts'
import { operationsFromPrisma } from '../../../../src/facts/migration/schema/prisma.ts'
import { factsOf } from '../facts-of.ts'

const everything = () => true

describe('Prisma', () => {
  const schema = `
enum Role {
  ADMIN
}
model User {
  id        Int      @id @default(autoincrement()) // the key
  email     String   @unique @db.VarChar(80)
  fullName  String?  @map("full_name")
  role      Role     @default(ADMIN)
  tags      String[]
  posts     Post[]
  createdAt DateTime @default(now()) @db.Timestamptz(6)
  @@index([fullName, role])
  @@map("users")
}
model Post {
  a Int
  b BigInt
  authorId Int
  author User @relation(fields: [authorId], references: [id])
  @@id([a, b])
}
`
  test('tables, types, keys and names', () => {
    const [users, index, post, key] = operationsFromPrisma(schema, 'postgres', everything)
    expect(users).toMatchObject({
      op: 'create-table',
      table: 'users',
      columns: [
        { name: 'id', type: { name: 'integer' }, primaryKey: true, numbered: true },
        { name: 'email', type: { name: 'varchar', arguments: [80] }, unique: true, notNull: true },
        { name: 'full_name', type: { name: 'text' }, notNull: false },
        { name: 'role', type: { name: 'Role' }, default: { text: 'ADMIN' } },
        { name: 'tags', type: { name: 'text', array: true } },
        { name: 'createdAt', type: { name: 'timestamptz', arguments: [6] } },
      ],
    })
    expect(index).toMatchObject({
      op: 'create-index',
      index: 'users_full_name_role_idx',
      columns: ['full_name', 'role'],
    })
    expect(post).toMatchObject({
      table: 'Post',
      columns: [{ primaryKey: true }, { primaryKey: true }, { name: 'authorId' }],
    })
    expect(key).toMatchObject({ op: 'add-foreign-key', name: 'Post_authorId_fkey', references: { table: 'users' } })
  })

  test('a type is exact where no migration tells it', async () => {
    const head = 'ALTER TABLE "users" ALTER COLUMN "email" TYPE varchar(20);\n'
    const of = async (repository: Record<string, string>) =>
      (await factsOf([{ path: 'prisma/migrations/20240101000000_x/migration.sql', head }], repository)).facts
    expect(
      await of({ 'prisma/schema.prisma': `datasource db {\n  provider = "postgresql"\n}\n${schema}` }),
    ).toMatchObject([{ rewrites: true, assumes: '', typeFrom: 'varchar(80)' }])
    expect(await of({})).toMatchObject([{ typeFrom: '', assumes: 'the type that the column has now is not known' }])
  })

  test('what migrations say comes first', async () => {
    const { facts } = await factsOf(
      [
        {
          path: 'prisma/migrations/20240101000000_x/migration.sql',
          head: 'ALTER TABLE users ALTER COLUMN email TYPE varchar(90);\n',
        },
      ],
      {
        'prisma/schema.prisma': schema,
        'prisma/migrations/20230101000000_x/migration.sql': 'CREATE TABLE users (email varchar(85));\n',
      },
    )
    expect(facts).toMatchObject([{ typeFrom: 'varchar(85)', rewrites: false }])
  })
})

describe('Drizzle', () => {
  const snapshot = JSON.stringify({
    tables: {
      'public.users': {
        name: 'users',
        schema: '',
        columns: {
          id: { name: 'id', type: 'serial', primaryKey: true, notNull: true },
          email: { name: 'email', type: 'varchar(80)', primaryKey: false, notNull: true, default: "'x'" },
        },
        indexes: {
          i: { name: 'users_email', columns: [{ expression: 'email', isExpression: false }], isUnique: true },
        },
        foreignKeys: {
          f: { name: 'f', tableFrom: 'users', columnsFrom: ['email'], tableTo: 'mails', columnsTo: ['id'] },
        },
        compositePrimaryKeys: {},
        uniqueConstraints: { u: { name: 'u', columns: ['email'] } },
        checkConstraints: { c: { name: 'c', value: '"users"."email" IS NOT NULL' } },
      },
    },
  })
  test('tables, keys and checks', () => {
    expect(operationsFromDrizzle(snapshot, everything)).toMatchObject([
      {
        op: 'create-table',
        columns: [{ name: 'id', numbered: true, primaryKey: true }, { type: { name: 'varchar', arguments: [80] } }],
      },
      { op: 'create-index', index: 'users_email', columns: ['email'], unique: true },
      { op: 'add-unique', name: 'u' },
      { op: 'add-foreign-key', references: { table: 'mails' } },
      { op: 'add-check', notNullColumn: 'email' },
    ])
  })

  test.each(['', '[]', '{"tables": 3}', '{"tables": {"a": {"columns": {"x": null}}}}'])('%s', text => {
    expect(() => operationsFromDrizzle(text, everything)).not.toThrow()
  })

  test('the newest snapshot tells the type', async () => {
    const { facts } = await factsOf(
      [{ path: 'drizzle/0007_x.sql', head: 'ALTER TABLE "users" ALTER COLUMN "email" SET DATA TYPE varchar(90);\n' }],
      { 'drizzle/meta/0005_snapshot.json': '{}', 'drizzle/meta/0006_snapshot.json': snapshot },
    )
    expect(facts).toMatchObject([{ typeFrom: 'varchar(80)', rewrites: false }])
  })
})

describe('what earlier migrations leave behind', () => {
  const read = async (earlier: string, head: string, settings = {}) =>
    (await factsOf([{ path: 'db/migration/v2/V2__x.sql', head }], { 'db/migration/v1/V1__x.sql': earlier }, settings))
      .facts
  const mysql = { 'premortem.yml': 'databases: [ { engine: mysql, version: "8.0.36" } ]' }

  test('triggers make a backfill longer', async () => {
    const facts = await read(
      'CREATE TRIGGER touched BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION touch();\nCREATE TRIGGER gone AFTER UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION touch();\nDROP TRIGGER gone ON public.users;',
      'UPDATE public.users SET a = 1;',
    )
    expect(facts).toMatchObject([{ operation: 'update-rows', triggers: ['touched'] }])
  })

  test('the other table of a foreign key is locked when it goes, whoever named it', async () => {
    const facts = await read(
      'CREATE TABLE a (id serial PRIMARY KEY, b_id int REFERENCES public.b (id), c_id int, FOREIGN KEY (c_id) REFERENCES c (id));',
      'ALTER TABLE a DROP CONSTRAINT a_b_id_fkey;\nALTER TABLE a DROP CONSTRAINT a_c_id_fkey;',
    )
    expect(facts.map(({ otherTable, otherLock }) => [otherTable, otherLock])).toEqual([
      ['b', 'ACCESS EXCLUSIVE'],
      ['c', 'ACCESS EXCLUSIVE'],
    ])
  })

  test('a valid check spares the scan', async () => {
    const check = 'ALTER TABLE public.a ADD CONSTRAINT c CHECK (x IS NOT NULL) NOT VALID;\n'
    const set = 'ALTER TABLE a ALTER COLUMN x SET NOT NULL;'
    expect(await read(check, set)).toMatchObject([{ scans: true }])
    expect(await read(`${check}ALTER TABLE a VALIDATE CONSTRAINT c;`, set)).toMatchObject([{ scans: false }])
  })

  test('a unique constraint of the same change takes the place of an index', async () => {
    const index = 'CREATE INDEX i ON public.a (x);'
    const both = 'ALTER TABLE a ADD CONSTRAINT u UNIQUE (x);\nDROP INDEX i;'
    expect((await read(index, both)).at(-1)).toMatchObject({ operation: 'drop-index', covered: true })
    expect((await read(index, 'DROP INDEX i;')).at(-1)).toMatchObject({ operation: 'drop-index', covered: false })
  })

  test('a key that CREATE TABLE declares covers an index with the same columns', async () => {
    const facts = await read(
      'CREATE TABLE public.a (x int, y int, UNIQUE (x, y));\nCREATE INDEX i ON a (x);',
      'DROP INDEX i;',
    )
    expect(facts).toMatchObject([{ covered: true }])
  })

  test.each([
    ['utf8mb4', 'copy'],
    ['latin1', 'inplace'],
  ])('MySQL: a longer VARCHAR in a table of %s', async (charset, algorithm) => {
    const facts = await read(
      `CREATE TABLE a (x varchar(50)) ENGINE=InnoDB DEFAULT CHARSET=${charset};`,
      'ALTER TABLE a MODIFY x varchar(100);',
      mysql,
    )
    expect(facts).toMatchObject([{ algorithm, assumes: '' }])
  })

  test('MySQL: no column is added instantly to a table with a FULLTEXT index', async () => {
    const add = 'ALTER TABLE a ADD COLUMN y int;'
    expect(await read('CREATE TABLE a (x text, FULLTEXT KEY f (x));', add, mysql)).toMatchObject([
      { algorithm: 'copy', blocksWrites: true },
    ])
    expect(await read('CREATE TABLE a (x text, KEY f (x(10)));', add, mysql)).toMatchObject([{ algorithm: 'instant' }])
    expect(await read('CREATE TABLE a (x text) ROW_FORMAT=COMPRESSED;', add, mysql)).toMatchObject([
      { algorithm: 'inplace' },
    ])
  })

  test('Rails’ dump tells the character set', async () => {
    const head =
      'class X < ActiveRecord::Migration[7.1]\n  def change\n    change_column :a, :x, :string, limit: 100\n  end\nend\n'
    const of = async (charset: string) =>
      (
        await factsOf(
          [{ path: 'db/migrate/20240101000000_x.rb', head }],
          {
            'db/schema.rb': `ActiveRecord::Schema[7.1].define(version: 2023_01_01_000000) do\n  create_table "a", charset: "${charset}", force: :cascade do |t|\n    t.string "x", limit: 50\n  end\nend\n`,
          },
          mysql,
        )
      ).facts
    expect(await of('latin1')).toMatchObject([{ algorithm: 'inplace' }])
    expect(await of('utf8mb4')).toMatchObject([{ algorithm: 'copy' }])
  })
})
