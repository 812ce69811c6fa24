import type { Node, TransactionStmt } from '@pgsql/types'
import { type PostgresStatement, parsePostgres } from '../../../artifact/postgres.ts'
import type { Source } from '../../../artifact/types.ts'
import { type Span, spanOf } from '../../../text/lines.ts'
import { budget, type Spent, tooLarge } from '../budget.ts'
import type { Program, Step, TransactionStep } from '../operation.ts'
import { type BodyReader, doBlock, routineCalled, routineNamed } from './postgres-blocks.ts'
import type { Quoted } from './postgres-nodes.ts'
import { nullComparison } from './postgres-null.ts'
import { operationsOf } from './postgres-statement.ts'
import { markAssured } from './sql-assured.ts'
import { hasTemplateBranches, maskSql } from './sql-mask.ts'
import { sectionsOf, type Told } from './sql-sections.ts'
import { type SqlPiece, splitClauses, splitStatements } from './sql-split.ts'

/** Place in the file of a stretch of the SQL text, given by UTF-16 offsets. */
export type SpanFor = (start: number, end: number) => Span

/** Above this, rows inserted by the file are skipped instead of parsed. */
const largeText = 400_000

/** Reads a whole file of Postgres SQL as its runner would; `told`: what the repository says about the runner. */
export async function readPostgresSql(source: Source, told: Told = {}): Promise<Program> {
  const spanFor: SpanFor = (start, end) => spanOf(source.lines, start, end)
  const { up, down, framework, transaction, singleIsBare } = sectionsOf(source.path, source.text, told)
  const steps = markAssured(await readPostgresStatements(up, spanFor), source.lines)
  const changes = steps.filter(step => step.kind === 'change' || step.kind === 'unreadable')
  return {
    framework,
    engine: 'postgres',
    transaction: singleIsBare && changes.length <= 1 ? 'each' : transaction,
    up: steps,
    ...(down === undefined ? {} : { down: await readPostgresStatements(down, spanFor) }),
  }
}

/** Reads SQL that stands in a file or inside a string of another language. Never throws: what cannot be read becomes an `unreadable` step. */
export async function readPostgresStatements(text: string, spanFor: SpanFor): Promise<readonly Step[]> {
  if (hasTemplateBranches(text)) {
    return [
      {
        kind: 'unreadable',
        span: spanFor(0, 0),
        text: '',
        reason: 'the SQL is a template whose branches are chosen when it runs',
      },
    ]
  }
  const masked = maskSql(text)
  const routines: Routines = new Map()
  const spent = budget()
  if (masked.length < largeText) {
    const whole = await parsePostgres(masked)
    if ('statements' in whole) return stepsOfAll(whole.statements, masked, text, spanFor, routines, spent)
  }
  const steps: Step[] = []
  for (const piece of splitStatements(masked)) {
    const reason = spent(steps.length)
    if (reason) return [...steps, { kind: 'unreadable', span: spanFor(piece.start, piece.end), text: '', reason }]
    steps.push(...(await readPiece(piece, masked, text, spanFor, routines, true)))
  }
  return steps
}

/** Functions and procedures that the file creates: their statements by name. */
type Routines = Map<string, string>

async function stepsOfAll(
  statements: readonly PostgresStatement[],
  masked: string,
  text: string,
  spanFor: SpanFor,
  routines: Routines,
  spent: Spent = () => undefined,
): Promise<readonly Step[]> {
  const steps: Step[] = []
  for (const item of statements) {
    const reason = spent(steps.length)
    if (reason) return [...steps, { kind: 'unreadable', span: spanFor(item.start, item.end), text: '', reason }]
    // Most statements are read at once; only the body of a block or a routine has to be parsed in turn.
    const read = stepsOf(item, masked, text, spanFor, routines)
    steps.push(...(read instanceof Promise ? await read : read))
  }
  return steps
}

/** How the body of a block reads its statements. */
function reading(routines: Routines, spanFor: SpanFor): BodyReader {
  return {
    spanFor,
    read: (text, place) => readPiece({ start: 0, end: text.length }, text, text, place, routines),
  }
}

async function readPiece(
  piece: SqlPiece,
  masked: string,
  text: string,
  spanFor: SpanFor,
  routines: Routines,
  /** A statement of the script itself, not of a body in which PL/pgSQL has words of its own. */
  ofScript = false,
): Promise<readonly Step[]> {
  const span = spanFor(piece.start, piece.end)
  const own = masked.slice(piece.start, piece.end)
  const shown = oneLine(text.slice(piece.start, piece.end))
  if (/^\s*(insert|copy)\b/i.test(own) && own.length > 50_000) {
    return [{ kind: 'change', span, text: shown, operations: [{ op: 'harmless', what: 'INSERT' }] }]
  }
  const large = tooLarge(own)
  if (large) return [{ kind: 'unreadable', span, text: shown, reason: large }]
  const parsed = await parsePostgres(own)
  if ('error' in parsed) {
    const { error, at } = parsed
    const unread = {
      kind: 'unreadable',
      span,
      text: shown,
      reason: `Postgres does not accept the statement: ${error}`,
    } as const
    const from = Math.min(piece.start + Math.max(0, at), Math.max(piece.start, piece.end - 1))
    return [ofScript ? { ...unread, wrong: { says: error, at: spanFor(from, from + 1) } } : unread]
  }
  const moved: SpanFor = (start, end) => spanFor(start + piece.start, end + piece.start)
  const quoted = text.slice(piece.start, piece.end)
  return stepsOfAll(parsed.statements, own, quoted, moved, routines)
}

