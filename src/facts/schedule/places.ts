import type { DialectName } from './dialects.ts'
import type { Entry } from './entry.ts'
import type { Nodes } from './nodes.ts'
import { scalarEntries } from './scalars.ts'
import { entryAt, present, type Settings } from './settings.ts'

/** `on.schedule[].cron` of a GitHub workflow. */
export function workflowEntries(nodes: Nodes, path: string): Entry[] {
  const root = nodes.document.contents
  const name = nodes.text(nodes.get(root, 'name')) || path.slice(path.lastIndexOf('/') + 1)
  return present(
    nodes.list(nodes.get(root, 'on', 'schedule')).map(item =>
      entryAt(nodes, nodes.get(item, 'cron'), {
        id: 'on.schedule',
        name,
        dialect: 'github-actions',
        around: item,
        zone: nodes.get(item, 'timezone'),
        command: name,
      }),
    ),
  )
}

interface KubernetesPlace {
  readonly expression: readonly string[]
  readonly zone?: readonly string[]
  readonly dialect: DialectName
}

/** Objects that carry a schedule, by kind; where two groups share a kind the apiVersion decides. */
const kubernetesPlaces: Readonly<Record<string, readonly KubernetesPlace[]>> = {
  CronJob: [{ expression: ['spec', 'schedule'], zone: ['spec', 'timeZone'], dialect: 'kubernetes' }],
  CronWorkflow: [
    { expression: ['spec', 'schedule'], zone: ['spec', 'timezone'], dialect: 'robfig' },
    { expression: ['spec', 'schedules'], zone: ['spec', 'timezone'], dialect: 'robfig' },
  ],
  'velero.io/Schedule': [{ expression: ['spec', 'schedule'], dialect: 'robfig' }],
  'postgresql.cnpg.io/ScheduledBackup': [{ expression: ['spec', 'schedule'], dialect: 'robfig-seconds' }],
  'volsync.backube/ReplicationSource': [{ expression: ['spec', 'trigger', 'schedule'], dialect: 'robfig' }],
  'longhorn.io/RecurringJob': [{ expression: ['spec', 'cron'], dialect: 'robfig' }],
  'sparkoperator.k8s.io/ScheduledSparkApplication': [{ expression: ['spec', 'schedule'], dialect: 'robfig' }],
  'kubeflow.org/ScheduledWorkflow': [
    { expression: ['spec', 'trigger', 'cronSchedule', 'cron'], dialect: 'robfig-seconds' },
  ],
}

/** Kubernetes objects with a schedule, inside lists and templates too. */
export function kubernetesEntries(nodes: Nodes, root: unknown = nodes.document.contents, depth = 0): Entry[] {
  const kind = nodes.text(nodes.get(root, 'kind'))
  if (depth < 3 && (kind === 'List' || kind === 'Template')) {
    return nodes
      .list(nodes.get(root, kind === 'List' ? 'items' : 'objects'))
      .flatMap(item => kubernetesEntries(nodes, item, depth + 1))
  }
  // A chart's values inside the object that installs it.
  if (kind === 'HelmRelease')
    return scalarEntries(
      nodes,
      'unknown',
      false,
      nodes.get(root, 'spec', 'values'),
      nodes.text(nodes.get(root, 'metadata', 'name')),
    )
  const group = nodes.text(nodes.get(root, 'apiVersion')).split('/')[0] ?? ''
  const places = kubernetesPlaces[kind] ?? kubernetesPlaces[`${group}/${kind}`] ?? []
  const name =
    nodes.text(nodes.get(root, 'metadata', 'name')) || nodes.text(nodes.get(root, 'metadata', 'generateName'))
  const spec = nodes.get(root, 'spec')
  return places.flatMap(place => {
    const node = nodes.get(root, ...place.expression)
    const settings = {
      id: `${kind}/${nodes.text(nodes.get(root, 'metadata', 'namespace'))}/${name}`,
      name: name || kind,
      dialect: place.dialect,
      around: spec,
      zone: place.zone ? nodes.get(root, ...place.zone) : undefined,
      command: `${name} ${containerCommand(nodes, spec)}`,
      suspended: nodes.text(nodes.get(spec, 'suspend')) === 'true',
      concurrency: nodes.text(nodes.get(spec, 'concurrencyPolicy')) || (kind === 'CronJob' ? 'Allow' : ''),
    } satisfies Settings
    const list = nodes.list(node)
    return present(
      list.length > 0 ? list.map(item => entryAt(nodes, item, settings)) : [entryAt(nodes, node, settings)],
    )
  })
}

function containerCommand(nodes: Nodes, spec: unknown): string {
  const containers = nodes.list(nodes.get(spec, 'jobTemplate', 'spec', 'template', 'spec', 'containers'))
  return containers
    .flatMap(container => ['command', 'args'].flatMap(key => nodes.list(nodes.get(container, key)).map(nodes.text)))
    .join(' ')
}
