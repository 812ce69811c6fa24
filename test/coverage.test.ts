import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { factKinds } from '../src/facts/index.ts'
import { ruleFilesIn } from '../src/rule/folder.ts'
import { readRules } from '../src/rule/load.ts'

const page = readFileSync('docs/not-covered.md', 'utf8')
const rules = readRules(ruleFilesIn('rules'), factKinds)
const rows = [...page.matchAll(/^\| ([a-z][\w-]*) \| (.+) \|$/gm)].filter(([, hazard]) => hazard !== 'hazard')

describe('docs/not-covered.md', () => {
  test('has a line for each hazard, once', () => {
    expect(rows.length).toBeGreaterThan(70)
    expect(new Set(rows.map(([, hazard]) => hazard)).size).toBe(rows.length)
  })

  test.each(rows.map(([, hazard = '', what = '']) => [hazard, what] as const))('%s', (_hazard, what) => {
    const named = [...what.matchAll(/`(migration\/[\w-]+)`/g)].map(match => match[1])
    expect(named.filter(id => !rules.some(rule => rule.id === id))).toEqual([])
    // No rule: then a reason.
    if (named.length === 0) expect(what).toMatch(/^none: .{20}/)
  })

  test('names every rule about migrations', () => {
    expect(rules.map(({ id }) => id).filter(id => id.startsWith('migration/') && !page.includes(`\`${id}\``))).toEqual(
      [],
    )
  })
})
