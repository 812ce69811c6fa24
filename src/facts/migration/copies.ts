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
    const lines = texts.filter(text => text.length < 400_000).map(text => linesNaming(text, column))
    const to = candidates.find(name => lines.some(own => assigns(own, name, column)))
    if (to !== undefined) copied.set(`${table}.${column}`, to)
  }
  return copied
}

const linesNaming = (text: string, name: string): readonly string[] =>
  text.split('\n').filter(line => line.length < 2000 && namesIt(line, name))

const namesIt = (text: string, name: string): boolean => text.toLowerCase().includes(name.toLowerCase())

/** `SET new = old`, `u.new = u.old`, `'new' => $user->old`, `update(new=F("old"))`, in whatever language, on one line. */
function assigns(lines: readonly string[], to: string, from: string): boolean {
  const [target, source] = [to, from].map(name => name.replace(/\W/g, '\\$&'))
  const line = new RegExp(`(?<!\\w)${target}["'\`\\])]*\\s*(=>|=|:|,)(?!=)[^\\n]*?(?<!\\w)${source}(?!\\w)`, 'i')
  return lines.some(one => namesIt(one, to) && line.test(one))
}

/** The fact with the column that takes over what a dropped one held. */
export function withCopy(fact: MigrationFact, copied: ReadonlyMap<string, string>): MigrationFact {
  const copiedTo = fact.operation === 'drop-column' ? copied.get(`${fact.table}.${fact.column}`) : undefined
  return copiedTo === undefined ? fact : { ...fact, copiedTo }
}
