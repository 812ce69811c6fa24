import type { Engine } from '../../config/types.ts'
import type { Operation } from './operation.ts'
import type { Schema } from './schema.ts'

/**
 * What a column has and a statement that declares it anew takes away by not saying it: `AUTO_INCREMENT`, `DEFAULT …`,
 * `NOT NULL`, `NULL`. Where only the type stays the same, leaving the rest out is the point of the statement.
 */
export function lostAttributes(
  operation: Operation,
  before: Schema,
  engine: Engine,
  /** All that is done together with it. */
  together: readonly Operation[],
): readonly string[] {
  if (operation.op !== 'change-type' || operation.spec === undefined || operation.restates === undefined) return []
  const { table, column, spec, restates } = operation
  const known = before.tables.get(table)?.columns.get(column)
  if (known === undefined || known.generated !== undefined || spec.generated !== undefined) return []
  const sameType = known.type.text.toLowerCase() === spec.type.text.toLowerCase()
  const lost: string[] = []
  const counts = known.numbered && !spec.numbered && (engine === 'mysql' || engine === 'mariadb')
  if (counts && !together.some(item => item !== operation && replacesKey(item, table, column)))
    lost.push('AUTO_INCREMENT')
  const hadDefault = known.default !== undefined && !/^null$/i.test(known.default.text)
  if (hadDefault && spec.default === undefined && !restates.includes('default') && !sameType)
    lost.push(`DEFAULT ${known.default?.text ?? ''}`)
  if (!restates.includes('null') && !sameType && known.notNull !== spec.notNull && !known.numbered)
    lost.push(known.notNull ? 'NOT NULL' : 'NULL')
  return lost
}

/** A column has to stop counting before the key can go to another one; or it counts again a step later. */
function replacesKey(item: Operation, table: string, column: string): boolean {
  if (!('table' in item) || item.table !== table) return false
  if (item.op === 'change-type') return item.spec?.numbered === true
  return (
    item.op === 'add-primary-key' ||
    (item.op === 'drop-column' && item.column === column) ||
    (item.op === 'drop-constraint' && item.type === 'primary-key')
  )
}
