import { argumentOf, dotted, type PyCall, type PyValue } from '../../../artifact/python.ts'
import type { Engine } from '../../../config/types.ts'
import type { ColumnSpec, ColumnType, Expression, Reference } from '../operation.ts'
import { sqlText } from './python-scope.ts'

/** SQLAlchemy's types by their names in lower case; types it writes as the database does need no entry. */
const names: Readonly<Record<string, readonly [postgres: string, mysql: string]>> = {
  string: ['varchar', 'varchar'],
  unicode: ['varchar', 'varchar'],
  nvarchar: ['varchar', 'varchar'],
  autostring: ['varchar', 'varchar'],
  emailtype: ['varchar', 'varchar'],
  unicodetext: ['text', 'text'],
  clob: ['text', 'text'],
  int: ['integer', 'integer'],
  biginteger: ['bigint', 'bigint'],
  smallinteger: ['smallint', 'smallint'],
  boolean: ['boolean', 'tinyint'],
  bool: ['boolean', 'tinyint'],
  largebinary: ['bytea', 'blob'],
  binary: ['bytea', 'binary'],
  blob: ['bytea', 'blob'],
  float: ['double precision', 'float'],
  double: ['double precision', 'double'],
  double_precision: ['double precision', 'double'],
  decimal: ['numeric', 'decimal'],
  numeric: ['numeric', 'decimal'],
  uuid: ['uuid', 'char'],
  guid: ['uuid', 'char'],
  uuidtype: ['uuid', 'binary'],
  pickletype: ['bytea', 'blob'],
  int8: ['bigint', 'bigint'],
  int4: ['integer', 'integer'],
}

const textOf = (value: PyValue | undefined): string | undefined =>
  value?.kind === 'text' && value.holes === 0 ? value.text : undefined
const isTrue = (value: PyValue | undefined): boolean => value?.kind === 'boolean' && value.value
const isFalse = (value: PyValue | undefined): boolean => value?.kind === 'boolean' && !value.value

/** `sa.String(length=20)`, `sa.Integer`, `postgresql.ARRAY(sa.Text())` */
export function saType(value: PyValue | undefined, engine: Engine | undefined, depth = 0): ColumnType | undefined {
  if (value === undefined || depth > 5) return undefined
  const mysql = engine === 'mysql' || engine === 'mariadb'
  if (value.kind === 'name' || value.kind === 'attribute') return named(value.name, [], mysql)
  if (value.kind !== 'call') return undefined
  const { name } = value
  if (name === 'with_variant' && value.callee.kind === 'attribute') {
    const [variant, ...dialects] = value.arguments
    const own = dialects.some(one => (mysql ? /mysql|mariadb/ : /postgres/).test(textOf(one) ?? ''))
    return saType(own ? variant : value.callee.of, engine, depth + 1)
  }
  const [first] = value.arguments
  if (/^(ARRAY|Array)$/.test(name)) {
    const inner = saType(first ?? value.keywords.get('item_type'), engine, depth + 1)
    return inner && { ...inner, array: true, text: `${inner.text}[]` }
  }
  if (/^(MutableDict|MutableList|as_mutable|Annotated)$/.test(name)) return saType(first, engine, depth + 1)
  if (/^(Enum|ENUM)$/.test(name)) {
    const own = textOf(value.keywords.get('name'))
    const listed = mysql ? value.arguments.map(textOf) : []
    if (listed.length > 0 && listed.every(text => text !== undefined))
      return { name: 'enum', arguments: [], text: `enum(${listed.map(text => `'${text}'`).join(',')})` }
    return { name: own?.toLowerCase() ?? 'enum', arguments: [], text: own ?? 'enum' }
  }
  if (/^(DateTime|TIMESTAMP|DATETIME|Time|TIME)$/.test(name)) {
    const zone = isTrue(value.keywords.get('timezone')) || (name === 'DateTime' && isTrue(first))
    const kind =
      /time$/i.test(name) && !/date/i.test(name) && name !== 'TIMESTAMP' ? 'time' : mysql ? 'datetime' : 'timestamp'
    const full = mysql ? (name === 'TIMESTAMP' ? 'timestamp' : kind) : zone ? `${kind}tz` : kind
    const precision = value.keywords.get('precision')
    return { name: full, arguments: precision?.kind === 'number' ? [precision.value] : [], text: full }
  }
  const numbers = [
    ...value.arguments,
    ...['length', 'precision', 'scale'].flatMap(key => value.keywords.get(key) ?? []),
  ].flatMap(one => (one.kind === 'number' ? [one.value] : []))
  return named(name, numbers, mysql)
}

function named(name: string, numbers: readonly number[], mysql: boolean): ColumnType {
  const lower = name.toLowerCase()
  const datetime = mysql ? 'datetime' : 'timestamp'
  const canonical = lower === 'datetime' ? datetime : (names[lower]?.[mysql ? 1 : 0] ?? lower)
  // A float's precision is a choice between two types, and no length.
  const given = /^(double precision|float|boolean|text|jsonb?|uuid|bytea|integer|bigint|smallint)$/.test(canonical)
    ? []
    : numbers
  return { name: canonical, arguments: given, text: given.length > 0 ? `${canonical}(${given.join(', ')})` : canonical }
}

