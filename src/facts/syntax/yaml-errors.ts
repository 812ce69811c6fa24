import { type LineIndex, lineSpan, lineText, spanOf } from '../../text/lines.ts'
import { excerpt, lineAt, type Problem, restOfLine } from './problem.ts'
import { quoted, quoteRest, untab } from './quote.ts'

/** An error as the `yaml` package reports it. */
export interface YamlError {
  readonly code: string
  readonly message: string
  readonly pos: readonly [number, number]
}

/** What the translation may look at. `added`: is this head line part of the change? */
export interface Where {
  readonly lines: LineIndex
  added(line: number): boolean
}

/** Errors of the `yaml` package that libyaml and go-yaml do not share. */
export function tolerated(error: YamlError): boolean {
  return (
    error.message.startsWith('Comments must be separated') ||
    error.code === 'DUPLICATE_KEY' ||
    error.code === 'TAG_RESOLVE_FAILED' ||
    error.message.endsWith('tag has no suffix') ||
    /\btag\b/.test(error.message)
  )
}

/** The parser's error in words, on the line a person would point at. */
export function explain(error: YamlError, where: Where): Problem {
  const problem = translate(error, where)
  const { line } = problem.span
  const text = lineText(where.lines, line)
  if (/^ *\t/.test(text) && problem.problem !== 'unclosed-quote') return tabbed(where.lines, line)
  const above = contentAbove(where.lines, line - 1)
  const indentedOddly = above > 0 && /^\s*[\u00A0\u200B\u2000-\u200A\u3000]/.test(lineText(where.lines, above))
  return invisible(line, where.lines) ?? (indentedOddly ? invisible(above, where.lines) : undefined) ?? problem
}

function tabbed(lines: LineIndex, line: number): Problem {
  const detail = `\`${excerpt(lineText(lines, line))}\` is indented with a tab; YAML allows only spaces`
  return { problem: 'tab-indent', detail, span: lineSpan(lines, line), quickFix: untab(lines, line) }
}

const strangeSpace = /[\u00A0\u1680\u2000-\u200D\u202F\u205F\u2060\u3000\uFEFF]/

