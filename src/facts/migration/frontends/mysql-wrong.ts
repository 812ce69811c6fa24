import { is, type Token } from './mysql-tokens.ts'

/** What MySQL and MariaDB refuse beyond doubt, and where: two things that other databases take. */
export function wrongIn(
  tokens: readonly Token[],
  text: string,
): { readonly says: string; readonly token: Token } | undefined {
  const [verb, what] = tokens
  if (!verb) return undefined
  if (is(verb, 'DROP') && is(what, 'INDEX')) {
    if (tokens.some(token => is(token, 'ON'))) return undefined
    return { says: 'DROP INDEX without ON and the table', token: what ?? verb }
  }
  if (!is(verb, 'UPDATE', 'INSERT', 'DELETE', 'ALTER', 'CREATE', 'DROP', 'TRUNCATE')) return undefined
  const at = tokens.findIndex(
    (token, index) =>
      index > 0 && index < 6 && token.kind === 'string' && text[token.start] === '"' && namesTable(tokens, index),
  )
  const token = tokens[at]
  return token && { says: `a table in double quotes, which hold texts unless ANSI_QUOTES is on`, token }
}

/** The word before a table's name: `UPDATE "users"`, `DELETE FROM "users"`, `ALTER TABLE "users"`. */
function namesTable(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1]
  if (is(before, 'UPDATE')) return at === 1
  if (is(before, 'TABLE', 'INTO')) return true
  if (is(before, 'EXISTS')) return is(tokens[1], 'TABLE')
  return is(before, 'FROM') && is(tokens[0], 'DELETE')
}