/** The statement on one line, for messages. */
export function oneLine(statement: string): string {
  // The body of a function may go on for pages.
  const start = statement.length > 4000 ? statement.slice(0, 4000) : statement
  const flat = (start.includes('--') ? start.replace(/--[^\n]*/g, ' ') : start).replace(/\s\s+|[^\S ]/g, ' ').trim()
  return flat.length > 200 ? `${flat.slice(0, 199)}…` : flat
}

function stepsOf(
  statement: PostgresStatement,
  masked: string,
  text: string,
  spanFor: SpanFor,
  routines: Routines,
): readonly Step[] | Promise<readonly Step[]> {
  const { start, end, node } = statement
  const common = { span: spanFor(start, end), text: oneLine(text.slice(start, end)) }
  if ('TransactionStmt' in node) return [{ ...transactionStep(node.TransactionStmt), ...common }]
  const setting = settingOf(node)
  if (setting !== undefined) return [{ kind: 'set', ...common, ...setting }]
  if ('DoStmt' in node)
    return doBlock(
      common,
      masked.slice(start, end),
      reading(routines, (from, to) => spanFor(start + from, start + to)),
    )
  const routine = routineNamed(node)
  if (routine !== undefined) routines.set(routine, masked.slice(start, end))
  const called = routineCalled(node, routines)
  if (called !== undefined) {
    if (called.body === undefined)
      return [
        { kind: 'unreadable', ...common, reason: `it calls the procedure ${called.name}, which is defined elsewhere` },
      ]
    // Once: a routine that is called again, or calls itself, shows nothing new.
    routines.set(called.name, '')
    return called.body === ''
      ? []
      : doBlock(
          common,
          called.body,
          reading(routines, () => common.span),
        )
  }
  const quoted: Quoted = { text: masked.slice(0, end), offset: statement.offset }
  const operations = operationsOf(node, quoted)
  const unequal = nullComparison(node, masked.slice(start, end))
  if (unequal !== undefined) return [{ kind: 'change', ...common, operations, comparesWithNull: unequal }]
  if (operations.length < 2 || !('AlterTableStmt' in node)) return [{ kind: 'change', ...common, operations }]
  const clauses = splitClauses(masked, { start, end })
  if (clauses.length !== operations.length) return [{ kind: 'change', ...common, operations }]
  return [{ kind: 'change', ...common, operations, spans: clauses.map(clause => spanFor(clause.start, clause.end)) }]
}

const savepoints = {
  TRANS_STMT_SAVEPOINT: 'savepoint',
  TRANS_STMT_ROLLBACK_TO: 'rollback-to',
  TRANS_STMT_RELEASE: 'release',
} as const

function transactionStep({ kind, savepoint_name: name = '' }: TransactionStmt): TransactionStep {
  if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') return { kind: 'begin' }
  if (kind === 'TRANS_STMT_SAVEPOINT' || kind === 'TRANS_STMT_ROLLBACK_TO' || kind === 'TRANS_STMT_RELEASE')
    return { kind: savepoints[kind], name }
  // `COMMIT AND CHAIN`, PREPARE TRANSACTION and their like end it as well.
  return { kind: kind === 'TRANS_STMT_ROLLBACK' ? 'rollback' : 'commit' }
}

/** SET and `SELECT set_config(…)`. */
function settingOf(node: Node): { name: string; value: string; local: boolean } | undefined {
  if ('VariableSetStmt' in node) {
    const { kind, name = '', args = [], is_local: local = false } = node.VariableSetStmt
    if (kind !== 'VAR_SET_VALUE')
      return { name: name.toLowerCase(), value: kind === 'VAR_RESET_ALL' ? 'all' : '', local }
    return { name: name.toLowerCase(), value: args.map(constant).join(','), local }
  }
  if (!('SelectStmt' in node)) return undefined
  const target = node.SelectStmt.targetList?.[0]
  const call =
    target !== undefined &&
    'ResTarget' in target &&
    target.ResTarget.val !== undefined &&
    'FuncCall' in target.ResTarget.val
      ? target.ResTarget.val.FuncCall
      : undefined
  const last = call?.funcname?.at(-1)
  if (call === undefined || last === undefined || !('String' in last) || last.String.sval !== 'set_config')
    return undefined
  const [name = '', value = '', local = ''] = (call.args ?? []).map(constant)
  return { name: name.toLowerCase(), value, local: local === 'true' }
}

function constant(node: Node): string {
  if ('TypeCast' in node && node.TypeCast.arg !== undefined) return constant(node.TypeCast.arg)
  if (!('A_Const' in node)) return ''
  const { sval, ival, fval, boolval } = node.A_Const
  if (sval !== undefined) return sval.sval ?? ''
  if (ival !== undefined) return String(ival.ival ?? 0)
  return boolval === undefined ? (fval?.fval ?? '') : String(boolval.boolval === true)
}
