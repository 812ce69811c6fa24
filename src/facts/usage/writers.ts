import type { Change } from '../../change/types.ts'
import { byHand, isCode, largest, likeliest } from './search.ts'
import { type Words, wordsOf } from './target.ts'

const mostFiles = 1500
const longestMs = 1000
const mostTables = 10
const mostPlaces = 3

/**
 * Where the code after the change writes to each of the tables, as `path:line`, one place of a file and at most three
 * of a table. Stops after 1,500 files or a second: what is found is an example, not a list.
 */
export async function writersOf(
  tables: ReadonlyMap<string, string>,
  change: Change,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>()
  const wanted = [...tables].slice(0, mostTables).map(([table, framework]) => {
    const words = wordsOf({ table, framework, renamed: false })
    found.set(table, [])
    return { table, words, writes: writesOf(words) }
  })
  if (wanted.length === 0) return found
  const stopAt = performance.now() + longestMs
  const paths = (await change.trees.head.list()).filter(path => isCode(path) && !byHand.test(path))
  const names = wanted.map(({ words }) => words)
  for (const path of likeliest(paths, names).slice(0, mostFiles)) {
    const open = wanted.filter(({ table }) => (found.get(table)?.length ?? 0) < mostPlaces)
    if (open.length === 0 || performance.now() > stopAt) break
    const text = await change.trees.head.read(path)
    if (text === undefined || text.length > largest) continue
    for (const { table, writes } of open) {
      const line = firstWrite(text, writes)
      if (line !== undefined) found.get(table)?.push(`${path}:${line}`)
    }
  }
  return found
}

/** Number of the first line that writes, comments aside. */
function firstWrite(text: string, writes: readonly RegExp[]): number | undefined {
  const places = writes.flatMap(pattern => {
    for (const { index } of text.matchAll(pattern)) if (!isComment(text, index)) return [index]
    return []
  })
  if (places.length === 0) return undefined
  return text.slice(0, Math.min(...places)).split('\n').length
}

function isComment(text: string, at: number): boolean {
  return /^\s*(#|\/\/|\*|--|\/\*|<!--)/.test(text.slice(text.lastIndexOf('\n', at) + 1, at + 1))
}

const anyOf = (names: readonly string[]): string =>
  names.length === 0 ? '(?!)' : `(?:${names.map(name => name.replace(/\W/g, '\\$&')).join('|')})`

/** Calls of an object-relational mapper that write rows. */
const verbs =
  '(?:create!?|create_or_find_by!?|find_or_create_by!?|first_or_create!?|insert!?|insert_all!?|upsert|upsert_all|update|update!|update_all|update_by|delete|delete_all|destroy|destroy_all|destroy_by|bulk_create|bulk_update|bulk_insert_mappings|get_or_create|update_or_create|bulkCreate|insertMany|createMany|updateMany|deleteMany|findOrCreate|increment|decrement|import|import!)'

/** Writes to a table: in SQL, through a query builder, through the class of its model, or through a repository of it. */
function writesOf({ table, classes }: Words): readonly RegExp[] {
  const name = table.replace(/\W/g, '\\$&')
  const quoted = `(?:["\`[]?\\w+["\`\\]]?\\.)?["\`[]?${name}(?![\\w$])["\`\\]]?`
  const model = anyOf(classes)
  const small = anyOf(classes.map(item => item.replace(/^[A-Z]/, letter => letter.toLowerCase())))
  const camelTable = table.replace(/_+([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase())
  const sql = [
    `\\b(?:insert\\s+(?:ignore\\s+)?into|replace\\s+into|merge\\s+into|delete\\s+from)\\s+${quoted}`,
    `\\bupdate\\s+(?:only\\s+)?${quoted}\\s+(?:as\\s+\\w+\\s+|\\w+\\s+)?set\\b`,
  ]
  const code = [
    `(?<![\\w$.])${model}(?:\\.(?!new\\b)\\w+[!?]?(?:\\([^()\\n]*\\))?){0,4}\\.${verbs}(?![\\w$])`,
    `(?<![\\w$])${model}::(?:\\w+\\([^()\\n]*\\)->){0,4}${verbs}(?![\\w$])`,
    `\\bDB::table\\(\\s*["']${name}["']\\s*\\)(?:\\s*->\\w+\\([^()]*\\)){0,4}\\s*->(?:insert|update|upsert|delete|increment)\\w*\\(`,
    `(?<![\\w$])(?:prisma|db|tx|trx|client|ctx\\.\\w+)\\.${small}\\.(?:create|update|upsert|delete)\\w*\\(`,
    `\\b(?:insertInto|updateTable|deleteFrom|into)\\(\\s*["'\`](?:\\w+\\.)?${name}["'\`]`,
    `\\b(?:knex|db|trx|tx)\\(\\s*["'\`]${name}["'\`]\\s*\\)(?:\\s*\\.(?!select\\b)\\w+\\([^()]*\\)){0,3}\\s*\\.(?:insert|update|upsert|delete|del|increment)\\(`,
    `\\.(?:insert|update|delete)\\(\\s*(?:\\w+\\.)?(?:${camelTable}|${small})(?:Table)?\\s*\\)`,
    `(?<![\\w$])${small}s?(?:Repository|Repo)\\.(?:save|insert|update|upsert|delete|remove|softDelete|softRemove)\\(`,
  ]
  return [new RegExp(sql.join('|'), 'gi'), new RegExp(code.join('|'), 'g')]
}
