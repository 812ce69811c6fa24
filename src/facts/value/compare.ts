import type { Plain, PlainEntry, PlainMap } from '../../artifact/plain.ts'
import type { Span } from '../../text/lines.ts'
import { align } from './align.ts'
import type { Identify } from './identity.ts'

/** One step of a path: as people read it and as patterns match it. */
export interface Step {
  readonly text: string
  readonly shape: string
}

/** One side of a difference: the value, where to point, and the map it stands in. */
export interface Spot {
  readonly node: Plain
  readonly span: Span
  readonly parent?: PlainMap
}

/** A value that was changed, or the top-most node that was added or removed. */
export interface Difference {
  readonly change: 'added' | 'removed' | 'changed'
  readonly steps: readonly Step[]
  readonly base?: Spot
  readonly head?: Spot
  /** Something around it is new as well. */
  readonly inside: boolean
  /** Of something removed: the map it stood in, as it is now. */
  readonly left?: PlainMap
}

export interface Comparison {
  readonly identify: Identify
  /** Also reports what is inside something added. */
  readonly deep: boolean
  /** Nodes that may still be visited; negative when the rest was left out. */
  budget: number
}

/** All differences between two versions of one object. Equal subtrees are skipped whole. */
export function differences(
  base: Spot | undefined,
  head: Spot | undefined,
  comparison: Comparison,
): readonly Difference[] {
  const found: Difference[] = []
  compare(base, head, [], comparison, found, false)
  return found
}

function compare(
  base: Spot | undefined,
  head: Spot | undefined,
  steps: readonly Step[],
  comparison: Comparison,
  found: Difference[],
  inside: boolean,
  left?: PlainMap,
): void {
  if (comparison.budget-- <= 0) return
  if (!base && head) {
    found.push({ change: 'added', steps, head, inside })
    if (comparison.deep) addedInside(head, steps, comparison, found)
    return
  }
  if (base && !head) {
    found.push({ change: 'removed', steps, base, inside, ...(left ? { left } : {}) })
    return
  }
  if (!base || !head || base.node === head.node) return
  const [from, to] = [base.node, head.node]
  if (!isEdited(from, to) && comparison.identify(from) === comparison.identify(to)) return
  if (from.type === 'map' && to.type === 'map') compareMaps(from, to, steps, comparison, found, inside)
  else if (from.type === 'list' && to.type === 'list')
    compareLists(from, to, { base, head }, steps, comparison, found, inside)
  else found.push({ change: 'changed', steps, base, head, inside })
}

/** One was made from the other (see `plain-edit`): what is equal in them is the same node, so nothing need be counted. */
function isEdited(from: Plain, to: Plain): boolean {
  return (
    from.type === 'map' &&
    to.type === 'map' &&
    from.entries.length === to.entries.length &&
    from.entries.every(({ keySpan }, at) => keySpan === to.entries[at]?.keySpan)
  )
}

function compareMaps(
  base: PlainMap,
  head: PlainMap,
  steps: readonly Step[],
  comparison: Comparison,
  found: Difference[],
  inside: boolean,
): void {
  const wanted = new Map(head.entries.map(entry => [entry.key, entry]))
  for (const entry of base.entries) {
    const other = wanted.get(entry.key)
    wanted.delete(entry.key)
    const path = [...steps, stepOf(entry, base)]
    if (other) compare(spotOf(entry, base), spotOf(other, head), path, comparison, found, inside)
    else found.push({ change: 'removed', steps: path, base: spotOf(entry, base), inside, left: head })
  }
  for (const entry of wanted.values())
    compare(undefined, spotOf(entry, head), [...steps, stepOf(entry, head)], comparison, found, inside)
}

function compareLists(
  base: Plain & { type: 'list' },
  head: Plain & { type: 'list' },
  spots: { base: Spot; head: Spot },
  steps: readonly Step[],
  comparison: Comparison,
  found: Difference[],
  inside: boolean,
): void {
  const { pairs, removed, added, label } = align(
    base.items,
    head.items,
    comparison.identify,
    base.blocks && head.blocks,
  )
  const single = base.blocks && head.blocks && base.items.length === 1 && head.items.length === 1
  const step = (item: Plain): readonly Step[] =>
    single ? steps : [...steps, { text: `[${label(item)}]`, shape: base.blocks ? '' : '*' }]
  // A block has a name to point at and a map around it; an item of a list has neither.
  const spot = (item: Plain, owner: Spot): Spot => ({
    node: item,
    span: firstLine(item),
    ...(owner.parent ? { parent: owner.parent } : {}),
  })
  for (const [from, to] of pairs)
    compare(spot(from, spots.base), spot(to, spots.head), step(to), comparison, found, inside)
  const left = spots.head.parent
  for (const item of removed)
    found.push({
      change: 'removed',
      steps: step(item),
      base: spot(item, spots.base),
      inside,
      ...(left ? { left } : {}),
    })
  for (const item of added) compare(undefined, spot(item, spots.head), step(item), comparison, found, inside)
}

function addedInside(head: Spot, steps: readonly Step[], comparison: Comparison, found: Difference[]): void {
  const { node } = head
  if (node.type === 'map') {
    for (const entry of node.entries)
      compare(undefined, spotOf(entry, node), [...steps, stepOf(entry, node)], comparison, found, true)
  } else if (node.type === 'list') {
    for (const [index, item] of node.items.entries()) {
      const step = { text: `[${index}]`, shape: node.blocks ? '' : '*' }
      const spot = { node: item, span: firstLine(item), ...(head.parent ? { parent: head.parent } : {}) }
      compare(undefined, spot, [...steps, step], comparison, found, true)
    }
  }
}

function stepOf(entry: PlainEntry, owner: PlainMap): Step {
  return owner.labelled ? { text: `[${entry.key}]`, shape: '*' } : { text: entry.key, shape: entry.key }
}

/** A scalar is shown whole, from its key on; of anything longer the line with the key. */
function spotOf(entry: PlainEntry, parent: PlainMap): Spot {
  const { keySpan, value } = entry
  const end = value.span
  const whole = value.type === 'scalar' && end.line === keySpan.line && end.endLine === keySpan.line
  return {
    node: value,
    parent,
    span: whole ? { ...keySpan, endColumn: Math.max(keySpan.endColumn, end.endColumn) } : keySpan,
  }
}

/** The line on which an item starts: a finding about a whole subtree points at its beginning. */
export function firstLine(node: Plain): Span {
  const { span } = node
  if (node.type === 'map' && node.entries[0]?.keySpan.line === span.line && span.endLine > span.line) {
    const first = node.entries[0]
    const end = first.value.span.endLine === span.line ? first.value.span.endColumn : first.keySpan.endColumn
    return { line: span.line, column: span.column, endLine: span.line, endColumn: Math.max(end, span.column + 1) }
  }
  if (span.endLine === span.line) return span
  return { line: span.line, column: span.column, endLine: span.line, endColumn: span.column + 1 }
}

/** `spec.template.spec.containers[name=web].image` */
export function pathText(steps: readonly Step[]): string {
  return steps
    .map(step => (step.text.startsWith('[') ? step.text : `.${step.text}`))
    .join('')
    .replace(/^\./, '')
}

/** `spec.template.spec.containers.*.image` */
export function shapeText(steps: readonly Step[]): string {
  return steps.flatMap(step => (step.shape === '' ? [] : [step.shape])).join('.')
}
