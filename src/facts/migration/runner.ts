import type { Tree } from '../../change/types.ts'
import { isWayBack, type Told } from './frontends/sql-sections.ts'
import { familyOf } from './known.ts'

/** A runner of SQL files that the file itself does not tell, but the repository does. */
interface Runner {
  readonly framework: string
  /** Names that its migrations have. */
  readonly path: RegExp
  /** The file that names it, and what it says there. */
  readonly manifest: RegExp
  readonly says: RegExp
  /** In the file: no transaction. */
  readonly bare: RegExp
  /** The whole file is one message: a single statement runs without a transaction, several run in one. */
  readonly singleIsBare?: true
}

const never = /^(?!)/

const runners: readonly Runner[] = [
  {
    framework: 'atlas',
    path: /\.sql$/,
    manifest: /(^|\/)atlas\.sum$/,
    says: /^h1:/m,
    bare: /^--\s*atlas:txmode\s+none\b/im,
  },
  {
    framework: 'sqlx',
    path: /(^|\/)\d+_[^/]+\.sql$/,
    manifest: /(^|\/)Cargo\.toml$/,
    says: /^\s*sqlx\b|^\[(workspace\.)?dependencies\.sqlx\]/m,
    bare: /^-- no-transaction/,
  },
  {
    framework: 'diesel',
    path: /(^|\/)[^/]+\/up\.sql$/,
    manifest: /(^|\/)(diesel\.toml|Cargo\.toml)$/,
    says: /^\s*diesel(_migrations|-async)?\b|print_schema/m,
    bare: never,
  },
  {
    framework: 'refinery',
    path: /(^|\/)[VU]\d[\w.]*__[^/]+\.sql$/,
    manifest: /(^|\/)Cargo\.toml$/,
    says: /^\s*refinery\b/m,
    bare: never,
  },
  {
    framework: 'golang-migrate',
    path: /(^|\/)\d+_[^/]+\.up\.sql$/,
    manifest: /(^|\/)go\.mod$/,
    says: /\bgolang-migrate\/migrate\b/,
    bare: never,
    singleIsBare: true,
  },
  {
    framework: 'yoyo',
    path: /\.sql$/,
    manifest: /(^|\/)(requirements[^/]*\.txt|pyproject\.toml|setup\.py)$/,
    says: /\byoyo-migrations\b/,
    bare: /^--\s*transactional:\s*false\b/im,
  },
  {
    framework: 'postgres-migrations',
    path: /(^|\/)\d+[-_][^/]+\.sql$/,
    manifest: /(^|\/)package\.json$/,
    says: /"postgres-migrations"\s*:/,
    bare: /^--\s*postgres-migrations\s+disable-transaction\b/im,
  },
]

/** Most manifests that are read for one migration. */
const mostManifests = 12

/** What the files around an SQL migration tell of its runner and of the transaction it opens. */
export async function runnerOf(path: string, text: string, tree: Tree): Promise<Told> {
  if (/(^|\/)V\d[\w.]*__[^/]+\.sql$/.test(path)) {
    const flyway = await flywayTells(path, tree)
    if (flyway !== undefined) return flyway
  }
  const runner = await named(path, tree)
  return runner === undefined ? {} : tell(runner, path, text, tree)
}

const found = new WeakMap<Tree, Map<string, Promise<Runner | undefined>>>()

/** The runner that the manifests around a file name, looked up once for the files of a folder that could be of the same runners. */
function named(path: string, tree: Tree): Promise<Runner | undefined> {
  const candidates = runners.filter(runner => runner.path.test(path))
  if (candidates.length === 0) return Promise.resolve(undefined)
  const known = found.get(tree) ?? new Map<string, Promise<Runner | undefined>>()
  found.set(tree, known)
  const key = `${path.slice(0, path.lastIndexOf('/') + 1)}\0${candidates.map(({ framework }) => framework).join()}`
  const runner = known.get(key) ?? namedIn(path, tree, candidates)
  known.set(key, runner)
  return runner
}

async function namedIn(path: string, tree: Tree, candidates: readonly Runner[]): Promise<Runner | undefined> {
  for (const manifest of nearest(path, await manifestsIn(tree), candidates)) {
    const content = (await tree.read(manifest)) ?? ''
    const runner = candidates.find(item => item.manifest.test(manifest) && item.says.test(content))
    if (runner !== undefined) return runner
  }
  return undefined
}

