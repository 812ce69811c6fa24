import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../src/artifact/source.ts'
import { treeOf } from '../../src/artifact/trees.ts'
import { changelogOf } from '../../src/facts/migration/frontends/liquibase-tree.ts'
import type { Rewrite } from '../../src/facts/rewrite.ts'
import type { Finding } from '../../src/rule/types.ts'
import { type Case, filesOf, findingsIn, play } from './apply.ts'
import { cases } from './cases.ts'

/** What a person reads. */
function shown({ title, parts }: Rewrite): string {
  return [title, ...parts.map(({ where, language, code }) => `${where} (${language}):\n${code}`)].join('\n---\n')
}

async function found(one: Case): Promise<readonly Finding[]> {
  return (await findingsIn(filesOf(one), one)).filter(finding => finding.rule === one.rule)
}

describe.each(cases.map(one => [one.name, one] as const))('%s', (_name, one) => {
  test('is what it should be', async () => {
    const [finding] = await found(one)
    expect(finding?.rewrite).toBeDefined()
    if (finding?.rewrite) expect(shown(finding.rewrite)).toMatchSnapshot()
  })

  test('can be parsed', async () => {
    const [finding] = await found(one)
    if (!finding?.rewrite) throw new Error('no rewrite')
    for (const { path, head } of play(one, finding, finding.rewrite).flatMap(({ files }) => files)) {
      if (/\.(xml|ya?ml|json)$/.test(path))
        expect(await changelogOf(sourceOf(path, 'head', head ?? '')), head).not.toHaveProperty('error')
      const language = path.endsWith('.php') ? 'php' : /\.exs$/.test(path) ? 'elixir' : undefined
      if (language === undefined) continue
      const tree = await treeOf(sourceOf(path, 'head', head ?? ''), language)
      expect(tree?.rootNode.hasError, head).toBe(false)
    }
  })

  // Each part is a migration of its own, on top of those before it: none of them is refused.
  test('leads to the end without an error', async () => {
    const [finding] = await found(one)
    if (!finding?.rewrite) throw new Error('no rewrite')
    for (const [nth, { files, repository }] of play(one, finding, finding.rewrite).entries()) {
      const findings = await findingsIn(files, { ...one, repository })
      // What is dropped in the end, when nobody uses it any more, is told again then.
      const bad = findings.filter(item => item.level === 'error' || (item.rule === one.rule && nth === 0))
      expect(
        bad.map(item => `${item.rule}: ${item.message}`),
        files.map(file => file.head).join('\n'),
      ).toEqual([])
    }
  })
})
