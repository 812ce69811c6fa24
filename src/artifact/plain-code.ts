import { type Span, spanOf } from '../text/lines.ts'
import type { PlainDocument, PlainEntry } from './plain.ts'
import { closeBlock, lineScalar, openBlock, put } from './plain-lines.ts'
import type { Source } from './types.ts'

/**
 * Numbers, yes or no, and levels of logging that settings written in a programming language name: `pool: { max: 40 }`, `TIMEOUT = 30`, `workers 4`,
 * `Timeout: 30 * time.Second`, `ENV.fetch("RAILS_MAX_THREADS", 5)`. Read line by line, nested by indentation, in any language;
 * what is no such line is passed over.
 */
export function codeDocuments({ text, lines }: Source): readonly PlainDocument[] {
  const root = openBlock(spanOf(lines, 0, text.length))
  const trail: { indent: number; key: string }[] = []
  const seen = new Map<string, number>()
  const note = (key: string, value: string, span: Span): void => {
    const nth = seen.get(key) ?? 0
    seen.set(key, nth + 1)
    put(root, nth === 0 ? key : `${key}#${nth}`, span, lineScalar(value, span))
  }
  for (const [at, line] of text.split('\n').entries()) {
    if (line.length > 400 || line.trim() === '' || /^\s*(#|\/\/|\*|\/\*|"""|--)/.test(line)) continue
    const indent = line.length - line.trimStart().length
    while ((trail.at(-1)?.indent ?? -1) >= indent) trail.pop()
    const start = lines.starts[at] ?? 0
    const span = spanOf(lines, start + indent, start + line.trimEnd().length)
    const around = trail.map(step => step.key)
    for (const { keys, value } of numbersIn(line)) note([...around, ...keys].join('.'), value, span)
    const opened = opener.exec(line)
    if (opened?.[1]) trail.push({ indent, key: opened[1].replace(/^.*\./, '') })
  }
  return [{ root: nested(closeBlock(root).entries, spanOf(lines, 0, text.length)) }]
}

/** A line that opens something with a name: `pool: {`, `DATABASES = {`, `class Web`, `production: {`. */
const opener =
  /^\s*(?:export\s+(?:default\s+)?)?(?:const|let|var|val|final|static|public|private|class|def|func|function)?\s*["']?([A-Za-z_][\w.]*)["']?\s*(?:[:=]>?\s*(?:[\w.]+\s*\()?\s*[[{(]|[[({]?\s*(?:do\b.*|\{|:))\s*(?:\/\/.*|#.*)?$/

const key = `(?:[A-Za-z_]\\w*::)*["']?([A-Za-z_][\\w.]*)["']?`
const assigned = new RegExp(
  `(?:^|[\\s,{(])${key}\\s*(?::(?!:)|=(?!=)>?|:=)\\s*([^,{}]+?)\\s*(?=[,;})]|$|\\s#|\\s//)`,
  'g',
)
const inline = new RegExp(`${key}\\s*(?::|=)\\s*\\{([^{}]*)\\}`, 'g')
const called = /^\s*([a-z_]\w*)[ (]+(\d[\d_]*)(?:\s*,\s*(\d[\d_]*))?\s*\)?\s*(?:#.*)?$/

/** The default that is taken when a variable is not set: `ENV.fetch("X", 5)`, `process.env.X || 5`, `os.getenv("X", 5)`. */
const fallbacks =
  /(?:ENV|environ|env|getenv|Getenv|config)[\w.]*(?:\(|\[)\s*["']([A-Za-z_]\w*)["']\s*(?:,|\]\s*(?:\|\||or)|\)\s*(?:\|\||\?\?|or))\s*["']?(\d[\d_]*)["']?\s*\)?|process\.env\.([A-Z_]\w*)\s*(?:\|\||\?\?)\s*["']?(\d[\d_]*)["']?/g

function numbersIn(written: string): readonly { readonly keys: readonly string[]; readonly value: string }[] {
  // A block that gives the default reads like a second argument.
  const line = written.replace(/\)\s*\{\s*["']?(\d[\d_]*)["']?\s*\}/, ', $1)')
  const found: { keys: readonly string[]; value: string }[] = []
  let rest = line
  // The name of the variable says more than what it is assigned to.
  for (const [whole, one, first, other, second] of line.matchAll(fallbacks)) {
    found.push({ keys: [one ?? other ?? ''], value: (first ?? second ?? '').replaceAll('_', '') })
    rest = rest.replace(whole, '')
  }
  for (const [whole, name = '', body = ''] of rest.matchAll(inline)) {
    for (const [, inner = '', raw = ''] of body.matchAll(assigned)) add([last(name), last(inner)], raw)
    rest = rest.replace(whole, '')
  }
  for (const [, name = '', raw = ''] of rest.matchAll(assigned)) add([last(name)], raw)
  const call = found.length === 0 ? called.exec(line) : null
  if (call?.[1] && call[2]) found.push({ keys: [call[1]], value: (call[3] ?? call[2]).replaceAll('_', '') })
  return found

  function add(keys: readonly string[], raw: string): void {
    const value = literalOf(raw)
    if (value !== undefined) found.push({ keys, value })
  }
}

function last(name: string): string {
  return name.replace(/^.*\./, '')
}

/** A number as its language writes it, with its unit, yes or no, or a level of logging; undefined for anything else. */
function literalOf(raw: string): string | undefined {
  const text = raw.trim().replace(/^["'`](.*)["'`]$/, '$1')
  if (/^-?\d[\d_]*(\.\d+)?\s*(ms|s|m|h|d|kb|mb|gb|Ki|Mi|Gi|%)?$/i.test(text)) return text.replaceAll('_', '')
  if (/^(true|false|True|False)$/.test(text)) return text.toLowerCase()
  const level = /^:?(?:logging\.|LogLevel\.)?(trace|debug|info|warn|warning|error)$/i.exec(text)
  if (level) return level[1]
  const product = /^\d[\d_]*(?:\s*\*\s*\d[\d_]*)+$/.exec(text)
  if (product) return String(text.split('*').reduce((all, part) => all * Number(part.replaceAll('_', '').trim()), 1))
  const go = /^(\d+)\s*\*\s*time\.(Millisecond|Second|Minute|Hour)$/.exec(text)
  if (go) return `${go[1]}${unitOf(go[2] ?? '')}`
  const ruby = /^(\d+)\.(second|minute|hour|day|week)s?$/.exec(text)
  if (ruby) return `${ruby[1]}${unitOf(ruby[2] ?? '')}`
  const typed =
    /(?:Duration\.of|Duration::from_|timedelta\()(Millis|millis|Seconds|secs|seconds|Minutes|minutes|Hours|hours)(?:\(|=)(\d+)\)$/.exec(
      text,
    )
  if (typed) return `${typed[2]}${unitOf(typed[1] ?? '')}`
  return undefined
}

function unitOf(word: string): string {
  const lower = word.toLowerCase()
  return lower.startsWith('milli') ? 'ms' : (lower[0] ?? 's')
}

/** Entries with dotted names as nested maps. */
function nested(entries: readonly PlainEntry[], span: Span): PlainDocument['root'] {
  const groups = new Map<string, PlainEntry[]>()
  const own: PlainEntry[] = []
  for (const entry of entries) {
    const dot = entry.key.indexOf('.')
    if (dot === -1) own.push(entry)
    else {
      const first = entry.key.slice(0, dot)
      groups.set(first, [...(groups.get(first) ?? []), { ...entry, key: entry.key.slice(dot + 1) }])
    }
  }
  const inner = [...groups].map(([name, group]): PlainEntry => {
    const keySpan = group[0]?.keySpan ?? span
    return { key: name, keySpan, value: nested(group, keySpan) }
  })
  const names = new Set(inner.map(entry => entry.key))
  return { type: 'map', span, entries: [...own.filter(entry => !names.has(entry.key)), ...inner] }
}
