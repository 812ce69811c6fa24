import { entryOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import { type Draft, titleOf } from './draft.ts'
import {
  chooses,
  containersOf,
  isWorkload,
  labelsAt,
  type Manifest,
  type Manifests,
  sameObject,
  together,
} from './objects.ts'

/** Ports of Services and probes that no container has. Such as were wrong before are left alone. */
export function portDrafts({ base, head }: Manifests): readonly Draft[] {
  return head.flatMap(object => {
    if (object.kind === 'Service') return service(object, base, head)
    if (object.kind === 'ServiceMonitor') return monitor(object, base, head)
    return isWorkload(object) && object.changed ? probes(object, base) : []
  })
}

function service(object: Manifest, base: readonly Manifest[], head: readonly Manifest[]): readonly Draft[] {
  const chosen = chosenBy(object, head)
  if (chosen.length === 0 || !(object.changed || chosen.some(({ changed }) => changed))) return []
  const before = base.find(other => sameObject(other, object))
  const old = before ? chosenBy(before, base) : []
  return portsOf(object).flatMap(({ target, node }): readonly Draft[] => {
    const text = target ?? ''
    if (text === '' || chosen.some(workload => offers(workload, text))) return []
    // A number works without being declared; only one that was declared before and no longer is has lost its other end.
    const held = old.some(workload => offers(workload, text))
    const isNamed = !/^\d+$/.test(text)
    const wasThere = before !== undefined && portsOf(before).some(port => port.target === text)
    if (isNamed ? wasThere && !held : !held && !(before && old.some(all => declares(all)) && !wasThere)) return []
    if (!isNamed && !chosen.every(declares)) return []
    const cause = chosen.find(({ changed }) => changed)
    return [
      {
        what: 'port',
        name: titleOf(object),
        target: text,
        field: 'spec.ports',
        held,
        places: chosen.map(({ path }) => path),
        from: object,
        ...(cause ? { cause } : {}),
        at: entryOf(node, 'targetPort')?.keySpan ?? node.span,
      },
    ]
  })
}

/** Named ports that a ServiceMonitor asks for and that the Services it selects no longer have: the metrics end without an error. */
function monitor(object: Manifest, base: readonly Manifest[], head: readonly Manifest[]): readonly Draft[] {
  const chosen = watchedBy(object, head)
  const before = base.find(other => sameObject(other, object))
  if (chosen.length === 0 || before === undefined || !(object.changed || chosen.some(({ changed }) => changed)))
    return []
  const old = watchedBy(before, base).flatMap(namesOfPorts)
  const endpoints = valueAt(object.node, 'spec', 'endpoints')
  return (endpoints?.type === 'list' ? endpoints.items : []).flatMap((endpoint): readonly Draft[] => {
    const port = textAt(endpoint, 'port') ?? ''
    if (port === '' || !old.includes(port) || chosen.some(other => namesOfPorts(other).includes(port))) return []
    const cause = chosen.find(({ changed }) => changed)
    const causeAt = cause && entryOf(firstPort(cause), 'name')?.keySpan
    return [
      {
        what: 'monitored-port',
        name: titleOf(object),
        target: port,
        field: 'spec.endpoints',
        held: true,
        places: chosen.map(({ path }) => path),
        from: object,
        ...(cause ? { cause } : {}),
        ...(causeAt ? { causeAt } : {}),
        at: entryOf(endpoint, 'port')?.keySpan ?? endpoint.span,
      },
    ]
  })
}

function watchedBy(object: Manifest, all: readonly Manifest[]): readonly Manifest[] {
  const selector = labelsAt(object.node, 'spec', 'selector', 'matchLabels')
  if (selector === undefined) return []
  return all.filter(other => {
    const labels = other.kind === 'Service' ? labelsAt(other.node, 'metadata', 'labels') : undefined
    return labels !== undefined && together(object, other) && chooses(selector, labels)
  })
}

function firstPort({ node }: Manifest): Plain | undefined {
  const ports = valueAt(node, 'spec', 'ports')
  return ports?.type === 'list' ? ports.items[0] : undefined
}

function namesOfPorts({ node }: Manifest): readonly string[] {
  const ports = valueAt(node, 'spec', 'ports')
  return ports?.type === 'list' ? ports.items.flatMap(item => textAt(item, 'name') ?? []) : []
}

function chosenBy(object: Manifest, all: readonly Manifest[]): readonly Manifest[] {
  const selector = labelsAt(object.node, 'spec', 'selector')
  if (selector === undefined) return []
  return all.filter(other => {
    const labels = isWorkload(other) ? labelsAt(other.node, 'spec', 'template', 'metadata', 'labels') : undefined
    return labels !== undefined && together(object, other) && chooses(selector, labels)
  })
}

function portsOf({ node }: Manifest): readonly { readonly target: string | undefined; readonly node: Plain }[] {
  const ports = valueAt(node, 'spec', 'ports')
  if (ports?.type !== 'list') return []
  return ports.items.map(item => ({ target: textAt(item, 'targetPort') ?? textAt(item, 'port'), node: item }))
}

function declared(workload: Manifest): readonly string[] {
  return containersOf(workload).flatMap(container => {
    const ports = valueAt(container, 'ports')
    if (ports?.type !== 'list') return []
    return ports.items.flatMap(port => [textAt(port, 'name') ?? '', textAt(port, 'containerPort') ?? ''])
  })
}

function declares(workload: Manifest): boolean {
  return declared(workload).length > 0
}

function offers(workload: Manifest, port: string): boolean {
  return declared(workload).includes(port)
}

const probeKeys = ['readinessProbe', 'livenessProbe', 'startupProbe']

/** Probes of a workload that ask a port by a name that no container gives. */
function probes(object: Manifest, base: readonly Manifest[]): readonly Draft[] {
  const before = base.find(other => sameObject(other, object))
  const known = before
    ? probePorts(before)
        .filter(({ port }) => !offers(before, port))
        .map(({ port }) => port)
    : []
  return probePorts(object).flatMap(({ probe, port, node }): readonly Draft[] => {
    if (/^\d+$/.test(port) || offers(object, port) || known.includes(port)) return []
    return [
      {
        what: 'port',
        name: titleOf(object),
        target: port,
        field: probe,
        held: before !== undefined && offers(before, port),
        from: object,
        at: entryOf(node, 'port')?.keySpan ?? node.span,
      },
    ]
  })
}

function probePorts(object: Manifest) {
  return containersOf(object).flatMap(container =>
    probeKeys.flatMap(probe =>
      ['httpGet', 'tcpSocket', 'grpc'].flatMap(how => {
        const node = valueAt(container, probe, how)
        const port = textAt(node, 'port')
        return node && port !== undefined ? [{ probe, port, node }] : []
      }),
    ),
  )
}
