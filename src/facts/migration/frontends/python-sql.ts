import { hole, type LiteralText, placeInText } from '../../../artifact/literal.ts'
import type { Source } from '../../../artifact/types.ts'
import type { Engine } from '../../../config/types.ts'
import type { Span } from '../../../text/lines.ts'
import type { Step } from '../operation.ts'
import { inAnySchema, namesHole } from './holes.ts'
import type { Draft } from './python-scope.ts'
import { inLoop } from './row-loops.ts'

/** Reads SQL of the project's engine; `place` gives the position of an offset of the text in the Python file. */
export type ReadSql = (text: string, place: (offset: number) => Span) => Promise<readonly Step[]>

/** Reads the embedded SQL, and puts its steps where the calls stand. */
export async function resolveDrafts(
  drafts: readonly Draft[],
  source: Source,
  sql: ReadSql,
  engine: Engine | undefined,
): Promise<readonly Step[]> {
  const steps: Step[] = []
  for (const draft of drafts) {
    if (draft.kind === 'step') {
      steps.push(draft.step)
      continue
    }
    const { value } = draft
    const read = await sql(withoutParameters(value, engine), offset => placeInText(value, source.lines, offset))
    const holes = value.holes > 0
    if (
      holes &&
      read.some(
        step =>
          step.kind === 'unreadable' || (step.kind === 'change' && step.operations.map(inAnySchema).some(namesHole)),
      )
    ) {
      const reason = 'the SQL is put together while the migration runs'
      steps.push({ kind: 'unreadable', span: draft.span, text: draft.text, reason })
      continue
    }
    for (const step of read) steps.push(finished(step, draft, holes))
  }
  return steps
}

/** Marks for values (`%s`, `%(name)s`, `:name`) become marks of the engine, in the same number of characters. */
function withoutParameters({ text }: LiteralText, engine: Engine | undefined): string {
  const mark = engine === 'mysql' || engine === 'mariadb' ? '?' : '$1'
  const outside = text.replace(
    /('(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\2\$|--[^\n]*)|%s|%\(\w+\)s|(?<![:\w\]]):[A-Za-z_]\w*(?!\w*:)/g,
    (found, quoted) => (typeof quoted === 'string' ? quoted : mark.padEnd(found.length)),
  )
  // Drivers halve `%%`; it stands inside quoted texts and leaves the statement as it is.
  return outside
}

function finished(step: Step, draft: Draft & { kind: 'sql' }, holes: boolean): Step {
  const shown = holes ? { ...step, text: step.text.replaceAll(hole, '…') } : step
  if (shown.kind !== 'change') return shown
  const known = holes ? shown.operations.map(inAnySchema) : shown.operations
  const operations = draft.looped ? known.map(one => inLoop(one, draft.whole)) : known
  return { ...shown, operations, ...(draft.autocommit ? { autocommit: true } : {}) }
}
