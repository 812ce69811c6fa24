import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { changeFromGit } from '../change/from-git.ts'
import { type BlobReader, openBlobs, openRepository } from '../change/git.ts'
import type { Change } from '../change/types.ts'
import { check } from '../check.ts'
import { type Api, githubApi } from '../github/api.ts'
import { rangeIn } from '../github/checkout.ts'
import { readEvent, type Target } from '../github/event.ts'
import { changeFromApi } from '../github/files.ts'
import { publish } from '../github/output.ts'
import { actionsRunner, type Runner } from '../github/runner.ts'
import { sarif as sarifReport } from '../report/sarif.ts'
import { builtInRules } from '../rule/builtin.ts'
import { messageOf, UserError } from '../text/errors.ts'
import { choice } from './arguments.ts'
import { exitCode, failLevels, readClock, reportOptions } from './check.ts'
import type { Io } from './io.ts'
import { openSession, selectRules, withLiveStatistics } from './session.ts'

/** What the Action may touch of the runner around it. */
export interface ActionDeps {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: Date
  readonly runner: Runner
  /** GitHub's API for a token and a repository such as `octo/demo`. */
  api(token: string, repository: string): Api
}

export const runnerDeps: ActionDeps = { env: process.env, now: new Date(), runner: actionsRunner, api: githubApi }

/** Runs the Action and sets the process's exit status: 1 for findings at the level of `fail-on`, and when it could not run. */
export async function runAction(deps: ActionDeps): Promise<void> {
  try {
    process.exitCode = await checkEvent(deps)
  } catch (error) {
    const reason =
      error instanceof UserError
        ? [error.message, error.hint ?? ''].join('. ').trim()
        : `this is a defect, please report it: ${messageOf(error)}`
    deps.runner.fail(`premortem could not run: ${reason}`)
    if (error instanceof Error && !(error instanceof UserError)) deps.runner.debug(error.stack ?? '')
  }
}

async function checkEvent(deps: ActionDeps): Promise<0 | 1> {
  const failOn = choice('fail-on', deps.runner.input('fail-on') || undefined, failLevels, 'error')
  const now = readClock(deps.runner.input('now') || undefined, deps.now)
  const target = readTarget(deps)
  if (target === undefined) {
    deps.runner.info('The branch was deleted: nothing to check.')
    return 0
  }
  const { change, blobs } = await openChange(deps, target)
  try {
    const from = choice(
      'config-from',
      deps.runner.input('config-from') || undefined,
      ['head', 'base'],
      target.configFrom,
    )
    // A trusted side stays trusted, whatever the workflow's inputs say.
    const side = target.configFrom === 'base' ? 'base' : from
    const session = await openSession(change, builtInRules(), side, await namedConfig(deps, change, side))
    const rules = selectRules(session.rules, listInput(deps, 'rule'))
    const config = await withLiveStatistics(session.config, deps.runner.input('database-url'))
    const { report, artifacts } = await check({ change, config, rules, now })
    const options = reportOptions(artifacts, rules, logIo(deps), 'never')
    await publish(report, options, deps.env.RUNNER_TEMP ?? tmpdir())
    const sarif = deps.runner.input('sarif-file')
    if (sarif !== '') writeFileSync(resolve(directoryOf(deps), sarif), sarifReport(report, options))
    return exitCode(report, failOn)
  } finally {
    blobs?.close()
  }
}

/** The log of a job is no terminal. */
function logIo(deps: ActionDeps): Io {
  return {
    cwd: directoryOf(deps),
    env: deps.env,
    now: deps.now,
    terminal: false,
    width: 100,
    out: deps.runner.info,
    err: deps.runner.info,
    readInput: async () => '',
  }
}

/** The event, with what the inputs say in its place. */
function readTarget(deps: ActionDeps): Target | undefined {
  const [base, head] = [deps.runner.input('base'), deps.runner.input('head')]
  const event = eventTarget(deps, base !== '' && head !== '')
  if (event === undefined || (base === '' && head === '')) return event
  const { filesOf: _, ...rest } = event
  return { ...rest, exact: false, ...(base === '' ? {} : { base }), ...(head === '' ? {} : { head }) }
}

