import { asText, type PyValue, pyValue } from '../../../artifact/python.ts'
import { inPlace, type Rewrite, type RewritePart, replacing } from '../../rewrite.ts'
import type { Operation } from '../operation.ts'
import { type Plan, type Site, type Stage, textAt } from './plan.ts'
import { postgresPlan } from './postgres.ts'
import { statementsIn } from './postgres-text.ts'
import { deeper, type PyCallSite, pyCallAt, pyText, withKeywords } from './python.ts'
import { statementOf } from './statement.ts'

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>

/** Lines of an Alembic migration: what runs in its transaction, and what runs outside of it. */
type Piece = { readonly code: string } | { readonly outside: string }

/**
 * The safe way in Alembic. `autocommit_block` commits what came before it and runs its body outside of a transaction,
 * so that most of it fits into one migration.
 */
export async function rewriteAlembic(name: string, site: Site): Promise<Rewrite | undefined> {
  const call = await pyCallAt(site)
  // Inside `batch_alter_table` the call is part of another statement.
  if (call === undefined || !call.alone || !/^(alembic\.)?op\./.test(call.callee)) return undefined
  if (name === 'lock-timeout')
    return written('Give up after two seconds instead of letting everybody wait, and run it again', site, call, [
      { code: `op.execute(${pyText("SET LOCAL lock_timeout = '2s'")})` },
      { code: call.text },
    ])
  if (name === 'own-migration' && site.operation.op === 'validate-constraint')
    return written('Validate when the lock is given up', site, call, [{ outside: call.text }])
  // Statements that are sent together are one transaction whatever is around them.
  if (name === 'no-transaction' && call.callee.endsWith('.execute') && !holdsOne(call)) return undefined
  if (name === 'no-transaction')
    return written('Run it outside of the transaction', site, call, [{ outside: call.text }])
  const own = name === 'online' ? ownCall(site.operation, call) : undefined
  if (own !== undefined) return written(own.title, site, call, own.pieces)
  const embedded = textAt(site.source, site.step.span)
  const isSql = call.callee.endsWith('.execute') && call.text.includes(embedded) && embedded !== call.text
  const statement = isSql ? embedded : statementOf(site.operation, call.text)
  // The call goes with all that its string holds.
  if (statement === undefined || (isSql && !holdsOne(call))) return undefined
  const index = isSql && site.step.spans !== undefined ? site.index : 0
  const whole = !isSql || site.step.spans === undefined
  const text = whole ? statement : textAt(site.source, site.fact.span)
  const plan = await postgresPlan(name, site.operation, { statement, text, index, whole })
  return plan && whole ? fromPlan(plan, site, call) : undefined
}

function holdsOne({ positional }: PyCallSite): boolean {
  const [sql] = positional
  const text = sql && asText(pyValue(sql, { variable: () => undefined, known: sqlOf }))
  return text !== undefined && text.holes === 0 && statementsIn(text.text).length === 1
}

/** `sa.text("…")` is its text. */
function sqlOf(value: PyValue): PyValue | undefined {
  return value.kind === 'call' && /^text$/.test(value.name) ? value.arguments[0] : undefined
}

/** Calls that Alembic can say safely by itself. */
function ownCall(operation: Operation, call: PyCallSite): { title: string; pieces: readonly Piece[] } | undefined {
  switch (operation.op) {
    case 'create-index':
    case 'drop-index':
      if (!/\.(create|drop)_index$/.test(call.callee)) return undefined
      return {
        title:
          operation.op === 'create-index'
            ? 'Build the index beside the traffic'
            : 'Drop the index without stopping the table',
        pieces: [{ outside: withKeywords(call, { postgresql_concurrently: 'True' }) }],
      }
    case 'add-foreign-key':
    case 'add-check':
      return unvalidated(operation, call)
    case 'set-not-null':
      return setNotNull(operation, call)
    default:
      return undefined
  }
}

