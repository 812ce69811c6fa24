import type { Plain } from '../../artifact/plain.ts'
import { type Identify, labelsBy } from './identity.ts'

/** Which item of one list became which of the other. */
export interface Alignment {
  readonly pairs: readonly (readonly [Plain, Plain])[]
  readonly removed: readonly Plain[]
  readonly added: readonly Plain[]
  /** What to call an item in a path: `name=web`, or its number. */
  label(item: Plain): string
}

/** Longest lists of leftovers that are compared each with each. */
const mostLeftovers = 60

/**
 * Pairs the items of two lists: by natural key; where there is none by equal content; then what is left over when it is
 * alike enough to be the same thing, renamed or edited. An inserted item so shifts nothing.
 */
export function align(base: readonly Plain[], head: readonly Plain[], identify: Identify, blocks = false): Alignment {
  const found = labelsBy(base, head)
  // The only block of its kind stays the same one when its path or port changes; a name or id tells of another.
  const only = blocks && base.length === 1 && head.length === 1
  const by = only && base[0] && found && !/^(name|id|key)=/.test(found(base[0])) ? undefined : found
  const numbers = new Map([...base.entries(), ...head.entries()].map(([index, item]) => [item, String(index)]))
  const label = by ?? ((item: Plain) => labelsBy([item], [])?.(item) ?? numbers.get(item) ?? '')
  const { pairs, removed, added } = exact(base, head, by ?? (item => String(identify(item))))
  const alike = pairAlike(removed, added, base.length === 1 && head.length === 1, by !== undefined, identify)
  const gone = new Set(alike.map(([from]) => from))
  const come = new Set(alike.map(([, to]) => to))
  return {
    pairs: [...pairs, ...alike],
    removed: removed.filter(item => !gone.has(item)),
    added: added.filter(item => !come.has(item)),
    label,
  }
}

function exact(base: readonly Plain[], head: readonly Plain[], keyOf: (item: Plain) => string) {
  const waiting = new Map<string, Plain[]>()
  for (const item of base) {
    const key = keyOf(item)
    const queue = waiting.get(key)
    if (queue) queue.push(item)
    else waiting.set(key, [item])
  }
  for (const queue of waiting.values()) queue.reverse()
  const pairs: [Plain, Plain][] = []
  const added: Plain[] = []
  for (const item of head) {
    const from = waiting.get(keyOf(item))?.pop()
    if (from) pairs.push([from, item])
    else added.push(item)
  }
  const left = new Set([...waiting.values()].flat())
  return { pairs, added, removed: base.filter(item => left.has(item)) }
}

function pairAlike(
  removed: readonly Plain[],
  added: readonly Plain[],
  single: boolean,
  keyed: boolean,
  identify: Identify,
): readonly (readonly [Plain, Plain])[] {
  const [from] = removed
  const [to] = added
  if (!from || !to || removed.length > mostLeftovers || added.length > mostLeftovers) return []
  if (single && (!keyed || likeness(from, to, identify) >= 0.5)) return [[from, to]]
  const free = new Set(added)
  const pairs: [Plain, Plain][] = []
  for (const item of removed) {
    let best: Plain | undefined
    let most = 0.5
    for (const candidate of free) {
      const score = likeness(item, candidate, identify)
      if (score >= most && (best === undefined || score > most)) [best, most] = [candidate, score]
    }
    if (best === undefined) continue
    free.delete(best)
    pairs.push([item, best])
  }
  const [last] = free
  const rest = removed.filter(item => !pairs.some(([paired]) => paired === item))
  // One item edited beyond likeness, in a list that has no names: still the same item when it has the same keys.
  if (!keyed && rest.length === 1 && free.size === 1 && rest[0] && last && sameKeys(rest[0], last))
    pairs.push([rest[0], last])
  return pairs
}

/**
 * Share of equal entries of two maps of at least three: a pair of name and value is no evidence of being the same, unless
 * what is equal has a structure of its own, such as the destination beside a weight.
 */
function likeness(a: Plain, b: Plain, identify: Identify): number {
  if (a.type !== 'map' || b.type !== 'map') return 0
  const size = Math.max(a.entries.length, b.entries.length)
  const values = new Map(a.entries.map(entry => [entry.key, identify(entry.value)]))
  const equal = b.entries.filter(entry => values.get(entry.key) === identify(entry.value))
  if (size < 3 && !equal.some(entry => entry.value.type === 'map')) return 0
  return equal.length / size
}

function sameKeys(a: Plain, b: Plain): boolean {
  if (a.type !== 'map' || b.type !== 'map') return false
  const keys = new Set(a.entries.map(entry => entry.key))
  return b.entries.length === keys.size && b.entries.every(entry => keys.has(entry.key))
}
