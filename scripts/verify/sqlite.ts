import { sqliteEffect } from '../../src/facts/migration/effects/sqlite.ts'
import { readSqliteStatement } from '../../src/facts/migration/frontends/sqlite-statement.ts'
import type { Outcome, Replay } from './types.ts'

/** Statement lists, whether the connection keeps foreign keys, and whether rows of the child table go. */
const cases: readonly {
  readonly name: string
  readonly sql: string
  readonly keys: boolean
  readonly loses: boolean
}[] = [
  {
    name: 'dropping a parent deletes the rows of children with ON DELETE CASCADE',
    sql: 'DROP TABLE parent',
    keys: true,
    loses: true,
  },
  {
    name: 'making a parent anew does the same',
    sql: 'CREATE TABLE new_parent (id INTEGER PRIMARY KEY); INSERT INTO new_parent SELECT id FROM parent; DROP TABLE parent; ALTER TABLE new_parent RENAME TO parent',
    keys: true,
    loses: true,
  },
  {
    name: 'PRAGMA foreign_keys = OFF prevents it',
    sql: 'PRAGMA foreign_keys = OFF; DROP TABLE parent',
    keys: true,
    loses: false,
  },
  {
    name: 'PRAGMA foreign_keys = OFF does nothing inside a transaction',
    sql: 'BEGIN; PRAGMA foreign_keys = OFF; DROP TABLE parent; COMMIT',
    keys: true,
    loses: true,
  },
  {
    name: 'PRAGMA defer_foreign_keys = ON does not prevent it',
    sql: 'BEGIN; PRAGMA defer_foreign_keys = ON; DROP TABLE parent; COMMIT',
    keys: true,
    loses: true,
  },
  { name: 'without foreign keys nothing goes', sql: 'DROP TABLE parent', keys: false, loses: false },
]

/** Columns to add to a table with a row; the effects tell which of them the server refuses. */
const columns = [
  'note TEXT',
  'note TEXT NOT NULL',
  "note TEXT NOT NULL DEFAULT ''",
  'note TEXT NOT NULL DEFAULT NULL',
  'note TEXT DEFAULT CURRENT_TIMESTAMP',
  'note TEXT DEFAULT (random())',
  'note TEXT DEFAULT (1 + 1)',
  'note TEXT UNIQUE',
  'note INTEGER PRIMARY KEY',
  'note INTEGER AS (id + 1) VIRTUAL',
  'note INTEGER AS (id + 1) STORED',
  'note INTEGER REFERENCES parent (id)',
  'note TEXT CHECK (length(note) < 10)',
]

function refusals(open: () => Database): readonly Outcome[] {
  return columns.map(column => {
    const sql = `ALTER TABLE parent ADD COLUMN ${column}`
    const read = readSqliteStatement(sql)
    const predicted = 'operation' in read ? sqliteEffect(read.operation).refused : 'not read'
    const database = open()
    let seen: string | undefined
    try {
      database.exec(sql)
    } catch (error) {
      seen = error instanceof Error ? error.message : String(error)
    }
    database.close()
    const agree = (predicted === undefined) === (seen === undefined)
    return {
      operation: sql,
      difference: agree ? '' : `predicted ${predicted ?? 'that it runs'}, the server says ${seen ?? 'nothing'}`,
    }
  })
}

interface Database {
  exec(sql: string): void
  close(): void
}

/** Tries on the SQLite inside Node what the rule migration/sqlite-recreate-cascades says. */
export async function replaySqlite(): Promise<Replay> {
  const { DatabaseSync } = await import('node:sqlite')
  let version = ''
  const open = (keys: boolean) => {
    const database = new DatabaseSync(':memory:')
    version = String(database.prepare('SELECT sqlite_version() AS version').get()?.version ?? '')
    database.exec(`PRAGMA foreign_keys = ${keys ? 'ON' : 'OFF'}; CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE CASCADE);
      INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1)`)
    return database
  }
  const outcomes = cases.map(({ name, sql, keys, loses }): Outcome => {
    const database = open(keys)
    database.exec(sql)
    const left = Number(database.prepare('SELECT count(*) AS rows FROM child').get()?.rows)
    database.close()
    return {
      operation: name,
      difference: (left === 0) === loses ? '' : `predicted ${loses ? 'loss' : 'no loss'}, ${left} rows are left`,
    }
  })
  return { engine: 'SQLite', version, outcomes: [...outcomes, ...refusals(() => open(false))] }
}
