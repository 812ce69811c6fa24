import type { Artifact } from '../../artifact/types.ts'
import { flag, number, optional, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

/** What a range of addresses is for. */
export const rangeRoles = ['deny', 'allow', 'network', 'subnet', 'pods', 'services', 'nodes', 'other'] as const

export const networkFields = {
  cidr: text('The range as written, such as `10.4.0.0/16`.'),
  name: text('Name of the key or list it stands under: `private_subnets`, `blocked_v4`.'),
  use: word(
    rangeRoles,
    'What the range is for, by its key and block: refused or admitted traffic, a whole network, a subnet, addresses of pods, services or nodes.',
  ),
  relation: word(['same', 'inside', 'around'], 'Whether the range is the other one, lies inside it, or holds it.'),
  other: text('The range it overlaps.'),
  otherName: text('Name of the key or list of the other range.'),
  otherUse: word(rangeRoles, 'What the other range is for.'),
  otherPath: text('File of the other range.'),
  otherLine: number('Line of the other range.'),
  where: word(
    ['list', 'file', 'folder', 'repository'],
    'How near the other range is: same list or network, same file, same folder, elsewhere.',
  ),
  intervals: flag(
    'A file beside it loads such lists into an nftables set of intervals without `auto-merge`, which refuses overlaps.',
  ),
  baseCidr: optional(text('The range that stood in this place before.')),
  apart: flag('At base all ranges of this use in the repository were apart from each other.'),
}

/** A range of addresses that the change adds or alters and that overlaps another. Source: configuration files and lists. */
export type NetworkFact = FactOf<'network', typeof networkFields>

const readable: readonly Artifact['language'][] = ['yaml', 'json', 'jsonc', 'toml', 'hcl', 'lines']

export const networkKind = {
  name: 'network',
  doc: 'A range of IPv4 addresses (CIDR) that the change adds or alters and that overlaps another range of the same list, network or repository.',
  fields: networkFields,
  wants: artifact =>
    artifact.head !== undefined &&
    artifact.head.text.length < 2_000_000 &&
    (artifact.role === 'live' || artifact.language === 'lines') &&
    artifact.kind !== 'helm-template' &&
    readable.includes(artifact.language) &&
    /\d\.\d{1,3}\.\d{1,3}\.\d{1,3}\/\d/.test(artifact.head.text),
  load: async () => (await import('./extract.ts')).extractNetworks,
} satisfies FactKind
