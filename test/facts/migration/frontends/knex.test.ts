import { describe, expect, test } from 'vitest'
import type { Engine } from '../../../../src/config/types.ts'
import type { Operation } from '../../../../src/facts/migration/operation.ts'
import { operationsOf, places, read, words } from './javascript-helpers.ts'

const up = (body: string): string => `exports.up = async function (knex) {\n${body}\n}\nexports.down = async () => {}\n`

const operations = async (body: string, engine: Engine = 'postgres'): Promise<readonly Operation[]> =>
  operationsOf(await read(up(body), 'migrations/1_x.js', engine))

describe('tables', () => {
  test('a new table has its columns, keys and indexes', async () => {
    const found = await operations(`
      await knex.schema.createTable('posts', t => {
        t.increments('id')
        t.string('slug', 80).notNullable().unique()
        t.integer('user_id').references('id').inTable('users').onDelete('CASCADE').index()
        t.timestamps(true, true)
      })`)
    expect(found).toMatchObject([
      {
        op: 'create-table',
        table: 'posts',
        references: [{ table: 'users', columns: ['id'] }],
        columns: [
          { name: 'id', type: { name: 'integer' }, numbered: true, primaryKey: true },
          { name: 'slug', type: { name: 'varchar', arguments: [80] }, notNull: true, unique: true },
          { name: 'user_id', type: { name: 'integer' } },
          { name: 'created_at', type: { name: 'timestamptz' }, notNull: true, default: { text: 'now()' } },
          { name: 'updated_at' },
        ],
      },
      { op: 'create-index', table: 'posts', index: 'posts_user_id_index', concurrently: false },
    ])
  })

  test('an altered table gives one step for each clause, where it stands', async () => {
    const text = up(`  await knex.schema.alterTable('users', table => {
    table.string('email', 320).notNullable().alter()
    table.integer('org_id').references('orgs.id')
    table.dropColumn('age')
    table.renameColumn('a', 'b')
    table.unique(['email'])
    table.dropNullable('email')
    table.dropForeign('org_id')
  })`)
    const program = await read(text, 'migrations/1_x.js')
    expect(words(program)).toEqual([
      'change-type users',
      'drop-default users',
      'set-not-null users',
      'add-column users',
      'add-foreign-key users',
      'drop-column users',
      'rename-column users',
      'add-unique users',
      'set-not-null users',
      'drop-constraint users',
    ])
    expect(places(program, text)).toContain(`table.dropColumn('age')`)
    expect(places(program, text)).toContain(`table.unique(['email'])`)
  })

  test.each([
    [`t.specificType('x', 'citext')`, 'citext', 'citext'],
    [`t.enu('x', ['a'])`, 'text', 'enum'],
    [`t.datetime('x')`, 'timestamptz', 'datetime'],
    [`t.uuid('x')`, 'uuid', 'char'],
    [`t.boolean('x')`, 'boolean', 'tinyint'],
    [`t.decimal('x', 10, 2)`, 'numeric', 'decimal'],
  ])('%s is %s in Postgres and %s in MySQL', async (call, postgres, mysql) => {
    const body = `await knex.schema.table('t', t => { ${call} })`
    expect(await operations(body)).toMatchObject([{ op: 'add-column', column: { type: { name: postgres } } }])
    expect(await operations(body, 'mysql')).toMatchObject([{ op: 'add-column', column: { type: { name: mysql } } }])
  })

  test('calls in a chain stand each at its own name', async () => {
    const text = up(`  return knex.schema
    .renameTable('a', 'b')
    .dropTableIfExists('c')
    .withSchema('audit').dropTable('d')`)
    const program = await read(text, 'migrations/1_x.js')
    expect(words(program)).toEqual(['rename-table a', 'drop-table c', 'drop-table audit.d'])
    expect(program.up.map(({ span }) => span.line)).toEqual([3, 4, 5])
  })
})

describe('flow', () => {
  test('then, Promise.all, guards, loops over lists and helpers of the file are followed', async () => {
    const program = await read(`
      const tables = ['a', 'b']
      function addTenant(knex, table) {
        return knex.schema.table(table, t => t.string('tenant').nullable())
      }
      module.exports = {
        up: (knex) => knex.schema.hasTable('c').then(exists => {
          if (!exists) return
          return Promise.all([...tables.map(table => addTenant(knex, table)), knex.schema.dropTable('c')])
        }).then(async () => {
          for (const column of ['x', 'y']) await knex.schema.table('d', t => { t.dropColumn(column) })
        }),
        config: { transaction: false },
      }`)
    expect(program.transaction).toBe('each')
    expect(words(program)).toEqual(['add-column a', 'add-column b', 'drop-table c', 'drop-column d', 'drop-column d'])
  })

  test('branches for other engines are left out', async () => {
    const found = await operations(`
      const isSqlite = knex.client.config.client === 'sqlite3'
      if (isSqlite) { await knex.schema.dropTable('sqlite_only') }
      else if (knex.client.config.client === 'pg') await knex.schema.dropTable('postgres_only')
      else await knex.schema.dropTable('other')
      await knex.raw(\`DROP TABLE \${isSqlite ? 'x' : 'y'}\`)`)
    expect(found).toMatchObject([{ table: 'postgres_only' }, { table: 'y' }])
  })

  test('the way down is kept apart; one that throws is none', async () => {
    const both = await read(`export async function up(knex) { await knex.schema.dropTable('a') }
      export async function down(knex) { await knex.schema.createTable('a', t => { t.increments() }) }`)
    expect(words(both)).toEqual(['drop-table a'])
    expect(both.down).toHaveLength(1)
    const none = await read(`exports.up = knex => knex.schema.dropTable('a')
      exports.down = () => { throw new Error('irreversible migration') }`)
    expect(none.down).toBeUndefined()
  })

  test('what stands in another file is said', async () => {
    expect(await read(up(`await addAuditColumns(knex, 'users')`))).toMatchObject({
      up: [{ kind: 'unreadable', reason: 'what `addAuditColumns` does stands in another file' }],
    })
    expect(await read(up(`await knex.schema.dropTable(process.env.TABLE)`))).toMatchObject({
      up: [{ kind: 'unreadable' }],
    })
  })
})

