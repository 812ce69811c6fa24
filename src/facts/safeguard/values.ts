import { lineSpan, lineText } from '../../text/lines.ts'
import { countOf, type Loss, type Sides, short } from './found.ts'

/** Values whose change takes a safeguard away: read line against line, as an edit in place leaves them. */
export function changedValues(sides: Sides): readonly Loss[] {
  return [
    ...sides.artifact.hunks.flatMap(hunk => changedIn(sides, hunk)),
    ...pools(sides),
    ...servers(sides),
    ...awaited(sides),
    ...fallbacks(sides),
  ]
}

function changedIn({ base, head }: Sides, hunk: Sides['artifact']['hunks'][number]): readonly Loss[] {
  const { baseStart, baseCount, headStart, headCount } = hunk
  const losses: Loss[] = []
  const old = Array.from({ length: Math.min(baseCount, 200) }, (_, at) => lineText(base.lines, baseStart + at))
  for (let at = 0; at < Math.min(headCount, 200); at++) {
    const line = lineText(head.lines, headStart + at)
    if (/^\s*(#|\/\/|\*)/.test(line)) continue
    const span = lineSpan(head.lines, headStart + at)
    for (const read of [flagDefault, reporting, lifetimeOf, serial, cacheBound]) {
      const loss = read(old, line)
      if (loss !== undefined) losses.push({ ...loss, span })
    }
  }
  return losses
}

type Reader = (old: readonly string[], line: string) => Omit<Loss, 'span'> | undefined

const flag =
  /\b(?:\w*[vV]ariation|\w*(?:[gG]et|[fF]etch)\w*Bool(?:ean)?\w*|[gG]et\w*Flag\w*|[fF]lag_?[eE]nabled\??|[iI]s_?(?:Feature_?)?[eE]nabled|is_active|flag_is_active|[fF]eature_?[eE]nabled\??|[fF]lags?\.(?:[bB]ool|[eE]nabled|[iI]s[eE]nabled))\(\s*(?:\w+,\s*)?["'`:]([\w.-]+)["'`]?[^\n]*?[,(]\s*(?:default(?:_value|Value)?\s*[:=]\s*)?(true|false|True|False)\s*\)/

/** The value a flag has when it cannot be looked up. */
const flagDefault: Reader = (old, line) => {
  const now = flag.exec(line)
  if (now === null || !/^t/i.test(now[2] ?? '')) return undefined
  const before = old.map(other => flag.exec(other)).find(match => match?.[1] === now[1])
  if (!/^f/i.test(before?.[2] ?? '')) return undefined
  return { what: 'flag-default', name: now[1] ?? '', before: before?.[2] ?? '', after: now[2] ?? '', acts: true }
}

/** What ran for everybody and now only runs where a new flag is on, which is off as long as it cannot be looked up. */
function fallbacks({ artifact, base, head }: Sides): readonly Loss[] {
  const before = new Set(base.text.split('\n').map(line => line.trim()))
  return artifact.hunks.flatMap(({ headStart, headCount }) =>
    Array.from({ length: Math.min(headCount, 200) }, (_, at) => headStart + at).flatMap((number): readonly Loss[] => {
      const line = lineText(head.lines, number)
      const found = flag.exec(line)
      if (found === null || /^t/i.test(found[2] ?? '') || base.text.includes(found[1] ?? '')) return []
      if (!/^\s*if\b/.test(line) || /!|\bnot\b|\bunless\b|&&|\|\||\band\b|\bor\b/.test(line)) return []
      // The line that is now inside: written as before, and more than a bracket or a bare return.
      const inside = lineText(head.lines, number + 1).trim()
      if (inside.length < 8 || !before.has(inside) || !/^(return\b|[\w.]+\(|\w+\s*:?=)/.test(inside)) return []
      const gate = indentOf(lineText(head.lines, number))
      const was = base.text.split('\n').find(other => other.trim() === inside) ?? ''
      if (indentOf(was) > gate) return []
      return [
        { what: 'flag-fallback', name: found[1] ?? '', before: short(inside), span: lineSpan(head.lines, number) },
      ]
    }),
  )
}

const indentOf = (line: string): number => line.length - line.trimStart().length

const share =
  /\b(?:config\.)?(sample_rate|sampleRate|SampleRate|errors?_sample_rate|errorSampleRate)["']?\s*(?:=>|[:=])\s*([\d.]+)/

/** The share of errors that an error tracker is told of. */
const reporting: Reader = (old, line) => {
  const now = share.exec(line)
  if (now === null || Number(now[2]) !== 0) return undefined
  const before = old.map(other => share.exec(other)).find(match => match?.[1] === now[1] && Number(match?.[2]) > 0)
  return before ? { what: 'reporting', name: now[1] ?? '', before: before[2] ?? '', after: now[2] ?? '' } : undefined
}

const store = /(?:redis|rdb|cache|store|kv|client|\br|\bdb)\w*$/i
const set = /([\w.>@$:-]+?)(?:\.|->|::)(setex|setEx|SetEX|psetex|set|Set|remember|put)\(\s*(?:ctx,\s*)?(.+)$/
const kept = /([\w.>@$:-]+?)(?:\.|->|::)(set|Set|rememberForever|forever)\(\s*(?:ctx,\s*)?(.+)$/
const firstOf = (given: string): string => given.split(',')[0]?.trim() ?? ''

/** Entries that were given a time to live, by the name of the call or by its position, and now stay for good. */
const lifetimeOf: Reader = (old, line) => {
  const now = kept.exec(line)
  const [, receiver = '', name = '', given = ''] = now ?? []
  if (now === null || !(store.test(receiver) || name.endsWith('orever'))) return undefined
  if (/expire|ttl|\bex\b|\bpx\b|keep_?ttl|\bEX\b/i.test(given)) return undefined
  for (const other of old) {
    const [, holder = '', called = '', before = ''] = set.exec(other) ?? []
    if (holder !== receiver || firstOf(before) !== firstOf(given)) continue
    const named = /^p?setex$/i.test(called) && /^set$/i.test(name)
    const always = name.endsWith('orever') && ['remember', 'put'].includes(called)
    const zero =
      /^set$/i.test(name) &&
      /^set$/i.test(called) &&
      /,\s*0\s*\)/.test(given) &&
      /time\.|,\s*\w*(?:ttl|TTL|expir\w*)\w*\s*\)/.test(before)
    if (named || always || zero)
      return { what: 'lifetime', name: `${receiver}.${name}`.slice(-60), before: short(other), after: short(line) }
  }
  return undefined
}

const boundedCache =
  /([\w.@$]+)\s*(?::[^=\n]+)?:?=\s*(?:new\s+)?(?:\w+\.)?(LRU(?:Cache)?|QuickLRU|TTLCache|LFUCache|FIFOCache|NodeCache|TLRUCache|Tinylru|LruRedux::\w+(?:\.new)?|lru\.New\w*|expirable\.NewLRU|simplelru\.NewLRU)(?:<[^=\n]*>)?(?:\[[^\]\n]*\])?\(/
const unboundedMap =
  /([\w.@$]+)\s*(?::[^=\n]+)?:?=\s*(?:new\s+(?:Map|HashMap|ConcurrentHashMap)\b(?:<[^()\n]*>)?\(\)|\{\}|Object\.create\(null\)|dict\(\)|defaultdict\(|make\(map\[[^\n]*|Hash\.new\b|map\[\w+\][\w.*]+\{\}|sync\.Map\{\})/
const boundedMemo = /@(?:functools\.)?(?:lru_cache\((?!\s*(?:maxsize\s*=\s*)?None)[^)]*\)|lru_cache\s*$)/
const endlessMemo = /@(?:functools\.)?(?:lru_cache\(\s*(?:maxsize\s*=\s*)?None|cache\s*$)/

/** A cache in memory that held a certain number of entries and now keeps each for good. */
const cacheBound: Reader = (old, line) => {
  const memo = endlessMemo.exec(line)
  const before = memo === null ? undefined : old.find(other => boundedMemo.test(other))
  if (memo !== null && before !== undefined)
    return { what: 'cache-bound', name: memo[0].replace(/\(.*$/, ''), before: short(before), after: short(line) }
  const now = unboundedMap.exec(line)
  const was = now === null ? undefined : old.find(other => boundedCache.exec(other)?.[1] === now[1])
  return now === null || was === undefined
    ? undefined
    : { what: 'cache-bound', name: now[1] ?? '', before: short(was), after: short(line) }
}

const version = /\bserialVersionUID\s*=\s*(-?[\d_]+)L?/

/** The version under which objects of a class were written. */
const serial: Reader = (old, line) => {
  const now = version.exec(line)?.[1]
  const before = old.map(other => version.exec(other)?.[1]).find(value => value !== undefined)
  return now !== undefined && before !== undefined && now !== before
    ? { what: 'serial-version', name: 'serialVersionUID', before, after: now }
    : undefined
}

const makes =
  /\b(?:new (?:Pool|PrismaClient|MongoClient|Sequelize|HttpClient|HikariDataSource|ConnectionPool)|mysql2?\.createPool|createPool|create_engine|sql\.Open|pgxpool\.New|sqlx\.Open|MongoClient|ConnectionPool(?:\.new)?|psycopg_pool\.ConnectionPool|redis\.ConnectionPool)\(/

/** A pool that stood at the top of its file and is now made inside of a function. */
function pools({ artifact, base, head, come, gone }: Sides): readonly Loss[] {
  const outer = gone.find(
    line => makes.test(line) && /^(?:export |const |let |var |private |static |[\w.]+\s*=)/.test(line),
  )
  const inner = come.find(line => makes.test(line) && /^\s/.test(line))
  const [was, is] = [outer && makes.exec(outer)?.[0], inner && makes.exec(inner)?.[0]]
  if (was === undefined || was !== is || inner === undefined || outer === undefined) return []
  // Made once and kept, or made by the function that starts the program.
  if (/\?\?=|\|\|=|lru_cache|functools\.cache|\bglobal(?:This)?\b|\bonce\b|singleton|sync\.Once/i.test(head.text))
    return []
  const at = head.text.indexOf(inner)
  const line = head.text.slice(0, at).split('\n').length
  const above = Array.from({ length: 30 }, (_, back) => lineText(head.lines, line - back)).find(
    text =>
      /=>\s*\{\s*$|\bfunction\b|\bdef\b|\bfunc\b/.test(text) &&
      text.length - text.trimStart().length < inner.length - inner.trimStart().length,
  )
  const handles =
    above !== undefined &&
    /\breq\b|\brequest\b|\bctx\b|\bres\b|\bevent\b|\bw http\b|\.(?:get|post|put|delete|patch)\(/.test(above)
  if (!handles || countOf(base.text, new RegExp(makes.source, 'g')) === 0 || artifact.language === 'shell') return []
  return [
    { what: 'shared-pool', name: is?.replace(/\($/, '') ?? '', before: short(outer), span: lineSpan(head.lines, line) },
  ]
}

const waits = /\bfor\s*(?:await\s*)?\(\s*(?:const|let|var)\s+[\w{}[\], ]+\s+of\b|\bPromise\.all(?:Settled)?\(/

/** A loop that waited for each of its calls, and now starts them all and goes on at once. */
function awaited({ base, head, gone, come }: Sides): readonly Loss[] {
  const line = come.find(text => /\.forEach\(\s*async\b/.test(text))
  const before = line === undefined ? undefined : gone.find(text => waits.test(text))
  if (line === undefined || before === undefined) return []
  const was = base.text.slice(base.text.indexOf(before))
  if (!/\bawait\b/.test(was.split('\n').slice(0, 8).join('\n'))) return []
  const name = `${/([\w.()]+)\.forEach/.exec(line)?.[1] ?? ''}.forEach`
  const at = head.text.slice(0, head.text.indexOf(line)).split('\n').length
  return [{ what: 'awaited', name, before: short(before), after: short(line), span: lineSpan(head.lines, at) }]
}

/** A server of Go that had limits of time and is now started without any. */
function servers({ artifact, base, head, come }: Sides): readonly Loss[] {
  if (artifact.language !== 'go' || !/\bhttp\.Server\{[^}]*Timeout:/.test(base.text)) return []
  if (/\bhttp\.Server\{/.test(head.text)) return []
  const line = come.find(text => /\bhttp\.ListenAndServe(?:TLS)?\(/.test(text))
  const was = /\w*Timeout:[^,\n]*/.exec(base.text)?.[0] ?? ''
  if (line === undefined) return []
  const at = head.text.slice(0, head.text.indexOf(line)).split('\n').length
  return [{ what: 'timeout', name: 'http.ListenAndServe', before: short(was), span: lineSpan(head.lines, at) }]
}
