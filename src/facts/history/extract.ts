import { type Artifact, touches } from '../../artifact/types.ts'
import type { Change, NotAnalysed } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import { spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { HistoryFact } from './fields.ts'
import { alembicNode, djangoNode, type HistoryNode } from './node.ts'

/** Most migrations of one folder that are looked at. */
const mostFiles = 3000

/** New migrations that break the line of migrations of their folder. */
export async function extractHistory(context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: HistoryFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const folders = new Map<string, Artifact[]>()
  for (const artifact of artifacts) {
    const folder = artifact.path.slice(0, artifact.path.lastIndexOf('/') + 1)
    folders.set(folder, [...(folders.get(folder) ?? []), artifact])
  }
  for (const [folder, changed] of folders) {
    try {
      facts.push(...(await factsOfFolder(folder, changed, context.change)))
    } catch (error) {
      const [first] = changed
      if (first)
        notAnalysed.push({ path: first.path, reason: `the order of migrations could not be read: ${messageOf(error)}` })
    }
  }
  return { facts, notAnalysed }
}

type Framework = HistoryFact['framework']

/** The history of one folder: what is at head, with what base has gained meanwhile. */
interface Folder {
  readonly framework: Framework
  readonly nodes: readonly HistoryNode[]
  /** Paths that the change adds. */
  readonly added: ReadonlySet<string>
}

async function factsOfFolder(
  folder: string,
  changed: readonly Artifact[],
  change: Change,
): Promise<readonly HistoryFact[]> {
  const framework: Framework = changed.some(one => one.kind === 'django-migration') ? 'django' : 'alembic'
  const news = changed.filter(one => one.status === 'added' || framework === 'alembic' || one.status === 'renamed')
  if (news.length === 0) return []
  const added = new Set(changed.filter(one => one.status === 'added').map(one => one.path))
  const nodes = await nodesOf(folder, framework, change)
  const facts: HistoryFact[] = []
  for (const artifact of news) {
    const node = nodes.find(one => one.path === artifact.path)
    const found = node && problemOf(node, { framework, nodes, added }, facts)
    if (!node || !found || !artifact.head) continue
    const at = found.parent ?? node
    const span = spanOf(artifact.head.lines, at.start, at.end)
    // An older migration may be edited for another reason.
    if (found.problem === 'missing-parent' && !touches(artifact, 'head', span)) continue
    facts.push({
      kind: 'history',
      path: artifact.path,
      side: 'head',
      span,
      problem: found.problem,
      framework,
      name: node.name,
      parent: found.parent?.name ?? '',
      other: found.other.path,
      otherName: found.other.name,
    })
  }
  return facts
}

async function nodesOf(folder: string, framework: Framework, change: Change): Promise<readonly HistoryNode[]> {
  const gone = new Set(
    change.files.flatMap(file =>
      file.status === 'deleted' ? [file.path] : file.basePath !== file.path ? [file.basePath] : [],
    ),
  )
  const inFolder = async (side: 'base' | 'head'): Promise<readonly string[]> =>
    (await change.trees[side].list(folder.slice(0, -1))).filter(
      path =>
        path.startsWith(folder) &&
        /\.py$/.test(path) &&
        !/\/__\w+__\.py$/.test(path) &&
        !path.slice(folder.length).includes('/'),
    )
  const head = await inFolder('head')
  const atHead = new Set(head)
  const base = (await inFolder('base')).filter(path => !atHead.has(path) && !gone.has(path))
  const read = framework === 'django' ? djangoNode : alembicNode
  const nodes: HistoryNode[] = []
  for (const [side, paths] of [
    ['head', head],
    ['base', base],
  ] as const) {
    for (const path of paths.slice(-mostFiles)) {
      const text = await change.trees[side].read(path)
      const node = text === undefined ? undefined : read(path, text.startsWith('\uFEFF') ? text.slice(1) : text)
      if (node) nodes.push(node)
    }
  }
  return framework === 'django' ? ownParents(nodes, folder) : nodes
}

/** Keeps, of Django's dependencies, those on the same app. Its label is the name of the folder unless the app says otherwise. */
function ownParents(nodes: readonly HistoryNode[], folder: string): readonly HistoryNode[] {
  const names = new Set(nodes.map(({ name }) => name))
  const counts = new Map<string, number>()
  for (const { label, name } of nodes.flatMap(({ parents }) => parents))
    if (names.has(name)) counts.set(label, (counts.get(label) ?? 0) + 1)
  const usual = folder.split('/').at(-3) ?? ''
  const label = counts.has(usual) ? usual : [...counts].sort((one, other) => other[1] - one[1])[0]?.[0]
  const replacedBy = new Map(nodes.flatMap(node => node.replaces.map(name => [name, node.name] as const)))
  return nodes.map(node => ({
    ...node,
    parents: node.parents
      .filter(parent => parent.label === label)
      // What followed a migration that was squashed follows the squashed one, where the former is gone.
      .map(parent => ({
        ...parent,
        name: names.has(parent.name) ? parent.name : (replacedBy.get(parent.name) ?? parent.name),
      })),
  }))
}

interface Found {
  readonly problem: HistoryFact['problem']
  readonly parent?: HistoryNode['parents'][number]
  readonly other: HistoryNode
}

function problemOf(node: HistoryNode, folder: Folder, told: readonly HistoryFact[]): Found | undefined {
  const { framework, nodes, added } = folder
  const twin =
    framework === 'alembic' ? nodes.find(other => other.name === node.name && other.path !== node.path) : undefined
  if (twin && (added.has(node.path) || !added.has(twin.path)) && !told.some(fact => fact.path === twin.path))
    return { problem: 'same-revision', other: twin }
  const lost = missingParent(node, nodes)
  if (lost !== undefined) return lost
  if (!added.has(node.path) || node.labelled) return undefined
  const before = headsOf(nodes.filter(other => !added.has(other.path)))
  const after = headsOf(nodes)
  // Several heads that were there before are somebody's choice.
  if (after.length <= Math.max(1, before.length) || before.length > 1) return undefined
  const [newest] = before
  if (node.parents.length === 0) {
    return newest &&
      nodes.some(other => other.parents.length === 0 && !added.has(other.path)) &&
      node.replaces.length === 0
      ? { problem: 'second-root', other: newest }
      : undefined
  }
  for (const parent of node.parents) {
    const others = nodes.filter(
      other => other.path !== node.path && other.parents.some(({ name }) => name === parent.name),
    )
    const other =
      others.find(one => !added.has(one.path)) ??
      // Two of the change that follow the same: told once, on the second.
      others.find(one => one.path < node.path)
    // A squashed migration and those it stands for follow the same one.
    if (other && !other.replaces.includes(node.name) && !node.replaces.includes(other.name))
      return { problem: 'two-heads', parent, other }
  }
  return undefined
}

/** Fewest other migrations whose parents must all be there, so that one that is not there means something. */
const fewest = 2

/** The migration it follows is in no file of the folder, while those that the others follow all are. */
function missingParent(node: HistoryNode, nodes: readonly HistoryNode[]): Found | undefined {
  const known = new Set(nodes.flatMap(({ name, replaces }) => [name, ...replaces]))
  const isThere = ({ name }: HistoryNode['parents'][number]): boolean => known.has(name) || name.startsWith('__')
  const parent = node.parents.find(one => !isThere(one))
  const others = nodes.filter(({ path }) => path !== node.path)
  if (parent === undefined || others.length < fewest || !others.every(({ parents }) => parents.every(isThere)))
    return undefined
  const other = headsOf(others).at(-1)
  return other && { problem: 'missing-parent', parent, other }
}

/** Migrations that none follows. A squashed migration stands for what it replaces. */
function headsOf(nodes: readonly HistoryNode[]): readonly HistoryNode[] {
  const names = new Set(nodes.map(({ name }) => name))
  const replaced = new Map(
    nodes.flatMap(node => node.replaces.filter(name => names.has(name)).map(name => [name, node.name] as const)),
  )
  const followed = new Set<string>()
  for (const node of nodes) {
    for (const { name } of node.parents) {
      followed.add(name)
      const by = replaced.get(name)
      if (by !== undefined && by !== node.name) followed.add(by)
    }
  }
  return nodes.filter(node => !followed.has(node.name) && !replaced.has(node.name))
}
