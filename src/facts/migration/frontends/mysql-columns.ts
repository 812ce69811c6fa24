import type { ColumnSpec, ColumnType, Expression, Reference } from '../operation.ts'
import { columnNames, inParentheses, is, isName, nameAt, type Token } from './mysql-tokens.ts'

/** Other spellings of types. What is not here is its own canonical name. */
const canonical: Readonly<Record<string, string>> = {
  INT: 'integer',
  INT4: 'integer',
  INT1: 'tinyint',
  INT2: 'smallint',
  INT3: 'mediumint',
  INT8: 'bigint',
  MIDDLEINT: 'mediumint',
  BOOL: 'tinyint',
  BOOLEAN: 'tinyint',
  DEC: 'decimal',
  NUMERIC: 'decimal',
  FIXED: 'decimal',
  REAL: 'double',
  FLOAT8: 'double',
  FLOAT4: 'float',
  CHARACTER: 'char',
  NCHAR: 'char',
  NVARCHAR: 'varchar',
  VARCHARACTER: 'varchar',
  LONG: 'mediumtext',
  SERIAL: 'bigint',
}

/** Joins tokens into readable SQL: the text between the first and the last, on one line. */
export function textOf(tokens: readonly Token[], source: string): string {
  const [first] = tokens
  const last = tokens.at(-1)
  return first && last ? source.slice(first.start, last.end).replace(/\s+/g, ' ') : ''
}

const clockWords = ['CURRENT_TIMESTAMP', 'LOCALTIME', 'LOCALTIMESTAMP', 'CURRENT_DATE', 'CURRENT_TIME']

/** An expression and the functions it calls. Parentheses around it stay: they tell an expression from a literal. */
export function expressionOf(tokens: readonly Token[], source: string): Expression {
  const functions = new Set<string>()
  tokens.forEach((token, at) => {
    if (token.kind === 'word' && (is(tokens[at + 1], '(') || clockWords.includes(token.key)))
      functions.add(token.value.toLowerCase())
  })
  return { text: textOf(tokens, source), functions: [...functions] }
}

/** Index after the value of a DEFAULT or SET DEFAULT that starts at `at`. */
export function endOfValue(tokens: readonly Token[], at: number): number {
  const token = tokens[at]
  if (is(token, '(')) return inParentheses(tokens, at).next
  if (is(token, '+', '-')) return at + 2
  if (is(token, 'NEXT', 'PREVIOUS') && is(tokens[at + 1], 'VALUE')) return nameAt(tokens, at + 3)?.next ?? at + 4
  if (token?.kind === 'word') {
    if (is(tokens[at + 1], '(')) return inParentheses(tokens, at + 1).next
    // b'0', x'ff', _utf8mb4'text'
    if (tokens[at + 1]?.kind === 'string' && (/^[bxn]$/i.test(token.value) || token.value.startsWith('_')))
      return at + 2
  }
  return at + 1
}

function typeAt(tokens: readonly Token[], at: number, source: string): { type: ColumnType; next: number } | undefined {
  const first = tokens[at]
  if (first?.kind !== 'word') return undefined
  let next = at + 1
  let name = canonical[first.key] ?? first.value.toLowerCase()
  if (is(first, 'DOUBLE') && is(tokens[next], 'PRECISION')) next++
  if (is(first, 'NATIONAL')) {
    name = is(tokens[next], 'VARCHAR', 'VARCHARACTER') ? 'varchar' : 'char'
    next++
  }
  if (is(first, 'LONG') && is(tokens[next], 'VARCHAR', 'VARBINARY')) next++
  if (is(tokens[next], 'VARYING')) {
    name = 'varchar'
    next++
  }
  const numbers: number[] = is(first, 'BOOL', 'BOOLEAN') ? [1] : []
  if (is(tokens[next], '(')) {
    const { inside, next: after } = inParentheses(tokens, next)
    for (const token of inside) if (token.kind === 'number') numbers.push(Number(token.value))
    next = after
  }
  while (is(tokens[next], 'UNSIGNED', 'SIGNED', 'ZEROFILL')) next++
  const text = textOf(tokens.slice(at, next), source)
  return { type: { name, arguments: numbers, text: is(first, 'SERIAL') ? 'bigint unsigned' : text }, next }
}

