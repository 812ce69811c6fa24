import { roleOf } from '../../artifact/classify.ts'
import type { Change } from '../../change/types.ts'
import { usesIn } from './lines.ts'
import { type Target, type Words, wordsOf } from './target.ts'

/** Where code names a column or table that the change takes away, as `path:line`. */
export interface Usage {
  /** Code that is there after the change. */
  readonly head: readonly string[]
  /** Code that the same change removes, and that runs until the deployment is through. */
  readonly base: readonly string[]
  /** A place of `head` says beyond doubt that it means this very table. */
  readonly certain: boolean
  /** All code was searched, there is code about the table, and none of it on either side uses what goes. */
  readonly unused: boolean
  /** A model leaves the column out by name at head, and did not at base. */
  readonly leftOutNow: boolean
}

export const noUsage: Usage = { head: [], base: [], certain: false, unused: false, leftOutNow: false }

const mostFiles = 3000
const longestMs = 2000
/** Longest file, in characters, that is looked through. */
export const largest = 400_000
const mostPlaces = 5
const mostSchemas = 40

const code =
  /\.(rb|erb|haml|slim|rake|jbuilder|py|js|mjs|cjs|jsx|ts|mts|tsx|vue|svelte|go|java|kt|kts|scala|php|rs|ex|exs|cs|sql|prisma|graphqls?|gql)$|(^|\/)metadata\/.*\.ya?ml$/
/** Where schema changes themselves and what is generated from them live. */
const aside =
  /(^|\/)([a-z_]*migrations?(_[a-z]+)?|db\/data|[a-z_]*migrate|alembic|deltas?|versions|locales?|lang|translations?|i18n|generated|__generated__|node_modules|vendor|static|public|assets|fixtures|seeds?|seeders|database\/factories|sorbet)\/|(^|\/)(schema\.rb|structure\.sql|schema\.sql|seeds?\.[a-z]+)$|\.(min|bundle|generated|gen|pb|d)\.[a-z]+$/

/** Scripts in SQL that somebody runs by hand, once; and the versions of views that Scenic keeps, most of which are past. */
const scripts =
  /(^|\/)(scripts?|dev|devops|tools?|ops|bin|sql|import|backups?)\/.*\.sql$|(^|\/)db\/(views|functions|triggers)\/\w+_v\d+\.sql$/
/** What somebody runs by hand: it breaks too, and no visitor sees it. */
export const byHand = /\.rake$|(^|\/)(scripts?|tools?|contrib|hack)\//
const browser =
  /(^|\/)(client|frontend|front|web|webapp|ui|components|pages|static|javascripts?|assets)\/.*\.(jsx?|tsx?|vue|svelte)$|\.(jsx|tsx|vue|svelte)$/

/** What is shown: `tableName="traces"` is the name of a table on the page. */
const pages = /\.(jsx|tsx|vue|svelte)$/

/** The file asks another kind of database as well, which may have a table of the same name. */
const elsewhereStored = /clickhouse|bigquery|snowflake|\bduckdb/i

/** Code that runs in production: neither tests, nor migrations, nor what is generated. */
export const isCode = (path: string): boolean =>
  code.test(path) && !aside.test(path) && !scripts.test(path) && roleOf(path) === 'live'

/**
 * Looks for uses of the targets in the code of both sides, reading each file once. Stops after 3,000 files or two
 * seconds: what is found is certain, what is not found is not.
 */
export async function usagesOf(targets: readonly Target[], change: Change): Promise<ReadonlyMap<string, Usage>> {
  const wanted = new Map(targets.slice(0, 60).map(target => [keyOf(target), wordsOf(target)]))
  const found = new Map<string, Found>()
  if (wanted.size === 0) return new Map()
  const elsewhere = await otherDatabases(targets, change)
  const changed = new Set(
    change.files.flatMap(({ path, basePath }) => (basePath === undefined ? [path] : [path, basePath])),
  )
  const stopAt = performance.now() + longestMs
  const note = (side: 'head' | 'base', path: string, text: string | undefined, onBoth = false): void => {
    if (text === undefined || text.length > largest) return
    for (const [key, words] of wanted) {
      if (!path.startsWith(elsewhere.get(key) ?? '')) continue
      const { uses, shadowed, replaced, leftOut, model, mentions, created } = usesIn(path, text, words)
      if (uses.length === 0 && !shadowed && !replaced && !leftOut && !mentions && !created) continue
      const usage = found.get(key) ?? {
        head: [],
        base: [],
        models: new Map<string, string>(),
        shadowed: false,
        replaced: false,
        mentioned: false,
        created: false,
        leftOut: { base: false, head: false },
      }
      usage.mentioned ||= mentions
      if (side === 'head') usage.created ||= created
      if (side === 'head') usage.replaced ||= replaced
      if (side === 'head' && model !== '') usage.models.set(path, model)
      found.set(key, usage)
      if (leftOut) usage.leftOut[side] = true
      if (leftOut && onBoth) usage.leftOut.base = true
      // Left out at base already: code that runs does not know the column, whatever else has the name.
      if ((shadowed && side === 'head') || leftOut) usage.shadowed = true
      // What a browser calls by the name comes from an API, which need not be the column.
      const apart = uses.length > 0 && (byHand.test(path) || pages.test(path) || elsewhereStored.test(text))
      for (const { line, certain } of uses.slice(0, 50))
        if (certain || side === 'base' || !browser.test(path))
          usage[side].push({ path, line, certain: certain && !apart })
    }
  }
  // Flyway runs its repeatable scripts behind the others.
  for (const path of (await change.trees.head.list()).filter(item => /(^|\/)R__[^/]+\.sql$/.test(item)).slice(0, 200))
    note('head', path, await change.trees.head.read(path))
  // The files of the change first: they are the likeliest, and the only ones that differ.
  for (const { path, basePath } of change.files) {
    if (basePath !== undefined && isCode(basePath)) note('base', basePath, await change.trees.base.read(basePath))
    if (isCode(path)) note('head', path, await change.trees.head.read(path))
  }
  const others = (await change.trees.head.list()).filter(path => isCode(path) && !changed.has(path))
  let complete = others.length <= mostFiles
  for (const path of likeliest(others, [...wanted.values()]).slice(0, mostFiles)) {
    if (performance.now() > stopAt) {
      complete = false
      break
    }
    note('head', path, await change.trees.head.read(path), true)
  }
  const usages = new Map([...found].map(([key, usage]) => [key, settled(usage, complete)]))
  for (const [key, { head, models }] of found) {
    const usage = usages.get(key)
    if (usage?.certain !== true || !complete || !head.every(({ path, certain }) => !certain || models.has(path)))
      continue
    if (await isLeftOver(models, wanted.get(key), change)) usages.set(key, { ...usage, certain: false })
  }
  // Code that uses a table names it, or its model by convention; a column may go by another name.
  for (const [key, { columns }] of wanted)
    if (columns.length === 0 && complete && others.length > 0 && !found.has(key))
      usages.set(key, { ...noUsage, unused: true })
  return usages
}

