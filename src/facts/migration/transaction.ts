import { blocksReads, blocksWrites, lockOrder } from './effects/postgres.ts'
import type { Effect, LockMode, Operation, Program, Step } from './operation.ts'

/** A lock that is kept until the transaction ends. */
export interface HeldLock {
  readonly table: string
  readonly mode: LockMode
  /** The statement that took it. */
  readonly by: string
}

/** What surrounds one operation when it runs. */
export interface Surroundings {
  readonly inTransaction: boolean
  /** Opened by BEGIN in the file. */
  readonly explicitTransaction: boolean
  /** The transaction is certain: opened by the file, or by a runner that is known to. */
  readonly certainTransaction: boolean
  /** The strongest blocking lock that earlier steps took. */
  readonly held: HeldLock | undefined
  readonly addedInTransaction: boolean
  /** Existing tables locked against readers by ALTER and its like, in order, this operation's included. */
  readonly lockedTables: readonly string[]
  readonly lockTimeout: boolean
  readonly checksOff: boolean
  readonly utc: boolean
  /** Number of the transaction: equal for all that commits together. */
  readonly transaction: number
  /** Number of what the runner records as one: the file, or each change set of a changelog. */
  readonly unit: number
}

export interface Walked {
  readonly step: Step & { readonly kind: 'change' }
  readonly index: number
  readonly operation: Operation
  readonly effect: Effect
  readonly around: Surroundings
}

/** What an operation does, given its statement and the settings in force. */
export type EffectOf = (
  operation: Operation,
  step: Step & { readonly kind: 'change' },
  session: { readonly utc: boolean; readonly checksOff: boolean },
) => Effect

interface State {
  open: boolean
  explicit: boolean
  certain: boolean
  held: HeldLock[]
  readonly added: Set<string>
  locked: string[]
  timeout: boolean
  localTimeout: boolean
  checksOff: boolean
  utc: boolean
  number: number
  unit: number
  /** Locks that were there when a savepoint was set. */
  savepoints: { readonly name: string; readonly held: readonly HeldLock[]; readonly locked: readonly string[] }[]
}

/**
 * Plays a program's steps in order: which transaction each is in, which locks are still held, which settings hold.
 * `effectOf` gives what an operation does; `isNew` tells tables that nobody uses yet.
 */
export function walkProgram(
  program: Program,
  effectOf: EffectOf,
  isNew: (table: string) => boolean,
  /** The server's role has a lock timeout of its own. */
  lockTimeout = false,
): readonly Walked[] {
  const state: State = {
    open: program.transaction !== 'each',
    explicit: false,
    certain: program.transaction === 'wrapped',
    held: [],
    added: new Set(),
    locked: [],
    timeout: lockTimeout,
    localTimeout: false,
    checksOff: false,
    utc: false,
    number: 0,
    unit: 0,
    savepoints: [],
  }
  const walked: Walked[] = []
  for (const step of program.up) {
    if (step.kind === 'begin') begin(state, step.runner === true)
    else if (step.kind === 'commit' || step.kind === 'rollback') end(state)
    else if (step.kind === 'boundary') {
      end(state)
      state.unit++
    } else if (step.kind === 'savepoint' || step.kind === 'rollback-to') savepoint(state, step)
    else if (step.kind === 'set') set(state, step)
    else if (step.kind === 'change') walked.push(...change(state, step, effectOf, isNew))
  }
  return walked
}

function begin(state: State, byRunner: boolean): void {
  if (!state.open) end(state)
  state.open = true
  state.explicit = !byRunner
  state.certain = true
}

function end(state: State): void {
  state.open = false
  state.explicit = false
  state.certain = false
  state.held = []
  state.added.clear()
  state.locked = []
  state.localTimeout = false
  state.savepoints = []
  state.number++
}

