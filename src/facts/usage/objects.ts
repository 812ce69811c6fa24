import { escapePattern } from '../../text/pattern.ts'
import type { Use } from './use.ts'

const comment = /^\s*(#(?!\{)|\/\/|\*|\/\*|--|<!--|"""|''')/

/** SQL that makes a view, routine or sequence of this name, as scripts do that run with every deployment. */
export function creates(text: string, name: string): boolean {
  const made = new RegExp(
    `\\bcreate\\s+(?:or\\s+(?:replace|alter)\\s+)?(?:materialized\\s+|recursive\\s+|algorithm\\s*=\\s*\\w+\\s+)*(?:view|function|procedure|sequence)\\s+(?:if\\s+not\\s+exists\\s+)?${named(name)}`,
    'i',
  )
  return made.test(text)
}

/** Lines that call a routine or draw from a sequence, in SQL or by the means that libraries have for it. */
export function objectUses(
  path: string,
  lines: readonly string[],
  object: 'routine' | 'sequence',
  name: string,
): readonly Use[] {
  const patterns = object === 'routine' ? routine(path, name) : sequence(name)
  return lines.flatMap((line, at): readonly Use[] =>
    !comment.test(line) && !defines.test(line) && patterns.some(pattern => pattern.test(line))
      ? [{ line: at + 1, certain: true }]
      : [],
  )
}

/** Statements about the routine that do not call it. */
const defines = /\b(?:create|drop|alter|comment\s+on|grant|revoke)\b.*\b(?:function|procedure|routine|sequence)\b/i

/** The name as SQL writes it: with or without its schema, with or without quotes. */
const named = (name: string): string => `(?:["\`]?\\w+["\`]?\\.)?["\`]?${escapePattern(name)}["\`]?(?![\\w$])`

function routine(path: string, name: string): readonly RegExp[] {
  const called = `(?<![\\w$.])${named(name)}\\s*\\(`
  const text = `["'\`](?:\\w+\\.)?${escapePattern(name)}["'\`]`
  const patterns = [
    // In capitals, or behind a quote: `select total(x)` without one may be code of another language.
    new RegExp(
      `\\b(?:SELECT|FROM|JOIN|CALL|PERFORM|WHERE|LATERAL|RETURNING|EXEC|EXECUTE (?:FUNCTION|PROCEDURE))\\b[^"'\`;]*?${called}`,
    ),
    new RegExp(
      `["'\`][^"'\`]*\\b(?:select|from|join|call|perform|where|lateral|returning|exec)\\b[^"'\`]*?${called}`,
      'i',
    ),
    // Supabase, SQLAlchemy, Django, DB-API, Arel, JPA and JDBC, Ecto.
    new RegExp(
      `(?:\\.rpc|callproc|NamedFunction\\.new|[pP]rocedureName|[fF]unctionName|@Procedure)\\s*(?:<[^>]*>)?[(=]\\s*${text}`,
    ),
    new RegExp(`(?<![\\w$.])(?:db\\.|sa\\.|sqlalchemy\\.)?func\\.(?:\\w+\\.)?${escapePattern(name)}\\(`),
    new RegExp(`^\\s*function\\s*=\\s*${text}\\s*$|\\bFunc\\(.*\\bfunction\\s*=\\s*${text}`),
    new RegExp(
      `\\b(?:fragment|RawSQL|sequelize\\.fn|eb\\.fn)\\(\\s*["'\`][^"'\`]*(?<![\\w$])${escapePattern(name)}\\s*(?:\\(|["'\`])`,
    ),
  ]
  return path.endsWith('.sql') ? [...patterns, new RegExp(called, 'i')] : patterns
}

function sequence(name: string): readonly RegExp[] {
  const own = escapePattern(name)
  const text = `["'\`:\\\\]+(?:\\w+\\.)?["\\\\]*${own}["'\`\\\\]*(?![\\w$])`
  return [
    new RegExp(`\\b(?:nextval|currval|setval|lastval|next_?val|Sequence)\\s*\\(\\s*(?:\\w+\\.)?${text}`, 'i'),
    new RegExp(`\\b(?:sequence_?name|self\\.sequence_name)\\s*[=:]\\s*${text}`, 'i'),
    new RegExp(`\\bNEXT\\s+VALUE\\s+FOR\\s+${named(name)}`, 'i'),
    new RegExp(`(?<![\\w$])${own}\\.(?:nextval|currval)\\b`, 'i'),
  ]
}
