import type { Artifact, Source } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import type { Engine } from '../../config/types.ts'
import type { Span } from '../../text/lines.ts'
import { columnBefore, tableBefore } from './before.ts'
import { mysqlEffect } from './effects/mysql.ts'
import { postgresEffect } from './effects/postgres.ts'
import { sqliteEffect } from './effects/sqlite.ts'
import type { Effect, Program, Step } from './operation.ts'
import { runnerOf } from './runner.ts'
import { replay, type Schema } from './schema.ts'
import type { EffectOf } from './transaction.ts'
import { asConfigured } from './transactions-off.ts'

let postgres: Promise<typeof import('./frontends/postgres.ts')> | undefined

/** Asked for once for each file: even a module that is loaded costs its way through the loader. */
const postgresSql = (): Promise<typeof import('./frontends/postgres.ts')> =>
  (postgres ??= import('./frontends/postgres.ts'))

/** Engines whose SQL is read inside of other languages too. */
export type ReadableEngine = Exclude<Engine, 'sqlite'>

/** Reads a migration with the front end for its language and engine, loaded when first needed. */
export async function readProgram(source: Source, artifact: Artifact, engine: Engine, tree?: Tree): Promise<Program> {
  if (engine === 'sqlite') return (await import('./frontends/sqlite.ts')).readSqlite(source)
  return asConfigured(await readAny(source, artifact, engine, tree), source.path, tree)
}

async function readAny(
  source: Source,
  artifact: Artifact,
  engine: ReadableEngine,
  tree: Tree | undefined,
): Promise<Program> {
  if (source.path.endsWith('.py')) return readPython(source, artifact, engine, tree)
  if (/\.[cm]?[jt]s$/.test(source.path)) {
    const { readJavascript } = await import('./frontends/javascript.ts')
    const program = await readJavascript(source, artifact, (text, place) => readEmbedded(text, place, engine), {
      engine,
    })
    return withTransactions(program, engine)
  }
  if (source.path.endsWith('.rb')) {
    const { isSequel, readSequel } = await import('./frontends/sequel.ts')
    if (isSequel(source.text)) {
      const read = await readSequel(source, (text, place) => readEmbedded(text, place, engine), { engine })
      return withTransactions(read, engine)
    }
    const { readRails } = await import('./frontends/rails.ts')
    const { tablesInDump } = await import('./frontends/rails-dump.ts')
    const hints = { engine, ...(tree === undefined ? {} : await tablesInDump(source.path, tree)) }
    const program = await readRails(source, artifact, (text, place) => readEmbedded(text, place, engine), hints)
    return withTransactions(program, engine)
  }
  if (source.path.endsWith('.php')) {
    const { readPhp } = await import('./frontends/php.ts')
    const hints = { engine, ...(tree === undefined ? {} : { tree }) }
    const program = await readPhp(source, (text, place) => readEmbedded(text, place, engine), hints)
    return rowByRow(program, engine)
  }
  if (/\.exs?$/.test(source.path)) {
    const { readEcto } = await import('./frontends/ecto.ts')
    const hints = { engine, ...(tree === undefined ? {} : { tree }) }
    const program = await readEcto(source, (text, place) => readEmbedded(text, place, engine), hints)
    return rowByRow(program, engine)
  }
  if (/\.(xml|ya?ml|json)$/.test(source.path)) {
    const { readLiquibase } = await import('./frontends/liquibase.ts')
    const hints = { engine, ...(tree === undefined ? {} : { tree }) }
    return readLiquibase(source, (text, place) => readEmbedded(text, place, engine), hints)
  }
  if (/^\s*--\s*liquibase formatted sql/im.test(source.text)) {
    const { readFormattedSql } = await import('./frontends/liquibase-sql.ts')
    return readFormattedSql(source, engine, (text, spanFor) => readSql(text, engine, spanFor))
  }
  if (engine === 'postgres') {
    const told = tree === undefined ? {} : await runnerOf(source.path, source.text, tree)
    return (await postgresSql()).readPostgresSql(source, told)
  }
  return (await import('./frontends/mysql.ts')).readMysql(source, artifact, engine)
}