/** A character that looks like a space, or like nothing, in front of the value: the likeliest cause of any error here. */
function invisible(line: number, lines: LineIndex): Problem | undefined {
  const text = lineText(lines, line)
  const at = /^(?:[^"'#]*?:(?=\s|$)|\s*-?\s*)/.exec(text)?.[0] ?? ''
  const found = strangeSpace.exec(text.slice(0, at.length + 2))
  if (!found) return undefined
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
  const start = (lines.starts[line - 1] ?? 0) + found.index
  const quickFix = text.replace(/[\u200B-\u200D\u2060\uFEFF]/g, '').replace(new RegExp(strangeSpace, 'g'), ' ')
  const detail = `\`${excerpt(text.replace(new RegExp(strangeSpace, 'g'), ' '))}\` holds an invisible character (U+${code}) that only looks like a space`
  return { problem: 'control-character', detail, span: spanOf(lines, start, start + 1), quickFix }
}

function translate(error: YamlError, where: Where): Problem {
  const { lines } = where
  const line = lineAt(lines, error.pos[0])
  const span = restOfLine(lines, error.pos[0])
  const text = lineText(lines, line)
  switch (error.code) {
    case 'BAD_ALIAS':
      return {
        problem: 'unquoted-alias',
        detail: `\`${excerpt(text)}\` has a value that begins with \`*\`, which starts an alias in YAML`,
        span,
      }
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return implicitKey(error, where)
    case 'UNEXPECTED_TOKEN':
      return unexpected(error, where)
    case 'TAB_AS_INDENT':
      return tabbed(lines, line)
    case 'BAD_SCALAR_START': {
      const first = text.charAt(span.column - 1)
      const detail = `an unquoted value cannot begin with ${first === '`' ? 'a backtick' : `\`${first}\``}`
      return { problem: 'reserved-start', detail, span, quickFix: quoteRest(text, span.column) }
    }
    case 'MISSING_CHAR':
      return missingCharacter(error, where)
    case 'BAD_INDENT':
      return badIndent(error, where)
    case 'BAD_DQ_ESCAPE': {
      const wrong = excerpt(error.message.replace(/^Invalid escape sequence /, ''), 12)
      return {
        problem: 'bad-escape',
        detail: `\`${wrong}\` is no escape that double quotes know`,
        span: lineSpan(lines, line),
        quickFix: singleQuotes(text),
      }
    }
    case 'BLOCK_IN_FLOW':
      return unclosedBracket(error.pos[0], where)
    case 'KEY_OVER_1024_CHARS':
      return {
        problem: 'other',
        detail: 'a key without quotes is longer than 1,024 characters',
        span: lineSpan(lines, line),
      }
    default:
      return { problem: 'other', detail: lower(error.message), span: lineSpan(lines, line) }
  }
}

function lower(message: string): string {
  const text = message.split('\n')[0] ?? ''
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`.replace(/\.$/, '')
}

const keyLine = /^\s*(?:- +)*(?:"[^"]*"|'[^']*'|[^\s#'"][^#]*?)\s*:(?:\s|$)/

/** A mapping or a list where a plain value was going on: a second colon, or a line that is indented wrongly. */
function implicitKey(error: YamlError, where: Where): Problem {
  const { lines } = where
  const first = contentAbove(lines, lineAt(lines, error.pos[0]))
  const text = lineText(lines, first)
  const rest =
    first === lineAt(lines, error.pos[0]) ? text.slice(restOfLine(lines, error.pos[0]).column - 1) : text.trimStart()
  const nested = error.code === 'BLOCK_AS_IMPLICIT_KEY' && error.message.startsWith('Nested')
  const secondColon = nested && /^[^"'].*?:(\s|$)/.test(rest.replace(/\s#.*$/, ''))
  const valueBefore = keyLine.test(text.slice(0, text.length - rest.length))
  if (secondColon && valueBefore) return unquotedColon(lines, first, rest)
  const next = nextContent(lines, first)
  if (!valueBefore && error.code === 'MULTILINE_IMPLICIT_KEY') return missingColon(where, first, rest)
  // The value of a key is complete in its line: what goes on below it is what stands wrongly.
  const opened = openQuote(text)
  if (opened !== undefined) return unclosedQuote(lines, first, opened)
  if (next === undefined)
    return {
      problem: 'bad-indent',
      detail: 'the value cannot be followed by a mapping here',
      span: lineSpan(lines, first),
    }
  const culprit = wronglyIndented(where, first, next)
  return { problem: 'bad-indent', detail: indentDetail(lines, culprit, first), span: lineSpan(lines, culprit) }
}

/** Among the lines that continue a value, the first that looks like a key or an item, better one that the change added. */
function wronglyIndented(where: Where, first: number, next: number): number {
  const { lines } = where
  const last = Math.min(next + 30, lines.starts.length)
  for (let line = next; line <= last; line++) {
    const text = lineText(lines, line)
    if (!isContent(text)) continue
    if (keyLine.test(text) || /^\s*-(\s|$)/.test(text))
      return where.added(line) || !where.added(first) ? line : better(where, first, line)
  }
  return next
}

/** Both lines are good English; the added one is the one to point at. */
function better(where: Where, first: number, line: number): number {
  return where.added(first) && !where.added(line) ? first : line
}

function indentDetail(lines: LineIndex, culprit: number, before: number): string {
  const wrong = lineText(lines, culprit)
  if (culprit === before)
    return `\`${excerpt(wrong)}\` already has a value, so the deeper lines below it cannot belong to it`
  const spaces = indentOf(wrong) - indentOf(lineText(lines, before))
  const where =
    spaces > 0
      ? `${spaces} ${spaces === 1 ? 'space' : 'spaces'} deeper than`
      : spaces < 0
        ? 'less deep than'
        : 'as deep as'
  return `\`${excerpt(wrong)}\` is indented ${where} \`${excerpt(lineText(lines, before), 40)}\` on line ${before}, which already has a value`
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length
}

function isContent(text: string): boolean {
  return text.trim() !== '' && !/^\s*#/.test(text)
}

/** The parser may name an empty line or a comment: the line of content that it goes on from. */
function contentAbove(lines: LineIndex, from: number): number {
  for (let line = from; line > 0; line--) if (isContent(lineText(lines, line))) return line
  return from
}

function nextContent(lines: LineIndex, after: number): number | undefined {
  for (let line = after + 1; line <= lines.starts.length; line++) {
    if (isContent(lineText(lines, line))) return line
  }
  return undefined
}

function unquotedColon(lines: LineIndex, line: number, rest: string): Problem {
  const text = lineText(lines, line)
  const from = text.length - rest.length
  const value = rest.replace(/\s+#.*$/, '').trimEnd()
  const detail = `the unquoted value \`${excerpt(value)}\` contains a colon and a space, which starts a new key`
  // Two entries that ended up in one line are not cured by quotes.
  const joined = /\s{2,}\S+:\s/.test(value) || /^\S+:$/.test(value)
  const quickFix = joined ? '' : text.slice(0, from) + quoted(value) + text.slice(from + value.length)
  return { problem: 'unquoted-colon', detail, span: restOfLine(lines, (lines.starts[line - 1] ?? 0) + from), quickFix }
}

function missingColon(where: Where, line: number, rest: string): Problem {
  const { lines } = where
  const text = lineText(lines, line)
  const glued = /^([A-Za-z_][\w.-]*):(\S.*)$/.exec(rest)
  if (glued) {
    const detail = `\`${excerpt(rest)}\` needs a space after the colon to be a key and a value`
    return {
      problem: 'missing-colon',
      detail,
      span: lineSpan(lines, line),
      key: glued[1] ?? '',
      quickFix: text.replace(/:(?=\S)/, ': '),
    }
  }
  return {
    problem: 'missing-colon',
    detail: `\`${excerpt(text)}\` is neither a \`key: value\` nor part of the value above it`,
    span: lineSpan(lines, line),
  }
}

/** Something follows where a value was complete. */
function unexpected(error: YamlError, where: Where): Problem {
  const { lines } = where
  const line = lineAt(lines, error.pos[0])
  const { text } = lines
  let before = error.pos[0] - 1
  while (before >= 0 && /[ \t]/.test(text.charAt(before))) before--
  const quote = text.charAt(before)
  if (quote === '"' || quote === "'") {
    // A quote that closes here was opened above: the opening line has lost its own closing quote.
    const opened = openingLine(lines, line, quote)
    if (opened !== undefined && opened !== line) return unclosedQuote(lines, opened, quote)
    const detail = `there is text after the closing quote: \`${excerpt(text.slice(error.pos[0], endOfLine(text, error.pos[0])))}\``
    return {
      problem: 'text-after-quote',
      detail,
      span: lineSpan(lines, line),
      quickFix: requote(lineText(lines, line), quote),
    }
  }
  if (quote === ']' || quote === '}')
    return {
      problem: 'text-after-quote',
      detail: `there is text after the closing \`${quote}\``,
      span: lineSpan(lines, line),
    }
  const indent = /^\s*$/.test(text.slice(lines.starts[line - 1] ?? 0, error.pos[0]))
  const detail = indent
    ? `\`${excerpt(lineText(lines, line))}\` does not belong to anything above it; the indentation is probably wrong`
    : lower(error.message)
  return { problem: indent ? 'bad-indent' : 'other', detail, span: lineSpan(lines, line) }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

/** `'it's'` as `"it's"`, `"a "b" c"` as `'a "b" c'`, where the whole value is one quoted text. */
function requote(line: string, quote: string): string {
  const value = new RegExp(`^(.*?[:-] +)${quote}(.*)${quote}(\\s*(?:#.*)?)$`).exec(line)
  if (value?.[2] === undefined) return ''
  const other = quote === '"' ? "'" : '"'
  return value[2].includes(other) || value[2].includes('\\') ? '' : `${value[1]}${other}${value[2]}${other}${value[3]}`
}

function missingCharacter(error: YamlError, where: Where): Problem {
  const { lines } = where
  const line = lineAt(lines, error.pos[0])
  const quote = /^Missing closing (["'])/.exec(error.message)?.[1]
  if (quote !== undefined) return unclosedQuote(lines, openingLine(lines, line, quote) ?? line, quote)
  if (/must end with a|Missing , |Missing \{|Expected flow/.test(error.message))
    return unclosedBracket(error.pos[0], where)
  const text = lineText(lines, line)
  if (/^Implicit map keys|^Implicit keys/.test(error.message))
    return missingColon(where, line, text.slice(restOfLine(lines, error.pos[0]).column - 1))
  if (error.message.startsWith('Block scalars'))
    return {
      problem: 'bad-indent',
      detail: 'the empty lines at the start of this text block are indented deeper than the text',
      span: lineSpan(lines, line),
    }
  return { problem: 'other', detail: lower(error.message), span: lineSpan(lines, line) }
}

/** The line in which a quote was opened that is still open at `from`: searched upwards, an odd number of that quote. */
function openingLine(lines: LineIndex, from: number, quote: string): number | undefined {
  for (let line = Math.min(from, lines.starts.length); line > Math.max(0, from - 400); line--)
    if (line !== from || from === lines.starts.length) if (openQuote(lineText(lines, line)) === quote) return line
  return openQuote(lineText(lines, from)) === quote ? from : undefined
}

/** The quote that a value of this line opens and does not close. */
export function openQuote(line: string): '"' | "'" | undefined {
  const start = /(?:^|[:[{,-]\s+|^\s*)(["'])/.exec(line)
  if (!start) return undefined
  const quote = start[1] === '"' ? '"' : "'"
  const rest = line.slice(start.index + start[0].length)
  const closed = quote === '"' ? /^(?:[^"\\]|\\.)*"/.test(rest) : /^(?:[^']|'')*'/.test(rest)
  return closed ? undefined : quote
}

function unclosedQuote(lines: LineIndex, line: number, quote: string): Problem {
  const text = lineText(lines, line)
  const name = quote === '"' ? 'double' : 'single'
  const comment = /\s+#/.test(text)
  return {
    problem: 'unclosed-quote',
    detail: `the ${name} quote in \`${excerpt(text)}\` is not closed`,
    span: lineSpan(lines, line),
    quickFix: comment ? '' : `${text.trimEnd().replace(/(["'])$/, '')}${quote}`,
  }
}

function badIndent(error: YamlError, where: Where): Problem {
  const { lines } = where
  if (error.message.startsWith('Flow ')) return unclosedBracket(error.pos[0], where)
  const named = lineAt(lines, error.pos[0])
  const line = isContent(lineText(lines, named)) ? named : (nextContent(lines, named) ?? named)
  const what = /sequence/.test(error.message) ? 'the items of its list' : 'the keys beside it'
  const detail = `\`${excerpt(lineText(lines, line))}\` is not indented like ${what}`
  return { problem: 'bad-indent', detail, span: lineSpan(lines, line) }
}

/** A `[` or `{` that nothing closes: the last line above the error that opens more than it closes. */
function unclosedBracket(offset: number, where: Where): Problem {
  const { lines } = where
  const at = lineAt(lines, offset)
  for (let line = at; line > Math.max(0, at - 200); line--) {
    const text = lineText(lines, line).replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '')
    const open = /[:-]\s+([[{])[^\]}]*$|^\s*([[{])[^\]}]*$/.exec(text)
    const bracket = open?.[1] ?? open?.[2]
    if (bracket !== undefined)
      return {
        problem: 'unclosed-bracket',
        detail: `the \`${bracket}\` in \`${excerpt(lineText(lines, line))}\` is not closed where it has to be`,
        span: lineSpan(lines, line),
      }
  }
  const from = lines.text.slice(offset, offset + 1)
  return {
    problem: 'unclosed-bracket',
    detail: `\`${excerpt(lineText(lines, at))}\` does not fit inside the brackets it stands in`,
    span: from === '' ? lineSpan(lines, at) : spanOf(lines, offset, offset + 1),
  }
}

/** A double-quoted value in single quotes, where backslashes mean themselves. */
function singleQuotes(line: string): string {
  const value = /^(.*?)"((?:[^"\\]|\\.)*)"(.*)$/.exec(line)
  if (value?.[2] === undefined || value[2].includes("'") || /\\["nt\\]/.test(value[2])) return ''
  return `${value[1]}'${value[2]}'${value[3]}`
}
