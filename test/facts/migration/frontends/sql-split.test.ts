import { describe, expect, test } from 'vitest'
import { splitClauses, splitStatements } from '../../../../src/facts/migration/frontends/sql-split.ts'

const texts = (sql: string) => splitStatements(sql).map(({ start, end }) => sql.slice(start, end))

describe('splitting a script', () => {
  test('cuts at semicolons outside of strings, comments and bodies', () => {
    expect(texts("SELECT 1; -- a; b\nSELECT ';'; /* ; /* ; */ ; */ SELECT 3")).toEqual([
      'SELECT 1',
      "SELECT ';'",
      'SELECT 3',
    ])
    expect(texts('CREATE FUNCTION f() AS $x$ a; b; $x$; SELECT 2')).toEqual([
      'CREATE FUNCTION f() AS $x$ a; b; $x$',
      'SELECT 2',
    ])
    expect(texts("SELECT E'\\';'; SELECT 'it''s;'")).toEqual(["SELECT E'\\';'", "SELECT 'it''s;'"])
    expect(
      texts('CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN 1 THEN 2 END; SELECT 1; END; SELECT 2'),
    ).toHaveLength(2)
  })

  test('leaves out the rows of COPY', () => {
    expect(texts('COPY t FROM stdin;\n1\tDROP TABLE x;\n\\.\nSELECT 1;')).toEqual(['COPY t FROM stdin', 'SELECT 1'])
  })

  test('survives what is cut off', () => {
    for (const sql of ['', ';;;', "'", '$$', '/*', 'SELECT (', '"', '$a$ x', '\u0000', "E'\\"])
      expect(() => texts(sql)).not.toThrow()
    expect(texts('('.repeat(100_000))).toHaveLength(1)
  })

  test('cuts the clauses of ALTER TABLE', () => {
    const sql = "ALTER TABLE t ADD a numeric(1,2) DEFAULT 'x,y', DROP b"
    expect(splitClauses(sql, { start: 0, end: sql.length }).map(({ start, end }) => sql.slice(start, end))).toEqual([
      "ALTER TABLE t ADD a numeric(1,2) DEFAULT 'x,y'",
      'DROP b',
    ])
  })
})
