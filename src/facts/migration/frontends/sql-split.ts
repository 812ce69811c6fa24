/** A statement in a text of several: UTF-16 offsets, without the terminator. */
export interface SqlPiece {
  readonly start: number
  readonly end: number
}

/** Past the comment, string, quoted name or dollar-quoted body that begins at `at`; `at` itself when none does. */
export function skipQuoted(text: string, at: number): number {
  const char = text[at]
  const next = text[at + 1]
  if (char === '-' && next === '-') return lineEnd(text, at)
  if (char === '/' && next === '*') return skipComment(text, at)
  if (char === '"') return skipString(text, at, '"', false)
  if (char === "'")
    return skipString(text, at, "'", /(^|[^A-Za-z0-9_$])[eE]$/.test(text.slice(Math.max(0, at - 2), at)))
  if (char === '$' && !/[A-Za-z0-9_]/.test(text[at - 1] ?? '')) return skipDollar(text, at)
  return at
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

/** Postgres' comments nest. */
function skipComment(text: string, from: number): number {
  let depth = 1
  let at = from + 2
  while (at < text.length && depth > 0) {
    if (text.startsWith('*/', at)) depth--
    else if (text.startsWith('/*', at)) depth++
    else {
      at++
      continue
    }
    at += 2
  }
  return at
}

function skipString(text: string, from: number, quote: string, escapes: boolean): number {
  let at = from + 1
  while (at < text.length) {
    if (escapes && text[at] === '\\') at += 2
    else if (text[at] !== quote) at++
    else if (text[at + 1] === quote) at += 2
    else return at + 1
  }
  return text.length
}

function skipDollar(text: string, at: number): number {
  const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(text.slice(at, at + 80))?.[0]
  if (tag === undefined) return at
  const end = text.indexOf(tag, at + tag.length)
  return end === -1 ? text.length : end + tag.length
}

/**
 * Cuts a Postgres script into statements at its semicolons, without understanding them: for files that the parser
 * does not accept as a whole. The rows after COPY … FROM STDIN belong to no statement.
 */
export function splitStatements(text: string): readonly SqlPiece[] {
  const pieces: SqlPiece[] = []
  let start = -1
  let depth = 0
  let at = 0
  // Inside the body of a function written with BEGIN ATOMIC … END semicolons do not end the statement.
  let atomic = 0
  let word = ''
  // Looked for once: a script of many COPY statements must not be searched to its end for each of them.
  const lastRows = text.lastIndexOf('\n\\.')
  while (at < text.length) {
    const past = skipQuoted(text, at)
    if (past > at) {
      if (start === -1 && !/^(--|\/\*)/.test(text.slice(at, at + 2))) start = at
      at = past
      continue
    }
    const char = text[at] ?? ''
    if (char === ';' && depth <= 0 && atomic <= 0) {
      if (start !== -1) pieces.push(trimmed(text, start, at))
      at =
        start !== -1 && at < lastRows && /^copy\b[^;]*\bfrom\s+stdin\b/i.test(text.slice(start, at))
          ? pastCopyRows(text, at + 1)
          : at + 1
      start = -1
      depth = 0
      atomic = 0
      continue
    }
    if (start === -1 && !/\s/.test(char)) start = at
    if (/[A-Za-z_]/.test(char)) {
      const end = wordEnd(text, at)
      const next = text.slice(at, end).toUpperCase()
      if (next === 'ATOMIC' && word === 'BEGIN') atomic = 1
      else if (atomic > 0 && next === 'CASE') atomic++
      else if (atomic > 0 && next === 'END') atomic--
      word = next
      at = end
      continue
    }
    if (char === '(') depth++
    if (char === ')') depth--
    at++
  }
  if (start !== -1) pieces.push(trimmed(text, start, text.length))
  return pieces
}

function wordEnd(text: string, from: number): number {
  const word = /[\w$]+/y
  word.lastIndex = from
  return from + (word.exec(text)?.[0].length ?? 1)
}

function trimmed(text: string, start: number, end: number): SqlPiece {
  return { start, end: start + text.slice(start, end).trimEnd().length }
}

/** Rows of COPY end with a line of `\.`; where none follows, the statement has no rows. */
function pastCopyRows(text: string, from: number): number {
  const mark = /^\\\.[ \t]*\r?$/gm
  mark.lastIndex = from
  return mark.test(text) ? mark.lastIndex : from
}

/** Cuts `ALTER TABLE … a, b, c` at its top-level commas; the first piece begins with the statement. */
export function splitClauses(text: string, { start, end }: SqlPiece): readonly SqlPiece[] {
  const pieces: SqlPiece[] = []
  let from = start
  let depth = 0
  for (let at = start; at < end; ) {
    const past = skipQuoted(text, at)
    if (past > at) {
      at = past
      continue
    }
    if (text[at] === '(' || text[at] === '[') depth++
    if (text[at] === ')' || text[at] === ']') depth--
    if (text[at] === ',' && depth === 0) {
      pieces.push(trimmed(text, from, at))
      from = at + 1
      while (/\s/.test(text[from] ?? '')) from++
    }
    at++
  }
  return [...pieces, trimmed(text, from, end)]
}
