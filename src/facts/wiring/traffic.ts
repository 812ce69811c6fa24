import { textAt } from '../../artifact/plain.ts'
import { type Draft, titleOf } from './draft.ts'
import { type Manifests, sameObject } from './objects.ts'
import { choosesPodsOf } from './selectors.ts'

/** Services that from now on answer only on nodes with a pod of theirs, where not every node has one. */
export function trafficDrafts({ base, head }: Manifests): readonly Draft[] {
  return head.flatMap((object): readonly Draft[] => {
    if (object.kind !== 'Service' || !object.changed || policyOf(object.node) !== 'Local') return []
    const before = base.find(other => sameObject(other, object))
    if (before === undefined || policyOf(before.node) === 'Local') return []
    const chosen = head.filter(other => choosesPodsOf(object, other))
    // A DaemonSet has a pod on every node.
    if (chosen.length > 0 && chosen.every(({ kind }) => kind === 'DaemonSet')) return []
    const [workload] = chosen
    return [
      {
        what: 'local-traffic',
        name: titleOf(object),
        target:
          workload === undefined
            ? ''
            : `${titleOf(workload)}, ${textAt(workload.node, 'spec', 'replicas') ?? 'some'} pods`,
        field: 'spec.externalTrafficPolicy',
        held: true,
        places: chosen.map(({ path }) => path),
        from: object,
      },
    ]
  })
}

function policyOf(node: Parameters<typeof textAt>[0]): string {
  return textAt(node, 'spec', 'externalTrafficPolicy') ?? 'Cluster'
}
