import type { Source } from '../../artifact/types.ts'
import { lineSpan, lineText, positionAt } from '../../text/lines.ts'
import { excerpt, type Problem } from './problem.ts'
import { hasTemplateToken } from './template.ts'

/** Does nginx read this file? By its path, or by blocks that only nginx has. */
export function isNginx({ path, text }: Source): boolean {
  return (
    /nginx|(^|\/)sites-(available|enabled)\//i.test(path) ||
    (/^\s*(server|upstream\s+\S+)\s*\{/m.test(text) && /^\s*(location\s+\S.*\{|proxy_pass\s)/m.test(text))
  )
}

/** Directives that stand at the beginning of a line so often that one inside another directive means a missing `;`. */
const directive =
  /^(listen|server_name|location|root|index|proxy_\w+|add_header|return|rewrite|include|error_log|access_log|client_max_body_size|ssl_\w+|upstream|server|if|set|try_files|keepalive_\w+|gzip\w*|worker_\w+|events|http|fastcgi_\w+|limit_\w+)$/

/** The first mistake in nginx's grammar: a brace, a quote or a semicolon that is missing. */
export function nginxProblem(source: Source): Problem | undefined {
  const { text, lines } = source
  const open: number[] = []
  /** Offsets of the words of the directive that is being read. */
  let words: { text: string; at: number }[] = []
  const problem = (what: Problem['problem'], detail: string, at: number): Problem | undefined => {
    const { line } = positionAt(lines, at)
    if (hasTemplateToken(lineText(lines, line))) return undefined
    return { problem: what, detail, span: lineSpan(lines, line) }
  }
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at)
    if (/\s/.test(sign)) continue
    if (sign === '#') {
      const end = text.indexOf('\n', at)
      at = end === -1 ? text.length : end
    } else if (sign === ';') words = []
    else if (sign === '{') {
      // Code of another language, up to its own closing brace.
      if (/_by_lua_block$|^js_/.test(words[0]?.text ?? '') || /_by_lua_block$/.test(words.at(-1)?.text ?? '')) {
        at = closing(text, at)
        words = []
        continue
      }
      const missing = unended(words, source)
      if (missing) return problem('missing-semicolon', missing.detail, missing.at)
      open.push(words[0]?.at ?? at)
      words = []
    } else if (sign === '}') {
      const first = words[0]
      if (first)
        return problem('missing-semicolon', `\`${excerpt(wordsText(words))}\` does not end with \`;\``, first.at)
      if (open.pop() === undefined) return problem('unclosed-bracket', 'there is a `}` that closes nothing', at)
    } else {
      const end = wordEnd(text, at)
      if (end === -1)
        return problem(
          'unclosed-quote',
          `the quote in \`${excerpt(text.slice(at, at + 60).split('\n')[0] ?? '')}\` is not closed`,
          at,
        )
      words.push({ text: text.slice(at, end), at })
      at = end - 1
    }
  }
  const missing = words[0]
    ? (unended(words, source) ?? {
        detail: `\`${excerpt(wordsText(words))}\` does not end with \`;\``,
        at: words[0].at,
      })
    : undefined
  if (missing) return problem('missing-semicolon', missing.detail, missing.at)
  const last = open.at(-1)
  if (last === undefined) return undefined
  const header = lineText(lines, positionAt(lines, last).line).trim()
  return problem('unclosed-bracket', `the block \`${excerpt(header)}\` is not closed`, last)
}

/** A directive that runs on into the next line, where another one begins. */
function unended(
  words: readonly { text: string; at: number }[],
  { text }: Source,
): { detail: string; at: number } | undefined {
  for (let index = 1; index < words.length; index++) {
    const [before, word] = [words[index - 1], words[index]]
    if (!before || !word || !directive.test(word.text)) continue
    if (!text.slice(before.at, word.at).includes('\n')) continue
    const head = words.slice(0, index)
    return {
      detail: `\`${excerpt(wordsText(head))}\` does not end with \`;\`, so the next line belongs to it`,
      at: head[0]?.at ?? 0,
    }
  }
  return undefined
}

function wordsText(words: readonly { text: string }[]): string {
  return words.map(({ text }) => text).join(' ')
}

/** Offset behind a word; -1 when its quote is not closed. */
function wordEnd(text: string, start: number): number {
  const quote = text.charAt(start)
  if (quote === '"' || quote === "'") {
    for (let at = start + 1; at < text.length; at++) {
      if (text[at] === '\\') at++
      else if (text[at] === quote) return at + 1
    }
    return -1
  }
  let at = start
  while (at < text.length && !/[\s;{}]/.test(text.charAt(at))) {
    if (text[at] === '\\') at++
    // `${name}` is a variable; braces in a pattern stand inside the word.
    else if (text[at] === '$' && text[at + 1] === '{') at = Math.max(at, text.indexOf('}', at))
    at++
  }
  return Math.max(start + 1, at)
}

/** Offset of the brace that closes the one at `start`; braces inside quotes do not count. */
function closing(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const sign = text.charAt(at)
    if (sign === '"' || sign === "'") {
      const end = wordEnd(text, at)
      if (end !== -1 && !text.slice(at, end).includes('\n')) at = end - 1
    } else if (sign === '{') depth++
    else if (sign === '}' && --depth === 0) return at
  }
  return text.length
}
