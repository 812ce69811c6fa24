import { applyPatch, parsePatch, reversePatch, type StructuredPatch } from 'diff'
import { messageOf, UserError } from '../text/errors.ts'
import { hunksBetween } from './hunks.ts'
import { below, remembered } from './paths.ts'
import type { Change, ChangedFile, Content, FileStatus, NotAnalysed, Side, Tree } from './types.ts'

const nothing: Tree = { read: async () => undefined, list: async () => [] }

/**
 * Reads a unified diff. New and deleted files are complete in it; of the others a patch shows only parts, so they
 * are rebuilt on `tree` (the repository around), whether or not the patch has been applied there.
 * Throws a UserError when the text is no patch at all.
 */
export function changeFromPatch(text: string, name: string, tree: Tree = nothing): Change {
  if (text.trim() === '')
    return { base: 'patch', head: 'patch', files: [], trees: { base: nothing, head: nothing }, notAnalysed: [] }
  const files: ChangedFile[] = []
  const notAnalysed: NotAnalysed[] = []
  for (const section of sectionsOf(text)) {
    let patches: StructuredPatch[]
    try {
      patches = parsePatch(section)
    } catch (error) {
      const path = /^diff --git a\/.* b\/(.*)$/m.exec(section)?.[1] ?? name
      notAnalysed.push({ path, reason: `the patch is damaged here: ${messageOf(error)}` })
      continue
    }
    for (const patch of patches) {
      const read = fileOf(patch, tree)
      if (read === undefined) continue
      if ('reason' in read) notAnalysed.push(read)
      else files.push(read)
    }
  }
  if (files.length === 0 && notAnalysed.length === 0)
    throw new UserError(`${name} is not a patch`, 'Give a unified diff, such as the output of: git diff main...HEAD')
  return {
    base: 'patch',
    head: 'patch',
    files,
    trees: { base: overlay(tree, files, 'base'), head: overlay(tree, files, 'head') },
    notAnalysed,
  }
}

/** One section per file, so that damage in one leaves the others readable. A removed line can only begin with a minus. */
function sectionsOf(text: string): readonly string[] {
  const starts = [...text.matchAll(/^diff --git .*$/gm)].map(match => match.index)
  if (starts.length === 0) return [text]
  return starts.map((start, i) => text.slice(start, starts[i + 1] ?? text.length))
}

function fileOf(patch: StructuredPatch, tree: Tree): ChangedFile | NotAnalysed | undefined {
  const old = cleanName(patch.oldFileName)
  const now = cleanName(patch.newFileName)
  const path = now ?? old
  if (path === undefined) return undefined
  const status = statusOf(patch, old, now)
  if (patch.isBinary) return { path, reason: 'the patch holds no text for it (binary)' }
  // Only the mode changed.
  if (patch.hunks.length === 0 && status === 'modified') return undefined
  let sides: Promise<Record<Side, Content | undefined>> | undefined
  const both = (): Promise<Record<Side, Content | undefined>> =>
    (sides ??= sidesOf(patch, status, old ?? path, path, tree))
  return {
    path,
    ...(status === 'added' ? {} : { basePath: old ?? path }),
    status,
    read: async side => (await both())[side],
    hunks: async () => {
      const { base, head } = await both()
      return hunksBetween(textOf(base), textOf(head))
    },
  }
}

function statusOf(patch: StructuredPatch, old: string | undefined, now: string | undefined): FileStatus {
  if (old === undefined || patch.isCreate) return 'added'
  if (now === undefined || patch.isDelete) return 'deleted'
  return old === now ? 'modified' : 'renamed'
}

async function sidesOf(
  patch: StructuredPatch,
  status: FileStatus,
  old: string,
  path: string,
  tree: Tree,
): Promise<Record<Side, Content | undefined>> {
  if (status === 'added') return { base: undefined, head: { text: shown(patch, '+') } }
  if (status === 'deleted') return { base: { text: shown(patch, '-') }, head: undefined }
  const options = { autoConvertLineEndings: true }
  const before = await tree.read(old)
  const after = before === undefined ? false : applyPatch(before, patch, options)
  if (before !== undefined && after !== false) return { base: { text: before }, head: { text: after } }
  const applied = await tree.read(path)
  const reverted = applied === undefined ? false : applyPatch(applied, reversePatch(patch), options)
  if (applied !== undefined && reverted !== false) return { base: { text: reverted }, head: { text: applied } }
  const unreadable =
    before === undefined && applied === undefined
      ? 'the patch shows only parts of it: run premortem in its repository'
      : 'the patch does not fit the file in this repository'
  return { base: { unreadable }, head: { unreadable } }
}

/** All that a patch shows of one side. */
function shown(patch: StructuredPatch, sign: '-' | '+'): string {
  const lines = patch.hunks.flatMap(hunk =>
    hunk.lines.filter(line => line.startsWith(' ') || line.startsWith(sign)).map(line => line.slice(1)),
  )
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** The repository as it is on one side of the patch. */
function overlay(tree: Tree, files: readonly ChangedFile[], side: Side): Tree {
  const changed = new Map(
    files.flatMap(file => [
      [file.path, file] as const,
      ...(file.basePath === undefined ? [] : [[file.basePath, file] as const]),
    ]),
  )
  const exists = (file: ChangedFile, path: string): boolean =>
    side === 'base' ? file.basePath === path : file.status !== 'deleted' && file.path === path
  return {
    async read(path) {
      const file = changed.get(path)
      if (!file) return tree.read(path)
      return exists(file, path) ? textOf(await file.read(side)) : undefined
    },
    list: remembered(async folder => {
      const others = (await tree.list(folder)).filter(path => !changed.has(path))
      const own = [...changed].filter(([path, file]) => exists(file, path)).map(([path]) => path)
      return [...others, ...below(own, folder)].sort()
    }),
  }
}

function textOf(content: Content | undefined): string | undefined {
  return content && 'text' in content ? content.text : undefined
}

/** `a/` and `b/` are git's prefixes, a TAB ends a name with spaces, /dev/null is no file. */
function cleanName(name: string | undefined): string | undefined {
  const bare = name?.replace(/\t.*$/, '')
  if (bare === undefined || bare === '' || bare === '/dev/null') return undefined
  return bare.replace(/^[ab]\//, '')
}
