import type { ColumnSpec, Effect, Operation } from '../operation.ts'

const none: Effect = {
  locks: [],
  blocksReads: false,
  blocksWrites: false,
  rewrites: false,
  scans: false,
  work: 'none',
  losesData: false,
  breaksRunningCode: false,
}

/**
 * What an operation does to a SQLite database: what it loses, breaks and refuses. How long the one lock of the file is
 * held depends on everything else that writes to it, and is not judged. Source: https://www.sqlite.org/lang_altertable.html
 */
export function sqliteEffect(operation: Operation): Effect {
  switch (operation.op) {
    case 'drop-table':
    case 'drop-column':
      return { ...none, losesData: true, breaksRunningCode: true }
    case 'rename-table':
    case 'rename-column':
      return { ...none, breaksRunningCode: true }
    case 'delete-rows':
      return { ...none, losesData: true }
    case 'recreate-table':
      return { ...none, rewrites: true, work: 'rewrite' }
    case 'add-column': {
      const refused = refusal(operation.column)
      return refused === undefined ? none : { ...none, refused }
    }
    default:
      return none
  }
}

/** Columns that ALTER TABLE … ADD COLUMN does not take; the last two only where the table has rows. */
function refusal(column: ColumnSpec): string | undefined {
  if (column.primaryKey) return 'SQLite adds no PRIMARY KEY column to a table that exists'
  if (column.unique) return 'SQLite adds no UNIQUE column to a table that exists'
  if (column.generated === 'stored') return 'SQLite adds no STORED column to a table that exists'
  const value = column.default?.text
  if (column.notNull && column.generated === undefined && (value === undefined || /^null$/i.test(value)))
    return `rows that exist would have NULL in ${column.name}`
  if (value !== undefined && /^(\(|current_(time|date|timestamp)\b)/i.test(value))
    return 'SQLite adds no column whose default is computed to a table with rows'
  return undefined
}
