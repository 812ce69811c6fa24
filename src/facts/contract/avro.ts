import { documentsOf } from '../../artifact/documents.ts'
import { jsonOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import { sourceOf } from '../../artifact/source.ts'
import type { Span } from '../../text/lines.ts'
import type { Draft } from './draft.ts'

interface Field {
  readonly type: string
  readonly hasDefault: boolean
  readonly span: Span
}

/** Types that Avro's readers take for one another. Source: https://avro.apache.org/docs/1.11.1/specification/#schema-resolution */
const promoted =
  /^"int"→"(long|float|double)"$|^"long"→"(float|double)"$|^"float"→"double"$|^"string"→"bytes"$|^"bytes"→"string"$/

/** What stored records, or older programs, no longer fit of an Avro schema. */
export async function avroDrafts(path: string, base: string, head: string): Promise<readonly Draft[]> {
  const [before, after] = [await recordsOf(path, base), await recordsOf(path, head)]
  return [...before].flatMap(([owner, old]) => {
    const now = after.get(owner)
    return now === undefined ? [] : fieldDrafts(owner, old, now)
  })
}

function fieldDrafts(
  owner: string,
  old: ReadonlyMap<string, Field>,
  now: ReadonlyMap<string, Field>,
): readonly Draft[] {
  const drafts: Draft[] = []
  for (const [name, field] of now) {
    const before = old.get(name)
    if (before === undefined) {
      if (!field.hasDefault)
        drafts.push({ owner, name, what: 'no-default', after: field.type, side: 'head', span: field.span })
    } else if (before.type !== field.type && !isReadable(before.type, field.type))
      drafts.push({
        owner,
        name,
        what: 'type-changed',
        before: before.type,
        after: field.type,
        side: 'head',
        span: field.span,
      })
  }
  for (const [name, field] of old)
    if (!now.has(name) && !field.hasDefault)
      drafts.push({ owner, name, what: 'removed', before: field.type, side: 'base', span: field.span })
  return drafts
}

/** A type that is promoted, or a union that takes the old type as well. */
function isReadable(before: string, after: string): boolean {
  return promoted.test(`${before}→${after}`) || (after.startsWith('[') && after.includes(before))
}

async function recordsOf(path: string, text: string): Promise<ReadonlyMap<string, ReadonlyMap<string, Field>>> {
  const records = new Map<string, ReadonlyMap<string, Field>>()
  const documents = (await documentsOf(sourceOf(path, 'head', text), 'json')) ?? []
  for (const { root } of documents) collect(root, records, 0)
  return records
}

function collect(node: Plain, records: Map<string, ReadonlyMap<string, Field>>, depth: number): void {
  if (depth > 20 || node.type === 'scalar') return
  const fields = valueAt(node, 'fields')
  const name = textAt(node, 'name')
  if (textAt(node, 'type') === 'record' && fields?.type === 'list' && name !== undefined)
    records.set(
      name,
      new Map(
        fields.items.flatMap(field => {
          const key = textAt(field, 'name')
          const type = valueAt(field, 'type')
          if (key === undefined || type === undefined) return []
          const aliases = valueAt(field, 'aliases')
          const hasDefault = valueAt(field, 'default') !== undefined || aliases !== undefined
          return [[key, { type: JSON.stringify(jsonOf(type)), hasDefault, span: field.span }] as const]
        }),
      ),
    )
  for (const child of node.type === 'list' ? node.items : node.entries.map(({ value }) => value))
    collect(child, records, depth + 1)
}
