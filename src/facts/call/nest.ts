import type { Node } from 'web-tree-sitter'

/** A captured node with the captured scopes around it, outermost first. */
export interface Placed {
  readonly name: string
  readonly node: Node
  readonly around: readonly Placed[]
}

/** Deeper nesting than this is generated or hostile: what stands inside keeps its outermost scopes. */
const deepest = 60

/** Gives each capture the scopes around it: the captures named in `scopes` whose text encloses it. */
export function nest(captures: readonly { name: string; node: Node }[], scopes: readonly string[]): readonly Placed[] {
  const sorted = captures
    .map(({ name, node }, order) => ({ name, node, order, start: node.startIndex, end: node.endIndex }))
    .sort((a, b) => a.start - b.start || b.end - a.end || a.order - b.order)
  const open: (Placed & { readonly end: number })[] = []
  const placed: Placed[] = []
  for (const { name, node, start, end } of sorted) {
    while ((open.at(-1)?.end ?? Infinity) <= start) open.pop()
    const item = { name, node, around: open.slice(), end }
    placed.push(item)
    if (scopes.includes(name) && open.length < deepest) open.push(item)
  }
  return placed
}