describe('rows and SQL', () => {
  test.each([
    [`knex('users').update({ a: 1 })`, { op: 'update-rows', filtered: false }],
    [`knex('users').whereNull('a').update({ a: 1 })`, { op: 'update-rows', filtered: false }],
    [`knex('users').where('id', 1).update({ a: 1 })`, { op: 'update-rows', filtered: true, batched: false }],
    [`knex.from('users').where({ a: null }).del()`, { op: 'delete-rows', filtered: false }],
    [`knex('users').truncate()`, { op: 'truncate' }],
  ])('%s', async (body, expected) => {
    expect(await operations(`await ${body}`)).toMatchObject([{ table: 'users', ...expected }])
  })

  test('a loop over slices is batched', async () => {
    expect(
      await operations(`while (true) { await knex('users').whereIn('id', ids).update({ a: 1 }); if (done) break }`),
    ).toMatchObject([{ op: 'update-rows', batched: true }])
  })

  test('raw SQL is read with its places, its marks filled in', async () => {
    const text = up(
      "  await knex.raw(`\n    SET lock_timeout = '5s';\n    CREATE INDEX CONCURRENTLY i ON users (email)\n  `)\n  await knex.raw('UPDATE users SET a = ? WHERE b = ? AND id > 7', [1, 2])\n  await knex.raw('UPDATE ?? SET a = 1', [table])",
    )
    const program = await read(text, 'migrations/1_x.js')
    expect(words(program)).toEqual(['set', 'create-index users', 'update-rows users', 'unreadable'])
    expect(places(program, text).slice(0, 2)).toEqual([
      `SET lock_timeout = '5s'`,
      'CREATE INDEX CONCURRENTLY i ON users (email)',
    ])
  })

  test('pieces of a query are no statements', async () => {
    expect(
      await operations(
        `const now = knex.raw('CURRENT_TIMESTAMP'); await knex.select(knex.raw('a.b, a.c')).from('a'); await knex.raw('VACUUM FULL a')`,
      ),
    ).toMatchObject([{ op: 'rebuild-table' }])
  })

  test('a filter that is only known at run time is a filter', async () => {
    expect(await operations('await knex.raw(`DELETE FROM users ${where}`)')).toMatchObject([
      { op: 'delete-rows', filtered: true },
    ])
  })
})

test('helpers that make a whole migration', async () => {
  const program = await read(
    `module.exports = createAddColumnMigration('posts', 'html', { type: 'string', maxlength: 40, nullable: false, defaultTo: 'x' })`,
    'migrations/1_x.js',
  )
  expect(operationsOf(program)).toMatchObject([
    {
      op: 'add-column',
      table: 'posts',
      column: { name: 'html', notNull: true, type: { name: 'varchar', arguments: [40] } },
    },
  ])
})

describe('hostile input', () => {
  test.each([
    ['nothing', ''],
    ['broken', 'exports.up = async (knex) => { knex.schema.createTable("a", t => { t.'],
    ['nested calls', up(`knex${'.schema.table(x => '.repeat(2000)}`)],
    ['a chain without end', up(`return knex.schema${".dropTable('a')".repeat(3000)}`)],
    ['nested blocks', up(`${'if (x) { '.repeat(3000)}`)],
    ['junk', '\u0000\uffff\u0001knex.schema`${`${'.repeat(500)],
    [
      'texts and lists that double',
      up(
        `const a0 = 'x', l0 = [1, 2]; ${Array.from({ length: 60 }, (_, i) => `const a${i + 1} = a${i} + a${i}, l${i + 1} = [...l${i}, ...l${i}]`).join(';')}
        await knex.raw(a60); for (const l of l60) await knex.schema.dropTable('t' + l)`,
      ),
    ],
    ['itself', `exports.up = f; function f(knex) { f(knex); f(knex) }`],
    [
      'loops within loops',
      up(`${"for (const a of ['a','b','c','d','e','f','g','h']) ".repeat(30)} knex.schema.dropTable(a)`),
    ],
  ])('%s', async (_, text) => {
    const program = await read(text, 'migrations/1_knex.js')
    expect(Array.isArray(program.up)).toBe(true)
  })
})

test('other migrations and seeds are said to run', async () => {
  const program = await read(up('await knex.migrate.latest()\nawait knex.seed.run()'))
  expect(program.up.map(step => step.kind === 'unreadable' && step.reason)).toEqual([
    'runs other migrations or seeds',
    'runs other migrations or seeds',
  ])
})
