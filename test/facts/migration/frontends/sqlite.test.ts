import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../../../src/artifact/source.ts'
import { sqliteEffect } from '../../../../src/facts/migration/effects/sqlite.ts'
import { readSqlite } from '../../../../src/facts/migration/frontends/sqlite.ts'
import type { Operation } from '../../../../src/facts/migration/operation.ts'

const read = (text: string, path = 'migrations/1_x.sql') => readSqlite(sourceOf(path, 'head', text))
const operations = async (text: string, path?: string): Promise<readonly Operation[]> =>
  (await read(text, path)).up.flatMap(step => (step.kind === 'change' ? step.operations : []))

describe('statements', () => {
  test.each([
    ['DROP TABLE IF EXISTS "a b"', { op: 'drop-table', table: 'a b' }],
    ['ALTER TABLE main.t DROP COLUMN [c]', { op: 'drop-column', table: 't', column: 'c' }],
    ['ALTER TABLE `t` RENAME COLUMN a TO b', { op: 'rename-column', table: 't', column: 'a', to: 'b' }],
    ['ALTER TABLE t RENAME a TO b', { op: 'rename-column', table: 't', column: 'a', to: 'b' }],
    ['alter table t rename to u', { op: 'rename-table', table: 't', to: 'u' }],
    ['DELETE FROM t', { op: 'delete-rows', table: 't', filtered: false }],
    ["DELETE FROM t WHERE a = ';'", { op: 'delete-rows', table: 't', filtered: true }],
    ['INSERT INTO t SELECT a FROM u', { op: 'insert-select', table: 't', from: ['u'] }],
    ["INSERT INTO t VALUES ('select x from y')", { op: 'insert-select' }],
    ['DELETE FROM sqlite_sequence', { op: 'harmless' }],
  ])('%s', async (sql, expected) => {
    expect(await operations(`-- what for\n${sql};`)).toMatchObject([expected])
  })

  test('a column with all that belongs to it', async () => {
    const sql =
      "ALTER TABLE t ADD COLUMN c varchar(10) NOT NULL DEFAULT 'x' REFERENCES u (id) ON UPDATE SET NULL ON DELETE CASCADE;"
    expect(await operations(sql)).toMatchObject([
      {
        op: 'add-column',
        column: { name: 'c', notNull: true, type: { text: 'varchar(10)' }, references: { table: 'u', cascades: true } },
      },
    ])
  })

  test('the body of a trigger belongs to the trigger', async () => {
    const sql = 'CREATE TRIGGER a AFTER DELETE ON t BEGIN\n  DELETE FROM u;\n  DELETE FROM v;\nEND;\nDROP TABLE x;'
    expect(await operations(sql)).toMatchObject([{ op: 'harmless' }, { op: 'drop-table', table: 'x' }])
  })

  test('what is not known is said', async () => {
    const { up } = await read("ATTACH DATABASE 'x' AS y;\nDROP TABLE a;")
    expect(up).toMatchObject([
      { kind: 'unreadable', span: { line: 1 } },
      { kind: 'change', span: { line: 2 } },
    ])
  })
})

describe('a table made anew', () => {
  const copy = 'CREATE TABLE n (id int);\nINSERT INTO n SELECT id FROM t;\nDROP TABLE t;\nALTER TABLE n RENAME TO t;\n'
  const recreation = async (text: string, path?: string) =>
    (await operations(text, path)).find(({ op }) => op === 'recreate-table')

  test('is neither dropped nor renamed', async () => {
    const found = (await operations(copy)).map(({ op }) => op)
    expect(found).toEqual(['create-table', 'insert-select', 'recreate-table', 'harmless'])
  })
  test('also when the old one is set aside first', async () => {
    const aside =
      'ALTER TABLE t RENAME TO t_old;\nCREATE TABLE t (id int);\nINSERT INTO t SELECT id FROM t_old;\nDROP TABLE t_old;\n'
    expect((await operations(aside)).map(({ op }) => op)).toEqual([
      'harmless',
      'create-table',
      'insert-select',
      'recreate-table',
    ])
    expect(await recreation(aside)).toMatchObject({ table: 't' })
  })
  test.each([
    ['keys off before', `PRAGMA foreign_keys=OFF;\n${copy}`, undefined, true],
    ['keys off before the transaction', `PRAGMA foreign_keys = 0;\nBEGIN;\n${copy}COMMIT;`, undefined, true],
    ['keys off inside the transaction', `BEGIN;\nPRAGMA foreign_keys=OFF;\n${copy}COMMIT;`, undefined, false],
    ['keys off, but on again', `PRAGMA foreign_keys=OFF;\nPRAGMA foreign_keys=ON;\n${copy}`, undefined, false],
    ['a runner that wraps the file', `PRAGMA foreign_keys=OFF;\n${copy}`, 'drizzle/0001_x.sql', false],
    ['Cloudflare D1', `PRAGMA foreign_keys=OFF;\n${copy}`, 'd1/migrations/0001_x.sql', false],
    ['nothing said', copy, undefined, false],
  ])('%s', async (_, text, path, keysOff) => {
    expect(await recreation(text, path)).toMatchObject({ table: 't', keysOff })
  })
  test('a table that goes for good is dropped', async () => {
    expect((await operations('CREATE TABLE n (id int);\nDROP TABLE t;')).at(-1)).toMatchObject({ op: 'drop-table' })
  })
})

test('what the server refuses', async () => {
  const refused = async (column: string): Promise<boolean> => {
    const [operation] = await operations(`ALTER TABLE t ADD COLUMN ${column};`)
    return operation !== undefined && sqliteEffect(operation).refused !== undefined
  }
  expect(await refused('a TEXT NOT NULL')).toBe(true)
  expect(await refused('a TEXT UNIQUE')).toBe(true)
  expect(await refused("a TEXT NOT NULL DEFAULT ''")).toBe(false)
})

test('any text is survived', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async text => {
      await read(text)
    }),
    { numRuns: 200 },
  )
})
