import type { ErrorObject } from 'ajv'
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import { suggestion } from '../text/distance.ts'
import { UserError } from '../text/errors.ts'

export interface Validator {
  (data: unknown): boolean
  errors?: ErrorObject[] | null
}

/**
 * Reads a YAML file that the user wrote for premortem and checks it against its schema.
 * Throws a UserError that names file, line, what is wrong and what is allowed.
 */
export function readDocument(text: string, path: string, validate: Validator): unknown {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const syntax = document.errors[0]
  if (syntax) throw new UserError(`${path}:${counter.linePos(syntax.pos[0]).line}: not valid YAML: ${syntax.message}`)
  let data: unknown
  try {
    data = document.toJS({ maxAliasCount: 100 }) ?? {}
  } catch (error) {
    throw new UserError(`${path}:1: not valid YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (validate(data)) return data
  const complaints = [
    ...new Set((validate.errors ?? []).filter(isTelling).map(error => complaint(error, path, document, counter))),
  ]
  throw new UserError(complaints.slice(0, 5).join('\n'))
}

/** `anyOf` and `if` only sum up errors that are listed on their own. */
function isTelling(error: ErrorObject): boolean {
  return error.keyword !== 'anyOf' && error.keyword !== 'if'
}

function complaint(error: ErrorObject, path: string, document: Document, counter: LineCounter): string {
  const steps = error.instancePath
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const extra = error.keyword === 'additionalProperties' ? String(error.params.additionalProperty) : undefined
  const line = lineOf(document, counter, extra === undefined ? steps : [...steps, extra])
  const at = steps.length === 0 ? '' : ` in ${steps.join('.')}`
  return `${path}:${line}: ${describe(error, extra, steps)}${at}`
}

function describe(error: ErrorObject, extra: string | undefined, steps: readonly string[]): string {
  if (extra !== undefined) return `unknown key "${extra}"${suggestion(extra, knownKeys(error))}`
  if (error.keyword === 'required') return `the key "${String(error.params.missingProperty)}" is missing`
  if (error.keyword === 'propertyNames')
    return `"${String(error.params.propertyName)}" is not a rule id such as migration/drop-column or migration/*`
  if (error.keyword === 'enum') {
    const allowed = error.params.allowedValues
    const words = Array.isArray(allowed) ? allowed.map(String) : []
    const given = typeof error.data === 'string' ? error.data : JSON.stringify(error.data)
    return `"${given}" is not one of ${words.join(', ')}${suggestion(given, words)}`
  }
  if (error.keyword === 'pattern')
    return `${JSON.stringify(error.data)} does not have the form ${String(error.params.pattern)}`
  if (error.keyword === 'minItems')
    return `${steps.at(-1) ?? 'the list'} needs at least ${String(error.params.limit)} entries`
  return error.message ?? error.keyword
}

function knownKeys(error: ErrorObject): readonly string[] {
  const properties: unknown = error.parentSchema?.properties
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
}

/** Line of the key at a path; of the nearest parent that exists. */
function lineOf(document: Document, counter: LineCounter, steps: readonly string[]): number {
  let node: unknown = document.contents
  let offset = 0
  for (const step of steps) {
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === step)
      if (!pair) break
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset
      node = pair.value
    } else {
      const next = document.getIn(steps.slice(0, steps.indexOf(step) + 1), true)
      if (next === undefined) break
      node = next
      if (typeof next === 'object' && next !== null && 'range' in next && Array.isArray(next.range))
        offset = Number(next.range[0])
    }
  }
  return counter.linePos(offset).line || 1
}
