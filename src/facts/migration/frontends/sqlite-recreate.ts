import type { Operation } from '../operation.ts'
import type { SqlPiece } from './sql-split.ts'
import type { SqliteStatement } from './sqlite-statement.ts'

/** A statement and the state in which it runs. */
export interface Played {
  readonly piece: SqlPiece
  readonly result: SqliteStatement
  /** What `PRAGMA foreign_keys` has set in effect; undefined where the file does not say. */
  readonly keys: boolean | undefined
  /** The statement itself switches foreign keys on. */
  readonly saysOn: boolean
}

/**
 * SQLite alters most of a table by making it anew: create a copy, fill it, drop the old one, rename the copy; or rename
 * the old one first. The drop then is no loss of the table, but deletes its rows one by one, with all that follows.
 */
export function markRecreations(played: readonly Played[], enforced: boolean): readonly Played[] {
  const operations = played.map(operationOf)
  const created = new Set(operations.flatMap(item => (item?.op === 'create-table' ? [item.table] : [])))
  // A file that switches them back on was written for connections that have them on.
  const keysOn = enforced || played.some(({ saysOn }) => saysOn)
  return played.map((item, at) => {
    const operation = operations[at]
    if (operation?.op === 'drop-table') {
      const known = recreation(operation.table, at, operations, created)
      const keysOff = item.keys === false && !enforced
      return known === undefined
        ? item
        : { ...item, result: { operation: { op: 'recreate-table', ...known, keysOff, keysOn } } }
    }
    // The names only change places: who asks for the table finds it.
    const swaps =
      operation?.op === 'rename-table' && (created.has(operation.table) || isSetAside(operation, operations))
    return swaps ? { ...item, result: { operation: { op: 'harmless', what: 'RENAME' } } } : item
  })
}

type Known = Operation | undefined

function operationOf({ result }: Played): Known {
  return 'operation' in result ? result.operation : undefined
}

function dropped(table: string, operations: readonly Known[]): boolean {
  return operations.some(item => item?.op === 'drop-table' && item.table === table)
}

/** `ALTER TABLE x RENAME TO x_old`, with a new `x` and a drop of `x_old` behind it. */
function isSetAside(operation: Extract<Operation, { op: 'rename-table' }>, operations: readonly Known[]): boolean {
  const at = operations.indexOf(operation)
  const later = operations.slice(at + 1)
  return (
    later.some(item => item?.op === 'create-table' && item.table === operation.table) && dropped(operation.to, later)
  )
}

/** The table that lives on under its name when this one is dropped, and the copy that takes the name. */
function recreation(
  table: string,
  at: number,
  operations: readonly Known[],
  created: ReadonlySet<string>,
): { readonly table: string; readonly by: string } | undefined {
  const copy = operations
    .slice(at + 1)
    .find(item => item?.op === 'rename-table' && item.to === table && created.has(item.table))
  if (copy?.op === 'rename-table') return { table, by: copy.table }
  const aside = operations.slice(0, at).find(item => item?.op === 'rename-table' && item.to === table)
  if (aside?.op !== 'rename-table' || !created.has(aside.table)) return undefined
  return { table: aside.table, by: aside.table }
}
