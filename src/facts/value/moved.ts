import type { Plain } from '../../artifact/plain.ts'
import { type Difference, type Step, shapeText } from './compare.ts'
import { type Identify, labelsBy } from './identity.ts'

/** What the change adds anywhere, to tell what was moved from what is gone. */
export interface Added {
  /** Content of added maps and lists, as numbers of `identify`. */
  readonly contents: Set<number>
  /** Shape and natural key of added items, such as `spec.rules.*.http.paths.*` with `path=/agents`. */
  readonly items: Set<string>
  /** Texts of added scalars that name a route: paths and host names. */
  readonly routes: Set<string>
  /** Added scalars in lists with the key of their list: `queues mailers`. */
  readonly entries: Set<string>
}

const routeText = /^(\/[\w./{}:*-]+|[\w-]+(\.[\w-]+)+)$/

export function addedBy(all: Iterable<Difference>, identify: Identify): Added {
  const added: Added = { contents: new Set(), items: new Set(), routes: new Set(), entries: new Set() }
  let budget = 200_000
  const walk = (node: Plain, shape: string): void => {
    if (budget-- <= 0) return
    if (node.type === 'scalar') {
      if (routeText.test(node.text)) added.routes.add(node.text)
      const list = listOf(shape)
      if (list !== undefined) added.entries.add(`${list} ${node.text}`)
      return
    }
    added.contents.add(identify(node))
    const label = itemLabel(node)
    if (label !== undefined) added.items.add(`${shape} ${label}`)
    if (node.type === 'list') for (const item of node.items) walk(item, `${shape}.*`)
    else for (const entry of node.entries) walk(entry.value, `${shape}.${entry.key}`)
  }
  for (const { change, head, steps, inside } of all) {
    if (!inside && head && (change === 'added' || head.node.type === 'scalar')) walk(head.node, shapeText(steps))
  }
  return added
}

/** Is what this difference removes added somewhere else by the same change? */
export function isMoved({ change, base, steps }: Difference, added: Added, identify: Identify): boolean {
  if (change !== 'removed' || !base || base.node.type === 'scalar') return false
  const { node } = base
  const empty = node.type === 'map' ? node.entries.length === 0 : node.items.length === 0
  if (!empty && added.contents.has(identify(node))) return true
  const label = itemLabel(node)
  return label !== undefined && added.items.has(`${shapeText(steps)} ${label}`)
}

/** Is a scalar of a list added to another list under the same key, as a queue that another worker takes over? */
export function entryElsewhere(node: Plain | undefined, steps: readonly Step[], added: Added): boolean {
  const list = listOf(shapeText(steps))
  return node?.type === 'scalar' && list !== undefined && added.entries.has(`${list} ${node.text}`)
}

/** Key of the list whose item has this shape: `queues` for `workers.*.queues.*`. */
function listOf(shape: string): string | undefined {
  return shape.endsWith('.*') ? shape.split('.').at(-2) : undefined
}

/** Is the route that a value names (a path or host name) added in another place? */
export function routeElsewhere(node: Plain | undefined, added: Added): boolean {
  if (node?.type === 'scalar') return added.routes.has(node.text)
  return (
    node?.type === 'map' &&
    node.entries.some(entry => /^(path|host|match|prefix)$/.test(entry.key) && routeElsewhere(entry.value, added))
  )
}

function itemLabel(node: Plain): string | undefined {
  return labelsBy([node], [])?.(node)
}
