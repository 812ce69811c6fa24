import type { Node as JsonNode, ParseError } from 'jsonc-parser'
import { type LineIndex, spanOf } from '../text/lines.ts'
import { deepest, expressionScalar, type Plain, type PlainDocument, scalarOf } from './plain.ts'
import type { Source } from './types.ts'

/** The value of a JSON or JSONC file; undefined when it has errors. */
export async function jsonDocuments(source: Source): Promise<readonly PlainDocument[] | undefined> {
  const { parseTree } = await import('jsonc-parser')
  const errors: ParseError[] = []
  const root = parseTree(source.text, errors, { allowTrailingComma: true })
  return root === undefined || errors.length > 0 ? undefined : [{ root: read(root, source.lines, 0) }]
}

function read(node: JsonNode, lines: LineIndex, depth: number): Plain {
  const span = spanOf(lines, node.offset, node.offset + node.length)
  if (depth > deepest) return expressionScalar('', span)
  if (node.type === 'array')
    return { type: 'list', span, items: (node.children ?? []).map(item => read(item, lines, depth + 1)) }
  if (node.type === 'object') {
    const entries = (node.children ?? []).flatMap(property => {
      const [key, value] = property.children ?? []
      if (key === undefined || value === undefined) return []
      return [
        {
          key: String(key.value),
          keySpan: spanOf(lines, key.offset, key.offset + key.length),
          value: read(value, lines, depth + 1),
        },
      ]
    })
    return { type: 'map', span, entries }
  }
  const value: unknown = node.value
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return scalarOf(value, String(value), span)
  return scalarOf(null, 'null', span)
}
