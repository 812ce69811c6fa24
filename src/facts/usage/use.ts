/** A line of code that uses a column or table. */
export interface Use {
  /** Line, from 1. */
  readonly line: number
  /** The column of this very table, beyond doubt: declared in the model, asked for in a query. */
  readonly certain: boolean
}

/** Verbs of query builders behind which columns of the receiver stand. */
export const clauses =
  '(?:where|filter|filter_by|order|order_by|orderBy|update|update_all|update_columns?|find_by|find_by!|pluck|exclude|values|values_list|only|group|groupBy|in_batches|select|reorder|insert|insert_all|upsert|upsert_all|eq|exists\\?|sum|maximum|minimum|not)'

/** The last line (from 0) of the statement that begins on line `at`: through open brackets and chained calls, at most 30 lines on. */
export function endOfStatement(lines: readonly string[], at: number): number {
  let depth = 0
  let end = at
  for (let line = at; line < Math.min(lines.length, at + 30); line++) {
    const text = lines[line] ?? ''
    if (line > at && depth <= 0 && !/^\s*(\.|->|\?\.|&\.|\|>|[)\]}])/.test(text)) break
    depth += (text.match(/[([{]/g)?.length ?? 0) - (text.match(/[)\]}]/g)?.length ?? 0)
    end = line
  }
  return end
}

/** The same for a call of Ruby without brackets: an argument may follow on the next line behind each comma. */
export function endOfCommand(lines: readonly string[], at: number): number {
  let end = endOfStatement(lines, at)
  while (end + 1 < lines.length && end < at + 30 && /,\s*(?:#.*)?$/.test(lines[end] ?? ''))
    end = endOfStatement(lines, end + 1)
  return end
}

/** Lines (from 0) of the block that begins on line `at`: those indented further, and its closing bracket. */
export function blockOf(lines: readonly string[], at: number): readonly number[] {
  const first = lines[at] ?? ''
  const indent = first.length - first.trimStart().length
  const found: number[] = []
  for (let inside = at + 1; inside < lines.length; inside++) {
    const one = lines[inside] ?? ''
    if (one.trim() !== '' && one.length - one.trimStart().length <= indent && !/^\s*[)\]{]/.test(one)) break
    found.push(inside)
  }
  return found
}
