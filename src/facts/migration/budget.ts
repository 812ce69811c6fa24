import type { Program } from './operation.ts'

/** Processor time for reading one file, in milliseconds. Ordinary migrations take a few. */
const most = 2_000

/** From when on processor time is counted, and how often: asking for it costs more than reading most statements does. */
const quick = 100
const pause = 5

/** Steps of one file that are followed through their transactions and the schema. */
const mostSteps = 4_000

/** Longest single statement that is parsed: Postgres' tree of it takes about a second to read. */
const largest = 1_000_000

/** Says why reading ends here, given how many steps were read; undefined while it goes on. */
export type Spent = (steps: number) => string | undefined

/**
 * Tells when reading has used up its time, or has read as much as is followed. Processor time, not the clock on the wall:
 * a busy machine must not turn an ordinary file into one that is not analysed.
 */
export function budget(): Spent {
  const began = performance.now()
  let before: NodeJS.CpuUsage | undefined
  let asked = began
  return steps => {
    if (steps >= mostSteps) return tooMany
    const now = performance.now()
    if (now - began < quick || now - asked < pause) return undefined
    asked = now
    before ??= process.cpuUsage()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000 > most - quick ? tooSlow : undefined
  }
}

/** Why a statement is not parsed by itself; undefined when it is. */
export function tooLarge(statement: string): string | undefined {
  if (statement.length <= largest) return undefined
  return `a single statement of ${(statement.length / 1e6).toFixed(1)} MB is not read`
}

/** Longest migration in a programming language: its tree takes about a second to walk. */
const largestCode = 250_000

/** Why a migration written in a programming language is not read; undefined when it is. */
export function codeTooLarge(text: string): string | undefined {
  return text.length <= largestCode ? undefined : `a migration of ${Math.round(text.length / 1e3)} kB is not read`
}

/** A program of a length that can be followed; that the rest is left out becomes its last step. */
export function bounded(program: Program): Program {
  let operations = 0
  // One ALTER TABLE can hold as many operations as a long file.
  const end = program.up.findIndex(step => {
    operations += step.kind === 'change' ? Math.max(1, step.operations.length) : 1
    return operations > mostSteps
  })
  const next = program.up[end]
  if (next === undefined || (next.kind === 'unreadable' && end === program.up.length - 1)) return program
  return {
    ...program,
    up: [...program.up.slice(0, end), { kind: 'unreadable', span: next.span, text: '', reason: tooMany }],
  }
}

const tooSlow = 'reading the file took longer than two seconds: from here on it is not analysed'
const tooMany = `the file has more than ${mostSteps} statements or clauses: from here on it is not analysed`
