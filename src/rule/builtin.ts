import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Rule } from './types.ts'

/** The rules that premortem ships, compiled into `rules.json` beside the bundle by the build, which has validated them. */
export function builtInRules(): readonly Rule[] {
  return JSON.parse(readFileSync(fileURLToPath(new URL('./rules.json', import.meta.url)), 'utf8')) as readonly Rule[]
}
