import type { Tree } from '../../change/types.ts'
import { isWayBack } from './frontends/sql-sections.ts'
import { familyOf } from './known.ts'

/** A lock timeout that is not off: in SQL, YAML, Ruby, Python, JavaScript, an option or a URL. `deadlock_timeout` is another. */
const timeout =
  /(?<![a-z_])(?:ZERO_DOWNTIME_MIGRATIONS_)?lock_?timeout\b['"]?\]?\s*(?:=>|=|:|,|%3D|\bto\b)\s*['"]?\s*(?!0+(?:ms|s|min)?\b|['"]?off\b|nil\b|null\b|None\b)\w/i

/** Gems that set one for every migration. */
const gems = /^\s*(gem\s*\(?['"])?(safe-pg-migrations|pg_ha_migrations|nandi)\b/m

/** Files in which the migrations of any runner may be given settings of the connection. */
const anywhere =
  /^\.github\/workflows\/[^/]+\.ya?ml$|(^|\/)((docker-)?compose[^/]*\.ya?ml|Dockerfile[^/]*|Containerfile|[^/]*entrypoint[^/]*|Procfile|Makefile|justfile|\.env(\.(production|prod|example|sample))?|fly\.toml|[^/]*migrat[^/]*\.(sh|ya?ml|toml)|(bin|scripts?)\/[^/]*migrat[^/]*|[^/]*(role|user|grant|timeout)[^/]*\.sql)$/i

/** Files that configure one runner. */
const own: Readonly<Record<string, RegExp>> = {
  rails:
    /(^|\/)config\/(database\.ya?ml(\.erb)?|initializers\/[^/]*(migration|active_record|database|postgres|timeout)[^/]*\.rb)$|(^|\/)Gemfile$/,
  django: /(^|\/)(settings[^/]*\.py|settings\/.+\.py|config\/.+\.py|conf\/.+\.py)$/,
  alembic: /(^|\/)(env\.py|alembic\.ini|(db|database|session|engine|base|config|settings)\.py)$/,
  flyway:
    /(^|\/)(flyway[^/]*\.(conf|toml|properties)|application[^/]*\.(ya?ml|properties)|build\.gradle(\.kts)?|build\.sbt|pom\.xml|(beforeMigrate|beforeEachMigrate|afterConnect)[^/]*\.sql)$/,
  liquibase:
    /(^|\/)(liquibase[^/]*\.(properties|ya?ml)|application[^/]*\.(ya?ml|properties)|pom\.xml|build\.gradle(\.kts)?)$/,
  knex: /(^|\/)knexfile\.[cm]?[jt]s$|(^|\/)(database|knex|db|config)\.[cm]?[jt]s$/,
  typeorm: /(^|\/)(ormconfig\.(json|[jt]s)|[^/]*data-?source\.[jt]s|(typeorm|database|db)[^/]*\.[jt]s)$/i,
  sequelize: /(^|\/)(config\/(config|database)\.(json|[cm]?[jt]s)|database\.[jt]s|\.sequelizerc)$/,
  prisma: /(^|\/)(schema\.prisma|prisma\.config\.ts|package\.json)$/,
  drizzle: /(^|\/)(drizzle\.config\.(ts|js|mjs|json)|[^/]*migrat[^/]*\.[cm]?[jt]s)$/,
  'node-pg-migrate': /(^|\/)package\.json$/,
  'golang-migrate': /(^|\/)[^/]*migrat[^/]*\.go$/,
  goose: /(^|\/)[^/]*migrat[^/]*\.go$/,
  sqlx: /(^|\/)[^/]*(migrat|db|database)[^/]*\.rs$/,
  diesel: /(^|\/)[^/]*(migrat|db|database|connection)[^/]*\.rs$/,
  sqitch: /(^|\/)sqitch\.conf$/,
}

/** Most files that are read to find a setting. */
const mostFiles = 60

const cached = new WeakMap<Tree, Map<string, Promise<boolean>>>()

/** Does the connection, the role or the runner of the migrations set a lock timeout, as far as the repository tells? */
export function setsLockTimeout(framework: string, tree: Tree): Promise<boolean> {
  const known = cached.get(tree) ?? new Map<string, Promise<boolean>>()
  cached.set(tree, known)
  const found = known.get(framework) ?? search(framework, tree)
  known.set(framework, found)
  return found
}

async function search(framework: string, tree: Tree): Promise<boolean> {
  const named = own[framework]
  const paths = (await tree.list()).filter(
    path =>
      (named?.test(path) || anywhere.test(path)) &&
      !/(^|\/)(node_modules|vendor|tests?|spec|docs|examples?)\//.test(path),
  )
  // The runner's own files first.
  paths.sort((one, other) => Number(named?.test(other) ?? false) - Number(named?.test(one) ?? false))
  for (const path of paths.slice(0, mostFiles)) {
    const text = ((await tree.read(path)) ?? '').replace(/^\s*(#|\/\/|--).*$/gm, '')
    if (timeout.test(text) || (path.endsWith('Gemfile') && gems.test(text))) return true
  }
  return false
}

/** Statements that wait for a strong lock, in SQL and in the words of frameworks. */
const locks =
  /\balter\s+table\b|\bdrop\s+(table|index)\b|\bcreate\s+(unique\s+)?index\s+(?!concurrently)|\b(add|remove|rename|change|drop|alter)_(column|index|reference|foreign_key|constraint|check_constraint)\b/i

/** Do most of the newest migrations of the series that lock a table limit the wait? A file that does not is an omission then. */
export async function usuallyLimits(path: string, tree: Tree): Promise<boolean> {
  const family = familyOf(path)
  const ending = path.slice(path.lastIndexOf('.'))
  const earlier = (await tree.list(family === '/' ? undefined : family)).filter(
    item => item !== path && item.endsWith(ending) && !isWayBack(item) && familyOf(item) === family,
  )
  let locking = 0
  let limited = 0
  for (const item of earlier.slice(-10)) {
    const text = (await tree.read(item)) ?? ''
    if (!locks.test(text)) continue
    locking++
    if (timeout.test(text)) limited++
  }
  return limited >= 3 && limited * 3 >= locking * 2
}
