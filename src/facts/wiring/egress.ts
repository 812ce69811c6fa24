import { entryOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import { type Draft, titleOf } from './draft.ts'
import { chooses, labelsAt, type Manifest, type Manifests, sameObject, together } from './objects.ts'

/** Policies that are the first to hold back what their pods send, and that let out everything but questions for names. */
export function egressDrafts({ base, head }: Manifests): readonly Draft[] {
  return head.flatMap((policy): readonly Draft[] => {
    if (!policy.changed || !restrictsEgress(policy)) return []
    const rules = egressOf(policy)
    if (rules.length === 0 || rules.some(letsNamesOut)) return []
    const before = base.find(other => sameObject(other, policy))
    if (before && restrictsEgress(before) && !egressOf(before).some(letsNamesOut)) return []
    // Where pods are held back already, something that is not seen here lets their questions out.
    const others = [...base, ...head].filter(
      other => other !== policy && !sameObject(other, policy) && restrictsEgress(other) && together(other, policy),
    )
    if (others.some(other => overlaps(other, policy))) return []
    return [
      {
        what: 'no-dns',
        name: titleOf(policy),
        target: 'port 53',
        field: 'spec.egress',
        held: true,
        from: policy,
      },
    ]
  })
}

function restrictsEgress({ kind, node }: Manifest): boolean {
  if (kind !== 'NetworkPolicy') return false
  const types = valueAt(node, 'spec', 'policyTypes')
  return types?.type === 'list'
    ? types.items.some(item => item.type === 'scalar' && item.text === 'Egress')
    : egressOf({ node }).length > 0
}

function egressOf({ node }: Pick<Manifest, 'node'>): readonly Plain[] {
  const rules = valueAt(node, 'spec', 'egress')
  return rules?.type === 'list' ? rules.items : []
}

/** The rule has no ports, port 53, a port by name, one that is computed, or a range around 53. */
function letsNamesOut(rule: Plain): boolean {
  const ports = entryOf(rule, 'ports')?.value
  if (ports?.type !== 'list' || ports.items.length === 0) return true
  return ports.items.some(item => {
    const [port, end] = [Number(textAt(item, 'port') ?? 'none'), Number(textAt(item, 'endPort') ?? 'none')]
    return Number.isNaN(port) || port === 53 || port === 5353 || (port <= 53 && end >= 53)
  })
}

/** May both choose the same pods? */
function overlaps(a: Manifest, b: Manifest): boolean {
  const [one, two] = [a, b].map(({ node }) => labelsAt(node, 'spec', 'podSelector', 'matchLabels'))
  return one === undefined || two === undefined || chooses(one, two) || chooses(two, one)
}
