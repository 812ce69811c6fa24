import { describe, expect, test } from 'vitest'
import { classifyContent, classifyPath } from '../../../../src/artifact/classify.ts'
import { loadArtifacts } from '../../../../src/artifact/load.ts'
import { changeInMemory } from '../../../../src/change/memory.ts'
import { loadConfig } from '../../../../src/config/load.ts'
import { extractMigrations } from '../../../../src/facts/migration/extract.ts'
import { sectionsOf } from '../../../../src/facts/migration/frontends/sql-sections.ts'
import { migrationKind } from '../../../../src/facts/migration/index.ts'
import { read, words } from './javascript-helpers.ts'

async function facts(path: string, head: string, repository: Readonly<Record<string, string>> = {}) {
  const config = await loadConfig(async () => undefined)
  const change = changeInMemory({ files: [{ path, head }], repository })
  const { artifacts } = await loadArtifacts(change, config)
  const wanted = artifacts.filter(artifact => migrationKind.wants(artifact))
  return (await extractMigrations({ change, artifacts, config, now: new Date(0) }, wanted)).facts
}

const kindOf = (path: string, text: string): string | undefined => {
  const by = classifyPath(path)
  return by && classifyContent(path, by, text).kind
}

test.each([
  [
    'src/migrations/1-x.ts',
    'export class X implements MigrationInterface { async up(queryRunner) {} }',
    'javascript-migration',
  ],
  ['db/migrations/1_x.js', 'exports.up = knex => knex.schema.dropTable("a")', 'javascript-migration'],
  ['migrations/1_x.cjs', 'module.exports = { up: queryInterface => {} }', 'javascript-migration'],
  [
    'packages/db/alterations/1.ts',
    'const alteration = { up: async pool => { await pool.query(sql`DROP TABLE a`) } }',
    'javascript-migration',
  ],
  ['migrations/1_x.js', 'module.exports = { async up(db) { await db.collection("a").drop() } }', 'code'],
  ['migrations/index.ts', 'export const migrations = [a, b]', 'code'],
  ['src/users.ts', 'exports.up = knex => knex.schema.dropTable("a")', 'code'],
])('%s is told by path and content', (path, text, kind) => {
  expect(kindOf(path, text)).toBe(kind)
})

describe('SQL files of JavaScript tools', () => {
  test.each([
    ['prisma/migrations/20240101000000_x/migration.sql', 'SELECT 1;', 'prisma', 'wrapped'],
    ['drizzle/0001_x.sql', 'SELECT 1;', 'drizzle', 'wrapped'],
    ['src/db/out/0001_x.sql', 'SELECT 1;--> statement-breakpoint\nSELECT 2;', 'drizzle', 'wrapped'],
  ])('%s', (path, text, framework, transaction) => {
    expect(kindOf(path, text)).toBe('sql-migration')
    expect(sectionsOf(path, text)).toMatchObject({ framework, transaction })
  })
})

describe('from the file to the fact', () => {
  const path = 'migrations/20260102-x.js'
  const createUsers = `exports.up = knex => knex.schema.createTable('users', t => { t.increments(); t.string('name', 40) })`

  test('the schema at base comes from earlier migrations', async () => {
    const head = `exports.up = knex => knex.schema.alterTable('users', t => { t.string('name', 80).alter() })`
    const found = await facts(path, head, { 'migrations/20260101-x.js': createUsers })
    expect(found).toMatchObject([
      { operation: 'change-type', rewrites: false },
      { operation: 'drop-default' },
      { operation: 'drop-not-null' },
    ])
  })

  test('MySQL commits each statement, and the engine is that of the repository', async () => {
    const head = `exports.up = knex => knex.schema.alterTable('users', t => { t.dropColumn('name') })`
    const found = await facts(path, head, { 'knexfile.js': `module.exports = { client: 'mysql2' }` })
    expect(found).toMatchObject([
      { operation: 'drop-column', engine: 'mysql', inTransaction: false, framework: 'knex' },
    ])
  })

  test('an index in a transaction that holds a lock', async () => {
    const head = `import { MigrationInterface, QueryRunner } from 'typeorm'
export class X1 implements MigrationInterface {
  async up(queryRunner: QueryRunner) {
    await queryRunner.query('ALTER TABLE "users" ADD "age" integer')
    await queryRunner.query('CREATE INDEX CONCURRENTLY "i" ON "users" ("age")')
  }
}`
    const found = await facts('src/migrations/1-x.ts', head)
    expect(found).toMatchObject([
      { operation: 'add-column', span: { line: 4 } },
      { operation: 'create-index', span: { line: 5 }, certainTransaction: true, heldTable: 'users' },
    ])
  })
})

test('names of values in SQL leave casts alone', async () => {
  const program = await read(
    `module.exports = { up: queryInterface => queryInterface.sequelize.query('UPDATE a SET b = :b::jsonb, c = now()::date WHERE id = :id', { replacements: { b: 1, id: 2 } }) }`,
    'migrations/1.js',
  )
  expect(words(program)).toEqual(['update-rows a'])
})

test('a library that is not known is named, what it drops is read', async () => {
  const program = await read(`export class X implements ReversibleMigration {
    async up({ schemaBuilder: { createTable, dropTable, column }, escape, runQuery, tablePrefix }: MigrationContext) {
      await createTable('a').withColumns(column('id').int.primary)
      await dropTable('b')
      await runQuery(\`DELETE FROM \${escape.tableName('c')}\`)
      await runQuery(\`DROP TABLE \${tablePrefix}d\`)
    }
  }`)
  expect(words(program)).toEqual(['unreadable', 'drop-table b', 'delete-rows c', 'drop-table d'])
})
