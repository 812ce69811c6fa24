import { familyOf } from './known.ts'
import type { Operation } from './operation.ts'
import { replay, type Schema } from './schema.ts'

/** What one migration of the change does to checks. */
export interface CheckSteps {
  readonly path: string
  readonly operations: readonly CheckOperation[]
}

type CheckOperation = Extract<Operation, { op: 'add-check' | 'validate-constraint' | 'drop-constraint' }>

const isCheckOperation = (operation: Operation): operation is CheckOperation =>
  ['add-check', 'validate-constraint', 'drop-constraint'].includes(operation.op)

export function checkStepsOf(path: string, operations: readonly Operation[]): CheckSteps {
  return { path, operations: operations.filter(isCheckOperation) }
}

/**
 * Adds to a schema the checks that earlier migrations of the same change leave behind: a first file adds one that is
 * not valid yet, a second validates it and makes the column NOT NULL.
 */
export function replayEarlierChecks(
  schema: Schema,
  path: string,
  tables: ReadonlySet<string>,
  all: readonly CheckSteps[],
): void {
  for (const { operations } of all.filter(one => runsBefore(one.path, path)))
    for (const operation of operations) if (tables.has(operation.table)) replay(schema, operation)
}

/** Both are numbered, in one series, and the number is smaller. */
function runsBefore(one: string, other: string): boolean {
  const family = familyOf(one)
  if (family !== familyOf(other)) return false
  const [first, second] = [one.slice(family.length), other.slice(family.length)]
  return (
    [first, second].every(name => /^V?\d+[_.-]/.test(name)) && first.localeCompare(second, 'en', { numeric: true }) < 0
  )
}