async function tell(runner: Runner, path: string, text: string, tree: Tree): Promise<Told> {
  const { framework, singleIsBare = false } = runner
  if (runner.bare.test(text) || (framework === 'diesel' && (await dieselIsBare(path, tree))))
    return { framework, transaction: 'each' }
  // Statements sent one by one, if the connection asks for it; where it says so is not always in the repository.
  if (framework === 'golang-migrate' && (await splitsStatements(tree))) return { framework, transaction: 'each' }
  if (/\bconcurrently\b/i.test(text) && (await provenBare(path, runner, tree)))
    return { framework, transaction: 'each' }
  return { framework, transaction: 'wrapped', singleIsBare }
}

const manifestLists = new WeakMap<Tree, Promise<readonly string[]>>()

/** All manifests of a tree, looked up once: a change may hold thousands of migrations. */
function manifestsIn(tree: Tree): Promise<readonly string[]> {
  const known =
    manifestLists.get(tree) ??
    tree
      .list()
      .then(paths =>
        paths.filter(
          path =>
            runners.some(({ manifest }) => manifest.test(path)) &&
            !/(^|\/)(node_modules|vendor|examples?)\//.test(path),
        ),
      )
  manifestLists.set(tree, known)
  return known
}

/** The manifests of the folders above the migration, the nearest first; without any, those at the top of the repository. */
function nearest(path: string, paths: readonly string[], candidates: readonly Runner[]): readonly string[] {
  const named = paths.filter(item => candidates.some(({ manifest }) => manifest.test(item)))
  const folderOf = (item: string): string => item.slice(0, item.lastIndexOf('/') + 1)
  const above = named
    .filter(item => path.startsWith(folderOf(item)))
    .sort((one, other) => folderOf(other).length - folderOf(one).length)
  const beside = named.filter(item => !path.startsWith(folderOf(item)) && !item.endsWith('atlas.sum'))
  beside.sort((one, other) => one.split('/').length - other.split('/').length)
  return [...above, ...beside].slice(0, mostManifests)
}

async function dieselIsBare(path: string, tree: Tree): Promise<boolean> {
  const settings = await tree.read(`${path.slice(0, path.lastIndexOf('/') + 1)}metadata.toml`)
  return /^\s*run_in_transaction\s*=\s*false/m.test(settings ?? '')
}

async function splitsStatements(tree: Tree): Promise<boolean> {
  const named =
    /(^|\/)(Makefile|Taskfile\.ya?ml|justfile|(docker-)?compose[^/]*\.ya?ml|Dockerfile[^/]*|\.env[^/]*|[^/]*migrat[^/]*\.(go|sh|ya?ml))$|(^|\/)[^/]*(migrat|database|postgres|\bdb\b)[^/]*\/[^/]+\.go$/i
  const paths = (await tree.list()).filter(path => named.test(path) && !/(^|\/)vendor\//.test(path))
  for (const path of paths.slice(0, 60))
    if (/x-multi-statement|MultiStatementEnabled/.test((await tree.read(path)) ?? '')) return true
  return false
}

/** Flyway's settings for one script stand beside it; without any it opens no transaction for what cannot be in one. */
async function flywayTells(path: string, tree: Tree): Promise<Told | undefined> {
  const own = (await tree.read(`${path}.conf`)) ?? ''
  const asked = /^\s*executeInTransaction\s*=\s*(true|false)/m.exec(own)?.[1]
  return asked === undefined ? undefined : { framework: 'flyway', transaction: asked === 'true' ? 'wrapped' : 'each' }
}

/**
 * Another migration of the series does without a word what the server would refuse if the runner opened a transaction:
 * then it does not, whatever it does by default.
 */
async function provenBare(path: string, { bare, singleIsBare }: Runner, tree: Tree): Promise<boolean> {
  const folder = familyOf(path)
  const others = (await tree.list(folder)).filter(item => item.endsWith('.sql') && item !== path && !isWayBack(item))
  for (const item of others.slice(-200)) {
    const text = (await tree.read(item)) ?? ''
    if (!/^[^-\n]*\bindex\s+concurrently\b/im.test(text) || bare.test(text)) continue
    if (singleIsBare !== true || text.split(/;\s*$/m).filter(part => /^\s*[a-z]/im.test(part)).length > 1) return true
  }
  return false
}
