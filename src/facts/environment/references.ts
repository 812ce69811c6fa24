import { classifyPath } from '../../artifact/classify.ts'
import { documentsOf } from '../../artifact/documents.ts'
import { entryOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import { sourceOf } from '../../artifact/source.ts'
import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import type { Span } from '../../text/lines.ts'
import type { FactContext } from '../types.ts'
import { factOf } from './fact.ts'
import type { EnvironmentFact } from './index.ts'

/** A Secret or ConfigMap of the repository and its keys; undefined keys when they are not all known. */
interface Held {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
  readonly keys: ReadonlyMap<string, Span> | undefined
  readonly path: string
  readonly span: Span
}

interface Reference {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
  /** Empty for the object as a whole. */
  readonly key: string
  readonly path: string
  readonly span: Span
}

const mostFiles = 300

/** References of workloads to keys of Secrets and ConfigMaps that are gone, or that never were. */
export async function referenceFacts(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<readonly EnvironmentFact[]> {
  const changed = artifacts.filter(artifact => artifact.kind === 'k8s')
  if (changed.length === 0) return []
  const before = await read(changed, 'base')
  const after = await read(changed, 'head')
  // One file may hold ten thousand objects: they are looked up, not searched.
  const heldNow = byObject(after.held)
  const lost = before.held.flatMap(held => {
    const now = heldNow.get(objectKey(held))?.[0]
    if (now === undefined) return [{ held, key: '' }]
    if (held.keys === undefined || now.keys === undefined) return []
    return [...held.keys.keys()].filter(key => !now.keys?.has(key)).map(key => ({ held, key }))
  })
  const known = new Set(before.references.map(old => `${objectKey(old)}\n${old.key}`))
  const fresh = after.references.filter(
    reference => reference.key !== '' && !known.has(`${objectKey(reference)}\n${reference.key}`),
  )
  if (lost.length === 0 && fresh.length === 0) return []
  const rest = await unchanged(context, new Set(context.change.files.map(file => file.path)))
  const held = [...after.held, ...rest.held]
  const references = [...after.references, ...rest.references]
  return [...lostFacts(lost, held, references), ...freshFacts(fresh, held, changed)]
}

function lostFacts(
  lost: readonly { readonly held: Held; readonly key: string }[],
  held: readonly Held[],
  references: readonly Reference[],
): readonly EnvironmentFact[] {
  const heldBy = byObject(held)
  const usedBy = byObject(references)
  return lost.flatMap(({ held: object, key }) => {
    const isStillThere = (heldBy.get(objectKey(object)) ?? []).some(
      other => key === '' || other.keys === undefined || other.keys.has(key),
    )
    const users = (usedBy.get(objectKey(object)) ?? []).filter(reference => key === '' || reference.key === key)
    if (isStillThere || users.length === 0) return []
    return [
      factOf({
        what: 'dangling',
        path: object.path,
        side: 'base',
        span: object.keys?.get(key) ?? object.span,
        key: key === '' ? `${object.kind} ${object.name}` : `${key} of ${object.kind} ${object.name}`,
        reason: key === '' ? 'object' : 'key',
        required: true,
        readers: [...new Set(users.map(user => user.path))],
      }),
    ]
  })
}

function freshFacts(
  fresh: readonly Reference[],
  held: readonly Held[],
  changed: readonly Artifact[],
): readonly EnvironmentFact[] {
  const heldBy = byObject(held)
  return fresh.flatMap(reference => {
    const objects = heldBy.get(objectKey(reference)) ?? []
    // An object that the repository does not hold is made elsewhere: nothing is known of its keys.
    if (objects.length === 0 || objects.some(object => object.keys === undefined || object.keys.has(reference.key)))
      return []
    const artifact = changed.find(({ path }) => path === reference.path)
    if (artifact && !touches(artifact, 'head', reference.span)) return []
    return [
      factOf({
        what: 'dangling',
        path: reference.path,
        side: 'head',
        span: reference.span,
        key: `${reference.key} of ${reference.kind} ${reference.name}`,
        reason: 'key',
        required: true,
        foundIn: objects[0]?.path ?? '',
      }),
    ]
  })
}

interface Named {
  readonly kind: string
  readonly name: string
}

function objectKey({ kind, name }: Named): string {
  return `${kind}\n${name}`
}

function byObject<T extends Named>(all: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>()
  for (const one of all) {
    const list = found.get(objectKey(one))
    if (list) list.push(one)
    else found.set(objectKey(one), [one])
  }
  return found
}

async function read(artifacts: readonly Artifact[], side: Side) {
  const parts = await Promise.all(artifacts.map(artifact => inside(artifact[side], artifact.path)))
  return { held: parts.flatMap(part => part.held), references: parts.flatMap(part => part.references) }
}

async function unchanged(context: FactContext, changed: ReadonlySet<string>) {
  const tree = context.change.trees.head
  const held: Held[] = []
  const references: Reference[] = []
  const paths = (await tree.list()).filter(
    path => /\.ya?ml$/.test(path) && !changed.has(path) && classifyPath(path)?.role === 'live',
  )
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (
      text === undefined ||
      !/\b(Secret|ConfigMap|secretKeyRef|configMapKeyRef|secretRef|configMapRef|secretName|secretGenerator|configMapGenerator)\b/.test(
        text,
      )
    )
      continue
    const part = await inside(sourceOf(path, 'head', text), path)
    held.push(...part.held)
    references.push(...part.references)
  }
  return { held, references }
}

async function inside(
  source: Source | undefined,
  path: string,
): Promise<{ held: readonly Held[]; references: readonly Reference[] }> {
  const documents = source === undefined ? [] : ((await documentsOf(source, 'yaml')) ?? [])
  const references: Reference[] = []
  for (const { root } of documents) if (isWorkload(root)) collect(root, path, references, 0)
  return { held: documents.flatMap(({ root }) => heldIn(root, path)), references }
}

function isWorkload(root: Plain): boolean {
  return /^(Deployment|StatefulSet|DaemonSet|CronJob|Job|Pod|Rollout|ReplicaSet)$/.test(textAt(root, 'kind') ?? '')
}

function heldIn(root: Plain, path: string): readonly Held[] {
  const kind = textAt(root, 'kind') ?? ''
  const name = valueAt(root, 'metadata', 'name')
  if (kind === 'Kustomization' || valueAt(root, 'secretGenerator') || valueAt(root, 'configMapGenerator'))
    return generated(root, path)
  if (name?.type !== 'scalar' || name.expression) return []
  const made = { name: name.text, path, span: name.span }
  if (kind === 'ConfigMap') return [{ ...made, kind, keys: keysOf(valueAt(root, 'data'), valueAt(root, 'binaryData')) }]
  if (kind === 'Secret') return [{ ...made, kind, keys: keysOf(valueAt(root, 'data'), valueAt(root, 'stringData')) }]
  if (kind === 'SealedSecret')
    return [{ ...made, kind: 'Secret', keys: keysOf(valueAt(root, 'spec', 'encryptedData')) }]
  if (kind !== 'ExternalSecret') return []
  const data = valueAt(root, 'spec', 'data')
  const isWhole =
    valueAt(root, 'spec', 'dataFrom') !== undefined ||
    valueAt(root, 'spec', 'target', 'template') !== undefined ||
    data?.type !== 'list'
  const keys = new Map<string, Span>()
  if (data?.type === 'list')
    for (const item of data.items) {
      const key = valueAt(item, 'secretKey')
      if (key?.type === 'scalar') keys.set(key.text, key.span)
    }
  return [
    {
      ...made,
      name: textAt(root, 'spec', 'target', 'name') ?? name.text,
      kind: 'Secret',
      keys: isWhole ? undefined : keys,
    },
  ]
}

/** Kustomize makes objects whose keys stand in files: they are there, with keys unknown. */
function generated(root: Plain, path: string): readonly Held[] {
  return (['Secret', 'ConfigMap'] as const).flatMap(kind => {
    const list = valueAt(root, kind === 'Secret' ? 'secretGenerator' : 'configMapGenerator')
    if (list?.type !== 'list') return []
    return list.items.flatMap(item => {
      const name = textAt(item, 'name')
      return name === undefined ? [] : [{ kind, name, keys: undefined, path, span: item.span }]
    })
  })
}

function keysOf(...maps: readonly (Plain | undefined)[]): ReadonlyMap<string, Span> | undefined {
  const keys = new Map<string, Span>()
  for (const map of maps) if (map?.type === 'map') for (const entry of map.entries) keys.set(entry.key, entry.keySpan)
  // An empty object is filled by somebody else.
  return keys.size === 0 ? undefined : keys
}

function collect(node: Plain, path: string, found: Reference[], depth: number): void {
  if (depth > 40) return
  if (node.type === 'list') for (const item of node.items) collect(item, path, found, depth + 1)
  if (node.type !== 'map') return
  for (const { key, value } of node.entries) {
    const kind = /^secret/.test(key) ? 'Secret' : 'ConfigMap'
    if (key === 'secretKeyRef' || key === 'configMapKeyRef' || key === 'secretRef' || key === 'configMapRef') {
      const name = textAt(value, 'name')
      const wanted = entryOf(value, 'key')
      const isOptional = textAt(value, 'optional') === 'true'
      const isKey = key.endsWith('KeyRef')
      if (name !== undefined && !isOptional && (!isKey || wanted?.value.type === 'scalar'))
        found.push({
          kind,
          name,
          key: isKey && wanted?.value.type === 'scalar' ? wanted.value.text : '',
          path,
          span: isKey && wanted ? wanted.value.span : value.span,
        })
    } else collect(value, path, found, depth + 1)
  }
}
