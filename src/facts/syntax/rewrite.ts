import type { Source } from '../../artifact/types.ts'
import { lineText } from '../../text/lines.ts'
import { inPlace, type Rewrite, replacing } from '../rewrite.ts'
import type { Fact } from '../types.ts'
import type { SyntaxFact } from './index.ts'

/** Works out the rewrite of a line that does not parse, or that is read as something else. */
export async function rewriteSyntax(_name: string, found: Fact, source: Source): Promise<Rewrite | undefined> {
  const { quickFix, span, format, problem } = found as SyntaxFact
  if (quickFix === '') return undefined
  const { line } = span
  const text = lineText(source.lines, line)
  const place = { line, column: 1, endLine: line, endColumn: text.length + 1 }
  return inPlace(titles[problem] ?? 'Write the line so', format, source, [replacing(place, quickFix)])
}

const titles: Readonly<Record<string, string>> = {
  'unquoted-alias': 'Put the value in quotes',
  'unknown-alias': 'Put the value in quotes',
  'invalid-anchor-name': 'Put the value in quotes',
  'unquoted-colon': 'Put the value in quotes',
  'reserved-start': 'Put the value in quotes',
  'type-changed': 'Put the value in quotes',
  'version-number': 'Put the version in quotes',
  'missing-document-separator': 'Begin a new document',
  'tab-indent': 'Indent with spaces',
  'missing-comma': 'Add the comma',
  'trailing-comma': 'Leave out the comma',
}
