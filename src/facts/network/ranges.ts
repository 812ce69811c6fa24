import { documentsOf } from '../../artifact/documents.ts'
import { type PlainDocument, textAt, valueAt } from '../../artifact/plain.ts'
import type { Language, Source } from '../../artifact/types.ts'
import { lineText, type Span } from '../../text/lines.ts'
import { type Leaf, leavesOf, wordsOf } from '../leaves.ts'
import { type Range, rangeOf } from '../match/cover.ts'
import { actionOf } from '../match/names.ts'
import type { NetworkFact } from './index.ts'

export type RangeUse = NetworkFact['use']

/** A range of addresses written in a file. */
export interface Written {
  readonly path: string
  readonly cidr: string
  readonly range: Range
  readonly span: Span
  readonly name: string
  readonly use: RangeUse
  /** Ranges of one group must not overlap: one list, the subnets of one network. */
  readonly group: string
  /** Equal for the same place at base and head. */
  readonly place: string
}

const cidrText = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/

/** All ranges of a file; undefined when it cannot be read. */
export async function rangesOf(source: Source, language: Language): Promise<readonly Written[] | undefined> {
  if (language === 'lines') return rangesOfLines(source)
  const documents = await documentsOf(source, language)
  return documents?.flatMap((document, index) => rangesOfDocument(source.path, document, index))
}

function rangesOfDocument(path: string, document: PlainDocument, index: number): readonly Written[] {
  const [type = '', ...labels] = document.labels ?? []
  const resource = type === 'resource' ? (labels[0] ?? '') : type
  return leavesOf([document]).flatMap(leaf => {
    const { text } = leaf.scalar
    if (leaf.scalar.expression || !cidrText.test(text)) return []
    const range = rangeOf(text)
    if (range === undefined || range.bits === 0) return []
    const use = useOf(resource, leaf)
    return [
      {
        path,
        cidr: text,
        range,
        span: leaf.span,
        name: nameOf(leaf),
        use,
        group: groupOf(path, index, document, resource, leaf, use),
        place: `${leaf.keys.join('\n')}`,
      },
    ]
  })
}

/** Keys that name only the form of a value; what it is for stands one or two above. */
const formKeys =
  /^(default|value|values|cidr|cidrs|cidr_?blocks?|ranges?|ip_cidr_range|address_prefix(es)?|elements|items|entries|v4|ipv4|subnet|list|ip_range)$/i

function nameOf(leaf: Leaf): string {
  const names = leaf.keys
  const own = names.at(-1) ?? ''
  return formKeys.test(own) ? (names.at(-2) ?? own) : own
}

function useOf(resource: string, leaf: Leaf): RangeUse {
  const own = leaf.keys.slice(-2)
  const action = actionOf(own.slice(-1)) ?? actionOf(own)
  if (action !== undefined) return action
  if (
    /^(aws_subnet|google_compute_subnetwork|azurerm_subnet|hcloud_network_subnet|openstack_networking_subnet_v2|oci_core_subnet|digitalocean_vpc)$/.test(
      resource,
    )
  )
    return leaf.keys.includes('secondary_ip_range') ||
      /^(cidr_block|ip_cidr_range|address_prefix(es)?|ip_range|cidr)$/.test(own.at(-1) ?? '')
      ? 'subnet'
      : 'other'
  if (/^(aws_vpc|azurerm_virtual_network|hcloud_network|oci_core_vcn)$/.test(resource))
    return /^(cidr_block|address_space|ip_range|cidr_blocks)$/.test(own.at(-1) ?? '') ? 'network' : 'other'
  if (/_(security_group|rule|acl|route|route_table|firewall)/.test(resource)) return 'other'
  if (/^AWS::EC2::Subnet$/.test(textAt(leaf.owner, 'Type') ?? '')) return 'subnet'
  if (leaf.owner && valueAt(leaf.owner, 'VpcId') && own.at(-1) === 'CidrBlock') return 'subnet'
  const words = wordsOf(...own)
  const has = (...some: readonly string[]): boolean => some.some(word => words.includes(word))
  const addresses = has(
    'cidr',
    'cidrs',
    'subnet',
    'subnets',
    'range',
    'ranges',
    'network',
    'addresses',
    'ipv4',
    'pool',
    'block',
  )
  if (
    has(
      'source',
      'destination',
      'ingress',
      'egress',
      'peer',
      'remote',
      'sources',
      'except',
      'route',
      'routes',
      'access',
    )
  )
    return 'other'
  if (has('pod', 'pods', 'podsubnet') && addresses) return 'pods'
  if (has('service', 'services', 'svc') && addresses) return 'services'
  if (has('cluster') && has('cidr', 'ipv4')) return 'pods'
  if (has('node', 'nodes', 'machine') && addresses) return 'nodes'
  if (words.at(-1) === 'subnets' || (has('subnets') && addresses)) return 'subnet'
  if (has('vpc', 'vnet', 'vcn') && addresses) return 'network'
  return 'other'
}

/** Subnets belong to the network they name, or to the block they stand in; anything else to its list. */
function groupOf(
  path: string,
  index: number,
  document: PlainDocument,
  resource: string,
  leaf: Leaf,
  use: RangeUse,
): string {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  if (use === 'subnet') {
    const network = ['vpc_id', 'network', 'virtual_network_name', 'network_id', 'vcn_id', 'VpcId']
      .map(key => valueAt(document.root, key) ?? valueAt(leaf.owner, key))
      .find(node => node?.type === 'scalar')
    if (network?.type === 'scalar') return `${folder} ${network.text}`
    const counted = valueAt(document.root, 'for_each') ?? valueAt(document.root, 'count')
    if (resource !== '' && counted === undefined) return `${path} ${index} subnets`
    return `${path} ${index} ${leaf.keys.slice(0, -1).join('.')} ${leaf.span.line}`
  }
  return `${path} ${index} ${leaf.keys.join('.')}`
}

function rangesOfLines(source: Source): readonly Written[] {
  const name = source.path.slice(source.path.lastIndexOf('/') + 1)
  const use = actionOf([name]) ?? actionOf(source.path.split('/')) ?? 'other'
  const found: Written[] = []
  const count = Math.min(source.lines.starts.length, 100_000)
  let set = ''
  for (let line = 1; line <= count; line++) {
    const text = lineText(source.lines, line).slice(0, 2000)
    if (/^\s*(#|;|\/\/)/.test(text)) continue
    set = /^\s*set\s+([\w-]+)\s*\{/.exec(text)?.[1] ?? set
    for (const match of text.matchAll(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}(?!\d)/g)) {
      const range = rangeOf(match[0])
      if (range === undefined || range.bits === 0) continue
      const span = { line, column: match.index + 1, endLine: line, endColumn: match.index + 1 + match[0].length }
      const setUse = set === '' ? use : (actionOf([set]) ?? 'other')
      found.push({
        path: source.path,
        cidr: match[0],
        range,
        span,
        name: set === '' ? name : set,
        use: setUse,
        group: `${source.path} ${set}`,
        place: match[0],
      })
    }
  }
  return found
}
