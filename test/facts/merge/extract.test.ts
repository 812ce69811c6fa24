import { expect, test } from 'vitest'
import { changeInMemory, type MemoryChange } from '../../../src/change/memory.ts'
import type { Change } from '../../../src/change/types.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { extractMerge } from '../../../src/facts/merge/extract.ts'

const wednesday = '2026-11-18T16:10:00-05:00'
const window = 'window: { timezone: America/New_York }'

async function merge(input: Partial<MemoryChange>, configText = '', now = wednesday, over: Partial<Change> = {}) {
  const config = await loadConfig(async path => (path === 'premortem.yml' ? configText : undefined))
  const change = {
    ...changeInMemory({ files: [{ path: 'app/a.rb', base: 'A = 1\n', head: 'A = 2\n' }], ...input }),
    ...over,
  }
  const { facts, notAnalysed } = await extractMerge({ change, artifacts: [], config, now: new Date(now) })
  expect(notAnalysed).toEqual([])
  expect(facts.length).toBeLessThanOrEqual(1)
  return facts[0]
}

const pull = (labels: readonly string[], author = 'mona') => ({ pull: { number: 7, title: 't', author, labels } })

test('one fact for the whole change, on its first file that matters', async () => {
  const files = [
    { path: 'README.md', base: 'a', head: 'b' },
    { path: 'spec/a_spec.rb', head: 'x' },
    { path: 'app/b.rb', base: 'B = 1\n' },
    { path: 'app/c.css', head: 'c' },
  ]
  expect(await merge({ files }, window)).toEqual({
    kind: 'merge',
    path: 'app/b.rb',
    side: 'base',
    span: { line: 1, column: 1, endLine: 1, endColumn: 1 },
    configured: true,
    closed: true,
    frozen: false,
    freeze: '',
    day: 'wed',
    weekday: 'Wednesday',
    localDate: '2026-11-18',
    localTime: '16:10',
    zone: 'America/New_York',
    minutesAfterClose: 40,
    reason: 'the merge window closed at 15:30, 40 minutes ago',
    opensAt: 'on Thursday 19 November at 09:00',
    exemptBy: '',
    preview: false,
    labels: [],
    author: '',
    files: 2,
    risky: false,
  })
})

test('none when only documentation, tests or exempt paths change', async () => {
  expect(await merge({ files: [{ path: 'docs/a.md', head: 'x' }] }, window)).toBeUndefined()
  expect(await merge({}, 'window: { timezone: UTC, exempt: { paths: ["app/**"] } }')).toBeUndefined()
  expect(await merge({ files: [] }, window)).toBeUndefined()
})

test('without a configuration the offset of the head commit tells the time, and without a commit nothing does', async () => {
  expect(await merge({ committedAt: '2026-11-18T15:00:00-08:00' })).toMatchObject({
    configured: false,
    closed: false,
    localTime: '13:10',
    zone: 'UTC-08:00',
  })
  expect(await merge({ committedAt: '2026-11-18T15:00:00-05:00' })).toMatchObject({ configured: false, closed: true })
  expect(await merge({})).toBeUndefined()
})

test('labels and authors lift the window', async () => {
  expect(await merge(pull(['Emergency']), window)).toMatchObject({
    closed: true,
    exemptBy: 'the label Emergency',
    labels: ['Emergency'],
  })
  expect(await merge({ ...pull(['emergency']), committedAt: wednesday })).toMatchObject({
    exemptBy: 'the label emergency',
  })
  expect(await merge(pull(['emergency']), 'window: { timezone: UTC, exempt: { labels: [hotfix] } }')).toMatchObject({
    exemptBy: '',
  })
  expect(
    await merge(pull([], 'dependabot[bot]'), 'window: { timezone: UTC, exempt: { authors: ["dependabot[bot]"] } }'),
  ).toMatchObject({
    exemptBy: 'the author dependabot[bot]',
    author: 'dependabot[bot]',
  })
})

test('a work tree is not merging yet', async () => {
  expect(await merge({}, window, wednesday, { head: 'worktree' })).toMatchObject({ preview: true })
  expect(await merge({}, window)).toMatchObject({ preview: false })
})
