import type { Source } from '../../../artifact/types.ts'
import { type Span, spanOf } from '../../../text/lines.ts'
import { budget } from '../budget.ts'
import type { Operation, Program, Step } from '../operation.ts'
import { hasTemplateBranches } from './sql-mask.ts'
import { sectionsOf } from './sql-sections.ts'
import { type SqlPiece, splitStatements } from './sql-split.ts'
import { markRecreations, type Played } from './sqlite-recreate.ts'
import { readSqliteStatement } from './sqlite-statement.ts'

/** Runners that keep what they run inside a transaction, in which `PRAGMA foreign_keys` does nothing. */
const wrapping: ReadonlySet<string> = new Set(['drizzle', 'goose', 'dbmate', 'sql-migrate', 'rambler', 'flyway'])

/** Cloudflare D1 enforces foreign keys and runs every file in a transaction. */
const d1 = /(^|[/._-])d1([/._-]|$)/i

/** Reads an SQL file for SQLite: what drops, renames and replaces tables and columns. Everything else becomes `unreadable`. */
export async function readSqlite(source: Source): Promise<Program> {
  const { framework, transaction, up, down } = sectionsOf(source.path, source.text)
  const inD1 = d1.test(source.path)
  const wrapped = inD1 || (transaction === 'wrapped' && wrapping.has(framework))
  const spanFor = (start: number, end: number): Span => spanOf(source.lines, start, end)
  const read = (text: string): readonly Step[] => {
    if (hasTemplateBranches(text))
      return [
        {
          kind: 'unreadable',
          span: spanFor(0, 0),
          text: '',
          reason: 'the SQL is a template whose branches are chosen when it runs',
        },
      ]
    const played = play(text, wrapped)
    return markRecreations(played, inD1).map(({ piece, result }) => stepOf(text, piece, result, spanFor))
  }
  return {
    framework,
    engine: 'sqlite',
    transaction: wrapped ? 'wrapped' : 'each',
    up: read(up),
    ...(down === undefined ? {} : { down: read(down) }),
  }
}

/** Reads the statements in order, and keeps track of transactions and of `PRAGMA foreign_keys`. */
function play(text: string, wrapped: boolean): readonly Played[] {
  const played: Played[] = []
  let open = wrapped
  let keys: boolean | undefined
  const spent = budget()
  for (const piece of joinedTriggers(text, splitStatements(withoutComments(text)))) {
    const reason = spent(played.length)
    if (reason) return [...played, { piece, result: { reason }, keys, saysOn: false }]
    const result = readSqliteStatement(withoutComments(text.slice(piece.start, piece.end)))
    if ('keys' in result && !open) keys = result.keys
    if ('transaction' in result) open = result.transaction === 'begin' || (wrapped && open)
    played.push({ piece, result, keys, saysOn: 'keys' in result && result.keys })
  }
  return played
}

/** The body of a trigger holds semicolons of its own. */
function joinedTriggers(text: string, pieces: readonly SqlPiece[]): readonly SqlPiece[] {
  const joined: SqlPiece[] = []
  let trigger: SqlPiece | undefined
  for (const piece of pieces) {
    const own = text.slice(piece.start, piece.end)
    if (trigger !== undefined) {
      trigger = { start: trigger.start, end: piece.end }
      if (!/^end\b/i.test(own)) continue
      joined.push(trigger)
      trigger = undefined
    } else if (/^create\s+(temp(orary)?\s+)?trigger\b/i.test(own) && !/\bend\s*$/i.test(own)) trigger = piece
    else joined.push(piece)
  }
  return trigger === undefined ? joined : [...joined, trigger]
}

/** Comments as blanks of the same length; strings stay. */
function withoutComments(text: string): string {
  return text.replace(/'(?:[^']|'')*'|"[^"]*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, found =>
    /^(--|\/\*)/.test(found) ? found.replace(/[^\n]/g, ' ') : found,
  )
}

function stepOf(
  source: string,
  { start, end }: SqlPiece,
  result: Played['result'],
  spanFor: (start: number, end: number) => Span,
): Step {
  const text = withoutComments(source.slice(start, Math.min(end, start + 2_000)))
    .replace(/\s+/g, ' ')
    .trim()
  const common = { span: spanFor(start, end), text: text.length > 200 ? `${text.slice(0, 199)}…` : text }
  if ('transaction' in result)
    return result.transaction === 'savepoint'
      ? { kind: 'savepoint', name: text.slice(text.lastIndexOf(' ') + 1), ...common }
      : { kind: result.transaction, ...common }
  if ('keys' in result)
    return { kind: 'set', ...common, name: 'foreign_keys', value: result.keys ? 'on' : 'off', local: false }
  if ('reason' in result) return { kind: 'unreadable', ...common, reason: result.reason }
  return { kind: 'change', ...common, operations: [result.operation satisfies Operation] }
}
