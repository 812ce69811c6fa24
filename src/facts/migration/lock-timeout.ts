import type { Tree } from '../../change/types.ts'
import type { FactContext } from '../types.ts'
import { blocksWrites, lockOrder } from './effects/postgres.ts'
import type { MigrationFact } from './fact.ts'
import type { Program } from './operation.ts'
import { setsLockTimeout, usuallyLimits } from './session.ts'
import { isLockTimeout } from './transaction.ts'

/** Adds what the repository says of a lock timeout, and whether the file sets one too late. */
export async function withLockTimeout(
  facts: readonly MigrationFact[],
  program: Program,
  { change }: FactContext,
): Promise<readonly MigrationFact[]> {
  const first = facts.find(waits)
  if (first === undefined) return facts
  const settings = program.up.filter(step => step.kind === 'set' && isLockTimeout(step.name))
  const last = settings.at(-1)
  if (last !== undefined)
    return facts.map(fact =>
      waits(fact) && fact.span.line < last.span.line ? { ...fact, lockTimeoutLate: true } : fact,
    )
  const isSet = await setsLockTimeout(program.framework, first.engine, change.trees.head)
  return isSet ? facts.map(fact => ({ ...fact, lockTimeout: true })) : facts
}

/** What takes no more than the rows it touches waits behind nobody's transaction but that of the same rows. */
const onRows: ReadonlySet<MigrationFact['operation']> = new Set(['update-rows', 'delete-rows', 'insert-select'])

/** Waits for a lock behind which others wait, and nothing limits how long. */
function waits({ engine, lock, newTable, lockTimeout, operation }: MigrationFact): boolean {
  if (newTable || lockTimeout) return false
  // However little a change of a table does, MySQL wants the table for itself when it begins or ends.
  if (engine !== 'postgres') return lock === 'metadata' && !onRows.has(operation)
  const mode = lockOrder.find(item => item === lock)
  return mode !== undefined && blocksWrites(mode)
}

/** Marks the first step of the change on each engine that waits without a limit, and looks up what its series usually does. */
export async function markFirstLock(facts: readonly MigrationFact[], base: Tree): Promise<readonly MigrationFact[]> {
  const waiting = facts.filter(fact => waits(fact) && !fact.assured)
  waiting.sort((one, other) => (one.path < other.path ? -1 : Number(one.path !== other.path)))
  const firsts = new Map<MigrationFact, boolean>()
  for (const engine of new Set(waiting.map(fact => fact.engine))) {
    const first = waiting.find(fact => fact.engine === engine)
    if (first !== undefined) firsts.set(first, await usuallyLimits(first.path, engine, base))
  }
  return facts.map(fact => {
    const lockTimeoutUsual = firsts.get(fact)
    return lockTimeoutUsual === undefined ? fact : { ...fact, firstLock: true, lockTimeoutUsual }
  })
}
