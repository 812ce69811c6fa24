/** What is known of an HTTP request from the text of a call. */
export interface HttpCall {
  readonly httpMethod: string
  readonly url: string
}

const none: HttpCall = { httpMethod: '', url: '' }
const verbs = /^(get|post|put|patch|delete|head)$/i
const named = /(?:^|[\s,{(])['"]?(?:http_?)?method['"]?\s*[:=]>?\s*:?['"]?(get|post|put|patch|delete|head)\b/i
const senders = /^(fetch|request|execute|axios|got|ky|needle|Request|urlopen|\$fetch|ofetch|run_request|ajax)$/
const netHttp = /^(?:new )?(?:::)?Net::HTTP::(Get|Post|Put|Patch|Delete|Head)\.new$/

/** First web address in a text. */
export function addressIn(text: string): string {
  return /https?:\/\/(?:[#$]?\{[^{}]*\}|[^\s'"`])+/.exec(text)?.[0]?.replace(/[),;]+$/, '') ?? ''
}

/**
 * Recognises an HTTP request by the shape of its call, in any of the languages.
 * `resolve` gives the address a variable was assigned; `origins` are all addresses in the file.
 */
export function httpOf(
  call: { callee: string; name: string; receiver: string; arguments: readonly string[] },
  resolve: (name: string) => string,
  origins: () => readonly string[],
): HttpCall {
  const method = methodOf(call)
  if (method === '') return none
  // `app.post('/path', handler)` answers requests, it sends none.
  if (call.arguments.some(argument => argument === 'function')) return none
  const url = urlOf(call, resolve, origins)
  return url === '' ? none : { httpMethod: method.toUpperCase(), url }
}

function methodOf(call: { callee: string; name: string; arguments: readonly string[] }): string {
  const net = netHttp.exec(call.callee)?.[1]
  if (net !== undefined) return net
  if (verbs.test(call.name)) return call.name
  if (!senders.test(call.name)) return ''
  const [first] = call.arguments
  if (first !== undefined && verbs.test(first)) return first
  return named.exec(call.arguments.join(', '))?.[1] ?? 'GET'
}

function urlOf(
  call: { receiver: string; arguments: readonly string[] },
  resolve: (name: string) => string,
  origins: () => readonly string[],
): string {
  for (const argument of call.arguments) {
    const direct = addressIn(argument)
    if (direct !== '') return direct
    const variable = /^@?[\w$.]+$/.test(argument) ? resolve(argument) : ''
    if (variable !== '') return variable
    const start = /^[#$]?\{([\w.@]+)\}(\/?[^\s]*)$/.exec(argument)
    const base = start?.[1] === undefined ? '' : resolve(start[1])
    if (base !== '') return base.replace(/\/$/, '') + (start?.[2] ?? '')
  }
  const path =
    call.arguments.find(argument => /^\/[\w/]/.test(argument)) ??
    /(?:path|url)['"]?\s*[:=]>?\s*['"`](\/[^'"`]+)/.exec(call.arguments.join(', '))?.[1]
  if (path === undefined) return ''
  const host = /host(?:name)?['"]?\s*[:=]>?\s*['"]([\w.-]+)['"]/.exec(call.arguments.join(', '))?.[1]
  if (host !== undefined) return `https://${host}${path}`
  const known = resolve(call.receiver) || onlyOrigin(origins())
  return known === '' ? path : known.replace(/^(https?:\/\/[^/]+)(\/.*)?$/, (_, origin: string) => origin) + path
}

function onlyOrigin(addresses: readonly string[]): string {
  const origins = new Set(addresses.map(address => /^https?:\/\/[^/]+/.exec(address)?.[0] ?? ''))
  origins.delete('')
  return origins.size === 1 ? ([...origins][0] ?? '') : ''
}
