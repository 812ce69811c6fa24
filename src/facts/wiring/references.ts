import { entryOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import type { Span } from '../../text/lines.ts'
import { type Draft, titleOf } from './draft.ts'
import { isWorkload, type Manifest, type Manifests, sameObject, together } from './objects.ts'
import { scales } from './selectors.ts'

/** References by name: routes to Services, autoscalers to workloads, and numbers that an autoscaler sets as well. */
export function referenceDrafts(manifests: Manifests): readonly Draft[] {
  return [...byName(manifests), ...besideAutoscaler(manifests)]
}

interface Reference {
  readonly what: 'backend' | 'target'
  readonly kind: string
  readonly name: string
  readonly field: string
  readonly at: Span | undefined
}

function byName({ base, head }: Manifests): readonly Draft[] {
  return head.flatMap(from =>
    referencesOf(from).flatMap((reference): readonly Draft[] => {
      const leadsTo = (all: readonly Manifest[]) =>
        all.find(other => other.kind === reference.kind && other.name === reference.name && together(from, other))
      if (leadsTo(head)) return []
      const before = base.find(other => sameObject(other, from))
      const old =
        before && referencesOf(before).find(({ name, what }) => name === reference.name && what === reference.what)
      const gone = leadsTo(base)
      // Either the other end went, or the reference now names what neither side has while its old name is still there.
      const renamed =
        before &&
        !old &&
        referencesOf(before).some(
          other =>
            other.what === reference.what && head.some(now => now.kind === other.kind && now.name === other.name),
        )
      if (!gone && !renamed) return []
      const cause = gone?.changed ? gone : undefined
      return [
        {
          what: reference.what,
          name: titleOf(from),
          target: `${reference.kind} ${reference.name}`,
          field: reference.field,
          held: gone !== undefined && old !== undefined,
          places: gone ? [gone.path] : [],
          from,
          ...(cause ? { cause } : {}),
          ...(reference.at ? { at: reference.at } : {}),
        },
      ]
    }),
  )
}

function referencesOf({ kind, node }: Manifest): readonly Reference[] {
  if (kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject') {
    const target = valueAt(node, 'spec', 'scaleTargetRef')
    const name = textAt(target, 'name')
    if (name === undefined) return []
    const wanted = textAt(target, 'kind') ?? 'Deployment'
    return [{ what: 'target', kind: wanted, name, field: 'spec.scaleTargetRef', at: entryOf(target, 'name')?.keySpan }]
  }
  return kind === 'Ingress' ? backends(valueAt(node, 'spec')) : []
}

function backends(spec: Plain | undefined): readonly Reference[] {
  const rules = valueAt(spec, 'rules')
  const paths = (rules?.type === 'list' ? rules.items : []).flatMap(rule => {
    const list = valueAt(rule, 'http', 'paths')
    return list?.type === 'list' ? list.items : []
  })
  const all = [...paths.map(path => valueAt(path, 'backend')), valueAt(spec, 'defaultBackend')]
  return all.flatMap((backend): readonly Reference[] => {
    const service = valueAt(backend, 'service') ?? backend
    const key = service === backend ? 'serviceName' : 'name'
    const name = textAt(service, key)
    return name === undefined
      ? []
      : [{ what: 'backend', kind: 'Service', name, field: 'spec.rules', at: entryOf(service, key)?.keySpan }]
  })
}

/** A workload that says how many instances it has while an autoscaler says so too: each apply sets the number back. */
function besideAutoscaler({ base, head }: Manifests): readonly Draft[] {
  return head.flatMap((workload): readonly Draft[] => {
    const replicas = isWorkload(workload) ? entryOf(valueAt(workload.node, 'spec'), 'replicas') : undefined
    const autoscaler = replicas && head.find(other => scales(other, workload))
    if (!replicas || !autoscaler || !(workload.changed || autoscaler.changed)) return []
    const old = base.find(other => sameObject(other, workload))
    const had = old !== undefined && entryOf(valueAt(old.node, 'spec'), 'replicas') !== undefined
    if (had && base.some(other => scales(other, old))) return []
    return [
      {
        what: 'autoscaled',
        name: titleOf(workload),
        target: `${titleOf(autoscaler)} (${textAt(autoscaler.node, 'spec', 'minReplicas') ?? textAt(autoscaler.node, 'spec', 'minReplicaCount') ?? '1'} to ${textAt(autoscaler.node, 'spec', 'maxReplicas') ?? textAt(autoscaler.node, 'spec', 'maxReplicaCount') ?? '?'})`,
        field: 'spec.replicas',
        // The workload ran under the autoscaler alone before.
        held: old !== undefined && base.some(other => scales(other, old)),
        places: [autoscaler.path],
        from: workload,
        ...(autoscaler.changed ? { cause: autoscaler } : {}),
        at: replicas.keySpan,
      },
    ]
  })
}
