import { type MysqlParser, mysqlParser } from '../../../artifact/mysql.ts'
import type { Artifact, Source } from '../../../artifact/types.ts'
import { type Span, spanOf } from '../../../text/lines.ts'
import { budget } from '../budget.ts'
import type { Program, Step, TransactionStep } from '../operation.ts'
import type { AlterReading } from './mysql-alter.ts'
import { nullComparison } from './mysql-null.ts'
import { heldStatements, preparedStrings } from './mysql-prepared.ts'
import { bodyStatements, procedureName } from './mysql-procedures.ts'
import { changesRows, readRows } from './mysql-rows.ts'
import { behindSettings, settings } from './mysql-settings.ts'
import { type Statement, splitMysql } from './mysql-split.ts'
import { readDefinition } from './mysql-tables.ts'
import { is, type Token } from './mysql-tokens.ts'
import { wrongIn } from './mysql-wrong.ts'
import { hasTemplateBranches, placeholder } from './sql-mask.ts'
import { sectionsOf } from './sql-sections.ts'

type Dialect = 'mysql' | 'mariadb'

/** Place in the file of a stretch of the SQL text, given by UTF-16 offsets. */
export type PlaceOf = (start: number, end: number) => Span

/** First words of statements that alter neither tables nor rows in a way that concerns us. */
const harmless = new Set(
  'ANALYZE BINLOG CACHE CALL CHANGE CHECK CHECKSUM DEALLOCATE DELIMITER DESC DESCRIBE DO EXECUTE EXPLAIN FLUSH GRANT HELP INSERT INSTALL KILL LOAD OPTIMIZE PURGE REPLACE RESET REVOKE SELECT SET SHOW SHUTDOWN SIGNAL START STOP TABLE UNINSTALL UNLOCK USE VALUES WITH'.split(
    ' ',
  ),
)

/** Largest text that is read; a dump beyond it is no migration. */
const largest = 20_000_000

interface Reading {
  readonly text: string
  readonly placeOf: PlaceOf
  readonly parse: () => Promise<MysqlParser>
  /** Bodies of the procedures that the script creates, by name. */
  readonly procedures: Map<string, readonly Token[]>
  /** Strings with whole statements, by the user variable that holds them. */
  readonly held: Map<string, readonly Token[]>
}

