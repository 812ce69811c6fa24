import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../../src/artifact/source.ts'
import { refusalsOf } from '../../../src/facts/workflow-syntax/problems.ts'

const read = (text: string) => refusalsOf(sourceOf('.github/workflows/a.yml', 'head', text))
const job = (steps: string) => `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`

describe('what GitHub refuses', () => {
  test('says it once, where the cause is', async () => {
    const found = await read(
      'on: push\njobs:\n  a: { runs-on: x, steps: [{ run: a }] }\n  b:\n    needs: gone\n    runs-on: x\n    steps: [{ run: a }]\n  c:\n    needs: b\n    runs-on: x\n    steps: [{ run: a }]\n',
    )
    expect(found).toMatchObject([
      { topic: 'needs', detail: 'job `b` needs `gone`, and there is no such job', span: { line: 5 } },
    ])
  })

  test.each([
    ['a step without work', job('      - name: nothing\n'), 'the step has neither `uses` nor `run`', 6],
    ['a step with two kinds of work', job('      - uses: a/b@v1\n        run: c\n'), '`run` is not allowed here', 7],
    ['an id used twice', job('      - { id: a, run: b }\n      - { id: a, run: b }\n'), 'the id `a` is used twice', 7],
    ['a job without runner', 'on: push\njobs:\n  a:\n    steps: [{ run: b }]\n', '`runs-on` is missing here', 3],
    [
      'an unknown name',
      job('      - run: a ${{ input.b }}\n'),
      '`input` is not known in an expression at this place',
      6,
    ],
  ])('%s', async (_, text, detail, line) => {
    expect(await read(text)).toMatchObject([{ detail, span: { line } }])
  })
})

test.each([
  ['nothing', ''],
  ['only comments', '# on: push\n---\n'],
  ['text that is no YAML', 'on: [push\njobs: {'],
  [
    'events of tomorrow',
    'on:\n  moon_landing:\n    phases: [full]\njobs:\n  a:\n    runs-on: x\n    steps: [{ run: a }]\n',
  ],
])('passes %s', async (_, text) => {
  const found = await read(text)
  expect(found).toEqual([])
})

test('does not write out aliases without end', async () => {
  const lines = Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}, *a${i}]`)
  expect(await read(`a0: &a0 x\n${lines.join('\n')}\n`)).toBeUndefined()
})
