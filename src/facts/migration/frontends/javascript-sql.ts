import type { JsValue } from '../../../artifact/javascript.ts'
import { fillMarks, hole, type LiteralText, literalOf, placeInText, sliceText } from '../../../artifact/literal.ts'
import type { Engine } from '../../../config/types.ts'
import type { LineIndex, Span } from '../../../text/lines.ts'
import type { Operation, Step } from '../operation.ts'
import { inAnySchema, namesHole } from './holes.ts'
import { sqlText } from './javascript-chain.ts'
import { type Draft, emitUnreadable, type JsScope, type Marks, type Place } from './javascript-scope.ts'
import { inLoop } from './row-loops.ts'

/** Reads SQL of the project's engine; `place` gives the position of an offset of the text in the JavaScript file. */
export type ReadSql = (text: string, place: (offset: number) => Span) => Promise<readonly Step[]>

/** Longer texts are dumps, and take long. */
const longest = 300_000

const atRunTime = 'the SQL is put together while the migration runs'

/** Adds SQL that a call runs; what is put together at run time cannot be read. */
export function emitSql(
  scope: JsScope,
  place: Place,
  value: JsValue | undefined,
  { marks = 'none', autocommit = false }: { readonly marks?: Marks; readonly autocommit?: boolean } = {},
): void {
  const text = sqlText(value)
  if (text === undefined || text.text.replaceAll(hole, '').trim() === '') {
    const name = value?.kind === 'name' ? value.name : ''
    const elsewhere = value?.kind === 'call' && /read/i.test(value.name)
    emitUnreadable(
      scope,
      place,
      elsewhere
        ? 'the SQL stands in another file'
        : name === ''
          ? atRunTime
          : `the SQL in \`${name}\` is not known before the migration runs`,
    )
    return
  }
  if (text.text.length > longest) {
    emitUnreadable(scope, place, 'the SQL is too long to be read')
    return
  }
  scope.state.steps++
  scope.out.push({ kind: 'sql', value: text, marks, ...place, looped: scope.looped, whole: scope.whole, autocommit })
}

/** Reads the embedded SQL, and puts its steps where the calls stand. */
export async function resolveDrafts(
  drafts: readonly Draft[],
  lines: LineIndex,
  sql: ReadSql,
  engine: Engine | undefined,
): Promise<readonly Step[]> {
  const steps: Step[] = []
  for (const draft of drafts) {
    if (draft.kind === 'step') {
      steps.push(draft.step)
      continue
    }
    const value = withoutMarks(draft.value, draft.marks, engine)
    const read = await sql(value.text, offset => placeInText(value, lines, offset))
    const holes = value.holes > 0
    if (
      holes &&
      read.some(
        step =>
          step.kind === 'unreadable' || (step.kind === 'change' && step.operations.map(inAnySchema).some(namesHole)),
      )
    ) {
      steps.push({ kind: 'unreadable', span: draft.span, text: draft.text, reason: atRunTime })
      continue
    }
    for (const step of read) steps.push(finished(step, draft, holes))
  }
  return steps
}

const quoted = String.raw`('(?:[^']|'')*'|"[^"]*"|\$(\w*)\$[\s\S]*?\$\2\$|--[^\n]*|/\*[\s\S]*?\*/)`
const questions = new RegExp(String.raw`${quoted}|\?\?|\\?\?(?![|&?])`, 'g')
const names = new RegExp(String.raw`${quoted}|(?<![:\w\]]):[A-Za-z_]\w*(?::(?!:))?|\?(?![|&?])`, 'g')

/** Marks for values (`?`, `:name`) become marks of the engine; every other character keeps its place. */
function withoutMarks(value: LiteralText, marks: Marks, engine: Engine | undefined): LiteralText {
  // A pattern that looks for the end of quotes from each of many quotes would take long on a long text.
  if (marks === 'none' || value.text.length > 20_000) return value
  const mark = engine === 'mysql' || engine === 'mariadb' ? '?' : '$1'
  const filled = fillMarks(value, marks === 'questions' ? questions : names, match => {
    const [found, quotes] = match
    if (quotes !== undefined) return sliceText(value, match.index, match.index + found.length)
    if (found === '\\?') return literalOf('?')
    // `??` and `:name:` stand for names.
    return found === '??' || /^:\w+:$/.test(found) ? { ...literalOf(hole), holes: 1 } : literalOf(mark)
  })
  return filled ?? value
}

function finished(step: Step, draft: Draft & { kind: 'sql' }, holes: boolean): Step {
  const shown = holes ? { ...step, text: step.text.replaceAll(hole, '…') } : step
  if (shown.kind !== 'change') return shown
  // `DELETE FROM users ${where}` reads like a DELETE with an alias.
  const open = holes && openEnded.test(step.text)
  const known = holes ? shown.operations.map(inAnySchema) : shown.operations
  const told = open ? known.map(withFilter) : known
  const operations = draft.looped ? told.map(one => inLoop(one, draft.whole)) : told
  return { ...shown, operations, ...(draft.autocommit ? { autocommit: true } : {}) }
}

const openEnded = new RegExp(String.raw`\b(from|update)\s+\S+\s+${hole}\b`, 'i')

const withFilter = (operation: Operation): Operation =>
  operation.op === 'update-rows' || operation.op === 'delete-rows' ? { ...operation, filtered: true } : operation
