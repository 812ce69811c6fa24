import { documentsOf } from '../../artifact/documents.ts'
import type { Plain, PlainScalar } from '../../artifact/plain.ts'
import { memo, sourceOf } from '../../artifact/source.ts'
import type { Language, Source } from '../../artifact/types.ts'
import type { Span } from '../../text/lines.ts'

/** A map somewhere in a file, with a way to say where its parts stand in that file. */
export interface FoundMap {
  readonly node: Plain & { readonly type: 'map' }
  readonly place: (span: Span) => Span
  /** Names of the lists and maps around it. */
  readonly trail: readonly string[]
}

/** Deepest nesting that is searched. */
const deepest = 14

/** Every map of a file, also those of YAML written inside a string of a ConfigMap or Secret. */
export function mapsOf(source: Source, language: Language): Promise<readonly FoundMap[]> {
  return memo(source, `maps:${language}`, () => mapsIn(source, language))
}

async function mapsIn(source: Source, language: Language): Promise<readonly FoundMap[]> {
  const documents = (await documentsOf(source, language)) ?? []
  const found: FoundMap[] = []
  const inner: { readonly text: string; readonly line: number }[] = []
  for (const { root } of documents) walk(root, [], found, span => span, inner)
  for (const { text, line } of inner.slice(0, 20)) {
    const documents = (await documentsOf(sourceOf(source.path, source.side, text), 'yaml')) ?? []
    const place = (span: Span) => ({ ...span, line: span.line + line, endLine: span.endLine + line })
    for (const { root } of documents) walk(root, [], found, place, [])
  }
  return found
}

function walk(
  node: Plain,
  trail: readonly string[],
  found: FoundMap[],
  place: (span: Span) => Span,
  inner: { readonly text: string; readonly line: number }[],
): void {
  if (trail.length > deepest) return
  if (node.type === 'list') for (const item of node.items) walk(item, trail, found, place, inner)
  if (node.type === 'map') {
    found.push({ node, place, trail })
    // Most values are scalars, which need no trail.
    for (const { key, value } of node.entries)
      walk(value, value.type === 'scalar' ? trail : [...trail, key], found, place, inner)
  }
  // A block scalar begins on the line after its `|`: its own first line is line 1 of the inner text.
  if (node.type === 'scalar' && holdsYaml(node.value)) inner.push({ text: node.value, line: node.span.line })
}

function holdsYaml(value: PlainScalar['value']): value is string {
  return typeof value === 'string' && value.includes('\n') && /^(groups|route|receivers):/m.test(value)
}

/** From the start of one span to the end of another. */
export function joined(from: Span, to: Span): Span {
  return { line: from.line, column: from.column, endLine: to.endLine, endColumn: to.endColumn }
}
