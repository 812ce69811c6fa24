import { type PlainScalar, valueAt } from '../../artifact/plain.ts'
import type { Artifact } from '../../artifact/types.ts'
import type { Change, Tree } from '../../change/types.ts'
import type { Draft } from './draft.ts'
import type { Manifest, Manifests } from './objects.ts'

const lists = ['resources', 'components', 'patchesStrategicMerge', 'bases', 'crds', 'configurations'] as const

interface Entry {
  readonly list: string
  readonly text: string
  readonly scalar: PlainScalar
}

/** Files that kustomizations name and that are gone, and entries that are gone while their files stay. */
export async function kustomizationDrafts(
  change: Change,
  artifacts: readonly Artifact[],
  { base, head }: Manifests,
): Promise<readonly Draft[]> {
  const drafts: Draft[] = []
  const deleted = new Set(
    change.files.flatMap(({ path, basePath, status }) =>
      status === 'deleted' ? [path] : basePath !== undefined && basePath !== path ? [basePath] : [],
    ),
  )
  for (const object of head.filter(isKustomization)) {
    const folder = object.path.slice(0, object.path.lastIndexOf('/') + 1)
    const before = base.find(other => isKustomization(other) && other.path === object.path)
    if (deleted.size > 0 || object.changed)
      drafts.push(...(await missing(change.trees.head, object, folder, deleted, before)))
    if (object.changed && before)
      drafts.push(...(await pruned(change.trees.head, object, before, folder, artifacts, head)))
  }
  return drafts
}

function isKustomization({ kind, path }: Manifest): boolean {
  return kind === 'Kustomization' && /(^|\/)kustomization\.ya?ml$/.test(path)
}

function entriesOf({ node }: Manifest): readonly Entry[] {
  return lists.flatMap(list => {
    const items = valueAt(node, list)
    if (items?.type !== 'list') return []
    return items.items.flatMap(item =>
      item.type === 'scalar' && !item.expression && !/:\/\/|^github\.com|^git@|\?ref=|\n/.test(item.text)
        ? [{ list, text: item.text, scalar: item }]
        : [],
    )
  })
}

async function missing(
  tree: Tree,
  object: Manifest,
  folder: string,
  deleted: ReadonlySet<string>,
  before: Manifest | undefined,
): Promise<readonly Draft[]> {
  const drafts: Draft[] = []
  for (const { list, text, scalar } of entriesOf(object)) {
    const path = resolve(folder, text)
    if (path === undefined) continue
    const isNew = before !== undefined && !entriesOf(before).some(entry => entry.text === text)
    const wentAway = deleted.has(path) || [...deleted].some(gone => gone.startsWith(`${path}/`))
    if (!wentAway && !isNew) continue
    if ((await tree.read(path)) !== undefined || (await tree.list(path)).length > 0) continue
    // Encrypted or generated files need not be in the repository.
    if (!wentAway && (await tree.list(folder === '' ? undefined : folder.slice(0, -1))).length === 0) continue
    drafts.push({
      what: 'resource',
      name: object.path,
      target: text,
      field: list,
      held: wentAway,
      from: object.changed ? object : { ...object, changed: true },
      at: scalar.span,
    })
  }
  return drafts
}

/** What a kustomization no longer applies although the file is still there: GitOps deletes it from the cluster. */
async function pruned(
  tree: Tree,
  object: Manifest,
  before: Manifest,
  folder: string,
  artifacts: readonly Artifact[],
  head: readonly Manifest[],
): Promise<readonly Draft[]> {
  const now = new Set(entriesOf(object).map(entry => entry.text))
  const drafts: Draft[] = []
  for (const { list, text, scalar } of entriesOf(before)) {
    if (now.has(text) || (list !== 'resources' && list !== 'bases')) continue
    const path = resolve(folder, text)
    if (path === undefined) continue
    const files = (await tree.read(path)) === undefined ? await tree.list(path) : [path]
    if (files.length === 0) continue
    // Named by another kustomization of the change: moved.
    if (
      head.some(
        other =>
          other !== object &&
          isKustomization(other) &&
          entriesOf(other).some(entry => resolve(folderOf(other.path), entry.text) === path),
      )
    )
      continue
    const kinds = await kindsIn(tree, files)
    const artifact = artifacts.find(other => other.path === object.path)
    drafts.push({
      what: 'pruned',
      name: object.path,
      target: text,
      field: list,
      held: true,
      places: files,
      kinds,
      from: object,
      ...(artifact ? { at: headSpanOf(object, list) ?? scalar.span } : {}),
    })
  }
  return drafts
}

function headSpanOf({ node }: Manifest, list: string) {
  const found = valueAt(node, list)
  return found && { ...found.span, endLine: found.span.line, endColumn: found.span.column + 1 }
}

const mostFiles = 30

async function kindsIn(tree: Tree, files: readonly string[]): Promise<readonly string[]> {
  const kinds = new Set<string>()
  for (const path of files.filter(file => /\.ya?ml$/.test(file)).slice(0, mostFiles)) {
    const text = (await tree.read(path)) ?? ''
    for (const [, kind] of text.matchAll(/^kind:\s*["']?(\w+)/gm)) if (kind) kinds.add(kind)
  }
  return [...kinds]
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

/** The path in the repository that a relative one leads to; undefined when it leads out of it. */
function resolve(folder: string, relative: string): string | undefined {
  const steps = folder.split('/').filter(step => step !== '')
  for (const step of relative.split('/')) {
    if (step === '' || step === '.') continue
    if (step !== '..') steps.push(step)
    else if (steps.pop() === undefined) return undefined
  }
  return steps.length === 0 ? undefined : steps.join('/')
}
