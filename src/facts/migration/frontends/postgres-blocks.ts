import type { Node } from '@pgsql/types'
import type { Span } from '../../../text/lines.ts'
import type { Step } from '../operation.ts'
import { type BodyStep, type Round, readBody } from './plpgsql.ts'
import { changesRows, inRounds, withValues } from './plpgsql-rows.ts'
import { qualified, textsOf } from './postgres-nodes.ts'
import { type SqlPiece, splitStatements } from './sql-split.ts'

/** Statements that stand as they are inside the body of a DO block. */
interface BlockBody {
  /** Offsets in the text of the block. */
  readonly pieces: readonly SqlPiece[]
  readonly rounds: readonly Round[]
}

const statement =
  /\b(ALTER\s+TABLE|CREATE\s+(UNIQUE\s+)?INDEX|CREATE\s+TABLE|DROP\s+(TABLE|INDEX)|UPDATE\s+(?!OF\b)["\w]|DELETE\s+FROM|INSERT\s+INTO|TRUNCATE|LOCK\s+TABLE)/i

/** Finds the plain statements of a body that the parser does not accept, such as one with placeholders in it. */
function blockBodies(text: string): BlockBody {
  const open = /\$(\w*)\$/.exec(text)
  if (open === null) return { pieces: [], rounds: [] }
  const from = open.index + open[0].length
  const close = text.indexOf(open[0], from)
  const body = text.slice(from, close === -1 ? text.length : close)
  const pieces = splitStatements(body).flatMap(({ start, end }) => {
    const own = body.slice(start, end)
    const at = own.search(statement)
    // What stands before is control flow (`IF … THEN`, `BEGIN`), unless it already is a statement with that word inside.
    if (at === -1 || /\bEXECUTE\b|:=|\bRAISE\b|\bPERFORM\b/i.test(own.slice(0, at))) return []
    return [{ start: from + start + at, end: from + end }]
  })
  return { pieces, rounds: roundsIn(body) }
}

/** Each statement is held against each of them. */
const mostRounds = 50

/** The loops of such a body, whichever of them stands around a statement. */
function roundsIn(body: string): readonly Round[] {
  if (!/\bLOOP\b/i.test(body)) return []
  const overRows = new Map<string, Round>()
  for (const [, name = '', query = ''] of body.matchAll(
    /\bFOR\s+(\w+)\s+IN\s*\(?\s*(SELECT\b[\s\S]{0,5000}?)\)?\s*\bLOOP\b/gi,
  )) {
    if (overRows.size === mostRounds) break
    overRows.set(`${name} ${query}`, { names: [name.toLowerCase()], over: 'rows', query })
  }
  return [...overRows.values(), { names: [], over: 'count', query: '' }]
}

/** How the statements of a body are read, and where they stand. */
export interface BodyReader {
  readonly spanFor: (start: number, end: number) => Span
  readonly read: (text: string, place: (start: number, end: number) => Span) => Promise<readonly Step[]>
}

interface Common {
  readonly span: Span
  readonly text: string
}

/** The statements inside a DO block or a routine; SQL that the block builds at run time cannot be read. */
export async function doBlock(common: Common, text: string, reader: BodyReader): Promise<readonly Step[]> {
  const body = await readBody(text)
  if (body === 'another language')
    return isSql(text)
      ? looseSteps(text, reader)
      : [{ kind: 'unreadable', ...common, reason: 'the block is written in a language that is not read' }]
  if ('error' in body) {
    const reason = `PL/pgSQL does not accept the block, of which only plain statements are read: ${body.error}`
    return [...(await looseSteps(text, reader)), { kind: 'unreadable', ...common, reason }]
  }
  const steps: Step[] = []
  const commits = commitsIn(text)
  let from = 0
  for (const item of body.steps) {
    if (item.kind === 'dynamic') steps.push({ kind: 'unreadable', ...common, reason: dynamicReason })
    else if (item.kind !== 'sql') steps.push({ kind: item.kind, ...common })
    else {
      const found = text.indexOf(item.text, from)
      const at = found === -1 ? text.indexOf(item.text) : found
      if (at !== -1) from = at
      const place = at === -1 ? () => common.span : (start: number, end: number) => reader.spanFor(at + start, at + end)
      const written = (await reader.read(item.text, place)).filter(step => concerns(step, item))
      const filled = withValues(item.text, body.variables)
      // A second time with values for the variables, which tells what a condition picks.
      const again = filled === item.text || !written.some(changesRows) ? written : await reader.read(filled, place)
      for (const [index, step] of written.entries())
        steps.push(inRounds(step, again.length === written.length ? again[index] : step, { ...item, commits }))
    }
  }
  return steps
}

const commitsIn = (body: string): boolean => /\bCOMMIT\s*;/i.test(body)

const dynamicReason = 'a DO block builds its SQL when it runs'

/** Queries with variables of the block in them are no plain SQL, and change nothing either. */
function concerns(step: Step, { text }: Extract<BodyStep, { kind: 'sql' }>): boolean {
  return step.kind !== 'unreadable' || !/^\s*(select|with|perform)\b/i.test(text)
}

async function looseSteps(text: string, reader: BodyReader): Promise<readonly Step[]> {
  const { pieces, rounds } = blockBodies(text)
  const commits = commitsIn(text)
  const steps: Step[] = []
  for (const { start, end } of pieces) {
    const place = (from: number, to: number): Span => reader.spanFor(start + from, start + to)
    for (const step of await reader.read(text.slice(start, end), place))
      if (step.kind === 'change') steps.push(inRounds(step, step, { rounds, commits, text: text.slice(start, end) }))
  }
  return steps
}

function isSql(text: string): boolean {
  return /\blanguage\s+'?sql\b/i.test(text)
}

/** The name of the function or procedure that a statement creates. */
export function routineNamed(node: Node): string | undefined {
  return 'CreateFunctionStmt' in node ? qualified(textsOf(node.CreateFunctionStmt.funcname)) : undefined
}

/** The routine that a statement calls: `CALL name()`, or `SELECT name()` of one that the file creates. */
export function routineCalled(
  node: Node,
  routines: ReadonlyMap<string, string>,
): { readonly name: string; readonly body: string | undefined } | undefined {
  if ('CallStmt' in node) {
    const name = qualified(textsOf(node.CallStmt.funccall?.funcname))
    return { name, body: routines.get(name) }
  }
  if (!('SelectStmt' in node)) return undefined
  const [target] = node.SelectStmt.targetList ?? []
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined
  if (value === undefined || !('FuncCall' in value)) return undefined
  const name = qualified(textsOf(value.FuncCall.funcname))
  return routines.has(name) ? { name, body: routines.get(name) } : undefined
}
