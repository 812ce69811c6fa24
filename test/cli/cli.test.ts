import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestRepository, testRepository } from '../git.ts'
import { premortem } from './run.ts'

const badCron = 'on:\n  schedule:\n    - cron: "* 3 * * *"\njobs: {}\n'
const goodCron = 'on:\n  schedule:\n    - cron: "0 3 * * *"\njobs: {}\n'
const workflow = '.github/workflows/nightly.yml'

let repo: TestRepository
const elsewhere = mkdtempSync(join(tmpdir(), 'premortem-nowhere-'))

beforeAll(() => {
  repo = testRepository()
  repo.write(workflow, goodCron)
  repo.commit('base')
  repo.git('checkout', '-q', '-b', 'topic')
  repo.write(workflow, badCron)
  repo.commit('risky')
})
afterAll(() => {
  repo.remove()
  rmSync(elsewhere, { recursive: true })
})

describe('check', () => {
  test('finds the risky change of this branch, on its line, and exits 1', () => {
    const { code, out, err } = premortem(repo.folder, [])
    expect(code).toBe(1)
    expect(out).toContain('error[schedule/every-minute-of-an-hour]')
    expect(out).toContain(`${workflow}:3:14`)
    expect(out).toContain('0 3 * * *')
    expect(err).toBe('')
    expect(
      Math.max(
        ...out
          .split('\n')
          .filter(line => !line.includes('https://'))
          .map(line => line.length),
      ),
    ).toBeLessThanOrEqual(80)
  })

  test('JSON follows its schema', () => {
    const { out } = premortem(repo.folder, ['--format', 'json', '--base', 'main', '--head', 'topic'])
    const report = JSON.parse(out)
    const validate = new Ajv2020({ allowUnionTypes: true, strict: false }).compile(
      JSON.parse(readFileSync('schema/report.schema.json', 'utf8')),
    )
    expect(validate(report) || validate.errors).toBe(true)
    expect(report.findings[0]).toMatchObject({
      rule: 'schedule/every-minute-of-an-hour',
      level: 'error',
      path: workflow,
      line: 3,
      side: 'head',
    })
  })

  test.each([
    [['--fail-on', 'never'], 0],
    [['--rule', 'migration/*'], 0],
    [['--rule', 'schedule/every-minute-of-an-hour'], 1],
    [['--base', 'topic', '--head', 'topic'], 0],
  ])('%j exits %i', (args, expected) => {
    expect(premortem(repo.folder, args).code).toBe(expected)
  })

  test('a patch from standard input gives the same finding', () => {
    const patch = repo.git('diff', 'main...topic')
    const { code, out } = premortem(repo.folder, ['--diff', '-', '--format', 'json'], { input: patch })
    expect(code).toBe(1)
    expect(
      JSON.parse(out).findings.map((finding: { rule: string; line: number }) => [finding.rule, finding.line]),
    ).toEqual([['schedule/every-minute-of-an-hour', 3]])
  })

  test('a report can go to a file beside the one on the terminal', () => {
    const file = join(elsewhere, 'out.sarif')
    const { out } = premortem(repo.folder, ['--format', 'pretty', '--format', `sarif=${file}`])
    expect(out).toContain('error[')
    expect(JSON.parse(readFileSync(file, 'utf8')).version).toBe('2.1.0')
  })

  test('colours appear when asked for and never by themselves in a pipe', () => {
    const escapes = '\u001b['
    expect(premortem(repo.folder, []).out).not.toContain(escapes)
    expect(premortem(repo.folder, ['--color', 'always']).out).toContain(escapes)
    expect(premortem(repo.folder, [], { env: { FORCE_COLOR: '1' } }).out).toContain(escapes)
    expect(premortem(repo.folder, [], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).out).not.toContain(escapes)
  })

  test('an empty diff is clean', () => {
    expect(premortem(repo.folder, ['--diff', '-'], { input: '' })).toMatchObject({ code: 0, err: '' })
  })

  test('workflow commands are the default on GitHub Actions', () => {
    expect(premortem(repo.folder, [], { env: { GITHUB_ACTIONS: 'true' } }).out).toMatch(
      /^::error file=\.github\/workflows\/nightly\.yml,line=3/m,
    )
  })
})

