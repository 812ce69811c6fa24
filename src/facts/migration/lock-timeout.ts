import type { Tree } from '../../change/types.ts'
import type { FactContext } from '../types.ts'
import { blocksWrites, lockOrder } from './effects/postgres.ts'
import type { MigrationFact } from './fact.ts'
import type { Program } from './operation.ts'
import { setsLockTimeout, usuallyLimits } from './session.ts'

const isTimeout = (name: string): boolean => name === 'lock_timeout'

/** Adds what the repository says of a lock timeout, and whether the file sets one too late. */
export async function withLockTimeout(
  facts: readonly MigrationFact[],
  program: Program,
  { change }: FactContext,
): Promise<readonly MigrationFact[]> {
  if (!facts.some(waits)) return facts
  const settings = program.up.filter(step => step.kind === 'set' && isTimeout(step.name))
  const last = settings.at(-1)
  if (last !== undefined)
    return facts.map(fact =>
      waits(fact) && fact.span.line < last.span.line ? { ...fact, lockTimeoutLate: true } : fact,
    )
  const isSet = await setsLockTimeout(program.framework, change.trees.head)
  return isSet ? facts.map(fact => ({ ...fact, lockTimeout: true })) : facts
}

/** Waits for a lock behind which others wait, and nothing limits how long. */
function waits({ engine, lock, newTable, lockTimeout }: MigrationFact): boolean {
  const mode = lockOrder.find(item => item === lock)
  return engine === 'postgres' && mode !== undefined && blocksWrites(mode) && !newTable && !lockTimeout
}

/** Marks the first step of the change that waits without a limit, and looks up what the series usually does. */
export async function markFirstLock(facts: readonly MigrationFact[], base: Tree): Promise<readonly MigrationFact[]> {
  const waiting = facts.filter(fact => waits(fact) && !fact.assured)
  const first = [...waiting].sort((one, other) => (one.path < other.path ? -1 : Number(one.path !== other.path)))[0]
  if (first === undefined) return facts
  const lockTimeoutUsual = await usuallyLimits(first.path, base)
  return facts.map(fact => (fact === first ? { ...fact, firstLock: true, lockTimeoutUsual } : fact))
}