/** `REFERENCES t (a, b)` at an index. */
export function referenceAt(tokens: readonly Token[], at: number): { reference: Reference; next: number } | undefined {
  if (!is(tokens[at], 'REFERENCES')) return undefined
  const table = nameAt(tokens, at + 1)
  if (!table) return undefined
  if (!is(tokens[table.next], '(')) return { reference: { table: table.name, columns: [] }, next: table.next }
  const { inside, next } = inParentheses(tokens, table.next)
  const cascades = is(tokens[next], 'ON') && is(tokens[next + 1], 'DELETE') && is(tokens[next + 2], 'CASCADE')
  return {
    reference: { table: table.name, columns: columnNames(inside), ...(cascades ? { cascades } : {}) },
    next,
  }
}

/** A column definition that starts with the column's name; undefined when it is none. */
export function readColumn(tokens: readonly Token[], source: string): ColumnSpec | undefined {
  const [first] = tokens
  const type = typeAt(tokens, 1, source)
  if (!isName(first) || !type) return undefined
  const serial = is(tokens[1], 'SERIAL')
  const found: {
    notNull: boolean
    numbered: boolean
    primaryKey: boolean
    unique: boolean
    check: boolean
    default?: Expression
    generated?: 'stored' | 'virtual'
    expression?: string
    references?: Reference
    placed?: boolean
  } = { notNull: serial, numbered: serial, primaryKey: false, unique: serial, check: false }
  let charset = ''

  let at = type.next
  while (at < tokens.length) {
    const token = tokens[at]
    const after = tokens[at + 1]
    at++
    if (is(token, 'NOT') && is(after, 'NULL')) {
      found.notNull = true
      at++
    } else if (is(token, 'DEFAULT')) {
      const end = endOfValue(tokens, at)
      if (!is(after, 'NULL')) found.default = expressionOf(tokens.slice(at, end), source)
      at = end
    } else if (is(token, 'ON') && is(after, 'UPDATE')) at = endOfValue(tokens, at + 1)
    else if (is(token, 'AUTO_INCREMENT')) found.numbered = true
    else if (is(token, 'PRIMARY', 'KEY')) found.primaryKey = true
    else if (is(token, 'UNIQUE')) {
      found.unique = true
      if (is(after, 'KEY')) at++
    } else if (is(token, 'AS') && is(after, '(')) {
      const { next } = inParentheses(tokens, at)
      found.expression = textOf(tokens.slice(at, next), source)
      at = next
      found.generated = is(tokens[at], 'STORED', 'PERSISTENT') ? 'stored' : 'virtual'
    } else if (is(token, 'CHECK') && is(after, '(')) {
      at = inParentheses(tokens, at).next
      found.check = !(is(tokens[at], 'NOT') && is(tokens[at + 1], 'ENFORCED'))
      if (!found.check) at += 2
    } else if (is(token, 'REFERENCES')) {
      const target = referenceAt(tokens, at - 1)
      if (target) {
        found.references = target.reference
        at = target.next
      }
    } else if (is(token, 'FIRST', 'AFTER')) {
      found.placed = true
      if (is(token, 'AFTER')) at++
    } else if (is(token, 'CHARSET') || (is(token, 'CHARACTER', 'CHAR') && is(after, 'SET'))) {
      if (!is(token, 'CHARSET')) at++
      if (is(tokens[at], '=')) at++
      charset += ` CHARACTER SET ${tokens[at]?.value ?? ''}`
      at++
    } else if (is(token, 'COLLATE')) {
      if (is(tokens[at], '=')) at++
      charset += ` COLLATE ${tokens[at]?.value ?? ''}`
      at++
    } else if (is(token, 'COMMENT', 'CONSTRAINT', 'SRID', 'COLUMN_FORMAT', 'STORAGE', 'ENGINE_ATTRIBUTE')) {
      if (is(tokens[at], '=')) at++
      if (!(is(token, 'CONSTRAINT') && is(tokens[at], 'CHECK'))) at++
    } else if (is(token, '(')) at = inParentheses(tokens, at - 1).next
  }
  return {
    name: first.value,
    type: charset === '' ? type.type : { ...type.type, text: `${type.type.text}${charset}` },
    ...found,
    notNull: found.notNull || found.primaryKey || found.numbered,
  }
}
