import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'
import { pluralize } from './frontends/rails-names.ts'
import type { ColumnSpec, Operation } from './operation.ts'
import type { Schema } from './schema.ts'
import type { Walked } from './transaction.ts'

/** Bytes of the integer types. */
const widths: Readonly<Record<string, number>> = {
  smallint: 2,
  smallserial: 2,
  mediumint: 3,
  int: 4,
  integer: 4,
  serial: 4,
  bigint: 8,
  bigserial: 8,
}

function newColumns(operation: Operation): readonly ColumnSpec[] {
  if (operation.op === 'create-table') return operation.columns
  return operation.op === 'add-column' ? [operation.column] : []
}

/** Tables a column may refer to: those of its foreign key, or those that its name means (`user_id` → `users`). */
function parentsOf(column: ColumnSpec): readonly string[] {
  if (column.references !== undefined) return [column.references.table]
  const stem = /^(\w+)_id$/.exec(column.name)?.[1]
  return stem === undefined ? [] : [pluralize(stem), stem]
}

function isNarrow(column: ColumnSpec): boolean {
  return !column.primaryKey && column.type.array !== true && (widths[column.type.name] ?? 8) < 8
}

/** Tables whose keys decide whether new columns are wide enough. */
export function keyNames(operations: readonly Operation[]): readonly string[] {
  return operations.flatMap(operation => newColumns(operation).filter(isNarrow).flatMap(parentsOf))
}

/** New columns whose type cannot hold all values of the key they refer to. */
export function narrowKeys(
  { operation, step, index }: Walked,
  before: Schema,
  everyOperation: readonly Operation[],
  setting: Setting,
): readonly MigrationFact[] {
  const table = 'table' in operation ? (operation.table ?? '') : ''
  return newColumns(operation)
    .filter(isNarrow)
    .flatMap(column => {
      for (const parent of parentsOf(column)) {
        const key = keyOf(parent, before, everyOperation)
        if (key === undefined) continue
        if ((widths[key.type.name] ?? 0) <= (widths[column.type.name] ?? 8)) return []
        return [
          {
            ...blankFact(setting, 'narrow-key', step.text),
            span: column.span ?? step.spans?.[index] ?? step.span,
            table,
            column: column.name,
            references: parent,
            typeTo: column.type.text,
            typeFrom: key.type.text === 'primary_key' ? key.type.name : key.type.text,
            newTable: setting.isNew(table),
          } satisfies MigrationFact,
        ]
      }
      return []
    })
}

/** Tables that gain a row for everything that happens, by their names. */
const growing =
  /(^|_)(events?|logs?|audits?|activit(y|ies)|messages?|notifications?|histor(y|ies)|uploads?|downloads?|sessions?|visits?|hits|clicks|views|requests?|deliver(y|ies)|transactions?|metrics?|measurements?|readings?|samples|jobs?|tracks?|impressions|versions|comments|likes|votes|reactions)$/

/** New tables of that sort whose own key counts in 32 bits. */
export function ownKeys({ operation, step, index }: Walked, setting: Setting): readonly MigrationFact[] {
  if (operation.op !== 'create-table' || !growing.test(operation.table)) return []
  return operation.columns
    .filter(column => column.numbered || (column.primaryKey && /serial|primary|^integer$/.test(column.type.text)))
    .filter(column => (widths[column.type.name] ?? 8) < 8)
    .map(column => ({
      ...blankFact(setting, 'narrow-key', step.text),
      span: column.span ?? step.spans?.[index] ?? step.span,
      table: operation.table,
      column: column.name,
      how: 'own key',
      typeTo: column.type.text,
      newTable: true,
    }))
}

function keyOf(table: string, before: Schema, everyOperation: readonly Operation[]): ColumnSpec | undefined {
  const columns = createdIn(everyOperation).get(table) ?? [...(before.tables.get(table)?.columns.values() ?? [])]
  const keys = columns.filter(({ primaryKey }) => primaryKey)
  return keys.length === 1 ? keys[0] : undefined
}

const created = new WeakMap<readonly Operation[], ReadonlyMap<string, readonly ColumnSpec[]>>()

/** Columns of the tables that the change creates, collected once: a change may hold thousands of migrations. */
function createdIn(operations: readonly Operation[]): ReadonlyMap<string, readonly ColumnSpec[]> {
  const known = created.get(operations)
  if (known) return known
  const tables = new Map<string, readonly ColumnSpec[]>()
  for (const item of operations)
    if (item.op === 'create-table' && !tables.has(item.table)) tables.set(item.table, item.columns)
  created.set(operations, tables)
  return tables
}