/** Going back to a savepoint gives up the locks that were taken after it. */
function savepoint(
  state: State,
  { kind, name }: { readonly kind: 'savepoint' | 'rollback-to'; readonly name: string },
): void {
  if (kind === 'savepoint') {
    state.savepoints.push({ name, held: [...state.held], locked: [...state.locked] })
    return
  }
  const at = state.savepoints.findLastIndex(item => item.name === name)
  const before = state.savepoints[at]
  if (before === undefined) return
  state.held = [...before.held]
  state.locked = [...before.locked]
  state.savepoints.length = at + 1
}

function set(state: State, { name, value, local }: Extract<Step, { kind: 'set' }>): void {
  if (isLockTimeout(name)) {
    const on = limits(name, value)
    if (local) state.localTimeout = on
    else state.timeout = on
  }
  if (name === 'timezone' || name === 'time zone') state.utc = /^(utc|gmt)$/i.test(value)
  const off = switchesChecksOff(name, value)
  if (off !== undefined) state.checksOff = off
}

/** `innodb_lock_wait_timeout` is about rows: a change of the table waits for something else. */
export const isLockTimeout = (name: string): boolean => name === 'lock_timeout' || name === 'lock_wait_timeout'

/** Is it a limit? MySQL's own default is a year, MariaDB's a day. */
function limits(name: string, value: string): boolean {
  if (name === 'lock_wait_timeout') return !(Number(value) >= longestWaitS)
  return value !== '' && !/^0+\s*(ms|s|min)?$/.test(value)
}

/** From here on, in seconds, a limit on the wait for a lock of MySQL is none. */
export const longestWaitS = 86_400

/** Settings that let rows in which no constraint has seen; undefined for others. */
export function switchesChecksOff(name: string, value: string): boolean | undefined {
  if (name === 'foreign_key_checks' || name === 'unique_checks') return /^(0|off|false)$/i.test(value)
  return name === 'session_replication_role' ? /^replica$/i.test(value) : undefined
}

/** A table that comes or goes: whoever uses it has worse worries than a lock. */
const gone: ReadonlySet<Operation['op']> = new Set(['create-table', 'drop-table'])

function* change(
  state: State,
  step: Extract<Step, { kind: 'change' }>,
  effectOf: EffectOf,
  isNew: (table: string) => boolean,
): Generator<Walked> {
  const alone = !state.open || step.autocommit === true
  const before = alone ? { held: [], locked: [] } : { held: [...state.held], locked: [...state.locked] }
  if (alone) state.number++
  const locked = [...before.locked]
  for (const [index, operation] of step.operations.entries()) {
    const effect = effectOf(operation, step, state)
    for (const { table, mode } of effect.locks) {
      if (isNew(table)) continue
      if (blocksWrites(mode)) state.held.push({ table, mode, by: step.text })
      if (blocksReads(mode) && !gone.has(operation.op) && !locked.includes(table)) locked.push(table)
    }
    yield {
      step,
      index,
      operation,
      effect,
      around: {
        inTransaction: !alone,
        explicitTransaction: !alone && state.explicit,
        certainTransaction: !alone && state.certain,
        held: strongest(before.held),
        addedInTransaction: operation.op === 'validate-constraint' && !alone && state.added.has(operation.constraint),
        lockedTables: [...locked],
        lockTimeout: state.timeout || state.localTimeout || step.bounded === true,
        checksOff: state.checksOff,
        utc: state.utc,
        transaction: state.number,
        unit: state.unit,
      },
    }
    if ((operation.op === 'add-foreign-key' || operation.op === 'add-check') && operation.name !== undefined)
      state.added.add(operation.name)
  }
  if (alone) state.held = []
  else state.locked = locked
}

function strongest(held: readonly HeldLock[]): HeldLock | undefined {
  return held.reduce<HeldLock | undefined>(
    (best, lock) => (best === undefined || lockOrder.indexOf(lock.mode) > lockOrder.indexOf(best.mode) ? lock : best),
    undefined,
  )
}
