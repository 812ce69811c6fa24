import type { Operation } from '../operation.ts'

/** Around a name: `"users"`, `[users]`, MySQL's backtick. */
const quote = '["`[\\]]?'
const nullTest = String.raw`${quote}[\w."]+${quote}\s+is\s+(?:not\s+)?null`
const alias = String.raw`\s+(?:as\s+)?(?!where\b|order\b|limit\b|\w*\s*join\b|group\b|having\b|union\b)\w+`
const whole = new RegExp(
  String.raw`^\s*select\b[\s\S]*?\bfrom\s+(?:only\s+)?${quote}(\w+(?:${quote}\.${quote}\w+)*)${quote}(?:${alias})?\s*(?:where\s+${nullTest}(?:\s+and\s+${nullTest})*\s*)?(?:order\s+by\b[^()]*)?;?\s*$`,
  'i',
)

/**
 * The table of a query that reads every row of it: no LIMIT, and no condition but IS NULL, which tells what a backfill has
 * not reached and at first holds for all, or IS NOT NULL of what it reads. Empty for any other query.
 */
export function selectedWhole(sql: string): string {
  const found = whole.exec(sql)
  // NOT NULL is a guard where the value is read to be made into another; else it picks rows.
  const read = /^\s*select\b([\s\S]*?)\bfrom\b/i.exec(sql)?.[1] ?? ''
  for (const [, column = ''] of sql.matchAll(/(\w+)["`\]]?\s+is\s+not\s+null/gi))
    if (!new RegExp(`(?<!\\w)${column}(?!\\w)`, 'i').test(read)) return ''
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
