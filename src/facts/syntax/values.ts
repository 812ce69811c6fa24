import type { Document, Scalar, YAMLSeq, Node as YamlNode } from 'yaml'
import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml'
import type { Artifact, Source } from '../../artifact/types.ts'
import { yamlOf } from '../../artifact/yaml.ts'
import { type LineIndex, lineSpan, lineText, spanOf } from '../../text/lines.ts'
import { cutDetail, isCut } from './comment-cut.ts'
import { expressionProblem } from './expression.ts'
import { excerpt, lineAt, type Problem } from './problem.ts'
import { quoted, quoteRest } from './quote.ts'
import type { Reader } from './readers.ts'
import { resolvePlain } from './resolve.ts'

const deepest = 100

interface Value {
  /** Keys and `[]` for the items of a list, below the document's identity. */
  readonly path: string
  readonly key: string
  /** Kind of the object in Kubernetes' sense; empty elsewhere. */
  readonly object: string
  readonly scalar: Scalar
  readonly range: readonly [number, number, number]
  /** The list of which it is an item. */
  readonly list?: YAMLSeq
}

/**
 * Values on changed lines that read differently from what is written: quotes that went away from a text which is
 * something else without them, and versions such as 3.10 that are read as the number 3.1.
 */
export async function valueProblems(artifact: Artifact, head: Source, reader: Reader): Promise<readonly Problem[]> {
  const changedLines = lineTester(artifact, 'head')
  const after = (await valuesOf(head, changedLines)).filter(value => isSuspect(value, artifact, reader, head.lines))
  // Most changes alter text that is text either way: base need not be read for those.
  if (after.length === 0) return []
  const { base } = artifact
  const before = base ? await valuesOf(base, lineTester(artifact, 'base')) : []
  const quotedBefore = before.filter(isQuoted)
  const quotes = new Map(quotedBefore.map(value => [`${value.path}\n${String(value.scalar.value)}`, value]))
  const gone = new Map(quotedBefore.map(value => [value.path, value]))
  const same = new Set(before.map(textOf))
  return after.flatMap(value => {
    if (same.has(textOf(value))) return []
    if (value.scalar.tag !== undefined) return negation(value, head.lines)
    const found =
      expressionIn(value, artifact.kind, head.lines) ?? plainProblem(value, quotes, gone, reader, head.lines)
    return found ? [found] : []
  })
}

function isQuoted({ scalar }: Value): boolean {
  return scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE'
}

/** Could anything be wrong with the value, whatever stood there before? */
function isSuspect(value: Value, artifact: Artifact, reader: Reader, lines: LineIndex): boolean {
  const { scalar, range } = value
  if (scalar.tag !== undefined) return artifact.kind === 'github-workflow'
  if (expressionIn(value, artifact.kind, lines)) return true
  if (scalar.type !== 'PLAIN') return false
  const text = scalar.source ?? ''
  const now = resolvePlain(text, reader.typing)
  if (now.type !== 'string' && now.shown !== text.toLowerCase()) return true
  return /^\s+#/.test(lines.text.slice(range[1], range[1] + 40)) || version(value, lines) !== undefined
}

type Tester = (range: readonly [number, number, ...number[]]) => boolean

/** Tells whether a range of offsets is on lines that the change alters; quick for thousands of hunks. */
function lineTester(artifact: Artifact, side: 'base' | 'head'): Tester {
  const lines = artifact[side]?.lines
  const spans = artifact.hunks
    .map(hunk =>
      side === 'head' ? ([hunk.headStart, hunk.headCount] as const) : ([hunk.baseStart, hunk.baseCount] as const),
    )
    .filter(([, count]) => count > 0)
  return ([start, end]) => {
    if (lines === undefined) return false
    const first = lineAt(lines, start)
    const last = Math.max(first, lineAt(lines, end - 1))
    let low = 0
    let high = spans.length
    // The first hunk that does not end above the range.
    while (low < high) {
      const middle = (low + high) >> 1
      const [from, count] = spans[middle] ?? [0, 0]
      if (from + count <= first) low = middle + 1
      else high = middle
    }
    const hunk = spans[low]
    return hunk !== undefined && hunk[0] <= last
  }
}

