import type { RubyValue } from '../../../artifact/ruby.ts'
import type { ColumnSpec, ColumnType, Expression, Operation, Reference } from '../operation.ts'
import {
  functionsIn,
  isFalse,
  isMySql,
  isSet,
  isTrue,
  numberOf,
  type Options,
  type Setting,
  sqlType,
  textOf,
  textsOf,
} from './rails-columns.ts'

/** Classes of Ruby that stand for a type: on Postgres, on MySQL. */
const classes: Readonly<Record<string, readonly [postgres: string, mysql: string]>> = {
  Integer: ['integer', 'integer'],
  Fixnum: ['integer', 'integer'],
  Bignum: ['bigint', 'bigint'],
  Float: ['double precision', 'double'],
  BigDecimal: ['numeric', 'decimal'],
  Numeric: ['numeric', 'decimal'],
  Date: ['date', 'date'],
  DateTime: ['timestamp', 'datetime'],
  Time: ['timestamp', 'datetime'],
  File: ['bytea', 'blob'],
  TrueClass: ['boolean', 'tinyint(1)'],
  FalseClass: ['boolean', 'tinyint(1)'],
}

/** `String`, `:uuid`, `"timestamptz"`; undefined when the type is only known at run time. */
export function typeOf(value: RubyValue | undefined, options: Options, setting: Setting): ColumnType | undefined {
  const name = value?.kind === 'code' ? value.source.replace(/^::/, '') : textOf(value)
  if (name === undefined) return undefined
  const mysql = isMySql(setting)
  const size = options.get('size')
  const numbers = (size?.kind === 'array' ? size.items : [size]).map(numberOf).filter(number => number !== undefined)
  const sized = numbers.length === 0 ? '' : `(${numbers.join(',')})`
  if (name === 'String') {
    if (isTrue(options.get('text'))) return sqlType('text')
    return sqlType(sized !== '' ? `varchar${sized}` : mysql ? 'varchar(255)' : 'text')
  }
  const known = classes[name]?.[mysql ? 1 : 0]
  if (known === undefined && value?.kind === 'code') return undefined
  return sqlType(`${known ?? name}${sized}`)
}

/** Values, and what `Sequel.lit("…")`, `Sequel.function(:now)` and `Sequel::CURRENT_TIMESTAMP` say. */
export function defaultOf(value: RubyValue | undefined): Expression | undefined {
  if (value === undefined || value.kind === 'nil') return undefined
  const text = textOf(value)
  if (text !== undefined) return { text: `'${text.replaceAll("'", "''")}'`, functions: [] }
  if (value.kind === 'number' || value.kind === 'boolean') return { text: String(value.value), functions: [] }
  if (value.kind !== 'code') return { text: "'…'", functions: [] }
  const constant = /^Sequel::(CURRENT_\w+)$/.exec(value.source)?.[1]
  if (constant !== undefined) return { text: constant, functions: [constant.toLowerCase()] }
  const literal = /^Sequel\.lit\(?\s*(["'])(.*)\1\s*\)?$/s.exec(value.source)?.[2]
  if (literal !== undefined) return { text: literal, functions: functionsIn(literal) }
  const called = /^Sequel\.function\(?\s*:(\w+)/.exec(value.source)?.[1]
  return called === undefined
    ? { text: '…', functions: [] }
    : { text: `${called}()`, functions: [called.toLowerCase()] }
}

/** A column: its name, its type, and what the options say. */
export function columnOf(name: string, type: ColumnType, options: Options): ColumnSpec {
  const value = defaultOf(options.get('default'))
  const primaryKey = isSet(options.get('primary_key'))
  const required = isFalse(options.get('null')) || isFalse(options.get('allow_null'))
  const generated = options.has('generated_always_as')
  return {
    name,
    type,
    notNull: required || primaryKey,
    ...(value === undefined ? {} : { default: value }),
    ...(generated ? { generated: 'stored' as const } : {}),
    numbered: isSet(options.get('auto_increment')) || isSet(options.get('identity')),
    primaryKey,
    unique: isSet(options.get('unique')),
    check: false,
  }
}

/** What `foreign_key :user_id, :users, key: :id` refers to. */
export function referenceOf(table: string, options: Options): Reference {
  const cascades = textOf(options.get('on_delete')) === 'cascade' ? { cascades: true } : {}
  return { table, columns: textsOf(options.get('key')) ?? ['id'], ...cascades }
}

/** The name that Sequel gives an index: `users_email_index`. */
export const nameOfIndex = (table: string, columns: readonly string[]): string =>
  `${table.replaceAll('.', '_')}_${columns.join('_')}_index`

export function indexOn(table: string, columns: readonly string[], options: Options): Operation {
  return {
    op: 'create-index',
    table,
    index: textOf(options.get('name')) ?? nameOfIndex(table, columns),
    columns,
    unique: isTrue(options.get('unique')),
    concurrently: isTrue(options.get('concurrently')),
    ...(options.has('where') || options.has('filter') ? { partial: true } : {}),
    ...(isTrue(options.get('if_not_exists')) ? { ifNotExists: true } : {}),
  }
}
