import type { Alter } from './alter-list.ts'
import type { AlterServer } from './alter-setup.ts'

/** Differences that are there on purpose, with the reason. A difference that is not listed here fails the run. */
interface Known {
  readonly statement: RegExp
  /** Major versions it concerns; all when absent. */
  readonly versions?: (version: number) => boolean
  readonly difference: RegExp
  readonly reason: string
}

const known: readonly Known[] = [
  {
    statement: /\bADD VALUE\b/,
    versions: version => version < 12,
    difference: /cannot run inside a transaction block/,
    reason: 'runs outside of transactions only, which the rule migration/enum-value-in-transaction says',
  },
  {
    statement: /DEFAULT stable_id\(\)/,
    difference: /^rewrite: predicted true, seen false/,
    reason: "a function of the database's own counts as volatile, as its definition is not part of the migration",
  },
  {
    statement: /^INSERT INTO r2 SELECT/,
    difference: /^scan: predicted false, seen true$/,
    reason: 'the table that is read is another one than the table written to, and nobody waits for the reading',
  },
  {
    statement: /\bINHERIT\b/,
    difference: /^locks/,
    reason: 'the weak lock on the parent (SHARE UPDATE EXCLUSIVE) blocks nobody',
  },
  {
    statement: /\bVIRTUAL$|NOT NULL a NOT VALID$/,
    versions: version => version < 18,
    difference: /refuses it: .*syntax error/,
    reason: 'the syntax comes with PostgreSQL 18; the parser here is that of 18 and takes it',
  },
  {
    statement: /ADD VALUE 'zzz'; INSERT/,
    difference: /unsafe use of new value/,
    reason: 'refused because of the two statements together, which the rule migration/enum-value-used-too-early says',
  },
]

/** The reason for a difference, where it is a known one. */
export function knownDifference(sql: string, version: number, difference: string): string | undefined {
  return known.find(
    item =>
      item.statement.test(sql) &&
      item.difference.test(difference) &&
      (item.versions === undefined || item.versions(version)),
  )?.reason
}

/** Alterations of MariaDB whose algorithm depends on what the statement does not tell. */
const alters: readonly {
  readonly table: string
  readonly clause: string
  readonly engine?: 'mysql' | 'mariadb'
  readonly reason: string
}[] = [
  {
    table: 'c1',
    clause: 'DROP PRIMARY KEY',
    reason: 'another unique key over NOT NULL columns takes its place, which the statement does not tell',
  },
  {
    table: 't',
    clause: 'DROP COLUMN a',
    reason: 'the column has an index, which goes with it: NOCOPY instead of INSTANT, and nobody waits either way',
  },
  {
    table: 'npk',
    clause: 'CONVERT TO CHARACTER SET utf8mb4',
    reason: 'the table has no text column, so that there is nothing to convert',
  },
  {
    table: 'npk',
    clause: 'ADD UNIQUE (x)',
    reason: 'the table has no primary key, so that a unique index on a NOT NULL column becomes it',
  },
  {
    table: 't',
    clause: 'ADD CONSTRAINT f2 FOREIGN KEY (c) REFERENCES r(id)',
    reason: 'builds the index that a foreign key needs, where there is none',
  },
]

export function knownAlterDifference(alter: Alter, server: AlterServer): string | undefined {
  return alters.find(
    ({ table, clause, engine = server.engine }) =>
      table === alter.table && clause === alter.clause && engine === server.engine,
  )?.reason
}
