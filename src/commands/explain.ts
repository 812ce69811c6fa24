import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { createColors } from 'picocolors'
import { layout } from '../report/prose.ts'
import { builtInExamples, builtInRules } from '../rule/builtin.ts'
import { docsOf } from '../rule/judge.ts'
import type { Example, ProvenRule } from '../rule/types.ts'
import { closest } from '../text/distance.ts'
import { UserError } from '../text/errors.ts'
import { choice, type Flags } from './arguments.ts'
import { type Io, useColor } from './io.ts'
import { userRules } from './session.ts'

type Colors = ReturnType<typeof createColors>

/** `premortem explain <rule>`: all that a rule file says, without network; also of the repository's own rules. Gives the exit code. */
export async function runExplain(words: readonly string[], flags: Flags, io: Io): Promise<number> {
  const [id] = words
  if (id === undefined) throw new UserError('explain needs the id of a rule', 'List them with: premortem rules')
  const rule = builtIn(id) ?? (await ownRules(resolve(io.cwd, flags.repo ?? '.', userRules))).find(own => own.id === id)
  if (!rule) throw unknownRule(id)
  const colors = createColors(useColor(choice('color', flags.color, ['auto', 'always', 'never'], 'auto'), io))
  io.out(explain(rule, io.width, colors))
  return 0
}

function builtIn(id: string): ProvenRule | undefined {
  const rule = builtInRules().find(known => known.id === id)
  return rule && { ...rule, examples: builtInExamples()[id] ?? { flagged: [], passed: [] } }
}

async function ownRules(folder: string): Promise<readonly ProvenRule[]> {
  if (!existsSync(folder)) return []
  const [{ ruleFilesIn }, { readRules }, { factKinds }] = await Promise.all([
    import('../rule/folder.ts'),
    import('../rule/load.ts'),
    import('../facts/index.ts'),
  ])
  return readRules(ruleFilesIn(folder), factKinds)
}

function unknownRule(id: string): UserError {
  const names = builtInRules().map(rule => rule.id)
  const meant = closest(id, names) ?? names.find(name => name.endsWith(`/${id}`))
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`
  return new UserError(`there is no rule "${id}"${hint}`, 'List them with: premortem rules')
}

function explain(rule: ProvenRule, width: number, colors: Colors): string {
  const heading = (text: string): string => colors.bold(text)
  const levels =
    typeof rule.level === 'string' ? rule.level : [...new Set(rule.level.map(entry => entry.level))].join(' or ')
  const parts = [
    `${heading(rule.id)} (${levels})\n${layout(rule.title, width).join('\n')}`,
    `${heading('Why')}\n${indented(rule.why, width)}`,
    `${heading('Safer')}\n${indented(rule.fix, width)}`,
    ...(rule.incidents?.length
      ? [
          `${heading('It happened')}\n${rule.incidents.map(({ title, year, url }) => `${indented(`${title}${year === undefined ? '' : ` (${year})`}`, width)}\n    ${url}`).join('\n')}`,
        ]
      : []),
    `${heading('Flagged')}\n${rule.examples.flagged.slice(0, 1).map(showExample).join('\n')}`,
    `${heading('Not flagged')}\n${rule.examples.passed.slice(0, 1).map(showExample).join('\n')}`,
    `${heading('Accept it here')}\n  premortem-ignore[${rule.id}]: the reason\n  in a comment on the line or the line above`,
    `${heading('Sources')}\n${[...rule.sources, docsOf(rule.id)].map(url => `  ${url}`).join('\n')}`,
  ]
  return `${parts.join('\n\n')}\n`
}

function showExample(example: Example): string {
  const files = example.files ?? [
    {
      path: example.path ?? '',
      ...(example.base === undefined ? {} : { base: example.base }),
      ...(example.head === undefined ? {} : { head: example.head }),
    },
  ]
  const shown = files.map(({ path, base, head }) => [`  ${path}`, ...side('-', base), ...side('+', head)].join('\n'))
  return [...(example.because === undefined ? [] : [`  (${example.because})`]), ...shown].join('\n')
}

function side(sign: string, text: string | undefined): readonly string[] {
  return text === undefined
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map(line => `  ${sign} ${line}`)
}

function indented(text: string, width: number): string {
  return layout(text, width - 2)
    .map(line => (line === '' ? '' : `  ${line}`))
    .join('\n')
}
