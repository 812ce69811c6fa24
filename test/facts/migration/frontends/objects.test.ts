import { expect, test } from 'vitest'
import { factsOf } from '../facts-of.ts'

const made = (head: string) => factsOf([{ path: 'migrations/0002_x.sql', head }], { Gemfile: "gem 'pg'\n" })

/** Columns that go when a view of Postgres is made anew with `select`. */
async function goneFrom(select: string, earlier: string): Promise<readonly string[]> {
  const { facts } = await factsOf(
    [{ path: 'migrations/0002_x.sql', head: `DROP VIEW v;\nCREATE VIEW v AS ${select};\n` }],
    { Gemfile: "gem 'pg'\n", 'migrations/0001_x.sql': earlier },
  )
  return facts.flatMap(({ operation, column }) => (operation === 'view-column-gone' ? [column] : []))
}

test.each([
  ['SELECT a, b FROM t', 'CREATE VIEW v AS SELECT a, b, c FROM t;', ['c']],
  ['SELECT a, b AS c FROM t', 'CREATE VIEW v AS SELECT a, b, c FROM t;', ['b']],
  ['SELECT t.a, count(*), b::text FROM t', 'CREATE VIEW v AS SELECT a, count(b), b FROM t;', []],
  ['SELECT a FROM t', 'CREATE VIEW v (x, y) AS SELECT a, b FROM t;', ['x', 'y']],
  ['SELECT CASE WHEN b IS NULL THEN 0 ELSE t.b END FROM t', 'CREATE VIEW v AS SELECT b FROM t;', []],
  ['SELECT CASE WHEN b IS NULL THEN 0 END FROM t', 'CREATE VIEW v AS SELECT b FROM t;', ['b']],
  ['SELECT a, (SELECT max(c) FROM u) FROM t', 'CREATE VIEW v AS SELECT a, b FROM t;', []],
  ['SELECT a FROM t UNION SELECT b FROM u', 'CREATE VIEW v AS SELECT a FROM t;', []],
  ['SELECT t.* FROM t', 'CREATE VIEW v AS SELECT a FROM t;', []],
  ['SELECT a FROM t', 'CREATE VIEW v AS SELECT * FROM t;', []],
  ['SELECT a FROM t', 'CREATE VIEW v AS SELECT a, b FROM t;\nDROP VIEW v;\n', []],
  ['SELECT a FROM t', 'CREATE MATERIALIZED VIEW v AS SELECT a, b FROM t;\n', ['b']],
])('a view made anew: %s', async (select, earlier, gone) => {
  expect(await goneFrom(select, earlier)).toEqual(gone)
})

test.each([
  ['DROP VIEW public.v', 'view', 'v'],
  ['DROP MATERIALIZED VIEW v', 'view', 'v'],
  ['DROP FUNCTION stats.f(int, text)', 'function', 'stats.f'],
  ['DROP ROUTINE f', 'function', 'f'],
  ['DROP PROCEDURE p(int)', 'procedure', 'p'],
  ['DROP SEQUENCE s', 'sequence', 's'],
])('%s', async (statement, how, table) => {
  const { facts } = await made(`${statement};\n`)
  expect(facts).toMatchObject([{ operation: 'drop-object', how, table }])
})

test.each([
  ['ALTER VIEW v RENAME TO w', 'view', 'v', 'w'],
  ['ALTER FUNCTION f(int) RENAME TO g', 'function', 'f', 'g'],
  ['ALTER SEQUENCE s RENAME TO r', 'sequence', 's', 'r'],
])('%s', async (statement, how, table, to) => {
  const { facts } = await made(`${statement};\n`)
  expect(facts).toMatchObject([{ operation: 'rename-object', how, table, to }])
})

test('only the last version of a view in the change counts', async () => {
  const { facts } = await factsOf(
    [
      { path: 'migrations/0002_x.sql', head: 'DROP VIEW v;\nCREATE VIEW v AS SELECT a FROM t;\n' },
      { path: 'migrations/0003_x.sql', head: 'DROP VIEW v;\nCREATE VIEW v AS SELECT a, b FROM t;\n' },
    ],
    { Gemfile: "gem 'pg'\n", 'migrations/0001_x.sql': 'CREATE VIEW v AS SELECT a, b FROM t;' },
  )
  expect(facts.map(({ operation }) => operation)).not.toContain('view-column-gone')
})
