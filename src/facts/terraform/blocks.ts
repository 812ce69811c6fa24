import { documentsOf } from '../../artifact/documents.ts'
import { jsonOf, type Plain, type PlainEntry, textAt, valueAt } from '../../artifact/plain.ts'
import { sourceOf } from '../../artifact/source.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import { lineSpan, type Span } from '../../text/lines.ts'

/** A top-level block of a Terraform file. */
export interface Block {
  readonly path: string
  readonly folder: string
  readonly source: Source
  /** `aws_db_instance.main`, `module.vpc`, `provider.aws`; empty for blocks without labels. */
  readonly address: string
  /** Type of the resource, or what the block is: `module`, `data`, `provider`, `moved`. */
  readonly type: string
  readonly node: Plain
  /** The line on which it begins. */
  readonly span: Span
  readonly endLine: number
}

export async function blocksOf(source: Source): Promise<readonly Block[] | undefined> {
  const documents = await documentsOf(source, 'hcl')
  return documents?.flatMap(({ root, labels = [] }) => {
    const [kind = '', first = '', second = ''] = labels
    if (kind === '') return []
    const resource = kind === 'resource' && second !== ''
    return [
      {
        path: source.path,
        folder: folderOf(source.path),
        source,
        address: resource ? `${first}.${second}` : labels.join('.'),
        type: resource ? first : kind,
        node: root,
        span: lineSpan(source.lines, root.span.line),
        endLine: root.span.endLine,
      },
    ]
  })
}

/** The blocks of one side of all changed files; files that cannot be read on either side are left out on both. */
export async function changedBlocks(
  artifacts: readonly Artifact[],
): Promise<{ readonly base: readonly Block[]; readonly head: readonly Block[] }> {
  const base: Block[] = []
  const head: Block[] = []
  for (const artifact of artifacts) {
    const before = artifact.base === undefined ? [] : await blocksOf(artifact.base)
    const after = artifact.head === undefined ? [] : await blocksOf(artifact.head)
    if (before === undefined || after === undefined) continue
    base.push(...before)
    head.push(...after)
  }
  return { base, head }
}

/** Most unchanged files of a folder that are read, and the longest of them. */
const mostFiles = 60
const longestFile = 300_000

/** The blocks of the unchanged files beside a changed one, read once per folder. */
export function besideBlocks(tree: Tree, changed: ReadonlySet<string>): (folder: string) => Promise<readonly Block[]> {
  const known = new Map<string, Promise<readonly Block[]>>()
  const load = async (folder: string): Promise<readonly Block[]> => {
    const listed = await tree.list(folder === '' ? undefined : folder.slice(0, -1))
    const paths = listed.filter(path => /\.(tf|tofu)$/.test(path) && folderOf(path) === folder && !changed.has(path))
    const found: Block[] = []
    for (const path of paths.slice(0, mostFiles)) {
      const text = await tree.read(path)
      if (text === undefined || text.length > longestFile) continue
      found.push(...((await blocksOf(sourceOf(path, 'head', text))) ?? []))
    }
    return found
  }
  return folder => {
    const loading = known.get(folder) ?? load(folder)
    known.set(folder, loading)
    return loading
  }
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

/** Addresses that `moved`, `removed` and `import` blocks name, without modules and keys. */
export function named(blocks: readonly Block[], type: string, key: string): ReadonlySet<string> {
  return new Set(
    blocks.flatMap(block => {
      const node = block.type === type ? valueAt(block.node, key) : undefined
      return node?.type === 'scalar' ? [plainAddress(node.text)] : []
    }),
  )
}

function plainAddress(text: string): string {
  const parts = text.replace(/\[[^\]]*\]/g, '').split('.')
  return parts.slice(-2).join('.')
}

export function isProtected(block: Block): boolean {
  const lifecycle = valueAt(block.node, 'lifecycle')
  return lifecycle?.type === 'list' && lifecycle.items.some(item => textAt(item, 'prevent_destroy') === 'true')
}

export function entriesOf(block: Block): readonly PlainEntry[] {
  return block.node.type === 'map' ? block.node.entries : []
}

/** The whole value as text: equal for equal values. */
export function written(node: Plain | undefined): string {
  return node === undefined ? '' : JSON.stringify(jsonOf(node, 8, 500))
}

/** Is the value free of variables, functions and templates? */
export function isLiteral(node: Plain | undefined): boolean {
  if (node === undefined) return false
  if (node.type === 'scalar') return node.expression === undefined
  return node.type === 'list' ? node.items.every(isLiteral) : node.entries.every(entry => isLiteral(entry.value))
}
