import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, exampleOf, type FakeGitHub, fakeGitHub } from './fake-github.ts'
import { type Files, makeOrigin, type Origin, shallowCheckout } from './origin.ts'
import { type Job, runAction } from './runner.ts'

const schedule = (cron: string) => `nightly_cleanup:\n  class: CleanupJob\n  cron: "${cron}"\n`
const before: Files = { 'config/schedule.yml': schedule('0 3 * * *'), 'app/a.rb': 'A = 1\n' }
const after: Files = { 'config/schedule.yml': schedule('* 3 * * *') }
const flagged = { rule: 'schedule/every-minute-of-an-hour', path: 'config/schedule.yml', line: 3 }

let origin: Origin
let github: FakeGitHub | undefined
const folders: string[] = []

beforeAll(() => {
  origin = makeOrigin(before, after)
})

afterEach(async () => {
  // Not one request that GitHub would refuse, and not one answer that GitHub would not give.
  expect(github?.log.filter(call => call.problems.length > 0) ?? []).toEqual([])
  await github?.close()
  github = undefined
})

afterAll(() => {
  origin.remove()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

async function run(job: Partial<Job> & Pick<Job, 'payload'>, answers: Readonly<Record<string, Answer>> = {}) {
  github = await fakeGitHub(answers)
  return runAction(github, { workspace: origin.folder, event: 'pull_request', ...job })
}

function pullRequest(of: Pick<Origin, 'base' | 'head'> = origin, labels: readonly string[] = []) {
  return {
    action: 'synchronize',
    number: 7,
    pull_request: {
      number: 7,
      title: 'Clean up at night',
      user: { login: 'mona' },
      labels: labels.map(name => ({ name })),
      head: { sha: of.head },
      base: { sha: of.base },
    },
    repository: { full_name: 'octo/demo', default_branch: 'main' },
  }
}

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'premortem-empty-'))
  folders.push(folder)
  return folder
}

function shallow(reference: string): string {
  const folder = shallowCheckout(origin, reference)
  folders.push(folder)
  return folder
}

/** Answers as GitHub would, out of the origin. */
function answersFrom({ git, fork, head }: Origin): Readonly<Record<string, Answer>> {
  const show = (commit: string, path: string) => {
    try {
      return git('show', `${commit}:${path}`)
    } catch {
      return undefined
    }
  }
  const entry = (filename: string, part: object) => ({
    sha: 'd'.repeat(40),
    filename,
    status: 'modified',
    additions: 1,
    deletions: 1,
    changes: 2,
    blob_url: 'https://github.com/b',
    raw_url: 'https://github.com/r',
    contents_url: 'https://api.github.com/c',
    ...part,
  })
  return {
    'repos/compare-commits-with-basehead': () => comparison(fork),
    'pulls/list-files': ({ query }) => {
      if (Number(query.get('page') ?? 1) > 1) return []
      const patch = git('diff', fork, head, '--', 'config/schedule.yml').replace(/^[\s\S]*?(?=@@)/, '')
      return [entry('config/schedule.yml', { patch }), entry('logo.png', { status: 'added' })]
    },
    'repos/get-content': ({ params, query }) => {
      const text = show(query.get('ref') ?? 'HEAD', params.path ?? '')
      if (text === undefined) return 404
      const url = 'https://api.github.com/x'
      return {
        type: 'file',
        encoding: 'base64',
        size: text.length,
        name: 'x',
        path: params.path,
        content: Buffer.from(`${text}\n`).toString('base64'),
        sha: 'e'.repeat(40),
        url,
        git_url: url,
        html_url: url,
        download_url: url,
        _links: { git: url, self: url, html: url },
      }
    },
    'git/get-tree': ({ params }) => ({
      sha: params.tree_sha,
      url: 'https://api.github.com/t',
      truncated: false,
      tree: git('ls-tree', '-r', '--name-only', params.tree_sha ?? 'HEAD')
        .split('\n')
        .map(path => ({
          path,
          mode: '100644',
          type: 'blob',
          sha: 'f'.repeat(40),
          size: 1,
          url: 'https://api.github.com/b',
        })),
    }),
  }
}

