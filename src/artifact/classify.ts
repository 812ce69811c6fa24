import { isPhinx, unreadFramework } from './code-migration.ts'
import { isRotationPath } from './rotation-path.ts'
import type { ArtifactKind, Language, Role } from './types.ts'

export interface PathClass {
  readonly language: Language
  readonly kind: ArtifactKind
  readonly role: Role
}

const languages: Readonly<Record<string, Language>> = {
  rb: 'ruby',
  rake: 'ruby',
  ru: 'ruby',
  py: 'python',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascript',
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'tsx',
  sh: 'shell',
  bash: 'shell',
  zsh: 'shell',
  ksh: 'shell',
  sql: 'sql',
  pgsql: 'sql',
  yml: 'yaml',
  yaml: 'yaml',
  json: 'json',
  jsonc: 'jsonc',
  json5: 'jsonc',
  webmanifest: 'json',
  toml: 'toml',
  tf: 'hcl',
  tfvars: 'hcl',
  tofu: 'hcl',
  hcl: 'hcl',
  nomad: 'hcl',
  php: 'php',
  ex: 'elixir',
  exs: 'elixir',
  phtml: 'php',
  java: 'java',
  kt: 'kotlin',
  cs: 'csharp',
  scala: 'scala',
  rs: 'rust',
  go: 'go',
  pp: 'puppet',
  conf: 'conf',
  ini: 'ini',
  cnf: 'ini',
  properties: 'ini',
  service: 'ini',
  timer: 'ini',
  cron: 'crontab',
  crontab: 'crontab',
  dockerfile: 'dockerfile',
}

/** XML is read where it may be a changelog of Liquibase. */
const changelogPath = /liquibase|change[-_]?(log|set)|migrat|database|schema|(^|[/._-])(db|sql)([/._-]|$)/i

/** Files known by their whole name, whatever the ending. */
const names: readonly (readonly [RegExp, Language])[] = [
  [/^(Rakefile|Gemfile|Capfile|Guardfile|Vagrantfile|Brewfile|Fastfile)$/, 'ruby'],
  [/^(Dockerfile|Containerfile)(\..+)?$/, 'dockerfile'],
  [/^Procfile(\..+)?$/, 'procfile'],
  [/^crontab(\..+)?$/, 'crontab'],
  [
    /^(tsconfig|jsconfig)(\..+)?\.json$|^(\.eslintrc|\.babelrc|\.swcrc|\.jshintrc)(\.json)?$|\.code-workspace$|^(devcontainer|renovate|turbo|api-extractor|deno|tslint|\.?wrangler|launch|settings|tasks|extensions|keybindings|language-configuration)\.json$/,
    'jsonc',
  ],
  [/^(monitrc|[^/]+\.monit)$/, 'conf'],
  [/^haproxy[^/]*\.cfg(\.(erb|j2|tmpl|tpl))?$|\.vcl$/, 'conf'],
  [/^(docker-)?entrypoint$/, 'shell'],
  [
    /^((redis|valkey|sentinel|postgresql|sysctl)[\w.-]*|journald|my|mysqld?|mariadb|supervisord?|pgbouncer)\.conf$/,
    'ini',
  ],
  [/\.sql\.(postgres(ql)?|pgsql|pg|mysql|mariadb|sqlite3?)$/i, 'sql'],
  [/^(Pipfile|poetry\.lock|Cargo\.lock|uv\.lock|Gopkg\.lock|pdm\.lock)$/, 'toml'],
]

const testPath =
  /(^|\/)(tests?|specs?|__tests__|__e2e__|__mocks__|__snapshots__|testdata|test[-_]data|fixtures?|test[-_]fixtures?|e2e|cypress|mocks?|features\/(step_definitions|support)|testing|unittests?|integration[-_]tests?|(?!(?:ab|split)[-_])\w[\w-]*[-_]tests)\/|(^|\/)(test_[^/]*\.py|conftest\.py|[^/]*(_test|_spec|\.test|\.spec|\.e2e|\.\w+test|-test|-spec)\.[a-z]+)$/i
