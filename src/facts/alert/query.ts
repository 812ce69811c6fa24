import { parser } from '@prometheus-io/lezer-promql'
import { closest, editDistance } from '../../text/distance.ts'

/** Why Prometheus would refuse a query, and which characters of it are meant. */
export interface QueryProblem {
  readonly why: string
  readonly from: number
  readonly to: number
}

type Tree = ReturnType<typeof parser.parse>
type Node = Tree['topNode']

/** Functions that take a range of samples. Source: https://prometheus.io/docs/prometheus/latest/querying/functions/ */
const overRange =
  /^(rate|irate|increase|delta|idelta|deriv|changes|resets|predict_linear|holt_winters|double_exponential_smoothing|\w+_over_time)$/

const functions = [
  ...['abs', 'absent', 'absent_over_time', 'avg_over_time', 'ceil', 'changes', 'clamp', 'clamp_max', 'clamp_min'],
  ...[
    'count_over_time',
    'day_of_week',
    'days_in_month',
    'delta',
    'deriv',
    'exp',
    'floor',
    'histogram_quantile',
    'hour',
  ],
  ...['idelta', 'increase', 'irate', 'label_join', 'label_replace', 'last_over_time', 'max_over_time', 'min_over_time'],
  ...['minute', 'month', 'predict_linear', 'quantile_over_time', 'rate', 'resets', 'round', 'scalar', 'sort', 'sqrt'],
  ...['stddev_over_time', 'sum_over_time', 'time', 'timestamp', 'vector', 'sum', 'avg', 'min', 'max', 'count', 'topk'],
]

/**
 * Queries in another language: LogQL of Loki pipes its lines through filters, MetricsQL of VictoriaMetrics has words of its own, and templates are
 * not queries yet.
 */
const otherLanguage =
  /\{\{|\$|\[\[|<%|%\(|\}\s*(\|[=~>]?|!=|!~|!>)\s*["'`a-z]|\|\s*(json|logfmt|pattern|regexp|unwrap|line_format|label_format|unpack|decolorize)\b|\b(keep_metric_names|keep_last_value|ifnot|WITH)\b|\b(default|if)\s/

/** The first problem of a PromQL query; undefined when Prometheus takes it, or when it is in another language. */
export function problemOfQuery(query: string): QueryProblem | undefined {
  if (query.trim() === '' || otherLanguage.test(query)) return undefined
  const tree = parser.parse(query)
  let syntax: Node | undefined
  let range: QueryProblem | undefined
  tree.iterate({
    enter({ node }) {
      if (syntax === undefined && node.type.isError) syntax = node
      range ??= rangeProblem(node, query)
      return syntax === undefined
    },
  })
  return syntax === undefined ? range : syntaxProblem(syntax, query)
}

function syntaxProblem(node: Node, query: string): QueryProblem | undefined {
  const { from, to } = node
  const word = /[a-zA-Z_:][\w:]*$/.exec(query.slice(0, from))?.[0] ?? ''
  if (query.charAt(from) === '(' && word !== '') {
    // Functions that this parser does not know may be newer than it, or belong to a relative of Prometheus.
    const meant = closest(word, functions)
    if (meant === undefined || editDistance(word, meant) > 2) return undefined
    return { why: `there is no function \`${word}\` (did you mean \`${meant}\`?)`, from: from - word.length, to: from }
  }
  return (
    rangeTextProblem(from, query) ??
    (from >= query.trimEnd().length
      ? { why: 'it ends too early', from: Math.max(0, query.trimEnd().length - 1), to }
      : unexpected(from, Math.max(to, from + 1), query))
  )
}

function unexpected(from: number, to: number, query: string): QueryProblem {
  return { why: `\`${query.slice(from, to).slice(0, 30)}\` cannot stand there`, from, to }
}

/** What is wrong inside of `[…]`. */
function rangeTextProblem(at: number, query: string): QueryProblem | undefined {
  const open = query.lastIndexOf('[', at)
  if (open === -1 || query.slice(open, at).includes(']')) return undefined
  const close = query.indexOf(']', open)
  const text = query.slice(open + 1, close === -1 ? query.length : close)
  if (close === -1 || /[()]/.test(text)) return { why: 'a `[` is never closed', from: open, to: open + 1 }
  return { why: `\`${text.trim()}\` is no duration: write it as \`5m\`, \`1h30m\``, from: open + 1, to: close }
}

/** `rate(x)` without a range, and a range that is compared or aggregated: Prometheus checks the types as well. */
function rangeProblem(node: Node, query: string): QueryProblem | undefined {
  if (node.name === 'FunctionCall') {
    const name = query.slice(node.from, node.getChild('FunctionIdentifier')?.to ?? node.from)
    if (!overRange.test(name)) return undefined
    const list = argumentsOf(node)
    const wanted = name === 'quantile_over_time' ? list[1] : list[0]
    if (wanted === undefined || isRange(wanted) || wanted.type.isError) return undefined
    if (!['VectorSelector', 'AggregateExpr', 'BinaryExpr', 'FunctionCall'].includes(wanted.name)) return undefined
    const text = query.slice(wanted.from, wanted.to)
    const written = text.length > 40 ? 'its argument' : `\`${text}\``
    return { why: `\`${name}\` needs a range such as \`[5m]\` behind ${written}`, from: node.from, to: node.to }
  }
  if (node.name !== 'BinaryExpr' && node.name !== 'AggregateExpr') return undefined
  const operands = node.name === 'BinaryExpr' ? children(node) : argumentsOf(node)
  const range = operands.find(child => child.name === 'MatrixSelector')
  if (range === undefined) return undefined
  const text = query.slice(range.from, range.to)
  return {
    why: `\`${text}\` is a range of samples, which needs a function around it such as \`rate\``,
    from: range.from,
    to: range.to,
  }
}

function isRange(node: Node): boolean {
  if (node.name === 'ParenExpr') return children(node).some(isRange)
  return ['MatrixSelector', 'SubqueryExpr', 'OffsetExpr', 'StepInvariantExpr'].includes(node.name)
}

function argumentsOf(node: Node): readonly Node[] {
  const body = node.getChild('FunctionCallBody')
  return body === null ? [] : children(body)
}

function children(node: Node): readonly Node[] {
  const found: Node[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child)
  return found
}
