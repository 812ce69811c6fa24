import { type ExValue, exFalse, exName, exNames, exNumber, exTrue } from '../../../artifact/elixir.ts'
import type { Engine } from '../../../config/types.ts'
import type { Span } from '../../../text/lines.ts'
import type { ColumnSpec, ColumnType, Expression, Operation, Reference } from '../operation.ts'
import { expression, isMySql, plainColumn, typeOf } from './javascript-columns.ts'
import { sqlType } from './rails-columns.ts'

export type Options = ReadonlyMap<string, ExValue>

const types: Readonly<Record<string, readonly [postgres: string, mysql: string]>> = {
  id: ['bigint', 'bigint unsigned'],
  serial: ['integer', 'int'],
  bigserial: ['bigint', 'bigint unsigned'],
  identity: ['bigint', 'bigint unsigned'],
  binary_id: ['uuid', 'binary(16)'],
  uuid: ['uuid', 'binary(16)'],
  float: ['double precision', 'double'],
  map: ['jsonb', 'json'],
  binary: ['bytea', 'blob'],
  boolean: ['boolean', 'tinyint(1)'],
  duration: ['interval', 'varchar(255)'],
}

/** The type of a column: `:string`, `{:array, :string}`, `references(…)`; undefined when it is only known at run time. */
export function columnType(
  value: ExValue | undefined,
  options: Options,
  engine: Engine | undefined,
): ColumnType | undefined {
  const mysql = isMySql(engine)
  if (value?.kind === 'tuple') {
    const outer = exName(value.items[0])
    if (outer === 'map') return typeOf(mysql ? 'json' : 'jsonb')
    const inner = outer === 'array' ? columnType(value.items[1], options, engine) : undefined
    return inner && typeOf(inner.name, inner.arguments, true)
  }
  if (value?.kind === 'call' && value.name === 'references') {
    const type = value.options.get('type')
    return type ? columnType(type, value.options, engine) : columnType({ kind: 'atom', name: 'id' }, options, engine)
  }
  const name = exName(value)
  if (name === undefined) return undefined
  const size = exNumber(options.get('size'))
  if (name === 'string') return typeOf('varchar', [size ?? 255])
  if (/^(decimal|numeric)$/.test(name))
    return typeOf(mysql ? 'decimal' : 'numeric', [exNumber(options.get('precision')), exNumber(options.get('scale'))])
  const timed = /^(utc_datetime|naive_datetime|time)(_usec)?$/.exec(name)
  if (timed) {
    const kind = timed[1] === 'time' ? 'time' : mysql ? 'datetime' : 'timestamp'
    return typeOf(kind, timed[2] === undefined ? [mysql ? undefined : 0] : [mysql ? 6 : undefined])
  }
  const known = types[name]?.[mysql ? 1 : 0] ?? name
  return { ...sqlType(size === undefined ? known : `${known}(${size})`), text: known }
}

/** `fragment("now()")` is an expression, everything else a constant by the time the database sees it. */
export function defaultOf(value: ExValue | undefined): Expression | undefined {
  if (!value || value.kind === 'none') return undefined
  if (value.kind === 'text') return { text: `'${value.text.replaceAll("'", "''")}'`, functions: [] }
  if (value.kind === 'number' || value.kind === 'boolean') return { text: String(value.value), functions: [] }
  const fragment = value.kind === 'call' && value.name === 'fragment' ? exName(value.arguments[0]) : undefined
  return fragment === undefined ? { text: "'…'", functions: [] } : expression(fragment)
}

/** A column as `add` declares it. */
export function columnSpec(
  name: string,
  type: ColumnType,
  value: ExValue | undefined,
  options: Options,
  span?: Span,
): ColumnSpec {
  const own = defaultOf(options.get('default'))
  const told = exName(value) ?? ''
  const generated = exName(options.get('generated'))
  return plainColumn(name, type, {
    notNull: exFalse(options.get('null')) || exTrue(options.get('primary_key')),
    ...(own ? { default: own } : {}),
    ...(generated === undefined ? {} : { generated: /\bstored\b/i.test(generated) ? 'stored' : 'virtual' }),
    numbered: /^(serial|bigserial|identity)$/.test(told) || /as identity/i.test(generated ?? ''),
    primaryKey: exTrue(options.get('primary_key')),
    ...(options.has('after') ? { placed: true } : {}),
    ...(span ? { span } : {}),
  })
}

/** A foreign key that `references(…)` stands for, with its name. */
export function foreignKey(
  table: string,
  column: string,
  value: ExValue | undefined,
): (Operation & { readonly op: 'add-foreign-key' }) | undefined {
  if (value?.kind !== 'call' || value.name !== 'references') return undefined
  const references = referenceOf(value.arguments[0], value.options)
  if (!references) return undefined
  const more = value.options.get('with')
  const columns = [column, ...(more?.kind === 'list' ? more.pairs.keys() : [])]
  return {
    op: 'add-foreign-key',
    table,
    name: exName(value.options.get('name')) ?? `${table.slice(table.lastIndexOf('.') + 1)}_${column}_fkey`,
    columns,
    references,
    validated: !exFalse(value.options.get('validate')),
  }
}

function referenceOf(target: ExValue | undefined, options: Options): Reference | undefined {
  const table = tableOf(target, options)
  return table === undefined ? undefined : { table, columns: [exName(options.get('column')) ?? 'id'] }
}

/** A table's name, with its schema unless that is the default one. */
export function tableOf(value: ExValue | undefined, options: Options): string | undefined {
  // `table(:users, prefix: "x")`, or the name itself.
  if (value?.kind === 'call' && value.name === 'table') return tableOf(value.arguments[0], value.options)
  const name = exName(value)
  const prefix = options.get('prefix')
  if (name === undefined || prefix === undefined || prefix.kind === 'none') return name
  const space = exName(prefix)
  return space === undefined || space === 'public' ? name : `${space}.${name}`
}

/** `users_email_index`, as Ecto makes it up from the columns of an index. */
export function indexName(table: string, columns: readonly string[]): string {
  const bare = table.slice(table.lastIndexOf('.') + 1)
  return [bare, ...columns, 'index'].map(part => part.replace(/[^\w]+/g, '_').replace(/^_|_$/g, '')).join('_')
}

/** `index(:users, [:email], …)` and `unique_index(…)`. */
export function indexOf(call: ExValue | undefined): (Operation & { readonly op: 'create-index' }) | undefined {
  if (call?.kind !== 'call' || !/^(index|unique_index)$/.test(call.name)) return undefined
  const { options } = call
  const table = tableOf(call.arguments[0], options)
  const columns = indexColumns(call.arguments[1]) ?? (options.has('name') ? [] : undefined)
  if (table === undefined || columns === undefined) return undefined
  return {
    op: 'create-index',
    table,
    index: exName(options.get('name')) ?? indexName(table, columns),
    columns,
    unique: call.name === 'unique_index' || exTrue(options.get('unique')),
    concurrently: exTrue(options.get('concurrently')),
    ...(exTrue(options.get('only')) ? { only: true } : {}),
    ...(options.has('where') ? { partial: true } : {}),
  }
}

/** `[:a, "lower(b)", desc: :c, {:asc_nulls_last, :d}]` */
function indexColumns(value: ExValue | undefined): readonly string[] | undefined {
  if (value?.kind !== 'list') return exNames(value)
  const items = value.items.map(item => (item.kind === 'tuple' ? (item.items[1] ?? item) : item))
  return exNames({ ...value, items })
}
