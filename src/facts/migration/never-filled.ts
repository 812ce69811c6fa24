import { emptiedBefore } from './emptied.ts'
import type { MigrationFact } from './fact.ts'
import type { Operation, Program, Step } from './operation.ts'

/**
 * A column that the migration adds without a value, fills nowhere and makes NOT NULL: every row that exists has NULL in it.
 * Quiet where anything between the two could fill it, and for Django, which fills rows by itself.
 */
export function neverFilled(operation: Operation, program: Program, text: string): boolean {
  if (!requires(operation) || program.framework === 'django') return false
  const { table, column } = operation
  const makes = (step: Step): boolean => step.kind === 'change' && step.operations.includes(operation)
  const adds = (step: Step): boolean =>
    operationsOf(step).some(item => item.op === 'add-column' && item.table === table && isBare(item, column))
  const to = program.up.findIndex(makes)
  const from = program.up.findIndex(adds)
  if (from === -1 || to < from || emptiedBefore(program.up[from], table, program)) return false
  const between = program.up.slice(from, to + 1)
  return between.every(step => isInert(step)) && allRead(between, text)
}

/** SET NOT NULL, or a new declaration of the column that says so. */
const requires = (item: Operation): item is Extract<Operation, { op: 'set-not-null' | 'change-type' }> =>
  item.op === 'set-not-null' || (item.op === 'change-type' && item.spec?.notNull === true && item.using === undefined)

const operationsOf = (step: Step): readonly Operation[] => (step.kind === 'change' ? step.operations : [])

/** Nothing gives the new column a value in the rows that exist. */
function isBare(item: Extract<Operation, { op: 'add-column' }>, column: string): boolean {
  const { name, default: given, generated, numbered } = item.column
  return name === column && generated === undefined && !numbered && (given === undefined || /^null\b/i.test(given.text))
}

/** Changes of the shape of tables, and of settings: no row gets a value by them. */
function isInert(step: Step): boolean {
  if (step.kind === 'unreadable') return false
  return operationsOf(step).every(
    item =>
      (/^(add|drop|create|rename|set|validate)-/.test(item.op) &&
        item.op !== 'create-trigger' &&
        item.op !== 'add-enum-value') ||
      (item.op === 'change-type' && item.spec !== undefined),
  )
}

/** Each line from the first step to the last belongs to a step, or is the frame around them: code that is not read may fill the rows. */
function allRead(steps: readonly Step[], text: string): boolean {
  const read = new Set<number>()
  for (const { span } of steps) for (let line = span.line; line <= span.endLine; line++) read.add(line)
  const lines = text.split('\n')
  for (let line = Math.min(...read); line <= Math.max(...read); line++)
    if (!read.has(line) && !frame.test(lines[line - 1] ?? '')) return false
  return true
}

const frame =
  /^\s*(#.*|\/\/.*|--.*|\W*|end|do|.*\b(alter_?table|change_table|batch_alter_table|Schema::table|alter table|reversible|safety_assured|dir\.up|up_only)\b.*)$/i

/** Columns that become required in one file, and that nothing fills, are told together. */
export function toldOnce(facts: readonly MigrationFact[]): readonly MigrationFact[] {
  const bare = facts.filter(
    fact => fact.becomesRequired && !fact.neverFilled && !fact.filledBefore && !fact.addedNow && !fact.newTable,
  )
  const [first, ...others] = bare
  if (first === undefined || others.length === 0) return facts
  const further = new Set(others)
  return facts.map(fact => {
    if (fact === first) return { ...fact, alsoRequired: others.map(({ table, column }) => `${table}.${column}`) }
    return further.has(fact) ? { ...fact, becomesRequired: false } : fact
  })
}
