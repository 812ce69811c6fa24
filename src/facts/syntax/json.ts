import type { Source } from '../../artifact/types.ts'
import { lineSpan, lineText, spanOf } from '../../text/lines.ts'
import type { ProblemWord } from './index.ts'
import { excerpt, lineAt, type Problem } from './problem.ts'
import { hasTemplateToken } from './template.ts'

export interface JsonProblems {
  readonly broken?: Problem
  readonly duplicates: readonly Problem[]
  /** Comments or trailing commas, which only some readers accept. */
  readonly lenient?: Problem
}

/** Longest text that is searched for the exact place of a mistake. */
const longest = 3_000_000

/** What is wrong with a JSON text: mistakes for every reader, and those that readers of JSON with comments accept. */
export async function jsonProblems(source: Source): Promise<JsonProblems> {
  const { text, lines } = source
  const native = nativeError(text)
  if (text.length > longest)
    return native === undefined
      ? { duplicates: [] }
      : { broken: { problem: 'other', detail: native, span: lineSpan(lines, 1) }, duplicates: [] }
  const { visit, printParseErrorCode } = await import('jsonc-parser')
  const errors: { code: string; offset: number; length: number }[] = []
  const duplicates: Problem[] = []
  const open: Map<string, number>[] = []
  const path: string[] = []
  let comment: number | undefined
  visit(
    text,
    {
      onError: (code, offset, length) => errors.push({ code: printParseErrorCode(code), offset, length }),
      onComment: offset => {
        comment ??= offset
      },
      onObjectBegin: () => {
        open.push(new Map())
        path.push('')
      },
      onObjectEnd: () => {
        open.pop()
        path.pop()
      },
      onObjectProperty: (key, offset, length) => {
        const keys = open.at(-1)
        const first = keys?.get(key)
        path[path.length - 1] = key
        if (first === undefined) keys?.set(key, offset)
        else if (key !== '//' && duplicates.length < 20) {
          const firstLine = lineAt(lines, first)
          const detail = `the key \`${excerpt(key)}\` is here a second time; the first is on line ${firstLine}`
          duplicates.push({
            problem: 'duplicate-key',
            detail,
            span: spanOf(lines, offset, offset + length),
            key: path.join('.'),
            firstLine,
          })
        }
      },
    },
    { allowTrailingComma: true, disallowComments: false },
  )
  const first = errors[0]
  if (first) {
    const broken = explain(first, source)
    const filledIn =
      hasTemplateToken(lineText(lines, broken.span.line)) ||
      /^\$[A-Z_{(]|^@[A-Z_]+@|^__[A-Z]/.test(text.slice(first.offset))
    // A file that begins with `#` is meant for a reader with its own idea of JSON.
    return filledIn || /^\s*#/.test(text) ? { duplicates: [] } : { broken, duplicates: [] }
  }
  if (native === undefined) return { duplicates }
  const lenient = lenientProblem(source, comment)
  if (lenient) return { lenient, duplicates }
  return {
    broken: {
      problem: 'other',
      detail: native,
      span: lineSpan(lines, lineAt(lines, Number(/position (\d+)/.exec(native)?.[1] ?? 0))),
    },
    duplicates,
  }
}

function nativeError(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return error instanceof SyntaxError ? error.message.replace(/, ?\.*"[\s\S]*$/, '') : 'nested too deeply'
  }
}

function lenientProblem({ text, lines }: Source, comment: number | undefined): Problem | undefined {
  if (comment !== undefined)
    return { problem: 'comment', detail: 'JSON knows no comments', span: lineSpan(lines, lineAt(lines, comment)) }
  // Strings are blanked so that only real commas are seen.
  const blank = text.replace(/"(?:[^"\\\n]|\\.)*"/g, found => `"${' '.repeat(found.length - 2)}"`)
  const at = /,(?=\s*[}\]])/.exec(blank)?.index
  if (at === undefined) return undefined
  const line = lineAt(lines, at)
  const column = at - (lines.starts[line - 1] ?? 0)
  const old = lineText(lines, line)
  return {
    problem: 'trailing-comma',
    detail: 'JSON allows no comma after the last entry',
    span: spanOf(lines, at, at + 1),
    quickFix: old.slice(0, column) + old.slice(column + 1),
  }
}

const words: Readonly<Record<string, readonly [ProblemWord, string]>> = {
  InvalidSymbol: ['other', 'is not a JSON value'],
  InvalidNumberFormat: ['other', 'is not a number as JSON writes it'],
  PropertyNameExpected: ['other', 'stands where a key in double quotes belongs'],
  ValueExpected: ['other', 'stands where a value belongs'],
  ColonExpected: ['missing-colon', 'stands where the colon after a key belongs'],
  CommaExpected: ['missing-comma', 'follows without a comma before it'],
  CloseBraceExpected: ['unclosed-bracket', 'stands where the closing } belongs'],
  CloseBracketExpected: ['unclosed-bracket', 'stands where the closing ] belongs'],
  EndOfFileExpected: ['other', 'follows after the end of the value'],
  InvalidCommentToken: ['comment', 'is a comment'],
  UnexpectedEndOfComment: ['comment', 'begins a comment that is not closed'],
  UnexpectedEndOfString: ['unclosed-quote', 'is not closed by a double quote'],
  UnexpectedEndOfNumber: ['other', 'is not a complete number'],
  InvalidUnicode: ['bad-escape', 'has an invalid \\u escape'],
  InvalidEscapeCharacter: ['bad-escape', 'has an escape that JSON does not know'],
  InvalidCharacter: ['control-character', 'has a control character inside the string'],
}

function explain(error: { code: string; offset: number; length: number }, { text, lines }: Source): Problem {
  const [problem, what] = words[error.code] ?? ['other', error.code]
  const span = spanOf(lines, error.offset, error.offset + Math.max(1, error.length))
  if (text.slice(error.offset).trim() === '' && problem !== 'unclosed-quote')
    return {
      problem: 'unclosed-bracket',
      detail: 'the file ends before its brackets are closed',
      span: lineSpan(lines, lastLine(lines.text)),
    }
  const at = text.charAt(error.offset)
  if (problem === 'missing-comma' && (at === '}' || at === ']'))
    return {
      problem: 'unclosed-bracket',
      detail: `\`${at}\` stands where \`${at === '}' ? ']' : '}'}\` has to close what is open`,
      span,
    }
  if (problem === 'missing-comma') return missingComma(error.offset, { text, lines })
  const piece = excerpt(text.slice(error.offset, error.offset + Math.max(1, error.length)).split('\n')[0] ?? '', 40)
  return {
    problem,
    detail: `\`${piece}\` ${what}`,
    span: {
      ...span,
      endLine: span.line,
      endColumn: span.endLine === span.line ? span.endColumn : lineText(lines, span.line).length + 1,
    },
  }
}

function lastLine(text: string): number {
  return text.trimEnd().split('\n').length
}

/** The comma is missing at the end of what stands before, which is the line to point at. */
function missingComma(offset: number, { text, lines }: Pick<Source, 'text' | 'lines'>): Problem {
  const end = text.slice(0, offset).replace(/\s+$/, '').length
  const line = lineAt(lines, Math.max(0, end - 1))
  const old = lineText(lines, line)
  const column = end - (lines.starts[line - 1] ?? 0)
  return {
    problem: 'missing-comma',
    detail: `a comma is missing after \`${excerpt(old)}\``,
    span: lineSpan(lines, line),
    quickFix: `${old.slice(0, column)},${old.slice(column)}`,
  }
}