/** Below the source root of Java and its kin the folders are a package: `com/example/demo` is nobody's example. */
const packagePath = /(^|\/)src\/main\/(?:java|kotlin|scala|groovy)\/(?:com|org|io|net|dev)\/[^.]*\.\w+$/
const examplePath =
  /(^|\/)(examples?|samples?|demos?|templates?\/examples?|playground|tutorials?|benchmarks?|bench)\/|\.(sample|example|dist|template|tmpl|tpl|gotmpl|j2|jinja2?|erb)(\.[a-z]+)?$|\.(?:ya?ml|json|toml|sql|sh|env)[.-](?:sample|example|dist|template|default)$/i
const docsPath = /(^|\/)(docs?|documentation|rfcs?|adr|adrs)\/|\.(md|mdx|rst|adoc)$/i
const vendoredPath =
  /(^|\/)(vendor|node_modules|third[-_]party|bower_components|dist|\.yarn|Pods|site-packages|\.terraform)\/|\.min\.(js|css)$|(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|composer\.lock|Gemfile\.lock)$/

/** Kinds that the path alone decides, first match wins. */
const kinds: readonly (readonly [RegExp, ArtifactKind])[] = [
  [/(^|\/)\.github\/workflows\/[^/]+\.ya?ml$/, 'github-workflow'],
  [
    /(^|\/)db\/([a-z0-9_]+_)?(migrate|post_migrate|data)\/[^/]+\.rb$|(^|\/)migrate\/\d{14}_[^/]+\.rb$/,
    'rails-migration',
  ],
  [
    /(^|\/)(config\/initializers\/.+\.rb|config\/(application|environment|puma|unicorn|boot)\.rb|config\/environments\/[^/]+\.rb|config\.ru)$/,
    'rails-initializer',
  ],
  [/(^|\/)(docker-)?compose([.-][^/]+)?\.ya?ml$/, 'compose'],
  [/(^|\/)(fly(\.[^/]+)?)\.toml$/, 'fly'],
  [/(^|\/)render\.ya?ml$/, 'render'],
  [/(^|\/)Chart\.ya?ml$/, 'config'],
  [
    /(^|\/)(values([.-][^/]+)?|[^/]+[.-]values)\.ya?ml$|(^|\/)(charts?|helm)\/(.*\/)?values\/([^/]+\/)?[^/]+\.ya?ml$/,
    'helm-values',
  ],
  [
    /(^|\/)(docker-)?entrypoint([.-][^/]+)?(\.(sh|bash|py|js|rb))?$|(^|\/)(entrypoint|docker-entrypoint)\.d\/[^/]+$|(^|\/)(docker|bin|scripts?)\/(start|run|boot|entry)(-?(web|server|app|prod|production))?(\.sh)?$/,
    'entrypoint-script',
  ],
  [/(^|\/)(crontab(\.[^/]+)?|cron\.d\/[^/]+|etc\/cron[^/]*\/?[^/]*|[^/]+\.(cron|crontab))$/, 'crontab'],
  [
    /(^|\/)config\/((sidekiq[-_])?(schedule|cron|scheduler|recurring|good_job|cron_jobs|scheduled_jobs)([-_.][a-z_]+)?|sidekiq([-_.][a-z_]+)?)\.ya?ml$|(^|\/)(sidekiq[-_](cron|schedule|scheduler)|resque[-_]schedule|schedule\.sidekiq)[^/]*\.ya?ml$/,
    'sidekiq-schedule',
  ],
]

