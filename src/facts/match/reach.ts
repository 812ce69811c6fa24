/** What the entries of a list are, as far as it decides what a short one matches. */
export type EntrySort = 'address' | 'agent' | 'text'

const addresses: Readonly<Record<string, string>> = {
  '0.0.0.0/0': 'every IPv4 address',
  '0/0': 'every IPv4 address',
  '::/0': 'every IPv6 address',
  '2000::/3': 'every public IPv6 address',
}

/** Words that every browser, or every visitor of a large kind, sends. */
const browserWords =
  /^(mozilla(\/5(\.0)?)?|applewebkit|webkit|gecko|khtml|chrome|safari|firefox|windows( nt)?|macintosh|mac os x|android|iphone|mobile|linux|x11|like gecko|http)$/i

const commonEndings = /^(?:\*?\.)?(com|net|org)\.?$/i

/** In words, what an entry matches when that is everything or nearly so; undefined for an entry that selects something. */
export function reachOf(written: string, sort: EntrySort): string | undefined {
  const entry = written
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .trim()
  if (entry === '' || entry.length > 120) return undefined
  const address = addresses[entry.toLowerCase()] ?? wideAddress(entry)
  if (address !== undefined) return address
  if (sort === 'address') return /^(\*|any|all)$/i.test(entry) ? 'every address' : undefined
  const bare = entry.replace(/^\|\|(.*)\^$/, '$1')
  if (/^(\/|\/\*{1,2}|\^\/(\.\*)?\$?|\/\.\*\$?|\/\(\.\*\)|\/:path\*)$/.test(bare)) return 'every path'
  if (/^(https?|\*|https?\*)?(:\/\/)(\*(\/\*?)?|\/?)$|^https?[:*]?$/i.test(bare)) return 'every URL'
  if (/^(\*@\*|@|\.\*@\.\*)$/.test(bare)) return 'every mail address'
  if (bare === '.' || bare === '*.*') return 'every name'
  const ending = commonEndings.exec(bare)?.[1]
  if (ending !== undefined) return `every .${ending.toLowerCase()} domain`
  if (anyPattern(bare)) return 'everything'
  const token = patternText(bare)
  if (sort === 'agent' && browserWords.test(token)) return 'the browsers of ordinary visitors'
  return undefined
}

/** A range so wide that it holds a large share of the internet; reserved blocks of that size aside. */
function wideAddress(entry: string): string | undefined {
  const found = /^(\d{1,3})\.\d{1,3}\.\d{1,3}\.\d{1,3}\/([0-5])$/.exec(entry)
  if (!found || Number(found[1]) >= 224) return undefined
  return `${1 / 2 ** Number(found[2]) === 1 ? 'every' : `one in ${2 ** Number(found[2])}`} IPv4 address${found[2] === '0' ? '' : 'es'}`
}

/** Does a glob or regular expression match every text? Decided by its form: it is never run. */
export function anyPattern(pattern: string): boolean {
  const bare = unwrap(pattern)
  if (/^(\*{1,2}|\*\*\/\*|%|\.[*+]\??|\.|\\S[*+]|\\w[*+]|\[\^\/\][*+]|\[\\s\\S\][*+]|\^|\$|\^\$?\.\*)$/.test(bare))
    return true
  // An empty alternative of an unanchored pattern, `bad|` or `(bad|)`.
  return /^[\w.\\/-]+(\|[\w.\\/-]+)*\|$|^\|[\w.\\/-]|\w\|\|\w/.test(bare) && !/^[\^]/.test(pattern)
}

/** Takes flags, anchors, delimiters and enclosing groups off. */
function unwrap(pattern: string): string {
  let bare = pattern.trim().replace(/^\(\?[a-z]+\)/, '')
  for (let i = 0; i < 4; i++) {
    const inner =
      /^\/(\S+)\/[a-z]*$/.exec(bare)?.[1] ?? /^\^(.+)\$$/.exec(bare)?.[1] ?? /^\((?:\?:)?([^()]+)\)$/.exec(bare)?.[1]
    if (inner === undefined) return bare
    bare = inner
  }
  return bare
}

/** The plain text in the middle of `.*text.*`, `*text*`, `~*text`, `(?i)text`. */
function patternText(pattern: string): string {
  return unwrap(pattern)
    .replace(/^~\*?\s*/, '')
    .replace(/^\^?(\.\*|\*)?/, '')
    .replace(/(\.\*|\*)?\$?$/, '')
    .replace(/\\([./ ])/g, '$1')
    .trim()
}

/** Most entries of such a list are IP addresses or ranges. */
export function sortOf(name: string, entries: readonly string[]): EntrySort {
  const some = entries.slice(0, 50)
  const addressed = some.filter(entry => /^[\d.]+(\/\d+)?$|^[\da-f:]*:[\da-f:]+(\/\d+)?$/i.test(entry.trim()))
  if (some.length > 0 && addressed.length * 2 > some.length) return 'address'
  return /agents?\b|\bua\b|[-_/.]ua[-_/.]|browser|\bbots?\b|crawler/i.test(name) ? 'agent' : 'text'
}
