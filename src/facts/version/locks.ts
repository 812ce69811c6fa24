import { textOf } from '../../change/content.ts'
import type { Change, ChangedFile } from '../../change/types.ts'
import { indexLines, lineSpan } from '../../text/lines.ts'
import { escapePattern } from '../../text/pattern.ts'
import type { VersionFact } from './index.ts'
import { stepOf } from './numbers.ts'

/** Lock files and lists of exact versions. */
const lockPath =
  /(^|\/)(Gemfile\.lock|package-lock\.json|poetry\.lock|uv\.lock|requirements[\w-]*\.txt|Pipfile\.lock|yarn\.lock|pnpm-lock\.yaml|package\.json)$/

export function isLockPath(path: string): boolean {
  return lockPath.test(path) && !/(^|\/)(node_modules|vendor|tests?|specs?|fixtures?|examples?)\//.test(path)
}

interface Locked {
  readonly version: string
  readonly line: number
}

/** Files by which a system, an image or a machine gets packages outside the lock file. */
const installers =
  /(\.spec|\.dockerfile|\.pp|\.nix|\.sh|\.bash)$|(^|\/)(Dockerfile|Containerfile)[^/]*$|(^|\/)debian\/(control|rules)$|(^|\/)(ansible|roles|playbooks|salt|cookbooks|puppet|packer|provision\w*)\/.+\.(ya?ml|sls|rb|json|hcl|sh)$|(^|\/)(Vagrantfile|Brewfile|snapcraft\.yaml)$/
const aside = /(^|\/)(node_modules|vendor|docs?|tests?|specs?|fixtures?|examples?)\//
const mostFiles = 200
const largest = 300_000

/** Packages that a lock file moves while a file that installs them for the whole system stays at the old version. */
export async function lockFacts(change: Change): Promise<readonly VersionFact[]> {
  const facts: VersionFact[] = []
  let others: readonly Other[] | undefined
  for (const file of change.files) {
    if (!isLockPath(file.path)) continue
    facts.push(...(await unlockedFacts(change, file)))
    const [base, head] = await Promise.all([textOf(file, 'base'), textOf(file, 'head')])
    if (base === undefined || head === undefined) continue
    const [before, after] = [lockedIn(file.path, base), lockedIn(file.path, head)]
    const moved = [...after].filter(([name, { version }]) => {
      const old = before.get(name)
      return old !== undefined && old.version !== version
    })
    if (moved.length === 0) continue
    others ??= await installersOf(change)
    const lines = indexLines(head)
    const spanOf = (line: number) => lineSpan(lines, line)
    for (const [name, { version, line }] of moved.slice(0, 500)) {
      const old = before.get(name)?.version ?? ''
      const fact = {
        kind: 'version',
        path: file.path,
        side: 'head',
        span: spanOf(line),
        name,
        base: old,
        head: version,
      } as const
      const step = stepOf(old, version) ?? { step: 'other' as const, parts: 0 }
      const other = heldElsewhere(name, old, version, others)
      if (other)
        facts.push({
          ...fact,
          ...step,
          what: 'apart',
          role: 'other',
          allowed: false,
          otherPath: other.path,
          otherLine: other.line,
        })
      else if (
        builtIn.has(name) &&
        file.path.endsWith('Gemfile.lock') &&
        // The system's own copy moves along.
        !others.some(({ text }) => installLine(name, version).test(text))
      ) {
        const server = preloaderOf(others, head)
        if (server) facts.push({ ...fact, ...step, what: 'built-in', role: 'other', allowed: false, otherPath: server })
      }
    }
  }
  return facts
}

/** Package to version, with its line. */
function lockedIn(path: string, text: string): ReadonlyMap<string, Locked> {
  const found = new Map<string, Locked>()
  const pattern = path.endsWith('Gemfile.lock')
    ? /^ {4}([\w.-]+) \(([\w.]+)(?:-[\w.-]+)?\)/
    : path.endsWith('.txt')
      ? /^([A-Za-z][\w.-]*)(?:\[[\w,-]*\])?==([\w.!+]+)/
      : undefined
  let name = ''
  for (const [at, line] of text.split('\n').entries()) {
    if (pattern) {
      const match = pattern.exec(line)
      if (match?.[1] && match[2]) found.set(match[1], { version: match[2], line: at + 1 })
      continue
    }
    // TOML and JSON locks name the package first and its version on a later line.
    name = /^name = "([^"]+)"|^\s{4,8}"(?:node_modules\/)?([@\w./-]+)": \{/.exec(line)?.slice(1).find(Boolean) ?? name
    const version = /^version = "([^"]+)"|^\s{6,12}"version": "(?:==)?([^"]+)"/.exec(line)?.slice(1).find(Boolean)
    if (name !== '' && version !== undefined) {
      if (!found.has(name)) found.set(name, { version, line: at + 1 })
      name = ''
    }
  }
  return found
}

const lockFile =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Gemfile\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|composer\.lock)$/

