import type { Operation } from '../operation.ts'
import { referenceAt, textOf } from './mysql-columns.ts'
import { columnNames, inParentheses, is, isName, splitAtCommas, type Token } from './mysql-tokens.ts'

/** Index of the first `(` outside of which an optional name and USING stand. */
function openParenthesis(tokens: readonly Token[], from: number): number {
  const at = tokens.findIndex((token, index) => index >= from && is(token, '('))
  return at < 0 ? tokens.length : at
}

/** The name before the parenthesis, as in `KEY name USING BTREE (a)`. */
function nameBefore(tokens: readonly Token[], from: number): string | undefined {
  const token = tokens[from]
  return isName(token) && !is(token, 'USING') ? token.value : undefined
}

/** Lengths of key parts matter to nobody here, and neither does their order. */
function listAt(tokens: readonly Token[], from: number): { columns: readonly string[]; next: number } {
  const { inside, next } = inParentheses(tokens, openParenthesis(tokens, from))
  return { columns: columnNames(inside), next }
}

function checkOf(
  table: string,
  name: string | undefined,
  tokens: readonly Token[],
  at: number,
  source: string,
): Operation {
  const { inside, next } = inParentheses(tokens, at)
  const [column, ...rest] = inside
  const onlyNotNull =
    isName(column) && rest.length === 3 && is(rest[0], 'IS') && is(rest[1], 'NOT') && is(rest[2], 'NULL')
  return {
    op: 'add-check',
    table,
    ...(name === undefined ? {} : { name }),
    expression: textOf(inside, source),
    validated: !(is(tokens[next], 'NOT') && is(tokens[next + 1], 'ENFORCED')),
    ...(onlyNotNull ? { notNullColumn: column.value } : {}),
  }
}

/**
 * An index, key or constraint as CREATE TABLE and ALTER TABLE … ADD spell it, from `INDEX`, `UNIQUE`, `CONSTRAINT` … on.
 * Undefined when the tokens are a column definition.
 */
export function readKey(table: string, tokens: readonly Token[], source: string): Operation | undefined {
  let at = 0
  let constraint: string | undefined
  if (is(tokens[at], 'CONSTRAINT')) {
    at++
    const named = tokens[at]
    if (isName(named) && !is(named, 'PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK')) {
      constraint = named.value
      at++
    }
  }
  const token = tokens[at]
  const ifNotExists = is(tokens[at + 1], 'IF') && is(tokens[at + 2], 'NOT') ? 3 : 0
  const named = constraint === undefined ? {} : { name: constraint }

  if (is(token, 'INDEX', 'KEY')) {
    const from = at + 1 + ifNotExists
    const index = nameBefore(tokens, from)
    const { columns } = listAt(tokens, from)
    return {
      op: 'create-index',
      table,
      ...(index === undefined ? {} : { index }),
      columns,
      unique: false,
      concurrently: false,
    }
  }
  if (is(token, 'FULLTEXT', 'SPATIAL', 'VECTOR')) {
    const from = is(tokens[at + 1], 'INDEX', 'KEY') ? at + 2 : at + 1
    const index = nameBefore(tokens, from)
    return {
      op: 'create-index',
      table,
      ...(index === undefined ? {} : { index }),
      columns: listAt(tokens, from).columns,
      unique: false,
      concurrently: false,
      special: is(token, 'FULLTEXT') ? 'fulltext' : 'spatial',
    }
  }
  if (is(token, 'PRIMARY') && is(tokens[at + 1], 'KEY'))
    return { op: 'add-primary-key', table, columns: listAt(tokens, at + 2).columns }
  if (is(token, 'UNIQUE')) {
    const from = is(tokens[at + 1], 'INDEX', 'KEY') ? at + 2 : at + 1
    const index = nameBefore(tokens, from) ?? constraint
    return {
      op: 'create-index',
      table,
      ...(index === undefined ? {} : { index }),
      columns: listAt(tokens, from).columns,
      unique: true,
      concurrently: false,
    }
  }
  if (is(token, 'FOREIGN') && is(tokens[at + 1], 'KEY')) {
    const { columns, next } = listAt(tokens, at + 2)
    const target = referenceAt(tokens, next)
    if (!target) return undefined
    return { op: 'add-foreign-key', table, ...named, columns, references: target.reference, validated: true }
  }
  if (is(token, 'CHECK') && is(tokens[at + 1], '(')) return checkOf(table, constraint, tokens, at + 1, source)
  return undefined
}

/** Parts of the list in parentheses that follows a table's name. */
export function definitions(tokens: readonly Token[], open: number): readonly (readonly Token[])[] {
  return splitAtCommas(inParentheses(tokens, open).inside)
}