describe('configuration and rules of the repository', () => {
  let own: TestRepository
  beforeAll(() => {
    own = testRepository()
    own.write(workflow, goodCron)
    own.commit('base')
    own.write(workflow, badCron)
  })
  afterAll(() => own.remove())
  const withFile = (path: string, text: string, args: readonly string[] = []) => {
    own.write(path, text)
    const outcome = premortem(own.folder, args)
    rmSync(join(own.folder, path))
    return outcome
  }

  test('a rule can be switched off or lowered, an area too', () => {
    expect(withFile('premortem.yml', 'rules: { schedule/every-minute-of-an-hour: off }\n').out).not.toContain(
      'every-minute',
    )
    expect(withFile('premortem.yml', 'rules: { schedule/*: notice }\n').code).toBe(0)
    expect(withFile('.github/premortem.yml', 'ignore: [".github/**"]\n').out).not.toContain('every-minute')
  })

  test.each([
    ['rulez: {}\n', 'premortem.yml:1: unknown key "rulez" (did you mean "rules"?)'],
    ['rules:\n  schedule/nope: off\n', 'there is no rule "schedule/nope"'],
    [
      'rules:\n  schedule/invalid: eror\n',
      'premortem.yml:2: "eror" is not one of off, notice, warning, error (did you mean "error"?)',
    ],
    ['rules: [\n', 'premortem.yml:'],
    ['window: { timezone: Mars/Olympus }\n', '"Mars/Olympus" in window.timezone is not an IANA time zone'],
  ])('bad configuration %j is one clear line and exit 2', (text, message) => {
    const { code, out, err } = withFile('premortem.yml', text)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
    expect(err).not.toContain('    at ')
  })

  const rule = (when: string): string =>
    `id: ours/example\ntitle: A schedule was changed\non: schedule\nwhen: ${JSON.stringify(when)}\nlevel: warning\nmessage: "{expression} is new"\nwhy: Because the last such change hurt.\nfix: Ask the operators first.\nsources: [https://example.com]\nexamples:\n  flagged: [{ path: a.yml }, { path: b.yml }]\n  passed: [{ path: c.yml }, { path: d.yml }]\n`

  test('rules of their own are applied', () => {
    expect(withFile('.premortem/rules/ours/example.yml', rule('true')).out).toContain(
      'warning[ours/example]: * 3 * * * is new',
    )
  })

  test('a broken rule file is one clear line and exit 2', () => {
    const { code, err } = withFile('.premortem/rules/ours/example.yml', rule('expresion == ""'))
    expect(code).toBe(2)
    expect(err).toContain('.premortem/rules/ours/example.yml')
    expect(err).toContain('did you mean "expression"?')
  })

  test('rules test runs the examples and names the ones that do not hold', () => {
    own.write('.premortem/rules/ours/example.yml', rule('true'))
    const { code, out } = premortem(own.folder, ['rules', 'test'])
    expect(code).toBe(1)
    expect(out).toContain('example 1 (flagged) must be flagged, but is not')
    expect(out).toContain('2 passed, 2 failed')
    rmSync(join(own.folder, '.premortem'), { recursive: true })
  })
})

