import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../text/errors.ts'
import { decode, sizeLimit, tooLarge } from './content.ts'
import { type BlobReader, GitFailure, type Repository } from './git.ts'
import { hunksBetween } from './hunks.ts'
import { remembered } from './paths.ts'
import type { Change, ChangedFile, Content, FileStatus, Side, Tree } from './types.ts'

export interface GitRange {
  /** Reference of what is merged into; the default branch when absent. */
  readonly base?: string
  /** Reference of what would be merged; the work tree when absent. */
  readonly head?: string
  /** Only what is staged. */
  readonly staged?: boolean
  /** Compare with `base` itself, not with where head left it. */
  readonly exact?: boolean
}

const zeros = /^0+$/

/** Builds the change between two states of a repository. Throws a UserError for references that cannot be compared. */
export async function changeFromGit(repository: Repository, blobs: BlobReader, range: GitRange): Promise<Change> {
  if (range.head === undefined && repository.bare)
    throw new UserError('a bare repository has no work tree to check', 'Name both sides: --base REF --head REF.')
  const { base, tip } = await endsOf(repository, range)
  const head = range.head === undefined ? undefined : tip
  const reader = readerFor(repository, blobs, range.staged === true)
  const raw = await repository.run([
    'diff',
    '--raw',
    '-z',
    '--no-abbrev',
    '-M',
    '--no-ext-diff',
    '--no-textconv',
    '--ignore-submodules=none',
    ...(range.staged ? ['--cached'] : []),
    base,
    ...(head === undefined ? [] : [head]),
    '--',
  ])
  const files = parseRaw(raw).map(entry => changedFile(entry, reader))
  const known = new Set(files.map(file => file.path))
  const untracked = head === undefined && !range.staged ? await listUntracked(repository) : []
  const added = untracked
    .filter(path => !known.has(path))
    .map(path =>
      changedFile({ path, status: 'added', baseId: '', headId: '', baseMode: '', headMode: '100644' }, reader),
    )
  const changed = [...files, ...added]
  return {
    base,
    head: head ?? (range.staged ? 'index' : 'worktree'),
    files: changed,
    trees: {
      base: withChanged(commitTree(repository, blobs, base), changed, 'base'),
      head: withChanged(headTree(repository, blobs, head, range.staged === true), changed, 'head'),
    },
    ...(head === undefined ? {} : await timeOf(blobs, head)),
    notAnalysed: [],
  }
}

/** The files of the work tree, for a patch that is checked inside a repository. */
export function workTree(repository: Repository, blobs: BlobReader): Tree {
  return headTree(repository, blobs, undefined, false)
}

/** The commit a reference names. Throws a UserError that says what to do. */
export async function commitOf(repository: Repository, reference: string, flag: string): Promise<string> {
  try {
    const name = `${reference}^{commit}`
    return (await repository.run(['rev-parse', '--verify', '--quiet', '--end-of-options', name])).trim()
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error
    throw await unknownReference(repository, reference, flag)
  }
}

async function unknownReference(repository: Repository, reference: string, flag: string): Promise<UserError> {
  const hint = (await isShallow(repository))
    ? 'The clone is shallow: fetch it with `git fetch --unshallow`, or set `fetch-depth: 0` on actions/checkout.'
    : 'List the known ones with: git branch --all'
  return new UserError(`${flag} ${reference}: no such commit or branch`, hint)
}

async function isShallow(repository: Repository): Promise<boolean> {
  return (await repository.run(['rev-parse', '--is-shallow-repository'])).trim() === 'true'
}

interface Ends {
  readonly base: string
  /** The head; for a work tree the commit it stands on. */
  readonly tip: string
}

/** Both ends of the range as commits. `A...B` gives the two commits and where they parted in one call. */
async function endsOf(repository: Repository, range: GitRange): Promise<Ends> {
  const head = range.head ?? 'HEAD'
  if (range.staged && range.base === undefined) {
    const tip = await headCommit(repository, range)
    return { base: tip, tip }
  }
  const base = range.base ?? (await defaultBranch(repository))
  try {
    const answer = await repository.run(['rev-parse', '--end-of-options', `${base}^{commit}...${head}^{commit}`])
    const ids = answer.split('\n').filter(line => /^\^?[0-9a-f]{40,64}$/.test(line))
    // git names the right side first.
    const [tip, from] = ids.filter(id => !id.startsWith('^'))
    const fork = ids.find(id => id.startsWith('^'))?.slice(1)
    const start = range.exact ? from : fork
    if (tip !== undefined && start !== undefined) return { base: start, tip }
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error
  }
  throw await whyNoRange(repository, range, base)
}