/** A lock file that goes without another in its place, and exact versions that become ranges where nothing locks them. */
async function unlockedFacts(change: Change, file: ChangedFile): Promise<readonly VersionFact[]> {
  const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1)
  const isManifest = /(^|\/)(package\.json|requirements[\w-]*\.txt)$/.test(file.path)
  if (!isManifest && file.status !== 'deleted') return []
  const listed = await change.trees.head.list()
  // A workspace has one lock file for all its packages, in a folder above them.
  const isLocked = listed.some(
    path => lockFile.test(path) && (path.startsWith(folder) || folder.startsWith(path.replace(/[^/]*$/, ''))),
  )
  if (isLocked) return []
  const rest = {
    kind: 'version',
    path: file.path,
    what: 'unlocked',
    step: 'other',
    parts: 0,
    role: 'other',
    allowed: false,
  } as const
  if (file.status === 'deleted') {
    // Without a manifest the whole package went.
    const isKept = listed.some(
      path =>
        /^(package\.json|Gemfile|pyproject\.toml|Pipfile)$/.test(path.slice(folder.length)) && path.startsWith(folder),
    )
    const text = lockFile.test(file.path) && isKept ? await textOf(file, 'base') : undefined
    if (text === undefined) return []
    return [
      { ...rest, side: 'base', span: lineSpan(indexLines(text), 1), name: file.path, base: 'a lock file', head: '' },
    ]
  }
  const [base, head] = [await textOf(file, 'base'), await textOf(file, 'head')]
  if (base === undefined || head === undefined) return []
  const before = exactIn(file.path, base)
  // Where every version is exact, one that is not stands out.
  const isPinned = before.size > 0 && !base.split('\n').some(line => rangeIn(file.path, line) !== undefined)
  const lines = indexLines(head)
  return head.split('\n').flatMap((line, at): readonly VersionFact[] => {
    const [name = '', range = ''] = rangeIn(file.path, line) ?? []
    const old = before.get(name) ?? (isPinned && name !== '' ? 'new' : undefined)
    return old === undefined
      ? []
      : [{ ...rest, side: 'head', span: lineSpan(lines, at + 1), name, base: old, head: range }]
  })
}

/** Name and range of a dependency whose version is open. */
function rangeIn(path: string, line: string): readonly [string, string] | undefined {
  const [, name, range = ''] = (path.endsWith('.json') ? jsonRange : pipRange).exec(line) ?? []
  if (name === undefined || /^(node|npm|yarn|pnpm|version|engines|packageManager)$/.test(name)) return undefined
  return [name, range]
}

const jsonRange = /^\s*[{]?.*?"([@\w./-]+)":\s*"([\^~><*x][^"]*|latest|\d+|\d+\.\d+)"/
const pipRange = /^([A-Za-z][\w.-]*)\s*((?:[><~!][^#;]*)?)(?:#.*)?$/

function exactIn(path: string, text: string): ReadonlyMap<string, string> {
  const pattern = path.endsWith('.json')
    ? /"([@\w./-]+)":\s*"(\d+\.\d+\.\d+[\w.-]*)"/g
    : /^([A-Za-z][\w.-]*)==([\w.]+)/gm
  return new Map([...text.matchAll(pattern)].map((found): [string, string] => [found[1] ?? '', found[2] ?? '']))
}

interface Other {
  readonly path: string
  readonly text: string
}

async function installersOf(change: Change): Promise<readonly Other[]> {
  const paths = (await change.trees.head.list()).filter(path => installers.test(path) && !aside.test(path))
  const found: Other[] = []
  for (const path of paths.slice(0, mostFiles)) {
    const text = await change.trees.head.read(path)
    if (text !== undefined && text.length <= largest) found.push({ path, text })
  }
  return found
}

/** The line of another file that still installs the package at its old version. */
function heldElsewhere(name: string, base: string, head: string, others: readonly Other[]) {
  const [old, fresh] = [installLine(name, base), installLine(name, head)]
  for (const { path, text } of others) {
    if (!text.includes(name) || !text.includes(base)) continue
    const found = old.exec(text)
    if (!found || fresh.test(text)) continue
    const start = found.index + (found[0].startsWith('\n') ? 1 : 0)
    return { path, line: text.slice(0, start).split('\n').length }
  }
  return undefined
}

/** A line that installs a package at a version. */
function installLine(name: string, version: string): RegExp {
  return new RegExp(
    `(?:^|[^\\w.]|(?:rubygem|gem|ruby|python3?|node|npm)-)${escapePattern(name)}["'\\])\\s]*(?:[=<>~:@,(]+|\\s-v|\\s--version|\\s)[=<>~\\s"'v(]*${escapePattern(version)}(?![\\w.]*\\d)`,
    'm',
  )
}

/** Gems that come with Ruby itself: what starts before Bundler loads them from there. */
const builtIn = new Set(
  (
    'base64 benchmark bigdecimal bundler cgi csv date delegate did_you_mean digest drb erb error_highlight etc fcntl fiddle fileutils ' +
    'find forwardable getoptlong io-console io-nonblock io-wait ipaddr irb json logger mutex_m net-http net-protocol nkf observer ' +
    'open-uri open3 openssl optparse ostruct pathname pp prettyprint prism pstore psych racc rdoc readline reline resolv rinda ' +
    'securerandom set shellwords singleton stringio strscan syslog tempfile time timeout tmpdir tsort un uri weakref yaml zlib'
  ).split(' '),
)

/** Where it says that Passenger, which loads gems before Bundler does, runs the application. */
function preloaderOf(others: readonly Other[], lock: string): string | undefined {
  if (/^ {4}passenger \(/m.test(lock)) return 'Gemfile.lock'
  // The tools of cookbooks and modules, which set up Passenger for something else.
  if (/^ {4}(test-kitchen|kitchen-\w+|cookstyle|chef|puppet|puppetlabs_spec_helper) \(/m.test(lock)) return undefined
  return others.find(({ text }) => /\bpassenger\b/i.test(text))?.path
}