describe('what cannot run says so in one line, with the next step, and exits 2', () => {
  test.each([
    [['--bse', 'x'], 'there is no option --bse (did you mean --base?)'],
    [['chekc'], 'there is no command "chekc" (did you mean check?)'],
    [['--base', 'nope'], '--base nope: no such commit or branch'],
    [['--fail-on', 'eror'], '--fail-on eror: it is one of error, warning, notice, never (did you mean error?)'],
    [['--format', 'jsn'], '--format jsn: it is one of'],
    [['--now', 'yesterday'], '--now yesterday is not a time'],
    [['--rule', 'schedule/invald'], 'did you mean schedule/invalid?'],
    [['--diff', 'missing.patch'], '--diff missing.patch cannot be read'],
    [['--config', 'missing.yml'], '--config missing.yml cannot be read'],
    [['--diff', '-', '--base', 'main'], '--diff cannot be combined'],
    [['explain', 'schedule/invald'], 'did you mean schedule/invalid?'],
    [['backtest', '--last', 'many'], '--last many is not a number'],
  ])('%j', (args, message) => {
    const { code, out, err } = premortem(repo.folder, args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
    expect(err).not.toContain('    at ')
  })

  test('outside a repository', () => {
    const { code, err } = premortem(elsewhere, [])
    expect(code).toBe(2)
    expect(err).toContain('is not a git repository')
    expect(err).toContain('--diff FILE')
  })

  test('a file that is no patch', () => {
    const { code, err } = premortem(repo.folder, ['--diff', '-'], { input: 'hello\n' })
    expect([code, err]).toEqual([2, expect.stringContaining('standard input is not a patch')])
  })
})

describe('the other commands', () => {
  test('demo builds a repository and shows findings from every story', () => {
    const { code, out } = premortem(elsewhere, ['demo', '--format', 'json'])
    expect(code).toBe(0)
    const findings: readonly { path: string; level: string }[] = JSON.parse(out).findings
    const stories = [
      'db/migrate/20261117093000_index_vulnerabilities_on_priority.rb',
      'config/schedule.yml',
      workflow,
      'config/initializers/release.rb',
      'k8s/production/web.yml',
      'lib/tasks/cache.rake',
      'terraform/production/database.tf',
    ]
    expect(
      stories.filter(path => !findings.some(finding => finding.path === path && finding.level === 'error')),
    ).toEqual([])
  })

  test('explain tells all that a rule knows, within 80 columns', () => {
    const { code, out } = premortem(elsewhere, ['explain', 'schedule/every-minute-of-an-hour'])
    expect(code).toBe(0)
    for (const heading of ['Why', 'Safer', 'Flagged', 'Not flagged', 'Accept it here', 'Sources'])
      expect(out).toContain(`\n${heading}\n`)
  })

  test('rules lists them, as JSON too', () => {
    expect(premortem(elsewhere, ['rules']).out).toMatch(/\d+ rules\. What one is about/)
    expect(JSON.parse(premortem(elsewhere, ['rules', '--format', 'json']).out)[0]).toHaveProperty('why')
  })

  test('backtest replays history in the documented shape', () => {
    const { code, out } = premortem(repo.folder, [
      'backtest',
      '--last',
      '5',
      '--format',
      'json',
      '--rule',
      'schedule/*',
    ])
    expect(code).toBe(0)
    const { version, changes } = JSON.parse(out)
    expect(version).toBe(1)
    expect(
      changes.map((change: { subject: string; findings: unknown[] }) => [change.subject, change.findings.length]),
    ).toEqual([
      ['base', 0],
      ['risky', 1],
    ])
    expect(Object.keys(changes[1]).sort()).toEqual(['base', 'date', 'findings', 'head', 'ms', 'notAnalysed', 'subject'])
  })

  test('help and version', () => {
    expect(premortem(elsewhere, ['--help'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('Exit status'),
    })
    expect(premortem(elsewhere, ['--version']).out).toBe(
      `${JSON.parse(readFileSync('package.json', 'utf8')).version}\n`,
    )
  })
})

test("runs on the machine's own Node, not only on the Action's", () => {
  const path = (process.env.PATH ?? '')
    .split(':')
    .filter(folder => !folder.includes('node_modules'))
    .join(':')
  const { code, out } = premortem(repo.folder, ['--format', 'json'], { node: 'node', env: { PATH: path } })
  expect(code).toBe(1)
  expect(JSON.parse(out).findings).toHaveLength(1)
})

describe('stats', () => {
  test('without a database: what to give', () => {
    const { code, out, err } = premortem(elsewhere, ['stats'], { env: { DATABASE_URL: '' } })
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('--database-url')
  })

  test.each([
    [['stats', 'postgres://root:hunter2@db/shop']],
    [['postgres://root:hunter2@db/shop']],
    [['stats', '--database-url', 'mongodb://root:hunter2@db/shop']],
    [['stats', '--database-url', 'postgres://root:hunter2@127.0.0.1:1/shop']],
  ])('%j: one clear line without the password', args => {
    const { code, out, err } = premortem(elsewhere, args)
    expect([code, out]).toEqual([2, ''])
    expect(err).not.toContain('hunter2')
    expect(err.split('\n')).toHaveLength(3)
  })

  test('a check that cannot reach the database it is told to ask does not pass', () => {
    const url = 'postgres://root:hunter2@127.0.0.1:1/shop'
    const { code, err } = premortem(repo.folder, ['--database-url', url])
    expect(code).toBe(2)
    expect(err).toContain('the connection was refused')
    expect(err).not.toContain('hunter2')
  })
})
