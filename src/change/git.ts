import { execFile, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { UserError } from '../text/errors.ts'

/** Settings of the user that would change what a diff says are neutralised. */
const neutral = [
  '-c',
  'core.quotePath=false',
  '-c',
  'diff.noprefix=false',
  '-c',
  'diff.mnemonicPrefix=false',
  '-c',
  'diff.renames=true',
  '-c',
  'diff.renameLimit=2000',
  '-c',
  'color.ui=false',
  '-c',
  'log.mailmap=false',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'diff.ignoreSubmodules=none',
  '-c',
  'diff.orderFile=/dev/null',
]

const environment = { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }

/** A git repository: a work tree or a bare one. */
export interface Repository {
  /** Runs git and gives its standard output. Throws a GitFailure when git exits with an error. */
  run(args: readonly string[], input?: string): Promise<string>
  /** The root of the work tree; of a bare repository its own folder. */
  readonly directory: string
  readonly bare: boolean
}

/** git ended with an error; `stderr` is what it said. */
export class GitFailure extends Error {
  override name = 'GitFailure' as const
  readonly stderr: string

  constructor(args: readonly string[], stderr: string) {
    super(`git ${args[0] ?? ''} failed: ${stderr.trim().split('\n')[0] ?? ''}`)
    this.stderr = stderr
  }
}

/** Opens the repository around `directory`. Throws a UserError when there is none, or no git. */
export async function openRepository(directory: string): Promise<Repository> {
  try {
    const answer = await runGit(directory, ['rev-parse', '--is-bare-repository', '--show-cdup'])
    const [bare, up = ''] = answer.split('\n')
    const root = bare === 'true' ? directory : resolve(directory, up)
    return { directory: root, bare: bare === 'true', run: (args, input) => runGit(root, args, input) }
  } catch (error) {
    if (error instanceof GitFailure && /dubious ownership/.test(error.stderr))
      throw new UserError(
        `git refuses to read ${directory}: it belongs to another user`,
        `Run: git config --global --add safe.directory ${directory}`,
      )
    if (error instanceof GitFailure)
      throw new UserError(
        `${directory} is not a git repository`,
        'Run premortem inside a repository, name one with --repo DIR, or check a patch with --diff FILE.',
      )
    throw error
  }
}

/** Makes a new repository with the branch `main` in an existing folder. */
export async function createRepository(directory: string): Promise<Repository> {
  await runGit(directory, ['init', '-q', '-b', 'main'])
  return openRepository(directory)
}

function runGit(cwd: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((settle, reject) => {
    const child = execFile(
      'git',
      [...neutral, ...args],
      { cwd, env: environment, maxBuffer: 1 << 30, encoding: 'utf8', windowsHide: true },
      (error, stdout, stderr) => {
        if (!error) settle(stdout)
        else if ('code' in error && error.code === 'ENOENT')
          reject(new UserError(`git cannot be started in ${cwd}`, 'Install git, or check that the folder exists.'))
        else reject(new GitFailure(args, stderr || error.message))
      },
    )
    child.stdin?.on('error', () => {})
    child.stdin?.end(input ?? '')
  })
}

/** What `git cat-file` knows of an object: its bytes, or only its size where it is too large to be read. */
export type Blob =
  | { readonly type: string; readonly bytes: Buffer }
  | { readonly type: string; readonly tooLarge: number }
  | undefined

/** Reads objects through one long-lived `git cat-file` process, however many are asked for. */
export interface BlobReader {
  /** `name` is an object id, a reference or `commit:path`; `limit` is in bytes. Undefined when there is no such object. */
  read(name: string, limit: number): Promise<Blob>
  close(): void
}

export function openBlobs(directory: string): BlobReader {
  let conversation: Conversation | undefined
  return {
    async read(name, limit) {
      // One line asks for one object.
      if (name.includes('\n')) return undefined
      conversation ??= converse(directory)
      return conversation.ask(name, limit)
    },
    close: () => conversation?.end(),
  }
}

interface Conversation {
  ask(name: string, limit: number): Promise<Blob>
  end(): void
}

/** Starts `git cat-file --batch` and matches its answers, which come in order, with the questions. */
function converse(directory: string): Conversation {
  const child = spawn('git', [...neutral, 'cat-file', '--batch'], {
    cwd: directory,
    env: environment,
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  })
  const waiting: { readonly limit: number; settle(answer: Blob): void }[] = []
  let chunks: Buffer[] = []
  let size = 0
  /** Bytes that must be there before looking again: chunks are joined once per answer, not once per chunk. */
  let wanted = 1
  /** Bytes of an object above its limit that are still to be thrown away. */
  let skipping = 0

  const take = (chunk: Buffer): void => {
    const skipped = Math.min(skipping, chunk.length)
    skipping -= skipped
    if (skipped === chunk.length) return
    chunks.push(chunk.subarray(skipped))
    size += chunk.length - skipped
    while (size >= wanted && skipping === 0) answer()
  }
  const answer = (): void => {
    const buffer = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)
    const end = buffer.indexOf(10)
    chunks = [buffer]
    wanted = size + 1
    if (end === -1) return
    const [, type, digits] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(buffer.toString('utf8', 0, end)) ?? []
    // "… missing" and the like have no content; an object's content is followed by a newline.
    const length = digits === undefined ? -1 : Number(digits)
    const total = end + 1 + length + 1
    const next = waiting[0]
    const isTooLarge = next !== undefined && length > next.limit
    if (!isTooLarge && size < total) {
      wanted = total
      return
    }
    waiting.shift()
    if (isTooLarge) {
      skipping = Math.max(0, total - size)
      next.settle({ type: type ?? '', tooLarge: length })
    } else
      next?.settle(type === undefined ? undefined : { type, bytes: Buffer.from(buffer.subarray(end + 1, total - 1)) })
    chunks = [buffer.subarray(total)]
    size = Math.max(0, size - total)
    wanted = 1
  }
  child.stdout.on('data', take)
  const giveUp = (): void => {
    for (const { settle } of waiting.splice(0)) settle(undefined)
  }
  child.on('error', giveUp)
  child.on('close', giveUp)
  child.stdin.on('error', giveUp)
  let questions = ''
  const send = (): void => {
    child.stdin.write(questions)
    questions = ''
  }
  return {
    ask: (name, limit) =>
      new Promise(settle => {
        waiting.push({ limit, settle })
        // What is asked for in one go is sent in one go.
        if (questions === '') queueMicrotask(send)
        questions += `${name}\n`
      }),
    end: () => child.stdin.end(questions),
  }
}
