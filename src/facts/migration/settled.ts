import { type Artifact, touches } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import { isWayBack } from './frontends/sql-sections.ts'
import { familyOf } from './known.ts'
import type { Operation, Program, Step } from './operation.ts'
import { nameOf, seriesOf } from './series.ts'
import { operationsOf } from './steps.ts'

/** A changed migration, and those of its operations that the change does not bring. */
export interface Judged {
  readonly artifact: Artifact
  readonly program: Program
  readonly settled: ReadonlySet<Operation>
}

/** Most files of a series of Alembic that are looked through for what follows one of them. */
const mostRead = 1000

/**
 * Operations of an edited migration that are no news: base has the same ones (a formatter went over the file, a call got
 * brackets, `IF NOT EXISTS` came), or the databases in use are past the file, so that nothing in it runs there again.
 */
export async function settledIn(
  artifact: Artifact,
  program: Program,
  before: Program | undefined,
  base: Tree,
): Promise<ReadonlySet<Operation>> {
  const operations = operationsOf(program.up)
  if (artifact.status === 'added' || artifact.base === undefined) return new Set()
  if (await isPast(artifact, program, base)) return new Set(operations)
  const old = new Set(operationsOf(before?.up ?? []).map(canonical))
  return new Set(operations.filter(operation => old.has(canonical(operation))))
}

/** What a migration does forwards, as far as the change adds or edits it. */
export function touchedSteps({ artifact, program, settled }: Judged): readonly Step[] {
  return program.up.filter(
    step => touches(artifact, 'head', step.span) && (step.kind !== 'change' || step.operations.some(isNews(settled))),
  )
}

/** The operations among them that are news. */
export function touchedOperations(migration: Judged): readonly Operation[] {
  return operationsOf(touchedSteps(migration)).filter(isNews(migration.settled))
}

const isNews =
  (settled: ReadonlySet<Operation>) =>
  (operation: Operation): boolean =>
    !settled.has(operation)

/** Has a later migration of the series been merged? Then a runner that remembers files has this one behind it. */
async function isPast(artifact: Artifact, { framework }: Program, base: Tree): Promise<boolean> {
  const { path, status, language } = artifact
  // A changelog grows at its end, and under another name a file runs once more.
  if (status !== 'modified' || framework === 'liquibase' || isWayBack(path)) return false
  if (/^\s+replaces\s*=/m.test(artifact.base?.text ?? '')) return false
  const name = nameOf(path)
  // SQL without a version is in no series: the whole schema, a view that is made anew, a script that grows until the release.
  if (language === 'sql' && !/^V?\d/.test(name)) return false
  const paths = await base.list()
  if (framework === 'alembic') return isFollowed(artifact, paths, base)
  const series = seriesOf(path, paths)
  return series.includes(path) && series.at(-1) !== path
}

/** Alembic's files bear names without an order; the next one names this one. */
async function isFollowed(artifact: Artifact, paths: readonly string[], base: Tree): Promise<boolean> {
  const revision = /^revision\s*(?::[^=\n]+)?=\s*["']([^"'\n]+)["']/m.exec(artifact.base?.text ?? '')?.[1]
  if (revision === undefined) return false
  const follows = new RegExp(`^down_revision\\b[^\\n]*=[^\\n]*["']${revision.replace(/\W/g, '\\$&')}["']`, 'm')
  const family = familyOf(artifact.path)
  const others = paths.filter(path => path.startsWith(family) && path.endsWith('.py') && path !== artifact.path)
  // What was made last is likely to stand last.
  for (const other of others.slice(-mostRead).reverse()) if (follows.test((await base.read(other)) ?? '')) return true
  return false
}

const fleeting = new Set(['span', 'spans', 'ifNotExists'])

function canonical(operation: Operation): string {
  return JSON.stringify(operation, (key, value: unknown) =>
    fleeting.has(key) ? undefined : key === 'text' ? String(value).toLowerCase().replace(/\s+/g, '') : value,
  )
}
