import type { Node } from 'web-tree-sitter'
import { phpChildren, phpValue } from '../../../artifact/php.ts'
import type { Edit } from '../../../text/edit.ts'
import { inPlace, lineBefore, type Rewrite } from '../../rewrite.ts'
import { around, indentOf, instead, phpNodeAt, statementOfUp } from './php.ts'
import { type Host, isAlone, isRepeated, placePlan, type Site, textAt } from './plan.ts'
import { clauseOf, postgresPlan } from './postgres.ts'
import { statementsIn } from './postgres-text.ts'
import { outsideOfTransaction } from './transaction.ts'

/** How a framework runs SQL: the statement of PHP, and what else the file needs for it. */
export type Say = (sql: string) => string

/** SQL that stands in a string of PHP: changed inside of it, or said with further calls where it needs several. */
export async function rewritePhpSql(name: string, site: Site, framework: Host, say: Say): Promise<Rewrite | undefined> {
  const { source, step, fact, operation } = site
  const node = await phpNodeAt(source, step.span)
  const literal = around(node, /^(string|encapsed_string|heredoc|nowdoc)$/)
  if (literal === undefined || isRepeated(site) || statementOfUp(literal) === undefined) return undefined
  if (name === 'lock-timeout') return withLockTimeout(site, say)
  const raw = textAt(source, step.span)
  const all = statementsOf(literal)
  // Not one of the string's own statements: it stands in the body of another.
  if (!all.includes(raw) && !all.includes(raw.replace(/\\(.)/gs, '$1'))) return undefined
  // Statements that are sent together are one transaction whatever is around them.
  const host: Host = all.length === 1 ? framework : { ...framework, bare: async () => undefined }
  const own = all.length === 1 && all[0] !== undefined ? { sql: all[0], statement: callOf(literal) } : undefined
  const clause = clauseOf(
    site,
    own !== undefined && step.spans === undefined ? own.sql : raw,
    textAt(source, fact.span),
  )
  const whole = clause.whole ? { ...clause, text: clause.statement } : clause
  if (name === 'no-transaction') return outsideOfTransaction(site, host, whole.whole ? whole.statement : undefined)
  // What follows may need the new type.
  if (operation.op === 'change-type' && !isAlone(site)) return undefined
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

/** The statements of a string; none where it is put together at run time. */
function statementsOf(literal: Node): readonly string[] {
  const nothing = { variable: () => undefined, property: () => undefined, constant: () => undefined }
  const value = phpValue(literal, nothing)
  return value.kind === 'text' && value.holes === 0 ? statementsIn(value.text) : []
}

/** The statement of PHP that does nothing but to run the string. */
function callOf(literal: Node): Node | undefined {
  const argument = literal.parent
  const list = argument?.type === 'argument' ? argument.parent : undefined
  const statement = list && phpChildren(list).length === 1 ? list.parent?.parent : undefined
  return statement?.type === 'expression_statement' ? statement : undefined
}

/** Can the text stand between the quotes of the old one? */
function quotedAs(literal: Node, text: string, old: string): boolean {
  const marks = /^(string|nowdoc)$/.test(literal.type) ? ["'", '\\'] : ['"', '\\', '$']
  const count = (of: string, mark: string): number => of.split(mark).length
  return (
    (!text.includes('\n') || literal.text.includes('\n')) && marks.every(mark => count(text, mark) <= count(old, mark))
  )
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
