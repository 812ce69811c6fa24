import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export type Files = Readonly<Record<string, string>>

/** A repository with a base, a change beside it, and a newer commit on the base branch, as GitHub would hold it. */
export interface Origin {
  readonly folder: string
  /** Where the change left the base branch. */
  readonly fork: string
  /** Tip of the base branch. */
  readonly base: string
  readonly head: string
  /** The test merge that actions/checkout checks out. */
  readonly merge: string
  git(...args: readonly string[]): string
  remove(): void
}

export function makeOrigin(before: Files, after: Files, elsewhere: Files = { 'NEWS.md': 'later\n' }): Origin {
  const folder = mkdtempSync(join(tmpdir(), 'premortem-origin-'))
  const git = gitIn(folder)
  git('init', '-q', '-b', 'main')
  // GitHub hands out any commit that it knows by its id.
  git('config', 'uploadpack.allowAnySHA1InWant', 'true')
  const commit = (files: Files, message: string) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    git('add', '-A')
    git('commit', '-q', '--allow-empty', '-m', message)
    return git('rev-parse', 'HEAD')
  }
  const fork = commit(before, 'base')
  git('checkout', '-q', '-b', 'change')
  const head = commit(after, 'change')
  git('checkout', '-q', 'main')
  const base = commit(elsewhere, 'later')
  git('checkout', '-q', '--detach')
  git('merge', '-q', '--no-ff', '-m', 'test merge', 'change')
  const merge = git('rev-parse', 'HEAD')
  git('update-ref', 'refs/pull/7/merge', merge)
  git('checkout', '-q', 'main')
  return { folder, fork, base, head, merge, git, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Checks out one commit of the origin alone, as actions/checkout does unless told otherwise. */
export function shallowCheckout(origin: Origin, reference: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'premortem-checkout-'))
  const git = gitIn(folder)
  git('init', '-q', '-b', 'main')
  git('remote', 'add', 'origin', `file://${origin.folder}`)
  git('fetch', '-q', '--no-tags', '--depth=1', 'origin', reference)
  git('checkout', '-q', 'FETCH_HEAD')
  return folder
}

function gitIn(folder: string): (...args: readonly string[]) => string {
  const settings = [
    'user.name=premortem',
    'user.email=premortem@example.invalid',
    'commit.gpgsign=false',
    'core.autocrlf=false',
  ]
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_DATE: '2026-11-17T09:00:00+01:00',
    GIT_COMMITTER_DATE: '2026-11-17T09:00:00+01:00',
  }
  return (...args) =>
    execFileSync('git', [...settings.flatMap(setting => ['-c', setting]), ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    }).trim()
}
