import { entryOf, type Plain, type PlainEntry, textAt, valueAt } from '../../artifact/plain.ts'
import { type Artifact, touches } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import { lineText, offsetAt, type Span, spanOf } from '../../text/lines.ts'
import { holdsValue, problemOfTemplate } from './annotation.ts'
import { type FoundMap, mapsOf } from './documents.ts'
import { quiet } from './fact.ts'
import type { AlertFact } from './index.ts'

type Kind = Extract<AlertFact['problem'], 'query' | 'duration' | 'template' | 'value-in-label'>

/** Something Prometheus would refuse, or take in a way that hurts, in one alerting or recording rule. */
interface Flaw {
  readonly rule: string
  readonly kind: Kind
  readonly why: string
  readonly span: Span
}

/** Rules of relatives of Prometheus, in query languages of their own. */
const relatives = /loki|victoria|vmalert|vmrule|mimir-logs|logql|pyroscope|tempo/i
const relativeKinds: ReadonlySet<string> = new Set(['VMRule', 'LokiRule', 'AlertingRule', 'GlobalRules'])

/** Facts about rules of Prometheus that the change writes in a way that Prometheus refuses. What was so before is left alone. */
export async function refusedRules(artifact: Artifact): Promise<readonly AlertFact[]> {
  const { head } = artifact
  if (head === undefined || artifact.language === 'hcl' || artifact.kind === 'helm-template') return []
  if (relatives.test(artifact.path)) return []
  const after = await flawsOf(artifact, 'head')
  if (after.length === 0) return []
  const old = new Set((await flawsOf(artifact, 'base')).map(({ rule, kind }) => `${rule}\n${kind}`))
  return after
    .filter(({ rule, kind, span }) => touches(artifact, 'head', span) && !old.has(`${rule}\n${kind}`))
    .map(({ rule, kind, why, span }) => ({
      ...quiet,
      kind: 'alert',
      what: 'text',
      path: artifact.path,
      side: 'head',
      span,
      change: 'changed',
      name: rule,
      source: 'prometheus',
      problem: kind,
      why,
    }))
}

async function flawsOf(artifact: Artifact, side: Side): Promise<readonly Flaw[]> {
  const source = artifact[side]
  if (source === undefined) return []
  const maps = await mapsOf(source, artifact.language)
  if (maps.some(({ node }) => relativeKinds.has(textAt(node, 'kind') ?? ''))) return []
  const rules = maps.filter(({ node }) => isRule(node))
  if (rules.length === 0) return []
  const { problemOfQuery } = await import('./query.ts')
  return rules.flatMap(map => flawsIn(map, text => problemOfQuery(text), artifact, side))
}

/** Alerting and recording rules; other systems have entries called `expr` as well. */
function isRule(node: Plain): boolean {
  const name = valueAt(node, 'alert') ?? valueAt(node, 'record')
  return name?.type === 'scalar' && valueAt(node, 'expr')?.type === 'scalar'
}

function flawsIn(
  { node, place }: FoundMap,
  problemOfQuery: (text: string) => { readonly why: string; readonly from: number; readonly to: number } | undefined,
  artifact: Artifact,
  side: Side,
): readonly Flaw[] {
  const rule = textAt(node, 'alert') ?? textAt(node, 'record') ?? ''
  const flaws: Flaw[] = []
  const expr = valueAt(node, 'expr')
  if (expr?.type === 'scalar' && typeof expr.value === 'string' && expr.expression === undefined) {
    const problem = problemOfQuery(expr.value)
    if (problem) {
      const span = within(artifact, side, place(expr.span), expr.value.slice(problem.from, problem.to))
      flaws.push({ rule, kind: 'query', why: problem.why, span })
    }
  }
  for (const key of ['for', 'keep_firing_for']) {
    const duration = entryOf(node, key)
    if (duration && isBadDuration(duration.value))
      flaws.push({
        rule,
        kind: 'duration',
        why: `\`${key}: ${textIn(duration.value)}\``,
        span: place(duration.value.span),
      })
  }
  for (const entry of entriesIn(valueAt(node, 'annotations'))) flaws.push(...templateFlaws(rule, entry, place))
  for (const entry of entriesIn(valueAt(node, 'labels'))) {
    flaws.push(...templateFlaws(rule, entry, place))
    if (holdsValue(textIn(entry.value)))
      flaws.push({ rule, kind: 'value-in-label', why: `the label \`${entry.key}\``, span: place(entry.value.span) })
  }
  return flaws
}

function templateFlaws(rule: string, entry: PlainEntry, place: FoundMap['place']): readonly Flaw[] {
  const why = problemOfTemplate(textIn(entry.value))
  return why === undefined
    ? []
    : [{ rule, kind: 'template', why: `${why} (\`${entry.key}\`)`, span: place(entry.value.span) }]
}

function entriesIn(node: Plain | undefined): readonly PlainEntry[] {
  return node?.type === 'map' ? node.entries : []
}

function textIn(node: Plain): string {
  return node.type === 'scalar' ? String(node.value ?? '') : ''
}

/** Durations as Prometheus reads them: units from large to small, each at most once; a bare `0` is one. */
function isBadDuration(node: Plain): boolean {
  if (node.type !== 'scalar' || node.expression || node.value === null) return false
  const text = String(node.value)
  if (/[{$<%]/.test(text)) return false
  return !/^(0|(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?)$/.test(text)
}

/** Where the faulty part of a query stands; the query itself where its text is folded or escaped. */
function within(artifact: Artifact, side: Side, span: Span, part: string): Span {
  const lines = artifact[side]?.lines
  if (lines === undefined || part.includes('\n') || part === '') return firstLineOf(artifact, side, span)
  const start = offsetAt(lines, span.line, span.column)
  const text = lines.text.slice(start, offsetAt(lines, span.endLine, span.endColumn))
  const at = text.indexOf(part)
  return at === -1 || text.indexOf(part, at + 1) !== -1
    ? firstLineOf(artifact, side, span)
    : spanOf(lines, start + at, start + at + part.length)
}

/** A block scalar begins with its `|`: the first line of its text says more. */
function firstLineOf(artifact: Artifact, side: Side, span: Span): Span {
  const lines = artifact[side]?.lines
  if (lines === undefined || span.endLine === span.line) return span
  const next = lineText(lines, span.line + 1)
  return {
    line: span.line + 1,
    column: 1 + next.length - next.trimStart().length,
    endLine: span.endLine,
    endColumn: span.endColumn,
  }
}
