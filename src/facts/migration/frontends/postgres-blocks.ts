import type { Node } from '@pgsql/types'
import type { Span } from '../../../text/lines.ts'
import type { Operation, Step } from '../operation.ts'
import { type BodyStep, readBody } from './plpgsql.ts'
import { qualified, textsOf } from './postgres-nodes.ts'
import { type SqlPiece, splitStatements } from './sql-split.ts'

/** Statements that stand as they are inside the body of a DO block. */
interface BlockBody {
  /** Offsets in the text of the block. */
  readonly pieces: readonly SqlPiece[]
  readonly loops: boolean
}

/** What the loops of a body mean for the rows that are changed in them. */
interface Loops {
  /** Each round of a loop commits by itself. */
  readonly commits: boolean
  /** Variables of loops over all rows of a table: `FOR r IN SELECT id FROM orders LOOP`. */
  readonly overAll: readonly string[]
}

function loopsIn(body: string): Loops {
  return {
    commits: /\bCOMMIT\s*;/i.test(body),
    overAll: [...body.matchAll(/\bFOR\s+(\w+)\s+IN\s*\(?\s*SELECT\b([\s\S]*?)\bLOOP\b/gi)].flatMap(
      ([, name = '', query = '']) =>
        /\bFROM\b/i.test(query) && !/\b(WHERE|LIMIT|HAVING|VALUES|pg_\w+|information_schema)\b/i.test(query)
          ? [name]
          : [],
    ),
  }
}

const statement =
  /\b(ALTER\s+TABLE|CREATE\s+(UNIQUE\s+)?INDEX|CREATE\s+TABLE|DROP\s+(TABLE|INDEX)|UPDATE\s+(?!OF\b)["\w]|DELETE\s+FROM|INSERT\s+INTO|TRUNCATE|LOCK\s+TABLE)/i

/** Finds the plain statements of a body that the parser does not accept, such as one with placeholders in it. */
function blockBodies(text: string): BlockBody {
  const open = /\$(\w*)\$/.exec(text)
  if (open === null) return { pieces: [], loops: false }
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
  return { pieces, loops: /\bLOOP\b/i.test(body) }
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
  const loops = loopsIn(text)
  let from = 0
  for (const item of body.steps) {
    if (item.kind === 'dynamic') steps.push({ kind: 'unreadable', ...common, reason: dynamicReason })
    else if (item.kind !== 'sql') steps.push({ kind: item.kind, ...common })
    else {
      const found = text.indexOf(item.text, from)
      const at = found === -1 ? text.indexOf(item.text) : found
      if (at !== -1) from = at
      const place = at === -1 ? () => common.span : (start: number, end: number) => reader.spanFor(at + start, at + end)
      for (const step of await reader.read(item.text, place))
        if (concerns(step, item)) steps.push(looped(step, item, loops))
    }
  }
  return steps
}

const dynamicReason = 'a DO block builds its SQL when it runs'

/** Queries with variables of the block in them are no plain SQL, and change nothing either. */
function concerns(step: Step, { text }: Extract<BodyStep, { kind: 'sql' }>): boolean {
  return step.kind !== 'unreadable' || !/^\s*(select|with|perform)\b/i.test(text)
}

function looped(
  step: Step,
  { loops, text }: { readonly loops: boolean; readonly text: string },
  { commits, overAll }: Loops,
): Step {
  if (!loops || step.kind !== 'change') return step
  const whole = overAll.some(name => new RegExp(`\\b${name}\\.\\w`, 'i').test(text))
  return { ...step, operations: step.operations.map(item => inLoop(item, commits, whole)) }
}

/** A DO block is one transaction: its rounds bound nothing unless they commit. */
function inLoop(operation: Operation, commits: boolean, whole: boolean): Operation {
  if (operation.op !== 'update-rows' && operation.op !== 'delete-rows') return operation
  if (commits) return { ...operation, batched: true }
  return whole || operation.batched ? { ...operation, filtered: false, batched: false } : operation
}

async function looseSteps(text: string, reader: BodyReader): Promise<readonly Step[]> {
  const { pieces, loops } = blockBodies(text)
  const steps: Step[] = []
  for (const { start, end } of pieces) {
    const place = (from: number, to: number): Span => reader.spanFor(start + from, start + to)
    for (const step of await reader.read(text.slice(start, end), place))
      if (step.kind === 'change') steps.push(looped(step, { loops, text: text.slice(start, end) }, loopsIn(text)))
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
