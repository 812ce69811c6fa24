import { entryOf, type Plain } from '../../artifact/plain.ts'
import type { Span } from '../../text/lines.ts'

/** The value as plain data; undefined where some of it is computed, so that a schema cannot judge it. */
export function dataOf(node: Plain, depth = 0): { readonly data: unknown } | undefined {
  if (node.type === 'scalar') return node.expression ? undefined : { data: node.value }
  if (depth > 60) return undefined
  if (node.type === 'list') {
    const items = node.items.map(item => dataOf(item, depth + 1))
    return items.includes(undefined) ? undefined : { data: items.map(item => item?.data) }
  }
  const entries: [string, unknown][] = []
  for (const { key, value } of node.entries) {
    const read = dataOf(value, depth + 1)
    if (read === undefined) return undefined
    entries.push([key, read.data])
  }
  return { data: Object.fromEntries(entries) }
}

/** Where a JSON pointer leads, as far as it leads anywhere: the place of the key, and the path for people. */
export function placeOf(root: Plain, pointer: string, extra?: string): { readonly span: Span; readonly at: string } {
  let node = root
  let span = root.span
  let at = ''
  const steps = pointer
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  for (const step of extra === undefined ? steps : [...steps, extra]) {
    if (node.type === 'list') {
      const item = node.items[Number(step)]
      if (item === undefined) break
      node = item
      span = item.span
      at += `[${step}]`
      continue
    }
    const entry = entryOf(node, step)
    if (entry === undefined) break
    node = entry.value
    span = entry.keySpan
    at += at === '' ? step : `.${step}`
  }
  const first = span.endLine === span.line ? span : { ...span, endLine: span.line, endColumn: span.column + 1 }
  return { span: first, at }
}