/** Files that are read line by line, told by their path when the ending names no language. */
const lineFiles: readonly (readonly [RegExp, ArtifactKind])[] = [
  [/(^|\/)logrotate\.d\/[^/]+$|(^|\/)(etc-)?logrotate([-_][\w.-]+|\.conf|\.[\w-]+\.conf)?$|\.logrotate$/i, 'logrotate'],
  [/\.(pem|crt|cer|cert|ca-bundle)$/i, 'certificate'],
  [
    /(^|\/)(ip6?tables[^/]*|rules\.v[46]|nftables\.conf|[^/]+\.(nft|nftables|iptables|ip6tables|firewall)|[^/]*firewall[^/]*\.(rules|conf))$|(firewall|iptables|haproxy)[^/]*\/(.*\/)?[^/]+\.rules$/i,
    'firewall',
  ],
  [/(^|\/)robots\.txt$/i, 'list'],
  [
    /(^|[/_.-])(block|deny|black|ban|allow|white|safe|reject|drop|malware|phishing|spam|bad|abuse|trusted|blocked|denied|banned|allowed|disallowed|forbidden)[-_.]?(list|urls?|hosts?|domains?|ips?|nets?|networks?|cidrs?|paths?|prefix(es)?|agents?|user[-_]agents?|ua|bots?|patterns?|regex(es)?|emails?|asns?|referr?ers?|words?)(ed|s)?([-_.][a-z0-9_.-]*)?$/i,
    'list',
  ],
  [/(^|\/)[^/]*(block|deny|black|allow|white)[-_]?lists?\/[^/]+\.(txt|list|lst|csv|dat|acl)$/i, 'list'],
]

/** Endings (or none) that a list of patterns has. */
const listEnding = /(^|\/)[^/.]+$|\.(txt|list|lst|conf|csv|dat|acl|map|patterns|regex|rules)$/i

function lineKind(path: string): ArtifactKind | undefined {
  const plain = path.replace(/\.(erb|j2|jinja2?|tmpl|tpl|dist|sample|example|template)$/i, '')
  const kind = lineFiles.find(([pattern]) => pattern.test(plain))?.[1]
  return kind === 'list' && !listEnding.test(plain) ? undefined : kind
}

/** Templates of pages and mails. Templates of configuration files (`app.yml.erb`) keep the language of what they make. */
const pageTemplate =
  /\.((html?|text|txt|xml|js|json|csv|turbo_stream|md)\.(erb|j2|jinja2?)|html?\.(tmpl|gotmpl)|gohtml|haml|slim|rhtml|jbuilder|liquid|hbs|handlebars|mustache|njk|twig|blade\.php|ejs|pug|jade|jinja2?)$|(^|\/)(templates?|views|layouts|jinja2|_includes|_layouts)\/.*\.(erb|html?|txt)$|(^|\/)(templates?|views|layouts|emails?|mails?)\/(.*\/)?[^./]+\.(tmpl|gotmpl)$|(^|\/)(emails?|mails?|mailers?)\/(.*\/)?[^/]+\.(html?|txt)$/i

const migrationFolder =
  /(^|\/)(db\/)?[a-z0-9_-]*(migrations?|migrate|schema[-_]?changes?|changesets?|deltas?|flyway|liquibase|sqitch|changelogs?|versions|upgrades?|evolutions)[a-z0-9_-]*\/.*\.(sql|pgsql)(\.(postgres(ql)?|pg|mysql|mariadb|sqlite3?))?$/i
const migrationName = /(^|\/)(V\d[\w.]*__[^/]+|R__[^/]+|\d{3,}[-_.][^/]*|[^/]*[-_.](up|migrat(e|ion)))\.(sql|pgsql)$/i

/** Classifies by path alone; undefined for files nothing reads (pictures, archives, styles …). */
export function classifyPath(path: string): PathClass | undefined {
  const language = languageOf(path)
  if (language === undefined) return undefined
  return { language, kind: kindOf(path, language), role: roleOf(path) }
}

