import { environmentOf } from '../../artifact/classify.ts'
import { documentsOf } from '../../artifact/documents.ts'
import { type Plain, type PlainDocument, type PlainEntry, textAt, valueAt } from '../../artifact/plain.ts'
import type { Artifact } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import type { Span } from '../../text/lines.ts'
import { firstLine } from './compare.ts'
import { withFlags } from './flags.ts'
import { type Inner, innerOf, type Room } from './inner.ts'

/** The unit that is paired between base and head: one Kubernetes object, one Terraform block, one compose service, or a whole file. */
export interface ConfigObject {
  readonly artifact: Artifact
  readonly side: Side
  /** `k8s/Deployment`, `terraform/aws_db_instance`, `compose/service`, `helm-values`, `yaml` … */
  readonly kind: string
  /** What people call it: `Deployment web`. */
  readonly name: string
  /** Equal for the same object at base and head. */
  readonly identity: string
  /** The identity also holds in other files of the change. */
  readonly wanders: boolean
  readonly environment: Artifact['environment']
  readonly node: Plain
  /** Where to point for the object itself. */
  readonly span: Span
  /** Only a part of the object is known: a patch, or a configuration inside another one. */
  readonly part?: true
}

/** The objects of one side of a file; undefined when it cannot be read as data. */
export async function objectsOf(
  artifact: Artifact,
  side: Side,
  room: Room,
): Promise<readonly ConfigObject[] | undefined> {
  const source = artifact[side]
  if (source === undefined) return []
  const documents = await documentsOf(source, artifact.language)
  if (documents === undefined) return undefined
  const found = documents.flatMap((document, index) => split(artifact, side, document, index))
  for (const { root } of documents) {
    const owner = textAt(root, 'metadata', 'name') ?? ''
    for (const inner of await innerOf(artifact, side, root, room)) found.push(innerObject(artifact, side, owner, inner))
  }
  return found
}

function innerObject(artifact: Artifact, side: Side, owner: string, { kind, name, node }: Inner): ConfigObject {
  return {
    artifact,
    side,
    kind,
    name: kind.startsWith('k8s/') ? `${kind.slice('k8s/'.length)} ${name}` : name,
    identity: `in/${owner}/${kind}/${name}`,
    wanders: false,
    environment: environmentBy(artifact),
    node,
    span: firstLine(node),
    part: true,
  }
}

function split(artifact: Artifact, side: Side, document: PlainDocument, index: number): readonly ConfigObject[] {
  if (artifact.language === 'hcl') return [block(artifact, side, document)]
  const { root } = document
  if (textAt(root, 'apiVersion') !== undefined && textAt(root, 'kind') !== undefined)
    return kubernetes(artifact, side, root, index)
  const services = valueAt(root, 'services')
  if (artifact.kind === 'compose' && services?.type === 'map') return compose(artifact, side, root, services.entries)
  const resources = valueAt(root, 'Resources')
  if (
    resources?.type === 'map' &&
    resources.entries.some(entry => /^(AWS|Custom)::/.test(textAt(entry.value, 'Type') ?? ''))
  ) {
    return resources.entries.map(entry =>
      member(artifact, side, entry, `cloudformation/${textAt(entry.value, 'Type') ?? ''}`, entry.key),
    )
  }
  return [whole(artifact, side, root, index)]
}

function kubernetes(artifact: Artifact, side: Side, root: Plain, index: number): readonly ConfigObject[] {
  const kind = textAt(root, 'kind') ?? ''
  const items = valueAt(root, 'items')
  if (kind.endsWith('List') && items?.type === 'list')
    return items.items.flatMap((item, at) => kubernetes(artifact, side, item, at))
  const name = textAt(root, 'metadata', 'name') ?? textAt(root, 'metadata', 'generateName')
  const namespace = textAt(root, 'metadata', 'namespace') ?? ''
  return [
    {
      artifact,
      side,
      kind: `k8s/${kind}`,
      name: `${kind} ${name ?? fileName(artifact.path)}`,
      identity: `k8s/${kind}/${namespace}/${name ?? `#${index}`}`,
      wanders: name !== undefined,
      environment: environmentBy(artifact, namespace, name ?? ''),
      node: withFlags(root),
      span: firstLine(root),
    },
  ]
}

