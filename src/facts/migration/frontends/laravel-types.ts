import { argumentOf, type PhpCall, phpNumber, phpText, phpTexts } from '../../../artifact/php.ts'
import type { Engine } from '../../../config/types.ts'
import type { ColumnType } from '../operation.ts'
import { isMySql, typeOf } from './javascript-columns.ts'
import { sqlType } from './rails-columns.ts'

/** Types without arguments, on Postgres and on MySQL. */
const plain: Readonly<Record<string, readonly [postgres: string, mysql: string]>> = {
  tinyText: ['varchar(255)', 'tinytext'],
  text: ['text', 'text'],
  mediumText: ['text', 'mediumtext'],
  longText: ['text', 'longtext'],
  integer: ['integer', 'int'],
  tinyInteger: ['smallint', 'tinyint'],
  smallInteger: ['smallint', 'smallint'],
  mediumInteger: ['integer', 'mediumint'],
  bigInteger: ['bigint', 'bigint'],
  unsignedInteger: ['integer', 'int unsigned'],
  unsignedTinyInteger: ['smallint', 'tinyint unsigned'],
  unsignedSmallInteger: ['smallint', 'smallint unsigned'],
  unsignedMediumInteger: ['integer', 'mediumint unsigned'],
  unsignedBigInteger: ['bigint', 'bigint unsigned'],
  increments: ['integer', 'int unsigned'],
  integerIncrements: ['integer', 'int unsigned'],
  tinyIncrements: ['smallint', 'tinyint unsigned'],
  smallIncrements: ['smallint', 'smallint unsigned'],
  mediumIncrements: ['integer', 'mediumint unsigned'],
  bigIncrements: ['bigint', 'bigint unsigned'],
  id: ['bigint', 'bigint unsigned'],
  foreignId: ['bigint', 'bigint unsigned'],
  foreignIdFor: ['bigint', 'bigint unsigned'],
  uuid: ['uuid', 'char(36)'],
  foreignUuid: ['uuid', 'char(36)'],
  ulid: ['char(26)', 'char(26)'],
  foreignUlid: ['char(26)', 'char(26)'],
  float: ['double precision', 'double'],
  double: ['double precision', 'double'],
  boolean: ['boolean', 'tinyint(1)'],
  json: ['json', 'json'],
  jsonb: ['jsonb', 'json'],
  date: ['date', 'date'],
  year: ['integer', 'year'],
  binary: ['bytea', 'blob'],
  ipAddress: ['inet', 'varchar(45)'],
  macAddress: ['macaddr', 'varchar(17)'],
  geometry: ['geometry', 'geometry'],
  geography: ['geography', 'geometry'],
  point: ['geography', 'point'],
  lineString: ['geography', 'linestring'],
  polygon: ['geography', 'polygon'],
  multiPoint: ['geography', 'multipoint'],
  multiLineString: ['geography', 'multilinestring'],
  multiPolygon: ['geography', 'multipolygon'],
  geometryCollection: ['geography', 'geometrycollection'],
  vector: ['vector', 'vector'],
  tsvector: ['tsvector', 'text'],
}

const numbered = /^(id|\w*[iI]ncrements)$/
const timed = /^(dateTime|dateTimeTz|timestamp|timestampTz|time|timeTz|softDeletes|softDeletesTz|softDeletesDatetime)$/
const sized =
  /^(string|char|decimal|unsignedDecimal|unsignedFloat|unsignedDouble|enum|set|rawColumn|addColumn|computed|rememberToken)$/

const spelling: ReadonlyMap<string, string> = new Map(
  [
    ...Object.keys(plain),
    ...'dateTime dateTimeTz timestamp timestampTz time timeTz softDeletes softDeletesTz softDeletesDatetime'.split(' '),
    ...'string char decimal unsignedDecimal enum set rememberToken timestamps nullableTimestamps dropColumn'.split(' '),
    ...'nullable default unique index primary constrained references change useCurrent autoIncrement'.split(' '),
  ].map(name => [name.toLowerCase(), name]),
)

/** PHP does not mind the case of a method's name. */
export const spelt = (name: string): string => spelling.get(name.toLowerCase()) ?? name

/** Does a call on `$table` declare one column of its own? */
export const isColumnType = (name: string): boolean => name in plain || timed.test(name) || sized.test(name)

/** Does the type count by itself, and is it the primary key? */
export const isNumbered = (name: string): boolean => numbered.test(name)

/** The database's type for a call such as `string('name', 100)`; undefined when it is only known at run time. */
export function columnType(call: PhpCall, engine: Engine | undefined): ColumnType | undefined {
  const { name } = call
  const mysql = isMySql(engine)
  const length = phpNumber(argumentOf(call, 1, 'length'))
  if (name === 'string') return typeOf('varchar', [length ?? 255])
  if (name === 'rememberToken') return typeOf('varchar', [100])
  if (name === 'char') return typeOf('char', [length ?? 255])
  if (/decimal$/i.test(name)) {
    const numbers = [phpNumber(argumentOf(call, 1, 'total')) ?? 8, phpNumber(argumentOf(call, 2, 'places')) ?? 2]
    return typeOf(mysql ? 'decimal' : 'numeric', numbers)
  }
  if (name === 'unsignedFloat' || name === 'unsignedDouble') return typeOf(mysql ? 'double' : 'double precision')
  if (timed.test(name)) return timeType(call, mysql)
  if (name === 'enum' || name === 'set') {
    if (!mysql) return typeOf('varchar', [255])
    const values = phpTexts(argumentOf(call, 1, 'allowed'))
    return { name, arguments: [], text: values ? `${name}(${values.map(value => `'${value}'`).join(',')})` : name }
  }
  if (name === 'rawColumn') {
    const text = phpText(argumentOf(call, 1, 'definition'))
    return text === undefined ? undefined : sqlType(text)
  }
  if (name === 'computed') return typeOf('varchar', [255])
  if (name === 'addColumn') {
    const type = phpText(argumentOf(call, 0, 'type'))
    if (type === undefined) return undefined
    // `addColumn('string', 'name', ['length' => 50])`
    const known = type !== 'addColumn' && isColumnType(type)
    return known ? columnType({ ...call, name: type, arguments: [], named: new Map() }, engine) : sqlType(type)
  }
  if (name === 'binary' && mysql && length !== undefined) return typeOf('varbinary', [length])
  const types = plain[name]
  if (!types) return undefined
  // `integer('n', false, true)`
  const third = /^(big|medium|small|tiny)?integer$/i.test(name) ? argumentOf(call, 2, 'unsigned') : undefined
  const unsigned = mysql && third?.kind === 'boolean' && third.value ? ' unsigned' : ''
  return { ...sqlType(types[mysql ? 1 : 0]), text: types[mysql ? 1 : 0] + unsigned }
}

function timeType(call: PhpCall, mysql: boolean): ColumnType {
  const { name } = call
  const precision = phpNumber(argumentOf(call, 1, 'precision'))
  const zoned = name.endsWith('Tz')
  if (/^time(Tz)?$/.test(name)) return typeOf(zoned && !mysql ? 'timetz' : 'time', [precision])
  if (mysql) return typeOf(/^dateTime|Datetime$/.test(name) ? 'datetime' : 'timestamp', [precision])
  return typeOf(zoned ? 'timestamptz' : 'timestamp', [precision ?? 0])
}
