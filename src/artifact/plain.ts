import type { Span } from '../text/lines.ts'

/** A value of YAML, JSON, TOML or HCL with its place in the text: what these formats have in common. */
export type Plain = PlainMap | PlainList | PlainScalar

export interface PlainMap {
  readonly type: 'map'
  readonly span: Span
  readonly entries: readonly PlainEntry[]
  /** The keys are labels of HCL blocks: names given by people, which a path does not spell out. */
  readonly labelled?: true
}

export interface PlainEntry {
  readonly key: string
  readonly keySpan: Span
  readonly value: Plain
}

export interface PlainList {
  readonly type: 'list'
  readonly span: Span
  readonly items: readonly Plain[]
  /** Nested blocks of HCL: repeated by name, so a path does not count the list as a step. */
  readonly blocks?: true
}

export interface PlainScalar {
  readonly type: 'scalar'
  readonly span: Span
  readonly value: string | number | boolean | null
  /** As written, without quotes. */
  readonly text: string
  /** An expression, a template or a tagged value: the text says how it is computed, not what it is. */
  readonly expression?: true
}

/** One document of a stream, one block of HCL, or a whole file. */
export interface PlainDocument {
  readonly root: Plain
  /** HCL: type and labels of the block, `["resource", "aws_instance", "web"]`. */
  readonly labels?: readonly string[]
}

/** Deepest nesting that is followed; below it a value counts as an expression. */
export const deepest = 100

/** The value below a key of a map. */
export function entryOf(node: Plain | undefined, key: string): PlainEntry | undefined {
  return node?.type === 'map' ? node.entries.find(entry => entry.key === key) : undefined
}

/** The value at a path of keys. */
export function valueAt(node: Plain | undefined, ...keys: readonly string[]): Plain | undefined {
  let at = node
  for (const key of keys) at = entryOf(at, key)?.value
  return at
}

/** The text of a string at a path of keys; undefined where there is none or it is computed. */
export function textAt(node: Plain | undefined, ...keys: readonly string[]): string | undefined {
  const at = valueAt(node, ...keys)
  return at?.type === 'scalar' && at.expression === undefined && at.value !== null ? at.text : undefined
}

/** An unresolved scalar: what cannot be read as a value still has its text. */
export function expressionScalar(text: string, span: Span): PlainScalar {
  return { type: 'scalar', span, value: text, text, expression: true }
}

const templated = /\{\{|\$\{|<%|\$\(|^\s*\{%/

/** A scalar; strings that hold a template are expressions. */
export function scalarOf(value: string | number | boolean | null, text: string, span: Span): PlainScalar {
  if (typeof value === 'string' && templated.test(value)) return expressionScalar(text, span)
  return { type: 'scalar', span, value, text }
}

/**
 * The value as JSON for conditions and messages, cut below `depth` levels and after `width` members (`…` in place of
 * what is left out): evidence, not a copy of the file. A computed value is its text.
 */
export function jsonOf(node: Plain, depth = 4, width = 60): unknown {
  if (node.type === 'scalar') return node.value
  if (depth === 0) return '…'
  if (node.type === 'list') return node.items.slice(0, width).map(item => jsonOf(item, depth - 1, width))
  return Object.fromEntries(
    node.entries.slice(0, width).map(entry => [entry.key, jsonOf(entry.value, depth - 1, width)]),
  )
}
