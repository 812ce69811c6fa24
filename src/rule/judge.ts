import type { Artifact, Source } from '../artifact/types.ts'
import { headLineFor } from '../artifact/types.ts'
import type { Config, Level } from '../config/types.ts'
import { type Fact, type FactContext, type FactKind, fieldsOf } from '../facts/types.ts'
import { messageOf } from '../text/errors.ts'
import { lineText } from '../text/lines.ts'
import { once } from '../text/once.ts'
import { fingerprint } from './fingerprint.ts'
import { flagsOf, tiesOf } from './guard.ts'
import { prefilter } from './prefilter.ts'
import { type Flagged, withRewrites } from './rewrite.ts'
import type { FileView, Finding, Rule } from './types.ts'

export interface Judgement {
  readonly findings: readonly Finding[]
  /** Rules that failed on a fact: rule, file and what was thrown. */
  readonly problems: readonly { readonly path: string; readonly line: number; readonly message: string }[]
}

const docsRoot = 'https://github.com/premortem/premortem/blob/main/docs/rules.md'

/** Page of a rule. */
export function docsOf(rule: string): string {
  return `${docsRoot}#${rule.replace('/', '-')}`
}

/**
 * Applies rules to the facts of one kind. A rule that throws is reported and the others go on.
 * The language of conditions is loaded only when some fact stands where some rule looks.
 */
export async function judge(
  rules: readonly Rule[],
  kind: FactKind,
  facts: readonly Fact[],
  artifacts: ReadonlyMap<string, Artifact>,
  context: FactContext,
): Promise<Judgement> {
  const candidates = candidatesOf(rules, kind, facts, artifacts, context.config)
  if (candidates.length === 0) return { findings: [], problems: [] }
  const [{ bindingsOf }, { compileRule }] = await Promise.all([import('./condition.ts'), import('./compile.ts')])
  const flagged: Flagged[] = []
  const problems: { path: string; line: number; message: string }[] = []
  const compiled = new Map<Rule, ReturnType<typeof compileRule>>()
  for (const { fact, artifact, file, matching } of candidates) {
    const bindings = bindingsOf(fact, kind, file)
    for (const { rule, configured } of matching) {
      const apply = compiled.get(rule) ?? compileRule(rule, kind)
      compiled.set(rule, apply)
      try {
        const verdict = apply(bindings)
        if (!verdict) continue
        const finding = toFinding(rule, kind, fact, configured ?? verdict.level, verdict.message, artifact)
        flagged.push({ finding, fact, wanted: rule.rewrite, source: artifact?.head })
      } catch (error) {
        problems.push({ path: fact.path, line: fact.span.line, message: `rule ${rule.id} failed: ${messageOf(error)}` })
      }
    }
  }
  const rewritten = await withRewrites(flagged, kind, context)
  return { findings: distinguish(rewritten.findings), problems: [...problems, ...rewritten.problems] }
}

interface Candidate {
  readonly fact: Fact
  readonly artifact: Artifact | undefined
  readonly file: FileView
  readonly matching: readonly { readonly rule: Rule; readonly configured: Level | undefined }[]
}

/** The facts that stand where some rule looks, with those rules. */
function candidatesOf(
  rules: readonly Rule[],
  kind: FactKind,
  facts: readonly Fact[],
  artifacts: ReadonlyMap<string, Artifact>,
  config: Config,
): readonly Candidate[] {
  if (facts.length === 0) return []
  const applied = rules.flatMap(rule => {
    if (rule.on !== kind.name) return []
    const configured = configuredLevel(rule.id, config)
    return configured === 'off' ? [] : [{ rule, configured, applies: prefilter(rule) }]
  })
  const askedOf = lookup(applied)
  return facts.flatMap(fact => {
    const asked = askedOf(fact)
    if (asked.length === 0) return []
    const artifact = artifacts.get(fact.path)
    const file = viewOf(artifact)
    const matching = asked.filter(({ applies }) => applies(fact, file))
    return matching.length === 0 ? [] : [{ fact, artifact, file, matching }]
  })
}

