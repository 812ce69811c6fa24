import type { JsValue } from '../../../artifact/javascript.ts'
import type { Engine } from '../../../config/types.ts'
import type { ColumnSpec, ColumnType, Reference } from '../operation.ts'
import {
  isFalse,
  isTrue,
  type Link,
  numberOf,
  option,
  sqlText,
  tableName,
  textOf,
  textsOf,
} from './javascript-chain.ts'
import { defaultOf, enumOf, isMySql, plainColumn, referenceTo, typeOf } from './javascript-columns.ts'
import { sqlType } from './rails-columns.ts'

/** A column as a chain of the table builder declares it: `t.integer('user_id').notNullable().references('id').inTable('users')`. */
export interface KnexColumn {
  readonly column: ColumnSpec
  readonly reference?: Reference
  readonly referenceName?: string
  readonly indexed: boolean
  readonly indexName?: string
  readonly uniqueName?: string
  /** `.alter()`, and what it leaves alone. */
  readonly alter?: { readonly type: boolean; readonly nullable: boolean }
  /** What the chain says of these, which `.alter()` takes away otherwise. */
  readonly says: readonly ('null' | 'default')[]
}

const plainTypes: Readonly<Record<string, readonly [postgres: string, mysql: string]>> = {
  integer: ['integer', 'int'],
  int: ['integer', 'int'],
  tinyint: ['smallint', 'tinyint'],
  smallint: ['smallint', 'smallint'],
  mediumint: ['integer', 'mediumint'],
  bigint: ['bigint', 'bigint'],
  bigInteger: ['bigint', 'bigint'],
  float: ['real', 'float'],
  double: ['double precision', 'double'],
  boolean: ['boolean', 'tinyint'],
  bool: ['boolean', 'tinyint'],
  date: ['date', 'date'],
  time: ['time', 'time'],
  json: ['json', 'json'],
  jsonb: ['jsonb', 'json'],
  uuid: ['uuid', 'char'],
  binary: ['bytea', 'blob'],
  geometry: ['geometry', 'geometry'],
  geography: ['geography', 'geography'],
  point: ['point', 'point'],
  tsvector: ['tsvector', 'text'],
  tsVector: ['tsvector', 'text'],
}

const numberedTypes = /^(increments|bigincrements|bigIncrements|smallincrements)$/

/** Does the table builder have a column of this type? */
export const isColumnType = (name: string): boolean =>
  name in plainTypes ||
  numberedTypes.test(name) ||
  /^(string|varchar|text|decimal|datetime|dateTime|timestamp|enu|enum|specificType)$/.test(name)

/** The database's type for a call such as `string('name', 100)`; its first argument is the column. */
export function knexType(name: string, given: readonly JsValue[], engine: Engine | undefined): ColumnType | undefined {
  const mysql = isMySql(engine)
  const [, second, third] = given
  if (/^(increments|smallincrements)$/.test(name)) return typeOf(mysql ? 'int' : 'integer')
  if (numberedTypes.test(name)) return typeOf('bigint')
  if (name === 'string' || name === 'varchar') return typeOf('varchar', [numberOf(second) ?? 255])
  if (name === 'text') return typeOf(mysql ? (textOf(second) ?? 'text') : 'text')
  if (name === 'decimal') {
    if (second?.kind === 'none' && !mysql) return typeOf('numeric')
    return typeOf(mysql ? 'decimal' : 'numeric', [numberOf(second) ?? 8, numberOf(third) ?? 2])
  }
  if (name === 'datetime' || name === 'dateTime' || name === 'timestamp') {
    if (mysql) return typeOf(name.toLowerCase(), [numberOf(option(second, 'precision'))])
    // `timestamp(name, true)` of old times meant "without time zone".
    const bare = isTrue(second) || isFalse(option(second, 'useTz'))
    return typeOf(bare ? 'timestamp' : 'timestamptz', [numberOf(option(second, 'precision'))])
  }
  if (name === 'enu' || name === 'enum') {
    const own = textOf(option(third, 'enumName'))
    if (mysql) return enumOf(textsOf(second))
    return typeOf(isTrue(option(third, 'useNative')) && own !== undefined ? own : 'text')
  }
  if (name === 'specificType') {
    const text = textOf(sqlText(second))
    return text === undefined ? undefined : sqlType(text)
  }
  if (name === 'uuid' && mysql) return typeOf('char', [36])
  const known = plainTypes[name]
  return known && typeOf(mysql ? known[1] : known[0])
}

