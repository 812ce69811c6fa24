import { execFile, spawn } from 'node:child_process'
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
  readonly directory: string
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
  const repository: Repository = { directory, run: (args, input) => runGit(directory, args, input) }
  try {
    const [bare, top] = [
      await repository.run(['rev-parse', '--is-bare-repository']),
      await repository.run(['rev-parse', '--git-dir']),
    ]
    if (bare.trim() === 'true' || top.trim() === '') return repository
    const root = (await repository.run(['rev-parse', '--show-toplevel'])).trim()
    return { directory: root, run: (args, input) => runGit(root, args, input) }
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
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      [...neutral, ...args],
      { cwd, env: environment, maxBuffer: 1 << 30, encoding: 'utf8', windowsHide: true },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout)
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
export type Blob = { readonly bytes: Buffer } | { readonly tooLarge: number } | undefined

/** Reads objects through two long-lived `git cat-file` processes, however many are asked for. */
export interface BlobReader {
  /** `name` is an object id or `commit:path`; `limit` is in bytes. Undefined when there is no such object. */
  read(name: string, limit: number): Promise<Blob>
  close(): void
}

export function openBlobs(directory: string): BlobReader {
  let sizes: Conversation | undefined
  let contents: Conversation | undefined
  return {
    async read(name, limit) {
      // One line asks for one object.
      if (name.includes('\n')) return undefined
      sizes ??= converse(directory, '--batch-check')
      const info = await sizes.ask(name)
      if (!info) return undefined
      if (info.size > limit) return { tooLarge: info.size }
      contents ??= converse(directory, '--batch')
      const answer = await contents.ask(name)
      return answer && { bytes: answer.bytes }
    },
    close() {
      sizes?.end()
      contents?.end()
    },
  }
}

interface Answer {
  readonly size: number
  /** Empty when only the size was asked for. */
  readonly bytes: Buffer
}

interface Conversation {
  ask(name: string): Promise<Answer | undefined>
  end(): void
}

/** Starts `git cat-file` and matches its answers, which come in order, with the questions. */
function converse(directory: string, mode: '--batch' | '--batch-check'): Conversation {
  const child = spawn('git', [...neutral, 'cat-file', mode], {
    cwd: directory,
    env: environment,
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  })
  const waiting: ((answer: Answer | undefined) => void)[] = []
  let chunks: Buffer[] = []
  let size = 0
  /** Bytes that must be there before looking again: chunks are joined once per answer, not once per chunk. */
  let wanted = 1

  const drain = (): void => {
    while (size >= wanted) {
      const buffer = Buffer.concat(chunks)
      chunks = [buffer]
      const end = buffer.indexOf(10)
      wanted = size + 1
      if (end === -1) return
      const match = /^[0-9a-f]+ (\w+) (\d+)$/.exec(buffer.toString('utf8', 0, end))
      const length = match && mode === '--batch' ? Number(match[2]) : -1
      const rest = end + 1 + length + 1
      wanted = rest
      if (size < rest) return
      waiting.shift()?.(
        match?.[1] === 'blob'
          ? { size: Number(match[2]), bytes: Buffer.from(buffer.subarray(end + 1, Math.max(end + 1, rest - 1))) }
          : undefined,
      )
      chunks = [buffer.subarray(rest)]
      size -= rest
      wanted = 1
    }
  }
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    drain()
  })
  const giveUp = (): void => {
    for (const settle of waiting.splice(0)) settle(undefined)
  }
  child.on('error', giveUp)
  child.on('close', giveUp)
  child.stdin.on('error', giveUp)
  return {
    ask: name =>
      new Promise(settle => {
        waiting.push(settle)
        child.stdin.write(`${name}\n`)
      }),
    end: () => child.stdin.end(),
  }
}
