import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Ajv, type ValidateFunction } from 'ajv'

/**
 * A stand-in for api.github.com: every request, and every answer of its own, is checked against GitHub's OpenAPI
 * description (`test/fixtures/github-api.json` holds the operations that matter).
 */
export interface FakeGitHub {
  readonly url: string
  readonly log: readonly Call[]
  close(): Promise<void>
}

export interface Call {
  readonly method: string
  readonly path: string
  readonly operation: string | undefined
  readonly problems: string[]
}

/** What an operation answers; a number is an HTTP status of refusal. */
export type Answer = (request: {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
}) => unknown

type Json = { readonly [key: string]: unknown }

const api: Json = JSON.parse(readFileSync(new URL('../fixtures/github-api.json', import.meta.url), 'utf8'))
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false })
ajv.addSchema({ $id: 'gh', components: { schemas: schemaOf(at(api, 'components', 'schemas')) } })

interface Route {
  readonly method: string
  readonly pattern: RegExp
  readonly names: readonly string[]
  readonly operation: Json
}

const routes: readonly Route[] = Object.entries(json(api.paths)).flatMap(([path, methods]) =>
  Object.entries(json(methods)).map(([method, operation]) => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1] ?? '')
    const pattern = new RegExp(
      `^${path.replace(/\{(\w+)\}/g, (_, name: string) => (name === 'path' ? '(.+)' : '([^/]+)'))}$`,
    )
    return { method: method.toUpperCase(), pattern, names, operation: json(operation) }
  }),
)

/** Starts the server. `answers` are by operation id, such as `pulls/list-files`; others answer with GitHub's own example. */
export async function fakeGitHub(answers: Readonly<Record<string, Answer>>): Promise<FakeGitHub> {
  const log: Call[] = []
  const server = createServer((request, response) => {
    const call = answer(request, response, answers)
    log.push(call)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    log,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** GitHub's own example of what an operation answers. */
export function exampleOf(operation: string): Readonly<Record<string, unknown>> {
  const route = routes.find(known => known.operation.operationId === operation)
  if (!route) throw new Error(`no operation ${operation}`)
  return json(success(route).example)
}

function answer(request: IncomingMessage, response: ServerResponse, answers: Readonly<Record<string, Answer>>): Call {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const method = request.method ?? ''
  const route = routes.find(known => known.method === method && known.pattern.test(url.pathname))
  const call: Call = {
    method,
    path: url.pathname,
    operation: route && String(route.operation.operationId),
    problems: [],
  }
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    response.end(JSON.stringify(body))
  }
  if (!route) {
    call.problems.push('no such operation')
    send(404, { message: 'Not Found' })
    return call
  }
  const values = (route.pattern.exec(url.pathname) ?? []).slice(1).map(decodeURIComponent)
  const params = Object.fromEntries(route.names.map((name, nth) => [name, values[nth] ?? '']))
  call.problems.push(...requestProblems(request, route, params, url.searchParams))
  if (call.problems.length > 0) {
    send(422, { message: 'Validation Failed', errors: call.problems })
    return call
  }
  const { schema, example } = success(route)
  const body = answers[String(route.operation.operationId)]?.({ params, query: url.searchParams }) ?? example
  if (typeof body === 'number')
    send(body, { message: body === 404 ? 'Not Found' : 'Resource not accessible by integration' })
  else {
    const valid = compile(schema)
    if (!valid(body)) call.problems.push(`the answer of this fake: ${ajv.errorsText(valid.errors).slice(0, 500)}`)
    send(200, body)
  }
  return call
}

function requestProblems(
  request: IncomingMessage,
  route: Route,
  params: Readonly<Record<string, string>>,
  query: URLSearchParams,
): string[] {
  const problems: string[] = []
  if (!/^(token|bearer) \S/i.test(request.headers.authorization ?? '')) problems.push('no authorization header')
  const parameters = list(route.operation.parameters).map(resolved)
  for (const parameter of parameters) {
    const { name, in: where, required, schema } = parameter
    const raw = where === 'path' ? params[String(name)] : where === 'query' ? query.get(String(name)) : null
    if (raw === undefined || raw === null) {
      if (required === true && where !== 'header') problems.push(`missing ${where} parameter ${name}`)
      continue
    }
    const type = at(schema, 'type')
    const value = type === 'integer' || type === 'number' ? Number(raw) : type === 'boolean' ? raw === 'true' : raw
    const valid = compile(schema)
    if (!valid(value)) problems.push(`${where} parameter ${name}: ${ajv.errorsText(valid.errors)}`)
  }
  for (const name of query.keys())
    if (!parameters.some(known => known.in === 'query' && known.name === name))
      problems.push(`unknown query parameter ${name}`)
  return problems
}

function success(route: Route): { schema: unknown; example: unknown } {
  const content = json(at(resolved(at(route.operation, 'responses', '200')), 'content'))
  const body = json(content['application/json'] ?? Object.values(content)[0])
  const [example] = Object.values(json(body.examples ?? {}))
  return { schema: body.schema, example: at(resolved(example), 'value') }
}

const compiled = new Map<unknown, ValidateFunction>()

function compile(schema: unknown): ValidateFunction {
  const known = compiled.get(schema)
  if (known) return known
  const made = ajv.compile(
    json(JSON.parse(JSON.stringify(schemaOf(schema ?? {})).replaceAll('"#/components/', '"gh#/components/'))),
  )
  compiled.set(schema, made)
  return made
}

/** OpenAPI 3.0 has `nullable` where JSON Schema has a type. */
function schemaOf(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(schemaOf)
  if (typeof node !== 'object' || node === null) return node
  const entries = Object.entries(node).filter(
    ([key]) => !['nullable', 'example', 'examples', 'discriminator', 'xml'].includes(key),
  )
  const out: Record<string, unknown> = Object.fromEntries(
    entries.map(([key, value]) => [key, key === 'enum' || key === 'default' ? value : schemaOf(value)]),
  )
  return at(node, 'nullable') === true ? { anyOf: [out, { type: 'null' }] } : out
}

function resolved(node: unknown): Json {
  const reference = at(node, '$ref')
  return typeof reference === 'string' ? json(at(api, ...reference.slice(2).split('/'))) : json(node)
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null ? Object.getOwnPropertyDescriptor(found, key)?.value : undefined,
    value,
  )
}

function json(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
