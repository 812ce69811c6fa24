import type { RubyValue } from '../../../artifact/ruby.ts'
import type { Engine } from '../../../config/types.ts'
import type { Span } from '../../../text/lines.ts'
import type { ColumnSpec, ColumnType, Expression } from '../operation.ts'

export type Options = ReadonlyMap<string, RubyValue>

/** What the meaning of a call depends on. `version`: of `ActiveRecord::Migration[7.1]`; 4.2 where the file names none. */
export interface Setting {
  readonly version: number
  readonly engine?: Engine
  /** Does a table of this name exist? Decides between the names that convention allows. */
  readonly knows?: (table: string) => boolean
}

/** Rails' column types whose name is not the database's. */
const renamed: Readonly<Record<string, string>> = {
  string: 'varchar',
  datetime: 'timestamp',
  decimal: 'numeric',
  float: 'double precision',
  binary: 'bytea',
  bit_varying: 'varbit',
  primary_key: 'bigint',
  serial: 'integer',
  bigserial: 'bigint',
  smallserial: 'smallint',
  virtual: 'varchar',
  blob: 'bytea',
  unsigned_integer: 'integer',
  unsigned_bigint: 'bigint',
  unsigned_float: 'double precision',
  unsigned_decimal: 'numeric',
}

const renamedInMySql: Readonly<Record<string, string>> = {
  datetime: 'datetime',
  binary: 'blob',
  blob: 'blob',
  decimal: 'decimal',
  float: 'float',
  boolean: 'tinyint',
}

/** Names that SQL has for types of which we use another name; also for types written as text in a migration. */
const sqlNames: Readonly<Record<string, string>> = {
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  'character varying': 'varchar',
  character: 'char',
  bool: 'boolean',
  decimal: 'numeric',
  float8: 'double precision',
  float4: 'real',
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  'time without time zone': 'time',
  'time with time zone': 'timetz',
  'bit varying': 'varbit',
}

export function textOf(value: RubyValue | undefined): string | undefined {
  return value?.kind === 'text' && value.holes === 0 ? value.text : undefined
}

export function textsOf(value: RubyValue | undefined): readonly string[] | undefined {
  const one = textOf(value)
  if (one !== undefined) return [one]
  if (value?.kind !== 'array') return undefined
  const texts = value.items.map(textOf)
  return texts.every(text => text !== undefined) ? texts : undefined
}

export const numberOf = (value: RubyValue | undefined): number | undefined =>
  value?.kind === 'number' ? value.value : undefined
export const isTrue = (value: RubyValue | undefined): boolean => value?.kind === 'boolean' && value.value
export const isFalse = (value: RubyValue | undefined): boolean => value?.kind === 'boolean' && !value.value
/** Given, and neither `false` nor `nil`. */
export const isSet = (value: RubyValue | undefined): boolean =>
  value !== undefined && value.kind !== 'nil' && !isFalse(value)

export const isMySql = (setting: Setting): boolean => setting.engine === 'mysql' || setting.engine === 'mariadb'

/** A type written in SQL, such as `character varying(255)` or `integer unsigned`. */
export function sqlType(text: string): ColumnType {
  const lower = text
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^public\./, '')
  const numbers = /\(([\d\s,]+)\)/.exec(lower)?.[1]?.split(',').map(Number) ?? []
  const array = /\[\d*\]$|\barray$/.test(lower)
  const name = lower
    .replace(/\s*\([^)]*\)/, '')
    .replace(/\s*\[\d*\]|\s+array$/g, '')
    .replace(
      /\s+(unsigned|not null|null|default|character set|charset|collate|comment|auto_increment|primary key|references|check)\b.*$/,
      '',
    )
    .trim()
  return { name: sqlNames[name] ?? name, arguments: numbers, ...(array ? { array } : {}), text }
}

