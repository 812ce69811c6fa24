import { expect, test } from 'vitest'
import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory } from '../../../src/change/memory.ts'
import { retryKind } from '../../../src/facts/retry/index.ts'

async function retries(path: string, head: string, base?: string) {
  const change = changeInMemory({ files: [{ path, head, ...(base === undefined ? {} : { base }) }] })
  const config = {
    rules: {},
    ignore: [],
    databases: [],
    tables: {},
    environments: { production: [], lower: [] },
    schedules: [],
  }
  const { artifacts } = await loadArtifacts(change, config)
  const extract = await retryKind.load()
  return extract({ change, artifacts, config, now: new Date(0) }, artifacts.filter(retryKind.wants))
}

const loop = (count: string): string =>
  `N = ${count}\n\ndef a\n  N.times do\n    begin\n      return client.get(1)\n    rescue Error\n      next\n    end\n  end\nend\n`

test('the constant that bounds a loop, when only it changes', async () => {
  const { facts } = await retries('lib/a.rb', loop('500'), loop('3'))
  expect(facts).toMatchObject([{ attempts: 500, baseAttempts: 3, waits: false, remote: true, span: { line: 1 } }])
})

test('an unchanged loop gives nothing', async () => {
  expect((await retries('lib/a.rb', `# note\n${loop('500')}`, loop('500'))).facts).toEqual([])
})

test('a failure that is passed on is no retry', async () => {
  const text =
    'for i in range(100):\n    try:\n        client.get(i)\n        break\n    except Error:\n        raise\n'
  expect((await retries('lib/a.py', text)).facts).toEqual([])
})

test.each(['', 'rescue', '10.times do\nrescue', `${'begin\n'.repeat(300)}rescue\nretry`, 'catch (\u0000{'])(
  'survives %j',
  async text => {
    for (const path of ['lib/a.rb', 'lib/a.py', 'lib/a.ts']) expect((await retries(path, text)).notAnalysed).toEqual([])
  },
)
