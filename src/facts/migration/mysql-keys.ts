import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'
import type { ColumnSpec, ColumnType, Operation } from './operation.ts'
import type { Schema } from './schema.ts'
import type { Walked } from './transaction.ts'

/** Integer types of MySQL, whose size and sign have to be the same on both sides of a foreign key. */
const integer = /^(tinyint|smallint|mediumint|int|integer|bigint)$/

/** Types whose values MySQL indexes only up to a length that is said. */
const long = /^(tiny|medium|long)?(text|blob)$/

/** Front ends in whose files a length of a part of an index is read, or cannot be said. */
const withoutLengths: ReadonlySet<string> = new Set(['laravel'])

/** What MySQL refuses in a key, whatever rows there are: tests on another database do not notice. */
export function mysqlKeys(
  walked: Walked,
  before: Schema,
  operations: readonly Operation[],
  setting: Setting,
): readonly MigrationFact[] {
  const { engine, program } = setting
  if (engine !== 'mysql' && engine !== 'mariadb') return []
  const types: TypeOf = (table, column) => typeAt(table, column, walked.operation, before, operations)
  const found = [
    ...differing(walked.operation, types),
    ...(engine === 'mysql' && withoutLengths.has(program.framework)
      ? tooLong(walked.operation, types, before, operations)
      : []),
  ]
  return found.map(({ span, ...more }) => ({
    ...blankFact(setting, more.operation, walked.step.text),
    span: span ?? walked.step.spans?.[walked.index] ?? walked.step.span,
    newTable: setting.isNew(more.table),
    ...more,
  }))
}

type TypeOf = (table: string, column: string) => ColumnType | undefined

type Found = Pick<MigrationFact, 'operation' | 'table' | 'column'> & Partial<MigrationFact>

/** The type of a column when the operation runs; undefined where it is not known, or may have become another. */
function typeAt(
  table: string,
  column: string,
  until: Operation,
  before: Schema,
  operations: readonly Operation[],
): ColumnType | undefined {
  const at = operations.indexOf(until)
  let type = before.tables.get(table)?.columns.get(column)?.type
  for (const item of operations.slice(0, at + 1)) {
    if (!('table' in item) || item.table !== table) continue
    if (item.op === 'create-table') type = item.columns.find(({ name }) => name === column)?.type
    if (item.op === 'add-column' && item.column.name === column) type = item.column.type
    if (item.op === 'change-type' && item.column === column) type = item.to
    if (item.op === 'drop-column' && item.column === column) type = undefined
    if (item.op === 'rename-column' && (item.column === column || item.to === column)) type = undefined
  }
  return type
}

const signed = ({ text }: ColumnType): boolean => !/\bunsigned\b|\bzerofill\b/i.test(text)
const size = ({ name }: ColumnType): string => (name === 'int' ? 'integer' : name)

function differing(operation: Operation, types: TypeOf): readonly Found[] {
  return keysOf(operation).flatMap(({ table, column, span, references, key }): readonly Found[] => {
    const [child, parent] = [types(table, column), types(references, key)]
    if (!child || !parent || !integer.test(child.name) || !integer.test(parent.name)) return []
    if (size(child) === size(parent) && signed(child) === signed(parent)) return []
    return [
      {
        operation: 'key-types-differ',
        table,
        column,
        references,
        typeFrom: parent.text,
        typeTo: child.text,
        ...(span ? { span } : {}),
      },
    ]
  })
}

interface Key {
  readonly table: string
  readonly column: string
  readonly references: string
  readonly key: string
  readonly span?: ColumnSpec['span']
}

/** Foreign keys of one column that an operation makes. */
function keysOf(operation: Operation): readonly Key[] {
  if (operation.op === 'add-foreign-key') {
    const { table, columns, references } = operation
    const [column] = columns
    const [key] = references.columns
    return columns.length === 1 && column !== undefined && key !== undefined
      ? [{ table, column, references: references.table, key }]
      : []
  }
  const columns =
    operation.op === 'create-table' ? operation.columns : operation.op === 'add-column' ? [operation.column] : []
  const table = 'table' in operation ? (operation.table ?? '') : ''
  return columns.flatMap(({ name, references, span }) => {
    const key = references?.columns[0]
    return references === undefined || key === undefined
      ? []
      : [{ table, column: name, references: references.table, key, ...(span ? { span } : {}) }]
  })
}

/** A text without a length in an index; or a column of an index that becomes one. */
function tooLong(
  operation: Operation,
  types: TypeOf,
  before: Schema,
  operations: readonly Operation[],
): readonly Found[] {
  if (operation.op === 'change-type') {
    const { table, column, to } = operation
    if (!long.test(to.name) || long.test(before.tables.get(table)?.columns.get(column)?.type.name ?? '')) return []
    const earlier = operations.slice(0, operations.indexOf(operation))
    const index = before.tables
      .get(table)
      ?.indexes.find(
        one => one.columns.includes(column) && one.fulltext !== true && !earlier.some(item => drops(item, table, one)),
      )
    return index === undefined
      ? []
      : [{ operation: 'text-in-key', table, column, typeTo: to.text, index: index.name ?? '', columns: index.columns }]
  }
  const isIndex = operation.op === 'create-index' && operation.special === undefined
  if (!isIndex && operation.op !== 'add-unique' && operation.op !== 'add-primary-key') return []
  const { table, columns } = operation
  const column = columns.find(name => long.test(types(table, name)?.name ?? ''))
  return column === undefined
    ? []
    : [
        {
          operation: 'text-in-key',
          table,
          column,
          columns,
          typeTo: types(table, column)?.text ?? '',
          index: operation.op === 'create-index' ? (operation.index ?? '') : '',
        },
      ]
}

function drops(
  item: Operation,
  table: string,
  index: { readonly name?: string; readonly columns: readonly string[] },
): boolean {
  if (item.op === 'drop-index')
    return (
      (item.table === undefined || item.table === table) &&
      (item.index === index.name || item.columns?.join() === index.columns.join())
    )
  return (
    item.op === 'drop-constraint' &&
    item.table === table &&
    (item.constraint === index.name || index.name === undefined)
  )
}