async function readPython(
  source: Source,
  artifact: Artifact,
  engine: ReadableEngine,
  tree: Tree | undefined,
): Promise<Program> {
  const sql = (text: string, place: (offset: number) => Span) => readEmbedded(text, place, engine)
  const hints = { engine, ...(tree === undefined ? {} : { tree }) }
  if (artifact.kind === 'python-migration') {
    const { readPlainPython } = await import('./frontends/python-plain.ts')
    return withTransactions(await readPlainPython(source, sql, { engine }), engine)
  }
  const program = /^(from alembic|import alembic)/m.test(source.text)
    ? await (await import('./frontends/alembic.ts')).readAlembic(source, artifact, sql, hints)
    : await (await import('./frontends/django.ts')).readDjango(source, artifact, sql, hints)
  // A squashed migration stands for others that every database in use has run already.
  if (/^\s+replaces\s*=\s*[[(]/m.test(source.text)) return { ...program, up: [] }
  return withTransactions(program, engine)
}

/** MySQL commits every schema change by itself, whatever the framework wraps around it. */
function withTransactions(program: Program, engine: ReadableEngine): Program {
  const read = rowByRow(program, engine)
  return engine === 'postgres' ? read : { ...read, transaction: 'each' }
}

/** Loops over rows, where one transaction holds all their rounds: the migration's own, or one that is opened around the loop. */
function rowByRow(program: Program, engine: ReadableEngine): Program {
  // Django runs each function in a transaction of its own even where the database cannot take schema changes back.
  const inFunction = program.framework === 'django'
  let open = program.transaction === 'wrapped' && (engine === 'postgres' || inFunction)
  const up = program.up.map(step => {
    if (step.kind === 'begin' && step.looped !== true) open = true
    if (step.kind === 'commit' || step.kind === 'rollback') open = false
    if (engine !== 'postgres' && !inFunction && changesSchema(step)) open = false
    return open ? inOneTransaction(step) : step
  })
  return { ...program, up }
}

const changesSchema = (step: Step): boolean =>
  step.kind === 'change' &&
  step.operations.some(({ op }) => !/^(update-rows|delete-rows|insert-select|harmless)$/.test(op))

/** Batches that all belong to the migration's own transaction keep every row locked until the last one is done. */
function inOneTransaction(step: Step): Step {
  if (step.kind !== 'change' || step.autocommit === true) return step
  const operations = step.operations.map(item =>
    (item.op === 'update-rows' || item.op === 'delete-rows') && item.looped === true
      ? { ...item, batched: false }
      : item,
  )
  return { ...step, operations }
}

async function readEmbedded(
  text: string,
  place: (offset: number) => Span,
  engine: ReadableEngine,
): ReturnType<typeof readSql> {
  return readSql(text, engine, (start, end) => {
    const from = place(start)
    const to = place(Math.max(start, end - 1))
    return { line: from.line, column: from.column, endLine: to.endLine, endColumn: to.endColumn }
  })
}

/** Steps of SQL that stands in no place of a migration. */
export async function sqlOf(text: string, engine: ReadableEngine): Promise<Program['up']> {
  return readSql(text, engine, () => ({ line: 1, column: 1, endLine: 1, endColumn: 1 }))
}

async function readSql(
  text: string,
  engine: ReadableEngine,
  spanFor: (start: number, end: number) => Span,
): Promise<Program['up']> {
  if (engine === 'postgres') return (await postgresSql()).readPostgresStatements(text, spanFor)
  return (await import('./frontends/mysql.ts')).readMysqlStatements(text, engine, spanFor)
}

/** Oldest version still in wide use whose behaviour is assumed where the configuration names none. */
const postgresVersion = 13

/** What operations do on an engine. The schema follows the steps: each effect is computed on what the earlier steps left. */
export function effects(engine: Engine, version: string, schema: Schema): EffectOf {
  return (operation, step, session): Effect => {
    if (engine === 'sqlite') return sqliteEffect(operation)
    const effect =
      engine === 'postgres'
        ? postgresEffect(operation, {
            version: version === '' ? postgresVersion : Number.parseFloat(version),
            schema,
            utc: session.utc,
          })
        : mysqlEffect(operation, {
            engine,
            version: version === '' ? undefined : version,
            ...(step.algorithm === undefined ? {} : { algorithm: step.algorithm }),
            ...(step.lock === undefined ? {} : { lock: step.lock }),
            siblings: step.operations,
            foreignKeyChecks: !session.checksOff,
            ...columnBefore(operation, step.operations, schema),
            ...tableBefore(operation, schema),
          })
    replay(schema, operation)
    return effect
  }
}
