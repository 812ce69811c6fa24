import { documentsOf } from '../../artifact/documents.ts'
import { jsonOf, type Plain, type PlainMap, textAt, valueAt } from '../../artifact/plain.ts'
import type { Artifact } from '../../artifact/types.ts'
import type { Span } from '../../text/lines.ts'
import { eachNode, leavesOf } from '../leaves.ts'
import { type Conditions, covers, coversAll } from './cover.ts'
import type { MatchFact } from './index.ts'
import { type TermList, termLists } from './junos.ts'

/** An entry of a list that is asked from the first to the last until one matches. */
interface Rule {
  readonly id: string
  /** Any one of these must hold. */
  readonly alternatives: readonly Conditions[]
  readonly outcome: string
  readonly deny: boolean
  readonly text: string
  readonly span: Span
}

interface RuleList {
  readonly id: string
  readonly name: string
  readonly source: 'rule' | 'route'
  readonly rules: readonly Rule[]
}

/** Entries that now stand before others which they cover, though they did not at base. */
export async function orderFacts(artifact: Artifact): Promise<readonly MatchFact[]> {
  if (artifact.base === undefined || artifact.head === undefined || artifact.language === 'lines') return []
  const base = await documentsOf(artifact.base, artifact.language)
  const head = await documentsOf(artifact.head, artifact.language)
  if (base === undefined || head === undefined) return []
  const before = new Map(ruleLists(base).map(list => [list.id, list]))
  return ruleLists(head).flatMap(list => {
    const old = before.get(list.id)
    return old === undefined ? [] : shadowFacts(artifact, list, old)
  })
}

/** The same for the terms of policies and filters of routers. */
export function termOrderFacts(artifact: Artifact): readonly MatchFact[] {
  const before = new Map(termLists(artifact, 'base').map(list => [list.id, list]))
  return termLists(artifact, 'head').flatMap(list => {
    const old = before.get(list.id)
    return old === undefined ? [] : shadowFacts(artifact, ruleListOf(list), ruleListOf(old))
  })
}

/** A term that neither accepts nor rejects passes on to the next one, and hides nothing. */
function ruleListOf({ id, name, terms }: TermList): RuleList {
  return {
    id,
    name,
    source: 'rule',
    rules: terms
      .filter(({ outcome }) => outcome !== '')
      .map(({ name: text, conditions, outcome, span }) => ({
        id: text,
        alternatives: [conditions],
        outcome: outcome === 'reject' ? 'deny' : 'allow',
        deny: outcome === 'reject',
        text: `term ${text}`,
        span,
      })),
  }
}

/** Most entries of a list that are compared each with each. */
const mostRules = 400

function shadowFacts(artifact: Artifact, list: RuleList, base: RuleList): readonly MatchFact[] {
  const rules = list.rules.slice(0, mostRules)
  const place = new Map(base.rules.map((rule, index) => [rule.id, index]))
  return rules.flatMap((rule, index): readonly MatchFact[] => {
    const was = place.get(rule.id)
    const shadowed = rules.slice(index + 1).filter(later => {
      const stood = place.get(later.id)
      if (stood === undefined || (was !== undefined && was < stood) || later.id === rule.id) return false
      return later.alternatives.every(narrow => rule.alternatives.some(wide => covers(wide, narrow)))
    })
    if (shadowed.length === 0) return []
    const all = rule.alternatives.some(coversAll)
    return [
      {
        kind: 'match',
        path: artifact.path,
        side: 'head',
        span: rule.span,
        listName: list.name,
        action: list.source === 'route' ? 'route' : rule.deny ? 'deny' : 'allow',
        source: 'rule',
        change: 'shadows',
        entry: rule.text,
        reach: all ? 'everything' : '',
        others: rules.length - 1,
        before: base.rules.length,
        shadowed: shadowed.slice(0, 5).map(later => later.text),
        exceptions: false,
        crossing: shadowed.some(later => later.outcome !== rule.outcome),
      },
    ]
  })
}

function ruleLists(documents: Parameters<typeof eachNode>[0]): readonly RuleList[] {
  const lists: RuleList[] = []
  eachNode(documents, (node, keys, owner) => {
    if (node.type !== 'list' || node.items.length < 2) return
    const name = keys.at(-1) ?? ''
    const read = readerFor(name, node.items, owner)
    if (read === undefined) return
    const rules = node.items.flatMap(item => (item.type === 'map' ? [{ item, rule: read(item) }] : []))
    if (rules.length !== node.items.length) return
    const numbered = rules.map(({ item }) => Number(textAt(item, 'priority') ?? textAt(item, 'rule_no') ?? Number.NaN))
    const order = numbered.every(number => !Number.isNaN(number))
      ? rules.map((_, index) => index).sort((a, b) => (numbered[a] ?? 0) - (numbered[b] ?? 0))
      : rules.map((_, index) => index)
    lists.push({
      id: `${documents.length === 1 ? '' : documentName(owner)}${keys.join('\n')}`,
      name,
      source: isRoutes(name) ? 'route' : 'rule',
      rules: order.flatMap(index => rules[index]?.rule ?? []),
    })
  })
  return lists
}

