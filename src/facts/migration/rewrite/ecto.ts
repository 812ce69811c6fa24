import { exValue } from '../../../artifact/elixir.ts'
import type { Edit } from '../../../text/edit.ts'
import { inPlace, lineBefore, type Rewrite, type RewritePart } from '../../rewrite.ts'
import { ectoPlan } from './ecto-plan.ts'
import {
  argumentsOf,
  below,
  edit,
  exLiteral,
  exNodeAt,
  indentOf,
  instead,
  moduleName,
  statementOfUp,
  targetOf,
  without,
} from './elixir.ts'
import { type Host, isAlone, isRepeated, placePlan, type Site, type Stage, textAt } from './plan.ts'
import { clauseOf, postgresPlan } from './postgres.ts'
import { statementsIn } from './postgres-text.ts'
import { deeper } from './python.ts'
import { outsideOfTransaction } from './transaction.ts'
import { undoOf } from './undo.ts'

/** The safe way of a step in an Ecto migration. */
export async function rewriteEcto(name: string, site: Site): Promise<Rewrite | undefined> {
  const { source, step, fact } = site
  const node = await exNodeAt(source, step.span)
  const statement = statementOfUp(node)
  if (statement === undefined || isRepeated(site)) return undefined
  const host = ectoHost(site)
  if (name === 'lock-timeout') return withLockTimeout(site)
  const embedded = /^\s*(alter|create|drop|reindex|refresh|update|delete|truncate|vacuum|cluster)\s+[a-z]/i.test(
    textAt(source, step.span),
  )
  if (targetOf(statement.node) === 'execute') {
    if (!embedded || fact.engine !== 'postgres') return undefined
    return inExecute(name, site, host, statement.way)
  }
  if (name === 'no-transaction') {
    const bare = bareEdits(site)
    return bare && inPlace('Switch the transaction off', 'elixir', source, bare)
  }
  const found = await ectoPlan(name, site, statement.node)
  if (found === undefined) return undefined
  const { plan, clause, behind, instead: moved } = found
  const place = (text: string): readonly Edit[] | undefined => {
    const lines = (moved ?? statementsIn(text).map(execute)).concat(behind)
    if (clause === undefined) return [instead(source, statement.node, lines)]
    const placed =
      clause.text === undefined
        ? without(source, clause.node)
        : edit(source, clause.node.startIndex, clause.node.endIndex, clause.text)
    const rest = clause.text === undefined ? lines : behind
    return placed && [placed, ...(rest.length === 0 ? [] : [below(source, statement.node, rest)])]
  }
  return placePlan(plan, site, { ...host, place })
}

/** A statement of SQL with its way back, where it has one. */
function execute(sql: string): string {
  const undo = undoOf(sql)
  return undo === undefined ? `execute(${exLiteral(sql)})` : `execute(${exLiteral(sql)}, ${exLiteral(undo)})`
}

/** SQL in the string of `execute`: changed inside of it, or said with further calls where it needs several. */
async function inExecute(name: string, site: Site, framework: Host, way: string): Promise<Rewrite | undefined> {
  const { source, step, fact, operation } = site
  const statement = statementOfUp(await exNodeAt(source, step.span))?.node
  const [literal, down, ...more] = statement ? argumentsOf(statement) : []
  if (statement === undefined || literal?.type !== 'string' || more.length > 0) return undefined
  const value = exValue(literal, { variable: () => undefined, attribute: () => undefined })
  const all = value.kind === 'text' && value.holes === 0 ? statementsIn(value.text) : []
  const raw = textAt(source, step.span)
  // Not one of the string's own statements: it stands in the body of another.
  if (!all.includes(raw) && !all.includes(raw.replace(/\\(.)/gs, '$1'))) return undefined
  // Statements that are sent together are one transaction whatever is around them.
  const host: Host = all.length === 1 ? framework : { ...framework, bare: async () => undefined }
  const sole = all.length === 1 && step.spans === undefined ? all[0] : undefined
  const clause = clauseOf(site, sole ?? raw, textAt(source, fact.span))
  const whole = clause.whole ? { ...clause, text: clause.statement } : clause
  if (name === 'no-transaction') return outsideOfTransaction(site, host, whole.whole ? whole.statement : undefined)
  // What follows may need the new type.
  if (operation.op === 'change-type' && !isAlone(site)) return undefined
  const plan = await postgresPlan(name, operation, whole)
  if (plan === undefined) return undefined
  const text = plan.here?.text ?? ''
  const marks = ['"', '\\', '#{']
  const fits =
    marks.every(mark => text.split(mark).length <= raw.split(mark).length) &&
    (!text.includes('\n') || literal.text.includes('\n'))
  if (whole.statement === raw && statementsIn(text).length <= 1 && fits) return placePlan(plan, site, host)
  if (sole === undefined) return placePlan(plan, site, { ...host, fits: () => undefined })
  // The last statement keeps the way back, which runs in the other order.
  const say = (sql: string, at: number, list: readonly string[]): string =>
    down === undefined && way === 'up'
      ? `execute(${exLiteral(sql)})`
      : down !== undefined && at === list.length - 1
        ? `execute(${exLiteral(sql)}, ${down.text})`
        : `execute(${exLiteral(sql)}${down === undefined ? '' : ', ""'})`
  return placePlan(plan, site, { ...host, place: here => [instead(source, statement, statementsIn(here).map(say))] })
}

