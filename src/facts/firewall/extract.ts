import { type Artifact, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import type { Extraction, FactContext } from '../types.ts'
import { type Chain, chainsOf, type FilterRule } from './chains.ts'
import type { FirewallFact } from './index.ts'

export async function extractFirewalls(
  _context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly FirewallFact[] }> {
  const facts: FirewallFact[] = []
  const notAnalysed: NotAnalysed[] = []
  for (const artifact of artifacts) {
    try {
      facts.push(...factsOf(artifact))
    } catch (error) {
      notAnalysed.push({ path: artifact.path, reason: `its firewall rules could not be read (${messageOf(error)})` })
    }
  }
  return { facts, notAnalysed }
}

type Chains = ReadonlyMap<string, Chain>

function factsOf(artifact: Artifact): readonly FirewallFact[] {
  if (artifact.head === undefined) return []
  const head = chainsOf(artifact.head)
  const base: Chains = artifact.base ? chainsOf(artifact.base) : new Map()
  return [...head.values()]
    .filter(chain => chain.hooked)
    .flatMap(chain => {
      const before = base.get(chain.id)
      return [
        ...repliesDropped(artifact, chain, before, head, base),
        ...rulesAfterDrop(artifact, chain, before),
        ...portsClosed(artifact, chain, before, head),
      ]
    })
}

/** Where the chain refuses everything that no rule before accepted: a rule for every packet, or the policy. */
function dropOf(chain: Chain): { readonly index: number; readonly rule?: FilterRule } | undefined {
  const index = chain.rules.findIndex(isDropAll)
  const rule = chain.rules[index]
  if (rule) return { index, rule }
  return chain.policy?.drops ? { index: chain.rules.length } : undefined
}

function isDropAll(rule: FilterRule): boolean {
  return /^(DROP|REJECT)$/.test(rule.target) && rule.conditions === ''
}

/** Rules that the packets of a chain pass before it refuses, with those of the chains it jumps to. */
function reached(chain: Chain, chains: Chains, seen = new Set<string>()): readonly FilterRule[] {
  if (seen.has(chain.id)) return []
  seen.add(chain.id)
  const drop = dropOf(chain)
  return chain.rules.slice(0, drop?.index).flatMap(rule => {
    const inner = chains.get(chain.id.replace(/\S+$/, rule.target))
    return inner ? [rule, ...reached(inner, chains, seen)] : [rule]
  })
}

/** Accepts packets that belong to a connection already open, or answers as such without keeping state. */
function takesReplies(rule: FilterRule): boolean {
  if (rule.target !== 'ACCEPT' && rule.target !== 'RETURN') return false
  return (
    /established/i.test(rule.conditions) ||
    rule.conditions === '' ||
    /--sport|! --syn|--tcp-flags|\bsport\b|--dports? 1024:/.test(rule.conditions)
  )
}

function repliesDropped(
  artifact: Artifact,
  chain: Chain,
  before: Chain | undefined,
  head: Chains,
  base: Chains,
): readonly FirewallFact[] {
  const drop = dropOf(chain)
  if (drop === undefined) return []
  const rules = reached(chain, head)
  // A chain that lets nothing in by rule, or hands over to chains that others make (Docker, fail2ban, ufw), says too little.
  const accepting = rules.filter(rule => rule.target === 'ACCEPT')
  const foreign = rules.some(
    rule =>
      !/^(ACCEPT|DROP|REJECT|LOG|NFLOG|RETURN)$/.test(rule.target) && !head.has(chain.id.replace(/\S+$/, rule.target)),
  )
  if (rules.some(takesReplies) || accepting.length === 0) return []
  const was = before && dropOf(before) !== undefined && !reached(before, base).some(takesReplies)
  if (was) return []
  const gone = before?.rules.find(rule => /established/i.test(rule.conditions) && takesReplies(rule))
  if (gone === undefined && foreign) return []
  const where = drop.rule?.span ?? chain.policy?.span ?? chain.rules[0]?.span
  if (where === undefined) return []
  const still = chain.rules.some(rule => /established/i.test(rule.conditions) && rule.target === 'ACCEPT')
  const atBase = gone !== undefined && !still && touches(artifact, 'base', gone.span)
  return [
    {
      kind: 'firewall',
      path: artifact.path,
      side: atBase ? 'base' : 'head',
      span: atBase ? gone.span : where,
      chain: chain.name,
      change: 'replies-dropped',
      rule: atBase ? gone.text : (drop.rule?.text ?? 'policy DROP'),
      ports: [],
      removed: gone !== undefined,
      loopbackOnly: accepting.every(rule => /(-i|iif|iifname)\s+"?lo\b/.test(rule.conditions)),
    },
  ]
}

/** A rule for every packet that now stands before rules which were asked at base. */
function rulesAfterDrop(artifact: Artifact, chain: Chain, before: Chain | undefined): readonly FirewallFact[] {
  const drop = dropOf(chain)
  if (drop?.rule === undefined || before === undefined) return []
  const old = dropOf(before)
  const asked = new Set(before.rules.slice(0, old?.index).map(keyOf))
  const cut = chain.rules.slice(drop.index + 1).filter(rule => rule.target === 'ACCEPT' && asked.has(keyOf(rule)))
  if (cut.length === 0 || cut.some(rule => /established/i.test(rule.conditions))) return []
  return [
    {
      kind: 'firewall',
      path: artifact.path,
      side: 'head',
      span: drop.rule.span,
      chain: chain.name,
      change: 'rules-after-drop',
      rule: drop.rule.text,
      ports: cut.flatMap(portsOf),
      removed: false,
      loopbackOnly: false,
    },
  ]
}

function keyOf(rule: FilterRule): string {
  return `${rule.conditions} ${rule.target}`
}

/** A closed chain that no longer accepts a port at all. */
function portsClosed(
  artifact: Artifact,
  chain: Chain,
  before: Chain | undefined,
  head: Chains,
): readonly FirewallFact[] {
  if (before === undefined || dropOf(chain) === undefined || dropOf(before) === undefined) return []
  const accepted = reached(chain, head).filter(rule => rule.target === 'ACCEPT')
  if (accepted.some(rule => rule.conditions === '')) return []
  return before.rules.flatMap((rule): readonly FirewallFact[] => {
    if (rule.target !== 'ACCEPT' || !touches(artifact, 'base', rule.span)) return []
    const closed = portsOf(rule).filter(port => !accepted.some(other => acceptsPort(other, port)))
    if (closed.length === 0 || head.size === 0) return []
    return [
      {
        kind: 'firewall',
        path: artifact.path,
        side: 'base',
        span: rule.span,
        chain: chain.name,
        change: 'port-closed',
        rule: rule.text,
        ports: closed,
        removed: true,
        loopbackOnly: false,
      },
    ]
  })
}

function portsOf(rule: FilterRule): readonly string[] {
  const found = /(?:--dports?|\bdport)\s+(?:\{\s*([^}]*)\}|([\w,:-]+))/.exec(rule.conditions)
  return (found?.[1] ?? found?.[2] ?? '').split(/[\s,]+/).filter(port => port !== '')
}

/** Does the rule accept the port from anybody, or is it not about ports at all? Names and variables count as any port. */
function acceptsPort(rule: FilterRule, port: string): boolean {
  const ports = portsOf(rule)
  if (ports.length === 0) return !/established|\blo\b|icmp/i.test(rule.conditions)
  return ports.some(other => {
    if (other === port) return true
    const [from, to] = other.split(/[:-]/).map(Number)
    const number = Number(port)
    return from !== undefined && to !== undefined && number >= from && number <= to
  })
}
