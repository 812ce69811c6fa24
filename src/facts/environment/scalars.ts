import { environmentOf } from '../../artifact/classify.ts'
import { documentsOf } from '../../artifact/documents.ts'
import { type Plain, textAt } from '../../artifact/plain.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { Span } from '../../text/lines.ts'
import { dotenvScalars, isDotenv } from './dotenv.ts'

/** A single value of a configuration file. */
export interface Scalar {
  /** Keys from the top, joined by dots; list items by their name where they have one. */
  readonly path: string
  readonly key: string
  readonly text: string
  readonly span: Span
  readonly parent: string
  /** The environment that a key or an object around the value names. */
  readonly environment: Artifact['environment']
}

const deepest = 40
const most = 20_000

/** All values of a configuration file; undefined when it cannot be read. */
export async function scalarsOf(
  source: Source,
  language: Artifact['language'],
): Promise<readonly Scalar[] | undefined> {
  if (isDotenv(source.path)) return dotenvScalars(source)
  const documents = await documentsOf(source, language)
  if (documents === undefined) return undefined
  const found: Scalar[] = []
  for (const { root, labels } of documents) {
    const names = [textAt(root, 'metadata', 'namespace') ?? '', textAt(root, 'metadata', 'name') ?? '']
    const environment = names.map(environmentOf).find(name => name !== 'unknown') ?? 'unknown'
    // The objects of one file are told apart by kind and name.
    const prefix = labels?.join('.') ?? [textAt(root, 'kind') ?? '', names[1]].filter(part => part !== '').join(' ')
    walk(root, prefix === '' ? [] : [prefix], environment, found)
  }
  return found
}

function walk(node: Plain, trail: readonly string[], environment: Artifact['environment'], found: Scalar[]): void {
  if (trail.length > deepest || found.length > most) return
  if (node.type === 'scalar') {
    if (node.value === null) return
    found.push({
      path: trail.join('.'),
      key: trail.findLast(step => !/^\[/.test(step)) ?? '',
      text: node.text,
      span: node.span,
      parent: trail.slice(0, -1).join('.'),
      environment,
    })
  }
  if (node.type === 'list')
    node.items.forEach((item, index) => {
      const name = textAt(item, 'name') ?? textAt(item, 'key')
      walk(item, [...trail, name === undefined ? `[${index}]` : `[${name}]`], environment, found)
    })
  if (node.type === 'map')
    for (const entry of node.entries) {
      const named = /^(production|prod|staging|development|test|dev|qa|uat)$/i.test(entry.key)
        ? environmentOf(entry.key)
        : environment
      walk(entry.value, [...trail, entry.key], named, found)
    }
}
