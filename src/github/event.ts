import type { PullRequest, Side } from '../change/types.ts'
import { UserError } from '../text/errors.ts'

/** What an event asks to be checked. */
export interface Target {
  /** Commit or reference that is merged into; absent when only the default branch says it. */
  readonly base?: string
  /** Commit that would be, or was, merged. */
  readonly head: string
  /** Compare with `base` itself: a push and a merge group name both ends. */
  readonly exact: boolean
  /** The side whose configuration and rules are trusted. */
  readonly configFrom: Side
  readonly pull?: PullRequest
  /** Number of the pull request when the event holds nothing else of it. */
  readonly pullNumber?: number
  /** Number of the pull request whose list of files is this very change. */
  readonly filesOf?: number
  readonly defaultBranch?: string
}

/**
 * Reads the event that started the workflow. `undefined` means that there is nothing to check: a branch was deleted.
 * `sha` is GITHUB_SHA, for events without commits of their own. Throws a UserError for an event that holds no change.
 */
export function readEvent(name: string, payload: unknown, sha: string): Target | undefined {
  const branch = text(payload, 'repository', 'default_branch')
  const known = branch === undefined ? {} : { defaultBranch: branch }
  // What a fork brings along must not decide what is found in it.
  if (name === 'pull_request')
    return { ...pullTarget(payload), configFrom: isFromFork(payload) ? 'base' : 'head', ...known }
  if (name === 'pull_request_target') return { ...pullTarget(payload), configFrom: 'base', ...known }
  if (name === 'merge_group') return { ...mergeGroup(payload), ...known }
  if (name === 'push') return push(payload, known)
  if (name === 'workflow_dispatch' || name === 'schedule')
    return { head: sha, exact: false, configFrom: 'head', ...known }
  throw new UserError(
    `the event ${name || 'of this workflow'} holds no change`,
    'Run it on pull_request, merge_group, push or workflow_dispatch, or set the inputs base and head.',
  )
}

/** The head is in another repository, or in one that is gone. */
function isFromFork(payload: unknown): boolean {
  const base = text(payload, 'pull_request', 'base', 'repo', 'full_name')
  return base !== undefined && text(payload, 'pull_request', 'head', 'repo', 'full_name') !== base
}

function pullTarget(payload: unknown): Omit<Target, 'configFrom'> {
  const pull = at(payload, 'pull_request')
  const labels = at(pull, 'labels')
  const number = Number(at(pull, 'number') ?? 0)
  return {
    base: commit(pull, 'base', 'sha'),
    head: commit(pull, 'head', 'sha'),
    exact: false,
    ...(number > 0 ? { filesOf: number } : {}),
    pull: {
      number,
      title: text(pull, 'title') ?? '',
      author: text(pull, 'user', 'login') ?? '',
      labels: Array.isArray(labels) ? labels.flatMap(label => text(label, 'name') ?? []) : [],
    },
  }
}

/** A merge group holds the commits of its own entries only when it is compared with its own base. */
function mergeGroup(payload: unknown): Target {
  const number = /\/pr-(\d+)-[0-9a-f]+$/.exec(text(payload, 'merge_group', 'head_ref') ?? '')?.[1]
  return {
    base: commit(payload, 'merge_group', 'base_sha'),
    head: commit(payload, 'merge_group', 'head_sha'),
    exact: true,
    configFrom: 'head',
    ...(number === undefined ? {} : { pullNumber: Number(number) }),
  }
}

function push(payload: unknown, known: Pick<Target, 'defaultBranch'>): Target | undefined {
  const [before, after] = [commit(payload, 'before'), commit(payload, 'after')]
  if (isZero(after)) return undefined
  // A new branch is compared with the default branch.
  if (isZero(before)) return { head: after, exact: false, configFrom: 'head', ...known }
  return { base: before, head: after, exact: true, configFrom: 'head', ...known }
}

function isZero(sha: string): boolean {
  return /^0+$/.test(sha)
}

function commit(payload: unknown, ...path: readonly string[]): string {
  const sha = text(payload, ...path)
  // What is not a commit id could be read as an option by git.
  if (sha === undefined || !/^[0-9a-f]{40,64}$/.test(sha))
    throw new UserError(`the event holds no commit at ${path.join('.')}`, 'Set the inputs base and head.')
  return sha
}

function text(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Object.getOwnPropertyDescriptor(found, key)?.value
  }
  return found
}