async function headCommit(repository: Repository, range: GitRange): Promise<string> {
  if (range.head !== undefined) return commitOf(repository, range.head, '--head')
  try {
    return (await repository.run(['rev-parse', '--verify', '--quiet', 'HEAD'])).trim()
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error
    throw new UserError('the repository has no commit yet', 'Commit once; then premortem can compare.')
  }
}

/** Tells an unknown name from histories that do not meet. */
async function whyNoRange(repository: Repository, range: GitRange, base: string): Promise<UserError> {
  await commitOf(repository, base, '--base')
  await headCommit(repository, range)
  const hint = (await isShallow(repository))
    ? 'The clone is shallow: run `git fetch --unshallow`, or set `fetch-depth: 0` on actions/checkout.'
    : 'Name a base that shares history with the head: --base REF.'
  return new UserError(`${range.base ?? 'the default branch'} and the head have no common commit`, hint)
}

/** When a commit was made, with its own UTC offset, from the commit object itself. */
async function timeOf(blobs: BlobReader, commit: string): Promise<{ committedAt?: string }> {
  const object = await blobs.read(commit, sizeLimit)
  if (!object || !('bytes' in object)) return {}
  const [, seconds, sign, hours, minutes] =
    /^committer .* (\d+) ([+-])(\d\d)(\d\d)$/m.exec(object.bytes.toString('utf8')) ?? []
  if (seconds === undefined || hours === undefined || minutes === undefined) return {}
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  const local = new Date((Number(seconds) + offset * 60) * 1000)
  if (Number.isNaN(local.getTime())) return {}
  return { committedAt: `${local.toISOString().slice(0, 19)}${sign}${hours}:${minutes}` }
}

/** Where pull requests usually go, first that exists. */
const defaultBranches = [
  'refs/remotes/origin/HEAD',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
  'refs/heads/main',
  'refs/heads/master',
  'refs/heads/trunk',
]

async function defaultBranch(repository: Repository): Promise<string> {
  const known = await repository.run(['for-each-ref', '--format=%(refname)', ...defaultBranches])
  const names = new Set(known.split('\n'))
  const found = defaultBranches.find(name => names.has(name))
  if (found === undefined) throw new UserError('there is no default branch to compare with', 'Name one: --base REF.')
  return found
}

interface RawEntry {
  readonly path: string
  readonly basePath?: string
  readonly status: FileStatus
  readonly baseMode: string
  readonly headMode: string
  readonly baseId: string
  readonly headId: string
}

const statuses: Readonly<Record<string, FileStatus>> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  T: 'retyped',
  U: 'modified',
}

/** Reads `git diff --raw -z`: `:mode mode id id status\0path\0[path\0]`. */
function parseRaw(raw: string): RawEntry[] {
  const fields = raw.split('\0')
  const entries: RawEntry[] = []
  for (let i = 0; i < fields.length; ) {
    const match = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])/.exec(fields[i++] ?? '')
    if (!match) continue
    const [, baseMode = '', headMode = '', baseId = '', headId = '', letter = ''] = match
    const first = fields[i++] ?? ''
    const moved = letter === 'R' || letter === 'C'
    const path = moved ? (fields[i++] ?? '') : first
    const status = statuses[letter] ?? 'modified'
    entries.push({
      path,
      ...(status === 'added' ? {} : { basePath: first }),
      status,
      baseMode,
      headMode,
      baseId,
      headId,
    })
  }
  return entries
}

/** Reads one side of a file by its object id, or from the disk where git gives none. */
type ReadSide = (path: string, id: string, mode: string) => Promise<Content | undefined>

