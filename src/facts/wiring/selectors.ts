import { textAt, valueAt } from '../../artifact/plain.ts'
import { type Draft, titleOf } from './draft.ts'
import { chooses, isWorkload, labelsAt, type Manifest, type Manifests, sameObject, together } from './objects.ts'

/** Selectors that chose pods before and choose none now, and workloads that do not choose their own pods. */
export function selectorDrafts({ base, head }: Manifests): readonly Draft[] {
  return head.flatMap((object): readonly Draft[] => {
    if (isWorkload(object)) return object.changed ? ownTemplate(object, base) : []
    const selector = selectorOf(object)
    if (selector === undefined) return []
    const before = base.find(other => sameObject(other, object))
    const old = before && selectorOf(before)
    const chosen = old ? base.filter(other => isChosen(object, old, other)) : []
    if (chosen.length === 0) return []
    const now = head.filter(other => isChosen(object, selector, other))
    if (now.length > 0) return budget(object, now, before, base, head)
    // The workload went as a whole: then the Service is left over, and usually on its way out as well.
    const cause = head.find(other => other.changed && chosen.some(was => sameObject(was, other)))
    if (!object.changed && cause === undefined) return []
    if (object.changed && cause === undefined && !head.some(other => chosen.some(was => sameObject(was, other))))
      return []
    return [
      {
        what: 'selector',
        name: titleOf(object),
        target: [...selector].map(([key, value]) => `${key}=${value}`).join(', '),
        field: 'spec.selector',
        held: true,
        places: chosen.map(({ path }) => path),
        from: object,
        ...(cause ? { cause } : {}),
      },
    ]
  })
}

function selectorOf({ kind, node }: Manifest): ReadonlyMap<string, string> | undefined {
  if (kind === 'Service') return labelsAt(node, 'spec', 'selector')
  return kind === 'PodDisruptionBudget' || kind === 'ServiceMonitor' || kind === 'NetworkPolicy'
    ? kind === 'PodDisruptionBudget'
      ? labelsAt(node, 'spec', 'selector', 'matchLabels')
      : undefined
    : undefined
}

/** Does a Service or budget choose the pods of a workload? */
export function choosesPodsOf(from: Manifest, other: Manifest): boolean {
  const selector = selectorOf(from)
  return selector !== undefined && isChosen(from, selector, other)
}

function isChosen(from: Manifest, selector: ReadonlyMap<string, string>, other: Manifest): boolean {
  const labels = isWorkload(other) ? labelsAt(other.node, 'spec', 'template', 'metadata', 'labels') : undefined
  return labels !== undefined && together(from, other) && chooses(selector, labels)
}

function ownTemplate(object: Manifest, base: readonly Manifest[]): readonly Draft[] {
  const isApart = ({ node }: Manifest): boolean => {
    const selector = labelsAt(node, 'spec', 'selector', 'matchLabels')
    const labels = labelsAt(node, 'spec', 'template', 'metadata', 'labels')
    return selector !== undefined && labels !== undefined && !chooses(selector, labels)
  }
  const before = base.find(other => sameObject(other, object))
  if (!isApart(object) || (before && isApart(before))) return []
  return [
    {
      what: 'template',
      name: titleOf(object),
      target: [...(labelsAt(object.node, 'spec', 'selector', 'matchLabels') ?? [])]
        .map(pair => pair.join('='))
        .join(', '),
      field: 'spec.template.metadata.labels',
      held: before !== undefined,
      from: object,
    },
  ]
}

/** A budget that asks for as many pods as there are: no node can be drained. */
function budget(
  object: Manifest,
  chosen: readonly Manifest[],
  before: Manifest | undefined,
  base: readonly Manifest[],
  head: readonly Manifest[],
): readonly Draft[] {
  if (object.kind !== 'PodDisruptionBudget') return []
  const [workload] = chosen
  if (workload === undefined || chosen.length > 1) return []
  const isTight = (pdb: Manifest, of: Manifest, all: readonly Manifest[]): boolean => {
    const wanted = Number(textAt(pdb.node, 'spec', 'minAvailable') ?? 'none')
    const replicas = Number(textAt(of.node, 'spec', 'replicas') ?? 'none')
    return wanted >= 1 && replicas >= 1 && wanted >= replicas && !all.some(other => scales(other, of))
  }
  const old = base.find(other => sameObject(other, workload))
  if (!isTight(object, workload, head) || (before && old && isTight(before, old, base))) return []
  return [
    {
      what: 'budget',
      name: titleOf(object),
      target: `${textAt(object.node, 'spec', 'minAvailable')} of ${textAt(workload.node, 'spec', 'replicas')}`,
      field: 'spec.minAvailable',
      held: true,
      places: [workload.path],
      from: object,
      ...(workload.changed ? { cause: workload } : {}),
    },
  ]
}

/** Does an autoscaler set the number of instances of a workload? */
export function scales({ kind, node, ...rest }: Manifest, workload: Manifest): boolean {
  if (kind !== 'HorizontalPodAutoscaler' && kind !== 'ScaledObject') return false
  const target = valueAt(node, 'spec', 'scaleTargetRef')
  return (
    textAt(target, 'name') === workload.name &&
    (textAt(target, 'kind') ?? 'Deployment') === workload.kind &&
    together({ kind, node, ...rest }, workload)
  )
}
