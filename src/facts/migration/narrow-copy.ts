import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'
import { pluralize } from './frontends/rails-names.ts'
import type { ColumnSpec, ColumnType, Operation } from './operation.ts'
import type { Schema } from './schema.ts'
import type { Walked } from './transaction.ts'

/** Bytes that the text types of MySQL hold. */
const texts: Readonly<Record<string, number>> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  longtext: 4_294_967_295,
}

/** How much text fits, and whether it is counted in characters or bytes; undefined for what is no text or has no end. */
function room(
  { name, arguments: [length], array }: ColumnType,
  engine: Setting['engine'],
): { readonly most: number; readonly counts: 'characters' | 'bytes' } | undefined {
  if (array === true) return undefined
  if (/^(var)?char$|^character( varying)?$/.test(name))
    return length === undefined || length <= 0 ? undefined : { most: length, counts: 'characters' }
  const most = engine === 'mysql' || engine === 'mariadb' ? texts[name] : undefined
  return most === undefined ? undefined : { most, counts: 'bytes' }
}

function newColumns(operation: Operation): readonly ColumnSpec[] {
  if (operation.op === 'create-table') return operation.columns
  return operation.op === 'add-column' ? [operation.column] : []
}

/** `event_payload` may be a copy of `events.payload`: the tables that its name can begin with, and the column it then is there. */
function originsOf({ name }: ColumnSpec): readonly { readonly table: string; readonly column: string }[] {
  const words = name.split('_')
  if (words.length > 4) return []
  return words.slice(1).flatMap((_, at) => {
    const [owner, column] = [words.slice(0, at + 1).join('_'), words.slice(at + 1).join('_')]
    return owner.length < 3 || column.length < 3
      ? []
      : [
          { table: pluralize(owner), column },
          { table: owner, column },
        ]
  })
}

const isText = ({ type }: ColumnSpec): boolean => /char|text/.test(type.name)

/** Tables of which new columns may hold copies. */
export function copiedNames(operations: readonly Operation[]): readonly string[] {
  return operations.flatMap(operation =>
    newColumns(operation)
      .filter(isText)
      .flatMap(column => originsOf(column).map(({ table }) => table)),
  )
}

/** New columns that bear the name of another table's column, and hold less than that. */
export function narrowCopies(
  { operation, step, index }: Walked,
  before: Schema,
  setting: Setting,
): readonly MigrationFact[] {
  const table = 'table' in operation ? (operation.table ?? '') : ''
  return newColumns(operation).flatMap(column => {
    const own = isText(column) ? room(column.type, setting.engine) : undefined
    if (own === undefined) return []
    for (const origin of originsOf(column)) {
      const source = origin.table === table ? undefined : before.tables.get(origin.table)?.columns.get(origin.column)
      const wanted = source === undefined ? undefined : room(source.type, setting.engine)
      if (source === undefined || wanted === undefined) continue
      if (wanted.counts !== own.counts || wanted.most <= own.most) return []
      return [
        {
          ...blankFact(setting, 'narrow-key', step.text),
          span: column.span ?? step.spans?.[index] ?? step.span,
          table,
          column: column.name,
          how: 'copy',
          references: `${origin.table}.${origin.column}`,
          typeTo: shown(column.type),
          typeFrom: shown(source.type),
          newTable: setting.isNew(table),
        } satisfies MigrationFact,
      ]
    }
    return []
  })
}

/** Frameworks have words of their own (`string`), which do not say how much fits. */
function shown({ name, arguments: [length] }: ColumnType): string {
  return length === undefined ? name : `${name}(${length})`
}
