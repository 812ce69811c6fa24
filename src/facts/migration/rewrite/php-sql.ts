import type { Node } from 'web-tree-sitter'
import { phpChildren, phpValue } from '../../../artifact/php.ts'
import type { Edit } from '../../../text/edit.ts'
import { inPlace, lineBefore, type Rewrite } from '../../rewrite.ts'
import { around, indentOf, instead, phpNodeAt, statementOfUp } from './php.ts'
import { type Host, isRepeated, placePlan, type Site, textAt } from './plan.ts'
import { clauseOf, postgresPlan } from './postgres.ts'
import { statementsIn } from './postgres-text.ts'
import { outsideOfTransaction } from './transaction.ts'

/** How a framework runs SQL: the statement of PHP, and what else the file needs for it. */
export type Say = (sql: string) => string

/** SQL that stands in a string of PHP: changed inside of it, or said with further calls where it needs several. */
export async function rewritePhpSql(name: string, site: Site, host: Host, say: Say): Promise<Rewrite | undefined> {
  const { source, step, fact, operation } = site
  const node = await phpNodeAt(source, step.span)
  const literal = around(node, /^(string|encapsed_string|heredoc|nowdoc)$/)
  if (literal === undefined || isRepeated(site) || statementOfUp(literal) === undefined) return undefined
  if (name === 'lock-timeout') return withLockTimeout(site, say)
  const own = soleStatement(literal)
  const raw = textAt(source, step.span)
  const clause = clauseOf(
    site,
    own !== undefined && step.spans === undefined ? own.sql : raw,
    textAt(source, fact.span),
  )
  const whole = clause.whole ? { ...clause, text: clause.statement } : clause
  if (name === 'no-transaction') return outsideOfTransaction(site, host, whole.whole ? whole.statement : undefined)
  const plan = await postgresPlan(name, operation, whole)
  if (plan === undefined) return undefined
  const sql = statementsIn(plan.here?.text ?? '')
  const asItStands = whole.statement === raw
  if (asItStands && sql.length <= 1 && quotedAs(literal, plan.here?.text ?? '', textAt(source, fact.span)))
    return placePlan(plan, site, host)
  const { statement } = own ?? {}
  if (statement === undefined || !whole.whole) return placePlan(plan, site, { ...host, fits: () => undefined })
  return placePlan(plan, site, {
    ...host,
    place: text => [instead(source, statement, statementsIn(text).map(say))],
  })
}

/** The SQL of a string that holds one statement and is all that a call runs. */
function soleStatement(literal: Node): { readonly sql: string; readonly statement: Node | undefined } | undefined {
  const nothing = { variable: () => undefined, property: () => undefined, constant: () => undefined }
  const value = phpValue(literal, nothing)
  if (value.kind !== 'text' || value.holes > 0) return undefined
  const [sql, ...more] = statementsIn(value.text)
  if (sql === undefined || more.length > 0) return undefined
  const argument = literal.parent
  const list = argument?.parent
  const isOnly = argument?.type === 'argument' && list !== null && list !== undefined && phpChildren(list).length === 1
  const statement = isOnly ? list.parent?.parent : undefined
  return { sql, statement: statement?.type === 'expression_statement' ? statement : undefined }
}

/** Can the text stand between the quotes of the old one? */
function quotedAs(literal: Node, text: string, old: string): boolean {
  const marks = /^(string|nowdoc)$/.test(literal.type) ? ["'", '\\'] : ['"', '\\', '$']
  const count = (of: string, mark: string): number => of.split(mark).length
  return !text.includes('\n') && marks.every(mark => count(text, mark) <= count(old, mark))
}

/** The setting before the first step that takes the lock. */
export async function withLockTimeout(site: Site, say: Say, needs: readonly Edit[] = []): Promise<Rewrite | undefined> {
  const { source, program, step, fact } = site
  const first = fact.inTransaction ? program.up.find(other => other.kind === 'change') : step
  const statement = first && statementOfUp(await phpNodeAt(source, first.span))
  if (statement === undefined) return undefined
  const line = statement.startPosition.row + 1
  const text = `${indentOf(source, line)}${say(`SET ${fact.inTransaction ? 'LOCAL ' : ''}lock_timeout = '2s'`)}`
  return inPlace('Give up after two seconds instead of letting everybody wait, and run it again', 'php', source, [
    ...needs,
    lineBefore(source, line, text),
  ])
}