/** A column as `sa.Column(…)` declares it, with what Alembic makes in statements of their own. */
export interface SaColumn {
  readonly column: ColumnSpec
  readonly indexed: boolean
  readonly unique: boolean
  readonly references?: Reference & { readonly name?: string }
}

export function saColumn(value: PyValue | undefined, engine: Engine | undefined): SaColumn | undefined {
  if (value?.kind !== 'call' || !/^(Column|column|mapped_column)$/.test(value.name)) return undefined
  const [first] = value.arguments
  const name = textOf(value.keywords.get('name')) ?? textOf(first)
  if (name === undefined) return undefined
  const rest = textOf(first) === undefined ? value.arguments : value.arguments.slice(1)
  const part = (pattern: RegExp): PyCall | undefined =>
    rest.find((one): one is PyCall => one.kind === 'call' && pattern.test(one.name))
  const option = (key: string): PyValue | undefined => value.keywords.get(key)
  const isPart = /^(ForeignKey|Identity|Computed|Sequence|CheckConstraint|FetchedValue)$/
  const type = saType(option('type_') ?? rest.find(one => !(one.kind === 'call' && isPart.test(one.name))), engine)
  const primaryKey = isTrue(option('primary_key'))
  const computed = part(/^Computed$/)
  const given = serverDefault(option('server_default'))
  const foreign = part(/^ForeignKey$/)
  const references = foreign && referenceOf(foreign)
  const numbered =
    part(/^(Identity|Sequence)$/) !== undefined ||
    (primaryKey && /^(integer|bigint|smallint)$/.test(type?.name ?? '') && !isFalse(option('autoincrement'))) ||
    /^(big|small)?serial$/.test(type?.name ?? '')
  return {
    column: {
      name,
      type: type ?? { name: 'unknown', arguments: [], text: 'unknown' },
      notNull: primaryKey || isFalse(option('nullable')),
      ...(given ? { default: given } : {}),
      ...(computed ? { generated: isFalse(computed.keywords.get('persisted')) ? 'virtual' : 'stored' } : {}),
      numbered,
      primaryKey,
      unique: false,
      check: part(/^CheckConstraint$/) !== undefined,
    },
    indexed: isTrue(option('index')) && !isTrue(option('unique')),
    unique: isTrue(option('unique')),
    ...(references ? { references } : {}),
  }
}

/** `sa.ForeignKey("users.id", name="fk")` */
export function referenceOf(foreign: PyCall): (Reference & { readonly name?: string }) | undefined {
  const target = argumentOf(foreign, 0, 'column')
  const text = textOf(target) ?? (target?.kind === 'attribute' ? dotted(target).replace(/\.c\./, '.') : undefined)
  const dot = text?.lastIndexOf('.') ?? -1
  if (text === undefined || dot <= 0) return undefined
  const name = textOf(foreign.keywords.get('name'))
  return {
    table: tableName(text.slice(0, dot)),
    columns: [text.slice(dot + 1)],
    ...(name === undefined ? {} : { name }),
    ...actionsOf(key => foreign.keywords.get(key)),
  }
}

/** `ondelete="CASCADE"` and its like, as SQL; nothing where one of them is only known when it runs. */
export function actionsOf(given: (name: string) => PyValue | undefined): Pick<Reference, 'actions'> {
  const parts = [
    ['ondelete', 'ON DELETE'],
    ['onupdate', 'ON UPDATE'],
  ].flatMap(([key = '', said = '']) => {
    const value = given(key)
    return value === undefined || value.kind === 'none' ? [] : [[said, textOf(value)] as const]
  })
  const more = ['deferrable', 'initially', 'match'].some(key => given(key) !== undefined)
  if (more || parts.some(([, value]) => value === undefined || !/^[a-z ]+$/i.test(value))) return {}
  return { actions: parts.map(([said, value]) => `${said} ${value}`).join(' ') }
}

/** Drops the schema that is the default anyway. */
export const tableName = (name: string): string => name.replace(/^public\./, '')

/** A text is a constant, `sa.text(…)` an expression. */
export function serverDefault(value: PyValue | undefined): Expression | undefined {
  if (value === undefined || value.kind === 'none') return undefined
  if (value.kind === 'text') return { text: `'${value.text}'`, functions: [] }
  const written = sqlText(value)
  if (written) {
    const functions = [...written.text.replace(/'[^']*'/g, '').matchAll(/([a-z_][\w.]*)\s*\(/gi)]
    return {
      text: written.text,
      functions: functions.map(([, name = '']) => name.slice(name.lastIndexOf('.') + 1).toLowerCase()),
    }
  }
  if (value.kind === 'call') {
    if (/^(false|true|null|literal|cast|FetchedValue)$/.test(value.name)) return { text: value.name, functions: [] }
    const isFunction = value.callee.kind === 'attribute' && /(^|\.)func$/.test(dotted(value.callee.of))
    return { text: `${value.name}()`, functions: isFunction ? [value.name.toLowerCase()] : [] }
  }
  if (value.kind === 'number' || value.kind === 'boolean') return { text: String(value.value), functions: [] }
  return { text: dotted(value), functions: [] }
}
