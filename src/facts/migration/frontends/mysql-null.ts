import { is, type Token } from './mysql-tokens.ts'

/** `email = NULL` in a condition: neither true nor false for any row. What SET assigns is none. */
export function nullComparison(tokens: readonly Token[]): string | undefined {
  const conditions = [false]
  for (const [at, token] of tokens.entries()) {
    const last = conditions.length - 1
    if (is(token, '(')) conditions.push(conditions[last] === true)
    else if (is(token, ')')) conditions.length = Math.max(1, last)
    else if (is(token, 'WHERE', 'HAVING', 'ON', 'WHEN')) conditions[last] = true
    else if (is(token, 'SET', 'SELECT', 'UPDATE', 'VALUES', 'THEN', 'ELSE')) conditions[last] = false
    if (conditions.at(-1) !== true || !is(token, '=', '<', '>', '!')) continue
    const next = is(tokens[at + 1], '=', '>') ? at + 2 : at + 1
    // `<=>` compares NULLs.
    if (is(tokens[at - 1], '<', '!', '>', '=') || (is(token, '<') && is(tokens[next], '>'))) continue
    if (is(tokens[next], 'NULL')) return `${tokens[at - 1]?.value ?? ''} ${next === at + 2 ? '<>' : token.value} NULL`
  }
  return undefined
}
