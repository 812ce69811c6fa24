import { type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import { sourceOf } from '../../artifact/source.ts'
import type { Tree } from '../../change/types.ts'
import { type Block, blocksOf, folderOf, isLiteral } from './blocks.ts'
import { type Draft, draft } from './draft.ts'

interface Sides {
  readonly base: readonly Block[]
  readonly head: readonly Block[]
}

/** Where a state is kept, by the keys that tell one from another. */
const places: Readonly<Record<string, readonly string[]>> = {
  s3: ['bucket', 'key'],
  gcs: ['bucket', 'prefix'],
  azurerm: ['storage_account_name', 'container_name', 'key'],
  oss: ['bucket', 'prefix', 'key'],
  cos: ['bucket', 'prefix', 'key'],
  consul: ['path'],
  pg: ['schema_name'],
}

/** Most files that are searched for another use of the state, and the longest of them. */
const mostFiles = 600
const longestFile = 100_000

/** Folders that begin to use the state of another folder: the first apply takes away what the other one made. */
export async function sharedStates({ base, head }: Sides, tree: Tree): Promise<readonly Draft[]> {
  const drafts: Draft[] = []
  for (const block of head) {
    const place = placeOf(block)
    if (place === undefined) continue
    const before = base.find(other => other.folder === block.folder && placeOf(other)?.id === place.id)
    if (before !== undefined) continue
    const other = await otherUser(place, block, head, tree)
    if (other !== undefined)
      drafts.push(
        draft(block, 'shared-state', {
          span: place.span,
          attribute: 'backend',
          to: place.text,
          loses: 'data',
          others: [other],
        }),
      )
  }
  return drafts
}

interface Place {
  readonly id: string
  readonly text: string
  readonly span: Plain['span']
}

function placeOf(block: Block): Place | undefined {
  if (block.type !== 'terraform') return undefined
  const backend = valueAt(block.node, 'backend')
  const entry = backend?.type === 'map' ? backend.entries[0] : undefined
  const keys = entry === undefined || !Object.hasOwn(places, entry.key) ? undefined : places[entry.key]
  if (entry === undefined || keys === undefined) return undefined
  const node = entry.value.type === 'list' ? entry.value.items[0] : entry.value
  const last = keys.map(key => valueAt(node, key)).findLast(value => value !== undefined)
  // Half of it may come from the command line.
  const needed = keys.filter(key => !(entry.key === 'oss' || entry.key === 'cos') || key !== 'prefix')
  if (node === undefined || last === undefined || needed.some(key => !isLiteral(valueAt(node, key)))) return undefined
  const text = keys.map(key => textAt(node, key) ?? '').join('/')
  return { id: `${entry.key}:${text}:${textAt(node, 'workspace_key_prefix') ?? ''}`, text, span: last.span }
}

/** A folder that keeps its state in the same place after the change. */
async function otherUser(place: Place, block: Block, head: readonly Block[], tree: Tree): Promise<string | undefined> {
  const twin = head.find(other => other.folder < block.folder && placeOf(other)?.id === place.id)
  if (twin !== undefined) return twin.path
  const changed = new Set(head.map(({ path }) => path))
  const words = place.text.split('/').filter(word => word !== '')
  const paths = (await tree.list()).filter(
    path => /\.(tf|tofu)$/.test(path) && folderOf(path) !== block.folder && !changed.has(path),
  )
  const likely = paths.filter(path =>
    /(backend|state|main|version|provider|terraform|config|remote|setup|init)[\w.-]*$/.test(path),
  )
  for (const path of likely.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text === undefined || text.length > longestFile || !/\bbackend\s+"/.test(text)) continue
    if (!words.every(word => text.includes(word))) continue
    const blocks = (await blocksOf(sourceOf(path, 'head', text))) ?? []
    if (blocks.some(other => placeOf(other)?.id === place.id)) return path
  }
  return undefined
}
