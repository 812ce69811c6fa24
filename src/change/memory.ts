import { hunksBetween } from './hunks.ts'
import { below } from './paths.ts'
import type { Change, ChangedFile, FileStatus, PullRequest, Tree } from './types.ts'

/** One file of an in-memory change. Without `base` it is new, without `head` it is deleted. */
export interface MemoryFile {
  readonly path: string
  /** Where it stood at base when it was renamed. */
  readonly basePath?: string
  readonly base?: string
  readonly head?: string
}

export interface MemoryChange {
  readonly files: readonly MemoryFile[]
  /** Unchanged files of the repository. */
  readonly repository?: Readonly<Record<string, string>>
  readonly committedAt?: string
  readonly pull?: PullRequest
}

/** A change held in memory: for the examples of rules and for tests. */
export function changeInMemory(input: MemoryChange): Change {
  const base = new Map(Object.entries(input.repository ?? {}))
  const head = new Map(base)
  for (const file of input.files) {
    if (file.base !== undefined) base.set(file.basePath ?? file.path, file.base)
    if (file.head !== undefined) head.set(file.path, file.head)
    else head.delete(file.path)
    if (file.basePath !== undefined && file.basePath !== file.path) head.delete(file.basePath)
  }
  return {
    base: 'base',
    head: 'head',
    files: input.files.map(memoryFile),
    trees: { base: memoryTree(base), head: memoryTree(head) },
    ...(input.committedAt === undefined ? {} : { committedAt: input.committedAt }),
    ...(input.pull === undefined ? {} : { pull: input.pull }),
    notAnalysed: [],
  }
}

function memoryFile(file: MemoryFile): ChangedFile {
  return {
    path: file.path,
    ...(file.base === undefined ? {} : { basePath: file.basePath ?? file.path }),
    status: statusOf(file),
    read: async side => {
      const text = side === 'base' ? file.base : file.head
      return text === undefined ? undefined : { text }
    },
    hunks: async () => hunksBetween(file.base, file.head),
  }
}

function statusOf(file: MemoryFile): FileStatus {
  if (file.base === undefined) return 'added'
  if (file.head === undefined) return 'deleted'
  return file.basePath !== undefined && file.basePath !== file.path ? 'renamed' : 'modified'
}

function memoryTree(files: ReadonlyMap<string, string>): Tree {
  return { read: async path => files.get(path), list: async folder => below([...files.keys()].sort(), folder) }
}
