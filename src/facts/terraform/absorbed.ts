import { type Plain, valueAt } from '../../artifact/plain.ts'
import { type Block, entriesOf, written } from './blocks.ts'
import { type Draft, draft } from './draft.ts'

/** Attributes that say how much a service can carry. */
const capacity =
  /^(desired_count|desired_capacity|min_size|min_capacity|min_count|min_instances|instances|instance_count|replicas|cpu|memory|instance_type)$/

/** Attributes that say what a service is asked for. */
const asked = /path|host|route|domain|prefix|alias|listener|queue|topic|tenant|shard/i

/** Services that take over what a service that goes was asked for, with the capacity they had before. */
export function absorbed({
  base,
  head,
}: {
  readonly base: readonly Block[]
  readonly head: readonly Block[]
}): readonly Draft[] {
  const after = new Map(head.map(block => [block.address, block]))
  const before = new Map(base.map(block => [block.address, block]))
  const gone = base.filter(block => !after.has(block.address) && capacityOf(block) !== '')
  return gone.flatMap(old =>
    head.flatMap((block): readonly Draft[] => {
      const was = before.get(block.address)
      if (was === undefined || !isAlike(old, block) || capacityOf(was) !== capacityOf(block)) return []
      const taken = entriesOf(block).find(
        ({ key, value }) => asked.test(key) && takesOver(value, valueAt(was.node, key), valueAt(old.node, key)),
      )
      if (taken === undefined) return []
      return [
        draft(old, 'absorbed', {
          attribute: taken.key,
          from: old.address,
          to: block.address,
          others: [block.address],
        }),
      ]
    }),
  )
}

/** The same kind of thing: calls of one module, or resources of one type. */
function isAlike(one: Block, other: Block): boolean {
  if (one.type !== other.type || one.folder !== other.folder) return false
  return one.type !== 'module' || written(valueAt(one.node, 'source')) === written(valueAt(other.node, 'source'))
}

/** What of the block says how much it carries, as one text; empty where that is not written out. */
function capacityOf(block: Block): string {
  const found = entriesOf(block).filter(({ key }) => capacity.test(key))
  return found.some(({ key }) => key !== 'instance_type')
    ? found.map(({ key, value }) => `${key}=${written(value)}`).join(' ')
    : ''
}

function takesOver(now: Plain, was: Plain | undefined, old: Plain | undefined): boolean {
  const [had, gave] = [itemsOf(was), itemsOf(old)]
  return gave.size > 0 && [...itemsOf(now)].some(item => !had.has(item) && gave.has(item))
}

function itemsOf(node: Plain | undefined): ReadonlySet<string> {
  return new Set(node?.type === 'list' && node.blocks === undefined ? node.items.map(written) : [])
}
