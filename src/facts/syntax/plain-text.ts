import type { Source } from '../../artifact/types.ts'
import { lineSpan } from '../../text/lines.ts'
import { cutDetail, isCut } from './comment-cut.ts'
import { excerpt, type Problem } from './problem.ts'
import { hasTemplateToken } from './template.ts'

/** What keeps an INI file, a systemd unit or Java properties from being read. */
export function iniProblem({ path, text, lines }: Source): Problem | undefined {
  const unit = /\.(service|timer)$/.test(path)
  const properties = path.endsWith('.properties')
  let continued = false
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '')
    const wasContinued: boolean = continued
    continued = line.endsWith('\\')
    if (wasContinued || hasTemplateToken(line) || /^\s*([#;!]|$)/.test(line)) continue
    const span = lineSpan(lines, index + 1)
    if (properties) {
      if (/(^|[^\\])(\\\\)*\\u(?![0-9a-fA-F]{4})/.test(line))
        return {
          problem: 'bad-escape',
          detail: `\`${excerpt(line)}\` holds \`\\u\` without four hexadecimal digits`,
          span,
        }
    } else if (/^\[[^\]]*$/.test(line))
      return { problem: 'unclosed-bracket', detail: `the section \`${excerpt(line)}\` has no closing \`]\``, span }
    else if (unit && !/^\s*\[/.test(line) && !line.includes('='))
      return {
        problem: 'missing-colon',
        detail: `\`${excerpt(line)}\` is no \`Key=value\`, so systemd passes over it`,
        span,
      }
  }
  return undefined
}

/** Text in front of the code of a file of PHP: it goes to whoever asked for the page. */
export function phpProblem({ text, lines }: Source): Problem | undefined {
  const rest = text.replace(/^#![^\n]*\n/, '')
  if (/^\s*(<|$)/.test(rest)) return undefined
  const line = text.split('\n').findIndex(each => each.trim() !== '' && !each.startsWith('#!'))
  const found = excerpt(text.split('\n')[line] ?? '')
  const detail = text.includes('<?')
    ? `\`${found}\` stands in front of \`<?php\` and is sent as it is`
    : `it has no \`<?php\` any more and begins with \`${found}\``
  return { problem: 'no-open-tag', detail, span: lineSpan(lines, line + 1) }
}

/** Passwords of a `.env` file without quotes, of which a comment takes the end. */
export function dotenvCuts({ text, lines }: Source): readonly Problem[] {
  return text.split('\n').flatMap((line, index): readonly Problem[] => {
    const [, lead = '', key = '', value = '', rest = ''] =
      /^(\s*(?:export\s+)?([\w.-]+)\s*=\s*)([^\s"'`#$][^#]*?)(\s+#[^\r]*)/.exec(line) ?? []
    const written = { key, text: value, rest: rest.trimEnd(), before: undefined }
    if (key === '' || !isCut(written)) return []
    const quickFix = /["\\$]/.test(value + rest) ? `${lead}'${value}${rest}'` : `${lead}"${value}${rest}"`
    return [
      {
        problem: 'type-changed',
        detail: cutDetail(written),
        span: lineSpan(lines, index + 1),
        key,
        to: 'string',
        reads: value,
        ...(quickFix.slice(lead.length + 1, -1).includes("'") ? {} : { quickFix }),
      },
    ]
  })
}

/** A quote in a `.env` file that is never closed: all that follows becomes part of the value. */
export function dotenvProblem({ text, lines }: Source): Problem | undefined {
  let open: { quote: string; line: number; text: string } | undefined
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '')
    if (open) {
      // A value over several lines, such as a key, ends at its quote.
      if (endOf(line, 0, open.quote) !== -1) open = undefined
      continue
    }
    if (/^\s*(#|$)/.test(line) || hasTemplateToken(line)) continue
    const found = /^\s*(?:export\s+)?[\w.-]+\s*=\s*(["'])/.exec(line)
    if (found && endOf(line, found[0].length, found[1] ?? '') === -1)
      open = { quote: found[1] ?? '', line: index + 1, text: line }
  }
  if (open === undefined) return undefined
  const detail = `the quote in \`${excerpt(open.text.replace(/=.*/, '='))}…\` is not closed`
  return { problem: 'unclosed-quote', detail, span: lineSpan(lines, open.line) }
}

function endOf(line: string, from: number, quote: string): number {
  for (let at = from; at < line.length; at++) {
    if (line[at] === '\\' && quote === '"') at++
    else if (line[at] === quote) return at
  }
  return -1
}
