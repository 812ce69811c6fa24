import { documentsOf } from '../../artifact/documents.ts'
import { entryOf, type Plain, type PlainEntry, textAt, valueAt } from '../../artifact/plain.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { Draft } from './draft.ts'

const methods: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'])

/** What callers of an API that is described by OpenAPI can no longer do, or have to do from now on. */
export async function openapiDrafts(artifact: Artifact): Promise<readonly Draft[]> {
  const [base, head] = [await rootOf(artifact.base, artifact), await rootOf(artifact.head, artifact)]
  if (base === undefined || head === undefined) return []
  return [...pathDrafts(base, head), ...schemaDrafts(base, head)]
}

async function rootOf(source: Source | undefined, artifact: Artifact): Promise<Plain | undefined> {
  const [document] = source === undefined ? [] : ((await documentsOf(source, artifact.language)) ?? [])
  const root = document?.root
  return (entryOf(root, 'openapi') ?? entryOf(root, 'swagger')) ? root : undefined
}

function pathDrafts(base: Plain, head: Plain): readonly Draft[] {
  const now = new Map(entriesOf(valueAt(head, 'paths')).map(entry => [shapeOf(entry.key), entry]))
  return entriesOf(valueAt(base, 'paths')).flatMap(({ key, keySpan, value }): readonly Draft[] => {
    const other = now.get(shapeOf(key))
    if (other === undefined) {
      const operations = entriesOf(value).filter(entry => methods.has(entry.key))
      // What was announced as deprecated may go.
      if (operations.length > 0 && operations.every(entry => textAt(entry.value, 'deprecated') === 'true')) return []
      return [{ what: 'removed', name: key, owner: 'path', side: 'base', span: keySpan }]
    }
    return entriesOf(value)
      .filter(entry => methods.has(entry.key))
      .flatMap((operation): readonly Draft[] => {
        const after = entryOf(other.value, operation.key)
        const owner = `${operation.key.toUpperCase()} ${key}`
        if (after === undefined)
          return textAt(operation.value, 'deprecated') === 'true'
            ? []
            : [{ what: 'removed', name: owner, owner: 'operation', side: 'base', span: operation.keySpan }]
        return parameterDrafts(owner, operation.value, after.value)
      })
  })
}

/** `/users/{id}` and `/users/{userId}` are the same path. */
function shapeOf(path: string): string {
  return path.replace(/\{[^}]*\}/g, '{}').replace(/\/$/, '')
}

function parameterDrafts(owner: string, base: Plain, head: Plain): readonly Draft[] {
  const known = new Set(parametersOf(base).filter(isRequired).map(nameOf))
  return parametersOf(head)
    .filter(parameter => isRequired(parameter) && textAt(parameter, 'in') !== 'path' && !known.has(nameOf(parameter)))
    .map(parameter => ({ what: 'required-added', name: nameOf(parameter), owner, side: 'head', span: parameter.span }))
}

function parametersOf(operation: Plain): readonly Plain[] {
  const list = valueAt(operation, 'parameters')
  return list?.type === 'list' ? list.items.filter(item => textAt(item, 'name') !== undefined) : []
}

function isRequired(parameter: Plain): boolean {
  return textAt(parameter, 'required') === 'true'
}

function nameOf(parameter: Plain): string {
  return textAt(parameter, 'name') ?? ''
}

/** Fields of shared schemas that are gone, or that become required of whoever sends them. */
function schemaDrafts(base: Plain, head: Plain): readonly Draft[] {
  const schemas = (root: Plain) => entriesOf(valueAt(root, 'components', 'schemas') ?? valueAt(root, 'definitions'))
  const now = new Map(schemas(head).map(entry => [entry.key, entry.value]))
  const sent = sentSchemas(base)
  return schemas(base).flatMap(({ key, value }): readonly Draft[] => {
    const after = now.get(key)
    if (after === undefined) return []
    const kept = new Set(entriesOf(valueAt(after, 'properties')).map(entry => entry.key))
    // A schema that is now put together from others says its fields elsewhere.
    if (kept.size === 0) return []
    const removed = entriesOf(valueAt(value, 'properties'))
      .filter(entry => !kept.has(entry.key) && textAt(entry.value, 'deprecated') !== 'true')
      .map((entry): Draft => ({ what: 'removed', name: entry.key, owner: key, side: 'base', span: entry.keySpan }))
    const types = entriesOf(valueAt(value, 'properties')).flatMap((entry): readonly Draft[] => {
      const other = entryOf(valueAt(after, 'properties'), entry.key)
      const [was, is] = [textAt(entry.value, 'type'), textAt(other?.value, 'type')]
      if (other === undefined || was === undefined || is === undefined || was === is) return []
      if (was === 'integer' && is === 'number') return []
      return [
        {
          what: 'type-changed',
          name: entry.key,
          owner: key,
          before: was,
          after: is,
          side: 'head',
          span: other.keySpan,
        },
      ]
    })
    return [...removed, ...types, ...requiredDrafts(key, value, after, sent.has(key))]
  })
}

const sentName = /(request|input|params|create|update|command|payload|body|dto)/i

/** Only schemas that are sent in: what a server must put into its answers is no burden to its callers. */
function requiredDrafts(owner: string, base: Plain, head: Plain, isSent: boolean): readonly Draft[] {
  if (!isSent && (/respon|result|reply/i.test(owner) || !sentName.test(owner))) return []
  const known = new Set(textsOf(valueAt(base, 'required')).map(({ text }) => text))
  const properties = new Set(entriesOf(valueAt(base, 'properties')).map(entry => entry.key))
  if (properties.size === 0) return []
  return textsOf(valueAt(head, 'required'))
    .filter(({ text }) => !known.has(text))
    .map(({ text, span }) => ({ what: 'required-added', name: text, owner, side: 'head', span }))
}

/** Schemas that some operation takes as its body, named there by reference. */
function sentSchemas(root: Plain): ReadonlySet<string> {
  const operations = entriesOf(valueAt(root, 'paths')).flatMap(({ value }) =>
    entriesOf(value).filter(({ key }) => methods.has(key)),
  )
  const bodies = operations.flatMap(({ value }) => [
    ...entriesOf(valueAt(value, 'requestBody', 'content')).map(entry => valueAt(entry.value, 'schema')),
    ...parametersOf(value)
      .filter(parameter => textAt(parameter, 'in') === 'body')
      .map(parameter => valueAt(parameter, 'schema')),
  ])
  return new Set(
    bodies.flatMap(schema => {
      const reference = textAt(schema, '$ref') ?? textAt(valueAt(schema, 'items'), '$ref')
      return reference === undefined ? [] : [reference.slice(reference.lastIndexOf('/') + 1)]
    }),
  )
}

function textsOf(node: Plain | undefined) {
  return node?.type === 'list' ? node.items.flatMap(item => (item.type === 'scalar' ? [item] : [])) : []
}

function entriesOf(node: Plain | undefined): readonly PlainEntry[] {
  return node?.type === 'map' ? node.entries : []
}
