import { classifyPath, roleOf } from '../../artifact/classify.ts'
import { documentsOf } from '../../artifact/documents.ts'
import type { Plain, PlainScalar } from '../../artifact/plain.ts'
import { sourceOf } from '../../artifact/source.ts'
import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { NotAnalysed, Tree } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import type { Extraction, FactContext } from '../types.ts'
import { comparable, quantityOf } from '../value/quantity.ts'
import type { OverrideFact } from './index.ts'
import { isDefaults } from './names.ts'

/** Most other values files that are read, the longest of them, and the places told. */
const mostFiles = 200
const longestFile = 300_000
const mostPlaces = 5

export async function extractOverrides(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly OverrideFact[] }> {
  const facts: OverrideFact[] = []
  const notAnalysed: NotAnalysed[] = []
  for (const artifact of artifacts) {
    try {
      facts.push(...(await raisedPast(artifact, context.change.trees.head)))
    } catch (error) {
      notAnalysed.push({ path: artifact.path, reason: `its defaults could not be compared (${messageOf(error)})` })
    }
  }
  return { facts, notAnalysed }
}

/** What a process may use, and how many of it there are. */
const room = /(^|\.)(resources\.(limits|requests)\.(memory|cpu)|replicas|replicaCount|minReplicas|maxReplicas)$/

interface Leaf {
  readonly setting: string
  readonly node: PlainScalar
}

async function raisedPast(artifact: Artifact, tree: Tree): Promise<readonly OverrideFact[]> {
  const before = new Map((await leavesOf(artifact.base)).map(leaf => [leaf.setting, leaf.node]))
  const raised = (await leavesOf(artifact.head)).flatMap(({ setting, node }) => {
    const old = before.get(setting)
    return old !== undefined && touches(artifact, 'head', node.span) && isLess(old, node, setting)
      ? [{ setting, old, node }]
      : []
  })
  if (raised.length === 0) return []
  const places = new Map<string, { readonly place: string; readonly kept: string }[]>()
  const folder = folderOf(artifact.path)
  const paths = (await tree.list()).filter(
    path => classifyPath(path)?.kind === 'helm-values' && !isDefaults(path) && roleOf(path) === 'live',
  )
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text === undefined || text.length > longestFile) continue
    const leaves = await leavesOf(sourceOf(path, 'head', text))
    for (const { setting, old, node } of raised) {
      // A file beside the defaults belongs to them; elsewhere only a long path tells that the same thing is meant.
      if (folderOf(path) !== folder && setting.split('.').length < 4) continue
      const own = leaves.find(leaf => leaf.setting === setting || leaf.setting.endsWith(`.${setting}`))
      if (own === undefined || !isLess(old, own.node, setting) || !isLess(own.node, node, setting)) continue
      const known = places.get(setting) ?? []
      places.set(setting, [...known, { place: `${path}:${own.node.span.line}`, kept: own.node.text }])
    }
  }
  return raised.flatMap(({ setting, old, node }): readonly OverrideFact[] => {
    const found = places.get(setting) ?? []
    if (found.length === 0) return []
    return [
      {
        kind: 'override',
        path: artifact.path,
        side: 'head',
        span: node.span,
        setting,
        from: old.text,
        to: node.text,
        kept: found[0]?.kept ?? '',
        places: found.slice(0, mostPlaces).map(({ place }) => place),
      },
    ]
  })
}

function isLess(one: PlainScalar, other: PlainScalar, setting: string): boolean {
  const [a, b] = [quantityOf(one, setting), quantityOf(other, setting)]
  return a !== undefined && b !== undefined && comparable(a, b) && a.number < b.number
}

async function leavesOf(source: Source | undefined): Promise<readonly Leaf[]> {
  const documents = source === undefined ? undefined : await documentsOf(source, 'yaml')
  return (documents ?? []).flatMap(({ root }) => leavesBelow(root, [])).filter(({ setting }) => room.test(setting))
}

function leavesBelow(node: Plain, keys: readonly string[]): readonly Leaf[] {
  if (node.type === 'scalar') return [{ setting: keys.join('.'), node }]
  if (node.type === 'list' || keys.length > 20) return []
  return node.entries.flatMap(({ key, value }) => leavesBelow(value, [...keys, key]))
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}
