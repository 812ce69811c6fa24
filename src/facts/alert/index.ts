import { flag, number, optional, text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

const words = {
  what: ['rule', 'route', 'metric', 'service', 'text', 'target'],
  change: ['added', 'removed', 'changed'],
} as const

export const alertFields = {
  what: word(
    words.what,
    'An alert rule; a route or receiver of Alertmanager; a metric that code stops to emit while rules name it; a new service; the text of a rule that Prometheus refuses; a target that is no longer scraped, or rules that are no longer loaded.',
  ),
  change: word(words.change, 'What happened to it. What moved to another file or got another name is not removed.'),
  name: text('Name of the alert, receiver, metric or service.'),
  source: text(
    'Who reads it: `prometheus`, `grafana`, `datadog`, `cloudwatch`, `monitoring` (other clouds), `monit`, `nagios`, `icinga`, `sensu`, `alertmanager`, or the language of the code.',
  ),
  expr: text('The query after the change, on one line; empty when it is gone.'),
  baseExpr: text('The query before.'),
  exprChanged: flag('The query differs in more than white space and its threshold.'),
  severity: text('Severity label in lower case; empty when there is none.'),
  baseSeverity: text('Severity label before.'),
  pages: flag('The severity (before, for a removal) is one that wakes people: page, critical, p1 …'),
  basePages: flag('The severity before woke people.'),
  forSeconds: number('How long the condition must hold before the alert fires, seconds; 0 for at once.'),
  baseForSeconds: optional(number('The same before; absent for a new alert.')),
  perInstance: flag('One alert per instance, disk, pod …: nothing is aggregated, or by such a label.'),
  compares: flag('The query compares with something, so it can be false.'),
  neverEmpty: flag('The outermost part is arithmetic or a rate, which yields a value all the time.'),
  comparator: text('Comparison with a number, such as `>`; empty when there is none or several.'),
  threshold: optional(number('Number compared with after the change.')),
  baseThreshold: optional(number('Number compared with before; only when nothing else of the query changed.')),
  direction: word(
    ['weaker', 'stricter', 'flipped', 'same'],
    'What the change of the threshold does: `weaker` fires later or less often; `flipped` compares the other way.',
  ),
  usedShare: optional(
    number('For disk, memory and CPU: the share in use (0 to 1) from which the alert fires; absent for other queries.'),
  ),
  baseUsedShare: optional(number('The same before.')),
  paused: flag('The alert is kept but switched off by the change.'),
  replacements: number('How many new alerts the change adds to the same file.'),
  together: number(
    'How many alerts of the file the change removes, or weakens, at once; the fact is about the most urgent of them.',
  ),
  subjectGone: flag('The change also removes what the alert watches: its metric, job or service.'),
  routed: flag('An Alertmanager configuration of the repository says where the alert goes.'),
  receiver: text('Receiver after the change; empty when not known.'),
  groupBy: texts('Labels by which notifications are grouped; `...` means that nothing is grouped.'),
  ungrouped: flag('Every firing instance sends a notification of its own.'),
  baseUngrouped: flag('The same before.'),
  repeatSeconds: optional(number('How often the same notification is sent again, seconds.')),
  baseRepeatSeconds: optional(number('The same before.')),
  problem: word(
    [
      'unknown-receiver',
      'empty-receiver',
      'hides-routes',
      'query',
      'duration',
      'template',
      'no-groups',
      'value-in-label',
      'not-scraped',
      'not-loaded',
      'short-range',
      'none',
    ],
    'A route that names a receiver which does not exist, or one that sends nothing and did before, or that takes the alerts of the routes behind it; a rate over a shorter time than two scrapes take; `text`: what is wrong in it; `target`: what is lost.',
  ),
  why: text(
    '`text`: what is wrong, in words. `target`: what is no longer scraped or loaded. `hides-routes`: the routes that are hidden. `short-range`: the range and the interval.',
  ),
  usedBy: texts('Files that name the metric, or alert on the siblings of the service.'),
  suggestion: text('The name that the code emits now in its place; empty when there is none.'),
}

/** An alert, its routing, or what it watches, as changed by the change. Source: rule files, Alertmanager, Terraform. */
export type AlertFact = FactOf<'alert', typeof alertFields>

const readable: readonly string[] = ['yaml', 'json', 'hcl', 'conf']

export const alertKind = {
  name: 'alert',
  doc: 'An alert rule, its routing, a metric or a new service without any alert: Prometheus, Alertmanager, Grafana, Datadog and CloudWatch in Terraform.',
  fields: alertFields,
  wants: artifact => {
    if (artifact.role !== 'live' || artifact.language === 'sql') return false
    const text = `${artifact.base?.text ?? ''}\n${artifact.head?.text ?? ''}`
    if (!readable.includes(artifact.language)) return emits.test(text)
    if (/(^|\/)(i18n|locales?)\//.test(artifact.path)) return false
    return (
      mentionsAlerts(text) || artifact.kind === 'compose' || /kind:\s*(Deployment|StatefulSet|CronJob)\b/.test(text)
    )
  },
  // Metrics are made in languages that nothing else reads.
  concerns: paths => paths.some(path => /\.(go|java|kt|scala|rs|cs|php|ex|exs|cpp|cc)$/.test(path)),
  load: async () => (await import('./extract.ts')).extractAlerts,
} satisfies FactKind

/** Code that makes a metric. */
const emits =
  /Counter|Gauge|Histogram|Summary|prometheus|statsd|StatsD|metrics?[.:]|meter\.|\b(increment|incr|timing|gauge|distribution|histogram|counter)\(/

/** What makes a file worth reading: an alert with its query, a route with its receiver, an alarm of a cloud. */
function mentionsAlerts(text: string): boolean {
  if (/\balert["']?\s*:/.test(text) && /\bexpr["']?\s*:/.test(text)) return true
  if (/\breceivers["']?\s*:/.test(text) && /\broute["']?\s*:/.test(text)) return true
  if (/\bcondition["']?\s*:/.test(text) && /\bdatasourceUid\b/.test(text)) return true
  return watching.test(text) || olderChecks.test(text) || clouds.test(text)
}

/** What Prometheus scrapes and loads. */
const watching =
  /\b(record|scrape_?configs|rule_files)["']?\s*:|kind:\s*(ServiceMonitor|PodMonitor|PrometheusRule|Probe|ScrapeConfig)\b|metric-?labels-?allow-?list/i
/** Monit, Nagios, Icinga, Sensu. */
const olderChecks =
  /^[ \t]*check\s+\w+\s+\S|^[ \t]*define\s+service\s*\{|^[ \t]*(apply|object)\s+(Service|Host)\s+"|\bCheckConfig\b|checks["']?\s*:\s*\{/m
const clouds =
  /AWS::CloudWatch::Alarm|datadog_monitor|cloudwatch_metric_alarm|monitoring_alert_policy|nrql_alert_condition|monitor_metric_alert/