function languageOf(path: string): Language | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  for (const [pattern, language] of names) if (pattern.test(name)) return language
  if (/(^|\/)(cron\.d|etc\/cron[^/]*)\/[^/.]+$/.test(path)) return 'crontab'
  if (/(^|\/)\.(vscode|devcontainer)\/[^/]+\.json$/.test(path)) return 'jsonc'
  if (
    /(^|\/)[^/]*(nagios|icinga|naemon|centreon)[^/]*\/(.+\/)?[^/]+\.cfg$|(^|\/)haproxy\/(.+\/)?[^/]+\.cfg(\.(erb|j2|tmpl|tpl))?$|(^|\/)monit(\.d|\/conf\.d|\/conf-available)?\/[^/.]+$/.test(
      path,
    )
  )
    return 'conf'
  if (/(^|\/)(journald|redis|postgresql|mysql|sysctl)(\.conf)?\.d\/[^/]+\.(conf|cnf)$/.test(path)) return 'ini'
  if (pageTemplate.test(path)) return 'template'
  if (isRotationPath(path)) return 'lines'
  const stem = name.replace(/\.(erb|j2|jinja2?|tmpl|tpl|gotmpl|dist|sample|example|template)$/i, '')
  const dot = stem.lastIndexOf('.')
  const known = dot > 0 ? languages[stem.slice(dot + 1).toLowerCase()] : undefined
  if (known !== undefined) return known
  if (stem.endsWith('.xml')) return changelogPath.test(path) ? 'xml' : undefined
  if (lineKind(path) !== undefined) return 'lines'
  if (dot > 0) return undefined
  // Files without an ending in a folder of scripts are read, and kept only when they begin with #! (see load.ts).
  return dot === -1 && /(^|\/)(bin|scripts?|ops|tools|deploy|hooks|exe|sbin|docker)\//.test(path) ? 'text' : undefined
}

function kindOf(path: string, language: Language): ArtifactKind {
  if (isRotationPath(path)) return 'logrotate'
  for (const [pattern, kind] of kinds) if (pattern.test(path)) return kind
  if (language === 'sql') return migrationFolder.test(path) || migrationName.test(path) ? 'sql-migration' : 'other'
  if (language === 'hcl') return 'terraform'
  if (language === 'template') return 'template'
  if (language === 'lines') return lineKind(path) ?? 'other'
  if (language === 'dockerfile' || language === 'procfile' || language === 'crontab') return language
  if (language === 'shell') return 'script'
  if (
    language === 'yaml' ||
    language === 'json' ||
    language === 'jsonc' ||
    language === 'toml' ||
    language === 'conf' ||
    language === 'ini'
  )
    return 'config'
  return language === 'text' ? 'other' : 'code'
}

const roles = new Map<string, Role>()

/** How a file takes part in production, by its path alone. Each search of a repository asks anew: the answers are kept. */
export function roleOf(path: string): Role {
  const known = roles.get(path) ?? roleByPath(path)
  roles.set(path, known)
  return known
}

/** Settings of servers as Ansible, Puppet and Consul write them: what they become runs. */
const deployedTemplate =
  /\.(conf|cfg|cnf|ini|properties|service|timer|socket|rules|vcl)\.(j2|jinja2?|erb|epp|ctmpl|tftpl)$/

function roleByPath(path: string): Role {
  if (vendoredPath.test(path)) return 'vendored'
  if (testPath.test(path)) return 'test'
  if (packagePath.test(path)) return docsPath.test(path) ? 'docs' : 'live'
  const isTemplate = pageTemplate.test(path) || deployedTemplate.test(path)
  if (examplePath.test(isTemplate ? path.replace(/\.\w+$/, '') : path)) return 'example'
  return docsPath.test(path) ? 'docs' : 'live'
}

