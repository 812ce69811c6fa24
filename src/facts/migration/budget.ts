import type { Program } from './operation.ts'

/** Processor time for reading one file, in milliseconds. Ordinary migrations take a few. */
const most = 2_000

/** From when on processor time is counted: asking for it costs more than reading most statements does. */
const quick = 100

/**
 * Tells when reading has used up its time. Processor time, not the clock on the wall: a busy machine must not turn an
 * ordinary file into one that is not analysed.
 */
export function budget(): () => boolean {
  const began = performance.now()
  let before: NodeJS.CpuUsage | undefined
  return () => {
    if (performance.now() - began < quick) return false
    before ??= process.cpuUsage()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000 > most - quick
  }
}

/** Steps of one file that are followed through their transactions and the schema. */
const mostSteps = 4_000

/** A program of a length that can be followed; that the rest is left out becomes its last step. */
export function bounded(program: Program): Program {
  const next = program.up[mostSteps]
  if (next === undefined) return program
  const reason = `the file has more than ${mostSteps} statements: from here on it is not analysed`
  return {
    ...program,
    up: [...program.up.slice(0, mostSteps), { kind: 'unreadable', span: next.span, text: '', reason }],
  }
}

/** What is said where reading stops. */
export const tooLong = {
  text: '',
  reason: 'reading the file took longer than two seconds: from here on it is not analysed',
} as const
