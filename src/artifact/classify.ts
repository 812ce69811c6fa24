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
  phtml: 'php',
  cron: 'crontab',
  crontab: 'crontab',
  dockerfile: 'dockerfile',
}

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
  [/^(docker-)?entrypoint$/, 'shell'],
  [/^(Pipfile|poetry\.lock|Cargo\.lock|uv\.lock|Gopkg\.lock|pdm\.lock)$/, 'toml'],
]

const testPath =
  /(^|\/)(tests?|specs?|__tests__|__e2e__|__mocks__|__snapshots__|testdata|test[-_]data|fixtures?|test[-_]fixtures?|e2e|cypress|mocks?|features\/(step_definitions|support)|testing|unittests?|integration[-_]tests?)\/|(^|\/)(test_[^/]*\.py|conftest\.py|[^/]*(_test|_spec|\.test|\.spec|\.e2e|\.\w+test|-test|-spec)\.[a-z]+)$/i
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
  [/(^|\/)(values([.-][^/]+)?|[^/]+[.-]values)\.ya?ml$/, 'helm-values'],
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

/** Templates of pages and mails. Templates of configuration files (`app.yml.erb`) keep the language of what they make. */
const pageTemplate =
  /\.((html?|text|txt|xml|js|json|csv|turbo_stream|md)\.(erb|j2|jinja2?)|haml|slim|rhtml|jbuilder|liquid|hbs|handlebars|mustache|njk|twig|blade\.php|ejs|pug|jade|jinja2?)$|(^|\/)(templates?|views|layouts|jinja2|_includes|_layouts)\/.*\.(erb|html?|txt)$/i

const migrationFolder =
  /(^|\/)(db\/)?[a-z0-9_-]*(migrations?|migrate|schema[-_]?changes?|changesets?|deltas?|flyway|liquibase|changelogs?|versions|upgrades?)[a-z0-9_-]*\/.*\.(sql|pgsql)$/i
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
  if (pageTemplate.test(path)) return 'template'
  const stem = name.replace(/\.(erb|j2|jinja2?|tmpl|tpl|gotmpl|dist|sample|example|template)$/i, '')
  const dot = stem.lastIndexOf('.')
  if (dot > 0) return languages[stem.slice(dot + 1).toLowerCase()]
  // Files without an ending in a folder of scripts are read, and kept only when they begin with #! (see load.ts).
  return dot === -1 && /(^|\/)(bin|scripts?|ops|tools|deploy|hooks|exe|sbin|docker)\//.test(path) ? 'text' : undefined
}

function kindOf(path: string, language: Language): ArtifactKind {
  for (const [pattern, kind] of kinds) if (pattern.test(path)) return kind
  if (language === 'sql') return migrationFolder.test(path) || migrationName.test(path) ? 'sql-migration' : 'other'
  if (language === 'hcl') return 'terraform'
  if (language === 'template') return 'template'
  if (language === 'dockerfile' || language === 'procfile' || language === 'crontab') return language
  if (language === 'shell') return 'script'
  if (language === 'yaml' || language === 'json' || language === 'jsonc' || language === 'toml') return 'config'
  return language === 'text' ? 'other' : 'code'
}

/** How a file takes part in production, by its path alone. */
export function roleOf(path: string): Role {
  if (vendoredPath.test(path)) return 'vendored'
  if (testPath.test(path)) return 'test'
  if (examplePath.test(pageTemplate.test(path) ? path.replace(/\.\w+$/, '') : path)) return 'example'
  return docsPath.test(path) ? 'docs' : 'live'
}

/** Refines a kind that needs the content: Kubernetes objects, compose files and Helm templates are told by what they say. */
export function classifyContent(path: string, by: PathClass, text: string): PathClass {
  if (by.language === 'text') {
    const language = shebang(text)
    return language === undefined ? by : { ...by, language, kind: by.kind === 'other' ? 'script' : by.kind }
  }
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
