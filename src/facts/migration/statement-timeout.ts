import type { Tree } from '../../change/types.ts'
import type { FactContext } from '../types.ts'
import type { MigrationFact } from './fact.ts'
import type { Program, Step } from './operation.ts'

/** Where a limit on the time of each statement is set for the migrations of a runner. */
interface Limit {
  readonly ms: number
  /** As `path:line`. */
  readonly place: string
}

/** Files by which a runner's connection gets its settings. */
const settings: Readonly<Record<string, RegExp>> = {
  rails: /(^|\/)config\/database\.ya?ml(\.erb)?$/,
  alembic: /(^|\/)(migrations|alembic)\/([^/]+\/)?env\.py$|(^|\/)alembic\.ini$/,
  django: /(^|\/)(settings[^/]*\.py|settings\/[^/]+\.py)$/,
  knex: /(^|\/)knexfile\.[cm]?[jt]s$/,
  flyway: /(^|\/)flyway[^/]*\.(conf|toml)$|(^|\/)(beforeMigrate|beforeEachMigrate|afterConnect)[^/]*\.sql$/,
}

const limit = /(?<![\w.])statement_timeout\b['"]?\s*(?:=>|=|:|%3D|\bto\b)\s*['"]?(\d+)\s*(ms|s|min|h)?\b/i

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 }

/** Work that a statement may not get through in time; batches are short ones. */
const lasts = ({ engine, work, newTable, batched, filtered, operation }: MigrationFact): boolean =>
  engine === 'postgres' &&
  work !== 'none' &&
  !newTable &&
  !batched &&
  !(filtered && (operation === 'update-rows' || operation === 'delete-rows'))

/** Adds the limit that the repository sets for each statement of its migrations, where the file does not set its own. */
export async function withStatementTimeout(
  facts: readonly MigrationFact[],
  program: Program,
  { change }: FactContext,
): Promise<readonly MigrationFact[]> {
  if (!facts.some(lasts)) return facts
  const own = program.up.filter(isOwnLimit)
  if (own.length > 0) return facts.map(fact => (lasts(fact) ? underOwnLimit(fact, own) : fact))
  if (settings[program.framework] === undefined) return facts
  const found = await limitOf(program.framework, change.trees.head)
  if (found === undefined) return facts
  const { ms: statementTimeoutMs, place: statementTimeoutAt } = found
  const first = facts.find(lasts)
  // What is known to take too long, and of what may do so the first step: one word about the limit is enough.
  const told = (fact: MigrationFact): boolean =>
    fact === first || (lasts(fact) && (fact.seconds ?? 0) * 1000 > statementTimeoutMs)
  return facts.map(fact => (told(fact) ? { ...fact, statementTimeoutMs, statementTimeoutAt } : fact))
}

type OwnLimit = Extract<Step, { kind: 'set' }>

const isOwnLimit = (step: Step): step is OwnLimit => step.kind === 'set' && step.name === 'statement_timeout'

/** The limit that the file has set last before the step, where the step is known to take longer. */
function underOwnLimit(fact: MigrationFact, own: readonly OwnLimit[]): MigrationFact {
  const last = own.findLast(({ span }) => span.line <= fact.span.line)
  const [, digits = '', unit = 'ms'] = /^\s*['"]?(\d+)\s*(ms|s|min|h)?\s*['"]?\s*$/.exec(last?.value ?? '') ?? []
  const statementTimeoutMs = Number(digits) * (units[unit] ?? 1)
  if (last === undefined || statementTimeoutMs === 0 || (fact.seconds ?? 0) * 1000 <= statementTimeoutMs) return fact
  return { ...fact, statementTimeoutMs, statementTimeoutAt: `${fact.path}:${last.span.line}` }
}

const cached = new WeakMap<Tree, Map<string, Promise<Limit | undefined>>>()

function limitOf(framework: string, tree: Tree): Promise<Limit | undefined> {
  const known = cached.get(tree) ?? new Map<string, Promise<Limit | undefined>>()
  cached.set(tree, known)
  const found = known.get(framework) ?? search(framework, tree)
  known.set(framework, found)
  return found
}

/** A gem that sets a limit of its own for migrations, or lifts the one there is. */
const gems = /^\s*(gem\s*\(?['"])?(strong_migrations|safe-pg-migrations|online_migrations|pg_ha_migrations|nandi)\b/m

async function search(framework: string, tree: Tree): Promise<Limit | undefined> {
  const pattern = settings[framework]
  const all = await tree.list()
  if (framework === 'rails')
    for (const path of all.filter(one => /(^|\/)Gemfile(\.lock)?$/.test(one)).slice(0, 10))
      if (gems.test((await tree.read(path)) ?? '')) return undefined
  const paths = all.filter(
    path => pattern?.test(path) && !/(^|\/)(tests?|spec|examples?|docs|node_modules)\//.test(path),
  )
  for (const path of paths.slice(0, 20)) {
    const found = limitIn((await tree.read(path)) ?? '')
    if (found !== undefined) return { ms: found.ms, place: `${path}:${found.line}` }
  }
  return undefined
}

/** The first limit that is not off and does not belong to tests or development. */
function limitIn(text: string): { readonly ms: number; readonly line: number } | undefined {
  let section = ''
  for (const [at, line] of text.split('\n').entries()) {
    section = /^(\w+):/.exec(line)?.[1] ?? section
    const [, digits = '', unit = 'ms'] = /^\s*(#|\/\/|--)/.test(line) ? [] : (limit.exec(line) ?? [])
    const ms = Number(digits) * (units[unit.toLowerCase()] ?? 1)
    if (ms > 0 && !/^(test|development)$/.test(section)) return { ms, line: at + 1 }
  }
  return undefined
}
