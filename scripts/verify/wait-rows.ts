import { readFileSync } from 'node:fs'
import { readMysqlStatements } from '../../src/facts/migration/frontends/mysql.ts'
import { effects } from '../../src/facts/migration/read.ts'
import { emptySchema, replay } from '../../src/facts/migration/schema.ts'
import type { AlterServer } from './alter-setup.ts'

/** How long others waited while a statement ran, in milliseconds. */
export interface WaitRow extends AlterServer {
  readonly setup: string
  readonly statement: string
  /** The statement itself. */
  readonly took: number
  /** The longest INSERT beside it. */
  readonly write: number
  /** The longest SELECT. */
  readonly read: number
}

/** A statement that ends sooner says nothing about who would wait for it. */
const tooShort = 100

/** The measured rows that tell something. */
export function waitRows(): readonly WaitRow[] {
  return readFileSync(new URL('../../test/measured/mysql-waits.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line): WaitRow => JSON.parse(line))
    .filter(({ took }) => took >= tooShort)
}

/** Who waited for most of the time. */
export const waited = ({ took, write, read }: WaitRow): { writes: boolean; reads: boolean } => ({
  writes: write > took / 2,
  reads: read > took / 2,
})

const nowhere = () => ({ line: 1, column: 1, endLine: 1, endColumn: 1 })

/** Who waits, as premortem says. */
export async function predictWaits(row: WaitRow): Promise<{ writes: boolean; reads: boolean }> {
  const schema = emptySchema()
  const read = (sql: string) => readMysqlStatements(sql, row.engine, nowhere)
  for (const step of await read(row.setup))
    for (const operation of step.kind === 'change' ? step.operations : []) replay(schema, operation)
  const effectOf = effects(row.engine, row.version, schema)
  const found = (await read(row.statement)).flatMap(step =>
    step.kind === 'change'
      ? step.operations.map(operation => effectOf(operation, step, { utc: false, checksOff: false }))
      : [],
  )
  if (found.length === 0) throw new Error(`not read: ${row.statement}`)
  return {
    writes: found.some(({ blocksWrites }) => blocksWrites),
    reads: found.some(({ blocksReads }) => blocksReads),
  }
}
