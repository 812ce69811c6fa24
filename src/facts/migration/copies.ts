import type { MigrationFact } from './fact.ts'
import type { Operation } from './operation.ts'

/** What one file of the change does, with its text. */
interface Written {
  readonly text: string
  readonly operations: readonly Operation[]
}

const mostPairs = 200

/** Columns that the change drops after it has filled one that it adds from them: `table.old` to the new column. */
export function copiedColumns(files: readonly Written[]): ReadonlyMap<string, string> {
  const copied = new Map<string, string>()
  const operations = files.flatMap(file => file.operations)
  const dropped = operations.flatMap(item => (item.op === 'drop-column' ? [item] : [])).slice(0, mostPairs)
  if (dropped.length === 0) return copied
  const added = new Map<string, string[]>()
  for (const item of operations)
    if (item.op === 'add-column') added.set(item.table, [...(added.get(item.table) ?? []), item.column.name])
  const fills = new Map<string, Set<string>>()
  for (const { text, operations: own } of files)
    for (const item of own)
      if (item.op === 'update-rows') fills.set(item.table, (fills.get(item.table) ?? new Set()).add(text))
  for (const { table, column } of dropped) {
    const candidates = (added.get(table) ?? []).slice(0, mostPairs)
    const texts = candidates.length === 0 ? [] : [...(fills.get(table) ?? [])].filter(text => namesIt(text, column))
    const to = candidates.find(name => texts.some(text => assigns(text, name, column)))
    if (to !== undefined) copied.set(`${table}.${column}`, to)
  }
  return copied
}

const namesIt = (text: string, name: string): boolean => text.toLowerCase().includes(name.toLowerCase())

/** `SET new = old`, `u.new = u.old`, `'new' => $user->old`, `update(new=F("old"))`, in whatever language, on one line. */
function assigns(text: string, to: string, from: string): boolean {
  if (text.length >= 400_000 || !namesIt(text, to) || !namesIt(text, from)) return false
  const [target, source] = [to, from].map(name => name.replace(/\W/g, '\\$&'))
  const line = new RegExp(`(?<!\\w)${target}["'\`\\])]*\\s*(=>|=|:|,)(?!=)[^\\n]*?(?<!\\w)${source}(?!\\w)`, 'i')
  return linesOf(text).some(one => one.length < 2000 && namesIt(one, from) && line.test(one))
}

let last: { readonly text: string; readonly lines: readonly string[] } = { text: '', lines: [] }

/** The lines of the text that was asked for last: the same few are asked for again and again. */
function linesOf(text: string): readonly string[] {
  if (last.text !== text) last = { text, lines: text.split('\n') }
  return last.lines
}

/** The fact with the column that takes over what a dropped one held. */
export function withCopy(fact: MigrationFact, copied: ReadonlyMap<string, string>): MigrationFact {
  const copiedTo = fact.operation === 'drop-column' ? copied.get(`${fact.table}.${fact.column}`) : undefined
  return copiedTo === undefined ? fact : { ...fact, copiedTo }
}
