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

interface KnownAlter {
  readonly table: string
  readonly clause: RegExp
  /** Engine and version, as in `mysql 9.7.4`; every server when absent. */
  readonly servers?: RegExp
  readonly reason: string
}

/** Alterations whose algorithm depends on what neither the statement nor the schema tells, or on a server that few still run. */
export const knownAlters: readonly KnownAlter[] = [
  {
    table: 'c1',
    clause: /^DROP (PRIMARY KEY|COLUMN id)$/,
    servers: /^mariadb/,
    reason:
      'another unique key over NOT NULL columns takes the place of the primary key, which the statement does not tell',
  },
  {
    table: 'npk',
    clause: /^ADD UNIQUE \(x\)$/,
    reason: 'the table has no primary key, so that a unique index on a NOT NULL column becomes it',
  },
  {
    table: 'npk',
    clause: /^CONVERT TO/,
    reason: 'the table has no text column, so that there is nothing to convert',
  },
  {
    table: 'child',
    clause: /^CONVERT TO/,
    reason: 'the table has no text column, so that there is nothing to convert',
  },
  {
    table: 'u4',
    clause: /^CONVERT TO/,
    reason:
      'all columns are in that character set and collation already, which the schema at hand seldom tells for sure',
  },
  {
    table: 't',
    clause: /^DROP FOREIGN KEY fkr, DROP COLUMN rid$/,
    servers: /^mariadb/,
    reason:
      'the index that the foreign key brought stays and goes with the column: NOCOPY instead of INSTANT, and nobody waits either way',
  },
  {
    table: 't',
    clause: /^MODIFY u3k .* COLLATE/,
    servers: /^(mysql [89]|mariadb 10\.5)/,
    reason: 'whether the collation changes depends on the default of the server, which the schema does not tell',
  },
  {
    table: 't',
    clause: /^MODIFY u3k .* utf8mb4$/,
    servers: /^mariadb 10\.5/,
    reason: 'MariaDB 10.5, whose support has ended, copies for a column with an index',
  },
  {
    table: 't',
    clause: /^PAGE_COMPRESSED/,
    servers: /^mariadb 10\.5/,
    reason: 'MariaDB 10.5, whose support has ended, compresses only pages that it writes later',
  },
  {
    table: 'ft',
    clause: /^DROP (COLUMN txt|INDEX fts, ADD COLUMN z int)$/,
    servers: /^(mariadb|mysql (9|5))/,
    reason: 'the only FULLTEXT index goes with the statement, and the table is rebuilt without it',
  },
  {
    table: 'ft',
    clause: /^ADD FULLTEXT f2 \(txt\), DROP INDEX fts$/,
    servers: /^mariadb 11/,
    reason: 'MariaDB 11 sees that the new index is the old one under another name',
  },
  {
    table: 'ranges',
    clause: /^(DROP|TRUNCATE) PARTITION/,
    reason: 'the file of the partition is dropped, with its rows; it counts as a deletion',
  },
  {
    table: 'ranges',
    clause: /^ADD (INDEX|UNIQUE)/,
    servers: /^mysql 9/,
    reason: 'MySQL 9 does not list the indexes of partitions, so that the new one is not seen',
  },
  {
    table: 'hashes',
    clause: /^ADD INDEX/,
    servers: /^mysql 9/,
    reason: 'MySQL 9 does not list the indexes of partitions, so that the new one is not seen',
  },
  {
    table: 't',
    clause: /^(RENAME TO t2|COMMENT='x', ADD INDEX z \(c\))$/,
    servers: /^mysql 5\.6/,
    reason: 'MySQL 5.6, measured in place of 5.7, rewrites the table where later versions do not',
  },
  {
    table: 't',
    clause: /^DISABLE KEYS$/,
    servers: /^mysql 5\.6/,
    reason: 'asked for a copy, MySQL 5.6 copies, though InnoDB has no keys to disable',
  },
]

/** The listed difference that an alteration on a server may show. */
export function knownAlter(alter: Alter, { engine, version }: AlterServer): KnownAlter | undefined {
  return knownAlters.find(
    ({ table, clause, servers }) =>
      table === alter.table &&
      clause.test(alter.clause) &&
      (servers === undefined || servers.test(`${engine} ${version}`)),
  )
}
