import type { Engine } from '../../../config/types.ts'
import type { ColumnSpec, ColumnType, Expression, Reference } from '../operation.ts'
import type { Entry } from './liquibase-tree.ts'
import { functionsIn, sqlType } from './rails-columns.ts'

/** What the meaning of a changelog depends on. */
export interface ChangelogSetting {
  readonly engine: Engine
  /** `${name}` in a text, by the properties that hold for the engine. */
  readonly fill: (text: string) => string
}

/** An attribute or scalar of an entry with its properties filled in; undefined when it is missing or empty. */
export function given(entry: Entry, name: string, { fill }: ChangelogSetting): string | undefined {
  const text = entry.values.get(name)?.text
  return text === undefined || text.trim() === '' ? undefined : fill(text).trim()
}

export function isTrue(entry: Entry, name: string, setting: ChangelogSetting): boolean {
  return /^(true|yes|1)$/i.test(given(entry, name, setting) ?? '')
}

export function isFalse(entry: Entry, name: string, setting: ChangelogSetting): boolean {
  return /^(false|no|0)$/i.test(given(entry, name, setting) ?? '')
}

const isMySql = ({ engine }: ChangelogSetting): boolean => engine === 'mysql' || engine === 'mariadb'

/** Liquibase quotes names of mixed case on Postgres; what is all in capitals is folded. */
export function folded(name: string, setting: ChangelogSetting): string {
  const bare = name.replace(/^["`[]|["`\]]$/g, '')
  return !isMySql(setting) && bare === bare.toUpperCase() ? bare.toLowerCase() : bare
}

/** The table that `tableName` and `schemaName` (or their like) name, without the default schema. */
export function tableIn(
  entry: Entry,
  setting: ChangelogSetting,
  name = 'tableName',
  schema = 'schemaName',
): string | undefined {
  const table = given(entry, name, setting)
  if (table === undefined) return undefined
  const own = given(entry, schema, setting)
  const owner = own === undefined || own === 'public' || own.includes('${') ? '' : `${folded(own, setting)}.`
  return (
    owner +
    table
      .split('.')
      .map(part => folded(part, setting))
      .join('.')
      .replace(/^public\./, '')
  )
}

/** Names in `columnNames="a, b"`, without the order and length that MySQL allows behind them. */
export function namesIn(text: string | undefined, setting: ChangelogSetting): readonly string[] {
  return (text ?? '')
    .split(',')
    .map(name => folded(name.trim().replace(/\s+(asc|desc)$|\(\d+\)$/gi, ''), setting))
    .filter(name => name !== '')
}

/** Types that Liquibase translates for each database. */
const postgresTypes: Readonly<Record<string, string>> = {
  clob: 'text',
  nclob: 'text',
  longtext: 'text',
  mediumtext: 'text',
  tinytext: 'text',
  longvarchar: 'text',
  blob: 'oid',
  longblob: 'bytea',
  tinyblob: 'bytea',
  mediumblob: 'bytea',
  binary: 'bytea',
  varbinary: 'bytea',
  longvarbinary: 'bytea',
  datetime: 'timestamp',
  datetime2: 'timestamp',
  tinyint: 'smallint',
  mediumint: 'integer',
  number: 'numeric',
  currency: 'numeric',
  double: 'double precision',
  bit: 'boolean',
  nvarchar: 'varchar',
  varchar2: 'varchar',
  nvarchar2: 'varchar',
  nchar: 'char',
}

const mysqlTypes: Readonly<Record<string, string>> = {
  clob: 'longtext',
  nclob: 'longtext',
  blob: 'longblob',
  boolean: 'tinyint',
  bit: 'tinyint',
  number: 'numeric',
  currency: 'decimal',
  nvarchar: 'varchar',
  varchar2: 'varchar',
  nvarchar2: 'varchar',
  timestamptz: 'timestamp',
}

/** Types whose length the database does not take over. */
const withoutLength = /^(text|bytea|oid|boolean|smallint|integer|bigint|uuid|date|double precision|json|jsonb)$/

export function typeOf(text: string, setting: ChangelogSetting): ColumnType {
  const plain = sqlType(text.replace(/^java\.sql\.types\./i, ''))
  const translated = (isMySql(setting) ? mysqlTypes : postgresTypes)[plain.name]
  const name = translated ?? plain.name
  if (name === 'uuid' && isMySql(setting)) return { name: 'char', arguments: [36], text }
  return { ...plain, name, arguments: withoutLength.test(name) ? [] : plain.arguments, text }
}

/** What `defaultValue…` or `value…` says: a constant, or an expression that the database computes. */
export function expressionOf(entry: Entry, prefix: string, setting: ChangelogSetting): Expression | undefined {
  const of = (ending: string): string | undefined => given(entry, prefix + ending, setting)
  const computed = of('Computed')
  if (computed !== undefined) return { text: computed, functions: functionsIn(computed) }
  const next = of('SequenceNext')
  if (next !== undefined) return { text: `nextval('${next}')`, functions: ['nextval'] }
  const date = of('Date')
  // A date, or a function that gives one.
  if (date !== undefined)
    return /^\d/.test(date) ? { text: `'${date}'`, functions: [] } : { text: date, functions: functionsIn(date) }
  const plain = of('Numeric') ?? of('Boolean')
  if (plain !== undefined) return { text: plain, functions: functionsIn(plain) }
  const file = of('BlobFile') ?? of('ClobFile')
  if (file !== undefined) return { text: `'${file}'`, functions: [] }
  const text = entry.values.get(prefix)?.text
  return text === undefined || /^null$/i.test(text)
    ? undefined
    : { text: `'${setting.fill(text).replaceAll("'", "''")}'`, functions: [] }
}

/** `references="users(id)"`, or the table and columns by name. */
function referenceOf(constraints: Entry, setting: ChangelogSetting): Reference | undefined {
  const written = /^\s*([\w."`]+)\s*\(([^)]*)\)/.exec(given(constraints, 'references', setting) ?? '')
  if (written !== null)
    return {
      table: (written[1] ?? '')
        .split('.')
        .map(part => folded(part, setting))
        .join('.')
        .replace(/^public\./, ''),
      columns: namesIn(written[2], setting),
    }
  const table = tableIn(constraints, setting, 'referencedTableName', 'referencedTableSchemaName')
  if (table === undefined) return undefined
  return { table, columns: namesIn(given(constraints, 'referencedColumnNames', setting), setting) }
}

/** `<column name="…" type="…"><constraints nullable="false"/></column>`; undefined without a name. */
export function columnOf(entry: Entry, setting: ChangelogSetting): ColumnSpec | undefined {
  const name = given(entry, 'name', setting)
  if (name === undefined) return undefined
  const type = typeOf(given(entry, 'type', setting) ?? '', setting)
  const constraints = entry.children.filter(child => child.name === 'constraints')
  const says = (key: string): boolean => constraints.some(child => isTrue(child, key, setting))
  const primaryKey = says('primaryKey')
  const value = expressionOf(entry, 'defaultValue', setting)
  const references = constraints.map(child => referenceOf(child, setting)).find(found => found !== undefined)
  return {
    name: folded(name, setting),
    type,
    notNull: primaryKey || constraints.some(child => isFalse(child, 'nullable', setting)),
    ...(value === undefined ? {} : { default: value }),
    numbered: isTrue(entry, 'autoIncrement', setting) || /^(small|big)?serial$/.test(type.name),
    primaryKey,
    unique: says('unique'),
    check: constraints.some(child => given(child, 'checkConstraint', setting) !== undefined),
    ...(references === undefined ? {} : { references }),
    ...(['afterColumn', 'beforeColumn', 'position'].some(key => entry.values.has(key)) ? { placed: true } : {}),
    span: entry.span,
  }
}

/** The columns that an entry lists as `<column …>`. */
export function columnsOf(entry: Entry): readonly Entry[] {
  return entry.children.flatMap(child =>
    child.name === 'column' ? [child] : child.name === 'columns' ? columnsOf(child) : [],
  )
}