describe('a pull request', () => {
  test('is annotated, summed up and refused, from a full checkout and without asking GitHub', async () => {
    const { code, stdout, stderr, summary, outputs, report } = await run({ payload: pullRequest() })
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^::error file=config\/schedule\.yml,line=3,endLine=3,col=\d+,endColumn=\d+,title=[^:]+::/m)
    expect(stdout).toMatch(/^1 error in 1 file$/m)
    expect(summary).toContain('## premortem: 1 error in 1 file')
    expect(summary).toContain('[schedule/every-minute-of-an-hour](https://')
    expect(outputs).toMatchObject({ level: 'error', findings: '1', errors: '1', warnings: '0', incomplete: 'false' })
    expect(report?.findings).toMatchObject([flagged])
    expect(code).toBe(1)
    expect(github?.log).toEqual([])
  })

  test('passes when fail-on says so', async () => {
    const { code, outputs } = await run({ payload: pullRequest(), inputs: { 'fail-on': 'never' } })
    expect(outputs.level).toBe('error')
    expect(code).toBe(0)
  })

  test('passes when there is nothing to say', async () => {
    const { code, stdout, summary, outputs } = await run({
      payload: pullRequest({ base: origin.base, head: origin.fork }),
    })
    expect(stdout).toBe('No findings in 0 changed files\n')
    expect(summary).toBe('## premortem: No findings in 0 changed files\n')
    expect(outputs).toMatchObject({ level: 'none', findings: '0', incomplete: 'false' })
    expect(code).toBe(0)
  })

  test('is found in the shallow checkout of the test merge, with one question to GitHub', async () => {
    const compare: Answer = ({ params }) => {
      expect(params.basehead).toBe(`${origin.base}...${origin.head}`)
      return undefined
    }
    const workspace = shallow('refs/pull/7/merge')
    const example = comparison(origin.fork)
    const { stdout, report, code } = await run(
      { payload: pullRequest(), workspace },
      { 'repos/compare-commits-with-basehead': call => compare(call) ?? example },
    )
    expect(stdout).toContain('fetching')
    expect(report?.findings).toMatchObject([flagged])
    expect(code).toBe(1)
    expect(github?.log.map(call => call.operation)).toEqual(['repos/compare-commits-with-basehead'])
  })

  test('is read through the API when there is no checkout', async () => {
    const answers = answersFrom(origin)
    const { stdout, report, code, outputs } = await run({ payload: pullRequest(), workspace: emptyFolder() }, answers)
    expect(stdout).toContain("reading the change through GitHub's API")
    expect(report?.findings).toMatchObject([flagged])
    expect(outputs.incomplete).toBe('false')
    expect(code).toBe(1)
    expect(new Set(github?.log.map(call => call.method))).toEqual(new Set(['GET']))
  })

  test('says what it could not read', async () => {
    const answers = {
      ...answersFrom(origin),
      'repos/compare-commits-with-basehead': () => comparison(origin.fork),
      'repos/get-content': () => 403,
    }
    const { stdout, summary, outputs, code } = await run({ payload: pullRequest(), workspace: emptyFolder() }, answers)
    expect(outputs).toMatchObject({ level: 'none', incomplete: 'true' })
    expect(stdout).toMatch(
      /^::notice title=premortem%3A 1 file not analysed::config\/schedule\.yml: GitHub did not hand it out: 403/m,
    )
    expect(summary).toContain('### Not analysed')
    expect(code).toBe(0)
  })

  test('that nothing can read is no pass: the step fails and says why', async () => {
    const refused: Answer = () => 403
    const { stdout, code, outputs } = await run(
      { payload: pullRequest(), workspace: emptyFolder() },
      { 'repos/compare-commits-with-basehead': refused, 'pulls/list-files': refused },
    )
    expect(stdout).toMatch(/^::error::premortem could not run: .*Check out the repository with fetch-depth%?3?A?: 0/m)
    expect(outputs).toEqual({})
    expect(code).toBe(1)
  })
})

describe('the merge window', () => {
  const settings = { 'premortem.yml': 'window: { timezone: America/New_York }\n' }
  const inputs = { now: '2026-11-18T16:10:00-05:00' }

  test('blocks late in the day, and lets a labelled change through with a record', async () => {
    const late = makeOrigin({ ...before, ...settings }, { 'app/a.rb': 'A = 2\n' })
    const blocked = await run({ workspace: late.folder, payload: pullRequest(late), inputs })
    expect(blocked.report?.findings.map(({ rule }) => rule)).toEqual(['timing/outside-merge-window'])
    expect(blocked.code).toBe(1)
    await github?.close()
    const labelled = await run({ workspace: late.folder, payload: pullRequest(late, ['emergency']), inputs })
    expect(labelled.report?.findings.map(({ rule }) => rule)).toEqual(['timing/merged-under-exemption'])
    expect(labelled.code).toBe(0)
    late.remove()
  })

  test('sees a label that was set after the first start', async () => {
    const late = makeOrigin({ ...before, ...settings }, { 'app/a.rb': 'A = 2\n' })
    const labels = [
      {
        id: 1,
        node_id: 'x',
        url: 'https://api.github.com/l',
        name: 'emergency',
        description: '',
        color: 'ff0000',
        default: false,
      },
    ]
    const { report, code } = await run(
      { workspace: late.folder, payload: pullRequest(late), inputs, env: { GITHUB_RUN_ATTEMPT: '2' } },
      { 'pulls/get': () => pullWith(labels) },
    )
    expect(report?.findings.map(({ rule }) => rule)).toEqual(['timing/merged-under-exemption'])
    expect(code).toBe(0)
    late.remove()
  })
})

