import type { AlterTableCmd, Constraint } from '@pgsql/types'
import { parsePostgres } from '../../../artifact/postgres.ts'
import { splitStatements } from '../frontends/sql-split.ts'

/** A statement or a clause of ALTER TABLE as text. */
export interface Clause {
  /** The whole statement, without its terminator. */
  readonly statement: string
  /** The flagged part: the statement itself, or one of its clauses (the first with the head of the statement). */
  readonly text: string
  /** Number of the clause. */
  readonly index: number
  /** There is no other clause. */
  readonly whole: boolean
}

const name = String.raw`(?:"(?:[^"]|"")+"|[\w$\u0080-\uffff]+)`
const head = new RegExp(
  String.raw`^\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(${name}(?:\s*\.\s*${name})?)\s*\*?\s+`,
  'i',
)

/** The table of ALTER TABLE as written, and the head of the statement up to its first clause. */
export function headOf(statement: string): { readonly head: string; readonly table: string } | undefined {
  const found = head.exec(statement)
  return found?.[1] === undefined ? undefined : { head: found[0], table: found[1] }
}

/** The head of the statement, where the clause begins with it. */
export function prefixOf({ text }: Clause): string {
  return headOf(text)?.head ?? ''
}

/** A word in the case in which the statement is written. */
export function inCase(statement: string, word: string): string {
  return /^\s*[a-z]/.test(statement) ? word.toLowerCase() : word
}

/** Words that Postgres takes for names only in quotes. */
const reserved = new Set(
  'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit localtime localtimestamp not null offset on only or order placing primary references returning select session_user some symmetric table then to trailing true union unique user using variadic when where window with'.split(
    ' ',
  ),
)

/** A name as SQL, in quotes where it needs them; dotted names part by part. */
export function sqlName(names: string): string {
  return names
    .split('.')
    .map(part => (/^[a-z_][a-z0-9_]*$/.test(part) && !reserved.has(part) ? part : `"${part.replaceAll('"', '""')}"`))
    .join('.')
}

/** A name made of others, no longer than Postgres takes. */
export function madeName(...parts: readonly string[]): string {
  const joined = parts
    .map(part => part.slice(part.lastIndexOf('.') + 1))
    .join('_')
    .replace(/\W+/g, '_')
    .toLowerCase()
  return joined.length <= 63 ? joined : joined.slice(0, 63)
}

export interface PlacedConstraint {
  readonly constraint: Constraint
  readonly text: string
  readonly start: number
  readonly end: number
}

/** `ADD COLUMN` taken apart: its constraints with their text, attributes such as DEFERRABLE included. Offsets of the statement. */
export async function columnConstraints({
  statement,
  text,
  index,
}: Clause): Promise<readonly PlacedConstraint[] | undefined> {
  const parsed = await parsePostgres(statement)
  const [first] = 'statements' in parsed ? parsed.statements : []
  if (first === undefined || !('AlterTableStmt' in first.node)) return undefined
  const command = first.node.AlterTableStmt.cmds?.[index]
  const cmd: AlterTableCmd | undefined =
    command !== undefined && 'AlterTableCmd' in command ? command.AlterTableCmd : undefined
  const column = cmd?.def !== undefined && 'ColumnDef' in cmd.def ? cmd.def.ColumnDef : undefined
  if (cmd?.subtype !== 'AT_AddColumn' || column === undefined) return undefined
  const all = (column.constraints ?? []).flatMap(node => ('Constraint' in node ? [node.Constraint] : []))
  const starts = all
    .filter(item => !item.contype?.startsWith('CONSTR_ATTR'))
    .map(constraint => ({ constraint, start: first.offset(constraint.location ?? 0) }))
    .sort((a, b) => a.start - b.start)
  const clauseEnd = statement.indexOf(text, first.offset(column.location ?? 0) - text.length) + text.length
  return starts.map(({ constraint, start }, at) => {
    const end = starts[at + 1]?.start ?? clauseEnd
    return { constraint, start, end, text: statement.slice(start, end).trim() }
  })
}

/** The clause without some of its constraints. */
export function without({ statement, text }: Clause, gone: readonly PlacedConstraint[]): string {
  const at = statement.indexOf(text)
  let out = ''
  let from = at
  for (const { start, end } of [...gone].sort((a, b) => a.start - b.start)) {
    out += statement.slice(from, start)
    from = end
  }
  return `${out}${statement.slice(from, at + text.length)}`.replace(/[ \t]+$/gm, '').trimEnd()
}

/** The statements of a text, whatever semicolons stand in their strings and bodies. */
export function statementsIn(text: string): readonly string[] {
  return splitStatements(text).map(({ start, end }) => text.slice(start, end))
}

/** Does Postgres take the text for SQL? */
export async function isSql(statements: readonly string[]): Promise<boolean> {
  const parsed = await parsePostgres(statements.join(';\n'))
  return 'statements' in parsed && parsed.statements.length >= statements.length
}
