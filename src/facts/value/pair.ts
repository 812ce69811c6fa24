import { textAt, valueAt } from '../../artifact/plain.ts'
import type { Identify } from './identity.ts'
import type { ConfigObject } from './objects.ts'

/** One object at base and head; one side is absent when it is new or gone from the whole change. */
export interface Pair {
  readonly base?: ConfigObject
  readonly head?: ConfigObject
}

interface Left {
  readonly base: readonly ConfigObject[]
  readonly head: readonly ConfigObject[]
}

const isItsName =
  /^(compose\/volume|k8s\/(InstanceGroup|MachineDeployment|MachinePool|AWSManagedMachinePool|NodePool))$/

type KeyOf = (object: ConfigObject) => string | undefined

/**
 * Pairs the objects of all changed files: by identity within a file, then by identity across files, then by equal
 * content. What was only moved or renamed is neither new nor gone, and gives no pair unless it also changed.
 */
export function pairObjects(
  base: readonly ConfigObject[],
  head: readonly ConfigObject[],
  identify: Identify,
): readonly Pair[] {
  const moves = movedBlocks(head)
  const steps: readonly KeyOf[] = [
    object => `${object.artifact.path}\n${object.identity}`,
    object => (object.wanders ? `${object.environment}\n${object.identity}` : undefined),
    object =>
      moves.size === 0
        ? undefined
        : `${object.kind}\n${object.side === 'base' ? (moves.get(object.name) ?? object.name) : object.name}`,
  ]
  const pairs: Pair[] = []
  let left: Left = { base, head }
  for (const step of steps) {
    const taken = take(left, step)
    pairs.push(...taken.pairs)
    left = taken.left
  }
  // Equal content under another name or in another file: moved, nothing to tell.
  // (Not so what is its name: a volume of compose leaves what it holds under the old one, a group of nodes its machines.)
  left = take(left, object => (isItsName.test(object.kind) ? object.identity : String(identify(object.node)))).left
  // One object of a kind gone from a file and one come into it: renamed, and too different to compare.
  left = take(left, object =>
    object.kind.startsWith('k8s/') && !isItsName.test(object.kind)
      ? `${object.artifact.path}\n${object.kind}`
      : undefined,
  ).left
  const dropped = removedBlocks(head)
  // A `moved` block may lead into a module, whose resources are written elsewhere.
  const gone = left.base.filter(object => !dropped.has(object.name) && !moves.has(object.name))
  return [...pairs, ...gone.map(object => ({ base: object })), ...left.head.map(object => ({ head: object }))]
}

function take(left: Left, keyOf: KeyOf): { pairs: readonly Pair[]; left: Left } {
  const waiting = new Map<string, ConfigObject[]>()
  for (const object of left.base) {
    const key = keyOf(object)
    if (key === undefined) continue
    const queue = waiting.get(key)
    if (queue) queue.push(object)
    else waiting.set(key, [object])
  }
  const paired = new Set<ConfigObject>()
  const pairs: Pair[] = []
  for (const object of left.head) {
    const key = keyOf(object)
    const partner = key === undefined ? undefined : waiting.get(key)?.shift()
    if (partner === undefined) continue
    pairs.push({ base: partner, head: object })
    paired.add(partner).add(object)
  }
  const rest = (object: ConfigObject) => !paired.has(object)
  return { pairs, left: { base: left.base.filter(rest), head: left.head.filter(rest) } }
}

/** Terraform's `moved` blocks: old address to new, without modules and instance keys. */
export function movedBlocks(objects: readonly ConfigObject[]): ReadonlyMap<string, string> {
  return new Map(
    objects.flatMap(object => {
      const from = address(object, 'from')
      const to = address(object, 'to')
      return object.kind === 'terraform/moved' && from && to ? [[from, to] as const] : []
    }),
  )
}

/** `removed { from = … lifecycle { destroy = false } }`: Terraform forgets the resource and leaves it running. */
function removedBlocks(objects: readonly ConfigObject[]): ReadonlySet<string> {
  return new Set(
    objects.flatMap(object => {
      const lifecycle = valueAt(object.node, 'lifecycle')
      const kept = lifecycle?.type === 'list' && lifecycle.items.some(item => textAt(item, 'destroy') === 'false')
      const from = address(object, 'from')
      return object.kind === 'terraform/removed' && kept && from ? [from] : []
    }),
  )
}

function address(object: ConfigObject, key: string): string | undefined {
  const node = valueAt(object.node, key)
  return node?.type === 'scalar'
    ? node.text
        .replace(/\[[^\]]*\]/g, '')
        .split('.')
        .slice(-2)
        .join('.')
    : undefined
}
