import { entryOf, type Plain, valueAt } from '../../artifact/plain.ts'
import { quantityOf } from '../value/quantity.ts'
import { type Draft, titleOf } from './draft.ts'
import { containersOf, type Manifest, type Manifests, sameObject } from './objects.ts'

/** What a quota bounds, and where a container asks for it. */
const bounds = [
  { hard: ['requests.cpu', 'cpu'], asks: ['requests', 'cpu'] },
  { hard: ['requests.memory', 'memory'], asks: ['requests', 'memory'] },
  { hard: ['limits.cpu'], asks: ['limits', 'cpu'] },
  { hard: ['limits.memory'], asks: ['limits', 'memory'] },
] as const

const scaled: readonly string[] = ['Deployment', 'StatefulSet', 'Rollout']

/** Quotas of a namespace that its workloads, as far as the repository shows them, fitted into and no longer do. */
export function quotaDrafts({ base, head }: Manifests): readonly Draft[] {
  return head.flatMap(quota => {
    if (quota.kind !== 'ResourceQuota') return []
    const before = base.find(other => sameObject(other, quota))
    if (before === undefined) return []
    return bounds.flatMap(({ hard, asks }): readonly Draft[] => {
      const key = hard.find(each => limitOf(quota, each) !== undefined)
      const [old, now] = [key && limitOf(before, key), key && limitOf(quota, key)]
      if (key === undefined || old === undefined || now === undefined) return []
      const [wanted, had] = [inNamespace(head, quota), inNamespace(base, quota)]
      if (sumOf(wanted, asks) <= now || sumOf(had, asks) > old) return []
      const cause = wanted.find(workload => {
        const was = had.find(other => sameObject(other, workload))
        return workload.changed && askedBy(workload, asks) > (was ? askedBy(was, asks) : 0)
      })
      if (cause === undefined && !quota.changed) return []
      const hardEntry = entryOf(valueAt(quota.node, 'spec', 'hard'), key)
      const from = cause ?? quota
      return [
        {
          what: 'quota',
          name: titleOf(from),
          target: `${titleOf(quota)} (${key})`,
          field: 'spec.hard',
          held: true,
          places: [quota.path],
          from,
          at: (cause ? placeOf(cause, asks) : hardEntry?.keySpan) ?? from.node.span,
        },
      ]
    })
  })
}

const inNamespace = (all: readonly Manifest[], quota: Manifest): readonly Manifest[] =>
  all.filter(({ kind, namespace }) => scaled.includes(kind) && namespace === quota.namespace && namespace !== '')

const sumOf = (all: readonly Manifest[], asks: readonly [string, string]): number =>
  all.reduce((sum, workload) => sum + askedBy(workload, asks), 0)

/** What all instances of a workload ask for together; those that start first run before the others and are left out. */
function askedBy(workload: Manifest, [group, resource]: readonly [string, string]): number {
  const each = mainOf(workload).reduce(
    (sum, container) => sum + (numberOf(valueAt(container, 'resources', group, resource), resource) ?? 0),
    0,
  )
  return each * (numberOf(valueAt(workload.node, 'spec', 'replicas'), 'replicas') ?? 1)
}

function mainOf(workload: Manifest): readonly Plain[] {
  const first = valueAt(workload.node, 'spec', 'template', 'spec', 'initContainers')
  const starting = first?.type === 'list' ? first.items : []
  return containersOf(workload).filter(container => !starting.includes(container))
}

function placeOf(workload: Manifest, [group, resource]: readonly [string, string]) {
  const [container] = mainOf(workload)
  return container && entryOf(valueAt(container, 'resources', group), resource)?.keySpan
}

const limitOf = (quota: Manifest, key: string): number | undefined =>
  numberOf(entryOf(valueAt(quota.node, 'spec', 'hard'), key)?.value, key)

function numberOf(value: Plain | undefined, key: string): number | undefined {
  if (value?.type !== 'scalar') return undefined
  const found = quantityOf(value, key)
  return found === undefined || found.unit === 'seconds' ? undefined : found.number
}
