import { is, type Token } from './mysql-tokens.ts'

/** Words after which a statement of a body begins. */
const openers = ['BEGIN', 'THEN', 'ELSE', 'DO', 'LOOP', 'REPEAT']

/** The statements in the body of a procedure, whatever branch they stand in. */
export function bodyStatements(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const begin = tokens.findIndex(token => is(token, 'BEGIN'))
  const statements: Token[][] = [[]]
  let cases = 0
  for (const token of begin < 0 ? [] : tokens.slice(begin)) {
    const current = statements.at(-1)
    // The THEN and ELSE of a CASE inside an expression open no statement.
    if (is(token, 'CASE') && current && current.length > 0 && !is(current[0], 'END')) cases++
    else if (is(token, 'END') && cases > 0) cases--
    if (is(token, ';') || (cases === 0 && is(token, ...openers))) {
      statements.push([])
      cases = is(token, ';') ? 0 : cases
    } else current?.push(token)
  }
  return statements.filter(statement => statement.length > 1)
}

/** Name of the procedure that CREATE PROCEDURE or CALL names. */
export function procedureName(tokens: readonly Token[]): string | undefined {
  const at = is(tokens[0], 'CALL') ? 0 : tokens.slice(0, 14).findIndex(token => is(token, 'PROCEDURE'))
  if (at < 0) return undefined
  const from = is(tokens[at + 1], 'IF') ? at + 4 : at + 1
  const name = is(tokens[from + 1], '.') ? tokens[from + 2] : tokens[from]
  return name?.value.toLowerCase()
}