/**
 * In a repository of several databases, more than one can have a table of the name: then only the package that owns the
 * migration is about it. By target, the folder of that package.
 */
async function otherDatabases(targets: readonly Target[], { trees }: Change): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const owned = targets.filter(({ home = '' }) => home !== '')
  if (owned.length === 0) return found
  const schemas = (await trees.head.list()).filter(path => path.endsWith('.prisma')).slice(0, mostSchemas)
  for (const target of owned) {
    const { home = '', table } = target
    const name = table.slice(table.lastIndexOf('.') + 1).replace(/\W/g, '\\$&')
    const declares = new RegExp(`^\\s*model\\s+${name}\\s*\\{|@@map\\(\\s*(?:name:\\s*)?"${name}"`, 'm')
    for (const path of schemas)
      if (!path.startsWith(home) && declares.test((await trees.head.read(path)) ?? '')) found.set(keyOf(target), home)
  }
  return found
}

/** So much code that a model which none of it names is one that was forgotten. */
const muchCode = 30

/** Is a model still there that nothing names but what is run by hand? No visitor's request queries it any more. */
async function isLeftOver(
  models: ReadonlyMap<string, string>,
  words: Words | undefined,
  { trees }: Change,
): Promise<boolean> {
  const named = new RegExp(
    `\\b(?:${[...models.values(), words?.table ?? '', ...(words?.variables ?? [])].filter(name => name !== '').join('|')})\\b`,
  )
  const stopAt = performance.now() + longestMs / 2
  const others = (await trees.head.list()).filter(path => isCode(path) && !models.has(path))
  let somewhere = others.length > muchCode
  for (const path of [...others.filter(one => byHand.test(one)), ...others.filter(one => !byHand.test(one))]) {
    if (performance.now() > stopAt || (!somewhere && !byHand.test(path))) return false
    const text = await trees.head.read(path)
    if (text === undefined || !named.test(text)) continue
    if (!byHand.test(path)) return false
    somewhere = true
  }
  return somewhere
}

interface Place {
  readonly path: string
  readonly line: number
  readonly certain: boolean
}

interface Found {
  readonly head: Place[]
  readonly base: Place[]
  /** Files after the change that declare the model of a table, with the name of its class. */
  readonly models: Map<string, string>
  shadowed: boolean
  replaced: boolean
  mentioned: boolean
  /** Code after the change creates it outside of the migrations. */
  created: boolean
  readonly leftOut: { base: boolean; head: boolean }
}

const shown = (places: readonly Place[]): readonly string[] =>
  places.slice(0, mostPlaces).map(({ path, line }) => `${path}:${line}`)

/** What is certain comes first. Code at base counts as removed where none of the same file is left at head. */
function settled({ head, base, shadowed, replaced, mentioned, leftOut, created }: Found, complete: boolean): Usage {
  if (created) return noUsage
  const counted = replaced ? [] : shadowed ? head.filter(({ certain }) => certain) : head
  const sorted = [...counted.filter(({ certain }) => certain), ...counted.filter(({ certain }) => !certain)]
  const left = new Set((replaced ? counted : head).map(({ path }) => path))
  const gone = base.filter(({ path }) => !left.has(path) && !browser.test(path))
  const unused = complete && mentioned && head.length === 0 && base.length === 0
  return {
    head: shown(sorted),
    base: shown(gone),
    certain: sorted[0]?.certain === true,
    unused,
    leftOutNow: leftOut.head && !leftOut.base,
  }
}

export const keyOf = ({ table, column, object }: Pick<Target, 'table' | 'column' | 'object'>): string =>
  `${object ?? ''} ${table}.${column ?? ''}`

/** Files named after the table first, then folders where models and queries live. */
export function likeliest(paths: readonly string[], words: readonly Words[]): readonly string[] {
  const stems = words.flatMap(({ table, classes }) => [table, ...classes.map(name => name.toLowerCase())])
  const rank = (path: string): number => {
    const name = path
      .slice(path.lastIndexOf('/') + 1)
      .toLowerCase()
      .replaceAll('_', '')
    if (stems.some(stem => name.includes(stem.replaceAll('_', '')))) return 0
    return /(^|\/)(models?|entities|schema|repositor(y|ies)|queries|services?|api)(\/|\.)/i.test(path) ? 1 : 2
  }
  return paths
    .map(path => ({ path, rank: rank(path) }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ path }) => path)
}
