import type { Artifact } from '../../artifact/types.ts'
import { flag, number, text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const matchFields = {
  listName: text('What people call the list: its key (`blocked_hosts`), or the name of the file.'),
  action: word(
    ['deny', 'allow', 'route'],
    'What happens to that which an entry matches: refused, let in, or sent somewhere.',
  ),
  source: word(
    ['list', 'rule', 'policy', 'crawlers'],
    'A plain list of patterns, a list of rules with an action each, statements of an access policy, or a robots.txt.',
  ),
  change: word(
    ['added', 'shadows', 'shrunk', 'impossible'],
    'An entry was added, or lost what restricted it; an entry now stands before others that it covers; most entries of the list are gone; or a condition asks for a value that its field cannot hold.',
  ),
  entry: text('The entry as written; of a rule what it matches.'),
  reach: text('In words what the entry matches when that is everything or nearly so (`every path`); empty otherwise.'),
  others: number('Other entries of the list at head.'),
  before: number('Entries of the list at base; 0 for a new list.'),
  shadowed: texts('Entries that stood in the list before and are never reached now, because this one is asked first.'),
  exceptions: flag(
    'The list has exceptions beside it (an allow list), so matching everything can be meant as the default.',
  ),
  crossing: flag('The shadowed entries lead to something else (another action or destination) than this one.'),
}

/** An entry of a list that matches traffic, hosts, users or paths, added or moved by the change. */
export type MatchFact = FactOf<'match', typeof matchFields>

const readable: readonly Artifact['language'][] = ['yaml', 'json', 'jsonc', 'toml', 'hcl', 'lines', 'conf']

/** What makes a file worth reading: a word of refusal, admission or routing. */
const mentions =
  /block|deny|denied|ban(ned)?\b|black_?list|reject|disallow|forbid|allow|white_?list|trusted|malware|phish|action|effect|redirects|rewrites|VirtualService|ordered_cache_behavior|virtual_hosts|IngressRoute|user[-_]agent|\bterm\s|\broute-map\s|iptables|firewall/i

export const matchKind = {
  name: 'match',
  doc: 'An entry of a list that matches traffic, hosts, users or paths (block lists, allow lists, rules, routes, policies), where the change gives it or others another reach.',
  fields: matchFields,
  wants: artifact =>
    artifact.head !== undefined &&
    artifact.role === 'live' &&
    readable.includes(artifact.language) &&
    artifact.kind !== 'helm-template' &&
    artifact.kind !== 'github-workflow' &&
    (artifact.kind === 'list' || mentions.test(artifact.head.text)),
  load: async () => (await import('./extract.ts')).extractMatches,
} satisfies FactKind
