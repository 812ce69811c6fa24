import { type LineIndex, type Span, spanOf } from '../text/lines.ts'
import { deepest, expressionScalar, type Plain, type PlainDocument, type PlainEntry, scalarOf } from './plain.ts'
import type { Source } from './types.ts'

/**
 * The value of a TOML file; undefined when it has errors. smol-toml decides what is valid but knows no positions, so
 * the text is read a second time here, trusting that it is well-formed.
 */
export async function tomlDocuments(source: Source): Promise<readonly PlainDocument[] | undefined> {
  const { parse } = await import('smol-toml')
  try {
    parse(source.text)
  } catch {
    return undefined
  }
  return [{ root: readToml(source.text, source.lines) }]
}

interface Table {
  readonly entries: Map<string, { keySpan: Span; value: Plain | Table | Table[] }>
  span: Span
}

interface Cursor {
  readonly text: string
  readonly lines: LineIndex
  at: number
}

function readToml(text: string, lines: LineIndex): Plain {
  const cursor: Cursor = { text, lines, at: 0 }
  const root = table(spanOf(lines, 0, text.length))
  let current = root
  for (skip(cursor); cursor.at < text.length; skip(cursor)) {
    const start = cursor.at
    if (text[cursor.at] !== '[') assign(cursor, current)
    else {
      const array = text.startsWith('[[', cursor.at)
      cursor.at += array ? 2 : 1
      const keys = dottedKey(cursor)
      cursor.at = Math.min(text.length, cursor.at + (array ? 2 : 1))
      current = open(root, keys, array, spanOf(lines, start, cursor.at))
    }
    if (cursor.at === start) cursor.at++
  }
  return plainOf(root)
}

function table(span: Span): Table {
  return { entries: new Map(), span }
}

/** The table a header names, created on the way; the last of an array of tables stands for the array. */
function open(root: Table, keys: readonly Key[], array: boolean, span: Span): Table {
  let at = root
  for (const [index, key] of keys.entries()) {
    const found = at.entries.get(key.text)?.value
    const last = index === keys.length - 1
    if (last && array) {
      const next = table(span)
      if (Array.isArray(found)) found.push(next)
      else at.entries.set(key.text, { keySpan: key.span, value: [next] })
      at = next
    } else if (Array.isArray(found)) at = found.at(-1) ?? at
    else if (found !== undefined && isTable(found)) at = found
    else {
      const next = table(span)
      at.entries.set(key.text, { keySpan: key.span, value: next })
      at = next
    }
  }
  return at
}

function assign(cursor: Cursor, target: Table): void {
  const keys = dottedKey(cursor)
  const last = keys.at(-1)
  if (cursor.text[cursor.at] !== '=' || last === undefined) return
  cursor.at++
  blanks(cursor)
  const owner = open(target, keys.slice(0, -1), false, last.span)
  owner.entries.set(last.text, { keySpan: last.span, value: value(cursor, 0) })
}

interface Key {
  readonly text: string
  readonly span: Span
}

function dottedKey(cursor: Cursor): readonly Key[] {
  const keys: Key[] = []
  for (;;) {
    blanks(cursor)
    const start = cursor.at
    const quote = cursor.text[start]
    const found = quote === '"' || quote === "'" ? stringAt(cursor) : bare(cursor, /[A-Za-z0-9_-]+/y)
    if (cursor.at > start) keys.push({ text: found, span: spanOf(cursor.lines, start, cursor.at) })
    blanks(cursor)
    if (cursor.text[cursor.at] !== '.' || cursor.at === start) return keys
    cursor.at++
  }
}

function value(cursor: Cursor, depth: number): Plain {
  const start = cursor.at
  const first = cursor.text[start]
  if (depth > deepest) {
    cursor.at = cursor.text.length
    return expressionScalar('', spanOf(cursor.lines, start, start))
  }
  if (first === '[' || first === '{') return group(cursor, first === '[' ? ']' : '}', depth)
  const quoted = first === '"' || first === "'"
  const text = quoted ? stringAt(cursor) : bare(cursor, /[^\s,\]}#]+(?: \d\d:[^\s,\]}#]+)?/y)
  const span = spanOf(cursor.lines, start, cursor.at)
  if (quoted) return scalarOf(text, text, span)
  if (text === 'true' || text === 'false') return scalarOf(text === 'true', text, span)
  const number = Number(text.replaceAll('_', ''))
  return scalarOf(Number.isFinite(number) && text !== '' ? number : text, text, span)
}

function group(cursor: Cursor, close: string, depth: number): Plain {
  const start = cursor.at++
  const items: Plain[] = []
  const inline = table(spanOf(cursor.lines, start, start))
  for (skip(cursor); cursor.at < cursor.text.length && cursor.text[cursor.at] !== close; skip(cursor)) {
    const before = cursor.at
    if (close === ']') items.push(value(cursor, depth + 1))
    else {
      const keys = dottedKey(cursor)
      const last = keys.at(-1)
      if (cursor.text[cursor.at] === '=' && last) {
        cursor.at++
        blanks(cursor)
        const owner = open(inline, keys.slice(0, -1), false, last.span)
        owner.entries.set(last.text, { keySpan: last.span, value: value(cursor, depth + 1) })
      }
    }
    skip(cursor)
    if (cursor.text[cursor.at] === ',' || cursor.at === before) cursor.at++
  }
  cursor.at = Math.min(cursor.text.length, cursor.at + 1)
  const span = spanOf(cursor.lines, start, cursor.at)
  return close === ']' ? { type: 'list', span, items } : { ...plainOf(inline), span }
}

function stringAt(cursor: Cursor): string {
  const quote = cursor.text.charAt(cursor.at)
  const fence = cursor.text.startsWith(quote.repeat(3), cursor.at) ? quote.repeat(3) : quote
  const start = cursor.at + fence.length
  let end = start
  while (end < cursor.text.length && !cursor.text.startsWith(fence, end))
    end += quote === '"' && cursor.text[end] === '\\' ? 2 : 1
  cursor.at = Math.min(cursor.text.length, end + fence.length)
  // A multi-line string may end with one or two quotes of its own.
  while (fence.length === 3 && cursor.text[cursor.at] === quote) cursor.at++
  return cursor.text.slice(start, Math.min(end, cursor.text.length))
}

function bare(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)?.[0] ?? ''
  cursor.at += found.length
  return found
}

function blanks(cursor: Cursor): void {
  while (cursor.text[cursor.at] === ' ' || cursor.text[cursor.at] === '\t') cursor.at++
}

/** Skips white space, line ends and comments. */
function skip(cursor: Cursor): void {
  for (;;) {
    while (cursor.at < cursor.text.length && /\s/.test(cursor.text.charAt(cursor.at))) cursor.at++
    if (cursor.text[cursor.at] !== '#') return
    const end = cursor.text.indexOf('\n', cursor.at)
    cursor.at = end === -1 ? cursor.text.length : end
  }
}

function plainOf(from: Table): Plain {
  const entries = [...from.entries].map(([key, { keySpan, value: found }]): PlainEntry => {
    if (Array.isArray(found))
      return { key, keySpan, value: { type: 'list', span: found[0]?.span ?? keySpan, items: found.map(plainOf) } }
    return { key, keySpan, value: isTable(found) ? plainOf(found) : found }
  })
  return { type: 'map', span: from.span, entries }
}

function isTable(found: Plain | Table): found is Table {
  return !('type' in found)
}
