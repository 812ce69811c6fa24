import { functionsIn, sqlType } from '../frontends/rails-columns.ts'
import type { ColumnSpec, Operation } from '../operation.ts'

type Values = Readonly<Record<string, unknown>>

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textIn = (values: Values, key: string): string => {
  const value = values[key]
  return typeof value === 'string' ? value : ''
}

const membersOf = (value: unknown): readonly Values[] => (isValues(value) ? Object.values(value).filter(isValues) : [])

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.flatMap(item => (typeof item === 'string' ? [item] : isValues(item) ? textIn(item, 'expression') : []))
    : []

/** What would create the tables of a Drizzle snapshot (`meta/0007_snapshot.json`) that are wanted; none when it is no snapshot. */
export function operationsFromDrizzle(text: string, wanted: (table: string) => boolean): readonly Operation[] {
  let snapshot: unknown
  try {
    snapshot = JSON.parse(text)
  } catch {
    return []
  }
  if (!isValues(snapshot)) return []
  return membersOf(snapshot.tables).flatMap(table => {
    const schema = textIn(table, 'schema')
    const name = (schema === '' || schema === 'public' ? '' : `${schema}.`) + textIn(table, 'name')
    return wanted(name) ? tableOf(name, table) : []
  })
}

function tableOf(table: string, values: Values): readonly Operation[] {
  const keys = membersOf(values.compositePrimaryKeys).flatMap(key => textsIn(key.columns))
  const columns = membersOf(values.columns).map(column => columnOf(column, keys))
  return [
    { op: 'create-table', table, columns, references: [] },
    ...membersOf(values.indexes).map(
      (index): Operation => ({
        op: 'create-index',
        table,
        index: textIn(index, 'name'),
        columns: textsIn(index.columns),
        unique: index.isUnique === true,
        concurrently: false,
      }),
    ),
    ...membersOf(values.uniqueConstraints).map(
      (key): Operation => ({ op: 'add-unique', table, name: textIn(key, 'name'), columns: textsIn(key.columns) }),
    ),
    ...membersOf(values.foreignKeys).map(
      (key): Operation => ({
        op: 'add-foreign-key',
        table,
        name: textIn(key, 'name'),
        columns: textsIn(key.columnsFrom),
        references: { table: textIn(key, 'tableTo'), columns: textsIn(key.columnsTo) },
        validated: true,
      }),
    ),
    ...membersOf(values.checkConstraints).map((check): Operation => {
      const column = /^\(?(?:"?\w+"?\.)?"?(\w+)"? is not null\)?$/i.exec(textIn(check, 'value').trim())?.[1]
      return {
        op: 'add-check',
        table,
        name: textIn(check, 'name'),
        expression: textIn(check, 'value'),
        validated: true,
        ...(column === undefined ? {} : { notNullColumn: column }),
      }
    }),
  ]
}

function columnOf(column: Values, keys: readonly string[]): ColumnSpec {
  const name = textIn(column, 'name')
  const value = column.default
  const text = typeof value === 'string' ? value : value === undefined ? undefined : JSON.stringify(value)
  const primaryKey = column.primaryKey === true || keys.includes(name)
  const type = textIn(column, 'type')
  return {
    name,
    type: sqlType(type),
    notNull: column.notNull === true || primaryKey,
    ...(text === undefined ? {} : { default: { text, functions: functionsIn(text) } }),
    numbered: /serial/.test(type) || isValues(column.identity) || column.autoincrement === true,
    primaryKey,
    unique: false,
    check: false,
  }
}
