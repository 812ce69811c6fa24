import {
  type Plain,
  type PlainEntry,
  type PlainMap,
  type PlainScalar,
  scalarOf,
  textAt,
  valueAt,
} from '../../artifact/plain.ts'
import { quantityOf } from './quantity.ts'

/** Keys below which a command line stands. */
const commandKeys: readonly string[] = ['command', 'args', 'entrypoint', 'ExecStart']
/** Variables that a runtime reads like a command line. */
const optionVariable = /_(OPTS|OPTIONS|ARGS|FLAGS)$/

/**
 * The object with its command lines read as settings: beside `args: ["--maxmemory", "4gb"]` stands
 * `args flags: { maxmemory: 4gb }`, beside `JAVA_OPTS: -Xmx1g` stands `JAVA_OPTS flags: { Xmx: 1g }`.
 * Beside the heap stands its share of the memory that the container may use, in percent.
 */
export function withFlags(node: Plain, memory?: number): Plain {
  if (node.type === 'list') {
    const items = node.items.map(item => withFlags(item, memory))
    return items.every((item, index) => item === node.items[index]) ? node : { ...node, items }
  }
  if (node.type === 'scalar') return node
  const entries: PlainEntry[] = []
  const within = memoryOf(node) ?? memory
  let same = true
  for (const entry of node.entries) {
    const value = withFlags(entry.value, within)
    entries.push(value === entry.value ? entry : { ...entry, value })
    const flags = isCommandLine(node, entry.key) ? flagsOf(entry, within) : undefined
    if (flags) entries.push(flags)
    if (flags || value !== entry.value) same = false
  }
  return same ? node : { ...node, entries }
}

/** Bytes that a container may use, where it says so. */
function memoryOf(container: PlainMap): number | undefined {
  const limit =
    valueAt(container, 'resources', 'limits', 'memory') ??
    valueAt(container, 'mem_limit') ??
    valueAt(container, 'deploy', 'resources', 'limits', 'memory')
  if (limit?.type !== 'scalar') return undefined
  const found = quantityOf(limit, 'memory')
  return found && found.number > 0 && ['bytes', 'none'].includes(found.unit) ? found.number : undefined
}

/** Node counts its heap in mebibytes, a JVM says its unit; both mean powers of two. */
function heapBytes({ key, value }: PlainEntry): number {
  const [, digits, unit = ''] = /^(\d+)([kmgt]?)$/i.exec(value.type === 'scalar' ? value.text : '') ?? []
  const power = key === 'Xmx' ? 'kmgt'.indexOf(unit.toLowerCase() || '-') + 1 : 2
  return digits === undefined ? 0 : Number(digits) * 1024 ** power
}

function isCommandLine(owner: PlainMap, key: string): boolean {
  if (commandKeys.includes(key) || optionVariable.test(key)) return true
  return key === 'value' && optionVariable.test(textAt(owner, 'name') ?? '')
}

interface Word {
  readonly text: string
  readonly from: PlainScalar
}

function flagsOf({ key, keySpan, value }: PlainEntry, memory: number | undefined): PlainEntry | undefined {
  const scalars = value.type === 'list' ? value.items : [value]
  const words = scalars.flatMap(item => (item.type === 'scalar' && !item.expression ? wordsOf(item, scalars) : []))
  const found = new Map<string, PlainEntry>()
  for (const [index, { text, from }] of words.entries()) {
    const [name, raw] = flagOf(text, words[index - 1]?.text, words[index + 1]?.text)
    if (name === undefined || raw === undefined) continue
    const where = from.span.endLine === from.span.line ? from.span : keySpan
    found.set(name, { key: name, keySpan: where, value: scalarOf(literal(raw), raw, where) })
  }
  const heap = found.get('Xmx') ?? found.get('max-old-space-size') ?? found.get('max_old_space_size')
  const share = heap && memory ? heapBytes(heap) / memory : 0
  if (heap && share > 0) {
    const percent = Math.round(share * 100)
    const text = `${heap.value.type === 'scalar' ? heap.value.text : ''} (${percent} % of the limit)`
    found.set('heap share', { ...heap, key: 'heap share', value: scalarOf(percent, text, heap.keySpan) })
  }
  if (found.size === 0) return undefined
  return { key: `${key} flags`, keySpan, value: { type: 'map', span: value.span, entries: [...found.values()] } }
}

/** An argument of a list is one word; a text is many, and so is what is handed to a shell. */
function wordsOf(item: PlainScalar, all: readonly Plain[]): readonly Word[] {
  const alone = all.length === 1 || /^(-\w*c|&&)$/.test(scalarBefore(item, all))
  const texts = alone ? item.text.split(/\s+/).map(word => word.replace(/^["']|["']$/g, '')) : [item.text]
  return texts.filter(text => text !== '').map(text => ({ text, from: item }))
}

function scalarBefore(item: Plain, all: readonly Plain[]): string {
  const before = all[all.indexOf(item) - 1]
  return before?.type === 'scalar' ? before.text : ''
}

function flagOf(word: string, before = '', next = ''): readonly (string | undefined)[] {
  const memory = /^-(Xm[xsn]|Xss)(\d+\w?)$/.exec(word)
  if (memory) return [memory[1], memory[2]]
  const joined = /^(?:-D|--?(?:XX:)?)([A-Za-z][\w.:-]*)=(\S+)$/.exec(word)
  if (joined) return [joined[1], joined[2]]
  const option = /^([A-Za-z][\w.-]*)=(\S+)$/.exec(word)
  if (option && /^(-c|-o|-E|--set|--config)$/.test(before)) return [option[1], option[2]]
  const long = /^--([A-Za-z][\w.-]+)$/.exec(word)
  return long && next !== '' && !next.startsWith('-') ? [long[1], next] : []
}

function literal(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}
