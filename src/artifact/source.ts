import type { Side } from '../change/types.ts'
import { indexLines } from '../text/lines.ts'
import type { Source } from './types.ts'

/** Wraps a text for parsing. A byte order mark is dropped: columns count from the first real character. */
export function sourceOf(path: string, side: Side, text: string): Source {
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text
  return { path, side, text: clean, lines: indexLines(clean) }
}

const kept = new WeakMap<Source, Map<string, unknown>>()

/** Computes a parsed form once per source. `key` names the form; equal keys must mean equal types. */
export function memo<T>(source: Source, key: string, make: () => T): T {
  const forms = kept.get(source) ?? new Map<string, unknown>()
  kept.set(source, forms)
  if (!forms.has(key)) forms.set(key, make())
  return forms.get(key) as T
}
