import { type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import { type Block, written } from './blocks.ts'
import { type Draft, draft } from './draft.ts'

interface Around {
  readonly base: readonly Block[]
  readonly head: readonly Block[]
  /** Unchanged blocks of the same folder. */
  readonly beside: readonly Block[]
}

/** A group of machines of a Kubernetes cluster, and the setting that says how many there may be. */
interface Group {
  readonly block: Block
  readonly most: number
  readonly attribute: string
  readonly at: Plain
}

/** Groups of nodes that may now grow beyond the addresses of the networks they are in, and before could not. */
export function outgrown({ base, head, beside }: Around): readonly Draft[] {
  const before = new Map(base.flatMap(block => groupOf(block) ?? []).map(group => [group.block.address, group]))
  return head.flatMap(block => {
    const [now, old] = [groupOf(block), before.get(block.address)]
    if (now === undefined || old === undefined || now.most <= old.most) return []
    const room =
      block.type === 'google_container_node_pool'
        ? podRange(block, [...head, ...beside])
        : subnets(block, [...head, ...beside])
    if (room === undefined || room.nodes >= now.most || room.nodes < old.most) return []
    return [
      draft(block, 'outgrown', {
        span: now.at.span,
        attribute: now.attribute,
        from: String(old.most),
        to: String(now.most),
        others: room.of,
        room: `${room.nodes}`,
      }),
    ]
  })
}

/** Is there a group of nodes that grows? Only then the networks beside it matter. */
export function needsRoom({ base, head }: Pick<Around, 'base' | 'head'>): boolean {
  const before = new Map(base.flatMap(block => groupOf(block) ?? []).map(group => [group.block.address, group.most]))
  return head.some(block => (groupOf(block)?.most ?? 0) > (before.get(block.address) ?? Number.POSITIVE_INFINITY))
}

function groupOf(block: Block): Group | undefined {
  const found = (attribute: string, ...keys: readonly string[]): Group | undefined => {
    const at = nested(block.node, ...keys)
    const most = at?.type === 'scalar' && typeof at.value === 'number' ? at.value : undefined
    return at === undefined || most === undefined ? undefined : { block, most, attribute, at }
  }
  switch (block.type) {
    case 'google_container_node_pool':
      return (
        found('max_node_count', 'autoscaling', 'max_node_count') ??
        found('total_max_node_count', 'autoscaling', 'total_max_node_count') ??
        found('node_count', 'node_count')
      )
    case 'aws_eks_node_group':
      return found('max_size', 'scaling_config', 'max_size')
    case 'aws_autoscaling_group':
      return found('max_size', 'max_size')
    default:
      return undefined
  }
}

/** A value below nested blocks, of which the first counts. */
function nested(node: Plain | undefined, ...keys: readonly string[]): Plain | undefined {
  let at = node
  for (const key of keys) {
    const next = valueAt(at?.type === 'list' ? at.items[0] : at, key)
    at = next
  }
  return at
}

const referred = (text: string, type: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\\b${type}\\.([\\w-]+)`, 'g'))].map(([, name = '']) => `${type}.${name}`)

interface Room {
  readonly nodes: number
  readonly of: readonly string[]
}

const prefixOf = (range: string | undefined): number | undefined => {
  const [, length] = /^\d{1,3}(?:\.\d{1,3}){3}\/(\d{1,2})$/.exec(range ?? '') ?? []
  return length === undefined || Number(length) > 32 ? undefined : Number(length)
}

/** GKE gives every node a range of its own, twice as large as the pods it may run, out of one range for all. */
function podRange(pool: Block, blocks: readonly Block[]): Room | undefined {
  const [address] = referred(written(valueAt(pool.node, 'cluster')), 'google_container_cluster')
  const cluster = blocks.find(block => block.address === address)
  const name = textOf(nested(cluster?.node, 'ip_allocation_policy', 'cluster_secondary_range_name'))
  if (cluster === undefined || name === undefined) return undefined
  for (const network of blocks.filter(block => block.type === 'google_compute_subnetwork')) {
    const ranges = valueAt(network.node, 'secondary_ip_range')
    const items = ranges?.type === 'list' ? ranges.items : []
    const range = items.find(item => textAt(item, 'range_name') === name)
    const prefix = prefixOf(textAt(range, 'ip_cidr_range'))
    if (prefix === undefined) continue
    const written = nested(pool.node, 'max_pods_per_node') ?? nested(cluster.node, 'default_max_pods_per_node')
    const pods = written === undefined ? 110 : written.type === 'scalar' ? Number(written.value) : Number.NaN
    if (!(pods >= 8 && pods <= 256)) return undefined
    const own = 32 - Math.ceil(Math.log2(pods * 2))
    return own < prefix ? undefined : { nodes: 2 ** (own - prefix), of: [network.address] }
  }
  return undefined
}

function textOf(node: Plain | undefined): string | undefined {
  return node?.type === 'scalar' && node.expression === undefined ? node.text : undefined
}

/** Addresses per network interface, by the size of the machine: a lower bound over the families. */
const perInterface: readonly (readonly [RegExp, number])[] = [
  [/\.(nano|micro|small)$/, 2],
  [/\.medium$/, 4],
  [/\.large$/, 10],
  [/\.(xlarge|2xlarge)$/, 15],
  [/\.(\d+xlarge|metal\S*)$/, 30],
]

/** On EKS each node holds one interface with all its addresses in use and a second one ready, however few pods it runs. */
function subnets(group: Block, blocks: readonly Block[]): Room | undefined {
  const all = blocks.map(block => written(block.node)).join('\n')
  const isCluster = group.type === 'aws_eks_node_group' || /kubernetes\.io\/cluster\//.test(written(group.node))
  if (!isCluster || /PREFIX_DELEGATION|CUSTOM_NETWORK_CFG|WARM_(?:IP|ENI)_TARGET|MINIMUM_IP_TARGET/.test(all))
    return undefined
  const type = instanceType(group, blocks)
  const each = perInterface.find(([size]) => size.test(type ?? ''))?.[1]
  const names = [
    ...new Set(
      referred(written(valueAt(group.node, 'subnet_ids') ?? valueAt(group.node, 'vpc_zone_identifier')), 'aws_subnet'),
    ),
  ]
  if (each === undefined) return undefined
  if (names.length === 0) return moduleSubnets(group, blocks, each)
  let addresses = 0
  for (const name of names) {
    const subnet = blocks.find(block => block.address === name)
    const prefix = prefixOf(textAt(subnet?.node, 'cidr_block'))
    // One of several made by `count`, or a range that is computed: not known.
    if (
      subnet === undefined ||
      prefix === undefined ||
      valueAt(subnet.node, 'count') ||
      valueAt(subnet.node, 'for_each')
    )
      return undefined
    addresses += 2 ** (32 - prefix) - 5
  }
  return { nodes: Math.floor(addresses / (2 * each)), of: names }
}

/** `module.vpc.private_subnets`: the output of the usual module lists what its argument of the same name was given. */
function moduleSubnets(group: Block, blocks: readonly Block[], each: number): Room | undefined {
  const given = written(valueAt(group.node, 'subnet_ids') ?? valueAt(group.node, 'vpc_zone_identifier'))
  const [, name = '', list = ''] = /^\W*module\.([\w-]+)\.((?:private|public|intra)_subnets)\W*$/.exec(given) ?? []
  const ranges = valueAt(blocks.find(block => block.address === `module.${name}`)?.node, list)
  if (ranges?.type !== 'list' || ranges.items.length === 0) return undefined
  const prefixes = ranges.items.map(item => prefixOf(textOf(item)))
  const sizes = prefixes.flatMap(prefix => (prefix === undefined ? [] : [2 ** (32 - prefix) - 5]))
  if (sizes.length < prefixes.length) return undefined
  const addresses = sizes.reduce((sum, size) => sum + size, 0)
  return { nodes: Math.floor(addresses / (2 * each)), of: [`module.${name}`] }
}

function instanceType(group: Block, blocks: readonly Block[]): string | undefined {
  const types = valueAt(group.node, 'instance_types')
  const [first] = types?.type === 'list' ? types.items : []
  const own = textOf(first) ?? textOf(valueAt(group.node, 'instance_type'))
  if (own !== undefined) return own
  const template = /\baws_launch_(?:configuration|template)\.[\w-]+/.exec(written(group.node))?.[0]
  return textOf(valueAt(blocks.find(block => block.address === template)?.node, 'instance_type'))
}
