import { execFile } from 'node:child_process'
import type { Repository } from '../change/git.ts'
import { messageOf } from '../text/errors.ts'
import type { Api } from './api.ts'
import type { Target } from './event.ts'

/** The two commits to compare, both of them present in the checkout. */
export interface Range {
  readonly base: string
  readonly head: string
}

/**
 * Finds the two commits of a target in a checkout, and fetches what a shallow one lacks. Gives the reason when they
 * cannot be had. `say` gets one line for each fetch.
 */
export async function rangeIn(
  repository: Repository,
  target: Target,
  api: Api | undefined,
  say: (line: string) => void,
): Promise<Range | { readonly missing: string }> {
  const base = target.base ?? (await defaultBase(repository, target))
  if (base !== undefined) {
    const local = await localRange(repository, base, target)
    if (local) return local
  }
  const from = target.exact ? base : await mergeBase(api, base ?? target.defaultBranch, target.head)
  if (from === undefined) return { missing: `the checkout does not hold where ${short(target.head)} left its base` }
  say(`fetching ${short(from)} and ${short(target.head)}`)
  try {
    await fetchCommits(repository, [from, target.head])
  } catch (error) {
    return { missing: `git could not fetch ${short(from)} and ${short(target.head)}: ${messageOf(error)}` }
  }
  return { base: from, head: target.head }
}

function short(commit: string): string {
  return commit.slice(0, 10)
}

async function defaultBase(repository: Repository, { defaultBranch = 'main' }: Target): Promise<string | undefined> {
  return ask(repository, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `refs/remotes/origin/${defaultBranch}^{commit}`,
  ])
}

async function localRange(repository: Repository, base: string, { head, exact }: Target): Promise<Range | undefined> {
  for (const commit of [base, head])
    if ((await ask(repository, ['cat-file', '-e', `${commit}^{commit}`])) === undefined) return undefined
  if (exact) return { base, head }
  const found = await ask(repository, ['merge-base', base, head])
  return found === undefined ? undefined : { base: found, head }
}

/** What git answers; undefined when it says no. */
async function ask(repository: Repository, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await repository.run(args)).trim()
  } catch {
    return undefined
  }
}

async function mergeBase(api: Api | undefined, base: string | undefined, head: string): Promise<string | undefined> {
  if (api === undefined || base === undefined) return undefined
  try {
    return await api.mergeBase(base, head)
  } catch {
    return undefined
  }
}

/** Only a clone that is shallow already is deepened by single commits: in a full one that would cut its history. */
async function fetchCommits(repository: Repository, commits: readonly string[]): Promise<void> {
  const shallow = (await ask(repository, ['rev-parse', '--is-shallow-repository'])) === 'true'
  const args = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    ...(shallow ? ['--depth=1'] : []),
    'origin',
    ...commits,
  ]
  await new Promise<void>((resolve, reject) => {
    const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
    execFile(
      'git',
      args,
      { cwd: repository.directory, env, timeout: 120_000, windowsHide: true },
      (error, _, stderr) => {
        if (error) reject(new Error(stderr.trim().split('\n').at(-1) || error.message))
        else resolve()
      },
    )
  })
}
