import { documentsOf } from '../../artifact/documents.ts'
import { entryOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import type { Span } from '../../text/lines.ts'
import type { AlertRule } from './rules.ts'

type Detail = Pick<AlertRule, 'source' | 'expr' | 'forSeconds' | 'severity' | 'pages' | 'paused' | 'repeatSeconds'>

const comparators: Readonly<Record<string, string>> = {
  greaterthanthreshold: '>',
  greaterthanorequaltothreshold: '>=',
  lessthanthreshold: '<',
  lessthanorequaltothreshold: '<=',
  greaterthan: '>',
  greaterthanorequal: '>=',
  lessthan: '<',
  lessthanorequal: '<=',
  above: '>',
  above_or_equals: '>=',
  below: '<',
  below_or_equals: '<=',
  comparison_gt: '>',
  comparison_ge: '>=',
  comparison_lt: '<',
  comparison_le: '<=',
}

/** The sign for the word that a cloud has for it. */
export function comparatorOf(word: string): string | undefined {
  return comparators[word.toLowerCase()]
}

const readers: Readonly<Record<string, (root: Plain) => Detail>> = {
  datadog_monitor: datadog,
  aws_cloudwatch_metric_alarm: cloudwatch,
  google_monitoring_alert_policy: condition,
  newrelic_nrql_alert_condition: condition,
  azurerm_monitor_metric_alert: condition,
}

/** Alerts that are Terraform resources. */
export async function terraformAlerts(artifact: Artifact, side: Side, source: Source): Promise<readonly AlertRule[]> {
  const documents = (await documentsOf(source, 'hcl')) ?? []
  return documents.flatMap(({ root, labels = [] }) => {
    const [block, type = '', name = ''] = labels
    const reader = readers[type]
    if (block !== 'resource' || reader === undefined) return []
    const first = firstLine(root.span)
    const folder = artifact.path.slice(0, artifact.path.lastIndexOf('/') + 1)
    const query = entryOf(root, 'query') ?? entryOf(root, 'threshold')
    const period = entryOf(root, 'evaluation_periods')
    const off =
      ['actions_enabled', 'enabled']
        .map(key => entryOf(root, key))
        .find(entry => textAt(root, entry?.key ?? '') === 'false') ?? entryOf(root, 'alarm_actions')
    const message = type === 'datadog_monitor' ? entryOf(root, 'message') : undefined
    return [
      {
        artifact,
        side,
        group: folder,
        name: `${type}.${name}`,
        labels: {},
        ...bySeverityOfName(reader(root), name),
        span: first,
        exprSpan: query
          ? { ...query.keySpan, endLine: query.value.span.endLine, endColumn: query.value.span.endColumn }
          : first,
        ...(period ? { forSpan: period.value.span } : {}),
        ...(off ? { pausedSpan: off.value.span } : {}),
        // Whom Datadog tells stands in the message.
        ...(message ? { severitySpan: message.value.span } : {}),
        whole: root.span,
      },
    ]
  })
}

/** Where the source has no severity, people put it into the name. */
function bySeverityOfName(detail: Detail, name: string): Detail {
  if (detail.severity !== '') return detail
  const severity = /(?:^|[-_])(critical|crit|page|warning|warn|info)(?:[-_]|$)/i.exec(name)?.[1]?.toLowerCase() ?? ''
  return {
    ...detail,
    severity: severity.replace(/^warn$/, 'warning'),
    pages: detail.pages || /^crit|page/.test(severity),
  }
}

/** The query with its threshold; a query over `last_5m` waits five minutes. */
function datadog(root: Plain): Detail {
  const query = scalarText(valueAt(root, 'query'))
  const [, count = '', unit = ''] = /\(last_(\d+)([mhd])\)/.exec(query) ?? []
  const seconds = { m: 60, h: 3600, d: 86_400 }[unit]
  const message = scalarText(valueAt(root, 'message'))
  const renotify = Number(textAt(root, 'renotify_interval') ?? Number.NaN)
  return {
    source: 'datadog',
    expr: query.replace(/\s+/g, ' '),
    forSeconds: seconds === undefined ? undefined : Number(count) * seconds,
    severity: textAt(root, 'priority') ?? '',
    pages: /@(pagerduty|opsgenie|victorops|splunk-oncall|oncall)/i.test(message),
    paused: false,
    ...(renotify > 0 ? { repeatSeconds: renotify * 60 } : {}),
  }
}

function cloudwatch(root: Plain): Detail {
  const period = Number(textAt(root, 'period') ?? Number.NaN)
  const count = Number(textAt(root, 'datapoints_to_alarm') ?? textAt(root, 'evaluation_periods') ?? Number.NaN)
  const threshold = textAt(root, 'threshold')
  const operator = comparatorOf(textAt(root, 'comparison_operator') ?? '')
  const actions = valueAt(root, 'alarm_actions')
  return {
    source: 'cloudwatch',
    expr:
      threshold === undefined || operator === undefined
        ? ''
        : `${textAt(root, 'metric_name') ?? 'metric'} ${operator} ${threshold}`,
    forSeconds: Number.isFinite(period * count) ? period * count : undefined,
    severity: '',
    pages: false,
    paused: textAt(root, 'actions_enabled') === 'false' || (actions?.type === 'list' && actions.items.length === 0),
  }
}

/** New Relic, Google and Azure: a block somewhere inside says what is compared with what. */
function condition(root: Plain): Detail {
  const found = comparedIn(root, 0)
  const seconds = /^(\d+)s?$/.exec(found?.duration ?? '')?.[1]
  return {
    source: 'monitoring',
    expr: found === undefined ? '' : `metric ${found.operator} ${found.threshold}`,
    forSeconds: seconds === undefined ? undefined : Number(seconds),
    severity: '',
    pages: false,
    paused: textAt(root, 'enabled') === 'false',
  }
}

interface Compared {
  readonly operator: string
  readonly threshold: string
  readonly duration: string | undefined
}

function comparedIn(node: Plain, depth: number): Compared | undefined {
  if (depth > 5 || node.type === 'scalar') return undefined
  const operator = comparatorOf(textAt(node, 'operator') ?? textAt(node, 'comparison') ?? '')
  const threshold = textAt(node, 'threshold') ?? textAt(node, 'threshold_value')
  if (operator !== undefined && threshold !== undefined)
    return { operator, threshold, duration: textAt(node, 'threshold_duration') ?? textAt(node, 'duration') }
  const inner = node.type === 'list' ? node.items : node.entries.map(({ value }) => value)
  for (const child of inner) {
    const found = comparedIn(child, depth + 1)
    if (found) return found
  }
  return undefined
}

function scalarText(node: Plain | undefined): string {
  return node?.type === 'scalar' ? node.text : ''
}

function firstLine(span: Span): Span {
  return { ...span, endLine: span.line, endColumn: span.column + 200 }
}