describe('pull_request_target', () => {
  test('takes configuration and rules from the base, whatever the change says', async () => {
    const sly = makeOrigin(before, { ...after, 'premortem.yml': 'rules: { "schedule/*": off }\n' })
    const inputs = { 'config-from': 'head' }
    const trusted = await run({
      workspace: sly.folder,
      event: 'pull_request_target',
      payload: pullRequest(sly),
      inputs,
    })
    expect(trusted.report?.findings).toMatchObject([flagged])
    expect(trusted.code).toBe(1)
    sly.remove()
  })
})

describe('other events', () => {
  test('merge_group compares with its own base and reads the labels of its pull request', async () => {
    const payload = {
      merge_group: {
        base_sha: origin.base,
        head_sha: origin.merge,
        head_ref: `refs/heads/gh-readonly-queue/main/pr-7-${origin.base}`,
      },
      repository: { default_branch: 'main' },
    }
    const { report, code } = await run({ event: 'merge_group', payload }, { 'pulls/get': () => pullWith([]) })
    expect(report?.findings).toMatchObject([flagged])
    expect(code).toBe(1)
    expect(github?.log.map(call => call.operation)).toEqual(['pulls/get'])
  })

  test('push compares what was with what is', async () => {
    const pushed = { before: origin.fork, after: origin.head, repository: { default_branch: 'main' } }
    expect((await run({ event: 'push', payload: pushed })).report?.findings).toMatchObject([flagged])
    await github?.close()
    const deleted = await run({ event: 'push', payload: { ...pushed, after: '0'.repeat(40) } })
    expect(deleted).toMatchObject({ code: 0, stdout: 'The branch was deleted: nothing to check.\n' })
  })

  test('push of a new branch compares with the default branch', async () => {
    const clone = emptyFolder()
    origin.git('clone', '-q', `file://${origin.folder}`, clone)
    const payload = { before: '0'.repeat(40), after: origin.head, repository: { default_branch: 'main' } }
    expect((await run({ event: 'push', payload, workspace: clone })).report?.findings).toMatchObject([flagged])
  })

  test('workflow_dispatch compares what its inputs name', async () => {
    const { report } = await run({
      event: 'workflow_dispatch',
      payload: {},
      inputs: { base: origin.fork, head: 'change', 'sarif-file': 'out.sarif' },
    })
    expect(report?.findings).toMatchObject([flagged])
    expect(JSON.parse(readFileSync(join(origin.folder, 'out.sarif'), 'utf8')).runs[0].results).toHaveLength(1)
  })

  test('an event without a change, a wrong input or a broken configuration could not run', async () => {
    const issues = await run({ event: 'issues', payload: {} })
    expect(issues.stdout).toContain('::error::premortem could not run: the event issues holds no change')
    await github?.close()
    const level = await run({ payload: pullRequest(), inputs: { 'fail-on': 'eror' } })
    expect(level.stdout).toContain('::error::premortem could not run: --fail-on eror')
    await github?.close()
    const broken = makeOrigin(before, { 'premortem.yml': 'rulez: {}\n' })
    const config = await run({ workspace: broken.folder, payload: pullRequest(broken) })
    expect(config.stdout).toMatch(/^::error::premortem could not run: premortem\.yml.*rulez/m)
    broken.remove()
    for (const { code, outputs } of [issues, level, config]) expect({ code, outputs }).toEqual({ code: 1, outputs: {} })
  })

  test('an event with something else than commits never reaches git', async () => {
    const { stdout, code } = await run({ payload: pullRequest({ base: '--upload-pack=touch x', head: origin.head }) })
    expect(stdout).toContain('premortem could not run: the event holds no commit at base.sha')
    expect(code).toBe(1)
  })
})

/** GitHub's own example of a comparison, with the merge base that matters here. */
function comparison(mergeBase: string): unknown {
  const value = exampleOf('repos/compare-commits-with-basehead')
  const commit = typeof value.merge_base_commit === 'object' ? value.merge_base_commit : {}
  return { ...value, merge_base_commit: { ...commit, sha: mergeBase } }
}

/** GitHub's own example of a pull request; its teams do not fit GitHub's own description. */
function pullWith(labels: readonly object[]): unknown {
  return { ...exampleOf('pulls/get'), requested_teams: [], labels }
}
