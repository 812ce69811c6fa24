import { indexLines, type LineIndex, type Span, spanOf } from '../text/lines.ts'
import type { Plain, PlainDocument, PlainEntry, PlainMap } from './plain.ts'
import { expressionScalar, scalarOf } from './plain.ts'
import type { Source } from './types.ts'

/** Values of one block that is still being read: equal names become a list. */
export interface OpenBlock {
  readonly span: Span
  readonly values: Map<string, { readonly keySpan: Span; readonly items: Plain[] }>
}

export function openBlock(span: Span): OpenBlock {
  return { span, values: new Map() }
}

export function put(block: OpenBlock, key: string, keySpan: Span, value: Plain): void {
  const known = block.values.get(key)
  if (known) known.items.push(value)
  else block.values.set(key, { keySpan, items: [value] })
}

export function closeBlock({ span, values }: OpenBlock): PlainMap {
  const entries = [...values].flatMap(([key, { keySpan, items }]): readonly PlainEntry[] => {
    const [only, ...more] = items
    if (only === undefined) return []
    return [{ key, keySpan, value: more.length === 0 ? only : { type: 'list', span: keySpan, items } }]
  })
  return { type: 'map', span, entries }
}

/** A scalar as written on a line: quotes dropped, numbers read. */
export function lineScalar(text: string, span: Span): Plain {
  const bare = text.replace(/^(["'])(.*)\1$/s, '$2')
  if (/^\$\w|%\(|<%|\{\{/.test(bare)) return expressionScalar(bare, span)
  if (/^[+-]?\d+(\.\d+)?$/.test(bare)) return scalarOf(Number(bare), bare, span)
  if (/^(true|false)$/i.test(bare)) return scalarOf(/^true$/i.test(bare), bare, span)
  return scalarOf(bare, bare, span)
}

/** `server` sections of HAProxy: a keyword at the margin opens a block, what is indented belongs to it. */
export function haproxyDocuments({ text, lines }: Source): readonly PlainDocument[] {
  const root = openBlock(spanOf(lines, 0, text.length))
  let current = root
  const blocks: { name: string; span: Span; block: OpenBlock }[] = []
  eachLine(text, lines, (line, start) => {
    const words = line.trim().split(/\s+/)
    const span = spanOf(lines, start + (line.length - line.trimStart().length), start + line.trimEnd().length)
    if (/^(global|defaults|frontend|backend|listen|peers|resolvers|userlist|cache|program|ring)\b/.test(line)) {
      current = openBlock(span)
      blocks.push({ name: words.slice(0, 2).join(' '), span, block: current })
      return
    }
    const [first = '', second = '', ...rest] = words
    if (first === '') return
    if (first === 'server') put(current, 'server', span, lineScalar(second, span))
    else if (first === 'timeout' || first === 'stats' || first === 'option')
      put(current, `${first} ${second}`, span, lineScalar(rest.join(' '), span))
    else put(current, first, span, lineScalar([second, ...rest].join(' '), span))
  })
  for (const { name, span, block } of blocks) put(root, name, span, closeBlock(block))
  return [{ root: closeBlock(root) }]
}

/** Directives of nginx by the blocks around them; `burst=20` and the like are values of their own. */
export function nginxDocuments({ text }: Source): readonly PlainDocument[] {
  const lines = indexLines(text)
  const root = openBlock(spanOf(lines, 0, text.length))
  const blocks = new Map<string, OpenBlock>()
  const trail: string[] = []
  let words: { text: string; start: number; end: number }[] = []
  for (const token of text.matchAll(/#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\$\{\w*\}|[^\s;{}])+|[;{}]/g)) {
    const [sign] = token
    if (sign.startsWith('#')) continue
    if (sign === '{') trail.push(words.map(word => word.text).join(' '))
    else if (sign === '}') trail.pop()
    else if (sign === ';') directive(words)
    else {
      words.push({ text: sign, start: token.index, end: token.index + sign.length })
      continue
    }
    words = []
  }
  for (const [name, block] of blocks) if (name !== '') put(root, name, block.span, closeBlock(block))
  return [{ root: closeBlock(root) }]

  function directive(parts: readonly { text: string; start: number; end: number }[]): void {
    const [name, ...rest] = parts
    if (name === undefined) return
    const within = trail.join(' ').slice(0, 200)
    const span = spanOf(lines, name.start, (rest.at(-1) ?? name).end)
    const block = within === '' ? root : (blocks.get(within) ?? openBlock(span))
    if (within !== '') blocks.set(within, block)
    const plain = rest.filter(word => !/^\w+=/.test(word.text))
    put(block, name.text, span, lineScalar(plain.map(word => word.text).join(' '), span))
    for (const word of rest) {
      const [, key, value] = /^(\w+)=(\d+)(?:r\/[sm])?$/.exec(word.text) ?? []
      if (key && value) put(block, `${name.text} ${key}`, span, lineScalar(value, span))
    }
  }
}

/** Instructions of a Dockerfile that say how its last stage starts and is watched, and what all stages run. */
export function dockerDocuments({ text, lines }: Source): readonly PlainDocument[] {
  let stage = openBlock(spanOf(lines, 0, text.length))
  const runs = openBlock(stage.span)
  eachLine(text, lines, (line, start) => {
    const [, name = '', value = ''] = /^\s*([A-Za-z]+)\s+(.*?)\s*\\?\s*$/.exec(line) ?? []
    const word = name.toUpperCase()
    if (word === 'FROM') {
      stage = openBlock(stage.span)
      const image = value.replace(/^--platform=\S+\s+|\s+AS\s+\S+$/gi, '')
      const whole = spanOf(lines, start, start + line.trimEnd().length)
      put(stage, word, whole, lineScalar(image, whole))
    }
    if (!/^(HEALTHCHECK|CMD|ENTRYPOINT|EXPOSE|STOPSIGNAL|USER|RUN)$/.test(word)) return
    const span = spanOf(lines, start, start + line.trimEnd().length)
    put(word === 'RUN' ? runs : stage, word, span, lineScalar(value, span))
  })
  return [{ root: closeBlock({ span: stage.span, values: new Map([...runs.values, ...stage.values]) }) }]
}

/** Every line without comments and endless ones, with its offset. */
export function eachLine(text: string, lines: LineIndex, visit: (line: string, start: number) => void): void {
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '')
    if (/^\s*([#;!]|\/\/)/.test(line) || line.length > 2000) continue
    visit(line, lines.starts[at] ?? 0)
  }
}
