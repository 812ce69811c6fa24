import type { Operation } from './operation.ts'
import type { Walked } from './transaction.ts'

/** Steps that a second run of the file cannot do again; the rest can be repeated or is done anew. */
const onlyOnce: ReadonlySet<Operation['op']> = new Set([
  'create-index',
  'drop-index',
  'add-column',
  'drop-column',
  'create-table',
  'drop-table',
  'rename-column',
  'rename-table',
  'add-foreign-key',
  'add-check',
  'add-unique',
])

/**
 * The first step that is committed by itself and cannot be done twice, when a later step of the file may well fail: then
 * the file can neither go on nor begin again.
 */
export function stopOfRetry(walked: readonly Walked[], text: string): Walked | undefined {
  const lines = text.split('\n')
  const alone = walked.filter(({ around }) => !around.inTransaction)
  const units = new Set(alone.map(({ around }) => around.unit))
  for (const unit of units) {
    const stop = stopIn(
      alone.filter(({ around }) => around.unit === unit),
      lines,
    )
    if (stop !== undefined) return stop
  }
  return undefined
}

function stopIn(alone: readonly Walked[], lines: readonly string[]): Walked | undefined {
  const first = alone.find(
    ({ operation, step }) =>
      onlyOnce.has(operation.op) && !guarded(step.text) && !asksFirst(lines, step.span.line, step.span.endLine),
  )
  if (first === undefined) return undefined
  const later = alone.slice(alone.indexOf(first) + 1)
  return later.some(item => item.step !== first.step && mayFail(item) && !guarded(item.step.text)) ? first : undefined
}

function guarded(text: string): boolean {
  // Texts are cut: what is not seen may be there.
  return text.length >= 199 || /if_(not_)?exists|\bif\s+(not\s+)?exists\b|index_exists|column_exists/i.test(text)
}

const asks =
  /\b(if|unless|when)\b.*(exist|has_?(table|column|index|foreign)|(get_|list)?(indexes|columns|foreign_?keys)\b)/i

/** Code asks whether the step is needed: on its own lines, or on one above that holds its block. */
function asksFirst(lines: readonly string[], first: number, last: number): boolean {
  if (lines.slice(first - 1, last).some(line => asks.test(line))) return true
  const indentOf = (line: string): number => line.length - line.trimStart().length
  let indent = indentOf(lines[first - 1] ?? '')
  for (let at = first - 2; at >= Math.max(0, first - 60) && indent > 0; at--) {
    const line = lines[at] ?? ''
    if (line.trim() === '' || indentOf(line) >= indent) continue
    if (asks.test(line)) return true
    indent = indentOf(line)
  }
  return false
}

function mayFail({ operation, effect }: Walked): boolean {
  // MySQL commits each schema change, and looks at the rows that exist when it adds one of these.
  if (effect.algorithm !== undefined && failsOnRows.has(operation.op)) return true
  if (effect.algorithm !== undefined && operation.op === 'create-index') return operation.unique
  return operation.op === 'validate-constraint' || ('concurrently' in operation && operation.concurrently === true)
}

/** Duplicates, orphans and rows that a CHECK does not allow stop these. */
const failsOnRows: ReadonlySet<Operation['op']> = new Set([
  'add-unique',
  'add-primary-key',
  'add-foreign-key',
  'add-check',
])
