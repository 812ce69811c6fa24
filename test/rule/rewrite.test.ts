import { expect, test } from 'vitest'
import { sourceOf } from '../../src/artifact/source.ts'
import { changeInMemory } from '../../src/change/memory.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { FactKind } from '../../src/facts/types.ts'
import { withRewrites } from '../../src/rule/rewrite.ts'
import { finding } from '../report/sample.ts'

const context = {
  change: changeInMemory({ files: [] }),
  artifacts: [],
  config: await loadConfig(async () => undefined),
  now: new Date('2026-11-17T10:05:00Z'),
}
const fact = { kind: 'x', path: 'a.sql', side: 'head', span: { line: 1, column: 1, endLine: 1, endColumn: 2 } } as const
const source = sourceOf('a.sql', 'head', 'x\n')

function kind(loadRewriter: NonNullable<FactKind['loadRewriter']>): FactKind {
  return {
    name: 'x',
    doc: '',
    fields: {},
    wants: () => true,
    load: async () => async () => ({ facts: [], notAnalysed: [] }),
    rewrites: { safe: 'the safe way' },
    loadRewriter,
  }
}

test('what a rewriter throws is a problem, and the finding stays', async () => {
  const failing = kind(async () => async () => {
    throw new Error('no such node')
  })
  const flagged = [{ finding: finding(), fact, wanted: 'safe', source }]
  expect(await withRewrites(flagged, failing, context)).toEqual({
    findings: [finding()],
    problems: [
      {
        path: 'db/migrate/20260101_add_index.rb',
        line: 3,
        message: 'the rewrite for migration/index-blocks-writes failed: no such node',
      },
    ],
  })
})

test('nothing is loaded for rules that ask for nothing, for removals, and for files that are gone', async () => {
  const never = kind(async () => {
    throw new Error('loaded')
  })
  const flagged = [
    { finding: finding(), fact, wanted: undefined, source },
    { finding: finding(), fact: { ...fact, side: 'base' as const }, wanted: 'safe', source },
    { finding: finding(), fact, wanted: 'safe', source: undefined },
  ]
  expect((await withRewrites(flagged, never, context)).problems).toEqual([])
})

test.each([
  ['a small file', 'x\n', 100],
  ['a large file', `${'x'.repeat(99)}\n`.repeat(5000), 10],
])('of thousands of findings in %s only the first get theirs', async (_, text, count) => {
  let calls = 0
  const counting = kind(async () => async () => {
    calls++
    return undefined
  })
  const large = sourceOf('a.sql', 'head', text)
  const flagged = Array.from({ length: 3000 }, () => ({ finding: finding(), fact, wanted: 'safe', source: large }))
  const { findings } = await withRewrites(flagged, counting, context)
  expect(findings).toHaveLength(3000)
  expect(calls).toBe(count)
})