function textOf({ path, scalar }: Value): string {
  return `${path}\n${scalar.type ?? ''}\n${scalar.source ?? ''}`
}

function expressionIn(
  { path, key, object, scalar, range }: Value,
  artifact: string,
  lines: LineIndex,
): Problem | undefined {
  if (typeof scalar.value !== 'string') return undefined
  const block = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED'
  const slot = { path, key, object, artifact, text: scalar.value, line: lineAt(lines, range[0]) + (block ? 1 : 0) }
  return expressionProblem(slot, lines)
}

/** `if: !cancelled()`: a condition of which YAML makes a tag with nothing, or something else, behind it. */
function negation({ key, range }: Value, lines: LineIndex): readonly Problem[] {
  const line = lineAt(lines, range[0])
  const text = lineText(lines, line)
  const start = /\bif:\s*(?=!)/.exec(text)
  if (key !== 'if' || !start) return []
  const detail = `\`${excerpt(text)}\` has a value that begins with \`!\`, which starts a tag in YAML, so the condition is lost`
  const column = start.index + start[0].length + 1
  return [{ problem: 'reserved-start', detail, span: lineSpan(lines, line), key, quickFix: quoteRest(text, column) }]
}

function plainProblem(
  value: Value,
  quotes: ReadonlyMap<string, Value>,
  gone: ReadonlyMap<string, Value>,
  reader: Reader,
  lines: LineIndex,
): Problem | undefined {
  if (value.scalar.type !== 'PLAIN') return undefined
  return (
    unquoted(value, quotes, reader, lines) ??
    cut(value, gone, lines) ??
    code(value, reader, lines) ??
    version(value, lines)
  )
}

/** The scalars of all documents with their paths; the items of a list share one path, so that they may move. */
async function valuesOf(source: Source, changed: Tester): Promise<readonly Value[]> {
  const { documents } = await yamlOf(source)
  if (documents.length > 500 || documents.some(({ errors }) => errors.length > 0)) return []
  const found: Value[] = []
  for (const [index, document] of documents.entries()) {
    if (!changed(document.range)) continue
    const place = { path: identity(document, index), key: '', object: objectOf(document) }
    walk(document.contents, place, 0, changed, value => found.push(value))
  }
  return found
}

function identity(document: Document.Parsed, index: number): string {
  const name = isMap(document.contents) ? document.getIn(['metadata', 'name']) : undefined
  return typeof name === 'string' ? `${String(document.get('kind'))}/${name}` : String(index)
}

function objectOf(document: Document.Parsed): string {
  const kind = isMap(document.contents) ? document.get('kind') : undefined
  return typeof kind === 'string' ? kind : ''
}

type Place = Pick<Value, 'path' | 'key' | 'object' | 'list'>

function walk(
  node: YamlNode | null,
  place: Place,
  depth: number,
  changed: Tester,
  onValue: (value: Value) => void,
): void {
  if (node === null || depth > deepest || isAlias(node)) return
  if (node.range && !changed(node.range)) return
  if (isScalar(node) && node.range) onValue({ ...place, scalar: node, range: node.range })
  if (isMap(node))
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '?'
      if (isNode(value)) {
        const { object } = place
        walk(value, { path: `${place.path}.${name}`, key: name, object }, depth + 1, changed, onValue)
      }
    }
  if (isSeq(node))
    for (const item of node.items)
      if (isNode(item)) walk(item, { ...place, path: `${place.path}[]`, list: node }, depth + 1, changed, onValue)
}

