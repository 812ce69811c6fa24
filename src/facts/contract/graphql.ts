import { indexLines, type Span, spanOf } from '../../text/lines.ts'
import type { Draft } from './draft.ts'

interface Field {
  readonly type: string
  readonly span: Span
}

/** Fields of a GraphQL schema that are gone, get another type, or that callers have to give from now on. */
export function graphqlDrafts(base: string, head: string): readonly Draft[] {
  const [before, after] = [typesOf(base), typesOf(head)]
  return [...before].flatMap(([owner, { fields, kind }]) => {
    const now = after.get(owner)
    if (now === undefined) return []
    const removed = [...fields]
      .filter(([name]) => !now.fields.has(name))
      .map(([name, { type, span }]): Draft => ({ what: 'removed', name, owner, before: type, side: 'base', span }))
    if (kind !== 'input') return removed
    const added = [...now.fields]
      .filter(([name, { type }]) => !fields.has(name) && /!$/.test(type))
      .map(
        ([name, { type, span }]): Draft => ({ what: 'required-added', name, owner, after: type, side: 'head', span }),
      )
    return [...removed, ...added]
  })
}

/** The object, interface and input types of a schema; descriptions, comments and arguments are blanked first. */
function typesOf(
  text: string,
): ReadonlyMap<string, { readonly kind: string; readonly fields: ReadonlyMap<string, Field> }> {
  const lines = indexLines(text)
  const blank = (part: string) => part.replace(/[^\n]/g, ' ')
  const plain = text.replace(/"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*/g, blank)
  const types = new Map<string, { kind: string; fields: Map<string, Field> }>()
  for (const match of plain.matchAll(/^[ \t]*(?:extend\s+)?(type|interface|input)\s+(\w+)[^{}]*\{([^{}]*)\}/gm)) {
    const [whole, kind = '', name = '', body = ''] = match
    const start = match.index + whole.length - body.length - 1
    const flat = body.replace(/\([^()]*\)/g, blank)
    const fields = types.get(name)?.fields ?? new Map<string, Field>()
    for (const field of flat.matchAll(/(\w+)\s*:\s*([[\]\w!]+)/g)) {
      const [, key = '', type = ''] = field
      fields.set(key, { type, span: spanOf(lines, start + field.index, start + field.index + field[0].length) })
    }
    types.set(name, { kind, fields })
  }
  return types
}

/** Of each object or interface type, the types of its fields without lists and marks. */
export function fieldTypes(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return new Map(
    [...typesOf(text)].flatMap(([name, { kind, fields }]) =>
      kind === 'input' ? [] : [[name, new Map([...fields].map(([key, { type }]) => [key, type.replace(/\W/g, '')]))]],
    ),
  )
}
