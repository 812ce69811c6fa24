import type { Tree } from '../../change/types.ts'
import type { AlertRule } from './rules.ts'

export interface RulePair {
  readonly base?: AlertRule
  readonly head?: AlertRule
}

type KeyOf = (rule: AlertRule) => string | undefined

/** Alerts are the same by place and name, else by name, else by query: what was moved or renamed is not removed. */
const steps: readonly KeyOf[] = [
  rule => [rule.artifact.path, rule.group, rule.name, rule.severity, rule.expr].join('\n'),
  rule => [rule.artifact.path, rule.group, rule.name, rule.severity].join('\n'),
  rule => [rule.artifact.path, rule.name].join('\n'),
  rule => [rule.name, rule.severity].join('\n'),
  rule => rule.name,
  // A CloudWatch alarm's metric often is computed, and then its expression is like any other.
  rule => (rule.expr === '' || rule.source === 'cloudwatch' ? undefined : `${rule.expr}\n${rule.severity}`),
  rule => (rule.expr === '' || rule.source === 'cloudwatch' ? undefined : rule.expr),
]

/** Pairs the alerts of all changed files. Two that share only a place are still two. */
export function pairRules(base: readonly AlertRule[], head: readonly AlertRule[]): readonly RulePair[] {
  const pairs: RulePair[] = []
  let [restBase, restHead] = [base, head]
  for (const keyOf of steps) {
    const waiting = groupBy(restBase, keyOf)
    const taken = new Set<AlertRule>()
    for (const rule of restHead) {
      const key = keyOf(rule)
      const partner = key === undefined ? undefined : waiting.get(key)?.find(candidate => !taken.has(candidate))
      if (partner === undefined) continue
      pairs.push({ base: partner, head: rule })
      taken.add(partner).add(rule)
    }
    restBase = restBase.filter(rule => !taken.has(rule))
    restHead = restHead.filter(rule => !taken.has(rule))
  }
  return [...pairs, ...restBase.map(rule => ({ base: rule })), ...restHead.map(rule => ({ head: rule }))]
}

function groupBy(rules: readonly AlertRule[], keyOf: KeyOf): ReadonlyMap<string | undefined, readonly AlertRule[]> {
  const groups = new Map<string | undefined, AlertRule[]>()
  for (const rule of rules) {
    const key = keyOf(rule)
    const group = groups.get(key)
    if (group) group.push(rule)
    else groups.set(key, [rule])
  }
  return groups
}

/** Most unchanged files that are read in search of a removed alert. */
const mostFiles = 200

/** Names, of those given, that unchanged files of the repository still define. */
export async function stillDefined(
  names: readonly string[],
  tree: Tree,
  changed: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  if (names.length === 0) return found
  const paths = (await tree.list()).filter(
    path =>
      !changed.has(path) &&
      /\.(ya?ml|json|jsonnet|libsonnet|tf|tpl)$/.test(path) &&
      /alert|rule|prom|monitor|observ/i.test(path),
  )
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text === undefined) continue
    for (const name of names) if (!found.has(name) && text.includes(name.split('.').at(-1) ?? name)) found.add(name)
    if (found.size === names.length) break
  }
  return found
}
