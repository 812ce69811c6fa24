import { touches } from '../../artifact/types.ts'
import type { Span } from '../../text/lines.ts'
import type { AlertFact } from './index.ts'
import { metricsOf, type QueryView, subjectsOf, viewOf } from './promql.ts'
import { isUngrouped, type Routing, routeFor } from './routing.ts'
import type { AlertRule } from './rules.ts'

export interface Material {
  readonly before: AlertRule | undefined
  readonly after: AlertRule | undefined
  readonly replacements: number
  readonly routing: Routing | undefined
  /** All that the change removes elsewhere. */
  readonly removedText: string
}

/** Everything a fact has, at its quietest. */
export const quiet = {
  change: 'changed',
  expr: '',
  baseExpr: '',
  exprChanged: false,
  severity: '',
  baseSeverity: '',
  pages: false,
  basePages: false,
  forSeconds: 0,
  perInstance: false,
  compares: true,
  neverEmpty: false,
  comparator: '',
  direction: 'same',
  paused: false,
  replacements: 0,
  together: 1,
  subjectGone: false,
  routed: false,
  receiver: '',
  groupBy: [],
  ungrouped: false,
  baseUngrouped: false,
  problem: 'none',
  why: '',
  usedBy: [],
  suggestion: '',
} satisfies Partial<AlertFact>

/** The fact about one alert; undefined when nothing of it that matters changed. */
export function ruleFact({ before, after, replacements, routing, removedText }: Material): AlertFact | undefined {
  const rule = after ?? before
  if (rule === undefined) return undefined
  if (
    after !== undefined &&
    !touches(after.artifact, 'head', after.whole) &&
    before?.artifact.path === after.artifact.path
  )
    if (before === undefined || !touches(before.artifact, 'base', before.whole)) return undefined
  const [baseView, headView] = [before && viewOf(before.expr), after && viewOf(after.expr)]
  const moved = compareThresholds(baseView, headView)
  const exprChanged = before?.expr !== after?.expr && moved.direction === 'same'
  const route = routing && after ? routeFor(routing.root, { alertname: after.name, ...after.labels }) : undefined
  const view = headView ?? baseView
  return {
    ...quiet,
    kind: 'alert',
    what: 'rule',
    path: rule.artifact.path,
    side: after === undefined ? 'base' : 'head',
    span: spanOf(before, after, moved.direction),
    change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    name: rule.name,
    source: rule.source,
    expr: after?.expr ?? '',
    baseExpr: before?.expr ?? '',
    exprChanged,
    severity: after?.severity ?? '',
    baseSeverity: before?.severity ?? '',
    pages: rule.pages,
    basePages: before?.pages ?? false,
    // A duration that is computed counts as a long one: nothing is known against it.
    forSeconds: after === undefined ? 0 : (after.forSeconds ?? before?.forSeconds ?? 600),
    ...(before?.forSeconds === undefined ? {} : { baseForSeconds: before.forSeconds }),
    perInstance: view?.perInstance ?? false,
    compares: rule.source !== 'prometheus' || (view?.compares ?? true),
    neverEmpty: rule.source === 'prometheus' && (view?.neverEmpty ?? false),
    ...moved,
    ...(headView?.usedShare === undefined ? {} : { usedShare: headView.usedShare }),
    ...(baseView?.usedShare === undefined ? {} : { baseUsedShare: baseView.usedShare }),
    paused: after?.paused === true && before?.paused === false,
    replacements,
    subjectGone: after === undefined && isSubjectGone(rule, removedText),
    routed: route !== undefined,
    receiver: route?.receiver ?? '',
    groupBy: route?.groupBy ?? [],
    ungrouped: isUngrouped(route?.groupBy ?? []),
    ...repeatOf(after, route?.repeatSeconds),
  }
}

function repeatOf(rule: AlertRule | undefined, routed: number | undefined): { repeatSeconds?: number } {
  const seconds = rule?.repeatSeconds ?? routed
  return seconds === undefined ? {} : { repeatSeconds: seconds }
}

interface Moved {
  readonly direction: AlertFact['direction']
  readonly comparator: string
  readonly threshold?: number
  readonly baseThreshold?: number
}

/** What changed when nothing but the numbers, or the way they are compared, did. */
function compareThresholds(base: QueryView | undefined, head: QueryView | undefined): Moved {
  const comparator = head?.comparator ?? ''
  const last = head?.thresholds.at(-1)
  const none: Moved = { direction: 'same', comparator, ...(last === undefined ? {} : { threshold: last }) }
  if (base === undefined || head === undefined || base.thresholds.length !== head.thresholds.length) return none
  const differing = head.thresholds.flatMap((threshold, at) => (threshold === base.thresholds[at] ? [] : [at]))
  if (base.skeleton !== head.skeleton) {
    if (base.unsigned !== head.unsigned || !opposite(base.comparator, head.comparator)) return none
    return {
      ...none,
      direction: 'flipped',
      ...(base.thresholds.at(-1) === undefined ? {} : { baseThreshold: base.thresholds.at(-1) ?? 0 }),
    }
  }
  const [at, ...more] = differing
  if (at === undefined || more.length > 0 || comparator === '') return none
  const [threshold = 0, baseThreshold = 0] = [head.thresholds[at], base.thresholds[at]]
  if (/[!=]=/.test(comparator)) return none
  const weaker = comparator.startsWith('>') ? threshold > baseThreshold : threshold < baseThreshold
  return { direction: weaker ? 'weaker' : 'stricter', comparator, threshold, baseThreshold }
}

function opposite(a: string, b: string): boolean {
  return (a.startsWith('>') && b.startsWith('<')) || (a.startsWith('<') && b.startsWith('>'))
}

function spanOf(before: AlertRule | undefined, after: AlertRule | undefined, direction: Moved['direction']): Span {
  if (after === undefined || before === undefined) return (after ?? before)?.span ?? nowhere
  if (after.paused && !before.paused && after.pausedSpan) return after.pausedSpan
  if (direction !== 'same') return after.exprSpan
  if (before.pages && !after.pages && after.severitySpan) return after.severitySpan
  if (before.forSeconds !== after.forSeconds) return after.forSpan ?? after.span
  return after.span
}

const nowhere: Span = { line: 1, column: 1, endLine: 1, endColumn: 1 }

/** Does the change also take away the metric, job or service that the alert is about? */
function isSubjectGone(rule: AlertRule, removed: string): boolean {
  if (removed === '') return false
  return [...metricsOf(rule.expr), ...subjectsOf(rule.expr)].some(
    word => !/^(up|kube_|node_|container_|process_|go_|http_requests?_)/.test(word) && removed.includes(word),
  )
}
