import type { JsValue } from '../../../artifact/javascript.ts'
import type { Engine } from '../../../config/types.ts'
import type { ColumnSpec, ColumnType, Reference } from '../operation.ts'
import { isFalse, isTrue, numberOf, option, tableOf, textOf, textsOf } from './javascript-chain.ts'
import { defaultOf, enumOf, isMySql, plainColumn, typeOf } from './javascript-columns.ts'
import { sqlType } from './rails-columns.ts'

const plainTypes: Readonly<Record<string, readonly [postgres: string, mysql: string]>> = {
  STRING: ['varchar', 'varchar'],
  CHAR: ['char', 'char'],
  TEXT: ['text', 'text'],
  CITEXT: ['citext', 'text'],
  TINYINT: ['smallint', 'tinyint'],
  SMALLINT: ['smallint', 'smallint'],
  MEDIUMINT: ['integer', 'mediumint'],
  INTEGER: ['integer', 'int'],
  BIGINT: ['bigint', 'bigint'],
  NUMBER: ['numeric', 'decimal'],
  FLOAT: ['double precision', 'float'],
  REAL: ['real', 'double'],
  DOUBLE: ['double precision', 'double'],
  DECIMAL: ['numeric', 'decimal'],
  BOOLEAN: ['boolean', 'tinyint'],
  DATE: ['timestamptz', 'datetime'],
  DATEONLY: ['date', 'date'],
  TIME: ['time', 'time'],
  NOW: ['timestamptz', 'datetime'],
  UUID: ['uuid', 'char'],
  UUIDV1: ['uuid', 'char'],
  UUIDV4: ['uuid', 'char'],
  JSON: ['json', 'json'],
  JSONB: ['jsonb', 'json'],
  BLOB: ['bytea', 'blob'],
  HSTORE: ['hstore', 'text'],
  INET: ['inet', 'varchar'],
  CIDR: ['cidr', 'varchar'],
  MACADDR: ['macaddr', 'varchar'],
  TSVECTOR: ['tsvector', 'text'],
  GEOMETRY: ['geometry', 'geometry'],
  GEOGRAPHY: ['geography', 'geography'],
}

/** The type of `DataTypes.STRING(40)`, `Sequelize.ARRAY(Sequelize.TEXT)`, `'varchar(40)'`, or of a definition with `type`. */
export function sequelizeType(
  value: JsValue | undefined,
  engine: Engine | undefined,
  depth = 0,
): ColumnType | undefined {
  if (!value || depth > 6) return undefined
  const text = textOf(value)
  if (text !== undefined) return sqlType(text)
  // `DataTypes.INTEGER.UNSIGNED`, `DataTypes.STRING.BINARY`
  if (value.kind === 'member' && /^(UNSIGNED|BINARY|ZEROFILL)$/.test(value.name))
    return sequelizeType(value.of, engine, depth + 1)
  const call = value.kind === 'call' ? value : undefined
  const name = call ? call.name : value.kind === 'member' || value.kind === 'name' ? value.name : ''
  const given = call?.arguments ?? []
  const mysql = isMySql(engine)
  if (name === 'ARRAY') {
    const inner = sequelizeType(given[0], engine, depth + 1)
    return inner && { ...inner, array: true, text: `${inner.text}[]` }
  }
  if (name === 'ENUM') return mysql ? enumOf(listedIn(given)) : typeOf('enum')
  if (name === 'RANGE') return typeOf('tstzrange')
  const known = plainTypes[name]
  if (!known) return undefined
  const base = known[mysql ? 1 : 0]
  const numbers = given.map(numberOf).filter(number => number !== undefined)
  if (name === 'STRING') return typeOf(base, [numbers[0] ?? numberOf(option(given[0], 'length')) ?? 255])
  if (name === 'TEXT' || name === 'BLOB') {
    const size = textOf(given[0])
    return mysql && size !== undefined ? typeOf(`${size}${base}`) : typeOf(base)
  }
  if (/^(CHAR|DECIMAL|DATE|TIME)$/.test(name)) return typeOf(base, numbers)
  return mysql && /^UUID/.test(name) ? typeOf('char', [36]) : typeOf(base)
}

/** A column's definition: `{ type, allowNull, defaultValue, references, … }`, or just a type. */
export function sequelizeColumn(name: string, value: JsValue | undefined, engine: Engine | undefined): ColumnSpec {
  const said = value?.kind === 'object' ? value : undefined
  const type = sequelizeType(said ? said.entries.get('type') : value, engine) ?? {
    name: 'unknown',
    arguments: [],
    text: 'unknown',
  }
  const given = said?.entries.get('defaultValue')
  const standard = inDatabase(given) ? defaultOf(given) : undefined
  const primaryKey = isTrue(option(said, 'primaryKey'))
  const references = referenceOf(option(said, 'references'), said)
  return plainColumn(name, type, {
    notNull: primaryKey || isFalse(option(said, 'allowNull')),
    ...(standard ? { default: standard } : {}),
    numbered: isTrue(option(said, 'autoIncrement')),
    primaryKey,
    unique: isSet(option(said, 'unique')),
    ...(references ? { references } : {}),
    ...(option(said, 'after') || option(said, 'first') ? { placed: true } : {}),
  })
}

export const isSet = (value: JsValue | undefined): boolean =>
  value !== undefined && value.kind !== 'none' && !isFalse(value)

/** Sequelize itself fills in `DataTypes.NOW`, `UUIDV4` and functions: the database gets no default. */
function inDatabase(value: JsValue | undefined): boolean {
  if (value?.kind === 'function') return false
  const name = value?.kind === 'member' || value?.kind === 'name' || value?.kind === 'call' ? value.name : ''
  return !/^(NOW|UUIDV[147])$/.test(name)
}

/** `{ model: 'users', key: 'id' }`, `{ model: { tableName, schema }, key }`, or a table's name. */
export function referenceOf(value: JsValue | undefined, around: JsValue | undefined): Reference | undefined {
  const table =
    tableOf(option(value, 'model')) ??
    tableOf(option(value, 'table')) ??
    (value?.kind === 'text' ? tableOf(value) : undefined)
  const field = textOf(option(value, 'key')) ?? textOf(option(value, 'field')) ?? 'id'
  return table === undefined ? undefined : { table, columns: [field], ...actionsOf(around) }
}

/** `onDelete: 'CASCADE'` beside the reference, as SQL; nothing where it is only known when it runs. */
function actionsOf(around: JsValue | undefined): Pick<Reference, 'actions'> {
  const parts = [
    ['onDelete', 'ON DELETE'],
    ['onUpdate', 'ON UPDATE'],
  ].flatMap(([key = '', said = '']) => {
    const value = option(around, key)
    return value === undefined || value.kind === 'none' ? [] : [[said, textOf(value)] as const]
  })
  if (option(around, 'deferrable') !== undefined) return {}
  if (parts.some(([, value]) => value === undefined || !/^[a-z ]+$/i.test(value))) return {}
  return { actions: parts.map(([said, value]) => `${said} ${value?.toUpperCase()}`).join(' ') }
}

/** `ENUM('a', 'b')`, `ENUM(['a', 'b'])`, `ENUM({ values: ['a', 'b'] })`. */
function listedIn(given: readonly JsValue[]): readonly string[] | undefined {
  const texts = given.map(textOf)
  if (texts.length > 1) return texts.every(text => text !== undefined) ? texts : undefined
  return textsOf(given[0]) ?? textsOf(option(given[0], 'values'))
}