/** The database's type of a column that Rails calls `type`, with `limit:`, `precision:`, `scale:`, `array:`. */
export function columnType(type: string, options: Options, setting: Setting): ColumnType {
  const limit = numberOf(options.get('limit'))
  const precision = numberOf(options.get('precision'))
  const scale = numberOf(options.get('scale'))
  const text = [
    type,
    ...(limit === undefined ? [] : [`limit: ${limit}`]),
    ...(precision === undefined ? [] : [`precision: ${precision}`]),
    ...(scale === undefined ? [] : [`scale: ${scale}`]),
  ].join(', ')
  const array = isTrue(options.get('array')) ? { array: true } : {}
  const of = (name: string, numbers: readonly (number | undefined)[] = []): ColumnType => ({
    name,
    arguments: numbers.filter(number => number !== undefined),
    ...array,
    text,
  })
  if (type === 'virtual')
    return columnType(
      textOf(options.get('type')) ?? 'string',
      new Map([...options].filter(([key]) => key !== 'type')),
      setting,
    )
  if (type === 'enum') return of(textOf(options.get('enum_type')) ?? 'enum')
  if (type === 'integer' || type === 'unsigned_integer') return of(integerOf(limit, setting))
  if (type === 'primary_key') return of(setting.version >= 5.1 ? 'bigint' : 'integer')
  if (type === 'string') return of('varchar', [limit ?? (isMySql(setting) ? 255 : undefined)])
  if (type === 'decimal' || type === 'numeric')
    return of(isMySql(setting) ? 'decimal' : 'numeric', precision === undefined ? [] : [precision, scale])
  if (type === 'text' && isMySql(setting)) return of(sized('text', limit, textOf(options.get('size'))))
  if ((type === 'binary' || type === 'blob') && isMySql(setting))
    return of(sized('blob', limit, textOf(options.get('size'))))
  if (/^(datetime|timestamp|timestamptz|time)$/.test(type)) return of(renamedIn(type, setting), [precision])
  // `add_column :users, :code, 'char(2)'` hands the type to the database as it is.
  if (/[\s()[\]A-Z]/.test(type)) return { ...sqlType(type), ...array, text: type }
  // Postgres' text and bytea have no length; Rails drops it.
  return of(renamedIn(type, setting), /^(text|binary|blob)$/.test(type) ? [] : [limit])
}

function renamedIn(type: string, setting: Setting): string {
  return (isMySql(setting) ? renamedInMySql[type] : undefined) ?? renamed[type] ?? sqlNames[type] ?? type
}

function integerOf(limit: number | undefined, setting: Setting): string {
  if (limit === undefined) return 'integer'
  if (isMySql(setting) && limit === 1) return 'tinyint'
  if (isMySql(setting) && limit === 3) return 'mediumint'
  return limit <= 2 ? 'smallint' : limit <= 4 ? 'integer' : 'bigint'
}

function sized(name: string, limit: number | undefined, size: string | undefined): string {
  if (size === 'tiny' || size === 'medium' || size === 'long') return size + name
  if (limit === undefined) return name
  return limit < 256 ? `tiny${name}` : limit < 65536 ? name : limit < 16777216 ? `medium${name}` : `long${name}`
}

/** Functions that an SQL expression calls. */
export function functionsIn(text: string): readonly string[] {
  const withoutStrings = text.replace(/'(?:[^']|'')*'/g, "''")
  const names = [...withoutStrings.matchAll(/(?:"?\w+"?\.)?"?\b([A-Za-z_]\w*)"?\s*\(/g)].map(match =>
    (match[1] ?? '').toLowerCase(),
  )
  return [
    ...new Set(
      names.filter(
        name =>
          !/^(cast|coalesce|nullif|greatest|least|case|and|or|not|in|row|array|varchar|numeric|decimal|char|interval|timestamp|time|bit)$/.test(
            name,
          ),
      ),
    ),
  ]
}

/** The default of a column; undefined for none and for `nil`. Whatever is not a lambda is a constant by the time the database sees it. */
export function defaultOf(value: RubyValue | undefined, type: ColumnType): Expression | undefined {
  if (!value || value.kind === 'nil') return undefined
  if (value.kind === 'lambda') {
    const text = textOf(value.body) ?? value.source
    return { text, functions: functionsIn(text) }
  }
  if (value.kind === 'text') {
    // Rails hands `default: "gen_random_uuid()"` of a uuid column to the database unquoted.
    if (type.name === 'uuid' && value.text.includes('()'))
      return { text: value.text, functions: functionsIn(value.text) }
    return { text: `'${value.text.replaceAll("'", "''")}'`, functions: [] }
  }
  if (value.kind === 'number' || value.kind === 'boolean') return { text: String(value.value), functions: [] }
  if (value.kind === 'code') return { text: value.source, functions: [] }
  return { text: value.kind === 'array' ? "'{}'" : "'{}'", functions: [] }
}

/** A column as `add_column` and `t.string` declare it. */
export function columnSpec(name: string, type: string, options: Options, setting: Setting, span?: Span): ColumnSpec {
  const of = columnType(type, options, setting)
  const numbered = /^(primary_key|serial|bigserial|smallserial)$/.test(type) || isTrue(options.get('auto_increment'))
  const value = defaultOf(options.get('default'), of)
  const generated =
    options.get('as') !== undefined || type === 'virtual'
      ? isTrue(options.get('stored'))
        ? 'stored'
        : 'virtual'
      : undefined
  return {
    name,
    type: of,
    notNull: isFalse(options.get('null')) || type === 'primary_key',
    ...(value ? { default: value } : {}),
    ...(generated ? { generated } : {}),
    numbered,
    primaryKey: type === 'primary_key' || isTrue(options.get('primary_key')),
    unique: false,
    check: false,
    ...(options.has('after') || options.has('first') ? { placed: true } : {}),
    ...(span ? { span } : {}),
  }
}
