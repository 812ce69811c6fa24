import type { RubyValue } from '../../../artifact/ruby.ts'
import type { Operation } from '../operation.ts'
import { type Options, type Setting, textOf, textsOf } from './rails-columns.ts'

/** A call of the migration DSL with its arguments evaluated. */
export interface Statement extends Setting {
  readonly name: string
  readonly values: readonly RubyValue[]
  readonly options: Options
}

/** What one call does: the statements it sends, each with its operations. Undefined when its arguments are not known before it runs. */
export type Reading = readonly (readonly Operation[])[] | undefined

export const harmless = (what: string): Reading => [[{ op: 'harmless', what }]]

/** Drops the schema that is the default anyway. */
export const tableName = (name: string): string => name.replace(/^public\./, '')

export const tableOf = (statement: Statement): string | undefined => {
  const name = textOf(statement.values[0])
  return name === undefined || name === '' ? undefined : tableName(name)
}

/** Reads a call whose first argument is a table. */
export const onTable =
  (read: (table: string, statement: Statement) => Reading) =>
  (statement: Statement): Reading => {
    const table = tableOf(statement)
    return table === undefined ? undefined : read(table, statement)
  }

/** Reads a call whose first arguments are a table and a column. */
export const onColumn = (read: (table: string, column: string, statement: Statement) => Reading) =>
  onTable((table, statement) => {
    const column = textOf(statement.values[1])
    return column === undefined ? undefined : read(table, column, statement)
  })

export const rest = (statement: Statement, from: number): readonly string[] | undefined => {
  const texts = statement.values.slice(from).map(textsOf)
  return texts.every(text => text !== undefined) ? texts.flat() : undefined
}

export const steps = (operations: readonly Operation[]): Reading => operations.map(operation => [operation])

/** A name as a value. */
export const asText = (value: string): RubyValue => ({ kind: 'text', text: value, symbol: false, pieces: [], holes: 0 })

export function twoNames(statement: Statement): readonly [string, string] | undefined {
  const one = textOf(statement.values[0])
  const other = textOf(statement.values[1])
  return one === undefined || other === undefined ? undefined : [one, other]
}
