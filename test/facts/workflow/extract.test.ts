import { describe, expect, test } from 'vitest'
import { workflowKind } from '../../../src/facts/workflow/index.ts'
import { factsIn } from '../alert/read.ts'

const github = (on: string, ...steps: readonly string[]): string =>
  `on: ${on}\njobs:\n  go:\n    runs-on: ubuntu-24.04\n    steps:\n${steps.map(step => `      - ${step}\n`).join('')}`
const path = '.github/workflows/a.yml'

describe('what a pull request reaches', () => {
  test.each([
    ["{ run: terraform apply, if: github.ref == 'refs/heads/main' }", 0],
    ["{ run: terraform apply, if: github.event_name == 'pull_request' }", 1],
    ['{ run: terraform apply, if: always() }', 1],
    ['{ run: kubectl apply --dry-run=client -f a.yml }', 0],
    ['{ run: \'if [ "$GITHUB_REF" = refs/heads/main ]; then terraform apply; fi\' }', 0],
    ['{ run: terraform plan }', 0],
    ['{ run: helm upgrade web ./chart }', 1],
  ])('%s', async (step, count) => {
    const { facts } = await factsIn(workflowKind, [{ path, head: github('pull_request', step) }])
    expect(facts.filter(fact => 'what' in fact && fact.what === 'apply')).toHaveLength(count)
  })

  test('a job behind a guarded one is guarded', async () => {
    const head = `on: [push, pull_request]\njobs:\n  a:\n    if: github.event_name == 'push'\n    steps: [{ run: make }]\n  b:\n    needs: a\n    steps: [{ run: terraform apply }]\n`
    expect((await factsIn(workflowKind, [{ path, head }])).facts).toEqual([])
  })

  test('what ran for pull requests before is old', async () => {
    const base = github('pull_request', '{ run: terraform apply }')
    expect((await factsIn(workflowKind, [{ path, base, head: `# note\n${base}` }])).facts).toEqual([])
  })
})

test('a checkout of foreign code that was there before is old', async () => {
  const step = '{ uses: actions/checkout@v4, with: { ref: "${{ github.head_ref }}" } }'
  const base = github('pull_request_target', step, '{ run: make }')
  expect((await factsIn(workflowKind, [{ path, base, head: base.replace('make', 'make all') }])).facts).toEqual([])
})

test.each([
  '',
  'on:',
  'jobs: []',
  'jobs: {a: 1}',
  'jobs: {a: {steps: {x: 1}, needs: {b: 1}}}',
  'on: [push',
  `jobs: ${'['.repeat(3000)}`,
  '\u0000',
  'pr: none\nsteps: none\ntrigger: {}',
])('survives %j', async text => {
  for (const file of [path, 'azure-pipelines.yml', '.gitlab-ci.yml', '.circleci/config.yml'])
    expect(
      (
        await factsIn(workflowKind, [
          { path: file, head: text },
          { path: `x/${file}`, base: text, head: 'jobs: {}' },
        ])
      ).notAnalysed,
    ).toEqual([])
})