function oneLine(statement: string): string {
  const flat = statement
    .replace(/(^|\s)(?:--\s|#)[^\n]*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return flat.length > 200 ? `${flat.slice(0, 199)}…` : flat
}

function transactionStep(tokens: readonly Token[]): TransactionStep | undefined {
  const [verb, second] = tokens
  if (is(verb, 'START') && is(second, 'TRANSACTION')) return { kind: 'begin' }
  if (is(verb, 'BEGIN') && (second === undefined || is(second, 'WORK'))) return { kind: 'begin' }
  if (is(verb, 'COMMIT')) return { kind: 'commit' }
  const name = tokens.at(-1)?.value ?? ''
  if (is(verb, 'ROLLBACK'))
    return tokens.some(token => is(token, 'TO')) ? { kind: 'rollback-to', name } : { kind: 'rollback' }
  if (is(verb, 'SAVEPOINT')) return { kind: 'savepoint', name }
  return is(verb, 'RELEASE') ? { kind: 'release', name } : undefined
}

function changeSteps(common: { span: Span; text: string }, reading: Reading, read: AlterReading): readonly Step[] {
  const { operations, algorithm, lock, bounded, unread, places } = read
  const steps: Step[] = unread.map(clause => ({
    kind: 'unreadable',
    ...common,
    reason: `this part of the statement is not understood: ${oneLine(clause)}`,
  }))
  if (operations.length === 0) return steps
  const spans = places && places.length > 1 ? places.map(place => reading.placeOf(place.start, place.end)) : undefined
  const change: Step = {
    kind: 'change',
    ...common,
    operations,
    ...(algorithm ? { algorithm } : {}),
    ...(lock ? { lock } : {}),
    ...(bounded ? { bounded } : {}),
    ...(spans ? { spans } : {}),
  }
  return [change, ...steps]
}

/** Statements of a procedure that the script itself creates and calls. */
async function calledSteps(tokens: readonly Token[], reading: Reading): Promise<readonly Step[] | undefined> {
  const name = procedureName(tokens)
  const body = name === undefined ? undefined : reading.procedures.get(name)
  if (name === undefined || body === undefined) return undefined
  // Once: a procedure that is called a second time, or calls itself, shows nothing new.
  reading.procedures.set(name, [])
  const steps: Step[] = []
  for (const inner of bodyStatements(body)) {
    const [first] = inner
    const last = inner.at(-1)
    if (
      !first ||
      !last ||
      !(is(first, 'ALTER', 'CREATE', 'DROP', 'RENAME', 'TRUNCATE', 'CALL', 'SET') || changesRows(inner))
    )
      continue
    steps.push(...(await readStatement({ tokens: inner, start: first.start, end: last.end }, reading)))
  }
  return steps
}

/** The statement inside a string. What chooses nothing but `SELECT 1` adds no step. */
async function preparedSteps(token: Token, reading: Reading): Promise<readonly Step[]> {
  const inner: Reading = { ...reading, text: token.value, placeOf: () => reading.placeOf(token.start, token.end) }
  const steps: Step[] = []
  for (const statement of splitMysql(token.value).statements)
    if (!is(statement.tokens[0], 'SELECT', 'DO', 'PREPARE', 'CALL'))
      steps.push(...(await readStatement(statement, inner)))
  return steps
}

async function readStatement(statement: Statement, reading: Reading): Promise<readonly Step[]> {
  const { tokens, start, end } = statement
  const [verb] = tokens
  const text = reading.text.slice(start, end)
  const common = { span: reading.placeOf(start, end), text: oneLine(text.slice(0, 2000)) }

  const transaction = transactionStep(tokens)
  if (transaction) return [{ ...transaction, ...common }]
  const inner = behindSettings(tokens)
  if (inner !== undefined) return withSettings(inner, statement, reading)
  const set = settings(tokens)
  const held = heldStatements(tokens)
  if (held) reading.held.set(held.name, held.strings)
  if (set.length > 0) return set.map(setting => ({ kind: 'set', ...common, ...setting, local: false }))
  if (changesRows(tokens)) {
    const operations = readRows(text, tokens, await reading.parse())
    const unequal = nullComparison(tokens)
    return operations
      ? [{ kind: 'change', ...common, operations, ...(unequal === undefined ? {} : { comparesWithNull: unequal }) }]
      : [{ kind: 'unreadable', ...common, reason: 'the table that the statement changes cannot be told' }]
  }
  const definition = readDefinition(tokens, reading.text)
  if (definition) {
    const name = is(verb, 'CREATE') ? procedureName(tokens) : undefined
    if (name !== undefined) reading.procedures.set(name, tokens)
    return changeSteps(common, reading, definition)
  }
  if (is(verb, 'CALL')) {
    const called = await calledSteps(tokens, reading)
    return (
      called ?? [{ kind: 'unreadable', ...common, reason: 'it calls a stored procedure that is defined elsewhere' }]
    )
  }
  if (is(verb, 'PREPARE')) {
    const strings = preparedStrings(tokens, reading.held)
    if (!strings) return [{ kind: 'unreadable', ...common, reason: 'the statement is put together when it runs' }]
    return (await Promise.all(strings.map(token => preparedSteps(token, reading)))).flat()
  }
  if (verb && (harmless.has(verb.key) || is(verb, '(')))
    return [{ kind: 'change', ...common, operations: [{ op: 'harmless', what: verb.key }] }]
  return [{ kind: 'unreadable', ...common, reason: `${engineless(verb)} opens no MySQL statement that is understood` }]
}

/** MariaDB's settings for one statement; a change of the table knows WAIT and NOWAIT as well. */
async function withSettings(
  { from, names }: { readonly from: number; readonly names: readonly string[] },
  { tokens, end }: Statement,
  reading: Reading,
): Promise<readonly Step[]> {
  const own = tokens.slice(from)
  const steps = await readStatement({ tokens: own, start: own[0]?.start ?? end, end }, reading)
  const bounded = names.includes('lock_wait_timeout')
  return steps.map(step => (step.kind === 'change' && bounded ? { ...step, bounded } : step))
}

function engineless(token: Token | undefined): string {
  return token ? `“${token.value.slice(0, 40)}”` : 'nothing'
}

/**
 * Reads MySQL or MariaDB SQL that stands in a file or inside a string of another language (Rails' `execute`).
 * `placeOf` maps offsets of `text` to places in the file. Never throws: what cannot be read becomes an `unreadable` step.
 */
export async function readMysqlStatements(text: string, engine: Dialect, placeOf: PlaceOf): Promise<readonly Step[]> {
  const whole = { span: placeOf(0, 0), text: '' }
  if (hasTemplateBranches(text))
    return [{ kind: 'unreadable', ...whole, reason: 'the SQL is a template whose branches are chosen when it runs' }]
  if (text.length > largest) return [{ kind: 'unreadable', ...whole, reason: 'the SQL is larger than 20 MB' }]
  // Placeholders become names of the same length.
  const masked = text.replace(placeholder, found => found.replace(/[^\n]/g, 'x'))
  const reading: Reading = {
    text: masked,
    placeOf,
    parse: () => mysqlParser(engine),
    procedures: new Map(),
    held: new Map(),
  }
  const steps: Step[] = []
  const ansi = /\bANSI(_QUOTES)?\b/i.test(text)
  const spent = budget()
  for (const statement of splitMysql(masked).statements) {
    const reason = spent(steps.length)
    if (reason)
      return [...steps, { kind: 'unreadable', span: placeOf(statement.start, statement.end), text: '', reason }]
    const wrong = ansi ? undefined : wrongIn(statement.tokens, masked)
    if (wrong === undefined) steps.push(...(await readStatement(statement, reading)))
    else
      steps.push({
        kind: 'unreadable',
        span: placeOf(statement.start, statement.end),
        text: oneLine(masked.slice(statement.start, statement.end).slice(0, 2000)),
        reason: `MySQL does not accept the statement: ${wrong.says}`,
        wrong: { says: wrong.says, at: placeOf(wrong.token.start, wrong.token.end) },
      })
  }
  return steps
}

/** Reads a whole SQL file as its runner would. DDL commits by itself in MySQL, so no transaction wraps the file. */
export async function readMysql(source: Source, _artifact: Artifact, engine: Dialect): Promise<Program> {
  const placeOf: PlaceOf = (start, end) => spanOf(source.lines, start, end)
  const { framework, up, down } = sectionsOf(source.path, source.text)
  return {
    framework,
    engine,
    transaction: 'each',
    up: await readMysqlStatements(up, engine, placeOf),
    ...(down === undefined ? {} : { down: await readMysqlStatements(down, engine, placeOf) }),
  }
}
