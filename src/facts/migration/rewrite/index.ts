import { memo } from '../../../artifact/source.ts'
import type { Source } from '../../../artifact/types.ts'
import { offsetAt } from '../../../text/lines.ts'
import { elsewhere, inPlace, lineBefore, type Rewrite, replacing } from '../../rewrite.ts'
import type { Fact, FactContext } from '../../types.ts'
import type { MigrationFact } from '../fact.ts'
import type { Operation, Program } from '../operation.ts'
import { readProgram } from '../read.ts'
import { type ChangeStep, type Host, placePlan, type Site, textAt } from './plan.ts'
import { clauseOf, postgresPlan } from './postgres.ts'
import { sqlHost } from './sql-file.ts'
import { outsideOfTransaction } from './transaction.ts'

/** From here on a limit on the wait is not enough. */
const manyTables = 8

/** Works out the safe way for one step of a migration, in the language and framework in which it is written. */
export async function rewriteMigration(
  name: string,
  found: Fact,
  source: Source,
  context: FactContext,
): Promise<Rewrite | undefined> {
  const fact = found as MigrationFact
  if (name === 'wide-key') return wideKey(fact, source)
  // So many tables at once are a deadlock whatever the limit: only migrations of their own help.
  if (name === 'lock-timeout' && (fact.lockTimeout || fact.lockedTables.length >= manyTables)) return undefined
  const site = await siteOf(fact, source, context)
  if (site === undefined || isNameTakenAgain(site) || isTooOld(fact)) return undefined
  if (isInBody(site) && !staysInBody(name, site)) return undefined
  if (fact.engine !== 'postgres' && name !== 'two-releases' && name !== 'repeatable') {
    const { isInstantAtEnd, rewriteMysql } = await import('./mysql.ts')
    const own = name === 'online' && isInstantAtEnd(site) ? await atTheEnd(site) : undefined
    const found = own ?? (await rewriteMysql(name, site))
    if (found !== undefined || !/\.(rb|php|exs?)$/.test(source.path)) return found
  }
  if (source.path.endsWith('.sql')) return fact.engine === 'postgres' ? inSql(name, site, sqlHost(site)) : undefined
  if (source.path.endsWith('.py')) return inPython(name, site)
  if (site.program.framework === 'phinx' || site.program.framework === 'sequel') return undefined
  if (source.path.endsWith('.php'))
    return site.program.framework === 'doctrine'
      ? fact.engine === 'postgres'
        ? (await import('./doctrine.ts')).rewriteDoctrine(name, site)
        : undefined
      : (await import('./laravel.ts')).rewriteLaravel(name, site)
  if (/\.exs?$/.test(source.path)) return (await import('./ecto.ts')).rewriteEcto(name, site)
  if (/\.(xml|ya?ml|json)$/.test(source.path))
    return fact.engine === 'postgres' ? (await import('./liquibase.ts')).rewriteLiquibase(name, site) : undefined
  const host = await hostOf(site)
  // SQL inside a string of the file.
  const embedded = /^\s*(alter|create|drop|reindex|refresh|update|delete|truncate|vacuum|cluster)\s/i.test(
    textAt(source, site.step.span),
  )
  if (embedded) return fact.engine === 'postgres' && host !== undefined ? inSql(name, site, host) : undefined
  if (source.path.endsWith('.rb')) return (await import('./rails.ts')).rewriteRails(name, site)
  if (isJavascript(source.path) && fact.engine === 'postgres')
    return (await import('./javascript.ts')).rewriteJavascript(name, site)
  return undefined
}

/** A call of a framework without the place of its column. */
async function atTheEnd(site: Site): Promise<Rewrite | undefined> {
  const { path } = site.source
  if (path.endsWith('.rb')) return (await import('./rails.ts')).rewriteRails('online', site)
  if (/\.exs?$/.test(path)) return (await import('./ecto.ts')).rewriteEcto('online', site)
  return path.endsWith('.php') && site.program.framework === 'laravel'
    ? (await import('./laravel.ts')).rewriteLaravel('online', site)
    : undefined
}

