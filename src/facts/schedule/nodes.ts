import type { Document, Node, Pair, Scalar, YAMLMap } from 'yaml'

/** Deepest nesting followed below a document; YAML built to overflow the stack ends here. */
const deepest = 60

export type YamlModule = typeof import('yaml')

/** A scalar written in the file, with the offsets of its text without quotes. */
export interface ScalarText {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Look-ups in a parsed document that follow aliases and never throw. */
export interface Nodes {
  readonly yaml: YamlModule
  readonly document: Document.Parsed
  map(node: unknown): YAMLMap | undefined
  list(node: unknown): readonly unknown[]
  get(node: unknown, ...keys: readonly string[]): unknown
  pairs(
    node: unknown,
  ): readonly { readonly key: string; readonly value: unknown; readonly from: number; readonly to: number }[]
  scalar(node: unknown): ScalarText | undefined
  text(node: unknown): string
}

export function nodesOf(yaml: YamlModule, document: Document.Parsed): Nodes {
  const resolve = (node: unknown, depth = 0): unknown => {
    if (depth > 5 || !yaml.isAlias(node)) return node
    return resolve(node.resolve(document), depth + 1)
  }
  const map = (node: unknown): YAMLMap | undefined => {
    const target = resolve(node)
    return yaml.isMap(target) ? target : undefined
  }
  const get = (node: unknown, ...keys: readonly string[]): unknown =>
    keys
      .slice(0, deepest)
      .reduce<unknown>((at, key) => map(at)?.items.find(pair => keyText(yaml, pair) === key)?.value, node)
  const scalar = (node: unknown): ScalarText | undefined => {
    const target = resolve(node)
    if (!yaml.isScalar(target) || !target.range || target.value === null) return undefined
    const text = typeof target.value === 'string' ? target.value : (target.source ?? String(target.value))
    return { text, ...inner(target) }
  }
  return {
    yaml,
    document,
    map,
    list: node => {
      const target = resolve(node)
      return yaml.isSeq(target) ? target.items : []
    },
    get,
    pairs: node =>
      (map(node)?.items ?? []).map(pair => {
        const from = offset(pair.key, 0)
        return {
          key: keyText(yaml, pair),
          value: pair.value,
          from,
          to: Math.max(from, offset(pair.value, 1), offset(pair.key, 1)),
        }
      }),
    scalar,
    text: node => scalar(node)?.text ?? '',
  }
}

function keyText(yaml: YamlModule, pair: Pair): string {
  // Ruby symbols are written `:cron:`.
  return yaml.isScalar(pair.key) ? String(pair.key.value).replace(/^:/, '') : ''
}

/** Start or end offset of a node; 0 for what has none. */
export function offset(node: unknown, index: 0 | 1): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range : undefined
  return range?.[index] ?? 0
}

function inner(node: Scalar): { start: number; end: number } {
  const [start = 0, end = 0] = node.range ?? []
  const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE'
  return quoted ? { start: start + 1, end: Math.max(start + 1, end - 1) } : { start, end }
}
