import { documentsOf } from '../../artifact/documents.ts'
import type { Plain } from '../../artifact/plain.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import { lineSpan, lineText, type Span } from '../../text/lines.ts'
import { eachNode } from '../leaves.ts'
import { actionOf, namesException } from './names.ts'

export interface ListEntry {
  readonly text: string
  readonly span: Span
}

/** A flat list of patterns. */
export interface PatternList {
  /** Equal for the same list at base and head. */
  readonly id: string
  readonly name: string
  readonly action: 'deny' | 'allow'
  readonly entries: readonly ListEntry[]
  readonly exceptions: boolean
}

/** Most lines of a list that are read. */
const mostLines = 500_000

/** The lists of one side of a file; undefined when it cannot be read. */
export async function listsOf(artifact: Artifact, side: Side): Promise<readonly PatternList[] | undefined> {
  const source = artifact[side]
  if (source === undefined) return []
  if (artifact.language === 'lines') return artifact.kind === 'list' ? lineList(source) : []
  const documents = await documentsOf(source, artifact.language)
  if (documents === undefined) return undefined
  const lists: PatternList[] = []
  eachNode(documents, (node, keys, owner) => {
    const entries = entriesOf(node)
    if (entries === undefined) return
    // The name of the list, or of the block that it is the value of: `variable "blocked_ips" { default = [] }`.
    const own = keys.slice(-1)
    const names = /^(default|value|values|items|entries|list|elements|cidrs?|paths?|hosts?)$/i.test(own[0] ?? '')
      ? keys.slice(-2)
      : own
    const action = actionOf(names)
    if (action === undefined) return
    const others = owner?.entries.filter(entry => entry.value !== node).map(entry => entry.key) ?? []
    lists.push({
      id: keys.join('\n'),
      name: names.join('.'),
      action,
      entries,
      exceptions: action === 'deny' && namesException([...others, ...keys.slice(0, -1)]),
    })
  })
  return lists
}

function entriesOf(node: Plain): readonly ListEntry[] | undefined {
  if (node.type !== 'list' || node.items.length === 0) return undefined
  const entries = node.items.flatMap(item =>
    item.type === 'scalar' && item.expression === undefined && typeof item.value === 'string'
      ? [{ text: item.text, span: item.span }]
      : [],
  )
  return entries.length === node.items.length ? entries : undefined
}

function lineList(source: Source): readonly PatternList[] {
  const name = source.path.slice(source.path.lastIndexOf('/') + 1)
  if (/^robots\.txt$/i.test(name)) return []
  const action = actionOf([name]) ?? actionOf(source.path.split('/'))
  if (action === undefined) return []
  const entries: ListEntry[] = []
  const last = Math.min(source.lines.starts.length, mostLines)
  for (let line = 1; line <= last; line++) {
    const text = entryText(lineText(source.lines, line), name)
    if (text !== '') entries.push({ text, span: lineSpan(source.lines, line) })
  }
  return [{ id: 'file', name, action, entries, exceptions: false }]
}

/** The pattern on a line, without comment, hosts-file address and further columns. */
function entryText(line: string, name: string): string {
  const text = line.trim()
  if (/^(#|;|\/\/|!|--|\[)/.test(text)) return ''
  const first = /\.csv$/i.test(name) ? (text.split(',')[0] ?? '') : text.replace(/\s+(#|\/\/).*$/, '')
  return first.replace(/^(0\.0\.0\.0|127\.0\.0\.1|::1?)\s+(?=\S)/, '').trim()
}