function documentName(owner: PlainMap | undefined): string {
  return textAt(owner, 'name') ?? textAt(owner, 'hosts') ?? ''
}

function isRoutes(name: string): boolean {
  return /^(redirects|rewrites|routes|http|ordered_cache_behavior)$/.test(name)
}

function readerFor(
  name: string,
  items: readonly Plain[],
  owner: PlainMap | undefined,
): ((item: PlainMap) => Rule) | undefined {
  if (/^(redirects|rewrites)$/.test(name))
    return items.every(item => sourceOf(item) !== undefined)
      ? item => routeRule(item, [sourceConditions(item)])
      : undefined
  if (name === 'ordered_cache_behavior')
    return item => routeRule(item, [new Map([['path', [textAt(item, 'path_pattern') ?? '']]])])
  const matched = items.every(item => valueAt(item, 'match') !== undefined || valueAt(item, 'route') !== undefined)
  // Istio and Envoy. Alertmanager's routes have receivers; Traefik's match is a text and its order is by length.
  if (
    (name === 'http' || name === 'routes') &&
    matched &&
    items.every(item => valueAt(item, 'receiver') === undefined && valueAt(item, 'match')?.type !== 'scalar')
  )
    return item => routeRule(item, alternativesOf(valueAt(item, 'match')))
  if (owner === undefined || !items.every(item => item.type === 'map' && actionText(item) !== undefined))
    return undefined
  return actionRule
}

function sourceOf(item: Plain): string | undefined {
  return textAt(item, 'from') ?? textAt(item, 'source') ?? textAt(item, 'regex')
}

function sourceConditions(item: PlainMap): Conditions {
  const conditions = new Map([['path', [sourceOf(item) ?? '']]])
  for (const key of ['has', 'missing', 'conditions', 'query', 'country', 'language']) {
    const node = valueAt(item, key)
    if (node !== undefined) conditions.set(key, [JSON.stringify(jsonOf(node))])
  }
  return conditions
}

function alternativesOf(match: Plain | undefined): readonly Conditions[] {
  if (match === undefined) return [new Map()]
  return match.type === 'list' ? match.items.map(conditionsOf) : [conditionsOf(match)]
}

function conditionsOf(node: Plain): Conditions {
  const conditions = new Map<string, readonly string[]>()
  for (const leaf of leavesOf([{ root: node }])) {
    const field = leaf.keys.join('.')
    if (meta.test(field)) continue
    conditions.set(field, [...(conditions.get(field) ?? []), leaf.scalar.text])
  }
  return conditions
}

/** Fields of a rule that say nothing about what it matches. */
const meta =
  /^(name|id|ref|sid|title|description|comment|remark|note|priority|rule_no|rule_number|enabled|log|logging|action|policy|verdict|decision|then|jump|expires.*|ignoreUriCase)(\.|$)/i

const refusing = /^(deny|denied|block|drop|reject|forbid|ban|blackhole|discard|403)$/i
const admitting = /^(allow|accept|permit|pass|bypass|skip|200)$/i

function actionText(item: PlainMap): string | undefined {
  const text = ['action', 'verdict', 'decision', 'policy', 'then', 'jump']
    .map(key => textAt(item, key))
    .find(word => word !== undefined)
  return text !== undefined && (refusing.test(text) || admitting.test(text)) ? text.toLowerCase() : undefined
}

function actionRule(item: PlainMap): Rule {
  const action = actionText(item) ?? ''
  const conditions = conditionsOf(item)
  return {
    id: `${action} ${[...conditions]
      .map(([field, values]) => `${field}=${values.join()}`)
      .sort()
      .join(' ')}`,
    alternatives: [conditions],
    outcome: refusing.test(action) ? 'deny' : 'allow',
    deny: refusing.test(action),
    text: `${action} ${describe(conditions)}`,
    span: firstLineOf(item),
  }
}

function routeRule(item: PlainMap, alternatives: readonly Conditions[]): Rule {
  const outcome = item.entries.filter(entry => !/^(match|from|source|regex|path_pattern|name)$/.test(entry.key))
  const text = alternatives.map(describe).join(' or ')
  return {
    id: text,
    alternatives,
    outcome: JSON.stringify(outcome.map(entry => [entry.key, jsonOf(entry.value)])),
    deny: false,
    text,
    span: firstLineOf(item),
  }
}

function describe(conditions: Conditions): string {
  return conditions.size === 0
    ? 'everything'
    : [...conditions]
        .map(([, values]) => values.join(','))
        .join(' ')
        .slice(0, 80)
}

function firstLineOf(item: PlainMap): Span {
  const first = item.entries[0]
  return first
    ? { ...first.keySpan, endColumn: Math.max(first.keySpan.endColumn, first.keySpan.column + 1) }
    : item.span
}