/** In the body of a function or of DO: CONCURRENTLY is refused there, and the statement is not all that the call runs. */
function isInBody({ source, step, fact }: Site): boolean {
  if (fact.engine !== 'postgres' || !source.text.includes('$')) return false
  const at = offsetAt(source.lines, step.span.line, step.span.column)
  let open: { readonly tag: string; readonly at: number } | undefined
  for (const { index, 0: tag } of source.text.matchAll(/\$(?:[A-Za-z_]\w*)?\$/g)) {
    if (open === undefined) open = { tag, at: index }
    else if (tag === open.tag) {
      if (open.at < at && at < index) return true
      open = undefined
    }
  }
  return false
}

/** NOT VALID can be said inside of a body as well. */
function staysInBody(name: string, { source, operation }: Site): boolean {
  const isConstraint = operation.op === 'add-foreign-key' || operation.op === 'add-check'
  return name === 'online' && isConstraint && !source.path.endsWith('.py')
}

/** DETACH … CONCURRENTLY came with PostgreSQL 14. */
function isTooOld({ engine, version, operation }: MigrationFact): boolean {
  return engine === 'postgres' && operation === 'detach-partition' && version !== '' && Number.parseFloat(version) < 14
}

/** A table that gets another name to make room, or to go: nobody is to find it under the old one. */
function isNameTakenAgain({ program, operation }: Site): boolean {
  if (operation.op !== 'rename-table') return false
  const { table, to } = operation
  return program.up.some(
    step =>
      step.kind === 'change' &&
      step.operations.some(
        other =>
          (other.op === 'create-table' && other.table === table) ||
          (other.op === 'rename-table' && other !== operation && other.to === table) ||
          (other.op === 'drop-table' && (other.table === to || other.table === table)),
      ),
  )
}

function isJavascript(path: string): boolean {
  return /\.[cm]?[jt]s$/.test(path)
}

/** The type behind (in Rails before) the name of the column. */
function wideKey({ span, column }: MigrationFact, source: Source): Rewrite | undefined {
  const text = textAt(source, span)
  const name = column.replace(/\W/g, '\\$&')
  const types = 'integer|int4?|smallint|int2|mediumint'
  const wide = text
    .replace(new RegExp(`(\\b${name}["\`]?\\s+)(?:${types})\\b`, 'i'), '$1bigint')
    .replace(new RegExp(`(:${name},\\s*):(?:${types})\\b`), '$1:bigint')
    .replace(new RegExp(`\\.(?:${types})(\\s*\\(?\\s*:${name}\\b)`), '.bigint$1')
    .replace(new RegExp(`(["']${name}["'],\\s*(?:sa\\.|sqlalchemy\\.)?)(?:Small)?Integer\\b`), '$1BigInteger')
  const language = /\.rb$/.test(source.path) ? 'ruby' : /\.py$/.test(source.path) ? 'python' : 'sql'
  return wide === text
    ? undefined
    : inPlace('Make the column as wide as the key', language, source, [replacing(span, wide)])
}

async function inPython(name: string, site: Site): Promise<Rewrite | undefined> {
  return site.program.framework === 'alembic'
    ? (await import('./alembic.ts')).rewriteAlembic(name, site)
    : (await import('./django.ts')).rewriteDjango(name, site)
}

async function hostOf(site: Site): Promise<Host | undefined> {
  if (site.source.path.endsWith('.rb')) return embeddedIn((await import('./rails.ts')).railsHost(site), site)
  if (isJavascript(site.source.path)) return embeddedIn((await import('./javascript.ts')).javascriptHost(site), site)
  return undefined
}

