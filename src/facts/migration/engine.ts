import type { Artifact } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import type { Config, Engine } from '../../config/types.ts'
import { globs } from '../../text/glob.ts'
import { familyOf } from './known.ts'

/** The database a migration runs on, or the name of one that premortem has no effects for. */
export type Database = { readonly engine: Engine; readonly version: string } | { readonly unsupported: string }

type Clue = readonly [RegExp, string]

const supported: Readonly<Record<string, Engine>> = {
  postgres: 'postgres',
  mysql: 'mysql',
  mariadb: 'mariadb',
  sqlite: 'sqlite',
}

/** Folder or file names that name an engine. */
const pathClues: readonly Clue[] = [
  [/(^|[/._-])(postgres(ql)?|psql|pgsql|pg|supabase|timescale(db)?)([/._-]|$)/i, 'postgres'],
  [/(^|[/._-])mariadb([/._-]|$)/i, 'mariadb'],
  [/(^|[/._-])(mysql|vitess|planetscale)([/._-]|$)/i, 'mysql'],
  [/(^|[/._-])(sqlite3?|d1|libsql|turso)([/._-]|$)/i, 'sqlite'],
  [/(^|[/._-])(clickhouse|chdb)([/._-]|$)/i, 'ClickHouse'],
  [/(^|[/._-])(mssql|sqlserver|sql-server)([/._-]|$)/i, 'SQL Server'],
  [/(^|[/._-])(cockroach(db)?|crdb)([/._-]|$)/i, 'CockroachDB'],
  [/(^|[/._-])bigquery([/._-]|$)/i, 'BigQuery'],
  [/(^|[/._-])snowflake([/._-]|$)/i, 'Snowflake'],
  [/(^|[/._-])oracle([/._-]|$)/i, 'Oracle'],
  [/(^|[/._-])(cassandra|scylla)([/._-]|$)/i, 'Cassandra'],
  [/(^|[/._-])(duckdb|spanner|redshift|trino|hive|tidb)([/._-]|$)/i, 'another database'],
]

