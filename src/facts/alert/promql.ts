/** What a query says, as far as its text tells: a parser would not know more of what matters here. */
export interface QueryView {
  /** The query with numbers that are compared with as `#`, to see whether only they changed. */
  readonly skeleton: string
  /** The same with the comparators masked as well. */
  readonly unsigned: string
  readonly comparator: string
  readonly thresholds: readonly number[]
  readonly perInstance: boolean
  readonly compares: boolean
  readonly neverEmpty: boolean
  readonly usedShare?: number
}

const number = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`
const comparison = new RegExp(
  String.raw`(>=|<=|==|!=|>|<)(\s*(?:bool\b)?\s*)(${number}(?:\s*[*/]\s*${number})*)(?![\w.])`,
  'gi',
)
const instanceLabel =
  /\b(instance|pod|host|hostname|node|device|mountpoint|container|name|queue|path|url|target|endpoint|user|customer|tenant|id|ip)\b/

/** Reads a PromQL-like query. Never throws; unknown syntax only makes it say less. */
export function viewOf(expr: string): QueryView {
  const plain = oneLine(expr)
  const masked = mask(plain)
  const compared = [...masked.matchAll(comparison)]
  const last = compared.at(-1)
  const absent = /\babsent(_over_time)?\s*\(/.test(masked)
  const compares = absent || /[<>]|[!=]=/.test(masked) || /\bunless\b/.test(masked)
  return {
    skeleton: plain.replace(comparison, '$1$2#'),
    unsigned: plain.replace(comparison, '?#'),
    comparator: new Set(compared.map(match => match[1])).size === 1 ? (last?.[1] ?? '') : '',
    thresholds: compared.map(match => numberOf(match[3] ?? '')),
    perInstance: !absent && perInstance(masked),
    compares,
    neverEmpty:
      !compares &&
      /\b(rate|irate|increase|delta|idelta|deriv|avg_over_time|histogram_quantile|sum|avg|max|min|time)\s*(by\s*\([^)]*\)\s*)?\(|\s[-+*/]\s/.test(
        masked,
      ),
    ...shareOf(masked, last?.[1] ?? '', last === undefined ? undefined : numberOf(last[3] ?? '')),
  }
}

/** A query on one line, without comments. */
export function oneLine(expr: string): string {
  return expr
    .replace(/^\s*#.*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Names of metrics in a query. */
export function metricsOf(expr: string): readonly string[] {
  const masked = mask(oneLine(expr)).replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
  const names = [...masked.matchAll(/(?<![\w:])[a-zA-Z_][\w:]*(?!\s*\(|[\w:])/g)].map(match => match[0])
  return [...new Set(names.filter(name => /[_:]/.test(name) && name.length > 5 && !keywords.has(name)))]
}

/** Names of jobs, services and the like that a query selects. */
export function subjectsOf(expr: string): readonly string[] {
  const selectors = expr.matchAll(
    /\b(job|service|app|deployment|statefulset|daemonset|container|queue|component|name|workload|cronjob)\s*=~?\s*["']([\w./-]{3,})["']/g,
  )
  return [...new Set([...selectors].map(match => (match[2] ?? '').replace(/[.*]+$/, '')))].filter(
    name => name.length > 2,
  )
}

const keywords = new Set(['group_left', 'group_right', 'count_values'])

function mask(expr: string): string {
  return expr
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""')
    .replace(/\{[^{}]*\}/g, '{}')
    .replace(/\[[^[\]]*\]/g, '[]')
}

function perInstance(masked: string): boolean {
  if (/\b(scalar|vector)\s*\(/.test(masked)) return false
  const aggregations = [
    ...masked.matchAll(
      /\b(sum|avg|min|max|count|topk|bottomk|quantile|stddev|stdvar|group|count_values)\b\s*(?:(by|without)\s*\(([^)]*)\))?\s*\(/g,
    ),
  ]
  const trailing = [...masked.matchAll(/\)\s*(by|without)\s*\(([^)]*)\)/g)]
  const datadog = /\bby\s*\{/.test(masked)
  if (aggregations.length === 0 && !datadog) return true
  const labels = [...aggregations.map(match => match[3] ?? ''), ...trailing.map(match => match[2] ?? '')].join(',')
  return datadog || instanceLabel.test(labels)
}

function numberOf(literal: string): number {
  const [first = '', ...rest] = literal.split(/\s*([*/])\s*/)
  let value = Number(first)
  for (let at = 0; at + 1 < rest.length; at += 2) {
    const next = Number(rest[at + 1])
    value = rest[at] === '*' ? value * next : value / next
  }
  return value
}

/** From which share in use an alert on disk, memory or CPU fires. */
function shareOf(masked: string, comparator: string, threshold: number | undefined): { usedShare?: number } {
  if (threshold === undefined || threshold <= 0 || threshold > 100) return {}
  if (!/disk|filesystem|volume|storage|memory|mem_|_mem|cpu|inode|swap|partition|\bdf\b/i.test(masked)) return {}
  if (
    /predict_linear|deriv|delta|increase|errors?_total|temp|throttl|pressure|load\d|_up\b|failed|status|phase/i.test(
      masked,
    )
  )
    return {}
  const isPercent = threshold > 1
  if (isPercent && !/100|percent|pct|usage|utili[sz]ation/i.test(masked)) return {}
  if (!isPercent && !/\/|ratio|utili[sz]ation|pct|percent|usage|rate\s*\(/i.test(masked)) return {}
  const share = isPercent ? threshold / 100 : threshold
  const free = /avail|free|idle|remaining|_left/i.test(masked) !== /\b(1|100)\s*-/.test(masked)
  if (free) return comparator.startsWith('<') ? { usedShare: 1 - share } : {}
  return comparator.startsWith('>') ? { usedShare: share } : {}
}
