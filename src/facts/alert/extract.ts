import type { Artifact } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { lineText } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import { lostLabelMetrics } from './exported-labels.ts'
import { ruleFact } from './fact.ts'
import type { AlertFact } from './index.ts'
import { droppedMetrics } from './metrics.ts'
import { pairRules, stillDefined } from './pair.ts'
import { lostRecords } from './records.ts'
import { refusedRules } from './refused.ts'
import { routeFacts } from './route-facts.ts'
import { nearestRouting, type Routing } from './routing.ts'
import { type AlertRule, rulesOf } from './rules.ts'
import { newServices } from './services.ts'
import { shortRanges } from './short-range.ts'
import { lostTargets } from './targets.ts'
import { ungroupedRules } from './ungrouped.ts'
import { unknownMetrics } from './unknown-metric.ts'

/** Facts about alerts from all changed files together. */
export async function extractAlerts(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly AlertFact[] }> {
  const facts: AlertFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const base: AlertRule[] = []
  const head: AlertRule[] = []
  for (const artifact of artifacts) {
    try {
      base.push(...(await rulesOf(artifact, 'base')))
      // A head that does not parse would make every alert look removed; the syntax facts tell of it.
      const after = await rulesOf(artifact, 'head')
      head.push(...after)
      facts.push(...(await routeFacts(artifact)))
      facts.push(...(await refusedRules(artifact)))
      facts.push(...(await ungroupedRules(artifact)))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      notAnalysed.push({ path: artifact.path, reason: `its alerts could not be read (${why})` })
    }
  }
  const unread = await unreadable(artifacts)
  const pairs = pairRules(base, head)
  const gone = pairs.flatMap(pair => (pair.head === undefined && pair.base ? [pair.base] : []))
  const changed = new Set(context.change.files.map(file => file.path))
  const defined = await stillDefined([...new Set(gone.map(rule => rule.name))], context.change.trees.head, changed)
  const removedText =
    gone.length === 0 ? '' : removedLines(context.artifacts, new Set(gone.map(rule => rule.artifact.path)))
  for (const { base: before, head: after } of pairs) {
    const rule = after ?? before
    if (rule === undefined || (after === undefined && (defined.has(rule.name) || unread.has(rule.artifact.path))))
      continue
    const replacements = head.filter(
      other =>
        other.artifact.path === rule.artifact.path &&
        pairs.some(pair => pair.head === other && pair.base === undefined),
    ).length
    const routing = after === undefined ? undefined : await routingFor(context, rule.artifact.path)
    const fact = ruleFact({ before, after, replacements, routing, removedText })
    if (fact) facts.push(fact)
  }
  const fresh = pairs.flatMap(({ base: before, head: after }) =>
    after !== undefined && after.expr !== before?.expr ? [{ rule: after, baseExpr: before?.expr ?? '' }] : [],
  )
  const tidy = onePerFile(facts, context)
  facts.length = 0
  facts.push(...tidy)
  facts.push(...(await newServices(context, artifacts)))
  facts.push(...(await lostTargets(context, artifacts)))
  facts.push(...(await droppedMetrics(context)))
  facts.push(...(await lostRecords(context, artifacts)))
  facts.push(...(await lostLabelMetrics(context, artifacts)))
  facts.push(...(await unknownMetrics(context, fresh)))
  facts.push(...(await shortRanges(context, fresh)))
  return { facts, notAnalysed }
}

/**
 * Of the alerts that leave a file, or are weakened in it, together, the most urgent one. Where other files of the folder go as well, a whole part
 * of the system is taken down, and its alerts with it.
 */
function onePerFile(facts: readonly AlertFact[], context: FactContext): readonly AlertFact[] {
  const removals = new Map<string, AlertFact[]>()
  const keyOf = (fact: AlertFact) =>
    fact.change === 'removed' ? `${fact.path} removed` : fact.direction === 'weaker' ? `${fact.path} weaker` : undefined
  for (const fact of facts) {
    const key = keyOf(fact)
    if (key !== undefined) removals.set(key, [...(removals.get(key) ?? []), fact])
  }
  const deleted = context.change.files.filter(file => file.status === 'deleted').map(file => file.path)
  return facts.flatMap(fact => {
    const key = keyOf(fact)
    if (key === undefined) return [fact]
    const all = removals.get(key) ?? []
    const [urgent = fact] = [...all].sort((a, b) => Number(b.pages) - Number(a.pages))
    if (fact !== urgent) return []
    const folder = fact.path.slice(0, fact.path.lastIndexOf('/') + 1)
    const isTakenDown =
      folder !== '' &&
      deleted.some(path => path !== fact.path && path.startsWith(folder) && !/alert|alarm|rule/i.test(path))
    return [
      { ...fact, together: all.length, subjectGone: fact.subjectGone || (fact.change === 'removed' && isTakenDown) },
    ]
  })
}

const routings = new WeakMap<FactContext, Map<string, Promise<Routing | undefined>>>()

function routingFor(context: FactContext, path: string): Promise<Routing | undefined> {
  const known = routings.get(context) ?? new Map<string, Promise<Routing | undefined>>()
  routings.set(context, known)
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const found = known.get(folder) ?? nearestRouting(context.change.trees.head, path)
  known.set(folder, found)
  return found
}

/** Files whose head exists and cannot be read as data. */
async function unreadable(artifacts: readonly Artifact[]): Promise<ReadonlySet<string>> {
  const { documentsOf } = await import('../../artifact/documents.ts')
  const paths: string[] = []
  for (const artifact of artifacts) {
    if (
      artifact.language !== 'conf' &&
      artifact.head &&
      (await documentsOf(artifact.head, artifact.language)) === undefined
    )
      paths.push(artifact.path)
  }
  return new Set(paths)
}

/** All that the change takes away, outside the files of the alerts themselves: removed lines and paths of deleted files. */
export function removedLines(artifacts: readonly Artifact[], except: ReadonlySet<string>): string {
  const parts: string[] = []
  for (const artifact of artifacts) {
    if (except.has(artifact.path) || artifact.base === undefined) continue
    if (artifact.status === 'deleted') parts.push(artifact.path)
    for (const hunk of artifact.hunks)
      for (let line = hunk.baseStart; line < hunk.baseStart + hunk.baseCount; line++)
        parts.push(lineText(artifact.base.lines, line))
  }
  return parts.join('\n')
}
