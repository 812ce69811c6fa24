import type { Language } from '../../artifact/types.ts'

/** A place where code reads an environment variable. */
export interface Read {
  readonly key: string
  /** The code fails when it is not set. */
  readonly required: boolean
  /** Read without a default and without a look at whether it is there. */
  readonly bare: boolean
  readonly offset: number
}

const name = '([A-Z][A-Z0-9_]{2,})'
const quoted = `["'\`]${name}["'\`]`

interface Pattern {
  readonly pattern: RegExp
  readonly required: boolean
}

function required(source: string): Pattern {
  return { pattern: new RegExp(source, 'g'), required: true }
}

function optional(source: string): Pattern {
  return { pattern: new RegExp(source, 'g'), required: false }
}

const ruby = [
  required(`\\bENV\\[\\s*${quoted}\\s*\\]\\s*(?:\\|\\||or)\\s*(?:raise|abort|fail)\\b`),
  required(`\\bENV\\.fetch\\(?\\s*${quoted}\\s*\\)?(?!\\s*(,|\\{|do\\b|\\)\\s*(\\{|do\\b)))`),
  optional(`\\bENV(?:\\[|\\.fetch\\(?)\\s*${quoted}`),
]
const spring = [required(`\\$\\{${name}\\}`), optional(`\\$\\{${name}:`)]
const python = [
  required(`\\bos\\.environ\\[\\s*${quoted}\\s*\\](?!\\s*=[^=])`),
  required(
    `(?<![\\w.])(?:env|config|env\\.(?:str|int|bool|url|list|db|db_url))\\(\\s*${quoted}\\s*(?:,\\s*cast=\\w+\\s*)?\\)`,
  ),
  optional(`\\b(?:os\\.environ\\.get|os\\.getenv|getenv)\\(\\s*${quoted}`),
]
const javascript = [
  required(`\\bprocess\\.env(?:\\.${name}|\\[${quoted}\\])!`),
  required(
    `\\b(?:requireEnv|requiredEnv|getEnvOrThrow|mustGetEnv|getRequiredEnv\\w*|mustEnv|requireEnvVar|ensureEnv|assertEnv|getOrThrow)(?:<\\w+>)?\\(\\s*${quoted}\\s*\\)`,
  ),
  required(`if\\s*\\(\\s*!\\s*process\\.env(?:\\.${name}|\\[${quoted}\\])\\s*\\)\\s*\\{?\\s*(?:throw|process\\.exit)`),
  required(
    `\\bprocess\\.env(?:\\.${name}|\\[${quoted}\\])\\s*(?:\\?\\?|\\|\\|)\\s*(?:\\(\\(\\)\\s*=>\\s*\\{\\s*)?(?:throw|raise|fail|panic)`,
  ),
  optional(`\\bprocess\\.env(?:\\.${name}|\\[${quoted}\\])`),
  optional(`\\bimport\\.meta\\.env\\.${name}`),
]
const go = [
  required(`\\b(?:[mM]ustGet[eE]nv|[mM]ustEnv|[rR]equireEnv|[gG]etEnvOrPanic|[gG]etEnvOrDie)\\(\\s*${quoted}\\s*\\)`),
  required(`\\benv:"${name},(?:required|notEmpty)`),
  required(`\\b(?:envconfig|env):"${name}"[^\`\\n]*required:"true"`),
  required(
    `os\\.Getenv\\(\\s*${quoted}\\s*\\)\\s*\\n\\s*if\\s+\\w+\\s*==\\s*""\\s*\\{\\s*\\n?\\s*(?:log\\.(?:Fatal|Panic)|panic|return\\s[^\\n]*(?:err|Errorf))`,
  ),
  optional(`\\bos\\.(?:Getenv|LookupEnv)\\(\\s*${quoted}`),
]
const rust = [
  required(`\\benv::var\\(\\s*${quoted}\\s*\\)\\s*\\.(?:expect|unwrap)\\(`),
  required(`\\benv::var\\(\\s*${quoted}\\s*\\)\\s*\\?`),
  required(`\\benv!\\(\\s*${quoted}`),
  optional(`\\benv::var(?:_os)?\\(\\s*${quoted}`),
]
const jvm = [required(`@Value\\(\\s*"\\$\\{${name}\\}"`), optional(`\\bSystem\\.getenv\\(\\s*${quoted}`)]
const elixir = [
  required(`\\bSystem\\.get_env\\(\\s*${quoted}\\s*\\)\\s*\\|\\|\\s*raise`),
  required(`\\bSystem\\.fetch_env!\\(\\s*${quoted}`),
  optional(`\\bSystem\\.get_env\\(\\s*${quoted}`),
]
const php = [
  required(`\\b(?:getenv|env)\\(\\s*${quoted}\\s*\\)\\s*\\?[:?]\\s*throw\\b`),
  required(`\\$_(?:ENV|SERVER)\\[${quoted}\\]\\s*\\?\\?\\s*throw\\b`),
  optional(`\\b(?:getenv|env)\\(\\s*${quoted}`),
  optional(`\\$_(?:ENV|SERVER)\\[${quoted}\\]`),
]
const shell = [required(`\\$\\{${name}:?\\?`), optional(`\\$\\{?${name}\\b`)]
const dotnet = [
  required(`\\bEnvironment\\.GetEnvironmentVariable\\(\\s*${quoted}\\s*\\)\\s*\\?\\?\\s*throw\\b`),
  optional(`\\bEnvironment\\.GetEnvironmentVariable\\(\\s*${quoted}`),
]

