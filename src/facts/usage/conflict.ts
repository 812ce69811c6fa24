import { roleOf } from '../../artifact/classify.ts'
import type { Change } from '../../change/types.ts'
import { wordsOf } from './target.ts'
import { endOfStatement } from './use.ts'

/** An index or constraint that the change takes away. */
export interface DroppedIndex {
  readonly table: string
  /** Its name; empty where the migration tells none. */
  readonly name: string
  readonly columns: readonly string[]
  /** No other unique index on just these columns is left: an upsert finds no target. */
  readonly uniqueGone: boolean
}

const code = /\.(rb|py|[cm]?[jt]sx?|go|java|kt|php|rs|exs?|cs|scala|sql)$/
const aside =
  /(^|\/)([a-z_]*migrations?|[a-z_]*migrate|alembic|versions|generated|node_modules|vendor)\/|(^|\/)(structure|schema)\.(sql|rb)$/
const mostFiles = 3000
const longestMs = 1500
const largest = 400_000

/** Where the targets of an upsert stand: behind these words, in brackets or quotes. */
const target =
  /(?:\bon\s+conflict\s*\(|\bunique_by:\s*|\bindex_elements\s*=\s*|\bon_?conflict(?:DoUpdate|DoNothing)?\s*\(\s*|\bonConflict:\s*|\bunique_fields\s*=\s*|\bconflict_target:\s*|\btarget:\s*|\bconflictPaths:\s*)/gi

/** Places of the code after the change that cannot do without one of the indexes, by its table and name, as `path:line`. */
export async function indexUsesOf(
  dropped: readonly DroppedIndex[],
  change: Change,
): Promise<ReadonlyMap<DroppedIndex, readonly string[]>> {
  const found = new Map<DroppedIndex, string[]>()
  if (dropped.length === 0) return found
  const stopAt = performance.now() + longestMs
  const paths = (await change.trees.head.list()).filter(
    path => code.test(path) && !aside.test(path) && roleOf(path) === 'live',
  )
  for (const path of paths.slice(0, mostFiles)) {
    if (performance.now() > stopAt) break
    const text = await change.trees.head.read(path)
    if (text === undefined || text.length > largest) continue
    for (const one of dropped) {
      const lines = [...namedIn(text, one), ...targetsIn(text, one)]
      if (lines.length > 0)
        found.set(one, [...(found.get(one) ?? []), ...lines.map(line => `${path}:${line}`)].slice(0, 5))
    }
  }
  return found
}

/** Lines that name the index itself: a hint of MySQL, ON CONSTRAINT, `unique_by: :index_name`. */
function namedIn(text: string, { name }: DroppedIndex): readonly number[] {
  if (name.length < 4 || !text.includes(name)) return []
  const own = name.replace(/\W/g, '\\$&')
  const hint = new RegExp(
    `\\b(?:force|use)\\s+(?:index|key)\\s*(?:for\\s+\\w+(?:\\s+\\w+)?\\s*)?\\([^)]*\\b${own}\\b|\\bon\\s+constraint\\s+["\`]?${own}\\b|\\b(?:unique_by|constraint):\\s*[:"']${own}\\b|\\bconstraint\\s*=\\s*["']${own}["']|\\b(?:use_index|force_index|useIndex)\\(?\\s*[:"'\`]${own}\\b`,
    'i',
  )
  return text.split('\n').flatMap((line, at) => (hint.test(line) ? [at + 1] : []))
}

/** Lines with an upsert into the table whose target is just the columns of the index. */
function targetsIn(text: string, { table, columns, uniqueGone }: DroppedIndex): readonly number[] {
  if (!uniqueGone || columns.length === 0) return []
  const words = wordsOf({ table, framework: '', renamed: false })
  const about = new RegExp(`(?<![\\w])(?:${[words.table, ...words.classes].join('|')})(?![\\w])`, 'i')
  if (!about.test(text)) return []
  const wanted = [...columns].sort().join()
  const lines = text.split('\n')
  return [...text.matchAll(target)].flatMap(found => {
    const behind = text.slice(found.index + found[0].length, found.index + found[0].length + 200)
    if (
      columnsAt(behind, found[0].endsWith('(') && /conflict/i.test(found[0]))
        .sort()
        .join() !== wanted
    )
      return []
    const line = text.slice(0, found.index).split('\n').length
    const from = Math.max(0, line - 12)
    return about.test(lines.slice(from, endOfStatement(lines, line - 1) + 1).join('\n')) ? [line] : []
  })
}

/** The names in the brackets or quotes with which the text begins. */
function columnsAt(text: string, open: boolean): string[] {
  const list =
    open && !/^\s*[[{'"]/.test(text)
      ? /^([^)]*)\)/.exec(text)?.[1]
      : (/^\s*[[({]([^\])}]*)[\])}]/.exec(text)?.[1] ?? /^\s*:?["'`]?([\w., ]+)/.exec(text)?.[1])
  return (list ?? '')
    .replace(/\b(target|columns)\s*:/g, '')
    .split(',')
    .map(item => /([A-Za-z_]\w*)\W*$/.exec(item.trim())?.[1] ?? '')
    .filter(item => item !== '')
    .map(item => item.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase())
}
