import type { fieldTypes } from './graphql.ts'

/** Where a query asks for a field. */
export interface Asked {
  /** The type that has the field, where the schema tells. */
  readonly owner: string | undefined
  readonly name: string
  /** Line, from 1. */
  readonly line: number
}

/** Types of a schema with their fields. */
export type Types = ReturnType<typeof fieldTypes>

const opening =
  /\b(query|mutation|subscription)\s+\w+\s*(?:\((?:[^()]|\([^()]*\))*\))?[^{}()]*\{|\bfragment\s+\w+\s+on\s+(\w+)[^{}]*\{/g

/** The fields that the operations and fragments of a text select, each with the type it belongs to. */
export function selectionsIn(text: string, schema: string, types: Types): readonly Asked[] {
  const plain = text.replace(/#[^\n]*/g, part => ' '.repeat(part.length))
  return [...plain.matchAll(opening)].flatMap(match => {
    const [whole, operation, fragment] = match
    const owner = fragment ?? rootOf(operation ?? 'query', schema)
    return walk(plain, match.index + whole.length, owner, types)
  })
}

function rootOf(operation: string, schema: string): string {
  const named = new RegExp(`\\bschema\\b[^{]*\\{[^}]*\\b${operation}\\s*:\\s*(\\w+)`).exec(schema)?.[1]
  return named ?? operation.replace(/^./, letter => letter.toUpperCase())
}

/** One selection set and those inside it: a field per word that is neither an argument, an alias, a directive nor a spread. */
function walk(text: string, start: number, root: string, types: Types): readonly Asked[] {
  const found: Asked[] = []
  const owners: (string | undefined)[] = [types.has(root) ? root : undefined]
  let next: string | undefined
  const token = /\.\.\.\s*on\s+(\w+)|\.\.\.\s*\w*|@\w+|\$\{|\((?:[^()]|\([^()]*\))*\)|\w+\s*:(?!:)|\w+|[{}]/y
  for (let at = start; at < text.length && owners.length > 0; ) {
    token.lastIndex = at
    const match = token.exec(text)
    if (match === null) {
      at++
      continue
    }
    const [part, condition] = match
    if (part === '${') {
      at = Math.max(text.indexOf('}', at), at) + 1
      continue
    }
    const owner = owners.at(-1)
    if (part === '{') owners.push(next)
    else if (part === '}') owners.pop()
    else if (condition !== undefined) next = types.has(condition) ? condition : undefined
    else if (part.startsWith('...')) next = owner
    else if (/^\w+$/.test(part)) {
      next = owner === undefined ? undefined : types.get(owner)?.get(part)
      found.push({ owner, name: part, line: text.slice(0, at).split('\n').length })
    }
    at += part.length
  }
  return found
}