const byEnding: Readonly<Record<string, readonly Pattern[]>> = {
  rb: ruby,
  rake: ruby,
  ru: ruby,
  py: python,
  js: javascript,
  mjs: javascript,
  cjs: javascript,
  jsx: javascript,
  ts: javascript,
  mts: javascript,
  cts: javascript,
  tsx: javascript,
  go,
  rs: rust,
  java: jvm,
  kt: jvm,
  scala: jvm,
  ex: elixir,
  exs: elixir,
  php,
  cs: dotnet,
  spring,
  sh: shell,
  bash: shell,
}

/** Is the file code of a language whose reads of the environment are known? */
export function isCode(path: string): boolean {
  return byEnding[ending(path)] !== undefined
}

function ending(path: string): string {
  if (/(^|\/)application[\w-]*\.(ya?ml|properties)$/.test(path)) return 'spring'
  if (/(^|\/)config\/[^/]+\.ya?ml(\.erb)?$/.test(path)) return 'rb'
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase()
}

/** Variables that the system itself, a test runner or a build sets. */
const given =
  /^(PATH|HOME|USER|PWD|SHELL|LANG|LC_\w+|TZ|TMPDIR|TEMP|HOSTNAME|CI|DEBUG|VERBOSE|PORT|HOST|TERM|EDITOR|DISPLAY|OLDPWD|NODE_ENV|RAILS_ENV|RACK_ENV|APP_ENV|NODE_OPTIONS|BASH_SOURCE|BASH_\w+|IFS|RANDOM|SECONDS|UID|EUID|GID|SHLVL|LINENO|FUNCNAME|OPTARG|OPTIND|PIPESTATUS|GITHUB_\w+|GITLAB_\w+|CI_\w+|RUNNER_\w+|AWS_(REGION|DEFAULT_REGION|LAMBDA_\w+|EXECUTION_ENV)|KUBERNETES_\w+|npm_\w+|JEST_\w+|VITEST\w*|PYTEST_\w+|BUNDLE_\w+|GEM_\w+|VERCEL\w*|DYNO|SOURCE_DATE_EPOCH|CARGO_\w+|OUT_DIR|XDG_\w+|DATABASE_URL_TEST|TEST_\w+)$/

