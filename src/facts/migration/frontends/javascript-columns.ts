import type { JsValue } from '../../../artifact/javascript.ts'
import type { Engine } from '../../../config/types.ts'
import type { Span } from '../../../text/lines.ts'
import type { ColumnSpec, ColumnType, Expression, Operation, Reference } from '../operation.ts'
import { sqlText, textOf } from './javascript-chain.ts'
import { functionsIn } from './rails-columns.ts'

export const isMySql = (engine: Engine | undefined): boolean => engine === 'mysql' || engine === 'mariadb'

/** The name of a type with its numbers, such as `varchar` and `[255]`. */
export const typeOf = (name: string, numbers: readonly (number | undefined)[] = [], array = false): ColumnType => {
  const given = numbers.filter(number => number !== undefined)
  const text = `${name}${given.length > 0 ? `(${given.join(',')})` : ''}${array ? '[]' : ''}`
  return { name, arguments: given, ...(array ? { array } : {}), text }
}

/** MySQL stores the place of a value in the list, so that the list belongs to the type. */
export function enumOf(values: readonly string[] | undefined): ColumnType {
  const list = values?.map(value => `'${value.replaceAll("'", "''")}'`).join(',')
  return { name: 'enum', arguments: [], text: list === undefined ? 'enum' : `enum(${list})` }
}

/** A column about which nothing is said yet but its name and type. */
export function plainColumn(name: string, type: ColumnType, more: Partial<ColumnSpec> = {}): ColumnSpec {
  return { name, type, notNull: false, numbered: false, primaryKey: false, unique: false, check: false, ...more }
}

/** An expression of SQL as it is written. */
export const expression = (text: string): Expression => ({ text, functions: functionsIn(text) })

/**
 * A default. Texts and numbers are constants; calls such as `knex.fn.now()`, `Sequelize.literal('…')`, `pgm.func('…')` are
 * expressions; what other code holds is a constant by the time the database sees it. Undefined for none and `null`.
 */
export function defaultOf(value: JsValue | undefined): Expression | undefined {
  if (!value || value.kind === 'none') return undefined
  if (value.kind === 'text') return { text: `'${value.text.replaceAll("'", "''")}'`, functions: [] }
  if (value.kind === 'number' || value.kind === 'boolean') return { text: String(value.value), functions: [] }
  if (value.kind === 'list' || value.kind === 'object') return { text: "'{}'", functions: [] }
  if (value.kind === 'function') return undefined
  if (value.kind !== 'call')
    return { text: value.kind === 'name' || value.kind === 'member' ? value.name : '…', functions: [] }
  if (value.name === 'now') return expression('now()')
  if (value.name === 'uuid') return expression('gen_random_uuid()')
  const text = textOf(sqlText(value))
  if (/^(fn|func)$/i.test(value.name) && text !== undefined) return expression(/\(/.test(text) ? text : `${text}()`)
  if (/^(stringify|toString|String|Number|Date|toISOString)$/.test(value.name)) return { text: "'…'", functions: [] }
  return text === undefined ? { text: '…', functions: [] } : expression(text)
}

/** What `references('users.id')` or `references('id').inTable('users')` points at. */
export function referenceTo(target: string, table?: string): Reference | undefined {
  if (table !== undefined) return { table, columns: [target.slice(target.lastIndexOf('.') + 1)] }
  const dot = target.lastIndexOf('.')
  return dot === -1 ? undefined : { table: target.slice(0, dot), columns: [target.slice(dot + 1)] }
}

/** Operations of a statement with the place of each. */
export interface Placed {
  readonly operation: Operation
  readonly span: Span
}

/** The name a library gives a key or an index: `users_email_unique`. */
export const keyName = (table: string, columns: readonly string[], ending: string): string =>
  `${table.replaceAll('.', '_')}_${columns.join('_')}_${ending}`.toLowerCase()
