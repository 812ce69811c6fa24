import type { ObjectKind, Operation } from '../operation.ts'
import { afterIfExists } from './mysql-alter.ts'
import { columnNames, inParentheses, is, isName, nameAt, splitAtCommas, type Token } from './mysql-tokens.ts'

const kinds: Readonly<Record<string, ObjectKind>> = {
  VIEW: 'view',
  FUNCTION: 'function',
  PROCEDURE: 'procedure',
  SEQUENCE: 'sequence',
}

/** A view, routine or sequence that the statement creates; `at`: the word that says which. */
export function createdObject(tokens: readonly Token[], at: number): Operation | undefined {
  const object = kinds[tokens[at]?.key ?? '']
  const name = object === undefined ? undefined : nameAt(tokens, afterIfExists(tokens, at + 1))
  if (object === undefined || name === undefined) return undefined
  const columns = object === 'view' ? columnsOf(tokens, name.next) : undefined
  return { op: 'create-object', object, name: name.name, ...(columns === undefined ? {} : { columns }) }
}

/** What DROP names; `at`: the first name. */
export function droppedObjects(tokens: readonly Token[], at: number): readonly Operation[] {
  const object = kinds[tokens[1]?.key ?? '']
  if (object === undefined) return []
  return splitAtCommas(tokens.slice(at)).flatMap((part): readonly Operation[] => {
    const name = nameAt(part, 0)?.name
    return name === undefined ? [] : [{ op: 'drop-object', object, name }]
  })
}

/** Columns of a view; undefined where `*` leaves them to the tables. */
function columnsOf(tokens: readonly Token[], at: number): readonly string[] | undefined {
  if (is(tokens[at], '(')) return columnNames(inParentheses(tokens, at).inside)
  const select = tokens.findIndex((token, index) => index >= at && is(token, 'SELECT'))
  if (select < 0) return undefined
  const from = endOfColumns(tokens, select + 1)
  const parts = splitAtCommas(tokens.slice(is(tokens[select + 1], 'DISTINCT', 'ALL') ? select + 2 : select + 1, from))
  const names: string[] = []
  for (const part of parts) {
    const last = part.at(-1)
    if (last === undefined || is(last, '*')) return undefined
    // `t.a`, `a`, `expression AS a`; an expression without a name is nobody's column.
    const named = part.length === 1 || is(part.at(-2), 'AS', '.')
    if (named && isName(last)) names.push(last.value)
    else if (!is(last, ')')) return undefined
  }
  return names
}

/** The FROM of this very SELECT. */
function endOfColumns(tokens: readonly Token[], start: number): number {
  let at = start
  while (at < tokens.length && !is(tokens[at], 'FROM'))
    at = is(tokens[at], '(') ? inParentheses(tokens, at).next : at + 1
  return at
}
