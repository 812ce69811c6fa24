import { resolve } from 'node:path'
import { factKinds } from '../facts/index.ts'
import { wrap } from '../report/prose.ts'
import { builtInRules } from '../rule/builtin.ts'
import { ruleFilesIn } from '../rule/folder.ts'
import { docsOf } from '../rule/judge.ts'
import { readRules } from '../rule/load.ts'
import type { Rule } from '../rule/types.ts'
import { UserError } from '../text/errors.ts'
import { choice, type Flags } from './arguments.ts'
import { tryExample } from './examples.ts'
import type { Io } from './io.ts'
import { userRules } from './session.ts'

/** `premortem rules` and `premortem rules test [folder]`. Gives the exit code. */
export async function runRules(words: readonly string[], flags: Flags, io: Io): Promise<number> {
  const [word, folder] = words
  if (word === 'test') return testRules(resolve(io.cwd, folder ?? userRules), io)
  if (word !== undefined)
    throw new UserError(`rules takes no word "${word}"`, 'Use: premortem rules, or: premortem rules test [folder]')
  const rules = builtInRules()
  const format = choice('format', flags.format?.[0], ['pretty', 'json'], 'pretty')
  io.out(format === 'json' ? `${JSON.stringify(rules.map(summary), null, 2)}\n` : list(rules, io.width))
  return 0
}

function summary(rule: Rule): object {
  const { id, title, on, level, why, fix, incidents = [], sources } = rule
  return { id, title, on, level, why, fix, incidents, sources, docs: docsOf(id) }
}

function list(rules: readonly Rule[], width: number): string {
  const areas = [...new Set(rules.map(areaOf))]
  const parts = areas.map(
    area =>
      `${area}\n${rules
        .filter(rule => areaOf(rule) === area)
        .map(
          rule =>
            `  ${rule.id}  (${levels(rule)})\n${wrap(rule.title, width - 6)
              .map(line => `      ${line}`)
              .join('\n')}`,
        )
        .join('\n')}`,
  )
  return `${parts.join('\n\n')}\n\n${rules.length} rules. What one is about: premortem explain <rule>\n`
}

function areaOf(rule: Rule): string {
  return rule.id.split('/')[0] ?? ''
}

function levels(rule: Rule): string {
  return typeof rule.level === 'string' ? rule.level : [...new Set(rule.level.map(entry => entry.level))].join(' or ')
}

/** Runs every example of every rule below a folder. Exit code 1 when one does not hold. */
async function testRules(folder: string, io: Io): Promise<number> {
  const files = ruleFilesIn(folder)
  if (files.length === 0)
    throw new UserError(
      `${folder} holds no rule files`,
      'A rule is a YAML file such as .premortem/rules/ours/no-friday-deploys.yml',
    )
  let passed = 0
  let failed = 0
  for (const file of files) {
    const [rule] = readRules([file], factKinds)
    if (!rule) continue
    const examples = [
      ...rule.examples.flagged.map(example => ({ example, flagged: true })),
      ...rule.examples.passed.map(example => ({ example, flagged: false })),
    ]
    for (const [i, { example, flagged }] of examples.entries()) {
      const problem = await tryExample(rule, example, flagged)
      if (problem === undefined) passed++
      else {
        failed++
        io.out(`${file.path}: example ${i + 1} (${flagged ? 'flagged' : 'passed'}) ${problem}\n`)
      }
    }
  }
  io.out(`${passed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}
