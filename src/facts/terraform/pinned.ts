import { entryOf, valueAt } from '../../artifact/plain.ts'
import { type Block, entriesOf, written } from './blocks.ts'
import { type Draft, draft } from './draft.ts'

const kept =
  /^(azurerm_key_vault_(certificate|secret|key)|google_secret_manager_secret_version|aws_secretsmanager_secret_version)$/
const versionKey = /(?:secret|certificate|key)_version(?:_id)?$/

/** Do the blocks beside the changed ones matter? */
export function needsReaders(head: readonly Block[]): boolean {
  return head.some(({ type }) => kept.test(type))
}

/** Secrets that get another value, while something beside them reads a version that is written out and stays as it is. */
export function pinnedReaders({
  base,
  head,
  beside,
}: {
  readonly base: readonly Block[]
  readonly head: readonly Block[]
  readonly beside: readonly Block[]
}): readonly Draft[] {
  return head.flatMap((block): readonly Draft[] => {
    const before = kept.test(block.type) ? base.find(({ address }) => address === block.address) : undefined
    const name = scalar(
      valueAt(block.node, 'name') ?? valueAt(block.node, 'secret_id') ?? valueAt(block.node, 'secret'),
    )
    if (before === undefined || name === '' || written(before.node) === written(block.node)) return []
    const changed = entriesOf(block).find(
      ({ key, value }) =>
        // Who may read it, or how it is called in an overview, is no other value.
        !/^(lifecycle|depends_on|timeouts|name)$/.test(key) &&
        written(value) !== written(valueAt(before.node, key)) &&
        (key !== 'tags' || /rotat|renew|issued/i.test(written(value))),
    )
    if (changed === undefined) return []
    for (const other of [...head, ...beside]) {
      const version = readerOf(other.node, name)
      const was = base.find(({ address }) => address === other.address)
      if (version === undefined || (was !== undefined && readerOf(was.node, name) !== version)) continue
      return [
        draft(block, 'pinned', {
          attribute: changed.key,
          from: version,
          to: name,
          others: [other.address],
          span: entryOf(block.node, changed.key)?.keySpan ?? block.span,
          loses: 'credentials',
        }),
      ]
    }
    return []
  })
}

/** The version of the secret that a block reads, where it is written out. */
function readerOf(node: Block['node'], name: string): string | undefined {
  if (node.type === 'scalar') return undefined
  if (node.type === 'list') return first(node.items.map(item => readerOf(item, name)))
  const isAbout = node.entries.some(
    ({ key, value }) => /(?:secret|certificate|key|name|id)$/.test(key) && scalar(value) === name,
  )
  const version = node.entries.find(({ key, value }) => versionKey.test(key) && isWrittenOut(scalar(value)))
  if (isAbout && version !== undefined) return scalar(version.value)
  return first(node.entries.map(({ value }) => readerOf(value, name)))
}

const first = (all: readonly (string | undefined)[]): string | undefined => all.find(one => one !== undefined)

const isWrittenOut = (text: string): boolean => /^(?:\d+|[\da-f]{8,}(?:-[\da-f]+)*)$/i.test(text)

function scalar(node: Block['node'] | undefined): string {
  return node?.type === 'scalar' && node.expression === undefined ? node.text : ''
}
