import type { Document, YAMLMap, Node as YamlNode } from 'yaml'
import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml'
import { type LineIndex, lineText, spanOf } from '../../text/lines.ts'
import { lineAt, type Problem } from './problem.ts'

/** Deepest nesting that is looked into. */
const deepest = 400

/**
 * Keys that stand twice in one map. `strict`: also what only go-yaml minds, a doubled `<<` and `1` beside `"1"`.
 */
export function duplicateKeys(document: Document.Parsed, lines: LineIndex, strict: boolean): readonly Problem[] {
  const found: Problem[] = []
  visit(document.contents, [], 0, (map, path) => {
    const first = new Map<string, number>()
    for (const { key } of map.items) {
      if (!isScalar(key) || !key.range) continue
      // The package keeps a merge key as a symbol.
      const name = typeof key.value === 'symbol' ? '<<' : String(key.value)
      if (name === '<<' && !strict) continue
      const identity = strict ? name : `${typeof key.value}:${name}`
      const before = first.get(identity)
      if (before === undefined) first.set(identity, key.range[0])
      else found.push(duplicate([...path, name], before, key.range, lines))
    }
  })
  return merged(found, lines)
}

function visit(
  node: YamlNode | null,
  path: readonly string[],
  depth: number,
  onMap: (map: YAMLMap, path: readonly string[]) => void,
): void {
  if (node === null || depth > deepest || isAlias(node)) return
  if (isMap(node)) {
    onMap(node, path)
    for (const { key, value } of node.items)
      if (isNode(value)) visit(value, [...path, isScalar(key) ? String(key.value) : '?'], depth + 1, onMap)
  }
  if (isSeq(node))
    for (const [index, item] of node.items.entries())
      if (isNode(item)) visit(item, [...path, String(index)], depth + 1, onMap)
}

function duplicate(
  path: readonly string[],
  before: number,
  range: readonly [number, number, number],
  lines: LineIndex,
): Problem {
  const name = path.at(-1) ?? ''
  const firstLine = lineAt(lines, before)
  const line = lineAt(lines, range[0])
  const where = firstLine === line ? 'twice in this line' : `a second time; the first is on line ${firstLine}`
  return {
    problem: 'duplicate-key',
    detail: `the key \`${name}\` is here ${where}`,
    span: spanOf(lines, range[0], range[1]),
    key: path.join('.'),
    firstLine,
  }
}

/** Two Kubernetes objects in one document: their keys clash because the `---` between them is missing. */
function merged(found: readonly Problem[], lines: LineIndex): readonly Problem[] {
  const top = found.filter(({ span, key }) => span.column === 1 && /^(apiVersion|kind|metadata)$/.test(key ?? ''))
  const first = top[0]
  if (first === undefined || new Set(top.map(({ key }) => key)).size < 2) return found
  const { line } = first.span
  const kind = top.find(({ key }) => key === 'kind') ?? first
  const second = lineText(lines, kind.span.line).replace(/^kind:\s*/, '')
  const replaced = kind.firstLine === undefined ? '' : lineText(lines, kind.firstLine).replace(/^kind:\s*/, '')
  const what = kind.key === 'kind' ? `a second object (${second}) begins here` : 'a second object begins here'
  const lost = kind.key === 'kind' && replaced !== second ? `, so the ${replaced} above it is lost` : ''
  return [
    {
      ...first,
      problem: 'missing-document-separator',
      detail: `${what} without \`---\` in front of it${lost}`,
      quickFix: `---\n${lineText(lines, line)}`,
    },
  ]
}
