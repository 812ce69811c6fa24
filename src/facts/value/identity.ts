import { type Plain, textAt } from '../../artifact/plain.ts'

/** Gives equal values equal numbers, whatever the order of keys, so that comparing two subtrees is comparing two numbers. */
export type Identify = (node: Plain) => number

/** Numbers are comparable only when they come from one and the same `identify`. */
export function identifier(): Identify {
  const known = new Map<string, number>()
  const kept = new Map<Plain, number>()
  const intern = (text: string) => {
    const id = known.get(text) ?? known.size
    known.set(text, id)
    return id
  }
  const identify = (node: Plain): number => {
    const found = kept.get(node)
    if (found !== undefined) return found
    const id = intern(describe(node))
    kept.set(node, id)
    return id
  }
  const describe = (node: Plain): string => {
    if (node.type === 'scalar') {
      if (node.expression) return `e:${node.text}`
      // 0400 is 400 to some readers and 256 to others: never the same as a 400 without the zero.
      const value = typeof node.value === 'number' && /^0\d/.test(node.text) ? node.text : node.value
      return `${typeof node.value}:${String(value)}`
    }
    if (node.type === 'list') return `[${node.items.map(identify).join()}`
    // An entry is one number: that of its key and its value together.
    const entries = node.entries.map(({ key, value }) => intern(`${identify(value)}=${key}`))
    return `{${entries.sort((a, b) => a - b).join()}`
  }
  return identify
}

/** Keys by which a list's items are told apart, the most telling first. */
const naturalKeys = [
  ['name'],
  ['id'],
  ['alert'],
  ['record'],
  ['key'],
  ['job_name'],
  ['job'],
  ['uid'],
  ['metadata', 'name'],
  ['containerPort'],
  ['mountPath'],
  ['path'],
  ['host'],
  ['hostname'],
  ['domain'],
  ['port'],
  ['target'],
  ['title'],
  ['labels', 'Name'],
  ['resourceId'],
  ['service'],
  ['type'],
] as const

/** The natural key that tells all items of both lists apart, as labels such as `name=web`; undefined when there is none. */
export function labelsBy(base: readonly Plain[], head: readonly Plain[]): ((item: Plain) => string) | undefined {
  const all = [...base, ...head]
  if (all.length === 0 || all.some(item => item.type !== 'map')) return undefined
  for (const key of naturalKeys) {
    const label = (item: Plain) => `${key.join('.')}=${textAt(item, ...key)}`
    if (all.every(item => textAt(item, ...key) !== undefined) && unique(base, label) && unique(head, label))
      return label
  }
  return undefined
}

function unique(items: readonly Plain[], label: (item: Plain) => string): boolean {
  return new Set(items.map(label)).size === items.length
}
