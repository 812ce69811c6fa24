import { resolve } from 'node:path'
import { changeFromGit, commitOf } from '../change/from-git.ts'
import { type BlobReader, GitFailure, openBlobs, openRepository, type Repository } from '../change/git.ts'
import type { NotAnalysed } from '../change/types.ts'
import { check } from '../check.ts'
import { findingOf } from '../report/json.ts'
import { builtInRules } from '../rule/builtin.ts'
import type { Finding, Rule } from '../rule/types.ts'
import { UserError } from '../text/errors.ts'
import { choice, type Flags } from './arguments.ts'
import { failLevels } from './check.ts'
import type { Io } from './io.ts'
import { openSession, selectRules } from './session.ts'

interface Past {
  readonly base: string
  readonly head: string
  readonly date: string
  readonly subject: string
}

interface Replayed extends Past {
  readonly findings: readonly Finding[]
  readonly notAnalysed: readonly NotAnalysed[]
  readonly ms: number
}

/** `premortem backtest`: the same check over past changes, in one process. Gives the exit code. */
export async function runBacktest(flags: Flags, io: Io): Promise<number> {
  const format = choice('format', flags.format?.[0], ['pretty', 'json'], 'pretty')
  const failOn = choice('fail-on', flags['fail-on'], failLevels, 'never')
  const repository = await openRepository(resolve(io.cwd, flags.repo ?? '.'))
  const history = await pastChanges(repository, flags)
  const blobs = openBlobs(repository.directory)
  const rules = builtInRules()
  const changes: Replayed[] = []
  try {
    for (const [i, past] of history.entries()) {
      changes.push(await replay(repository, blobs, rules, past, flags.rule))
      if ((i + 1) % 50 === 0) io.err(`${i + 1} of ${history.length} changes\n`)
    }
  } finally {
    blobs.close()
  }
  io.out(
    format === 'json' ? `${JSON.stringify({ version: 1, changes: changes.map(forJson) }, null, 1)}\n` : table(changes),
  )
  const order = ['notice', 'warning', 'error']
  return failOn !== 'never' &&
    changes.some(({ findings }) => findings.some(({ level }) => order.indexOf(level) >= order.indexOf(failOn)))
    ? 1
    : 0
}

/** The empty tree: what the first commit of a history is compared with. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

async function pastChanges(repository: Repository, flags: Flags): Promise<readonly Past[]> {
  const last = flags.last ?? (flags.since === undefined ? '100' : undefined)
  if (last !== undefined && !/^[1-9]\d*$/.test(last)) throw new UserError(`--last ${last} is not a number of changes`)
  if (flags.commit !== undefined) {
    const commits = await Promise.all(flags.commit.map(reference => commitOf(repository, reference, '--commit')))
    return readLog(repository, ['--no-walk=unsorted', ...commits])
  }
  const head = await commitOf(repository, flags.head ?? 'HEAD', '--head')
  const limits = [
    ...(last === undefined ? [] : ['-n', last]),
    ...(flags.since === undefined ? [] : [`--since=${flags.since}`]),
  ]
  return [...(await readLog(repository, ['--first-parent', ...limits, head]))].reverse()
}

async function readLog(repository: Repository, args: readonly string[]): Promise<readonly Past[]> {
  const log = await repository.run(['log', '-s', '--format=%H%x00%P%x00%cI%x00%s', ...args, '--'])
  return log
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const [head = '', parents = '', date = '', subject = ''] = line.split('\0')
      return { base: parents.split(' ')[0] || emptyTree, head, date, subject }
    })
}

async function replay(
  repository: Repository,
  blobs: BlobReader,
  builtIn: readonly Rule[],
  past: Past,
  wanted: readonly string[] | undefined,
): Promise<Replayed> {
  const started = performance.now()
  const failed = (reason: string): Replayed => ({
    ...past,
    findings: [],
    notAnalysed: [{ path: '', reason }],
    ms: Math.round(performance.now() - started),
  })
  if (past.base === emptyTree) return failed('the first commit of the history has nothing to be compared with')
  try {
    const change = await changeFromGit(repository, blobs, { base: past.base, head: past.head, exact: true })
    const session = await openSession(change, builtIn, 'head')
    // Past changes are judged at the time at which they were made.
    const { report } = await check({
      change,
      config: session.config,
      rules: selectRules(session.rules, wanted),
      now: new Date(past.date),
    })
    return {
      ...past,
      findings: report.findings,
      notAnalysed: [
        ...report.notAnalysed,
        ...report.problems.map(({ path = '', message }) => ({ path, reason: message })),
      ],
      ms: Math.round(performance.now() - started),
    }
  } catch (error) {
    // One damaged commit (a clone that lacks objects, a broken configuration of the past) does not end the replay.
    if (error instanceof UserError || error instanceof GitFailure) return failed(error.message)
    throw error
  }
}

function forJson(change: Replayed): object {
  return { ...change, findings: change.findings.map(findingOf) }
}

function table(changes: readonly Replayed[]): string {
  const rows = changes.flatMap(change =>
    change.findings.map(
      finding =>
        `${change.date.slice(0, 10)}  ${change.head.slice(0, 10)}  ${finding.level.padEnd(7)}  ${finding.rule}\n    ${finding.path}:${finding.line}\n    ${finding.message.replace(/\s+/g, ' ')}\n`,
    ),
  )
  const withLevel = (level: string): number =>
    changes.filter(({ findings }) => findings.some(finding => finding.level === level)).length
  const total = changes.reduce((sum, { ms }) => sum + ms, 0)
  return `${rows.join('\n')}${rows.length === 0 ? '' : '\n'}${changes.length} changes: ${withLevel('error')} with an error, ${withLevel('warning')} with a warning, ${withLevel('notice')} with a notice; ${changes.length === 0 ? 0 : Math.round(total / changes.length)} ms a change\n`
}