/** The setting before the first step that takes the lock. */
async function withLockTimeout({ source, program, step, fact }: Site): Promise<Rewrite | undefined> {
  const first = fact.inTransaction ? program.up.find(other => other.kind === 'change') : step
  const found = first && statementOfUp(await exNodeAt(source, first.span))
  if (found === undefined) return undefined
  const sql = exLiteral(`SET ${fact.inTransaction ? 'LOCAL ' : ''}lock_timeout = '2s'`)
  const text = `${indentOf(source, found.node)}execute(${sql}${found.way === 'change' ? ', ""' : ''})`
  return inPlace('Give up after two seconds instead of letting everybody wait, and run it again', 'elixir', source, [
    lineBefore(source, found.node.startPosition.row + 1, text),
  ])
}

function ectoHost(site: Site): Host {
  return {
    language: 'elixir',
    bare: async () => bareEdits(site),
    fits: text => text,
    migration: stage => [migration(stage, site)],
  }
}

/** The lock of the migrations is a transaction as well, which CONCURRENTLY waits for. */
function bareEdits({ program, source }: Site): readonly Edit[] | undefined {
  if (program.transaction === 'each') return []
  const used = /^([ \t]*)use\s+[\w.]*\bMigration\b[^\n]*$/m.exec(source.text)
  if (used === null || /@disable_ddl_transaction\b/.test(source.text)) return undefined
  const at = used.index + used[0].length
  const indent = used[1] ?? ''
  const lines = [
    '@disable_ddl_transaction true',
    ...(/@disable_migration_lock\b/.test(source.text) ? [] : ['@disable_migration_lock true']),
  ]
  return [edit(source, at, at, `\n\n${lines.map(line => indent + line).join('\n')}`)]
}

function migration({ name, sql, code, bare }: Stage, { source, program }: Site): RewritePart {
  const space = /\bdefmodule\s+([\w.]*\.)?\w+\s+do\b/.exec(source.text)?.[1] ?? ''
  const used = /^[ \t]*(use\s+[\w.]*\bMigration\b[^\n]*)$/m.exec(source.text)?.[1] ?? 'use Ecto.Migration'
  const reversible =
    (code ?? []).every(line => /^(create|drop index\()/.test(line)) && sql.every(line => undoOf(line) !== undefined)
  const body = code ?? sql.map(statement => (reversible ? execute(statement) : `execute(${exLiteral(statement)})`))
  return {
    where: '',
    language: 'elixir',
    code: [
      `defmodule ${space}${moduleName(name)} do`,
      `  ${used}`,
      '',
      ...(bare && program.transaction !== 'each'
        ? ['  @disable_ddl_transaction true', '  @disable_migration_lock true', '']
        : []),
      `  def ${reversible ? 'change' : 'up'} do`,
      ...body.map(line => `    ${deeper(line, '    ')}`),
      '  end',
      'end',
    ].join('\n'),
  }
}