/** The rules to ask about a fact: by the flag and the word of the field that most rules are tied to, such as the operation of a migration. */
function lookup<T extends { readonly rule: Rule }>(applied: readonly T[]): (fact: Fact) => readonly T[] {
  const flagged = applied.map(item => ({ item, flags: flagsOf(item.rule.when) }))
  const [flag, most] = commonest(flagged.map(({ flags }) => flags))
  if (most < 4) return byWord(applied)
  const without = (value: boolean): readonly T[] =>
    flagged.flatMap(({ item, flags }) => (flags.get(flag) === value ? [] : [item]))
  const whenSet = once(() => byWord(without(false)))
  const whenNot = once(() => byWord(without(true)))
  const always = once(() => byWord(applied))
  return fact => {
    const value: unknown = Reflect.get(fact, flag)
    return (value === true ? whenSet : value === false ? whenNot : always)()(fact)
  }
}

/** The name that stands in most of the maps, and how often. */
function commonest(maps: readonly ReadonlyMap<string, unknown>[]): readonly [name: string, times: number] {
  const counts = new Map<string, number>()
  for (const map of maps) for (const name of map.keys()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].reduce((one, other) => (other[1] > one[1] ? other : one), ['', 0])
}

function byWord<T extends { readonly rule: Rule }>(applied: readonly T[]): (fact: Fact) => readonly T[] {
  const tied = applied.map(item => ({ item, ties: tiesOf(item.rule.when) }))
  const [pivot, most] = commonest(tied.map(({ ties }) => ties))
  if (most < 4) return () => applied
  const free: T[] = []
  const rulesFor = new Map<unknown, T[]>()
  for (const { ties } of tied) for (const word of ties.get(pivot) ?? []) rulesFor.set(word, [])
  for (const { item, ties } of tied) {
    const words = ties.get(pivot)
    if (words === undefined) for (const list of [free, ...rulesFor.values()]) list.push(item)
    else for (const word of words) rulesFor.get(word)?.push(item)
  }
  return fact => rulesFor.get(Reflect.get(fact, pivot)) ?? free
}

/** What the configuration says of a rule: its own entry beats that of its area. */
function configuredLevel(id: string, config: Config): 'off' | Level | undefined {
  return config.rules[id] ?? config.rules[`${id.split('/')[0] ?? ''}/*`]
}

/** A fact about no file in particular (the time of merging) counts as live. */
function viewOf(artifact: Artifact | undefined): FileView {
  if (!artifact) return { kind: 'other', language: 'text', role: 'live', environment: 'unknown', status: 'modified' }
  const { kind, language, role, environment, status } = artifact
  return { kind, language, role, environment, status }
}

function toFinding(
  rule: Rule,
  kind: FactKind,
  fact: Fact,
  level: Level,
  message: string,
  artifact: Artifact | undefined,
): Finding {
  const source = fact.side === 'base' ? artifact?.base : artifact?.head
  const evidence = Object.entries(fieldsOf(fact)).filter(([name, value]) => name in kind.fields && isShort(value))
  return {
    ...fact.span,
    rule: rule.id,
    level,
    path: fact.path,
    side: fact.side,
    message,
    why: rule.why.trim(),
    fix: rule.fix.trim(),
    evidence: Object.fromEntries(evidence),
    fingerprint: fingerprint(rule.id, fact.path, flaggedText(source, fact), 0),
    docs: docsOf(rule.id),
    ...(fact.side === 'base' && artifact?.head
      ? { headLine: Math.min(headLineFor(artifact, fact.span.line), Math.max(1, artifact.head.lines.starts.length)) }
      : {}),
  }
}

/** Surroundings that a fact carries for conditions (a whole object) would drown a report. */
function isShort(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= 400
  return value !== undefined && (typeof value !== 'object' || (JSON.stringify(value) ?? '').length <= 400)
}

function flaggedText(source: Source | undefined, fact: Fact): string {
  return source ? lineText(source.lines, fact.span.line) : ''
}

/** Equal fingerprints (the same text twice in a file) are told apart by their order. */
function distinguish(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map<string, number>()
  return findings.map(finding => {
    const nth = seen.get(finding.fingerprint) ?? 0
    seen.set(finding.fingerprint, nth + 1)
    return nth === 0
      ? finding
      : { ...finding, fingerprint: fingerprint(finding.rule, finding.path, finding.fingerprint, nth) }
  })
}
