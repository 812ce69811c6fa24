import { documentsOf } from '../../artifact/documents.ts'
import { textAt, valueAt } from '../../artifact/plain.ts'
import type { Artifact } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import type { Span } from '../../text/lines.ts'

/** A name under which others reach a service on the network of compose or of a cluster. */
export interface Service {
  readonly file: Artifact
  readonly name: string
  /** Every host name that leads to it: in a cluster also the ones with its namespace. */
  readonly hosts: readonly string[]
  readonly span: Span
}

/** Services that some changed file defined before and none of them defines any more. */
export async function goneServices(files: readonly Artifact[]): Promise<readonly Service[]> {
  const gone: Service[] = []
  const kept = new Set<string>()
  for (const file of files) {
    if (file.kind !== 'compose' && !(file.kind === 'k8s' && file.language === 'yaml')) continue
    for (const { name } of await servicesOf(file, 'head')) kept.add(name)
    // What goes with its whole file is taken down, and its callers are told by others.
    if (file.status !== 'deleted') gone.push(...(await servicesOf(file, 'base')))
  }
  return gone.filter(({ name }) => !kept.has(name))
}

async function servicesOf(file: Artifact, side: Side): Promise<readonly Service[]> {
  const source = file[side]
  const { kind, language } = file
  const documents = (source && (await documentsOf(source, language))) ?? []
  return documents.flatMap(({ root }): readonly Service[] => {
    if (kind === 'k8s') {
      const named = textAt(root, 'kind') === 'Service' ? valueAt(root, 'metadata', 'name') : undefined
      if (named?.type !== 'scalar' || named.text === '') return []
      return [
        { file, name: named.text, hosts: hostsOf(named.text, textAt(root, 'metadata', 'namespace')), span: named.span },
      ]
    }
    const services = valueAt(root, 'services')
    if (services?.type !== 'map') return []
    return services.entries.flatMap(({ key, keySpan, value }) => [
      { file, name: key, hosts: [key], span: keySpan },
      ...aliasesOf(value).map(name => ({ file, name, hosts: [name], span: keySpan })),
    ])
  })
}

/** Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ */
function hostsOf(name: string, namespace: string | undefined): readonly string[] {
  if (namespace === undefined) return [name]
  return [name, ...['', '.svc', '.svc.cluster.local'].map(suffix => `${name}.${namespace}${suffix}`)]
}

function aliasesOf(service: Parameters<typeof valueAt>[0]): readonly string[] {
  const networks = valueAt(service, 'networks')
  const lists = networks?.type === 'map' ? networks.entries.map(({ value }) => valueAt(value, 'aliases')) : []
  return [
    textAt(service, 'container_name') ?? '',
    textAt(service, 'hostname') ?? '',
    ...lists.flatMap(list =>
      list?.type === 'list' ? list.items.map(item => (item.type === 'scalar' ? item.text : '')) : [],
    ),
  ].filter(name => name !== '')
}
