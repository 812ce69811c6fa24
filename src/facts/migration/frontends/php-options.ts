import { type PhpCall, type PhpValue, phpNumber, phpText } from '../../../artifact/php.ts'
import type { Engine } from '../../../config/types.ts'
import type { ColumnType, Expression } from '../operation.ts'
import { expression, isMySql, typeOf } from './javascript-columns.ts'
import { defaultOf } from './laravel-columns.ts'
import { sqlType } from './rails-columns.ts'

/** What an array of options says under a name. */
export function optionIn(options: PhpValue | undefined, name: string): PhpValue | undefined {
  return options?.kind === 'array' ? options.entries.find(entry => entry.key === name)?.value : undefined
}

export const isTrue = (value: PhpValue | undefined): boolean => value?.kind === 'boolean' && value.value
export const isNot = (value: PhpValue | undefined): boolean => value?.kind === 'boolean' && !value.value

/** The name of a type: written out, or as a constant such as `Types::DATETIME_MUTABLE`. */
export function typeNamed(value: PhpValue | undefined): string | undefined {
  const text = phpText(value)
  if (text !== undefined) return text.toLowerCase()
  if (value?.kind === 'member') return value.name.toLowerCase().replace(/_mutable$|^phinx_type_/, '')
  return value?.kind === 'call' && value.name === 'getType' ? typeNamed(value.arguments[0]) : undefined
}

/** Types that bear another name in the database: on Postgres, on MySQL. */
const types: Readonly<Record<string, readonly [postgres: string, mysql: string]>> = {
  text: ['text', 'longtext'],
  integer: ['integer', 'int'],
  smallint: ['smallint', 'smallint'],
  smallinteger: ['smallint', 'smallint'],
  tinyinteger: ['smallint', 'tinyint'],
  mediuminteger: ['integer', 'mediumint'],
  bigint: ['bigint', 'bigint'],
  biginteger: ['bigint', 'bigint'],
  boolean: ['boolean', 'tinyint(1)'],
  float: ['double precision', 'double'],
  smallfloat: ['real', 'float'],
  double: ['double precision', 'double'],
  date: ['date', 'date'],
  date_immutable: ['date', 'date'],
  time: ['time(0)', 'time'],
  time_immutable: ['time(0)', 'time'],
  datetime: ['timestamp(0)', 'datetime'],
  datetime_immutable: ['timestamp(0)', 'datetime'],
  timestamp: ['timestamp', 'timestamp'],
  datetimetz: ['timestamptz(0)', 'datetime'],
  datetimetz_immutable: ['timestamptz(0)', 'datetime'],
  dateinterval: ['varchar(255)', 'varchar(255)'],
  json: ['json', 'json'],
  jsonb: ['jsonb', 'json'],
  json_array: ['text', 'longtext'],
  array: ['text', 'longtext'],
  object: ['text', 'longtext'],
  simple_array: ['text', 'longtext'],
  guid: ['uuid', 'char(36)'],
  uuid: ['uuid', 'char(36)'],
  binary: ['bytea', 'varbinary(255)'],
  varbinary: ['bytea', 'varbinary(255)'],
  blob: ['bytea', 'longblob'],
}

export interface TypeWishes {
  readonly length?: PhpValue | undefined
  readonly precision?: PhpValue | undefined
  readonly scale?: PhpValue | undefined
  readonly unsigned?: boolean
  readonly values?: readonly string[] | undefined
}

/** The database's type for one of Doctrine or Phinx. */
export function databaseType(name: string, engine: Engine | undefined, wishes: TypeWishes): ColumnType {
  const mysql = isMySql(engine)
  const length = phpNumber(wishes.length)
  if (name === 'string' || name === 'ascii_string') return typeOf('varchar', [length ?? 255])
  if (name === 'char') return typeOf('char', [length ?? 255])
  if (name === 'decimal' || name === 'number')
    return typeOf(mysql ? 'decimal' : 'numeric', [phpNumber(wishes.precision) ?? 10, phpNumber(wishes.scale) ?? 0])
  if (name === 'enum' || name === 'set') {
    const values = wishes.values?.map(value => `'${value}'`).join(',')
    return mysql ? { name, arguments: [], text: values === undefined ? name : `${name}(${values})` } : typeOf(name)
  }
  const known = types[name]?.[mysql ? 1 : 0] ?? name
  const type = sqlType(known)
  return mysql && wishes.unsigned === true && /int|decimal|double|float/.test(type.name)
    ? { ...type, text: `${type.text} unsigned` }
    : type
}

/** A default as it is written in an array of options; texts that are expressions of SQL are told by their words. */
export function defaultIn(value: PhpValue | undefined): Expression | undefined {
  const text = phpText(value)
  return text !== undefined && /^(current_(timestamp|date|time)\b|now\(\))/i.test(text)
    ? expression(text)
    : defaultOf(value)
}

/** The last argument of a call, where it is an array of options. */
export function optionsOf(call: PhpCall, at: number): PhpValue | undefined {
  const value = call.arguments[at] ?? call.named.get('options')
  return value?.kind === 'array' ? value : undefined
}
