import { describe, expect, test } from 'vitest'
import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory } from '../../../src/change/memory.ts'
import type { Config } from '../../../src/config/types.ts'
import { codeProblem, isUnbalanced } from '../../../src/facts/syntax/code.ts'

const config: Config = {
  rules: {},
  ignore: [],
  databases: [],
  tables: {},
  environments: { production: [], lower: [] },
  schedules: [],
}

async function load(path: string, base: string, head: string) {
  const { artifacts } = await loadArtifacts(changeInMemory({ files: [{ path, base, head }] }), config)
  const [artifact] = artifacts
  if (artifact === undefined) throw new Error('no artifact')
  return artifact
}

describe('programs that are no longer read', () => {
  const base = 'class A\n  def show\n    if ready?\n      go\n    end\n  end\nend\n'

  test('a block that lost its end', async () => {
    const artifact = await load('app/a.rb', base, base.replace('    end\n', ''))
    expect((await codeProblem(artifact))?.detail).toContain('missing or too many')
  })

  test('an end that lost its block, which the parser takes for a name', async () => {
    const artifact = await load('app/a.rb', base, base.replace('    if ready?\n', ''))
    expect(await codeProblem(artifact)).toMatchObject({ problem: 'unclosed-bracket', span: { line: 3 } })
  })

  test.each([
    ['a modifier opens nothing', 'app/a.rb', base, base.replace('      go\n', '      go unless late?\n')],
    ['a key named end closes nothing', 'app/a.rb', base, base.replace('go\n', 'go(end: 1)\n')],
    ['brackets inside of a text', 'src/a.js', 'f(1)\n', "f('}')\n"],
  ])('is not asked to parse: %s', async (_, path, before, after) => {
    expect(isUnbalanced(await load(path, before, after))).toBe(false)
  })

  test('a file that was broken before stays as it is', async () => {
    const broken = base.replace('    end\n', '')
    expect(await codeProblem(await load('app/a.rb', broken, broken.replace('  end\n', '')))).toBeUndefined()
  })

  test('an endless method is read', async () => {
    const artifact = await load(
      'app/a.rb',
      base,
      base.replace(/ {2}def show[\s\S]* {2}end\n/, '  def show = go if ready?\n'),
    )
    expect(await codeProblem(artifact)).toBeUndefined()
  })
})
