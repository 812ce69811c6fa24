import { is, type Token } from './mysql-tokens.ts'

const statement = /^\s*(?:alter|create|drop|rename|truncate|update|delete|insert|replace|optimize|select|do|set)\b/i

/** Whole statements among the strings; undefined when a statement is joined from pieces, or none is there. */
function wholeStatements(tokens: readonly Token[]): readonly Token[] | undefined {
  if (tokens.some(token => is(token, 'CONCAT', 'CONCAT_WS', 'REPLACE', 'FORMAT', 'GROUP_CONCAT'))) return undefined
  const found = tokens.filter(token => token.kind === 'string' && statement.test(token.value))
  return found.length > 0 ? found : undefined
}

/**
 * Statements held in user variables, as in
 * `SET @s = IF(…, 'ALTER TABLE …', 'SELECT 1'); PREPARE p FROM @s; EXECUTE p`, which is how MySQL spells IF NOT EXISTS.
 */
export function heldStatements(tokens: readonly Token[]): { name: string; strings: readonly Token[] } | undefined {
  const [verb, name] = tokens
  if (!is(verb, 'SET') || name?.kind !== 'word' || !/^@[^@]/.test(name.value)) return undefined
  return { name: name.value.toLowerCase(), strings: wholeStatements(tokens.slice(2)) ?? [] }
}

/** Strings that `PREPARE name FROM …` prepares; undefined when they cannot be told. */
export function preparedStrings(
  tokens: readonly Token[],
  held: ReadonlyMap<string, readonly Token[]>,
): readonly Token[] | undefined {
  const from = tokens.findIndex(token => is(token, 'FROM'))
  const source = tokens[from + 1]
  if (from < 0 || !source) return undefined
  if (source.kind === 'string') return [source]
  const strings = held.get(source.value.toLowerCase())
  return strings && strings.length > 0 ? strings : undefined
}
