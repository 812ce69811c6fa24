import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../../../src/artifact/source.ts'
import type { Source } from '../../../../src/artifact/types.ts'
import { readMysqlStatements } from '../../../../src/facts/migration/frontends/mysql.ts'
import { splitMysql } from '../../../../src/facts/migration/frontends/mysql-split.ts'
import { readPostgresSql } from '../../../../src/facts/migration/frontends/postgres.ts'
import { splitClauses, splitStatements } from '../../../../src/facts/migration/frontends/sql-split.ts'
import { readSqlite } from '../../../../src/facts/migration/frontends/sqlite.ts'
import type { Step } from '../../../../src/facts/migration/operation.ts'
import { spanOf } from '../../../../src/text/lines.ts'

const engines: Readonly<Record<string, (source: Source) => Promise<readonly Step[]>>> = {
  postgres: async source => (await readPostgresSql(source)).up,
  mysql: source => readMysqlStatements(source.text, 'mysql', (start, end) => spanOf(source.lines, start, end)),
  sqlite: async source => (await readSqlite(source)).up,
}

const megabyte = (piece: string): string => piece.repeat(Math.ceil(1_000_000 / piece.length))

/** A text of a megabyte that ends the run of a reader which looks to the end of the text from each of its places. */
const shapes: Readonly<Record<string, string>> = {
  'opening brackets': `select ${megabyte('(')}`,
  quotes: megabyte("'"),
  'quoted names without an end': megabyte('"x'),
  'dollar quotes': megabyte('$a$ '),
  'comments without an end': megabyte('/*'),
  'placeholders without an end': megabyte('{{ '),
  'variables without an end': megabyte('${a'),
  'psql commands': megabyte('\\g x\n'),
  'COPY without rows': megabyte('COPY t FROM stdin;\n'),
  'statements that are refused': megabyte('ALTER TABLE t ADDD a;\n'),
  'references without an end': `CREATE TABLE t (${megabyte('a int REFERENCES b (c ')}`,
  'brackets of names': megabyte('DELETE FROM [a'),
  'deep blocks': `DO $$ BEGIN ${'IF a THEN '.repeat(20_000)} END $$;`,
  'blocks without an end': `DO $$ ${megabyte('BEGIN ')}`,
  'triggers without an end': megabyte('CREATE TRIGGER a BEGIN '),
  'deep cases': `SELECT ${megabyte('CASE WHEN 1 THEN ')}`,
  'lone surrogates': megabyte('\ud83d'),
}

test('a single statement that is too large to parse is named', async () => {
  const text = `UPDATE t SET a = CASE ${'WHEN a = 1 THEN 2 '.repeat(60_000)}END;\nDROP TABLE t;\n`
  const steps = await engines['postgres']?.(sourceOf('migrations/1_x.sql', 'head', text))
  expect(steps).toMatchObject([
    { kind: 'unreadable', reason: 'a single statement of 1.1 MB is not read' },
    { kind: 'change', operations: [{ op: 'drop-table' }] },
  ])
})

describe.each(Object.entries(engines))('%s', (_, read) => {
  test.each(Object.entries(shapes))(
    'a megabyte of %s',
    async (_name, text) => {
      const steps = await read(sourceOf('migrations/1_x.sql', 'head', text))
      expect(steps.every(step => step.span.line >= 1)).toBe(true)
    },
    60_000,
  )

  test('a script of too many statements is read as far as they are followed, and that is said', async () => {
    const text = 'DO $$ BEGIN ALTER TABLE t ADD COLUMN a int; END $$;\nUPDATE t SET a = (SELECT 1);\n'.repeat(30_000)
    const steps = await read(sourceOf('migrations/1_x.sql', 'head', text))
    expect(steps.length).toBeGreaterThan(10)
    const last = steps.at(-1)
    expect(last?.span.line).toBeLessThan(60_000)
    const reason = expect.stringMatching(
      /^(the file has more than 4000 statements or clauses:|reading the file took longer)/,
    )
    expect(last).toMatchObject({ kind: 'unreadable', reason })
  }, 60_000)

  test('fragments in any order', async () => {
    const fragment = fc.constantFrom(
      'ALTER TABLE t ',
      'ADD COLUMN a int',
      'DROP TABLE t',
      'DO $$ BEGIN ',
      ' END $$',
      ';',
      "'",
      '"',
      '`',
      '$$',
      '(',
      ')',
      '/*',
      '*/',
      '--',
      '\n',
      'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS ',
      'EXECUTE ',
      'CALL f()',
      'PRAGMA foreign_keys=OFF',
      'PREPARE s FROM @a',
      'DELIMITER //\n',
      'COPY t FROM stdin',
      '\\.',
      '{{',
      '}}',
      'REFERENCES t ON DELETE CASCADE',
      'ATTACH PARTITION p DEFAULT',
      'ALTER DOMAIN d ADD CHECK (VALUE > 0)',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fragment, { maxLength: 30 }), async pieces => {
        await read(sourceOf('migrations/1_x.sql', 'head', pieces.join(' ')))
      }),
      { numRuns: 150 },
    )
  }, 120_000)
})

test('pieces of a script follow each other and lie inside of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
      for (const pieces of [splitStatements(text), splitMysql(text).statements]) {
        let from = 0
        for (const { start, end } of pieces) {
          expect(start).toBeGreaterThanOrEqual(from)
          expect(end).toBeGreaterThanOrEqual(start)
          expect(end).toBeLessThanOrEqual(text.length)
          from = end
        }
      }
      splitClauses(text, { start: 0, end: text.length })
    }),
    { numRuns: 500 },
  )
})
