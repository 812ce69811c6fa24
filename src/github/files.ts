import { applyPatch, parsePatch, reversePatch } from 'diff'
import { hunksBetween } from '../change/hunks.ts'
import { below } from '../change/paths.ts'
import type { Change, ChangedFile, Content, FileStatus, NotAnalysed, Side, Tree } from '../change/types.ts'
import { messageOf } from '../text/errors.ts'
import { type Api, type ListedFile, statusOf } from './api.ts'
import type { Target } from './event.ts'

/** Where GitHub stops listing files. */
const mostPullFiles = 3000
const mostCompareFiles = 300
/** Requests for file contents; a workflow's token has 1,000 requests an hour for the whole repository. */
const mostReads = 400

/** Builds the change from GitHub's API alone, without a checkout. Throws what the API throws when nothing can be read. */
export async function changeFromApi(api: Api, target: Target): Promise<Change> {
  const from = target.base ?? target.defaultBranch ?? 'HEAD'
  const base = target.exact ? from : await api.mergeBase(from, target.head)
  const listed = target.filesOf ? await api.pullFiles(target.filesOf) : await api.compareFiles(base, target.head)
  const most = target.filesOf ? mostPullFiles : mostCompareFiles
  const read = limited(api)
  return {
    base,
    head: target.head,
    files: listed
      .filter(({ status }) => status !== 'unchanged')
      .map(file => changedFile(file, base, target.head, read)),
    trees: { base: treeAt(api, base, read), head: treeAt(api, target.head, read) },
    ...(target.pull === undefined ? {} : { pull: target.pull }),
    notAnalysed: listed.length >= most ? [beyond(most)] : [],
  }
}

function beyond(most: number): NotAnalysed {
  return {
    path: '.',
    reason: `GitHub lists no more than ${most} changed files: check out the repository with fetch-depth: 0 to have all of them read`,
  }
}

type Read = (path: string, commit: string) => Promise<Content | undefined>

/** Reads each file once, and not so many that the rest of the repository's workflows run out of requests. */
function limited(api: Api): Read {
  const known = new Map<string, Promise<Content | undefined>>()
  return (path, commit) => {
    const key = `${commit}:${path}`
    const content = known.get(key) ?? (known.size < mostReads ? readOne(api, path, commit) : tooMany())
    known.set(key, content)
    return content
  }
}

async function tooMany(): Promise<Content> {
  return {
    unreadable: `${mostReads} files were read through the API before this one: check out the repository with fetch-depth: 0`,
  }
}

async function readOne(api: Api, path: string, commit: string): Promise<Content | undefined> {
  try {
    return await api.content(path, commit)
  } catch (error) {
    return {
      unreadable: `GitHub did not hand it out: ${statusOf(error) ?? ''} ${messageOf(error)}`
        .replace(/\s+/g, ' ')
        .trim(),
    }
  }
}

const statuses: Readonly<Record<string, FileStatus>> = {
  added: 'added',
  removed: 'deleted',
  renamed: 'renamed',
  copied: 'copied',
}

function changedFile(listed: ListedFile, base: string, head: string, read: Read): ChangedFile {
  const { filename: path, previous_filename: previous, patch } = listed
  const status = statuses[listed.status] ?? 'modified'
  const basePath = status === 'added' ? undefined : (previous ?? path)
  const readSide = async (side: Side): Promise<Content | undefined> => {
    if (side === 'head') return status === 'deleted' ? undefined : read(path, head)
    if (basePath === undefined) return undefined
    const after = patch === undefined || status === 'deleted' ? undefined : await read(path, head)
    const before = after && 'text' in after && patch !== undefined ? undo(after.text, patch) : undefined
    return before === undefined ? read(basePath, base) : { text: before }
  }
  return {
    path,
    ...(basePath === undefined ? {} : { basePath }),
    status,
    read: readSide,
    hunks: async () => hunksBetween(textOf(await readSide('base')), textOf(await readSide('head'))),
  }
}

/** Takes the patch back, which saves a request; undefined when the patch does not fit exactly. */
function undo(text: string, patch: string): string | undefined {
  try {
    const [parsed] = parsePatch(`--- a/file\n+++ b/file\n${patch}\n`)
    const before =
      parsed === undefined || parsed.hunks.length === 0
        ? false
        : applyPatch(text, reversePatch(parsed), { fuzzFactor: 0 })
    return before === false ? undefined : before
  } catch {
    return undefined
  }
}

function treeAt(api: Api, commit: string, read: Read): Tree {
  let listing: Promise<readonly string[] | undefined> | undefined
  const list = () => (listing ??= api.paths(commit).catch(() => undefined))
  return {
    async read(path) {
      const known = await list()
      // A listing answers most questions for files that do not exist without asking for each.
      return known !== undefined && !known.includes(path) ? undefined : textOf(await read(path, commit))
    },
    list: async folder => below([...((await list()) ?? [])].sort(), folder),
  }
}

function textOf(content: Content | undefined): string | undefined {
  return content && 'text' in content ? content.text : undefined
}
