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
  if (all.length === 0) return
  const concerned = new Set([...tables].flatMap(table => byTable(all).get(table) ?? []))
  if (concerned.size === 0) return
  // In the order of the change, whichever table they were found by.
  for (const one of all)
    if (concerned.has(one) && runsBefore(one.path, path))
      for (const operation of one.operations) if (tables.has(operation.table)) replay(schema, operation)
}

const tablesOf = new WeakMap<readonly CheckSteps[], ReadonlyMap<string, readonly CheckSteps[]>>()

/** The migrations by the tables whose checks they touch, sorted once: each of thousands asks for those before it. */
function byTable(all: readonly CheckSteps[]): ReadonlyMap<string, readonly CheckSteps[]> {
  const known = tablesOf.get(all)
  if (known) return known
  const made = new Map<string, CheckSteps[]>()
  for (const one of all)
    for (const table of new Set(one.operations.map(operation => operation.table))) {
      const steps = made.get(table) ?? []
      made.set(table, steps)
      steps.push(one)
    }
  tablesOf.set(all, made)
  return made
}

const byNumber = new Intl.Collator('en', { numeric: true })

/** Both are numbered, in one series, and the number is smaller. */
function runsBefore(one: string, other: string): boolean {
  const family = familyOf(one)
  if (family !== familyOf(other)) return false
  const [first, second] = [one.slice(family.length), other.slice(family.length)]
  return [first, second].every(name => /^V?\d+[_.-]/.test(name)) && byNumber.compare(first, second) < 0
}