/** Refines a kind that needs the content: Kubernetes objects, compose files and Helm templates are told by what they say. */
export function classifyContent(path: string, by: PathClass, text: string): PathClass {
  if (by.language === 'text') {
    const language = shebang(text)
    return language === undefined ? by : { ...by, language, kind: by.kind === 'other' ? 'script' : by.kind }
  }
  if (by.kind === 'code' || by.kind === 'rails-migration')
    if (unreadFramework(by.language, text) !== undefined) return { ...by, kind: 'code-migration' }
  if (by.language === 'ruby' && /^[ \t]*(Sequel|ROM::SQL)\.migration\b/m.test(text))
    return { ...by, kind: 'sequel-migration' }
  if (by.language === 'python') return pythonMigration(path, by, text)
  if (by.language === 'javascript' || by.language === 'typescript') return javascriptMigration(path, by, text)
  if (by.language === 'php') return phpMigration(by, text)
  if (by.language === 'elixir') return ectoMigration(path, by, text)
  if (by.language === 'sql') return by.kind === 'other' && marked.test(text) ? { ...by, kind: 'sql-migration' } : by
  if (/databaseChangeLog/i.test(text) && isChangelog(by, text)) return { ...by, kind: 'liquibase-changelog' }
  // Other XML is of no interest.
  if (by.language === 'xml') return { ...by, language: 'text' }
  if (by.language !== 'yaml' && by.language !== 'json') return by
  if (by.kind !== 'config') return by
  if (/(^|\/)templates\/.+\.ya?ml$/.test(path) && /\{\{-?\s/.test(text)) return { ...by, kind: 'helm-template' }
  if (/^\s*["']?apiVersion["']?\s*:/m.test(text) && /^\s*["']?kind["']?\s*:/m.test(text)) return { ...by, kind: 'k8s' }
  if (
    /^services:\s*$/m.test(text) &&
    /^\s+(image|build):/m.test(text) &&
    /^(version|networks|volumes|x-[\w-]+|name|services):/m.test(text)
  )
    return { ...by, kind: 'compose' }
  return by
}

/** Python migrations are told by what they say: folders named `migrations` and `versions` hold other code as well. */
function pythonMigration(path: string, by: PathClass, text: string): PathClass {
  if (by.kind !== 'code') return by
  if (/(^|\/)[a-z_]*migrations\/(.+\/)?[^/]+\.py$/.test(path) && /^class \w+\([^)]*\bMigration\):/m.test(text))
    return { ...by, kind: 'django-migration' }
  return /^(from alembic import .*\bop\b|from alembic\.op import|import alembic)/m.test(text) &&
    /^def upgrade\(/m.test(text)
    ? { ...by, kind: 'alembic-migration' }
    : sendsSql(path, text)
      ? { ...by, kind: 'python-migration' }
      : by
}

/** yoyo, Aerich, and what a project's own runner calls in a folder of migrations. */
function sendsSql(path: string, text: string): boolean {
  if (/^(from yoyo import\b.*\bstep\b|import yoyo\b)/m.test(text)) return true
  if (/\bBaseDBAsyncClient\b/.test(text)) return /^async def upgrade\(/m.test(text)
  return (
    /(^|\/)[a-z_-]*(migrations?|migrate|deltas?|schema[_-]?changes?|upgrades?)\/(.+\/)?[^/]+\.py$/.test(path) &&
    /^(async )?def (run_create|run_upgrade|upgrade|up|apply|migrate|forwards?)\(/m.test(text) &&
    /\.(execute\w*|sql)\(/.test(text) &&
    /\b(ALTER|CREATE|DROP|TRUNCATE|REINDEX)\s+\w|\bUPDATE\s+["\w.]+\s+SET\b|\bDELETE\s+FROM\b/i.test(text)
  )
}

/** Folders of migrations hold their runners and helpers as well: a migration has a way up, and works on tables. */
function javascriptMigration(path: string, by: PathClass, text: string): PathClass {
  if (by.kind !== 'code' || !/(^|\/)[^/]*(migrat|alteration)[^/]*\/(.+\/)?[^/]+\.[cm]?[jt]s$/i.test(path)) return by
  if (!/\bup\b\s*([=:(<]|,|\})|\b(create|combine)\w*Migrations?\s*\(|\.addTable\(/.test(text)) return by
  const onTables =
    /MigrationInterface|queryInterface|QueryInterface|sequelize|\bknex\b|\bKnex\b|\.schema\b|addSql|\bpgm\b|MigrationBuilder|kysely|runSql|\bsql`|\b(query|execute|raw|unsafe)\w*\s*\(|\w+Migration\s*\(|\.addTable\(|\bdbm\b|\bdb\.(add|remove|rename|change)Column\(|\bdb\.(create|drop|rename)Table\(|\bdb\.(add|remove)(Index|ForeignKey)\(/
  if (!onTables.test(text) || /\bmongoose\b|\bmongodb\b|\.collection\(/.test(text)) return by
  return { ...by, kind: 'javascript-migration' }
}

/** Laravel's migrations extend `Migration`, Doctrine's and Phinx's `AbstractMigration`; all have a way up, which Phinx may call `change`. */
function phpMigration(by: PathClass, text: string): PathClass {
  if (by.kind !== 'code') return by
  if (isPhinx(text) && /\bfunction\s+(up|change)\s*\(/.test(text)) return { ...by, kind: 'php-migration' }
  if (!/\bfunction\s+up\s*\(/.test(text)) return by
  const laravel = /\bextends\s+[\w\\]*Migration\b/.test(text) && /\b(Schema|DB|Blueprint|Illuminate)\b/.test(text)
  const doctrine =
    /\bDoctrine\\Migrations\b|\$this->addSql\s*\(|\bfunction\s+up\s*\(\s*(\\?Doctrine\\DBAL\\Schema\\)?Schema\s+\$/.test(
      text,
    )
  return laravel || doctrine ? { ...by, kind: 'php-migration' } : by
}

function ectoMigration(path: string, by: PathClass, text: string): PathClass {
  const migrates = /^\s*use\s+(Ecto\.Migration\b|[\w.]+\.Migration\b)/m.test(text)
  return by.kind === 'code' &&
    migrates &&
    /(^|\/)[^/]*migrations?[^/]*\/|^\s*def\s+(change|up)\b/m.test(`${path}\n${text}`)
    ? { ...by, kind: 'ecto-migration' }
    : by
}

/** Comments with which runners are told what to do: goose, sql-migrate, dbmate, Liquibase, Sqitch, node-pg-migrate. */
const marked =
  /^--\s*(\+(goose|migrate)\s+(Up|Down)\b|migrate:up\b|liquibase formatted sql|Deploy \S+ to \w+|Up Migration\b)/im

/** Liquibase's own formats, told by their outermost element. */
function isChangelog({ language }: PathClass, text: string): boolean {
  if (language === 'xml') return /<(\w+:)?databaseChangeLog[\s>]/.test(text)
  if (language === 'yaml') return /^["']?databaseChangeLog["']?\s*:/im.test(text)
  return language === 'json' && /^\s*\{\s*"databaseChangeLog"\s*:/i.test(text)
}

function shebang(text: string): Language | undefined {
  const line = /^#!([^\n]*)/.exec(text)?.[1]
  if (line === undefined) return undefined
  if (/\b(ba|da|z|k)?sh\b/.test(line)) return 'shell'
  if (/\bruby\b/.test(line)) return 'ruby'
  if (/\bpython[\d.]*\b/.test(line)) return 'python'
  return /\b(node|bun|deno)\b/.test(line) ? 'javascript' : undefined
}

const production = /(^|[/._-])(prod|production|prd|live)([/._-]|$)/i
const lower =
  /(^|[/._-])(dev|devel|development|staging|stage|stg|test|testing|qa|uat|sandbox|preview|local|ci|demo|nonprod|non-prod|preprod)([/._-]|$)/i

/** The environment a path names by itself. */
export function environmentOf(path: string): 'production' | 'lower' | 'unknown' {
  if (/non-?prod|pre-?prod/i.test(path)) return 'lower'
  if (production.test(path)) return 'production'
  return lower.test(path.replace(/(^|\/)\.github\//, '/')) ? 'lower' : 'unknown'
}
