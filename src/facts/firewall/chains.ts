import type { Source } from '../../artifact/types.ts'
import { lineSpan, lineText, type Span } from '../../text/lines.ts'

export interface FilterRule {
  readonly text: string
  readonly span: Span
  /** `ACCEPT`, `DROP`, `REJECT`, or the chain it jumps to. */
  readonly target: string
  /** What must hold, without the target and comments; empty for every packet. */
  readonly conditions: string
}

export interface Chain {
  /** Family, table and name. */
  readonly id: string
  readonly name: string
  /** A chain that packets enter by themselves: input, output, forward. */
  readonly hooked: boolean
  readonly policy?: { readonly drops: boolean; readonly span: Span }
  readonly rules: readonly FilterRule[]
}

type Draft = { -readonly [K in keyof Chain]: Chain[K] } & { rules: FilterRule[] }

/** The chains of a file: `iptables-save` format, commands in scripts, and nftables. */
export function chainsOf(source: Source): ReadonlyMap<string, Chain> {
  const chains = new Map<string, Draft>()
  const chain = (family: string, table: string, name: string): Draft => {
    const id = `${family} ${table} ${name}`
    const known = chains.get(id)
    if (known) return known
    const made = { id, name, hooked: /^(INPUT|OUTPUT|FORWARD)$/.test(name), rules: [] }
    chains.set(id, made)
    return made
  }
  let table = 'filter'
  let nftTable = ''
  let nftChain: Draft | undefined
  let depth = 0
  const count = Math.min(source.lines.starts.length, 20_000)
  for (let line = 1; line <= count; line++) {
    const text = lineText(source.lines, line).slice(0, 1000)
    const trimmed = text.trim()
    if (trimmed === '' || /^(#|\/\/)/.test(trimmed)) continue
    const span = lineSpan(source.lines, line)

    const saved = /^\*(\w+)$/.exec(trimmed)
    if (saved) table = saved[1] ?? 'filter'
    const declared = /^:([\w-]+)\s+(ACCEPT|DROP|REJECT|-)/.exec(trimmed)
    if (declared) {
      const draft = chain('ip', table, declared[1] ?? '')
      if (declared[2] !== '-') draft.policy = { drops: declared[2] !== 'ACCEPT', span }
      continue
    }
    const command = /(?:^|[\s"'$({/])(?:(ip6?tables)\b[^|;&]*?\s)?-([AIP])\s+([\w-]+)\b(.*)$/.exec(trimmed)
    if (command && (command[1] !== undefined || /^-[AIP]\s|\$\{?IP/i.test(trimmed))) {
      const [, program = 'iptables', verb = '', name = '', rest = ''] = command
      const of = /-t\s+(\w+)/.exec(trimmed)?.[1] ?? (trimmed.startsWith('-') ? table : 'filter')
      const draft = chain(program === 'ip6tables' ? 'ip6' : 'ip', of, name)
      const target = /(?:-j|--jump|-g)\s+([\w-]+)/.exec(rest)?.[1]
      if (verb === 'P') draft.policy = { drops: /\b(DROP|REJECT)\b/.test(rest), span }
      else if (target !== undefined) {
        const rule = { text: trimmed, span, target, conditions: conditionsOf(rest) }
        if (verb === 'I') draft.rules.unshift(rule)
        else draft.rules.push(rule)
      }
      continue
    }

    const opened = /^table\s+(.+?)\s*\{/.exec(trimmed)
    if (opened) nftTable = opened[1] ?? ''
    const entered = /^chain\s+([\w-]+)\s*\{/.exec(trimmed)
    if (entered && nftTable !== '') {
      nftChain = chain('nft', nftTable, entered[1] ?? '')
      nftChain.hooked = false
      depth = 0
    }
    if (nftChain === undefined) continue
    for (const statement of trimmed.replace(/^chain\s+[\w-]+\s*\{/, '').split(';'))
      readNft(nftChain, statement.trim(), span)
    depth += count_(trimmed, '{') - count_(trimmed, '}')
    if (depth <= 0) nftChain = undefined
  }
  return chains
}

function readNft(chain: Draft, statement: string, span: Span): void {
  if (/\btype\s+filter\s+hook\s+(input|output|forward)\b/.test(statement)) chain.hooked = true
  const policy = /\bpolicy\s+(accept|drop)\b/.exec(statement)?.[1]
  if (policy !== undefined) {
    chain.policy = { drops: policy === 'drop', span }
    return
  }
  const found = /^(.*?)\b(accept|drop|reject|(?:jump|goto)\s+[\w-]+)\b/.exec(statement)
  if (!found || /\btype\s+/.test(statement)) return
  const [, before = '', verdict = ''] = found
  const target = /^(jump|goto)\s/.test(verdict) ? verdict.replace(/^\w+\s+/, '') : verdict.toUpperCase()
  const conditions = before
    .replace(/\b(counter|log)\b(\s+prefix\s+"[^"]*")?(\s+(packets|bytes|level|flags)\s+\w+)*/g, '')
    .trim()
  chain.rules.push({ text: statement, span, target, conditions })
}

function count_(text: string, character: string): number {
  return text.split(character).length - 1
}

/** The conditions of an iptables rule: without target, comment, and options that select nothing. */
function conditionsOf(rest: string): string {
  return rest
    .replace(/-m\s+comment\b/g, '')
    .replace(/--comment\s+("[^"]*"|'[^']*'|\S+)/g, '')
    .replace(/(-j|--jump|-g)\s+[\w-]+(\s+--reject-with\s+\S+)?.*$/, '')
    .replace(/-[sd]\s+0\.0\.0\.0\/0|-p\s+all\b|-t\s+\w+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