function unvalidated(operation: Of<'add-foreign-key'> | Of<'add-check'>, call: PyCallSite) {
  const { table, name } = operation
  if (name === undefined || !/\.create_(foreign_key|check_constraint)$/.test(call.callee)) return undefined
  const validation = statementOf({ op: 'validate-constraint', table, constraint: name })
  if (validation === undefined) return undefined
  return {
    title: 'Add the constraint for new rows first, and check the old ones when no lock is held',
    pieces: [
      { code: withKeywords(call, { postgresql_not_valid: 'True' }) },
      { outside: `op.execute(${pyText(validation)})` },
    ],
  }
}

function setNotNull({ table, column }: Of<'set-not-null'>, call: PyCallSite) {
  const name = `${table.slice(table.lastIndexOf('.') + 1)}_${column}_not_null`
  const others = [...call.keywords.keys()].filter(key => !/^(nullable|schema|existing_\w+)$/.test(key))
  if (!call.callee.endsWith('.alter_column') || others.length > 0) return undefined
  const check = statementOf({ op: 'add-check', table, name, expression: `${column} IS NOT NULL`, validated: false })
  const validation = statementOf({ op: 'validate-constraint', table, constraint: name })
  if (check === undefined || validation === undefined) return undefined
  const drop = validation.replace('VALIDATE CONSTRAINT', 'DROP CONSTRAINT')
  return {
    title: 'Prove that there are no NULLs before the column says so',
    pieces: [
      { code: `op.execute(${pyText(`${check} NOT VALID`)})` },
      { outside: `op.execute(${pyText(validation)})` },
      { code: call.text },
      { code: `op.execute(${pyText(drop)})` },
    ],
  }
}

/** A plan in SQL as calls of `op.execute`; what has to wait for a release becomes a migration of its own. */
function fromPlan({ title, here, later }: Plan, site: Site, call: PyCallSite): Rewrite | undefined {
  const execute = (sql: string): string => `op.execute(${pyText(sql)})`
  const pieces: Piece[] = statementsIn(here?.text ?? '').map(sql =>
    here?.bare ? { outside: execute(sql) } : { code: execute(sql) },
  )
  const parts: RewritePart[] = []
  for (const stage of later) {
    if ('where' in stage) parts.push(stage)
    else if (stage.after !== undefined || parts.length > 0) parts.push(furtherMigration(stage))
    else pieces.push(...stage.sql.map(sql => ({ outside: execute(sql) })))
  }
  return pieces.length === 0 ? undefined : written(title, site, call, pieces, parts)
}

function furtherMigration(stage: Stage): RewritePart {
  const execute = stage.sql.map(sql => `op.execute(${pyText(sql)})`)
  const body = stage.bare ? block(execute) : execute.join('\n')
  return {
    where: `${stage.after ?? 'After that'}, in a further migration`,
    language: 'python',
    code: `from alembic import op\n\n\ndef upgrade():\n    ${deeper(body, '    ')}`,
  }
}

function block(lines: readonly string[]): string {
  return `with op.get_context().autocommit_block():\n    ${lines.map(line => deeper(line, '    ')).join('\n    ')}`
}

/** The pieces in place of the call; neighbours outside of the transaction share one block. */
function written(
  title: string,
  { source }: Site,
  call: PyCallSite,
  pieces: readonly Piece[],
  later: readonly RewritePart[] = [],
): Rewrite | undefined {
  const lines: string[] = []
  let outside: string[] = []
  const close = (): void => {
    if (outside.length > 0) lines.push(block(outside))
    outside = []
  }
  for (const piece of pieces) {
    if ('outside' in piece) outside.push(piece.outside)
    else {
      close()
      lines.push(piece.code)
    }
  }
  close()
  const text = deeper(lines.join('\n'), call.indent)
  return inPlace(title, 'python', source, [replacing(call.span, text)], later)
}
