/** One token of MySQL's language. Offsets count from the start of the text given to `tokenize`. */
export interface Token {
  /** `word` is bare, `name` is in backticks, `string` in single or double quotes, `symbol` one character. */
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'symbol'
  /** Without quotes; words as written. */
  readonly value: string
  /** Upper case for bare words and symbols; '' for everything quoted, so that no quoted text passes for a keyword. */
  readonly key: string
  readonly start: number
  readonly end: number
}

export interface Tokenized {
  readonly token?: Token
  /** Where to go on. */
  readonly next: number
  /** Set when a comment was skipped. */
  readonly comment?: { readonly start: number; readonly text: string }
}

const word = /[A-Za-z0-9_$@\u0080-\uffff]+/y
const number = /0x[0-9a-f]+|\d+(?:\.\d*)?(?:e[+-]?\d+)?(?![A-Za-z0-9_$\u0080-\uffff])|\.\d+(?:e[+-]?\d+)?/iy
const versionComment = /\/\*M?!\d*/y

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at
}

/** End of a quoted text that starts at `from`. A missing closing quote swallows the rest. */
function quoted(text: string, from: number): { value: string; end: number } {
  const quote = text[from] ?? ''
  const escapes = quote !== '`'
  let value = ''
  let at = from + 1
  while (at < text.length) {
    const char = text[at]
    if (escapes && char === '\\') {
      value += text[at + 1] ?? ''
      at += 2
    } else if (char !== quote) {
      value += char
      at++
    } else if (text[at + 1] === quote) {
      value += quote
      at += 2
    } else return { value, end: at + 1 }
  }
  return { value, end: text.length }
}

function commentAt(text: string, at: number): number | undefined {
  const char = text[at]
  if (char === '#') return endOfLine(text, at)
  // `--` opens a comment only before white space: `5--3` is arithmetic.
  if (char === '-' && text[at + 1] === '-' && (at + 2 >= text.length || /\s/.test(text[at + 2] ?? '')))
    return endOfLine(text, at)
  if (char !== '/' || text[at + 1] !== '*') return undefined
  const close = text.indexOf('*/', at + 2)
  return close < 0 ? text.length : close + 2
}

/** The token or comment at `at`, which must not be white space. What a version comment (`/*!80000 …`) holds runs on the server and is read. */
export function tokenAt(text: string, at: number): Tokenized {
  versionComment.lastIndex = at
  const opener = versionComment.exec(text)
  if (opener) return { next: at + opener[0].length }
  if (text.startsWith('*/', at)) return { next: at + 2 }
  const commentEnd = commentAt(text, at)
  if (commentEnd !== undefined)
    return { next: commentEnd, comment: { start: at, text: text.slice(at, commentEnd).trimEnd() } }
  const char = text[at] ?? ''
  if (char === '`' || char === "'" || char === '"') {
    const { value, end } = quoted(text, at)
    return { next: end, token: { kind: char === '`' ? 'name' : 'string', value, key: '', start: at, end } }
  }
  number.lastIndex = at
  const digits = number.exec(text)
  if (digits) {
    const end = at + digits[0].length
    return { next: end, token: { kind: 'number', value: digits[0], key: '', start: at, end } }
  }
  word.lastIndex = at
  const letters = word.exec(text)
  if (letters) {
    const end = at + letters[0].length
    return { next: end, token: { kind: 'word', value: letters[0], key: letters[0].toUpperCase(), start: at, end } }
  }
  return { next: at + 1, token: { kind: 'symbol', value: char, key: char, start: at, end: at + 1 } }
}

/** Is the token one of these keywords or symbols? Quoted text never is. */
export function is(token: Token | undefined, ...keys: readonly string[]): boolean {
  return token !== undefined && token.key !== '' && keys.includes(token.key)
}

/** Can the token name a table, column or index? Double quotes name things under ANSI_QUOTES. */
export function isName(token: Token | undefined): token is Token {
  return token !== undefined && token.kind !== 'symbol' && token.kind !== 'number' && token.value !== ''
}

/** The tokens between the parenthesis at `open` and its partner, and the index after the partner. */
export function inParentheses(tokens: readonly Token[], open: number): { inside: readonly Token[]; next: number } {
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    if (is(tokens[at], '(')) depth++
    if (is(tokens[at], ')') && --depth === 0) return { inside: tokens.slice(open + 1, at), next: at + 1 }
  }
  return { inside: tokens.slice(open + 1), next: tokens.length }
}

/** Splits at the commas that stand in no parentheses. Empty parts are dropped. */
export function splitAtCommas(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (is(token, '(')) depth++
    if (is(token, ')')) depth--
    if (depth === 0 && is(token, ',')) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts.filter(part => part.length > 0)
}

/** `db.table` or `table` at an index, without quotes, and the index after it. */
export function nameAt(tokens: readonly Token[], at: number): { name: string; next: number } | undefined {
  const first = tokens[at]
  if (!isName(first)) return undefined
  const second = tokens[at + 2]
  if (!is(tokens[at + 1], '.') || !isName(second)) return { name: first.value, next: at + 1 }
  return { name: `${first.value}.${second.value}`, next: at + 3 }
}

/** Column names of `(a, b(10), c DESC)`; the expression itself for a functional part. */
export function columnNames(inside: readonly Token[]): readonly string[] {
  return splitAtCommas(inside).map(part => {
    const [first] = part
    return isName(first) ? first.value : part.map(token => token.value).join('')
  })
}
