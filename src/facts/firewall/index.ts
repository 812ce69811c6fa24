import { flag, text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const firewallFields = {
  chain: text('Name of the chain: `INPUT`, `OUTPUT`, `input`.'),
  change: word(
    ['replies-dropped', 'port-closed', 'rules-after-drop'],
    'Replies to own connections are no longer accepted; the only rule that accepts a port is gone; or rules stand after one that drops everything.',
  ),
  rule: text('The rule at issue, as written.'),
  ports: texts('Ports that are no longer accepted, or that the rules after the drop accept.'),
  removed: flag(
    'The rule that accepted replies stood at base and is gone; false when the chain was closed anew without one.',
  ),
  loopbackOnly: flag('Everything the chain still accepts comes from the machine itself.'),
}

/** A chain of a packet filter that the change closes further than it says. Source: iptables and nftables rules, also in scripts. */
export type FirewallFact = FactOf<'firewall', typeof firewallFields>

const mentions = /-[AIP]\s+(INPUT|OUTPUT|FORWARD)\b|^:(INPUT|OUTPUT|FORWARD)\s|\bhook\s+(input|output|forward)\b/m

export const firewallKind = {
  name: 'firewall',
  doc: 'A chain of a packet filter (iptables, ip6tables, nftables; files of rules and scripts) that refuses more than before.',
  fields: firewallFields,
  wants: artifact =>
    artifact.head !== undefined &&
    artifact.head.text.length < 2_000_000 &&
    (artifact.role === 'live' || artifact.kind === 'firewall') &&
    mentions.test(artifact.head.text),
  load: async () => (await import('./extract.ts')).extractFirewalls,
} satisfies FactKind
