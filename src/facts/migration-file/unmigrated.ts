import { roleOf } from '../../artifact/classify.ts'
import type { Tree } from '../../change/types.ts'
import type { FactContext } from '../types.ts'
import { blank } from './blank.ts'
import { type Declared, declaredIn } from './declared.ts'
import type { MigrationFileFact } from './fields.ts'
import { modelPath } from './paths.ts'

const mostMigrations = 3000
const longestMs = 1500
const largest = 400_000

/** Columns that a model gains although no migration, old or new, names them on its table. */
export async function unmigratedFacts({ change }: FactContext): Promise<readonly MigrationFileFact[]> {
  const gained: (Declared & { readonly path: string })[] = []
  const kept = new Set<string>()
  for (const file of change.files) {
    if (!modelPath.test(file.path) || roleOf(file.path) !== 'live' || /(^|\/)[a-z_]*migrations?\//.test(file.path))
      continue
    const head = await change.trees.head.read(file.path)
    const base = file.basePath === undefined ? '' : await change.trees.base.read(file.basePath)
    if (head === undefined || base === undefined || head.length > largest) continue
    for (const one of declaredIn(file.basePath ?? file.path, base)) kept.add(keyOf(one))
    gained.push(...declaredIn(file.path, head).map(one => ({ ...one, path: file.path })))
  }
  const fresh = gained.filter(one => !kept.has(keyOf(one)))
  if (fresh.length === 0) return []
  // A project that declares its schema as a whole compares that with the database instead of writing migrations.
  const declared: string[] = []
  for (const { path } of change.files)
    if (/\.(sql|hcl)$/.test(path)) declared.push((await change.trees.head.read(path)) ?? '')
  const paths = await change.trees.head.list()
  const facts: MigrationFileFact[] = []
  const stopAt = performance.now() + longestMs
  for (const [folder, columns] of byFolder(fresh, paths)) {
    const texts = await migrationsOf(folder, paths, change.trees.head, stopAt)
    if (texts === undefined) continue
    for (const column of columns)
      if (isForgotten(column, texts) && !declared.some(text => namesBoth(column, text))) facts.push(factOf(column))
  }
  return facts
}

const keyOf = ({ table, column, framework }: Declared): string => `${framework} ${table}.${column}`

function factOf(column: Declared & { readonly path: string }): MigrationFileFact {
  const { path, line, framework, table } = column
  return {
    ...blank,
    path,
    span: { line, column: 1, endLine: line, endColumn: 200 },
    problem: 'not-migrated',
    framework,
    what: `${table}.${column.column}`,
  }
}

/** Migrations know the table, and none of them the column. */
function isForgotten({ table, aliases, column }: Declared, texts: readonly string[]): boolean {
  const about = texts.filter(text => [table, ...aliases].some(name => hasWord(text, name)))
  // Names built at run time cannot be looked for.
  return about.length > 0 && !texts.some(text => hasWord(text, column))
}

const namesBoth = ({ table, aliases, column }: Declared, text: string): boolean =>
  hasWord(text, column) && [table, ...aliases].some(name => hasWord(text, name))

const hasWord = (text: string, word: string): boolean =>
  text.includes(word) && new RegExp(`(?<![\\w])${word}(?![\\w])`, 'i').test(text)

type Column = Declared & { readonly path: string }

/** Where the migrations of each column's framework live. */
function byFolder(columns: readonly Column[], paths: readonly string[]): ReadonlyMap<string, readonly Column[]> {
  const found = new Map<string, Column[]>()
  // The tree has many thousand paths and a large change many columns: each framework looks through it once.
  const known = new Map<Column['framework'], readonly string[]>()
  for (const column of columns) {
    const folders = known.get(column.framework) ?? foldersOf(column.framework, paths)
    known.set(column.framework, folders)
    const folder = nearest(column, folders)
    if (folder !== undefined) found.set(folder, [...(found.get(folder) ?? []), column])
  }
  return found
}

const folderPatterns = {
  prisma: /^(.*\/)?migrations\/\d{14}_[^/]+\/migration\.sql$/,
  drizzle: /^(.*\/)?[^/]+\/meta\/_journal\.json$/,
  django: /^(.*\/)?migrations\/0001_[^/]*\.py$/,
  sqlalchemy: /^(.*\/)?versions\/(?:.*\/)?[^/]+\.py$/,
  typeorm: /^(.*\/)?[^/]*migrations?\/(?:.*\/)?\d{13}-?[^/]*\.[jt]s$/i,
  ecto: /^(.*\/)?repo\/migrations\/\d{14}_[^/]+\.exs$/,
  jpa: /^(.*\/)?[^/]*migrations?\/(?:.*\/)?V\d[^/]*\.sql$/,
} satisfies Record<Declared['framework'], RegExp>

/** All folders in which a framework keeps migrations. */
function foldersOf(framework: Column['framework'], paths: readonly string[]): readonly string[] {
  const folders = new Set<string>()
  for (const path of paths) {
    if (!folderPatterns[framework].test(path)) continue
    const folder =
      framework === 'drizzle'
        ? path.replace(/meta\/_journal\.json$/, '')
        : /^(.*?\/?)([^/]*(?:migrations?|versions|drizzle)[^/]*\/)/i.exec(path)?.[0]
    if (folder !== undefined) folders.add(folder)
  }
  return [...folders]
}

/** The folder of migrations nearest to the model. Django's has to be that of its own app. */
function nearest({ framework, path }: Column, folders: readonly string[]): string | undefined {
  if (framework === 'django') {
    const app = path.replace(/(models?(\/.*)?\.py|[^/]+\.py)$/, '')
    return folders.find(folder => folder === `${app}migrations/`)
  }
  const shared = (folder: string): number => {
    let at = 0
    while (at < path.length && path[at] === folder[at]) at++
    return path.slice(0, at).split('/').length
  }
  return [...folders].sort((one, other) => shared(other) - shared(one) || one.length - other.length)[0]
}

async function migrationsOf(
  folder: string,
  paths: readonly string[],
  tree: Tree,
  stopAt: number,
): Promise<readonly string[] | undefined> {
  const files = paths.filter(path => path.startsWith(folder) && /\.(sql|py|[cm]?[jt]s|exs)$/.test(path))
  if (files.length > mostMigrations) return undefined
  const texts: string[] = []
  for (const path of files) {
    if (performance.now() > stopAt) return undefined
    const text = await tree.read(path)
    if (text !== undefined) texts.push(text)
  }
  return texts
}
