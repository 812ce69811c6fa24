import { roleOf } from '../../artifact/classify.ts'
import type { Tree } from '../../change/types.ts'
import type { FactContext } from '../types.ts'
import { secondsOf } from './duration.ts'
import { quiet } from './fact.ts'
import type { AlertFact } from './index.ts'
import { shared } from './routing.ts'
import type { AlertRule } from './rules.ts'

/** Functions that need two samples within their range. Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#rate */
const ranged = /\b(?:rate|irate|increase|delta|idelta|deriv)\s*\([^[\]]*\[(\d+[smh])(?::\w*)?\]/g

/** Alerts whose query begins to look at a shorter time than two scrapes take. */
export async function shortRanges(
  context: FactContext,
  fresh: readonly { readonly rule: AlertRule; readonly baseExpr: string }[],
): Promise<readonly AlertFact[]> {
  const facts: AlertFact[] = []
  for (const { rule, baseExpr } of fresh) {
    const shortest = shortestIn(rule.expr)
    if (shortest === undefined || shortest === shortestIn(baseExpr) || shortest >= 240) continue
    const interval = await intervalFor(context.change.trees.head, rule.artifact.path)
    if (interval === undefined || shortest >= interval * 2) continue
    facts.push({
      ...quiet,
      kind: 'alert',
      what: 'text',
      path: rule.artifact.path,
      side: 'head',
      span: rule.exprSpan,
      change: baseExpr === '' ? 'added' : 'changed',
      name: rule.name,
      source: 'prometheus',
      problem: 'short-range',
      why: `a range of ${shortest} s while targets are read every ${interval} s`,
    })
  }
  return facts
}

function shortestIn(expr: string): number | undefined {
  const all = [...expr.matchAll(ranged)].flatMap(([, range = '']) => secondsOf(range) ?? [])
  return all.length === 0 ? undefined : Math.min(...all)
}

const mostFiles = 10

/** How often the nearest Prometheus of the repository reads its targets, where all its jobs keep to that. */
async function intervalFor(tree: Tree, path: string): Promise<number | undefined> {
  const found = (await tree.list())
    .filter(other => /(^|\/)prometheus[\w.-]*\.ya?ml$/.test(other) && roleOf(other) === 'live')
    .sort((a, b) => shared(b, path) - shared(a, path))
  for (const candidate of found.slice(0, mostFiles)) {
    const text = await tree.read(candidate)
    if (text === undefined || !/^scrape_configs:/m.test(text)) continue
    const intervals = [...text.matchAll(/^(\s*)scrape_interval:\s*["']?(\d+[smh])/gm)].flatMap(
      ([, , value = '']) => secondsOf(value) ?? [],
    )
    const global = /^global:\s*\n(?:[ \t]+.*\n|\s*#.*\n)*?[ \t]+scrape_interval:\s*["']?(\d+[smh])/m.exec(text)?.[1]
    const general = global === undefined ? 60 : secondsOf(global)
    return general === undefined || intervals.some(each => each < general) ? undefined : general
  }
  return undefined
}
