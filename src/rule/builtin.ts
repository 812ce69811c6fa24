import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Examples, Rule } from './types.ts'

/** The rules that premortem ships, compiled into `rules.json` beside the bundle by the build. The tests have validated them. */
export function builtInRules(): readonly Rule[] {
  return readBeside('rules.json') as readonly Rule[]
}

/** The examples of the rules that premortem ships, by rule. Kept apart: a check never needs them. */
export function builtInExamples(): Readonly<Record<string, Examples>> {
  return readBeside('examples.json') as Readonly<Record<string, Examples>>
}

function readBeside(name: string): unknown {
  return JSON.parse(readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8'))
}
