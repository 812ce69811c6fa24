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

/** Tries on the SQLite inside Node what the rule migration/sqlite-recreate-cascades says. */
export async function replaySqlite(): Promise<Replay> {
  const { DatabaseSync } = await import('node:sqlite')
  let version = ''
  const outcomes = cases.map(({ name, sql, keys, loses }): Outcome => {
    const database = new DatabaseSync(':memory:')
    version = String(database.prepare('SELECT sqlite_version() AS version').get()?.version ?? '')
    database.exec(`PRAGMA foreign_keys = ${keys ? 'ON' : 'OFF'}; CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE CASCADE);
      INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1)`)
    database.exec(sql)
    const left = Number(database.prepare('SELECT count(*) AS rows FROM child').get()?.rows)
    database.close()
    return {
      operation: name,
      difference: (left === 0) === loses ? '' : `predicted ${loses ? 'loss' : 'no loss'}, ${left} rows are left`,
    }
  })
  return { engine: 'SQLite', version, outcomes }
}
