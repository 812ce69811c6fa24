import { roleOf } from '../../artifact/classify.ts'
import { textOf } from '../../change/content.ts'
import type { Tree } from '../../change/types.ts'
import { closest } from '../../text/distance.ts'
import { globs } from '../../text/glob.ts'
import { indexLines, type LineIndex, lineText, type Span } from '../../text/lines.ts'
import type { FactContext } from '../types.ts'
import { quiet } from './fact.ts'
import type { AlertFact } from './index.ts'

interface Registered {
  /** Without the ending that client libraries add by themselves. */
  readonly name: string
  readonly written: string
  readonly path: string
  readonly span: Span
}

export const codeFile = /\.(go|rb|py|js|mjs|cjs|ts|tsx|java|kt|scala|rs|cs|php|ex|exs|cpp|cc)$/
/** Lines that make a metric; its name stands there or on one of the next lines. */
export const maker =
  /Counter|Gauge|Histogram|Summary|NewDesc|\bTimer\b|prometheus|statsd|StatsD|[Mm]etrics?(?:Collector)?[.:]|meter\.|\b(increment|incr|timing|gauge|distribution|histogram|counter)\(/
const nameLiteral = /(?:["'`]|:)([a-z][a-z0-9]*(?:[_.:][a-z0-9]+)+)\b["'`]?/g
const usingFile =
  /(alert|rule|prom|monitor|observ|grafana|dashboard|slo|datadog).*\.(ya?ml|json|jsonnet|libsonnet|tf)$/i

const mostFiles = 150

/** Metrics that code stops to emit, or renames, while rules or dashboards of the repository still name them. */
export async function droppedMetrics(context: FactContext): Promise<readonly AlertFact[]> {
  const ignored = globs(context.config.ignore)
  const files = context.change.files.filter(
    file => !ignored(file.path) && codeFile.test(file.path) && roleOf(file.path) === 'live',
  )
  const removed: Registered[] = []
  const added: Registered[] = []
  const texts: string[] = []
  for (const file of files.slice(0, mostFiles)) {
    const [base, head] = [await textOf(file, 'base'), await textOf(file, 'head')]
    if (head !== undefined) texts.push(head)
    if ((base === undefined || !maker.test(base)) && (head === undefined || !maker.test(head))) continue
    const hunks = await file.hunks()
    const touched = (side: 'base' | 'head') =>
      new Set(
        hunks.flatMap(hunk => {
          const [start, count] = side === 'base' ? [hunk.baseStart, hunk.baseCount] : [hunk.headStart, hunk.headCount]
          return Array.from({ length: count }, (_, i) => start + i)
        }),
      )
    if (base !== undefined) removed.push(...registered(indexLines(base), touched('base'), file.path))
    if (head !== undefined) added.push(...registered(indexLines(head), touched('head'), file.path))
  }
  const gone = removed.filter(({ name }) => !texts.some(text => names(text, name)))
  if (gone.length === 0) return []
  const users = await usersOf(gone, context.change.trees.head)
  const facts: AlertFact[] = []
  for (const metric of gone) {
    const usedBy = users.get(metric.name) ?? []
    if (usedBy.length === 0 || (await stillEmitted(metric, context))) continue
    const fresh = added.filter(other => other.path === metric.path && !removed.some(({ name }) => name === other.name))
    facts.push({
      ...quiet,
      kind: 'alert',
      what: 'metric',
      path: metric.path,
      side: 'base',
      span: metric.span,
      change: 'removed',
      name: metric.written,
      source: 'code',
      usedBy,
      suggestion:
        fresh.length === 1
          ? (fresh[0]?.written ?? '')
          : (closest(
              metric.name,
              fresh.map(({ name }) => name),
            ) ?? ''),
    })
  }
  return [...new Map(facts.map(fact => [`${fact.path}\n${fact.name}`, fact])).values()]
}

function registered(lines: LineIndex, touched: ReadonlySet<number>, path: string): readonly Registered[] {
  const found: Registered[] = []
  for (const line of touched) {
    const text = lineText(lines, line)
    if (text.length > 400) continue
    for (const match of text.matchAll(nameLiteral)) {
      const name = (match[1] ?? '').replace(/_total$/, '')
      // Go names the parts apart (`Namespace`, `Name`), so the name alone may be short.
      if (name.length < 8 || !isMade(lines, line)) continue
      const column = match.index + 1
      found.push({
        name,
        written: match[1] ?? name,
        path,
        span: { line, column, endLine: line, endColumn: column + match[0].length },
      })
    }
  }
  return found
}

function isMade(lines: LineIndex, line: number): boolean {
  for (let at = line; at >= Math.max(1, line - 4); at--) if (maker.test(lineText(lines, at))) return true
  return false
}

async function usersOf(metrics: readonly Registered[], tree: Tree): Promise<ReadonlyMap<string, readonly string[]>> {
  const users = new Map<string, string[]>()
  const paths = (await tree.list()).filter(path => usingFile.test(path) && roleOf(path) === 'live')
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text === undefined || !/\bexpr\b|\bquery\b/.test(text)) continue
    for (const { name } of metrics)
      if (names(text, name)) users.set(name, [...new Set([...(users.get(name) ?? []), path])])
  }
  return users
}

/** Does the text name the metric, with or without what client libraries put before and behind it? */
function names(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const behind = /^(?:_(?:total|bucket|count|sum|created))?(?![\w.])/.test(
      text.slice(at + name.length, at + name.length + 12),
    )
    if (behind && !/[a-zA-Z0-9]/.test(text.charAt(at - 1))) return true
  }
  return false
}

/** Is the metric also made by code that does not change? */
async function stillEmitted(metric: Registered, { change }: FactContext): Promise<boolean> {
  const changed = new Set(change.files.map(file => file.path))
  const ending = metric.path.slice(metric.path.lastIndexOf('.'))
  const top = metric.path.split('/')[0] ?? ''
  const paths = (await change.trees.head.list()).filter(
    path => path.endsWith(ending) && path.startsWith(top) && !changed.has(path) && roleOf(path) === 'live',
  )
  for (const path of paths.slice(0, 400))
    if (names((await change.trees.head.read(path)) ?? '', metric.name)) return true
  return false
}
