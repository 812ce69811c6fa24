import type { Operation } from '../operation.ts'

/** A query that reads every row of one table: no condition but `IS NULL`, which at first holds for all, and no LIMIT. */
export function selectedWhole(sql: string): string {
  const found =
    /^\s*select\b[\s\S]*?\bfrom\s+(?:only\s+)?["`[]?([\w.]+(?:["`\]]?\.["`[]?\w+)*)["`\]]?(?:\s+(?:as\s+)?(?!where\b|order\b|limit\b|join\b)\w+)?\s*(?:where\s+[\w."`]+\s+is\s+null\s*)?(?:order\s+by\b[^()]*)?;?\s*$/i.exec(
      sql,
    )
  return found === null || /\blimit\b|\bfetch\s+first\b|\boffset\b/i.test(sql) ? '' : bare(found[1] ?? '')
}

const bare = (table: string): string =>
  table
    .slice(table.lastIndexOf('.') + 1)
    .replace(/["`[\]]/g, '')
    .toLowerCase()

/**
 * An operation inside a loop. One that selects rows takes them in slices; but where the loop runs over every row of that
 * very table (`whole`), slice after slice, all of them are written.
 */
export function inLoop(operation: Operation, whole = ''): Operation {
  if ((operation.op !== 'update-rows' && operation.op !== 'delete-rows') || !operation.filtered) return operation
  return whole !== '' && whole === bare(operation.table)
    ? { ...operation, filtered: false, batched: true, looped: true }
    : { ...operation, batched: true }
}
