import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { factsPage, rulesPage } from '../scripts/pages.ts'
import { factKinds } from '../src/facts/index.ts'
import { ruleFilesIn } from '../src/rule/folder.ts'
import { readRules } from '../src/rule/load.ts'

const rules = readRules(ruleFilesIn('rules'), factKinds)

test('rule ids are unique', () => {
  expect(new Set(rules.map(rule => rule.id)).size).toBe(rules.length)
})

test('every kind of fact is used by a rule', () => {
  expect(factKinds.map(kind => kind.name).filter(name => !rules.some(rule => rule.on === name))).toEqual([])
})

describe.each(rules.map(rule => [rule.id, rule] as const))('%s', (_id, rule) => {
  test('speaks of the change and the system, never of a person', () => {
    const blaming =
      /\b(you(r team)? forgot|your (fault|mistake|negligence)|careless|stupid|sloppy|idiot|to blame|should have known)\b/i
    expect([rule.title, rule.message, rule.why, rule.fix].filter(text => blaming.test(text))).toEqual([])
  })

  test('explains each near miss', () => {
    expect(
      rule.examples.passed.filter(example => example.because === undefined && example.level === undefined),
    ).toEqual([])
  })
})

test('the pages in docs/ are fresh (npm run docs)', () => {
  expect(readFileSync('docs/rules.md', 'utf8')).toBe(rulesPage(rules))
  expect(readFileSync('docs/facts.md', 'utf8')).toBe(factsPage(factKinds))
})