/** Reads a chain that begins with a column; undefined when its name or type is not known. */
export function knexColumn(links: readonly Link[], engine: Engine | undefined): KnexColumn | undefined {
  const [first, ...rest] = links
  const given = first?.call?.arguments ?? []
  if (!first) return undefined
  const numbered = numberedTypes.test(first.name)
  const name = textOf(given[0]) ?? (numbered && given.length === 0 ? 'id' : undefined)
  const type = knexType(first.name, given, engine)
  if (name === undefined || type === undefined) return undefined
  const keyed = numbered && !isFalse(option(given[1], 'primaryKey'))
  // Postgres gets `text check (… in (…))` for an enum that is no type of its own.
  const check = /^enum?$/.test(first.name) && type.name === 'text'
  const told = toldBy(rest)
  const column = plainColumn(name, type, {
    notNull: told.notNull ?? numbered,
    ...(told.default ? { default: told.default } : {}),
    numbered,
    primaryKey: keyed || told.primary,
    unique: told.unique,
    check: check || told.check,
    ...(told.placed ? { placed: true } : {}),
  })
  return { column, ...told }
}

interface Told {
  notNull: boolean | undefined
  default: ReturnType<typeof defaultOf>
  primary: boolean
  unique: boolean
  check: boolean
  placed: boolean
  indexed: boolean
  reference?: Reference
  referenceName?: string
  indexName?: string
  uniqueName?: string
  alter?: { type: boolean; nullable: boolean }
  says: ('null' | 'default')[]
}

function toldBy(links: readonly Link[]): Told {
  const told: Told = {
    notNull: undefined,
    default: undefined,
    primary: false,
    unique: false,
    check: false,
    placed: false,
    indexed: false,
    says: [],
  }
  let target: string | undefined
  for (const { name, call } of links) {
    const [first] = call?.arguments ?? []
    const text = textOf(first)
    if (/^(notNullable|notNull|nullable)$/.test(name)) told.says.push('null')
    else if (name === 'defaultTo' || name === 'default') told.says.push('default')
    if (name === 'notNullable' || name === 'notNull') told.notNull = true
    else if (name === 'nullable') told.notNull = isFalse(first)
    else if (name === 'defaultTo' || name === 'default') told.default = defaultOf(first)
    else if (name === 'primary') told.primary = true
    else if (name === 'unique') {
      told.unique = true
      const given = textOf(option(first, 'indexName')) ?? text
      if (given !== undefined) told.uniqueName = given
    } else if (name === 'index') {
      told.indexed = true
      if (text !== undefined) told.indexName = text
    } else if (name === 'references') target = text
    else if (name === 'inTable' || name === 'on') {
      const reference = text === undefined ? undefined : referenceTo(target ?? 'id', tableName(text))
      if (reference) told.reference = reference
    } else if (name === 'withKeyName') {
      if (text !== undefined) told.referenceName = text
    } else if (name === 'after' || name === 'first') told.placed = true
    else if (/^check[A-Z]/.test(name) || name === 'check') told.check = true
    else if (name === 'alter')
      told.alter = {
        type: !isFalse(option(first, 'alterType')),
        nullable: !isFalse(option(first, 'alterNullable')),
      }
  }
  const alone = told.reference || target === undefined ? undefined : referenceTo(target)
  if (alone) told.reference = alone
  return told
}
