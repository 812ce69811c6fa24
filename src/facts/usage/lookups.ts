import type { Change } from '../../change/types.ts'
import { withoutProse } from './prose.ts'
import { flat, queriesIn } from './query.ts'
import { isCode, largest, likeliest } from './search.ts'
import { wordsOf } from './target.ts'

/** The only index of a table that begins with a column. */
export interface LostIndex {
  readonly table: string
  readonly framework: string
  readonly column: string
  /** First columns of the indexes that stay: a query that asks for one of them too goes by that. */
  readonly leaders: readonly string[]
}

const mostFiles = 2500
const longestMs = 1500
const mostPlaces = 3

/** Where the code after the change looks rows up by the column of each index, as `path:line`, one place of a file. */
export async function lookupsOf(
  lost: readonly LostIndex[],
  change: Change,
): Promise<ReadonlyMap<LostIndex, readonly string[]>> {
  const found = new Map<LostIndex, string[]>()
  if (lost.length === 0) return found
  const wanted = lost.map(index => {
    const { table, framework, column, leaders } = index
    const words = wordsOf({ table, framework, renamed: false })
    const names = [table.slice(table.lastIndexOf('.') + 1), ...words.classes].map(name => name.toLowerCase())
    return { index, words, names, column: flat(column), leaders: new Set(leaders.map(flat)) }
  })
  const stopAt = performance.now() + longestMs
  const paths = likeliest(
    (await change.trees.head.list()).filter(isCode),
    wanted.map(({ words }) => words),
  )
  for (const path of paths.slice(0, mostFiles)) {
    if (performance.now() > stopAt) break
    const open = wanted.filter(({ index }) => (found.get(index)?.length ?? 0) < mostPlaces)
    if (open.length === 0) break
    const text = await change.trees.head.read(path)
    if (text === undefined || text.length > largest) continue
    const lower = text.toLowerCase()
    const bare = lower.replaceAll('_', '')
    for (const { index, words, names, column, leaders } of open) {
      if (!bare.includes(column) || !names.some(name => lower.includes(name))) continue
      const query = queriesIn(path, withoutProse(path, text.split('\n')), words).find(
        ({ filters }) => filters.has(column) && ![...filters].some(name => leaders.has(name)),
      )
      if (query !== undefined) found.set(index, [...(found.get(index) ?? []), `${path}:${query.line}`])
    }
  }
  return found
}
