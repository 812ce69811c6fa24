import { ranks } from '../../src/facts/migration/effects/mysql-ways.ts'
import { readMysqlStatements } from '../../src/facts/migration/frontends/mysql.ts'
import type { Effect, Step } from '../../src/facts/migration/operation.ts'
import { effects } from '../../src/facts/migration/read.ts'
import { emptySchema, replay, type Schema } from '../../src/facts/migration/schema.ts'
import type { Alter } from './alter-list.ts'
import { type AlterServer, alterSetup } from './alter-setup.ts'

/** What premortem says of one alteration. */
export interface AlterPrediction {
  /** The best algorithm and lock that the server accepts: `INSTANT`, `INPLACE/NONE` …; absent where nothing is said of it. */
  readonly best?: string
  /** What it does to the table: the most that one of its clauses does. */
  readonly work: Effect['work']
}

const nowhere = () => ({ line: 1, column: 1, endLine: 1, endColumn: 1 })
const works: readonly Effect['work'][] = ['none', 'scan', 'build', 'rewrite', 'rows']

async function schemaOf(server: AlterServer, virtual: boolean): Promise<Schema> {
  const schema = emptySchema()
  for (const step of await readMysqlStatements(alterSetup(server, virtual).join(';\n'), server.engine, nowhere))
    for (const operation of step.kind === 'change' ? step.operations : [])
      if (operation.op !== 'drop-table') replay(schema, operation)
  return schema
}

async function effectsOf(
  alter: Alter,
  server: AlterServer,
  virtual: boolean,
  asked: string,
): Promise<readonly Effect[]> {
  const sql = `ALTER TABLE ${alter.table} ${alter.clause}`
  const [read] = await readMysqlStatements(sql, server.engine, nowhere)
  if (read?.kind !== 'change') return []
  const step: Step & { kind: 'change' } = asked === 'inplace' ? { ...read, algorithm: 'inplace' } : read
  const effectOf = effects(server.engine, server.version, await schemaOf(server, virtual))
  return step.operations.map(operation => effectOf(operation, step, { utc: false, checksOff: !alter.keyChecks }))
}

/** What premortem predicts for a server; `asked`: with ALGORITHM=INPLACE. */
export async function predictAlter(
  alter: Alter,
  server: AlterServer,
  { virtual = false, asked = '' }: { readonly virtual?: boolean; readonly asked?: '' | 'inplace' } = {},
): Promise<AlterPrediction> {
  const found = await effectsOf(alter, server, virtual, asked)
  if (found.length === 0) return { best: 'not read', work: 'none' }
  const work = works[Math.max(...found.map(effect => works.indexOf(effect.work)))] ?? 'none'
  return found.some(({ algorithm }) => algorithm !== undefined) ? { best: bestOf(found), work } : { work }
}

/** The worst clause decides. */
function bestOf(found: readonly Effect[]): string {
  const altering = found.filter(({ algorithm }) => algorithm !== undefined)
  const rank = ({ algorithm = 'instant' }: Effect): number => ranks[algorithm]
  const worst = altering.toSorted((one, other) => rank(other) - rank(one))[0]
  const algorithm = worst?.algorithm ?? 'instant'
  if (algorithm === 'instant') return 'INSTANT'
  return `${algorithm.toUpperCase()}/${altering.some(({ blocksWrites }) => blocksWrites) ? 'SHARED' : 'NONE'}`
}
