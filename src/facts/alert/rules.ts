import { entryOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import type { Artifact } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import type { Span } from '../../text/lines.ts'
import { icingaChecks, monitChecks, nagiosChecks, sensuCheck } from './checks.ts'
import { cloudformationAlarm } from './cloudformation.ts'
import { type FoundMap, joined, mapsOf } from './documents.ts'
import { secondsOf } from './duration.ts'
import { oneLine } from './promql.ts'
import { terraformAlerts } from './terraform.ts'

/** One alert rule as it stands on one side of a file. */
export interface AlertRule {
  readonly artifact: Artifact
  readonly side: Side
  readonly source:
    | 'prometheus'
    | 'grafana'
    | 'datadog'
    | 'cloudwatch'
    | 'monitoring'
    | 'monit'
    | 'nagios'
    | 'icinga'
    | 'sensu'
  /** Rule group, Terraform folder or the like. */
  readonly group: string
  readonly name: string
  /** The query on one line; empty when it is not known. */
  readonly expr: string
  /** Undefined when it is computed or has no meaning for this source. */
  readonly forSeconds: number | undefined
  readonly severity: string
  readonly pages: boolean
  readonly labels: Readonly<Record<string, string>>
  readonly paused: boolean
  readonly repeatSeconds?: number
  /** Where to point: the name, the query and the duration, as far as they stand there. */
  readonly span: Span
  readonly exprSpan: Span
  readonly forSpan?: Span
  readonly severitySpan?: Span
  readonly pausedSpan?: Span
  readonly whole: Span
}

const paging = /^(page|pager|pages|paging|critical|crit|emergency|fatal|disaster|urgent|high|sev-?[01]|p-?[01]|1)$/i

export function isPaging(severity: string): boolean {
  return paging.test(severity)
}

/** The alert rules of one side of a file. */
export async function rulesOf(artifact: Artifact, side: Side): Promise<readonly AlertRule[]> {
  const source = artifact[side]
  if (source === undefined) return []
  if (artifact.language === 'hcl') return terraformAlerts(artifact, side, source)
  if (artifact.language === 'conf')
    return [
      ...monitChecks(artifact, side, source),
      ...nagiosChecks(artifact, side, source),
      ...icingaChecks(artifact, side, source),
    ]
  const found = await mapsOf(source, artifact.language)
  return found.flatMap(
    map =>
      prometheusRule(artifact, side, map) ??
      grafanaRule(artifact, side, map) ??
      cloudformationAlarm(artifact, side, map) ??
      sensuCheck(artifact, side, map) ??
      [],
  )
}

function prometheusRule(artifact: Artifact, side: Side, { node, place, trail }: FoundMap): AlertRule | undefined {
  const alert = entryOf(node, 'alert')
  const expr = valueAt(node, 'expr')
  if (alert?.value.type !== 'scalar' || expr?.type !== 'scalar') return undefined
  const labels = labelsOf(valueAt(node, 'labels'))
  const duration = entryOf(node, 'for')
  const severity = severityOf(labels)
  return {
    artifact,
    side,
    source: 'prometheus',
    group: trail.join('.'),
    name: alert.value.text,
    expr: oneLine(expr.text),
    forSeconds: duration === undefined ? 0 : textOf(duration.value, secondsOf),
    severity,
    pages: isPaging(severity) || /^(true|yes|page)$/i.test(labels['page'] ?? labels['pager'] ?? ''),
    labels,
    paused: false,
    span: place(joined(alert.keySpan, alert.value.span)),
    exprSpan: place(expr.span),
    ...(duration ? { forSpan: place(joined(duration.keySpan, duration.value.span)) } : {}),
    ...placeOf('severitySpan', entryOf(valueAt(node, 'labels'), 'severity')?.value.span, place),
    whole: place(node.span),
  }
}

/** Grafana's provisioned rules: a title, data and a condition. */
function grafanaRule(artifact: Artifact, side: Side, { node, place, trail }: FoundMap): AlertRule | undefined {
  const title = entryOf(node, 'title')
  const data = valueAt(node, 'data')
  if (title?.value.type !== 'scalar' || data?.type !== 'list' || valueAt(node, 'condition') === undefined)
    return undefined
  const labels = labelsOf(valueAt(node, 'labels'))
  const duration = entryOf(node, 'for')
  const severity = severityOf(labels)
  const queries = data.items.flatMap(item => textAt(item, 'model', 'expr') ?? [])
  return {
    artifact,
    side,
    source: 'grafana',
    group: trail.join('.'),
    name: title.value.text,
    expr: queries.map(oneLine).join('; '),
    forSeconds: duration === undefined ? 0 : textOf(duration.value, secondsOf),
    severity,
    pages: isPaging(severity),
    labels,
    paused: textAt(node, 'isPaused') === 'true',
    span: place(joined(title.keySpan, title.value.span)),
    exprSpan: place(title.value.span),
    ...(duration ? { forSpan: place(joined(duration.keySpan, duration.value.span)) } : {}),
    ...placeOf('severitySpan', entryOf(valueAt(node, 'labels'), 'severity')?.value.span, place),
    ...placeOf('pausedSpan', entryOf(node, 'isPaused')?.value.span, place),
    whole: place(node.span),
  }
}

function severityOf(labels: Readonly<Record<string, string>>): string {
  return (labels['severity'] ?? labels['priority'] ?? labels['level'] ?? labels['urgency'] ?? '').toLowerCase()
}

export function labelsOf(node: Plain | undefined): Readonly<Record<string, string>> {
  if (node?.type !== 'map') return {}
  return Object.fromEntries(
    node.entries.flatMap(({ key, value }) => (value.type === 'scalar' ? [[key, value.text] as const] : [])),
  )
}

function textOf<T>(node: Plain, read: (text: string) => T): T | undefined {
  return node.type === 'scalar' && node.expression === undefined ? read(node.text) : undefined
}

function placeOf<K extends string>(
  key: K,
  span: Span | undefined,
  place: (span: Span) => Span,
): Partial<Record<K, Span>> {
  const placed: Partial<Record<K, Span>> = {}
  if (span) placed[key] = place(span)
  return placed
}