function changedFile(entry: RawEntry, readSide: ReadSide): ChangedFile {
  const texts = new Map<Side, Promise<Content | undefined>>()
  const read = (side: Side): Promise<Content | undefined> => {
    const known = texts.get(side)
    if (known) return known
    const absent = side === 'base' ? entry.status === 'added' : entry.status === 'deleted'
    const content = absent
      ? Promise.resolve(undefined)
      : side === 'base'
        ? readSide(entry.basePath ?? entry.path, entry.baseId, entry.baseMode)
        : readSide(entry.path, entry.headId, entry.headMode)
    texts.set(side, content)
    return content
  }
  return {
    path: entry.path,
    ...(entry.basePath === undefined ? {} : { basePath: entry.basePath }),
    status: entry.status,
    read,
    hunks: async () => hunksBetween(textOf(await read('base')), textOf(await read('head'))),
  }
}

/** Reads changed files as they were read already: git walks from the commit to a file anew for each `commit:path`. */
function withChanged(tree: Tree, files: readonly ChangedFile[], side: Side): Tree {
  const known = new Map<string, ChangedFile>()
  for (const file of files) {
    const path = side === 'base' ? file.basePath : file.path
    if (path !== undefined && (side === 'base' || file.status !== 'deleted')) known.set(path, file)
  }
  return {
    list: tree.list,
    read: async path => {
      const file = known.get(path)
      return file === undefined ? tree.read(path) : textOf(await file.read(side))
    },
  }
}

function textOf(content: Content | undefined): string | undefined {
  return content && 'text' in content ? content.text : undefined
}

function readerFor(repository: Repository, blobs: BlobReader, staged: boolean): ReadSide {
  return async (path, id, mode) => {
    if (mode === '120000') return { unreadable: 'a symbolic link' }
    if (mode === '160000') return { unreadable: 'a submodule' }
    const fromDisk = !staged && (id === '' || zeros.test(id))
    return fromDisk ? readDisk(join(repository.directory, path)) : readBlob(blobs, id)
  }
}

async function readBlob(blobs: BlobReader, name: string): Promise<Content | undefined> {
  const blob = await blobs.read(name, sizeLimit)
  if (blob?.type !== 'blob') return { unreadable: 'its content is not in this clone' }
  return 'bytes' in blob ? decode(blob.bytes) : tooLarge(blob.tooLarge)
}

/** Reads a file of the work tree. Links are not followed: they may lead outside. */
async function readDisk(path: string): Promise<Content | undefined> {
  try {
    const info = await lstat(path)
    if (info.isSymbolicLink()) return { unreadable: 'a symbolic link' }
    if (!info.isFile()) return undefined
    return info.size > sizeLimit ? tooLarge(info.size) : decode(await readFile(path))
  } catch (error) {
    return {
      unreadable:
        error instanceof Error && 'code' in error && error.code === 'EACCES'
          ? 'no permission to read it'
          : 'it cannot be read',
    }
  }
}

async function listUntracked(repository: Repository): Promise<readonly string[]> {
  return splitNul(await repository.run(['ls-files', '--others', '--exclude-standard', '-z']))
}

function splitNul(text: string): readonly string[] {
  return text.split('\0').filter(Boolean)
}

function commitTree(repository: Repository, blobs: BlobReader, commit: string): Tree {
  return {
    read: async path => textOf(await blobText(blobs, `${commit}:${path}`)),
    list: remembered(async folder => {
      // Most repositories have no such folder, and asking for one object is cheaper than listing.
      if (folder !== undefined && (await blobs.read(`${commit}:${folder}`, sizeLimit)) === undefined) return []
      const only = folder === undefined ? [] : ['--', folder]
      return splitNul(await repository.run(['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit, ...only]))
    }),
  }
}

async function blobText(blobs: BlobReader, name: string): Promise<Content | undefined> {
  const blob = await blobs.read(name, sizeLimit)
  return blob && 'bytes' in blob && blob.type === 'blob' ? decode(blob.bytes) : undefined
}

function headTree(repository: Repository, blobs: BlobReader, head: string | undefined, staged: boolean): Tree {
  if (head !== undefined) return commitTree(repository, blobs, head)
  const listing = ['ls-files', '-z', '--cached', ...(staged ? [] : ['--others', '--exclude-standard'])]
  return {
    read: async path =>
      textOf(staged ? await blobText(blobs, `:${path}`) : await readDisk(join(repository.directory, path))),
    list: remembered(async folder =>
      [
        ...new Set(splitNul(await repository.run([...listing, ...(folder === undefined ? [] : ['--', folder])]))),
      ].sort(),
    ),
  }
}
