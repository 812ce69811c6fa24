import type { Change } from '../../change/types.ts'
import { isCode, largest, likeliest } from './search.ts'
import { wordsOf } from './target.ts'

/** A column that every INSERT has to name. */
export interface RequiredColumn {
  readonly table: string
  readonly column: string
  readonly framework: string
}

/** Places that insert without the column, as `path:line`: `base` those that the change takes away or mends. */
export interface Omissions {
  readonly head: readonly string[]
  readonly base: readonly string[]
}

const mostFiles = 3000
const longestMs = 1500
const mostColumns = 20
const mostPlaces = 3

/** Statements of SQL in the code that list the columns they insert, and leave a required one out. */
export async function insertsWithout(
  required: readonly RequiredColumn[],
  change: Change,
): Promise<ReadonlyMap<RequiredColumn, Omissions>> {
  const found = new Map<RequiredColumn, { head: string[]; base: string[] }>()
  const wanted = required.slice(0, mostColumns)
  if (wanted.length === 0) return found
  for (const one of wanted) found.set(one, { head: [], base: [] })
  const note = (side: 'head' | 'base', path: string, text: string | undefined): void => {
    if (text === undefined || text.length > largest) return
    // A script fills a new database, before this migration or after it; what runs with the application is a routine.
    if (path.endsWith('.sql') && !/\bcreate\s+(or\s+replace\s+)?(function|procedure|trigger)\b/i.test(text)) return
    for (const [one, places] of found)
      if (places[side].length < mostPlaces) places[side].push(...omitted(text, one).map(line => `${path}:${line}`))
  }
  for (const { path, basePath } of change.files) {
    if (basePath !== undefined && isCode(basePath)) note('base', basePath, await change.trees.base.read(basePath))
    if (isCode(path)) note('head', path, await change.trees.head.read(path))
  }
  const changed = new Set(change.files.map(({ path }) => path))
  const others = (await change.trees.head.list()).filter(path => isCode(path) && !changed.has(path))
  const stopAt = performance.now() + longestMs
  const words = wanted.map(({ table, framework }) => wordsOf({ table, framework, renamed: false }))
  for (const path of likeliest(others, words).slice(0, mostFiles)) {
    if (performance.now() > stopAt) break
    note('head', path, await change.trees.head.read(path))
  }
  return found
}

/** Lines of `INSERT INTO table (a, b) VALUES …` whose list of columns is written out and lacks the column. */
function omitted(text: string, { table, column }: RequiredColumn): readonly number[] {
  const own = table.slice(table.lastIndexOf('.') + 1)
  if (!text.includes(own)) return []
  const statement = new RegExp(
    `\\binsert\\s+into\\s+(?:["\`]?public["\`]?\\.)?["\`]?${own.replace(/\W/g, '\\$&')}["\`]?\\s*\\(([\\w\\s,"\`\\\\]+)\\)\\s*(?:overriding\\s+\\w+\\s+value\\s*)?(?:values|select)\\b`,
    'gi',
  )
  return [...text.matchAll(statement)].flatMap(({ index, 1: list = '' }) => {
    const line = text.slice(text.lastIndexOf('\n', index) + 1, index)
    if (/^\s*(#|\/\/|\*|--|\/\*|<!--)/.test(line)) return []
    const names = list.split(',').map(name => name.replace(/["`\\\s]/g, '').toLowerCase())
    return names.includes(column.toLowerCase()) ? [] : [text.slice(0, index).split('\n').length]
  })
}
