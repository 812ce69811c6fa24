import type { MysqlOptions } from './effects/mysql-options.ts'
import type { Operation } from './operation.ts'
import type { Schema } from './schema.ts'

/** The column before the change. A statement that renames and retypes it has given it its new name already. */
export function columnBefore(
  operation: Operation,
  siblings: readonly Operation[],
  schema: Schema,
): Pick<MysqlOptions, 'column'> {
  if (!('table' in operation) || !('column' in operation) || typeof operation.column !== 'string') return {}
  const columns = schema.tables.get(operation.table)?.columns
  const { column: name } = operation
  const renamed = siblings.find(other => other.op === 'rename-column' && other.column === name)
  const column = columns?.get(name) ?? (renamed?.op === 'rename-column' ? columns?.get(renamed.to) : undefined)
  return column === undefined ? {} : { column }
}

/** What is known of how MySQL keeps the table's rows. */
export function tableBefore(operation: Operation, schema: Schema): Pick<MysqlOptions, 'table'> {
  const known = 'table' in operation ? schema.tables.get(operation.table ?? '') : undefined
  if (known === undefined) return {}
  const { charset, compressed = false, columns, indexes, foreignKeys } = known
  const primaryKey = [...columns.values()].flatMap(({ name, primaryKey: isPart }) => (isPart ? [name] : []))
  // The index that a foreign key needs is made up when none is declared.
  const lists = [primaryKey, ...indexes.map(index => index.columns), ...foreignKeys.map(key => key.columns)]
  return {
    table: {
      ...(charset === undefined ? {} : { charset }),
      compressed,
      hasVirtualColumn: [...columns.values()].some(({ generated }) => generated === 'virtual'),
      hasFulltextIndex: indexes.some(({ fulltext }) => fulltext === true),
      cascades: foreignKeys.some(({ references }) => references.cascades === true),
      // Files that tell an index of a table have told its columns too.
      ...(columns.size === 0 ? {} : { columns: new Map(columns), indexes: lists }),
    },
  }
}
