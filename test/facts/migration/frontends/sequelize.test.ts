import { describe, expect, test } from 'vitest'
import type { Operation } from '../../../../src/facts/migration/operation.ts'
import { operationsOf, places, read, words } from './javascript-helpers.ts'

const up = (body: string): string =>
  `'use strict';\nmodule.exports = {\n  async up(queryInterface, Sequelize) {\n${body}\n  },\n  async down() {}\n};\n`

const operations = async (body: string): Promise<readonly Operation[]> =>
  operationsOf(await read(up(body), 'migrations/1-x.js'))

test('columns, with what only Sequelize knows left out', async () => {
  expect(
    await operations(`
      await queryInterface.addColumn('users', 'age', { type: Sequelize.INTEGER, allowNull: false, defaultValue: 0 });
      await queryInterface.addColumn('users', 'key', { type: Sequelize.UUID, allowNull: false, defaultValue: Sequelize.UUIDV4 });
      await queryInterface.addColumn({ tableName: 'jobs', schema: 'work' }, 'at', { type: Sequelize.DATE, defaultValue: Sequelize.literal('clock_timestamp()') });
      await queryInterface.addColumn('users', 'tags', Sequelize.ARRAY(Sequelize.STRING(40)));`),
  ).toMatchObject([
    { op: 'add-column', table: 'users', column: { name: 'age', notNull: true, default: { text: '0' } } },
    { op: 'add-column', column: { name: 'key', notNull: true, type: { name: 'uuid' } } },
    {
      op: 'add-column',
      table: 'work.jobs',
      column: { type: { name: 'timestamptz' }, default: { functions: ['clock_timestamp'] } },
    },
    { op: 'add-column', column: { type: { name: 'varchar', arguments: [40], array: true } } },
  ])
})

test('a default that Sequelize fills in is none of the database', async () => {
  const [operation] = await operations(
    `await queryInterface.addColumn('a', 'b', { type: Sequelize.DATE, defaultValue: Sequelize.NOW })`,
  )
  expect(operation?.op === 'add-column' ? operation.column.default : 'none').toBeUndefined()
})

test('indexes and constraints in all their forms', async () => {
  expect(
    await operations(`
      await queryInterface.addIndex('users', ['email'], { unique: true, concurrently: true, name: 'u' });
      await queryInterface.addIndex('users', { fields: ['a', { name: 'b', order: 'DESC' }], where: { c: null } });
      await queryInterface.removeIndex('users', 'u', { concurrently: true });
      await queryInterface.addConstraint('users', { type: 'foreign key', fields: ['org'], name: 'fk', references: { table: 'orgs', field: 'id' } });
      await queryInterface.addConstraint('users', ['email'], { type: 'unique' });
      await queryInterface.removeConstraint('users', 'fk');
      await queryInterface.changeColumn('users', 'name', { type: Sequelize.TEXT, allowNull: false });`),
  ).toMatchObject([
    { op: 'create-index', index: 'u', unique: true, concurrently: true },
    { op: 'create-index', columns: ['a', 'b'], partial: true, concurrently: false },
    { op: 'drop-index', index: 'u', concurrently: true },
    { op: 'add-foreign-key', columns: ['org'], references: { table: 'orgs', columns: ['id'] } },
    { op: 'add-unique', columns: ['email'] },
    { op: 'drop-constraint', constraint: 'fk' },
    { op: 'set-not-null', column: 'name' },
    { op: 'change-type', column: 'name', to: { name: 'text' } },
  ])
})

describe('transactions', () => {
  test('a callback wraps the calls that are given the transaction, and only those', async () => {
    const text = up(`    await queryInterface.sequelize.transaction(async transaction => {
      await queryInterface.removeColumn('users', 'a', { transaction });
      await queryInterface.addIndex('users', ['b'], { concurrently: true });
      await queryInterface.sequelize.query('UPDATE users SET a = :a WHERE id > 5', { transaction, replacements: { a: 1 } });
    });`)
    const program = await read(text, 'migrations/1-x.js')
    expect(program.transaction).toBe('each')
    expect(words(program)).toEqual(['begin', 'drop-column users', 'create-index users', 'update-rows users', 'commit'])
    expect(program.up.map(step => (step.kind === 'change' ? step.autocommit === true : undefined))).toEqual([
      undefined,
      false,
      true,
      false,
      undefined,
    ])
    expect(places(program, text)[1]).toBe(`queryInterface.removeColumn('users', 'a', { transaction })`)
  })

  test('one that is opened by hand', async () => {
    const program = await read(
      up(`const t = await queryInterface.sequelize.transaction();
      try { await queryInterface.dropTable('a', { transaction: t }); await t.commit(); } catch (e) { await t.rollback(); throw e; }`),
    )
    expect(words(program)).toEqual(['begin', 'drop-table a', 'commit'])
  })
})

test('rows, the interface under another name, and TypeScript', async () => {
  const program = await read(`import { QueryInterface } from 'sequelize'
    export async function up({ context: qi }: { context: QueryInterface }) {
      await qi.bulkUpdate('users', { a: 1 }, { b: null })
      await qi.bulkDelete('users', { id: 1 })
      await qi.bulkInsert('users', [])
    }`)
  expect(operationsOf(program)).toMatchObject([
    { op: 'update-rows', filtered: false },
    { op: 'delete-rows', filtered: true },
    { op: 'harmless' },
  ])
})

test.each([
  ['unknown names', 'await queryInterface.dropTable(process.env.T)', ['unreadable']],
  ['unknown calls', 'await queryInterface.frobnicate("a")', ['unreadable']],
  ['looking', 'const d = await queryInterface.describeTable("a"); await queryInterface.showAllTables()', []],
  ['SQL from a file', 'await queryInterface.sequelize.query(fs.readFileSync("x.sql", "utf8"))', ['unreadable']],
  ['truncated', 'await queryInterface.addColumn("a", "b", { type: Sequelize.', ['unreadable']],
])('%s', async (_, body, expected) => {
  expect(words(await read(up(body), 'migrations/1-x.js'))).toEqual(expected)
})

test('rows written through models', async () => {
  const program = await read(
    up(`
      const User = queryInterface.sequelize.define('users', {});
      await User.update({ a: 1 }, { where: {} });
      await User.destroy({ where: { id: 1 } });
      await db.Order.update({ a: 1 }, { where: {} });
      await queryInterface.sequelize.sync();`),
    'migrations/1-x.js',
  )
  expect(program.up).toMatchObject([
    { operations: [{ op: 'update-rows', table: 'users', filtered: false }] },
    { operations: [{ op: 'delete-rows', table: 'users', filtered: true }] },
    { kind: 'unreadable', reason: 'the table of the entity is not known' },
    { kind: 'unreadable', reason: '`sync` works on the tables of models in other files' },
  ])
})
