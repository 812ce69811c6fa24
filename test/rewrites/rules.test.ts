import { describe, expect, test } from 'vitest'
import { edited, filesOf, findingsIn, rules } from './apply.ts'

const asking = rules.filter(rule => rule.rewrite !== undefined)

// Whatever an in-place rewrite is offered for in an example, it cures: the finding is gone, and no other error comes.
describe.each(asking.map(rule => [rule.id, rule] as const))('%s', (id, rule) => {
  test.each(rule.examples.flagged.map((example, nth) => [nth, example] as const))(
    'example %i',
    async (_nth, example) => {
      const files = filesOf(example)
      const before = await findingsIn(files, example)
      const own = before.filter(finding => finding.rule === id && finding.rewrite !== undefined)
      for (const { rewrite, path } of own) {
        if (rewrite === undefined || rewrite.edits.length === 0) continue
        const after = await findingsIn(edited(files, path, rewrite), example)
        const key = (finding: { rule: string; path: string }) => `${finding.rule} ${finding.path}`
        const count = (list: typeof before) => list.filter(item => item.rule === id && item.path === path).length
        expect(count(after), JSON.stringify([rewrite, after.map(item => item.message)], null, 1)).toBeLessThan(
          count(before),
        )
        // A file that could not be read before may have further errors, which were hidden.
        if (rule.on === 'syntax') continue
        const errors = new Set(before.filter(item => item.level === 'error').map(key))
        expect(after.filter(item => item.level === 'error' && !errors.has(key(item)))).toEqual([])
      }
    },
  )

  test('is offered for some example', async () => {
    const offered = await Promise.all(rule.examples.flagged.map(async example => findingsIn(filesOf(example), example)))
    expect(offered.flat().some(finding => finding.rule === id && finding.rewrite !== undefined)).toBe(true)
  })
})
