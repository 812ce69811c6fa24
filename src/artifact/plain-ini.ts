import { type LineIndex, type Span, spanOf } from '../text/lines.ts'
import { type Plain, type PlainDocument, type PlainEntry, scalarOf } from './plain.ts'
import type { Source } from './types.ts'

/**
 * The value of an INI-like file, read line by line: `[section]`, then `key = value` or `key: value`, and for daemons
 * such as Redis and PostgreSQL `key value`. Keys before the first section stand at the top. These formats have no
 * standard; what no line says is not there.
 */
export function iniDocuments({ text, lines, path }: Source): Promise<readonly PlainDocument[]> {
  const spaced = /(^|\/)(redis|valkey|sentinel|postgresql)[\w.-]*\.conf$|(^|\/)(redis|valkey)\//.test(path)
  const top: PlainEntry[] = []
  const sections = new Map<string, { keySpan: Span; entries: PlainEntry[] }>()
  let current = top
  for (const [index, start] of lines.starts.entries()) {
    const end = (lines.starts[index + 1] ?? text.length + 1) - 1
    const line = text.slice(start, end)
    if (line.length > 5000 || /^\s*([#;!]|\/\/|$)/.test(line)) continue
    const section = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)
    if (section) {
      const name = section[1] ?? ''
      const found = sections.get(name) ?? { keySpan: spanOf(lines, start, start + line.trimEnd().length), entries: [] }
      sections.set(name, found)
      current = found.entries
      continue
    }
    const entry = entryOf(line, start, spaced, lines)
    if (entry) current.push(entry)
  }
  const maps = [...sections].map(
    ([key, { keySpan, entries }]): PlainEntry => ({ key, keySpan, value: { type: 'map', span: keySpan, entries } }),
  )
  const root: Plain = { type: 'map', span: spanOf(lines, 0, text.length), entries: [...top, ...maps] }
  return Promise.resolve([{ root }])
}

function entryOf(line: string, start: number, spaced: boolean, lines: LineIndex): PlainEntry | undefined {
  const found =
    /^(\s*)([\w.\-/*$@]+(?:\[[\w.-]*\])?)\s*[=:]\s*(.*?)\s*$/.exec(line) ??
    (spaced ? /^(\s*)([A-Za-z][\w.-]*)\s+(.*?)\s*$/.exec(line) : null)
  if (!found) return undefined
  const [, indent = '', key = '', rest = ''] = found
  const raw = rest.replace(/\s+[#;].*$/, '')
  const text = /^(["'])(.*)\1$/.exec(raw)?.[2] ?? raw
  const at = start + line.indexOf(rest, indent.length + key.length)
  const keySpan = spanOf(lines, start + indent.length, start + indent.length + key.length)
  const span = raw === '' ? keySpan : spanOf(lines, start + indent.length, at + raw.length)
  return { key, keySpan, value: scalarOf(typed(text), text, span) }
}

function typed(text: string): string | number | boolean {
  if (/^-?\d+(\.\d+)?$/.test(text) && text.length < 16) return Number(text)
  return text === 'true' || text === 'false' ? text === 'true' : text
}