function compose(
  artifact: Artifact,
  side: Side,
  root: Plain,
  services: readonly PlainEntry[],
): readonly ConfigObject[] {
  const rest = root.type === 'map' ? root.entries.filter(entry => entry.key !== 'services') : []
  const others = rest.flatMap(entry => {
    if (entry.value.type !== 'map' || !['volumes', 'networks', 'secrets', 'configs'].includes(entry.key)) return []
    return entry.value.entries.map(inner =>
      member(artifact, side, inner, `compose/${entry.key.slice(0, -1)}`, inner.key),
    )
  })
  return [...services.map(entry => member(artifact, side, entry, 'compose/service', entry.key)), ...others]
}

function member(artifact: Artifact, side: Side, entry: PlainEntry, kind: string, name: string): ConfigObject {
  return {
    artifact,
    side,
    kind,
    name: `${kind.startsWith('compose/') ? kind.slice('compose/'.length) : kind.replace(/^cloudformation\//, '')} ${name}`,
    identity: `${kind}/${name}`,
    wanders: false,
    environment: environmentBy(artifact, name),
    node: kind === 'compose/service' ? withFlags(entry.value) : entry.value,
    span: entry.keySpan,
  }
}

function block(artifact: Artifact, side: Side, { root, labels = [] }: PlainDocument): ConfigObject {
  const [type = '', ...rest] = labels
  const folder = artifact.path.slice(0, artifact.path.lastIndexOf('/') + 1)
  const address = terraformAddress(labels)
  const kind =
    labels.length === 0
      ? rootKind(artifact.path)
      : type === 'job'
        ? 'nomad/job'
        : `terraform/${terraformType(type, rest)}`
  return {
    artifact,
    side,
    kind,
    name: address ?? fileName(artifact.path),
    // Blocks without labels, such as `locals {}`, share an identity and are paired in their order.
    identity: `${folder}${kind}/${address ?? artifact.path}`,
    wanders: rest.length > 0,
    environment: environmentBy(artifact, ...rest.slice(-1)),
    node: root,
    span: firstLine(root),
  }
}

/** `aws_db_instance.main`, `module.vpc`, `var.size`, as Terraform writes it; undefined for a block without labels. */
export function terraformAddress([type = '', ...labels]: readonly string[]): string | undefined {
  if (labels.length === 0) return undefined
  if (type === 'resource') return labels.join('.')
  return [type === 'variable' ? 'var' : type, ...labels].join('.')
}

function terraformType(type: string, [first = '']: readonly string[]): string {
  if (type === 'resource' && first !== '') return first
  return type === 'data' ? `data.${first}` : type
}

function rootKind(path: string): string {
  return /(^|\/)terragrunt[^/]*\.hcl$/.test(path) ? 'terragrunt' : path.endsWith('.hcl') ? 'hcl' : 'terraform/tfvars'
}

function whole(artifact: Artifact, side: Side, root: Plain, index: number): ConfigObject {
  const kinds: readonly string[] = ['helm-values', 'fly', 'render', 'github-workflow', 'compose']
  const name = fileName(artifact.path)
  const kind = kinds.includes(artifact.kind)
    ? artifact.kind
    : name === 'app.json'
      ? 'heroku'
      : artifact.language === 'jsonc'
        ? 'json'
        : artifact.language
  return {
    artifact,
    side,
    kind,
    name,
    identity: `${kind}/#${index}`,
    wanders: false,
    environment: environmentBy(artifact),
    node: root,
    span: firstLine(root),
  }
}

function environmentBy(artifact: Artifact, ...names: readonly string[]): Artifact['environment'] {
  const said = [artifact.environment, ...names.map(environmentOf)]
  return said.includes('lower') ? 'lower' : said.includes('production') ? 'production' : 'unknown'
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
