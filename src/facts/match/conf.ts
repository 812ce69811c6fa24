import type { Artifact, Source } from '../../artifact/types.ts'
import { lineSpan, lineText } from '../../text/lines.ts'
import type { MatchFact } from './index.ts'
import { termLists } from './junos.ts'
import { reachOf } from './reach.ts'
import { routeMaps } from './route-map.ts'

const blank = {
  kind: 'match',
  side: 'head',
  listName: '',
  action: 'deny',
  source: 'rule',
  change: 'added',
  entry: '',
  reach: '',
  others: 0,
  before: 1,
  shadowed: [],
  exceptions: false,
  crossing: false,
} as const satisfies Omit<MatchFact, 'path' | 'span'>

/** A comparison of the browser's name with a text: nginx, Apache, HAProxy, Varnish, and the expressions of firewalls. */
const agent =
  /(?:hdr\w*\(\s*user-agent\b[^)]*\)|\bhttp_user_agent\b\}?|\buser[-_]agent\b["'\]})]*)\s*(?:(?:=~|~\*?|==?|eq|contains|matches|includes)\s*)?(?:-m\s+\w+\s+|-[a-zA-Z]+\s+)*["'/(]*((?:\(\?i\))?\w[^"'/)\s{};]*)/i
const refuses =
  /\b(deny|denied|block(ed)?|reject(ed)?|forbid(den)?|drop|tarpit|ban(ned)?|403|444|429|error\s+4\d\d|synth\(4\d\d)\b/i

/** A line of `map $http_user_agent $bad_bot { ... }` that gives the variable a value, and the head of such a block. */
const mapped = /^\s*(["']?)(?:~\*?)((?:\\.|[^\s\\"'])+)\1\s+["']?(?!0\b|""|'')[^\s;]+;/
const mapHead = /^\s*map\s+\$\{?http_user_agent\}?\s+\$\{?(\w+)\}?\s*\{/
/** A variable of this name serves to refuse: nginx reads it in another file. */
const refusing = /bad|block|deny|denied|ban|reject|forbid|evil|malicious|abus|scrap|spam|unwanted|limit/i

/** The browser's name in a map of nginx, where the variable is one to refuse by. */
function mappedAgent(source: Source, line: number): string | undefined {
  const pattern = mapped.exec(lineText(source.lines, line))?.[2]
  if (pattern === undefined) return undefined
  for (let above = line - 1; above >= Math.max(1, line - 200); above--) {
    const text = lineText(source.lines, above)
    const name = mapHead.exec(text)?.[1]
    if (name !== undefined) return refusing.test(name) || refusedBy(source, name) ? pattern : undefined
    if (/^\s*\}/.test(text)) return undefined
  }
  return undefined
}

function refusedBy(source: Source, name: string): boolean {
  return new RegExp(`if\\s*\\(\\s*\\$\\{?${name}\\b[^)]*\\)\\s*\\{\\s*(?:return\\s+4|deny)`).test(source.text)
}

/** A rule that refuses by a part of the browser's name which all ordinary browsers send. */
export function agentFacts(artifact: Artifact, source: Source): readonly MatchFact[] {
  if (!/user[-_]agent/i.test(source.text)) return []
  const old = artifact.base?.text ?? ''
  return freshLines(artifact).flatMap((line): readonly MatchFact[] => {
    const text = lineText(source.lines, line)
    const inMap = /^\s*#/.test(text) || old.includes(text.trim()) ? undefined : mappedAgent(source, line)
    const mapReach = inMap === undefined ? undefined : reachOf(inMap, 'agent')
    if (inMap !== undefined && mapReach !== undefined)
      return [
        {
          ...blank,
          path: artifact.path,
          span: lineSpan(source.lines, line),
          listName: 'this map',
          entry: inMap,
          reach: mapReach,
        },
      ]
    const found = agent.exec(text)
    if (!found || /^\s*(#|\/\/)/.test(text) || old.includes(text.trim())) return []
    const reach = isPartOfMore(text, found) ? undefined : reachOf(found[1] ?? '', 'agent')
    if (reach === undefined) return []
    const acl = /^\s*acl\s+(\S+)/.exec(text)?.[1]
    const around = Array.from({ length: 11 }, (_, at) => lineText(source.lines, Math.max(1, line - 4 + at)))
    const refused = acl === undefined ? refuses.test(around.join('\n')) : usesToRefuse(source, acl)
    if (!refused) return []
    return [
      {
        ...blank,
        path: artifact.path,
        span: lineSpan(source.lines, line),
        listName: 'this rule',
        entry: found[1] ?? '',
        reach,
      },
    ]
  })
}

/** Inside of quotes more follows than the version: `"AppleWebKit/537.36 (compatible; Clone/1.2)"` names one program. */
function isPartOfMore(text: string, found: RegExpExecArray): boolean {
  const from = found.index + found[0].length
  const quote = /["'][/(]*$/.exec(text.slice(0, from - (found[1] ?? '').length))?.[0]?.charAt(0)
  const end = quote === undefined ? -1 : text.indexOf(quote, from)
  return end !== -1 && !/^[/)]*(?:\/?[\d.]+)?[/)*.$]*i?$/.test(text.slice(from, end))
}

/** HAProxy names a condition and uses it elsewhere; `!name` is the opposite. */
function usesToRefuse(source: Source, name: string): boolean {
  const used = new RegExp(`\\b(if|unless)\\b.*(?<![!\\w-])${name.replace(/\W/g, '\\$&')}(?![\\w-])`)
  return source.text.split('\n').some(line => refuses.test(line) && used.test(line) && !/^\s*#/.test(line))
}

const termsOf = (artifact: Artifact, side: 'base' | 'head') => [
  ...termLists(artifact, side),
  ...routeMaps(artifact, side),
]

/** Terms of a router's policy that lost all their conditions. */
export function openedTerms(artifact: Artifact): readonly MatchFact[] {
  const before = new Map(termsOf(artifact, 'base').map(list => [list.id, list]))
  return termsOf(artifact, 'head').flatMap(list => {
    const old = new Map((before.get(list.id)?.terms ?? []).map(term => [term.name, term]))
    return list.terms.flatMap((term): readonly MatchFact[] => {
      const was = old.get(term.name)
      if (was === undefined || was.conditions.size === 0 || term.conditions.size > 0 || term.outcome === '') return []
      return [
        {
          ...blank,
          path: artifact.path,
          span: term.span,
          listName: list.name,
          action: term.outcome === 'accept' ? 'allow' : 'deny',
          source: 'policy',
          entry: term.name,
          reach: 'everything, as its last condition is gone',
          others: list.terms.length - 1,
        },
      ]
    })
  })
}

/** Largest value that the field of a protocol can hold. */
const largest: readonly (readonly [RegExp, number])[] = [
  [/^(packet-length|(?:source-|destination-)?port|[sd]ports?|tcp-port|udp-port)$/i, 65_535],
  [/^(ttl|hop-limit|icmp-type|icmp-code)$/i, 255],
  [/^dscp$/i, 63],
  [/^vlan(-id)?$/i, 4094],
]

const field =
  /(?<![\w-])(packet-length|(?:source-|destination-)?port|[sd]ports?|(?:tcp|udp)-port|ttl|hop-limit|icmp-(?:type|code)|dscp|vlan(?:-id)?)(?:\s+(?:eq|range|==?)\s+|\s*[:=]\s*|\s+)["'[]?(\d{2,9})(?:\s*[-:]\s*(\d{2,9}))?(?![\w.])/gi

/** A condition that no packet meets, or that the device turns into another, as the field cannot hold the value. */
export function impossibleFacts(artifact: Artifact, source: Source): readonly MatchFact[] {
  if (!filters.test(source.text)) return []
  return freshLines(artifact).flatMap((line): readonly MatchFact[] => {
    const text = lineText(source.lines, line)
    if (/^\s*(#|\/\/|!|\/\*)/.test(text) || text.length > 500) return []
    return [...text.matchAll(field)].flatMap((found): readonly MatchFact[] => {
      const [whole, name = '', low = '', high = low] = found
      const most = largest.find(([names]) => names.test(name))?.[1] ?? Number.POSITIVE_INFINITY
      if (Number(high) <= most && Number(low) <= most) return []
      // As a setting it is the lifetime of a DNS record or of a cache entry, in seconds.
      if (/^ttl\s*["']?\s*[:=](?!=)/i.test(whole)) return []
      const entry = whole.trim()
      return [
        {
          ...blank,
          path: artifact.path,
          span: lineSpan(source.lines, line),
          listName: name,
          change: 'impossible',
          entry,
          reach: `at most ${most}`,
        },
      ]
    })
  })
}

/** What makes a file a list of conditions on packets. */
const filters = /\b(firewall|iptables|ip6tables|nft|nftables|filter|flowspec|access-list|policy-options|acl|match)\b/i

function freshLines(artifact: Artifact): readonly number[] {
  return artifact.hunks.flatMap(({ headStart, headCount }) =>
    Array.from({ length: Math.min(headCount, 2000) }, (_, at) => headStart + at),
  )
}
