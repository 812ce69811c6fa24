import type { Plain, PlainDocument, PlainList, PlainMap, PlainScalar } from '../artifact/plain.ts'
import type { Span } from '../text/lines.ts'

/** A scalar of a document with what stands around it. */
export interface Leaf {
  readonly scalar: PlainScalar
  readonly span: Span
  /** Keys from the root down, with the labels of an HCL block before them; list items add none. */
  readonly keys: readonly string[]
  /** The list it is an item of. */
  readonly list?: PlainList
  /** The nearest map around it. */
  readonly owner?: PlainMap
}

/** Most nodes that are visited: aliases can repeat a subtree without end. */
const mostNodes = 200_000

/** All scalars of some documents, in their order. */
export function leavesOf(documents: readonly PlainDocument[]): readonly Leaf[] {
  const leaves: Leaf[] = []
  eachNode(documents, (node, keys, owner, list) => {
    if (node.type !== 'scalar') return
    leaves.push({ scalar: node, span: node.span, keys, ...(list ? { list } : {}), ...(owner ? { owner } : {}) })
  })
  return leaves
}

type Visit = (node: Plain, keys: readonly string[], owner: PlainMap | undefined, list: PlainList | undefined) => void

/** Visits every node from the root down. */
export function eachNode(documents: readonly PlainDocument[], visit: Visit): void {
  let budget = mostNodes
  const walk = (
    node: Plain,
    keys: readonly string[],
    owner: PlainMap | undefined,
    list: PlainList | undefined,
  ): void => {
    if (budget-- <= 0) return
    visit(node, keys, owner, list)
    if (node.type === 'list') for (const item of node.items) walk(item, keys, owner, node)
    if (node.type === 'map') for (const entry of node.entries) walk(entry.value, [...keys, entry.key], node, undefined)
  }
  for (const { root, labels = [] } of documents) walk(root, labels, undefined, undefined)
}

/** The words of names in camelCase, snake_case or kebab-case, lower case. */
export function wordsOf(...names: readonly string[]): readonly string[] {
  return names.flatMap(name =>
    name
      .slice(0, 200)
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter(word => word !== ''),
  )
}
