import type { Artifact, Language } from '../../artifact/types.ts'
import { number, optional, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const patternFields = {
  expression: text('The regular expression as written, shortened to 80 characters.'),
  engine: word(
    ['javascript', 'ruby', 'python', 'php', 'pcre', 'unknown'],
    'What runs it. Engines that never backtrack (RE2, Go, Rust, Ruby from 3.2 on) are left out.',
  ),
  place: word(
    ['code', 'request-path', 'config'],
    'A literal in code, a rule that every request passes (firewall, proxy, log pipeline), or another file of data.',
  ),
  runsIn: word(
    ['server', 'browser', 'build'],
    'Where code at this path runs: `browser` and `build` are told by folders and names, everything else is `server`.',
  ),
  complexity: word(
    ['exponential', 'polynomial'],
    'How the time grows with the length of the worst text. Expressions that take linear time are left out.',
  ),
  degree: optional(number('Degree of the polynomial: 2 means that twice the text takes four times as long.')),
  attack: text('A text that shows it, as a JavaScript expression.'),
  slowPart: text('The part of the expression that is tried again and again.'),
}

/** A regular expression that the change adds or alters and that some text makes very slow. */
export type PatternFact = FactOf<'pattern', typeof patternFields>

const code: readonly Language[] = ['javascript', 'typescript', 'tsx', 'ruby', 'python', 'php']
const data: readonly Language[] = ['yaml', 'json', 'jsonc', 'toml', 'conf']

/** Two or more quantifiers without an upper bound somewhere on one line: the least a slow expression has. */
const mayBeSlow = /[*+]|\{\d+,\}/

export const patternKind = {
  name: 'pattern',
  doc: 'A regular expression on a line the change adds or alters, in code or configuration, whose worst text takes more than linear time.',
  fields: patternFields,
  wants(artifact: Artifact): boolean {
    const text = artifact.head?.text
    if (text === undefined || artifact.role !== 'live') return false
    if (code.includes(artifact.language)) return mayBeSlow.test(text)
    return (
      data.includes(artifact.language) &&
      /regex|pattern|\brx\b|match|rewrite|location|\bre\b|expression|grok/i.test(text)
    )
  },
  load: async () => (await import('./extract.ts')).extractPatterns,
} satisfies FactKind
