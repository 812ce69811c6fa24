import { classifyContent, classifyPath } from '../../artifact/classify.ts'
import { documentsOf } from '../../artifact/documents.ts'
import { type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import { sourceOf } from '../../artifact/source.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { Change, Side } from '../../change/types.ts'

/** One Kubernetes object of one side of the change. */
export interface Manifest {
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly node: Plain
  readonly path: string
  /** The file is part of the change. */
  readonly changed: boolean
}

/** The objects of both sides: those of changed files, and unchanged ones from the same folders. */
export interface Manifests {
  readonly base: readonly Manifest[]
  readonly head: readonly Manifest[]
}

const mostFiles = 120
const longestFile = 300_000

export async function manifestsOf(change: Change, artifacts: readonly Artifact[]): Promise<Manifests> {
  const changed = new Set(change.files.flatMap(({ path, basePath }) => [path, basePath ?? path]))
  const [base, head] = [await ofSide(artifacts, 'base'), await ofSide(artifacts, 'head')]
  const rest = await unchanged(change, artifacts, changed)
  return { base: [...base, ...rest], head: [...head, ...rest] }
}

async function ofSide(artifacts: readonly Artifact[], side: Side): Promise<readonly Manifest[]> {
  const found: Manifest[] = []
  for (const artifact of artifacts) {
    const source = artifact[side]
    if (source) found.push(...(await manifestsIn(source, artifact.language, artifact.path, true)))
  }
  return found
}

async function unchanged(
  change: Change,
  artifacts: readonly Artifact[],
  changed: ReadonlySet<string>,
): Promise<readonly Manifest[]> {
  const folders = new Set(artifacts.map(({ path }) => path.slice(0, path.lastIndexOf('/') + 1)))
  const paths = new Set<string>()
  for (const folder of folders) {
    for (const path of await change.trees.head.list(folder === '' ? undefined : folder.slice(0, -1))) {
      // At the top of a repository only the files beside it belong together.
      if (folder === '' && path.includes('/')) continue
      if (/\.ya?ml$/.test(path) && !changed.has(path)) paths.add(path)
    }
  }
  const found: Manifest[] = []
  for (const path of [...paths].slice(0, mostFiles)) {
    const by = classifyPath(path)
    const text = by?.role === 'live' ? await change.trees.head.read(path) : undefined
    if (by === undefined || text === undefined || text.length > longestFile) continue
    if (classifyContent(path, by, text).kind !== 'k8s') continue
    found.push(...(await manifestsIn(sourceOf(path, 'head', text), 'yaml', path, false)))
  }
  return found
}

async function manifestsIn(
  source: Source,
  language: Artifact['language'],
  path: string,
  changed: boolean,
): Promise<readonly Manifest[]> {
  const documents = (await documentsOf(source, language)) ?? []
  return documents.flatMap(({ root }) => split(root, path, changed))
}

function split(root: Plain, path: string, changed: boolean): readonly Manifest[] {
  const kind = textAt(root, 'kind')
  if (kind === undefined || textAt(root, 'apiVersion') === undefined) return []
  const items = valueAt(root, 'items')
  if (kind.endsWith('List') && items?.type === 'list') return items.items.flatMap(item => split(item, path, changed))
  const name = textAt(root, 'metadata', 'name') ?? ''
  return [{ kind, name, namespace: textAt(root, 'metadata', 'namespace') ?? '', node: root, path, changed }]
}

/** Are the two in one namespace, as far as they say? */
export function together(a: Manifest, b: Manifest): boolean {
  return a.namespace === '' || b.namespace === '' || a.namespace === b.namespace
}

export function sameObject(a: Manifest, b: Manifest): boolean {
  return a.kind === b.kind && a.name === b.name && a.namespace === b.namespace
}

const workloads: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Rollout']

/** Something that makes pods from a template. */
export function isWorkload({ kind }: Manifest): boolean {
  return workloads.includes(kind)
}

/** Texts of a map of scalars; undefined when there is none, or a value is computed. */
export function labelsAt(node: Plain | undefined, ...keys: readonly string[]): ReadonlyMap<string, string> | undefined {
  const map = valueAt(node, ...keys)
  if (map?.type !== 'map' || map.entries.length === 0) return undefined
  const labels = new Map<string, string>()
  for (const { key, value } of map.entries) {
    if (value.type !== 'scalar' || value.expression) return undefined
    labels.set(key, value.text)
  }
  return labels
}

/** Does a selector choose what carries the labels? */
export function chooses(selector: ReadonlyMap<string, string>, labels: ReadonlyMap<string, string>): boolean {
  return [...selector].every(([key, value]) => labels.get(key) === value)
}

/** The containers of a workload's template, also those that start first. */
export function containersOf({ node }: Manifest): readonly Plain[] {
  return ['containers', 'initContainers'].flatMap(key => {
    const list = valueAt(node, 'spec', 'template', 'spec', key)
    return list?.type === 'list' ? list.items : []
  })
}
