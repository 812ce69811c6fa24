import type { XmlCdata, XmlText } from '@rgrove/parse-xml'
import { documentsOf } from '../../../artifact/documents.ts'
import type { Plain, PlainEntry, PlainScalar } from '../../../artifact/plain.ts'
import type { Source } from '../../../artifact/types.ts'
import { isElement, type XmlElement, xmlOf } from '../../../artifact/xml.ts'
import { type LineIndex, lineText, offsetAt, type Span, spanOf } from '../../../text/lines.ts'

/** A value of a changelog; `place` gives the place of the character at an offset of `text`. */
export interface Words {
  readonly text: string
  readonly span: Span
  readonly place: (offset: number) => Span
}

/** An element of an XML changelog, or the entry of a YAML or JSON one that stands for it. */
export interface Entry {
  readonly name: string
  readonly span: Span
  /** Scalars by name; the text of an XML element as '' . */
  readonly values: ReadonlyMap<string, Words>
  readonly children: readonly Entry[]
}

/** The outermost entry of a changelog, or why it cannot be read. */
export async function changelogOf(source: Source): Promise<Entry | { readonly error: string }> {
  if (source.path.endsWith('.xml')) {
    const file = await xmlOf(source)
    return 'error' in file ? file : fromXml(file.root, source.lines, 0)
  }
  const documents = await documentsOf(source, source.path.endsWith('.json') ? 'json' : 'yaml')
  const root = documents?.[0]?.root
  if (root === undefined) return { error: 'the file cannot be parsed' }
  const entry =
    root.type === 'map' ? root.entries.find(({ key }) => key.toLowerCase() === 'databasechangelog') : undefined
  return entry === undefined ? { error: 'there is no changelog in it' } : fromPlain(entry, source.lines)
}

const deepest = 60

function fromXml(element: XmlElement, lines: LineIndex, depth: number): Entry {
  const span = spanOf(lines, element.start, element.end)
  const values = new Map<string, Words>()
  for (const [name, text] of Object.entries(element.attributes)) values.set(name, { text, span, place: () => span })
  const own = element.children.filter(
    (node): node is XmlText | XmlCdata => node.type === 'text' || node.type === 'cdata',
  )
  if (own.some(({ text }) => text.trim() !== '')) values.set('', xmlText(own, span, lines))
  const children =
    depth > deepest ? [] : element.children.filter(isElement).map(child => fromXml(child, lines, depth + 1))
  return { name: element.name.slice(element.name.indexOf(':') + 1), span, values, children }
}

/** The text of an element in its pieces, each of which knows where it stands unless entities have moved it. */
function xmlText(nodes: readonly (XmlText | XmlCdata)[], whole: Span, lines: LineIndex): Words {
  const pieces: { readonly from: number; readonly offset?: number }[] = []
  let text = ''
  for (const node of nodes) {
    const offset = node.start + (node.type === 'cdata' ? '<![CDATA['.length : 0)
    const asWritten = lines.text.startsWith(node.text, offset)
    pieces.push({ from: text.length, ...(asWritten ? { offset } : {}) })
    text += node.text
  }
  const place = (at: number): Span => {
    const piece = pieces.findLast(({ from }) => from <= at)
    if (piece?.offset === undefined) return whole
    const offset = piece.offset + at - piece.from
    return spanOf(lines, offset, offset + 1)
  }
  return { text, span: whole, place }
}

function fromPlain({ key, keySpan, value }: PlainEntry, lines: LineIndex): Entry {
  const values = new Map<string, Words>()
  const children: Entry[] = []
  if (value.type === 'scalar') values.set('', plainWords(value, lines))
  else
    for (const entry of entriesBelow(value)) {
      if (entry.value.type === 'scalar') values.set(entry.key, plainWords(entry.value, lines))
      else children.push(fromPlain(entry, lines))
    }
  const { endLine, endColumn } = value.span
  const ends = endLine > keySpan.endLine || (endLine === keySpan.endLine && endColumn > keySpan.endColumn)
  return { name: key, span: ends ? { ...keySpan, endLine, endColumn } : keySpan, values, children }
}

/** Lists of one-entry maps (`- column: {…}`) are what elements are in XML. */
function entriesBelow(value: Plain): readonly PlainEntry[] {
  if (value.type === 'map') return value.entries
  return value.type === 'list' ? value.items.flatMap(item => (item.type === 'map' ? item.entries : [])) : []
}

function plainWords({ span, text }: PlainScalar, lines: LineIndex): Words {
  const start = offsetAt(lines, span.line, span.column)
  const quote = /["']/.test(lines.text.charAt(start)) ? 1 : 0
  if (lines.text.startsWith(text, start + quote))
    return { text, span, place: at => spanOf(lines, start + quote + at, start + quote + at + 1) }
  // A block scalar: every line of the text is one of the file, indented.
  if (lines.text.charAt(start) !== '|') return { text, span, place: () => span }
  const rows = text.split('\n')
  const first = rows.findIndex(row => row !== '')
  const column = lineText(lines, span.line + 1 + first).indexOf(rows[first] ?? '')
  const place = (at: number): Span => {
    const before = text.slice(0, at)
    const row = before.split('\n').length - 1
    const inRow = at - (before.lastIndexOf('\n') + 1)
    const line = span.line + 1 + row
    const from = { line, column: column + 1 + inRow }
    return { ...from, endLine: line, endColumn: from.column + 1 }
  }
  return column < 0 ? { text, span, place: () => span } : { text, span, place }
}
