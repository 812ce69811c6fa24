import { touches } from '../../artifact/types.ts'
import { countOf, type Loss, pairsOf, type Sides, short, spanAt } from './found.ts'
import type { SafeguardFact } from './index.ts'

/** A safeguard that is an argument of a call, or a link of a chain of calls. */
interface Guard {
  readonly what: SafeguardFact['what']
  /** Global: names of the calls, up to and without their arguments. */
  readonly calls: RegExp
  /** The safeguard in the text of the call. */
  readonly has: RegExp
  /** The call still has it in another form, or takes options that may hold it. */
  readonly may: RegExp
  /** Says that there is none: a limit of zero. */
  readonly none?: RegExp
  /** The rest of the file, after the change, still needs what the call had. */
  readonly needed?: (old: string, rest: string) => boolean
  /** Counted over the file: where as many are left, it only moved. */
  readonly any: RegExp
}

const bundled =
  /\*\*\w|\.\.\.\w|\b(?:opts|options|config|settings|defaults)\b(?!\??\.\w*(?:url|uri|host|endpoint|key|token|path|addr|user)\w*\b)/i

const guards: readonly Guard[] = [
  {
    what: 'timeout',
    calls:
      /(?<![\w.])(?:requests|httpx|session|client|http|s)\.(?:get|post|put|patch|delete|head|request|Client|AsyncClient)(?=\()|\b(?:http\.Client|net\.Dialer)(?=\{)|\bFaraday\.new(?=[( ])|\bnew (?:OkHttpClient\.Builder|HttpClient|RestTemplate|SoapClient|Redis|Pool|Client|GuzzleHttp\\Client)(?=\()|\bHttpClient\.newBuilder(?=\()|\b(?:axios(?:\.\w+)?|fetch|got(?:\.\w+)?|ky(?:\.\w+)?|urlopen|urllib\.request\.urlopen|HTTPoison\.\w+!?|Req\.\w+!?|Tesla\.\w+|reqwest::Client::builder|Client::builder|Http::\w+|HTTParty\.\w+|RestClient::Request\.execute|Net::HTTP\.start|psycopg2?\.connect|pymysql\.connect|create_engine|grpc\.\w+|smtplib\.SMTP(?:_SSL)?)(?=\()/g,
    has: /time_?out|deadline|\bsignal\b/i,
    may: /time_?out|deadline|\bsignal\b|\bttl\b/i,
    none: /time_?out\w*["']?\s*(?:[:=]>?|\()\s*(?:0|None|null|nil|false|Duration\.ZERO|Timeout\.Infinite\w*|Duration\.ofSeconds\(0\)|:infinity|Infinity)\s*[,)}\n]/i,
    any: /time_?out|deadline|\bsignal\b/gi,
  },
  {
    what: 'lifetime',
    calls:
      /\b(?:Rails\.cache\.(?:fetch|write|write_multi)|[\w.]*[cC]ache\w*\.(?:set|put|add|write|fetch|set_many)|@?(?:self\.|this\.)?_?(?:redis|rdb|kv|cache|store)\w*\.set|Caffeine\.newBuilder|CacheBuilder\.newBuilder|cache_page|cached|Cachex\.put)(?=\()/g,
    has: /\bexpires?_?(?:in|at|after)?\b|\bttl\b|\bex\b|\bpx\b|max_?age|["'](?:EX|PX)["']|\bEX\b|expireAfter|\btime_?out\b/i,
    may: /expire|ttl|\bex\b|\bpx\b|max_?age|keep_?ttl|time_?out|\bXX\b/i,
    none: /(?:expires?_?in|ttl|timeout)["']?\s*[:=]>?\s*(?:None|nil|null|:infinity|Infinity)\s*[,)}\n]/i,
    any: /\bexpires?_?(?:in|at|after)?\b|\bttl\b|\bex\b|max_?age|\bEX\b|expireAfter/gi,
  },
  {
    what: 'stampede',
    calls: /\b(?:Rails\.cache\.(?:fetch|write)|[\w.]*[cC]ache\w*\.(?:fetch|get|wrap|get_or_set|getOrSet))(?=\()/g,
    has: /race_condition_ttl|stale_?while|\block\b|early_?expir|beta\s*[:=]|jitter/i,
    may: /race_condition_ttl|stale_?while|\block\b|early_?expir|jitter/i,
    any: /race_condition_ttl|stale_?while|\block\b|early_?expir|jitter/gi,
  },
  {
    what: 'backoff',
    calls:
      /@(?:tenacity\.)?(?:retry|retrying|Retryable|Retry|backoff\.on_\w+)\b|\b(?:axiosRetry|pRetry|retry|asyncRetry|with_retries|Retryable\.retryable|retry\.Do|backoff\.Retry|Retry|HttpRetry\w*|retryRequest|new Retry)(?=\()/g,
    has: /wait|delay|back_?off|interval|sleep|jitter|factor|min_?timeout/i,
    may: /wait|delay|back_?off|interval|sleep|jitter|factor|min_?timeout/i,
    any: /wait\w*\s*[=:(]|delay|back_?off|interval|sleep|jitter|factor|min_?timeout/gi,
  },
  {
    what: 'eager-load',
    calls: /\b[A-Z]\w*\.(?:objects\.\w+|where|order|all|includes|joins|not_deleted|active)(?=\()/g,
    has: /\b(?:select_related|prefetch_related|includes|preload|eager_load)\(/,
    may: /\b(?:select_related|prefetch_related|includes|preload|eager_load|with_\w+)\(/,
    needed: readsInLoop,
    any: /\b(?:select_related|prefetch_related|includes|preload|eager_load)\(/g,
  },
]

/** Is a relation that the query loaded still read, in a file that goes through rows? */
function readsInLoop(old: string, rest: string): boolean {
  if (!/^\s*for\b|\bfor \w+ in\b|\.(?:each|map|find_each|iterator)\b/m.test(rest)) return false
  const given = [...old.matchAll(/\b(?:select_related|prefetch_related|includes|preload|eager_load)\(([^()]*)\)/g)]
  const names = given.flatMap(([, text = '']) =>
    [...text.matchAll(/["':](\w+?)(?:__\w+)?["']?(?=[\s,:]|$)/g)].map(match => match[1]),
  )
  return names.some(name => name !== undefined && new RegExp(`\\w\\.${name}(?:_id|_set)?\\b`).test(rest))
}

/** Safeguards that calls lose among their arguments or in their chain. */
export function lostArguments(sides: Sides): readonly Loss[] {
  return guards.flatMap(guard => lostOf(sides, guard))
}

function lostOf(sides: Sides, { what, calls, has, may, none, needed, any }: Guard): readonly Loss[] {
  const { artifact, base, head, arrived } = sides
  if (!sides.gone.some(line => has.test(line))) return []
  return pairsOf(sides, calls).flatMap(([old, now]): readonly Loss[] => {
    const was = has.exec(old.text)
    if (was === null || none?.test(`${old.text}\n`)) return []
    if (needed?.(old.text, head.text) === false) return []
    const zero = none === undefined ? null : none.exec(`${now.text}\n`)
    const span = spanAt(head, now)
    // Its first line stays where only a later argument goes.
    const whole = { ...span, endLine: span.line + now.text.split('\n').length - 1 }
    const near = touches(artifact, 'head', whole) || artifact.hunks.some(hunk => within(hunk.headStart, whole))
    if (!near) return []
    const loss: Loss = { what, name: now.name.trim(), before: short(lineAround(old.text, was.index)), span }
    if (zero !== null) return [{ ...loss, after: short(zero[0].replace(/[,)}\n]+$/, '')) }]
    if (may.test(now.text) || bundled.test(now.text)) return []
    // Moved into a constant, a wrapper or the defaults of the client.
    if (countOf(head.text, any) >= countOf(base.text, any) || may.test(arrived)) return []
    return [loss]
  })
}

const within = (line: number, span: { readonly line: number; readonly endLine: number }): boolean =>
  line >= span.line && line <= span.endLine + 1

function lineAround(text: string, at: number): string {
  const from = Math.max(text.lastIndexOf('\n', at), text.lastIndexOf(',', at), text.lastIndexOf('(', at)) + 1
  const rest = text.slice(from).split('\n')[0] ?? ''
  return rest.replace(/[,{]\s*$/, '')
}
