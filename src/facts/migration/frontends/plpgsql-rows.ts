import type { Operation, Step } from '../operation.ts'
import type { Round } from './plpgsql.ts'
import { selectedWhole } from './row-loops.ts'

/** A statement of a body, and what surrounds it. */
interface Surrounded {
  readonly text: string
  readonly rounds: readonly Round[]
  /** Each round of a loop commits by itself. */
  readonly commits: boolean
}

const isRowChange = ({ op }: Operation): boolean => op === 'update-rows' || op === 'delete-rows'

export const changesRows = (step: Step): boolean => step.kind === 'change' && step.operations.some(isRowChange)

/** A statement with values in the place of variables: to SQL alone `id = v_id` reads like the join of two columns. */
export function withValues(text: string, variables: readonly string[]): string {
  const known = new Set(variables)
  return text.replace(
    /'(?:[^']|'')*'|"[^"]*"|--[^\n]*|(?<![\w.$])([a-z_]\w*)(\.[a-z_]\w*)?(?![\w.(])/gi,
    (found, name) => (typeof name === 'string' && known.has(name.toLowerCase()) ? '$1' : found),
  )
}

/** What a step means inside the loops of its body. `filled` is the same step read with values for the variables. */
export function inRounds(step: Step, filled: Step | undefined, around: Surrounded): Step {
  if (step.kind !== 'change') return step
  const values = filled?.kind === 'change' && filled.operations.length === step.operations.length ? filled : step
  return {
    ...step,
    operations: step.operations.map((item, index) => operationIn(item, values.operations[index] ?? item, around)),
  }
}

/** A block is one transaction: its rounds bound nothing unless they commit. */
function operationIn(written: Operation, filled: Operation, { text, rounds, commits }: Surrounded): Operation {
  if (written.op === 'harmless' && written.what === 'INSERT') return insertIn(written, text, rounds, commits)
  if (written.op !== 'update-rows' && written.op !== 'delete-rows') return written
  if (rounds.length === 0) return filled
  if (commits) return { ...written, batched: true }
  const used = rounds.filter(round => uses(text, round))
  // All rows one after the other, unless the statement leaves some of them out.
  if (used.some(overAll)) return { ...written, batched: false }
  if (used.some(({ over }) => over !== 'count')) return filled
  // Slices until nothing is left.
  return written.batched ? { ...written, filtered: false, batched: false } : written
}

/** `FOR r IN SELECT … LOOP INSERT …` is an INSERT … SELECT in small steps. */
function insertIn(written: Operation, text: string, rounds: readonly Round[], commits: boolean): Operation {
  const into = /^\s*insert\s+into\s+((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/i.exec(text)?.[1]
  const source = rounds.find(round => uses(text, round) && overAll(round))
  if (commits || into === undefined || source === undefined) return written
  const from = selectedWhole(source.query)
  return {
    op: 'insert-select',
    table: into.replaceAll('"', '').replace(/^public\./, ''),
    from: from === '' ? [] : [from],
    ...(/\bon\s+conflict\b/i.test(text) ? { upserts: true, looped: true } : {}),
  }
}

const uses = (text: string, { names }: Round): boolean =>
  names.some(name => new RegExp(`(?<![\\w.])${name.replace(/\W/g, '\\$&')}(?!\\w)`, 'i').test(text))

/** Every row of the tables that the query reads, but for those that a backfill has reached already. */
function overAll({ over, query: written }: Round): boolean {
  const query = written.trim().replace(/^\(([\s\S]*)\)$/, '$1')
  if (over !== 'rows' || !/\bFROM\b/i.test(query) || /\b(pg_\w+|information_schema)\b/i.test(query)) return false
  return selectedWhole(query) !== '' || !/\b(WHERE|LIMIT|HAVING|VALUES)\b/i.test(query)
}
