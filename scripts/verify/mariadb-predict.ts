import { readFileSync } from 'node:fs'
import { mysqlEffect } from '../../src/facts/migration/effects/mysql.ts'
import { ranks } from '../../src/facts/migration/effects/mysql-ways.ts'
import { readMysqlStatements } from '../../src/facts/migration/frontends/mysql.ts'
import type { ColumnSpec, Effect } from '../../src/facts/migration/operation.ts'

/** One ALTER TABLE and the tables it is tried on. */
export interface MariadbAlter {
  readonly table: string
  readonly clause: string
  /** False under `SET foreign_key_checks = 0`. */
  readonly keyChecks: boolean
  /** `t` has a VIRTUAL column. */
  readonly virtual: boolean
  /** Best algorithm and lock that the server accepted when the row was recorded: `INSTANT`, `INPLACE/NONE` … */
  readonly best: string
  readonly version: string
}

interface Row {
  readonly alter: string
  readonly best_algorithm: string
  readonly version: string
  readonly table?: string
  readonly foreign_key_checks?: number
}

function rows(file: string): readonly Row[] {
  return readFileSync(new URL(`../../test/measured/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) satisfies Row)
}

/** The statements of both measured files. Table `t` of the first has a VIRTUAL column. */
export function mariadbAlters(): readonly MariadbAlter[] {
  const first = rows('mariadb.jsonl').map(({ alter, best_algorithm, version }): MariadbAlter => {
    const [, mark = '', clause = ''] = /^(@\w+ |#fk0 )?(.*)$/.exec(alter) ?? []
    return {
      table: mark.startsWith('@') ? mark.slice(1).trim() : 't',
      clause,
      keyChecks: mark !== '#fk0 ',
      virtual: true,
      best: best_algorithm,
      version,
    }
  })
  const second = rows('mariadb-alters.jsonl').map(
    ({ alter, best_algorithm, version, table = 't', foreign_key_checks }): MariadbAlter => ({
      table,
      clause: alter,
      keyChecks: foreign_key_checks !== 0,
      virtual: false,
      best: best_algorithm,
      version,
    }),
  )
  return [...first, ...second]
}

/** Alterations beyond the measured rows. */
export const moreAlters: readonly MariadbAlter[] = [
  ['c2', 'DROP PRIMARY KEY'],
  ['c2', 'DROP PRIMARY KEY, ADD PRIMARY KEY (x)'],
  ['t', 'CHANGE a aa bigint'],
  ['t', 'ADD COLUMN z int, DROP COLUMN c'],
  ['t', 'ADD COLUMN z int, MODIFY a bigint'],
  ['t', 'ADD FULLTEXT INDEX z (txt), ADD INDEX zz (c)'],
  ['t', 'MODIFY b varchar(50) CHARACTER SET utf8mb3'],
  ['t', 'DROP CONSTRAINT ck, ADD CONSTRAINT ck CHECK (c > 1)'],
].map(([table = '', clause = '']) => ({ table, clause, keyChecks: true, virtual: false, best: '', version: '' }))

/** The tables of the measurements. */
export function mariadbSetup(virtual: boolean): readonly string[] {
  return [
    'DROP TABLE IF EXISTS t, t2, r, npk, c1, c2',
    'CREATE TABLE r (id int PRIMARY KEY) ENGINE=InnoDB',
    `CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(50) CHARACTER SET utf8mb4, c int NOT NULL DEFAULT 1,
      d varchar(300) CHARACTER SET utf8mb4, e enum('a','b'), l varchar(20) CHARACTER SET latin1,
      l2 varchar(100) CHARACTER SET latin1, u3 varchar(20) CHARACTER SET utf8mb3, u3k varchar(20) CHARACTER SET utf8mb3,
      n decimal(10,2), ui int unsigned, ts timestamp NULL, dt datetime, txt text, mt mediumtext, bin varbinary(50),
      ch char(10), ch3 char(10) CHARACTER SET utf8mb4, f float, si smallint, bi bigint, st set('a','b'), rid int,
      ${virtual ? 'v int AS (c + 1) VIRTUAL,' : ''} KEY ka (a), KEY ku3k (u3k), CONSTRAINT fkr FOREIGN KEY (rid) REFERENCES r (id),
      CONSTRAINT ck CHECK (c > 0)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
    'CREATE TABLE npk (x int NOT NULL, y int) ENGINE=InnoDB',
    'CREATE TABLE c1 (id int PRIMARY KEY, x int NOT NULL UNIQUE) ENGINE=InnoDB',
    'CREATE TABLE c2 (id int PRIMARY KEY, x int NOT NULL) ENGINE=InnoDB',
  ]
}

const nowhere = () => ({ line: 1, column: 1, endLine: 1, endColumn: 1 })

async function columnsOf(virtual: boolean): Promise<ReadonlyMap<string, ColumnSpec>> {
  const found = new Map<string, ColumnSpec>()
  for (const step of await readMysqlStatements(mariadbSetup(virtual).join(';\n'), 'mariadb', nowhere))
    for (const operation of step.kind === 'change' ? step.operations : [])
      if (operation.op === 'create-table')
        for (const column of operation.columns) found.set(`${operation.table}.${column.name}`, column)
  return found
}

/** What premortem says is the best algorithm and lock that the server accepts. */
export async function predictMariadb(
  { table, clause, keyChecks, virtual }: MariadbAlter,
  version: string,
): Promise<string> {
  const known = await columnsOf(virtual)
  const [step] = await readMysqlStatements(`ALTER TABLE ${table} ${clause}`, 'mariadb', nowhere)
  if (step?.kind !== 'change') return 'not read'
  const effects = step.operations.map(operation => {
    const name = 'column' in operation && typeof operation.column === 'string' ? operation.column : ''
    const column = 'table' in operation ? known.get(`${operation.table}.${name}`) : undefined
    return mysqlEffect(operation, {
      engine: 'mariadb',
      version,
      siblings: step.operations,
      foreignKeyChecks: keyChecks,
      table: { hasVirtualColumn: virtual && table === 't' },
      ...(column === undefined ? {} : { column }),
    })
  })
  return bestOf(effects)
}

/** The worst clause decides. */
function bestOf(effects: readonly Effect[]): string {
  const altering = effects.filter(({ algorithm }) => algorithm !== undefined)
  const rank = ({ algorithm = 'instant' }: Effect): number => ranks[algorithm]
  const worst = altering.toSorted((one, other) => rank(other) - rank(one))[0]
  const algorithm = worst?.algorithm ?? 'instant'
  if (algorithm === 'instant') return 'INSTANT'
  return `${algorithm.toUpperCase()}/${altering.some(({ blocksWrites }) => blocksWrites) ? 'SHARED' : 'NONE'}`
}