/** The environment variables that code reads, the first place of each. A key that is required anywhere is required. */
export function readsOf(path: string, text: string): readonly Read[] {
  const patterns = byEnding[ending(path)]
  if (patterns === undefined || text.length > 500_000) return []
  const found = new Map<string, Read>()
  const add = (key: string | undefined, isRequired: boolean, offset: number, bare = isRequired) => {
    if (key === undefined || given.test(key) || isComment(text, offset)) return
    const known = found.get(key)
    if (known === undefined || (isRequired && !known.required))
      found.set(key, { key, required: isRequired, bare, offset })
  }
  for (const { pattern, required: isRequired } of patterns)
    for (const match of text.matchAll(pattern))
      add(
        match.slice(1).find(group => group !== undefined && /^[A-Z]/.test(group)),
        isRequired,
        match.index,
        isRequired || isBare(text, match.index, match.index + match[0].length),
      )
  for (const { key, isRequired, offset } of schemaKeys(path, text)) add(key, isRequired, offset)
  return [...found.values()]
}

/** Keys of a schema that process.env is checked against (zod, envalid, @t3-oss/env, joi), or of pydantic settings. */
function schemaKeys(path: string, text: string): readonly { key: string; isRequired: boolean; offset: number }[] {
  if (/\.(m|c)?[jt]sx?$/.test(path)) {
    if (!/process\.env|createEnv|cleanEnv|runtimeEnv|import\.meta\.env/.test(text)) return []
    const entries = text.matchAll(
      /^\s*([A-Z][A-Z0-9_]{2,}):\s*((?:z|Joi|joi|v|t|s)\.[^\n]*|(?:str|url|num|port|bool|host|email|json)\([^\n]*)/gm,
    )
    return [...entries].map(match => ({
      key: match[1] ?? '',
      isRequired: !/optional\(|default|nullish|nullable|devDefault|catch\(/.test(
        `${match[2] ?? ''}${nextLines(text, match.index + match[0].length)}`,
      ),
      offset: match.index + match[0].indexOf(match[1] ?? ''),
    }))
  }
  if (path.endsWith('.py') && /\bBaseSettings\b/.test(text)) {
    const prefix = /env_prefix\s*=\s*["'](\w*)["']/.exec(text)?.[1] ?? ''
    const fields = text.matchAll(/^ {4}([a-zA-Z]\w+): *(?:str|int|float|SecretStr|\w*Url|\w*Dsn)[ \t]*(=[^\n]*)?$/gm)
    return [...fields].map(match => ({
      key: `${prefix}${match[1] ?? ''}`.toUpperCase(),
      isRequired: match[2] === undefined || /Field\(\s*(\.\.\.|\))/.test(match[2]),
      offset: match.index + 4,
    }))
  }
  return []
}

/** Nothing around the read gives another value or asks whether it is there. */
function isBare(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 40), start)
  const after = text.slice(end, end + 30)
  if (/(\bif|\bunless|\bwhen|\bwhile|&&|\|\||!|\?|\bBoolean\(|\bin|\bassert)\s*\(?\s*$/.test(before)) return false
  return !/^["'`\])]*\s*(\|\||\?\?|,|or\b|\.presence|\.blank|\.present|\.nil|&\.|\?\.|\?|\{|do\b|if\b|unless\b|===?|!==?|&&|=[^=])/.test(
    after,
  )
}

/** Chained calls on the lines after a key. */
function nextLines(text: string, from: number): string {
  return /^(?:\s*\n\s*\.[^\n]*){0,6}/.exec(text.slice(from, from + 600))?.[0] ?? ''
}

function isComment(text: string, offset: number): boolean {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^\s*(#|\/\/|\*|--)/.test(text.slice(start, offset + 1))
}

/** Languages whose files are artifacts of code. */
export const codeLanguages: readonly Language[] = ['ruby', 'python', 'javascript', 'typescript', 'tsx', 'shell']
