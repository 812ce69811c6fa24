import type { RubyValue } from '../../../artifact/ruby.ts'

export interface Arguments {
  readonly values: readonly RubyValue[]
  readonly options: ReadonlyMap<string, RubyValue>
}

const token =
  /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|:"([^"]*)"|:(\w+[?!]?)|(-?\d[\d_]*(?:\.\d+)?)(?![\w.])|->\s*\{\s*"((?:[^"\\]|\\.)*)"\s*\}|(true|false|nil)\b|(\w+):(?!:)|(=>)|([[\]{},])|(\S))/y

type Mark = { readonly value: RubyValue } | { readonly key: string } | { readonly sign: string }

/** Reads the literal arguments of one generated line of Ruby: `"users", force: :cascade, default: -> { "now()" }`. */
export function readArguments(text: string): Arguments {
  const marks = marksOf(text)
  const values: RubyValue[] = []
  const options = new Map<string, RubyValue>()
  let at = 0
  while (at < marks.length) {
    const read = entry(marks, at, 0)
    if (read.key === undefined) values.push(read.value)
    else options.set(read.key, read.value)
    at = read.next
    if (isSign(marks[at], ',')) at++
  }
  return { values, options }
}

const textValue = (text: string): RubyValue => ({
  kind: 'text',
  text: text.replace(/\\(.)/g, '$1'),
  symbol: false,
  pieces: [],
  holes: 0,
})

function marksOf(text: string): readonly Mark[] {
  const marks: Mark[] = []
  token.lastIndex = 0
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [, double, single, quoted, symbol, number, lambda, word, key, arrow, sign, other] = match
    const string = double ?? single ?? quoted ?? symbol
    if (string !== undefined) marks.push({ value: textValue(string) })
    else if (number !== undefined) marks.push({ value: { kind: 'number', value: Number(number.replaceAll('_', '')) } })
    else if (lambda !== undefined) marks.push({ value: { kind: 'lambda', body: textValue(lambda), source: lambda } })
    else if (word === 'nil') marks.push({ value: { kind: 'nil' } })
    else if (word !== undefined) marks.push({ value: { kind: 'boolean', value: word === 'true' } })
    else if (key !== undefined) marks.push({ key })
    else marks.push({ sign: arrow ?? sign ?? other ?? '' })
  }
  return marks
}

const isSign = (mark: Mark | undefined, sign: string): boolean =>
  mark !== undefined && 'sign' in mark && mark.sign === sign

/** One argument, item or pair, from `at`; always moves on. */
function entry(marks: readonly Mark[], at: number, depth: number): { key?: string; value: RubyValue; next: number } {
  const mark = marks[at]
  if (mark && 'key' in mark) return { key: mark.key, ...valueAt(marks, at + 1, depth) }
  const read = valueAt(marks, at, depth)
  if (read.value.kind === 'text' && isSign(marks[read.next], '=>'))
    return { key: read.value.text, ...valueAt(marks, read.next + 1, depth) }
  return read
}

function valueAt(marks: readonly Mark[], at: number, depth: number): { value: RubyValue; next: number } {
  const mark = marks[at]
  if (mark && 'value' in mark) return { value: mark.value, next: at + 1 }
  const opener = mark && 'sign' in mark ? mark.sign : ''
  if ((opener !== '[' && opener !== '{') || depth > 20) return { value: { kind: 'code', source: opener }, next: at + 1 }
  const closer = opener === '[' ? ']' : '}'
  const items: RubyValue[] = []
  const entries = new Map<string, RubyValue>()
  let next = at + 1
  while (next < marks.length && !isSign(marks[next], closer)) {
    const read = entry(marks, next, depth + 1)
    if (read.key === undefined) items.push(read.value)
    else entries.set(read.key, read.value)
    next = isSign(marks[read.next], ',') ? read.next + 1 : read.next
  }
  return { value: opener === '[' ? { kind: 'array', items } : { kind: 'hash', entries }, next: next + 1 }
}
