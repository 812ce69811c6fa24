import { type SqlPiece, splitStatements } from './sql-split.ts'

/** Statements that stand as they are inside the body of a DO block. */
export interface BlockBody {
  /** Offsets in the text of the block. */
  readonly pieces: readonly SqlPiece[]
  /** Part of the SQL is put together at run time (EXECUTE). */
  readonly dynamic: boolean
  readonly loops: boolean
  /** Each round of a loop commits by itself. */
  readonly commits: boolean
  /** Variables of loops over all rows of a table: `FOR r IN SELECT id FROM orders LOOP`. */
  readonly overAll: readonly string[]
}

const statement =
  /\b(ALTER\s+TABLE|CREATE\s+(UNIQUE\s+)?INDEX|CREATE\s+TABLE|DROP\s+(TABLE|INDEX)|UPDATE\s+(?!OF\b)["\w]|DELETE\s+FROM|INSERT\s+INTO|TRUNCATE|LOCK\s+TABLE)/i

/** Finds the plain statements of `DO $$ … $$`. */
export function blockBodies(text: string): BlockBody {
  const open = /\$(\w*)\$/.exec(text)
  if (open === null) return { pieces: [], dynamic: false, loops: false, commits: false, overAll: [] }
  const from = open.index + open[0].length
  const close = text.indexOf(open[0], from)
  const body = text.slice(from, close === -1 ? text.length : close)
  const pieces = splitStatements(body).flatMap(({ start, end }) => {
    const own = body.slice(start, end)
    const at = own.search(statement)
    // What stands before is control flow (`IF … THEN`, `BEGIN`), unless it already is a statement with that word inside.
    if (at === -1 || /\bEXECUTE\b|:=|\bRAISE\b|\bPERFORM\b/i.test(own.slice(0, at))) return []
    return [{ start: from + start + at, end: from + end }]
  })
  return {
    pieces,
    dynamic: /\bEXECUTE\b(?!\s+(FUNCTION|PROCEDURE)\b)/i.test(body),
    loops: /\bLOOP\b/i.test(body),
    commits: /\bCOMMIT\s*;/i.test(body),
    overAll: [...body.matchAll(/\bFOR\s+(\w+)\s+IN\s*\(?\s*SELECT\b([\s\S]*?)\bLOOP\b/gi)].flatMap(
      ([, name = '', query = '']) =>
        /\bFROM\b/i.test(query) && !/\b(WHERE|LIMIT|HAVING|VALUES|pg_\w+|information_schema)\b/i.test(query)
          ? [name]
          : [],
    ),
  }
}
