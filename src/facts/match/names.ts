import { wordsOf } from '../leaves.ts'

const refusing = new Set(
  [
    'blocklist blocklisted denylist denylisted blacklist blacklisted banlist blocked deny denied banned reject rejected disallow disallowed forbid forbidden malware phishing abuse',
  ].flatMap(line => line.split(' ')),
)

const admitting = new Set([
  'allowlist',
  'allowlisted',
  'allowed',
  'whitelist',
  'whitelisted',
  'permitted',
  'trusted',
  'safelist',
])

const exceptional =
  /^(allow|allowed|allowlist|whitelist|whitelisted|permit|permitted|accept|accepted|except|exceptions?|exclude|excluded|unless|bypass|safelist|trusted)$/

/** Nouns that make a list of traffic out of `block`, `ban` or `black`, which also mean other things. */
const nouns =
  /^(lists?|ips?|cidrs?|urls?|uris?|hosts?|hostnames?|domains?|paths?|prefixes|prefix|agents?|ua|patterns?|regex|regexes|rules?|countries|users?|emails?|asns?|referrers?|referers?|networks?|v4|v6|ipv4|ipv6|bots?|origins?|words?|routes?)$/

/** What a list of that name does with what it matches; undefined for a list of something else. */
export function actionOf(names: readonly string[]): 'deny' | 'allow' | undefined {
  const words = wordsOf(...names)
  for (const [index, word] of words.entries()) {
    if (refusing.has(word)) return 'deny'
    if (admitting.has(word)) return 'allow'
    const next = words[index + 1] ?? ''
    const before = words[index - 1] ?? ''
    if (/^(block|black|ban)$/.test(word) && nouns.test(next) && !/^(cidr|ip|code|address|prefix)$/.test(before))
      return 'deny'
    if (word === 'allow' && nouns.test(next)) return 'allow'
    if (word === 'white' && nouns.test(next)) return 'allow'
  }
  return undefined
}

/** Does one of the names stand for exceptions from a refusal? */
export function namesException(names: readonly string[]): boolean {
  return wordsOf(...names).some(word => exceptional.test(word))
}