/** SQL in a string: what replaces it must not need other quotes. */
function embeddedIn(host: Host, { source, fact }: Site): Host {
  const old = textAt(source, fact.span)
  const count = (text: string, mark: string): number => text.split(mark).length
  return {
    ...host,
    fits: text =>
      ['"', "'", '`', '\\', '#{', '${', '%'].some(mark => count(text, mark) > count(old, mark)) ? undefined : text,
  }
}

async function inSql(name: string, site: Site, host: Host): Promise<Rewrite | undefined> {
  const { source, step, fact, operation } = site
  if (operation.op === 'rebuild-table') return repacked(operation)
  if (name === 'lock-timeout') {
    if (source.path.endsWith('.sql')) return withLockTimeout(site)
    if (source.path.endsWith('.rb')) return (await import('./rails.ts')).withLockTimeout(site)
    return isJavascript(source.path) ? (await import('./javascript-lock.ts')).withLockTimeout(site) : undefined
  }
  const clause = clauseOf(site, textAt(source, step.span), textAt(source, fact.span))
  if (name === 'no-transaction') return outsideOfTransaction(site, host, clause.whole ? clause.statement : undefined)
  const plan = await postgresPlan(name, operation, clause)
  return plan && placePlan(plan, site, host)
}

/** The extension that does the same beside the traffic. */
function repacked({ table, how }: Extract<Operation, { op: 'rebuild-table' }>): Rewrite | undefined {
  if (!/^(VACUUM FULL|CLUSTER)/.test(how) || table === '') return undefined
  const code = `pg_repack --dbname="$DATABASE" --table=${table}${how === 'CLUSTER' ? '' : ' --no-order'}`
  return elsewhere('Write the table anew beside the traffic, with the extension pg_repack', [
    { where: 'From a shell, in place of the statement', language: 'sh', code },
  ])
}

/** `SET lock_timeout` before the first step that takes the lock. */
function withLockTimeout({ source, program, step, fact }: Site): Rewrite | undefined {
  const first = fact.inTransaction ? program.up.find(other => other.kind === 'change') : step
  if (first === undefined) return undefined
  const { line, column } = first.span
  const local = program.transaction === 'wrapped' && !fact.explicitTransaction ? 'LOCAL ' : ''
  const indent = ' '.repeat(column - 1)
  return inPlace('Give up after two seconds instead of letting everybody wait, and run it again', 'sql', source, [
    lineBefore(source, line, `${indent}SET ${local}lock_timeout = '2s';`),
  ])
}

/** The operation that a fact tells of. The file is read once more, which only findings cost. */
async function siteOf(fact: MigrationFact, source: Source, context: FactContext): Promise<Site | undefined> {
  const artifact = context.artifacts.find(({ path }) => path === fact.path)
  const { engine } = fact
  if (artifact === undefined || engine === 'sqlite') return undefined
  const program: Program = await memo(source, `program:${engine}`, () =>
    readProgram(source, artifact, engine, context.change.trees.head),
  )
  const common = { fact, source, artifact, context, program }
  for (const step of program.up) {
    if (step.kind !== 'change') continue
    for (const [index, operation] of step.operations.entries())
      if (isThis(fact, step, index)) return { ...common, step, index, operation }
  }
  return undefined
}

function isThis(fact: MigrationFact, step: ChangeStep, index: number): boolean {
  const operation = step.operations[index]
  if (operation === undefined) return false
  const column = 'column' in operation && typeof operation.column === 'object' ? operation.column : undefined
  const { line, column: at, endLine, endColumn } = step.spans?.[index] ?? column?.span ?? step.span
  const { span } = fact
  if (span.line !== line || span.column !== at || span.endLine !== endLine || span.endColumn !== endColumn) return false
  // Facts about keys that are too narrow, or about settings, tell of the step that holds them.
  if (fact.operation !== operation.op && fact.operation !== 'narrow-key') return false
  if (column !== undefined) return column.name === fact.column
  return !('index' in operation) || operation.index === undefined || operation.index === fact.index
}