/** When the inputs name both sides, an event without a change of its own is no obstacle. */
function eventTarget(deps: ActionDeps, named: boolean): Target | undefined {
  const name = deps.env.GITHUB_EVENT_NAME ?? ''
  try {
    return readEvent(name, readPayload(deps), deps.env.GITHUB_SHA ?? 'HEAD')
  } catch (error) {
    if (!named) throw error
    return { head: '', exact: false, configFrom: name === 'pull_request_target' ? 'base' : 'head' }
  }
}

function readPayload(deps: ActionDeps): unknown {
  const path = deps.env.GITHUB_EVENT_PATH
  if (!path)
    throw new UserError(
      'GITHUB_EVENT_PATH is not set',
      'Run it as a step of a workflow, or use the command line: npx premortem',
    )
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UserError(`the event at ${path} cannot be read: ${messageOf(error)}`)
  }
}

function directoryOf(deps: ActionDeps): string {
  return resolve(deps.env.GITHUB_WORKSPACE || process.cwd(), deps.runner.input('working-directory') || '.')
}

function listInput(deps: ActionDeps, name: string): readonly string[] | undefined {
  const entries = deps.runner
    .input(name)
    .split(/[\n,]/)
    .map(entry => entry.trim())
    .filter(Boolean)
  return entries.length === 0 ? undefined : entries
}

/** A configuration named in an input is read from the trusted side too, not from whatever lies in the workspace. */
async function namedConfig(
  deps: ActionDeps,
  change: Change,
  side: 'head' | 'base',
): Promise<{ path: string; text: string } | undefined> {
  const path = deps.runner.input('config')
  if (path === '') return undefined
  const text = await change.trees[side].read(path)
  if (text === undefined) throw new UserError(`the input config names ${path}, which does not exist at ${side}`)
  return { path, text }
}

/** From the checkout where there is one, from the API where there is not. */
async function openChange(deps: ActionDeps, target: Target): Promise<{ change: Change; blobs?: BlobReader }> {
  const token = deps.runner.input('github-token')
  const repositoryName = deps.env.GITHUB_REPOSITORY ?? ''
  const api = token === '' || repositoryName === '' ? undefined : deps.api(token, repositoryName)
  const known = await withLabels(deps, target, api)
  const local = await fromCheckout(directoryOf(deps), known, api, deps.runner.info)
  if ('change' in local) return local
  if (api === undefined)
    throw new UserError(local.missing, 'Check out the repository with fetch-depth: 0, or give a github-token.')
  deps.runner.info(`${local.missing}; reading the change through GitHub's API`)
  try {
    return { change: await changeFromApi(api, known) }
  } catch (error) {
    throw new UserError(
      `${local.missing}, and GitHub's API did not give the change either: ${messageOf(error)}`,
      'Check out the repository with fetch-depth: 0, or grant pull-requests: read.',
    )
  }
}

async function fromCheckout(
  directory: string,
  target: Target,
  api: Api | undefined,
  say: (line: string) => void,
): Promise<{ change: Change; blobs: BlobReader } | { missing: string }> {
  const repository = await openRepository(directory).catch((error: unknown) => ({ missing: messageOf(error) }))
  if ('missing' in repository) return repository
  const range = await rangeIn(repository, target, api, say)
  if ('missing' in range) return range
  const blobs = openBlobs(repository.directory)
  try {
    const change = await changeFromGit(repository, blobs, { ...range, exact: true })
    return { change: target.pull === undefined ? change : { ...change, pull: target.pull }, blobs }
  } catch (error) {
    blobs.close()
    throw error
  }
}

/**
 * Labels come from the event and from the input. A merge group's event has none, and a run that is started again has
 * those of its first start, so these two ask GitHub.
 */
async function withLabels(deps: ActionDeps, target: Target, api: Api | undefined): Promise<Target> {
  const again = Number(deps.env.GITHUB_RUN_ATTEMPT ?? 1) > 1
  const number = target.pullNumber ?? (again ? target.pull?.number : undefined)
  // Without pull-requests: read the event's own labels have to do.
  const fresh = api && number ? await api.labels(number).catch(() => undefined) : undefined
  const labels = [...(fresh ?? target.pull?.labels ?? []), ...(listInput(deps, 'label') ?? [])]
  if (target.pull === undefined && labels.length === 0) return target
  const pull = target.pull ?? { number: number ?? 0, title: '', author: '' }
  return { ...target, pull: { ...pull, labels } }
}
