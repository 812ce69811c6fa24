import type { Alias, Scalar, YAMLMap, Node as YamlNode } from 'yaml'
import { type LineIndex, type Span, spanOf } from '../text/lines.ts'
import {
  deepest,
  expressionScalar,
  type Plain,
  type PlainDocument,
  type PlainEntry,
  type PlainScalar,
  scalarOf,
} from './plain.ts'
import type { ReadScalar } from './plain-edit.ts'
import type { Source } from './types.ts'
import { yamlOf } from './yaml.ts'

interface Reader {
  readonly lines: LineIndex
  readonly yaml: typeof import('yaml')
  /** What an anchor stands for; undefined while it is being read, which ends circles. */
  readonly anchors: Map<string, Plain | undefined>
}

/** The documents of a YAML stream; undefined when it has errors, which are the syntax facts' to tell. */
export async function yamlDocuments(source: Source): Promise<readonly PlainDocument[] | undefined> {
  const yaml = await import('yaml')
  const { documents, streamErrors } = await yamlOf(source)
  if (streamErrors.length > 0 || documents.some(document => document.errors.length > 0)) return undefined
  return documents.flatMap(document => {
    const reader = { lines: source.lines, yaml, anchors: new Map<string, Plain | undefined>() }
    return document.contents === null ? [] : [{ root: read(document.contents, reader, 0) }]
  })
}

/** Reads the text of one scalar; undefined when it is none. */
export async function yamlScalars(): Promise<ReadScalar> {
  const { isScalar, parseDocument } = await import('yaml')
  return (text, span) => {
    const { contents, errors } = parseDocument(text, { prettyErrors: false })
    return isScalar(contents) && errors.length === 0 ? readScalar(contents, span) : undefined
  }
}

function read(node: YamlNode, reader: Reader, depth: number): Plain {
  const { yaml, anchors } = reader
  const span = spanFor(node, reader.lines)
  if (yaml.isAlias(node)) return anchors.get(node.source) ?? expressionScalar(`*${node.source}`, span)
  const anchor = yaml.isNode(node) && 'anchor' in node ? node.anchor : undefined
  if (anchor !== undefined) anchors.set(anchor, undefined)
  const plain = readContent(node, span, reader, depth)
  if (anchor !== undefined) anchors.set(anchor, plain)
  return plain
}

function readContent(node: Exclude<YamlNode, Alias>, span: Span, reader: Reader, depth: number): Plain {
  const { yaml } = reader
  if (depth > deepest) return expressionScalar('', span)
  if (yaml.isMap(node)) return { type: 'map', span, entries: entriesOf(node, reader, depth) }
  if (yaml.isSeq(node)) {
    const items = node.items.flatMap(item => (yaml.isNode(item) ? [read(item, reader, depth + 1)] : []))
    return customTag(node.tag) ? expressionScalar('', span) : { type: 'list', span, items }
  }
  return yaml.isScalar(node) ? readScalar(node, span) : expressionScalar('', span)
}

function readScalar(node: Scalar, span: Span): PlainScalar {
  const { value } = node
  const text = typeof value === 'string' ? value : (node.source ?? String(value))
  if (customTag(node.tag)) return expressionScalar(text, span)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null) {
    return scalarOf(value, text, span)
  }
  return scalarOf(text, text, span)
}

/** Tags such as `!Ref` or `!vault`: the value is computed by whoever reads the file. */
function customTag(tag: string | undefined): boolean {
  return tag?.startsWith('!') ?? false
}

function entriesOf(map: YAMLMap, reader: Reader, depth: number): readonly PlainEntry[] {
  const { yaml, lines } = reader
  const own = new Map<string, PlainEntry>()
  const merged = new Map<string, PlainEntry>()
  for (const pair of map.items) {
    const { key, value } = pair
    if (!yaml.isScalar(key)) continue
    const keySpan = spanFor(key, lines)
    const plain = yaml.isNode(value) ? read(value, reader, depth + 1) : scalarOf(null, '', keySpan)
    // With merging on, the parser turns the key `<<` into a symbol.
    if (key.source !== '<<') own.set(String(key.value), { key: String(key.value), keySpan, value: plain })
    else for (const entry of mergedEntries(plain)) if (!merged.has(entry.key)) merged.set(entry.key, entry)
  }
  for (const [key, entry] of merged) if (!own.has(key)) own.set(key, entry)
  return [...own.values()]
}

function mergedEntries(plain: Plain): readonly PlainEntry[] {
  if (plain.type === 'map') return plain.entries
  return plain.type === 'list' ? plain.items.flatMap(item => (item.type === 'map' ? item.entries : [])) : []
}

function spanFor(node: YamlNode, lines: LineIndex): Span {
  const [start, end] = node.range ?? [0, 0]
  let last = Math.min(end, lines.text.length)
  while (last > start && /\s/.test(lines.text.charAt(last - 1))) last--
  return spanOf(lines, start, last)
}