function unquoted(
  { path, key, scalar, range }: Value,
  quotes: ReadonlyMap<string, Value>,
  reader: Reader,
  lines: LineIndex,
): Problem | undefined {
  const text = scalar.source ?? ''
  const before = quotes.get(`${path}\n${text}`)
  if (!before) return undefined
  const now = resolvePlain(text, reader.typing)
  // A number or word that is written as it is read lost nothing: taking its quotes away is often the very point.
  if (now.type === 'string' || now.shown === text.toLowerCase()) return undefined
  const detail = `\`${text}\` lost its quotes and is now read as ${now.type === 'date' ? 'a date' : `\`${now.shown}\``} instead of the text "${text}"`
  const span = spanOf(lines, range[0], range[1])
  return {
    problem: 'type-changed',
    detail,
    span,
    key,
    from: text,
    to: now.type,
    reads: now.shown,
    quickFix: replaced(lines, range, quoted(text)),
  }
}

/** A value that ends at ` #`: what follows is a comment now. */
function cut(
  { path, key, scalar, range }: Value,
  gone: ReadonlyMap<string, Value>,
  lines: LineIndex,
): Problem | undefined {
  const old = gone.get(path)
  const text = scalar.source ?? ''
  // A value that is missing begins behind the blanks.
  const end = text === '' ? range[1] - 1 : range[1]
  const rest = /^[ \t]+#[^\n]*/.exec(lines.text.slice(end, end + 400))?.[0].trimEnd() ?? ''
  const written = { key, text, rest, before: old && String(old.scalar.value) }
  if (!isCut(written)) return undefined
  const start = text === '' ? range[1] : range[0]
  return {
    problem: 'type-changed',
    detail: cutDetail(written),
    span: spanOf(lines, start, end + rest.length),
    key,
    ...(written.before === undefined ? {} : { from: written.before }),
    to: text === '' ? 'null' : 'string',
    reads: text === '' ? 'null' : text,
    quickFix: replaced(lines, [start, end + rest.length], quoted(`${text}${text === '' ? rest.trim() : rest}`)),
  }
}

/** `- NO` among `- SE` and `- DK`: a boolean in a list of codes. */
function code({ key, scalar, range, list }: Value, reader: Reader, lines: LineIndex): Problem | undefined {
  const text = scalar.source ?? ''
  const others = (list?.items ?? []).flatMap(item => (isScalar(item) && item !== scalar ? [String(item.value)] : []))
  const pattern = /^[A-Z]{2}$/.test(text) ? /^[A-Z]{2}$/ : /^[a-z]{2}$/.test(text) ? /^[a-z]{2}$/ : undefined
  const now = resolvePlain(text, reader.typing)
  if (now.type !== 'bool' || pattern === undefined || others.length < 2) return undefined
  if (others.length + 1 !== list?.items.length || !others.every(other => pattern.test(other))) return undefined
  if (others.some(other => resolvePlain(other, reader.typing).type !== 'string')) return undefined
  return {
    problem: 'type-changed',
    detail: `\`${text}\` is read as \`${now.shown}\`, while the other items of this list are texts`,
    span: spanOf(lines, range[0], range[1]),
    key,
    to: 'bool',
    reads: now.shown,
    quickFix: replaced(lines, range, quoted(text)),
  }
}

/** `python-version: 3.10`: a number, and the number is 3.1. */
function version({ key, scalar, range }: Value, lines: LineIndex): Problem | undefined {
  const text = scalar.source ?? ''
  if (
    !/^\d{1,3}\.\d*[1-9]0$/.test(text) ||
    !/(^|[-_])versions?$|[a-z]Versions?$/i.test(key) ||
    /^(api|schema|spec)[-_]?version$/i.test(key)
  )
    return undefined
  const reads = String(Number(text))
  const detail = `\`${key}: ${text}\` is a number in YAML, so version ${reads} is meant to the reader`
  const span = spanOf(lines, range[0], range[1])
  return {
    problem: 'version-number',
    detail,
    span,
    key,
    to: 'number',
    reads,
    quickFix: replaced(lines, range, quoted(text)),
  }
}

/** The line with other text in place of a range of it. */
function replaced(lines: LineIndex, range: readonly [number, number, ...number[]], by: string): string {
  const line = lineAt(lines, range[0])
  const text = lineText(lines, line)
  const start = lines.starts[line - 1] ?? 0
  return text.slice(0, range[0] - start) + by + text.slice(range[1] - start)
}
