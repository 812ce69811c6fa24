import type { Source } from '../../artifact/types.ts'
import { lineSpan, lineText, positionAt } from '../../text/lines.ts'
import type { ProblemWord } from './index.ts'
import { excerpt, type Problem } from './problem.ts'
import { hasTemplateToken, isTemplated } from './template.ts'

/** What the parser says, what it means, and how to say it. */
const words: readonly (readonly [RegExp, ProblemWord, string?])[] = [
  [/redefine|already defined/, 'duplicate-key', 'this key or table exists already'],
  [/unfinished string/, 'unclosed-quote', 'the quote is not closed'],
  [/control characters are not allowed in strings/, 'unclosed-quote', 'the quote is not closed in its line'],
  [/end of structure/, 'unclosed-bracket', 'a comma or a closing bracket is missing before this'],
  [/escape/, 'bad-escape', 'no such escape; single quotes keep backslashes as they are'],
  [/illegal character in key/, 'missing-colon', 'this is not `key = value`'],
  [/invalid value/, 'other', 'this is no TOML value; a text needs quotes'],
  [/followed by an end-of-line/, 'other', 'there is text after the value'],
]

/** The first mistake of a TOML text; undefined when there is none, or when a template engine fills the text in first. */
export async function tomlProblem(source: Source): Promise<Problem | undefined> {
  const { TomlError, parse } = await import('smol-toml')
  try {
    parse(source.text)
    return undefined
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const message = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '').replace(/\.$/, '')
    const line = lineOf(source, error.line, message)
    const text = lineText(source.lines, line)
    if (isTemplated(source.text) && hasTemplateToken(text)) return undefined
    const [, problem, detail] = words.find(([pattern]) => pattern.test(message)) ?? [undefined, 'other' as const]
    const key = problem === 'duplicate-key' ? (/^\s*\[*\s*([^=\]]+?)\s*[\]=]/.exec(text)?.[1] ?? '') : ''
    return { problem, detail: `in \`${excerpt(text)}\`: ${detail ?? message}`, span: lineSpan(source.lines, line), key }
  }
}

/** An error at the end of the text is about the last line that says something. */
function lineOf(source: Source, line: number, message: string): number {
  const last = positionAt(source.lines, source.text.trimEnd().length).line
  return /unexpected end/i.test(message) ? Math.min(line, last) : Math.max(1, Math.min(line, last))
}
