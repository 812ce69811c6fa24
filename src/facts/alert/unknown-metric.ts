import { roleOf } from '../../artifact/classify.ts'
import type { Tree } from '../../change/types.ts'
import { editDistance } from '../../text/distance.ts'
import type { FactContext } from '../types.ts'
import { quiet } from './fact.ts'
import type { AlertFact } from './index.ts'
import { codeFile, maker } from './metrics.ts'
import { metricsOf } from './promql.ts'
import type { AlertRule } from './rules.ts'
import { ruleTexts } from './services.ts'

/** Most code files that are read in search of what is emitted. */
const mostFiles = 600

/** What client libraries put behind a name by themselves. */
const ending = /_(total|bucket|count|sum|created|info)$/

/** New queries on a metric of this repository's own family that none of its code emits. */
export async function unknownMetrics(
  context: FactContext,
  fresh: readonly { readonly rule: AlertRule; readonly baseExpr: string }[],
): Promise<readonly AlertFact[]> {
  const asked = fresh
    .filter(({ rule }) => rule.source === 'prometheus' || rule.source === 'grafana')
    .flatMap(({ rule, baseExpr }) =>
      metricsOf(rule.expr)
        .filter(name => !name.includes(':') && !baseExpr.includes(name))
        .map(name => ({ rule, name, stem: name.replace(ending, '') })),
    )
  if (asked.length === 0) return []
  const emitted = await literals(context.change.trees.head)
  const own = asked.filter(
    ({ stem }) =>
      !isEmitted(stem, emitted) &&
      (familyOf(stem, emitted).length >= 2 || familyOf(stem, emitted).some(name => isOneWordApart(stem, name))),
  )
  if (own.length === 0) return []
  const elsewhere = await ruleTexts(context)
  return own.flatMap(({ rule, name, stem }) => {
    // Asked for by other rules as well: made by something that this search does not see.
    if (elsewhere.some(({ path, text }) => path !== rule.artifact.path && text.includes(stem))) return []
    const meant = nearest(stem, familyOf(stem, emitted))
    return [
      {
        ...quiet,
        kind: 'alert',
        what: 'metric',
        path: rule.artifact.path,
        side: 'head',
        span: rule.exprSpan,
        change: 'added',
        name,
        source: rule.source,
        expr: rule.expr,
        usedBy: [rule.name],
        suggestion: meant ?? '',
      } satisfies AlertFact,
    ]
  })
}

/** Quoted names in code that makes metrics, with `_` for `.`. */
async function literals(tree: Tree): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const paths = (await tree.list()).filter(path => codeFile.test(path) && roleOf(path) === 'live')
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text === undefined || !maker.test(text)) continue
    for (const [, name = ''] of text.matchAll(/["'`:]([a-z][a-z0-9]*(?:[_.][a-z0-9]+)*)\b/g))
      found.add(name.replaceAll('.', '_').replace(ending, ''))
  }
  return found
}

/** Names that begin with the same word. */
function familyOf(stem: string, emitted: ReadonlySet<string>): readonly string[] {
  const first = `${stem.split('_')[0]}_`
  return first.length < 3 ? [] : [...emitted].filter(name => name.startsWith(first) && name.length > first.length)
}

/** Libraries put names together from their parts, so a literal may be just the end of the name. */
function isEmitted(stem: string, emitted: ReadonlySet<string>): boolean {
  if (emitted.has(stem)) return true
  const words = stem.split('_')
  return words.some((_, at) => at > 0 && emitted.has(words.slice(at).join('_')))
}

/** Names of four words and more of which one has a word that the other has not: one was copied from the other. */
function isOneWordApart(one: string, other: string): boolean {
  const [long, short] = one.length > other.length ? [one, other] : [other, one]
  const [words, fewer] = [long.split('_'), short.split('_')]
  return (
    fewer.length >= 4 &&
    words.length === fewer.length + 1 &&
    words.some((_, at) => words.toSpliced(at, 1).join('_') === short)
  )
}

/** The name that was probably meant: one that shares most of its letters. */
function nearest(stem: string, family: readonly string[]): string | undefined {
  const copied = family.find(name => isOneWordApart(stem, name))
  if (copied !== undefined) return copied
  const ranked = family
    .map(name => ({ name, distance: editDistance(stem, name) }))
    .sort((one, other) => one.distance - other.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= stem.length / 3 ? best.name : undefined
}
