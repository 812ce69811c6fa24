import type { Engine } from '../../config/types.ts'
import { isVolatile } from './effects/postgres-types.ts'
import type { ColumnSpec, Operation, Program } from './operation.ts'

/**
 * The value that a migration gives to every row in the one column that it then wants to be unique; undefined where rows
 * may differ. NULLs are distinct, and what the file updates, or does where it cannot be read, may set the column.
 */
export function sameValueOf(operation: Operation, program: Program, engine: Engine): string | undefined {
  const name = uniqueColumn(operation)
  if (name === undefined || !('table' in operation)) return undefined
  const operations: Operation[] = []
  for (const step of program.up) {
    if (step.kind === 'unreadable') return undefined
    if (step.kind === 'change') operations.push(...step.operations)
  }
  const { table } = operation
  if (table === undefined || operations.some(item => setsRows(item, table))) return undefined
  const added = operations.find(item => item.op === 'add-column' && item.table === table && item.column.name === name)
  if (added?.op !== 'add-column') return undefined
  // A default of Python, which Django works out once, whatever it calls, and takes back when the rows have it.
  const once =
    program.framework === 'django' &&
    operations.some(item => item.op === 'drop-default' && item.table === table && item.column === name)
  return constantOf(added.column, once, engine)
}

/** The one column that has to be unique from now on. */
function uniqueColumn(operation: Operation): string | undefined {
  if (operation.op === 'add-column') return operation.column.unique ? operation.column.name : undefined
  const whole =
    (operation.op === 'create-index' && operation.unique && !operation.partial) ||
    (operation.op === 'add-unique' && operation.usingIndex === undefined)
  return whole && operation.columns.length === 1 ? operation.columns[0] : undefined
}

/** Gives rows values of their own, or takes away those that there are. */
const setsRows = (item: Operation, table: string): boolean =>
  (item.op === 'update-rows' || item.op === 'delete-rows' || item.op === 'truncate' || item.op === 'set-default') &&
  item.table === table

function constantOf(column: ColumnSpec, once: boolean, engine: Engine): string | undefined {
  if (column.numbered || column.generated !== undefined) return undefined
  const { default: given } = column
  if (given === undefined)
    return column.notNull && (engine === 'mysql' || engine === 'mariadb')
      ? 'the implicit default of its type'
      : undefined
  if (/^null\b/i.test(given.text)) return undefined
  return once || !isVolatile(given) ? given.text : undefined
}
