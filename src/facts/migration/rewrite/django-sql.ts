import type { Node } from 'web-tree-sitter'
import { asText, pyValue } from '../../../artifact/python.ts'
import { inPlace, lineBefore, type Rewrite, replacing } from '../../rewrite.ts'
import { atomicFalse, migrationFile } from './django-file.ts'
import { type Host, isAlone, isRepeated, type Plan, placePlan, type Site, textAt } from './plan.ts'
import { clauseOf, postgresPlan } from './postgres.ts'
import { statementsIn } from './postgres-text.ts'
import { type PyCallSite, pyCallAt, pyText } from './python.ts'

/** SQL in `RunSQL`: changed inside of its string, or as a list of texts where it needs several. */
export async function rewriteRunSql(name: string, site: Site, call: PyCallSite): Promise<Rewrite | undefined> {
  const { source, step, fact, operation } = site
  const literal = call.keywords.get('sql') ?? call.positional[0]
  if (fact.engine !== 'postgres' || literal?.type !== 'string' || isRepeated(site)) return undefined
  const raw = textAt(source, step.span)
  const all = statementsOf(literal)
  // Not one of the string's own statements: it stands in the body of another.
  if (!all.includes(raw) && !all.includes(raw.replace(/\\(.)/gs, '$1'))) return undefined
  const sole = all.length === 1 && step.spans === undefined ? all[0] : undefined
  const clause = clauseOf(site, sole ?? raw, textAt(source, fact.span))
  const whole = clause.whole ? { ...clause, text: clause.statement } : clause
  // What follows may need the new type.
  if (operation.op === 'change-type' && !isAlone(site)) return undefined
  const found = await postgresPlan(name, operation, whole)
  if (found === undefined) return undefined
  const plan = { ...found, later: together(found.later) }
  // Statements that are sent together are one transaction whatever is around them.
  const host = runSqlHost(site, all.length === 1)
  const sql = statementsIn(plan.here?.text ?? '')
  if (whole.statement === raw && sql.length <= 1 && quotedAs(literal, plan.here?.text ?? '', textAt(source, fact.span)))
    return placePlan(plan, site, host)
  if (sole === undefined) return placePlan(plan, site, { ...host, fits: () => undefined })
  const { startPosition: start, endPosition: end } = literal
  const span = { line: start.row + 1, column: start.column + 1, endLine: end.row + 1, endColumn: end.column + 1 }
  const listed = (texts: readonly string[]): string =>
    texts.length === 1
      ? pyText(texts[0] ?? '')
      : `[\n${texts.map(text => `${call.indent}        ${pyText(text)},\n`).join('')}${call.indent}    ]`
  return placePlan(plan, site, { ...host, place: text => [replacing(span, listed(statementsIn(text)))] })
}

/** Stages that wait for nothing, in one migration: outside of a transaction each statement commits by itself. */
function together(stages: Plan['later']): Plan['later'] {
  const joined: Plan['later'][number][] = []
  for (const stage of stages) {
    const last = joined.at(-1)
    const follows = last !== undefined && 'sql' in last && 'sql' in stage && stage.after === undefined
    if (follows) joined[joined.length - 1] = { ...last, sql: [...last.sql, ...stage.sql], bare: true }
    else joined.push(stage)
  }
  return joined
}

function statementsOf(literal: Node): readonly string[] {
  const text = asText(pyValue(literal, { variable: () => undefined }))
  return text !== undefined && text.holes === 0 ? statementsIn(text.text) : []
}

/** Can the text stand between the quotes of the old one? */
function quotedAs(literal: Node, text: string, old: string): boolean {
  const quote = /^\w*("""|'''|"|')/.exec(literal.text)?.[1] ?? '"'
  const marks = [quote, '\\']
  const fits = marks.every(mark => text.split(mark).length <= old.split(mark).length)
  return fits && (quote.length === 3 || !text.includes('\n'))
}

function runSqlHost(site: Site, alone: boolean): Host {
  let number = 0
  return {
    language: 'python',
    bare: async () => (alone ? atomicFalse(site) : undefined),
    fits: text => text,
    migration: ({ sql, bare }) => {
      number += 1
      const operations = sql.map(statement => `migrations.RunSQL(${pyText(statement)})`)
      return [migrationFile(site, operations, [], bare, number)]
    },
  }
}

/** The setting before the first operation that takes the lock. */
export async function withLockTimeout(site: Site): Promise<Rewrite | undefined> {
  const { source, program, step, fact } = site
  const first = fact.inTransaction ? program.up.find(other => other.kind === 'change') : step
  const call = first?.kind === 'change' ? await pyCallAt({ ...site, step: first }) : undefined
  if (call === undefined || call.node.parent?.type !== 'list' || call.indent.length !== call.span.column - 1)
    return undefined
  const sql = pyText(`SET ${fact.inTransaction ? 'LOCAL ' : ''}lock_timeout = '2s'`)
  const text = `${call.indent}migrations.RunSQL(${sql}, migrations.RunSQL.noop),`
  return inPlace('Give up after two seconds instead of letting everybody wait, and run it again', 'python', source, [
    lineBefore(source, call.span.line, text),
  ])
}
