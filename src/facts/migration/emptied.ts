import type { MigrationFact } from './fact.ts'
import type { Operation, Program, Step } from './operation.ts'
import type { Walked } from './transaction.ts'

const operationsOf = (step: Step): readonly Operation[] => (step.kind === 'change' ? step.operations : [])

/** Work through rows of a table from which the migration has just taken all of them. */
export function withEmptied(fact: MigrationFact, { step }: Walked, program: Program): MigrationFact {
  const minds = fact.refused !== '' || (fact.work !== 'none' && fact.work !== 'rows')
  if (!minds || fact.size === 'large' || !emptiedBefore(step, fact.table, program)) return fact
  const emptied = { ...fact, size: 'small' } as const
  // No row is in the way, but the release that is running does not know the column.
  return fact.operation === 'add-column' ? { ...emptied, refused: '', breaksRunningCode: true } : emptied
}

/** Has an earlier step of the migration taken all rows of the table, so that a step that minds rows finds none? */
export function emptiedBefore(step: Step | undefined, table: string, program: Program): boolean {
  const at = step === undefined ? -1 : program.up.indexOf(step)
  const takes = (before: Step): boolean =>
    operationsOf(before).some(
      item =>
        (item.op === 'truncate' && item.table === table) ||
        (item.op === 'delete-rows' && item.table === table && takesAll(item, before)),
    )
  const last = program.up.slice(0, Math.max(0, at)).findLastIndex(takes)
  return last !== -1 && program.up.slice(last + 1, at).every(between => fillsNot(between, table))
}

/** A condition of any kind, a join, a loop: the front ends call a DELETE unfiltered that asks for NULL. */
const selective = /\b(where\w*|filter\w*|exclude|not|null|using|join\w*|limit|each|chunk\w*|scope\w*)\b/i

const takesAll = (item: Extract<Operation, { op: 'delete-rows' }>, { text }: Step): boolean =>
  !item.filtered && !item.batched && item.looped !== true && !selective.test(text)

const fillsNot = (step: Step, table: string): boolean =>
  step.kind !== 'unreadable' &&
  operationsOf(step).every(
    item =>
      !(item.op === 'insert-select' && item.table === table) && !(item.op === 'harmless' && item.inserts === table),
  )
