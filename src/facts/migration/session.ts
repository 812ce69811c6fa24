import type { Tree } from '../../change/types.ts'
import type { Engine } from '../../config/types.ts'
import { isWayBack } from './frontends/sql-sections.ts'
import { familyOf } from './known.ts'
import { longestWaitS } from './transaction.ts'

/** A lock timeout that is not off: in SQL, YAML, Ruby, Python, JavaScript, an option or a URL. `deadlock_timeout` is another. */
const timeout =
  /(?<![a-z_])(?:ZERO_DOWNTIME_MIGRATIONS_)?lock_?timeout\b['"]?\]?\s*(?:=>|=|:|,|%3D|\bto\b)\s*['"]?\s*(?!0+(?:ms|s|min)?\b|['"]?off\b|nil\b|null\b|None\b)\w/i

/** The same of MySQL and MariaDB, whose `innodb_lock_wait_timeout` is about rows. The number may stand on the next line of Terraform. */
const waitTimeout =
  /(?<!innodb[_-])(?<![a-z_])lock[_-]wait[_-]timeout\b['"]?\]?\s*(?:=>|=|:|,|%3D)?\s*(?:value\s*=\s*)?['"]?\s*(\d+)/gi

/** MariaDB's ALTER TABLE knows a limit of its own. */
const waitClause = /\balter\s+(?:online\s+)?table\s+\S+\s+(?:no)?wait\b/i

/** Does the text set a limit on the wait for locks of tables? */
function sets(text: string, engine: Engine): boolean {
  if (timeout.test(text)) return true
  if (engine !== 'mysql' && engine !== 'mariadb') return false
  return waitClause.test(text) || [...text.matchAll(waitTimeout)].some(found => Number(found[1]) < longestWaitS)
}

/** Settings files of the server, and where infrastructure code gives them. */
const ofServer = /(^|\/)[^/]*\.cnf$|(^|\/)[^/]*(rds|mysql|mariadb|aurora|database|parameter)[^/]*\.tf$/i

/** Gems that set one for every migration, or that change a copy of the table beside the traffic. */
const gems =
  /^\s*(gem\s*\(?['"])?(safe-pg-migrations|pg_ha_migrations|nandi|departure|lhm|lhm-shopify|ghost_adapter)\b/m

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
export function setsLockTimeout(framework: string, engine: Engine, tree: Tree): Promise<boolean> {
  const known = cached.get(tree) ?? new Map<string, Promise<boolean>>()
  cached.set(tree, known)
  const key = `${framework} ${engine}`
  const found = known.get(key) ?? search(framework, engine, tree)
  known.set(key, found)
  return found
}

async function search(framework: string, engine: Engine, tree: Tree): Promise<boolean> {
  const named = own[framework]
  const paths = (await tree.list()).filter(
    path =>
      (named?.test(path) || anywhere.test(path) || (engine !== 'postgres' && ofServer.test(path))) &&
      !/(^|\/)(node_modules|vendor|tests?|spec|docs|examples?)\//.test(path),
  )
  // The runner's own files first.
  paths.sort((one, other) => Number(named?.test(other) ?? false) - Number(named?.test(one) ?? false))
  for (const path of paths.slice(0, mostFiles)) {
    const text = ((await tree.read(path)) ?? '').replace(/^\s*(#|\/\/|--).*$/gm, '')
    if (sets(text, engine) || (path.endsWith('Gemfile') && gems.test(text))) return true
  }
  return false
}

/** Statements that wait for a strong lock, in SQL and in the words of frameworks. */
const locks =
  /\balter\s+table\b|\bdrop\s+(table|index)\b|\bcreate\s+(unique\s+)?index\s+(?!concurrently)|\b(add|remove|rename|change|drop|alter)_(column|index|reference|foreign_key|constraint|check_constraint)\b/i

/** Do most of the newest migrations of the series that lock a table limit the wait? A file that does not is an omission then. */
export async function usuallyLimits(path: string, engine: Engine, tree: Tree): Promise<boolean> {
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
    if (sets(text, engine)) limited++
  }
  return limited >= 3 && limited * 3 >= locking * 2
}