/** Words that only one dialect has. */
const contentClues: readonly Clue[] = [
  [
    /\bENGINE\s*=?\s*(Replicated|Shared)?\w*(MergeTree|Kafka|Distributed)\b|\bON\s+CLUSTER\b|\bLowCardinality\b|\bUInt(8|16|32|64|128|256)\b|\b(FixedString|DateTime64|AggregateFunction|Nullable)\s*\(|\bMATERIALIZE\s+(INDEX|COLUMN|PROJECTION)\b|\bMODIFY\s+(TTL|SETTING)\b|\bCREATE\s+MATERIALIZED\s+VIEW\s+(IF\s+NOT\s+EXISTS\s+)?\S+\s+TO\s|\bCODEC\s*\(\s*(ZSTD|LZ4|Delta|DoubleDelta|Gorilla)\b/i,
    'ClickHouse',
  ],
  [/\[dbo\]|\bNVARCHAR\s*\(|\bsp_rename\b|^\s*GO\s*$|\bIDENTITY\s*\(\s*1\s*,/im, 'SQL Server'],
  [/\bVARCHAR2\b|\bNUMBER\s*\(\d/i, 'Oracle'],
  [/\bSTRUCT<|\bINT64\b/i, 'BigQuery'],
  [/\bAUTO_INCREMENT\b|\bENGINE\s*=\s*\w|`\w+`|\bUNSIGNED\b|\bALGORITHM\s*=|^\s*DELIMITER\s/im, 'mysql'],
  [/\bAUTOINCREMENT\b|^\s*PRAGMA\b|\bWITHOUT\s+ROWID\b/im, 'sqlite'],
  [
    /\b(jsonb|bytea|timestamptz|bigserial|serial|concurrently|plpgsql|ilike)\b|\$\$|::\w|\bUSING\s+(gin|gist|btree|brin|hash)\b|\bNOT\s+VALID\b|\block_timeout\b|\bpublic"?\."?\w|\bUSING\s+INDEX\b/i,
    'postgres',
  ],
]

/** Finds the engine of a migration: the configuration, then its path, its words, the statistics, and what the rest of the repository uses. */
export async function databaseOf(artifact: Artifact, config: Config, tree: Tree): Promise<Database> {
  const entry = config.databases.find(({ paths }) => paths === undefined || globs(paths)(artifact.path))
  const { server } = config
  const versionOf = (engine: Engine): string => (server?.engine === engine ? server.version : '')
  if (entry !== undefined) return { engine: entry.engine, version: entry.version ?? versionOf(entry.engine) }
  const isSql = artifact.language === 'sql'
  const clue =
    firstClue(pathClues, artifact.path) ??
    (isSql ? firstClue(contentClues, withoutComments(artifact.head?.text ?? '')) : undefined)
  const name =
    clue ??
    (isSql ? await foreignSeries(artifact.path, tree) : undefined) ??
    (await ectoEngine(artifact, tree)) ??
    server?.engine ??
    (await repositoryEngine(artifact.path, tree))
  // Words of SQL and drivers do not tell MariaDB from MySQL, the server does.
  const found = supported[name ?? (artifact.kind === 'php-migration' ? 'mysql' : 'postgres')]
  const engine = found === 'mysql' && server?.engine === 'mariadb' ? 'mariadb' : found
  return engine === undefined ? { unsupported: name ?? '' } : { engine, version: versionOf(engine) }
}

const series = new WeakMap<Tree, Map<string, Promise<string | undefined>>>()

/**
 * A database without effects here that the newest other files of the series name, where this one names none: `ALTER TABLE
 * a ADD COLUMN b String` would pass for another dialect.
 */
function foreignSeries(path: string, tree: Tree): Promise<string | undefined> {
  const family = familyOf(path)
  const known = series.get(tree) ?? new Map<string, Promise<string | undefined>>()
  series.set(tree, known)
  const found = known.get(family) ?? nameOfSeries(family, tree)
  known.set(family, found)
  return found
}

async function nameOfSeries(family: string, tree: Tree): Promise<string | undefined> {
  const files = (await tree.list(family === '/' ? undefined : family)).filter(
    item => /\.(sql|pgsql)$/.test(item) && familyOf(item) === family,
  )
  const names: string[] = []
  for (const file of files.slice(-10)) {
    const name = firstClue(contentClues, withoutComments((await tree.read(file)) ?? ''))
    if (name !== undefined) names.push(name)
  }
  const [first] = names
  return first !== undefined && supported[first] === undefined && names.every(name => name === first)
    ? first
    : undefined
}

/** `priv/ingest_repo/migrations/…` belongs to the repo module in `ingest_repo.ex`, which names its adapter. */
async function ectoEngine({ path, kind }: Artifact, tree: Tree): Promise<string | undefined> {
  const repo = kind === 'ecto-migration' ? /(?:^|\/)priv\/(\w+)\/migrations\//.exec(path)?.[1] : undefined
  if (repo === undefined) return undefined
  for (const module of (await tree.list()).filter(item => item.endsWith(`/${repo}.ex`)).slice(0, 5)) {
    const adapter = /adapter:\s*Ecto\.Adapters\.(\w+)/i.exec((await tree.read(module)) ?? '')?.[1]
    if (adapter !== undefined) return ectoAdapters[adapter] ?? adapter
  }
  return undefined
}

const ectoAdapters: Readonly<Record<string, string>> = {
  Postgres: 'postgres',
  MyXQL: 'mysql',
  MySQL: 'mysql',
  SQLite3: 'sqlite',
  Tds: 'SQL Server',
}

const dialect: Readonly<Record<Engine, RegExp>> = {
  postgres: /\.(postgres(ql)?|pg)\./i,
  mysql: /\.mysql\./i,
  mariadb: /\.(mariadb|mysql)\./i,
  sqlite: /\.sqlite3?\./i,
}

/** Is there a file of the same version for this engine alone (`7_x.up.sql` beside `7_x.postgres.up.sql`), so that another is not run on it? */
export async function hasOwnFile(path: string, engine: Engine, tree: Tree): Promise<boolean> {
  if (!/\.up\.sql$/.test(path) || Object.values(dialect).some(pattern => pattern.test(path))) return false
  const stem = path.slice(0, path.indexOf('.', path.lastIndexOf('/')))
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const beside = await tree.list(folder === '' ? undefined : folder)
  return beside.some(item => item.startsWith(`${stem}.`) && item.endsWith('.up.sql') && dialect[engine].test(item))
}

function firstClue(clues: readonly Clue[], text: string): string | undefined {
  return clues.find(([pattern]) => pattern.test(text))?.[1]
}

function withoutComments(text: string): string {
  return text.slice(0, 200_000).replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'[^'\n]*'/g, ' ')
}

/** A driver that is commented out is none: `# gem "pg"`. */
function withoutRemarks(text: string): string {
  return text.replace(/^[ \t]*(?:#|\/\/).*$/gm, '')
}

/** Files that tell the engine, with the patterns to look for. Drivers listed later count only when no earlier one is there. */
const manifests: readonly { readonly name: RegExp; readonly clues: readonly Clue[] }[] = [
  {
    name: /(^|\/)config\/database\.ya?ml(\.[a-z]+)?$/,
    clues: [
      [/adapter:\s*["']?(<%.*)?(postgresql|postgis|postgres)/, 'postgres'],
      [/adapter:\s*["']?(mysql2|trilogy)/, 'mysql'],
      [/adapter:\s*["']?sqlite3/, 'sqlite'],
    ],
  },
  {
    // What the server itself says of its tables.
    name: /(^|\/)db\/(schema\.rb|structure\.sql)$/,
    clues: [
      [/\benable_extension\b|^-- PostgreSQL database dump|\bpg_catalog\b/m, 'postgres'],
      [/^\s*create_table\b.*(\bENGINE=InnoDB\b|\bcharset: "utf8)|\) ENGINE=InnoDB\b/m, 'mysql'],
    ],
  },
  {
    name: /(^|\/)schema\.prisma$|(^|\/)prisma\/migrations\/migration_lock\.toml$/,
    clues: [
      [/provider\s*=\s*"(postgresql|postgres|cockroachdb)"/, 'postgres'],
      [/provider\s*=\s*"mysql"/, 'mysql'],
      [/provider\s*=\s*"sqlite"/, 'sqlite'],
      [/provider\s*=\s*"sqlserver"/, 'SQL Server'],
    ],
  },
  {
    name: /(^|\/)drizzle\.config\.(ts|js|mjs|json)$/,
    clues: [
      [/dialect['"]?:\s*['"]postgresql/, 'postgres'],
      [/dialect['"]?:\s*['"](mysql|singlestore)/, 'mysql'],
      [/dialect['"]?:\s*['"](sqlite|turso)/, 'sqlite'],
    ],
  },
  {
    name: /(^|\/)(knexfile\.[cm]?[jt]s|ormconfig\.(json|[jt]s)|data-?source\.[jt]s|config\/config\.(json|[jt]s))$/i,
    clues: [
      [/\b(client|dialect|type)['"]?\s*:\s*['"](pg|postgres(ql)?)['"]/, 'postgres'],
      [/\b(client|dialect|type)['"]?\s*:\s*['"](mysql2?|aurora-mysql)['"]/, 'mysql'],
      [/\b(client|dialect|type)['"]?\s*:\s*['"]mariadb['"]/, 'mariadb'],
      [/\b(client|dialect|type)['"]?\s*:\s*['"](better-)?sqlite3?['"]/, 'sqlite'],
    ],
  },
  {
    name: /(^|\/)(\.env(\.(prod(uction)?|example|dist|sample|docker))?|config\/database\.php|config\/[^/]+\.exs|repo\.ex)$/i,
    clues: [
      [/\bDB_CONNECTION['"]?\s*[=,]\s*['"]?(pgsql|postgres)|adapter:\s*Ecto\.Adapters\.Postgres\b/, 'postgres'],
      [/\bDB_CONNECTION['"]?\s*[=,]\s*['"]?mariadb/, 'mariadb'],
      [/\bDB_CONNECTION['"]?\s*[=,]\s*['"]?mysql|adapter:\s*Ecto\.Adapters\.(MyXQL|MySQL)\b/, 'mysql'],
      [/adapter:\s*Ecto\.Adapters\.SQLite3\b/, 'sqlite'],
      [/adapter:\s*Ecto\.Adapters\.Tds\b/, 'SQL Server'],
      // Symfony says which server it is in the query of the address.
      [/^\s*(export\s+)?DATABASE_URL\s*=\s*["']?(postgres(ql)?|pgsql)(\+\w+)?:/m, 'postgres'],
      [/^\s*(export\s+)?DATABASE_URL\s*=\s*["']?(mariadb:|mysql\d?(\+\w+)?:\S*serverVersion=\S*maria)/im, 'mariadb'],
      [/^\s*(export\s+)?DATABASE_URL\s*=\s*["']?mysql\d?(\+\w+)?:/m, 'mysql'],
    ],
  },
  {
    name: /(^|\/)config\/packages\/([^/]+\/)?doctrine\.ya?ml$/,
    clues: [
      [/driver:\s*["']?(pdo_)?pgsql/, 'postgres'],
      [/driver:\s*["']?(pdo_mysql|mysqli)[\s\S]*server_version:\s*["']?\S*maria/i, 'mariadb'],
      [/driver:\s*["']?(pdo_mysql|mysqli)/, 'mysql'],
      [/driver:\s*["']?(pdo_)?sqlite/, 'sqlite'],
    ],
  },
  {
    name: /(^|\/)phinx\.(php|ya?ml|json)$/,
    clues: [
      [/adapter['"]?\s*(=>|:)\s*['"]?pgsql/, 'postgres'],
      [/adapter['"]?\s*(=>|:)\s*['"]?mysql/, 'mysql'],
      [/adapter['"]?\s*(=>|:)\s*['"]?sqlite/, 'sqlite'],
    ],
  },
  {
    // CakePHP.
    name: /(^|\/)config\/app(_local)?(\.default|\.example)?\.php$/,
    clues: [
      [/'driver'\s*=>\s*['"\\\w]*Postgres\b/, 'postgres'],
      [/'driver'\s*=>\s*['"\\\w]*Mysql\b/, 'mysql'],
    ],
  },
  {
    name: /(^|\/)mix\.exs$/,
    clues: [
      [/\{\s*:postgrex\b/, 'postgres'],
      [/\{\s*:(myxql|mariaex)\b/, 'mysql'],
      [/\{\s*:ecto_sqlite3\b/, 'sqlite'],
    ],
  },
  {
    name: /(^|\/)Gemfile$/,
    clues: [
      [/gem\s+['"]pg['"]/, 'postgres'],
      [/gem\s+['"](mysql2|trilogy)['"]/, 'mysql'],
      [/gem\s+['"]sqlite3['"]/, 'sqlite'],
    ],
  },
  {
    name: /(^|\/)package\.json$/,
    clues: [
      [/"(pg|postgres|@neondatabase\/serverless|pg-promise|slonik|@vercel\/postgres)"\s*:/, 'postgres'],
      [/"(mysql2?|@planetscale\/database)"\s*:/, 'mysql'],
      [/"mariadb"\s*:/, 'mariadb'],
      [/"(better-sqlite3|sqlite3|@libsql\/client)"\s*:/, 'sqlite'],
    ],
  },
  {
    name: /(^|\/)go\.mod$/,
    clues: [
      [/lib\/pq\b|jackc\/pgx/, 'postgres'],
      [/go-sql-driver\/mysql/, 'mysql'],
      [/mattn\/go-sqlite3|modernc\.org\/sqlite/, 'sqlite'],
      [/clickhouse-go/, 'ClickHouse'],
    ],
  },
  {
    name: /(^|\/)(requirements[^/]*\.txt|pyproject\.toml|Pipfile|setup\.py)$/,
    clues: [
      [/psycopg|asyncpg/, 'postgres'],
      [/mysqlclient|pymysql|aiomysql/i, 'mysql'],
    ],
  },
  {
    name: /(^|\/)Cargo\.toml$/,
    clues: [
      [/tokio-postgres|"postgres"|sqlx.*postgres/, 'postgres'],
      [/sqlx.*mysql|mysql_async|"mysql"/, 'mysql'],
      [/rusqlite|sqlx.*sqlite/, 'sqlite'],
    ],
  },
  {
    name: /(^|\/)(pom\.xml|build\.gradle(\.kts)?|build\.sbt|libs\.versions\.toml)$/,
    clues: [
      [/org\.postgresql/, 'postgres'],
      [/mysql-connector/, 'mysql'],
      [/mariadb-java-client/, 'mariadb'],
      [/\bojdbc\d*\b/, 'Oracle'],
      [/mssql-jdbc/, 'SQL Server'],
    ],
  },
  {
    name: /(^|\/)(application[^/]*\.(ya?ml|properties)|liquibase[^/]*\.(properties|ya?ml)|flyway[^/]*\.(conf|toml))$/,
    clues: [
      [/jdbc:(postgresql|pgsql)/, 'postgres'],
      [/jdbc:mysql/, 'mysql'],
      [/jdbc:mariadb/, 'mariadb'],
      [/jdbc:oracle/, 'Oracle'],
      [/jdbc:sqlserver/, 'SQL Server'],
    ],
  },
  {
    name: /(^|\/)(docker-)?compose[^/]*\.ya?ml$/,
    clues: [
      [/image:\s*["']?\S*postg(res|is)/, 'postgres'],
      [/image:\s*["']?\S*mysql/, 'mysql'],
      [/image:\s*["']?\S*mariadb/, 'mariadb'],
    ],
  },
  {
    name: /(^|\/)composer\.json$/,
    clues: [
      [/"ext-(pdo_)?pgsql"/, 'postgres'],
      [/"ext-(pdo_mysql|mysqli)"/, 'mysql'],
    ],
  },
  // What new Laravel projects begin with; it counts only where nothing else is named.
  { name: /(^|\/)\.env(\.(example|dist))?$/, clues: [[/^\s*DB_CONNECTION\s*=\s*["']?sqlite/m, 'sqlite']] },
]

interface Manifest {
  readonly path: string
  readonly clues: readonly Clue[]
  /** Place in the list of manifests. */
  readonly order: number
}

/** What is known of a repository: its manifests are looked for once, and each is read once. */
interface Known {
  readonly manifests: Promise<readonly Manifest[]>
  readonly engines: Map<string, Promise<string | undefined>>
  readonly folders: Map<string, Promise<string | undefined>>
}

const cached = new WeakMap<Tree, Known>()

/** The engine that the repository around a folder uses: the nearest manifest that names one. */
function repositoryEngine(path: string, tree: Tree): Promise<string | undefined> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const known = cached.get(tree) ?? { manifests: manifestsOf(tree), engines: new Map(), folders: new Map() }
  cached.set(tree, known)
  const found = known.folders.get(folder) ?? nearestEngine(folder, known, tree)
  known.folders.set(folder, found)
  return found
}

async function manifestsOf(tree: Tree): Promise<readonly Manifest[]> {
  return (await tree.list()).flatMap(path => {
    if (/(^|\/)(node_modules|vendor|test|tests|spec|examples?|docs)\//.test(path)) return []
    return manifests.flatMap((manifest, order) =>
      manifest.name.test(path) ? [{ path, clues: manifest.clues, order }] : [],
    )
  })
}

async function nearestEngine(folder: string, known: Known, tree: Tree): Promise<string | undefined> {
  const candidates = (await known.manifests).map(manifest => ({
    ...manifest,
    near: commonFolders(manifest.path, folder),
  }))
  candidates.sort(
    (one, other) => other.near - one.near || one.order - other.order || one.path.length - other.path.length,
  )
  for (const { path, clues, order } of candidates.slice(0, 30)) {
    const key = `${order} ${path}`
    const engine = known.engines.get(key) ?? tree.read(path).then(text => firstClue(clues, withoutRemarks(text ?? '')))
    known.engines.set(key, engine)
    const found = await engine
    if (found !== undefined) return found
  }
  return undefined
}

function commonFolders(path: string, folder: string): number {
  const one = path.split('/').slice(0, -1)
  const other = folder.split('/').filter(part => part !== '')
  let count = 0
  while (count < one.length && one[count] === other[count]) count++
  return count
}
