import type { Artifact } from '../../artifact/types.ts'
import { isDotenv } from '../environment/dotenv.ts'
import { flag, number, optional, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { isUnbalanced } from './code.ts'
import { conflictStart } from './conflict.ts'
import { isOtherText } from './loose.ts'

/** What is wrong. All but the last five keep the file, or a document of it, from being read. */
export const problems = [
  'conflict-marker',
  'unquoted-alias',
  'unknown-alias',
  'invalid-anchor-name',
  'duplicate-key',
  'missing-document-separator',
  'tab-indent',
  'bad-indent',
  'unquoted-colon',
  'missing-colon',
  'unclosed-quote',
  'unclosed-bracket',
  'text-after-quote',
  'reserved-start',
  'bad-escape',
  'control-character',
  'comment',
  'trailing-comma',
  'missing-comma',
  'missing-semicolon',
  'other',
  'unclosed-expression',
  'no-open-tag',
  'version-number',
  'type-changed',
  'second-document',
] as const

export type ProblemWord = (typeof problems)[number]

export const syntaxFields = {
  format: word(
    ['yaml', 'json', 'jsonc', 'toml', 'hcl', 'nginx', 'ini', 'dotenv', 'php', 'code', 'text'],
    'Format of the file; `ini` also for Java properties and systemd units; `code` for a program that opens or closes more than before; `text` for any other file with a conflict marker.',
  ),
  problem: word(
    problems,
    'What is wrong. `type-changed`: the file still parses but a value that was a string is now read as something else; `version-number`: a version such as 3.10 is read as the number 3.1; `second-document`: a `---` parts a file whose reader takes the first document only; `no-open-tag`: a file of PHP began with `<?php` and now begins with text; `unclosed-expression`: the file parses but an expression inside a value does not.',
  ),
  detail: text('What is wrong, as a sentence for people.'),
  quickFix: text('The line as it should read, without its ending; empty where that cannot be told.'),
  consequence: text('What the program that reads this file does with it, as a sentence.'),
  reader: word(
    [
      'github-actions',
      'github-form',
      'kubernetes',
      'helm',
      'compose',
      'rails',
      'ansible',
      'ci',
      'packages',
      'tool',
      'unknown',
    ],
    'Who reads the file. `tool`: settings of a linter, an editor or a bot; `packages`: a package manager; `rails`: a Ruby application, usually while it boots.',
  ),
  strictKeys: flag('The reader refuses a file in which a key occurs twice; other readers silently take the last one.'),
  baseParsed: flag('The file existed at base and was well-formed there.'),
  key: text('The key concerned, dotted; empty where there is none.'),
  firstLine: optional(number('Line of the first of two equal keys.')),
  from: optional(text('`type-changed`: the value as it was read at base.')),
  to: optional(
    word(
      ['bool', 'number', 'date', 'null', 'string'],
      '`type-changed`, `version-number`: type as which the value is read now.',
    ),
  ),
  reads: optional(text('`type-changed`, `version-number`: the value as it is read now.')),
}

export type SyntaxFact = FactOf<'syntax', typeof syntaxFields>

const dataLanguages = new Set(['yaml', 'json', 'jsonc', 'toml', 'hcl', 'conf', 'ini'])

/** A file of PHP that is code from its first line on at one side and not at the other. */
const lostTag = ({ language, base, head }: Artifact): boolean =>
  language === 'php' && base !== undefined && head !== undefined && opens.test(base.text) && !opens.test(head.text)
const opens = /^(#![^\n]*\n)?\s*<\?/

export const syntaxKind = {
  name: 'syntax',
  doc: 'A file that cannot be read any more, or a value that is silently read as something else.',
  fields: syntaxFields,
  wants: (artifact: Artifact) =>
    artifact.head !== undefined &&
    (artifact.role === 'live' || artifact.role === 'docs') &&
    (dataLanguages.has(artifact.language) ||
      conflictStart(artifact.head.text) !== -1 ||
      lostTag(artifact) ||
      isUnbalanced(artifact)),
  concerns: paths => paths.some(path => isDotenv(path) || isOtherText(path)),
  load: async () => (await import('./extract.ts')).extractSyntax,
  rewrites: { line: 'the line as it should read' },
  loadRewriter: async () => (await import('./rewrite.ts')).rewriteSyntax,
} satisfies FactKind
