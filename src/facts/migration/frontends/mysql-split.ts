import { is, type Token, tokenAt } from './mysql-tokens.ts'

/** One statement of a script: its tokens, and where it starts and ends, without the delimiter. */
export interface Statement {
  readonly tokens: readonly Token[]
  readonly start: number
  readonly end: number
}

export interface Script {
  readonly statements: readonly Statement[]
  /** Comments, for the marks that migration runners put there. */
  readonly comments: readonly { readonly start: number; readonly text: string }[]
}

/** Tokens kept of one statement: the values of a huge INSERT are of no interest. */
const mostTokens = 50_000

const delimiterCommand = /delimiter[ \t]+(\S+)[^\n]*/iy
const space = /\s+/y

/** Statements with a body, in which `;` does not end the statement. */
function hasBody(tokens: readonly Token[]): boolean {
  if (!is(tokens[0], 'CREATE')) return false
  return tokens.slice(1, 14).some(token => is(token, 'PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT'))
}

/** By how much a token of a body opens (1) or closes (-1) a block. IF, LOOP, WHILE and REPEAT end in `END IF` … and need no count. */
function nesting(token: Token, before: Token | undefined, after: string): number {
  if (is(token, 'BEGIN')) return 1
  if (is(token, 'CASE')) return is(before, 'END') ? 0 : 1
  if (is(token, 'END')) return /^\s*(?:if|loop|while|repeat)\b/i.test(after) ? 0 : -1
  return 0
}

/**
 * Cuts a script into statements as the command-line client does: `DELIMITER`, comments, quotes, bodies of procedures.
 * Marks such as goose's `StatementBegin` are not needed: a body is recognised by its BEGIN and END.
 */
export function splitMysql(text: string): Script {
  const statements: Statement[] = []
  const comments: { start: number; text: string }[] = []
  let tokens: Token[] = []
  let delimiter = ';'
  let depth = 0
  let body: boolean | undefined
  let end = 0

  const finish = () => {
    const [first] = tokens
    if (first) statements.push({ tokens, start: first.start, end })
    tokens = []
    depth = 0
    body = undefined
  }

  let at = 0
  while (at < text.length) {
    space.lastIndex = at
    const blank = space.exec(text)
    if (blank) {
      at += blank[0].length
      continue
    }
    if (tokens.length === 0) {
      // Where a statement begins, `--` can only be a comment; runners put marks like `--split` there.
      if (text.startsWith('--', at)) {
        const lineEnd = text.indexOf('\n', at)
        const next = lineEnd < 0 ? text.length : lineEnd
        comments.push({ start: at, text: text.slice(at, next).trimEnd() })
        at = next
        continue
      }
      delimiterCommand.lastIndex = at
      const command = delimiterCommand.exec(text)
      if (command) {
        delimiter = command[1] ?? ';'
        at += command[0].length
        continue
      }
    }
    if (depth <= 0 && text.startsWith(delimiter, at)) {
      finish()
      at += delimiter.length
      continue
    }
    const { token, next, comment } = tokenAt(text, at)
    if (comment) comments.push(comment)
    if (token) {
      // A bare word may run into the delimiter, as in `END$$`.
      const cut = token.kind === 'word' && delimiter !== ';' ? token.value.indexOf(delimiter) : -1
      const kept =
        cut > 0
          ? { ...token, value: token.value.slice(0, cut), key: token.key.slice(0, cut), end: token.start + cut }
          : token
      if (delimiter === ';' && (is(kept, 'BEGIN') || depth > 0)) {
        body ??= hasBody(tokens)
        if (body) depth += nesting(kept, tokens.at(-1), text.slice(kept.end, kept.end + 40))
      }
      if (tokens.length < mostTokens) tokens.push(kept)
      end = kept.end
      at = end
    } else at = next
  }
  finish()
  return { statements, comments }
}
