import { expect, test } from 'vitest'
import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory, type MemoryFile } from '../../../src/change/memory.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { extractHistory } from '../../../src/facts/history/extract.ts'
import { alembicNode, djangoNode } from '../../../src/facts/history/node.ts'

const django = (...parents: readonly string[]): string =>
  `class Migration(migrations.Migration):\n    dependencies = [${parents.map(name => `("shop", "${name}")`).join(', ')}]\n    operations = []\n`

async function history(files: readonly MemoryFile[], repository: Readonly<Record<string, string>> = {}) {
  const change = changeInMemory({ files, repository })
  const config = await loadConfig(async () => undefined)
  const artifacts = (await loadArtifacts(change, config)).artifacts
  const wanted = artifacts.filter(({ kind }) => kind.endsWith('-migration'))
  return extractHistory({ change, artifacts, config, now: new Date(0) }, wanted)
}

const merged = { 'shop/migrations/0001_a.py': django(), 'shop/migrations/0002_b.py': django('0001_a') }

test('two new migrations that follow the same one are told once', async () => {
  const { facts } = await history(
    [
      { path: 'shop/migrations/0003_c.py', head: django('0002_b') },
      { path: 'shop/migrations/0003_d.py', head: django('0002_b') },
    ],
    merged,
  )
  expect(facts).toMatchObject([{ path: 'shop/migrations/0003_d.py', problem: 'two-heads', parent: '0002_b' }])
})

test('the first migration of an app, and one that is renamed, are none', async () => {
  expect((await history([{ path: 'new/migrations/0001_a.py', head: django() }])).facts).toEqual([])
  const renamed = {
    path: 'shop/migrations/0002_c.py',
    basePath: 'shop/migrations/0002_b.py',
    base: django('0001_a'),
    head: django('0001_a'),
  }
  expect((await history([renamed], { 'shop/migrations/0001_a.py': django() })).facts).toEqual([])
})

test('comments and other apps do not count', () => {
  const text =
    'class Migration(migrations.Migration):\n    dependencies = [\n        # ("shop", "0001_a"),\n        ("auth", "0001_initial"),\n        migrations.swappable_dependency(settings.AUTH_USER_MODEL),\n    ]\n'
  expect(djangoNode('a/migrations/1.py', text)?.parents).toMatchObject([{ label: 'auth', name: '0001_initial' }])
})

test.each([
  ["down_revision = ('a', 'b')", ['a', 'b']],
  ['down_revision: str | None = None', []],
  ["down_revision = 'a'  # was 'b'", ['a']],
])('%s', (line, parents) => {
  expect(alembicNode('v/x.py', `revision = "x"\n${line}\n`)?.parents.map(({ name }) => name)).toEqual(parents)
})

test.each([
  '',
  '\0\u0001',
  'class Migration(Migration):\n    dependencies = [',
  `class Migration(Migration):\n    dependencies = ${'('.repeat(100_000)}`,
])('survives anything', text => {
  expect(() => [djangoNode('a.py', text), alembicNode('a.py', text)]).not.toThrow()
})
