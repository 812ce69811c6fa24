import { hole } from '../../../artifact/literal.ts'
import type { Operation } from '../operation.ts'

const schemaHole = `${hole}.`

/**
 * `ALTER TABLE #{schema}.orders …` in a loop over the schemas of tenants: which schema it is does not matter, each holds
 * the same tables.
 */
export function inAnySchema(operation: Operation): Operation {
  if (!('table' in operation) || operation.table?.startsWith(schemaHole) !== true) return operation
  return { ...operation, table: operation.table.slice(schemaHole.length) }
}

/** Is the name of the table among what is only known at run time? */
export function namesHole(operation: Operation): boolean {
  const names = [
    'table' in operation ? operation.table : undefined,
    'view' in operation ? operation.view : undefined,
    'column' in operation && typeof operation.column === 'string' ? operation.column : undefined,
  ]
  return names.some(name => name?.includes(hole))
}
