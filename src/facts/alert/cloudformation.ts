import { entryOf, textAt, valueAt } from '../../artifact/plain.ts'
import type { Artifact } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import { type FoundMap, joined } from './documents.ts'
import type { AlertRule } from './rules.ts'
import { comparatorOf } from './terraform.ts'

/** An alarm among the resources of a CloudFormation or SAM template. */
export function cloudformationAlarm(
  artifact: Artifact,
  side: Side,
  { node, place, trail }: FoundMap,
): AlertRule | undefined {
  const type = entryOf(node, 'Type')
  if (type?.value.type !== 'scalar' || type.value.text !== 'AWS::CloudWatch::Alarm') return undefined
  const settings = valueAt(node, 'Properties')
  const [period, count] = [
    Number(textAt(settings, 'Period') ?? Number.NaN),
    Number(textAt(settings, 'DatapointsToAlarm') ?? textAt(settings, 'EvaluationPeriods') ?? Number.NaN),
  ]
  const threshold = entryOf(settings, 'Threshold')
  const operator = comparatorOf(textAt(settings, 'ComparisonOperator') ?? '')
  const name = trail.at(-1) ?? ''
  const span = place(joined(type.keySpan, type.value.span))
  const actions = valueAt(settings, 'AlarmActions')
  const off =
    textAt(settings, 'ActionsEnabled') === 'false'
      ? entryOf(settings, 'ActionsEnabled')
      : entryOf(settings, 'AlarmActions')
  const severity = /(critical|page|warning)/i.exec(name)?.[1]?.toLowerCase() ?? ''
  return {
    artifact,
    side,
    source: 'cloudwatch',
    group: '',
    name,
    expr:
      threshold?.value.type === 'scalar' && operator !== undefined
        ? `${textAt(settings, 'MetricName') ?? 'metric'} ${operator} ${threshold.value.text}`
        : '',
    forSeconds: Number.isFinite(period * count) ? period * count : undefined,
    severity,
    pages: severity === 'critical' || severity === 'page',
    labels: {},
    paused: textAt(settings, 'ActionsEnabled') === 'false' || (actions?.type === 'list' && actions.items.length === 0),
    span,
    exprSpan: threshold ? place(joined(threshold.keySpan, threshold.value.span)) : span,
    ...(off ? { pausedSpan: place(off.value.span) } : {}),
    whole: place(node.span),
  }
}
