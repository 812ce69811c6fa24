import { describe, expect, test } from 'vitest'
import { tryExample } from '../src/commands/examples.ts'
import { factKinds } from '../src/facts/index.ts'
import { ruleFilesIn } from '../src/rule/folder.ts'
import { readRules } from '../src/rule/load.ts'

const files = ruleFilesIn('rules')

// Every example of every rule is a test: flagged examples are flagged on the named line, near misses are not.
describe.each(files)('$expectedId', file => {
  const [rule] = readRules([file], factKinds)
  if (!rule) throw new Error('no rule')

  test.each(rule.examples.flagged.map((example, i) => ({ example, i })))('flags example $i', async ({ example }) => {
    expect(await tryExample(rule, example, true)).toBeUndefined()
  })

  test.each(rule.examples.passed.map((example, i) => ({ example, i })))('passes near miss $i', async ({ example }) => {
    expect(await tryExample(rule, example, false)).toBeUndefined()
  })
})
