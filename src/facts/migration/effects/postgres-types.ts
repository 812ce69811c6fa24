import type { ColumnType, Expression } from '../operation.ts'

/**
 * Functions that give another value for every row, so that a default with one of them writes the whole table anew.
 * `now()`, `current_date`, `current_user` are computed once. A function that is not known counts as volatile, as in Postgres.
 */
const stable = new Set([
  'now',
  'transaction_timestamp',
  'statement_timestamp',
  'current_date',
  'current_setting',
  'timezone',
  'date_trunc',
  'date_part',
  'extract',
  'to_timestamp',
  'to_date',
  'to_char',
  'age',
  'make_interval',
  'make_date',
  'make_timestamp',
  'make_timestamptz',
  'interval',
  'lower',
  'upper',
  'concat',
  'concat_ws',
  'format',
  'md5',
  'sha256',
  'encode',
  'decode',
  'coalesce',
  'nullif',
  'array',
  'array_fill',
  'string_to_array',
  'repeat',
  'jsonb_build_object',
  'json_build_object',
  'jsonb_build_array',
  'json_build_array',
  'to_json',
  'to_jsonb',
  'abs',
  'round',
  'floor',
  'ceil',
  'length',
  'substring',
  'substr',
  'replace',
  'trim',
  'btrim',
  'int4range',
  'int8range',
  'numrange',
  'tsrange',
  'tstzrange',
  'daterange',
  'to_tsvector',
  'current_database',
  'current_schema',
  'session_user',
  'uuid_nil',
  'uuid_ns_dns',
  'uuid_ns_url',
  'bit',
  'date',
  'text',
  'power',
  'left',
  'right',
  'lpad',
  'rpad',
  'digest',
  'row',
  'point',
  'json_object',
  'jsonb_object',
  'hstore',
  'convert_to',
  'pg_catalog.now',
  'inet_server_addr',
])

/** Does the default give another value for every row? */
export function isVolatile(value: Expression): boolean {
  return value.functions.some(name => !stable.has(name))
}

function unboundedOrWider(from: ColumnType, to: ColumnType): boolean {
  const [width] = to.arguments
  const [before] = from.arguments
  return width === undefined || (before !== undefined && width >= before)
}

/** Pairs that share their bytes, so that Postgres changes only the catalog. */
const sameBytes = new Set([
  'varchar>text',
  'text>varchar',
  'cidr>inet',
  'xml>text',
  'xml>varchar',
  'citext>text',
  'text>citext',
  'varchar>citext',
  'citext>varchar',
  'integer>oid',
  'oid>integer',
])

/** Whether a change of type writes every row anew. `utc`: the session's time zone is known to be UTC. */
export function typeRewrites(from: ColumnType, to: ColumnType, utc: boolean): boolean {
  if ((from.array === true) !== (to.array === true)) return true
  if (from.name === to.name) return !keepsWidth(from, to)
  if (sameBytes.has(`${from.name}>${to.name}`)) return to.arguments.length > 0
  const zone = new Set([from.name, to.name])
  if (zone.has('timestamp') && zone.has('timestamptz')) return !utc
  return true
}

function keepsWidth(from: ColumnType, to: ColumnType): boolean {
  switch (from.name) {
    case 'varchar':
    case 'varbit':
    case 'timestamp':
    case 'timestamptz':
    case 'time':
    case 'timetz':
    case 'interval':
      return unboundedOrWider(from, to)
    case 'numeric': {
      if (to.arguments.length === 0) return true
      return (
        from.arguments.length > 0 && (from.arguments[1] ?? 0) === (to.arguments[1] ?? 0) && unboundedOrWider(from, to)
      )
    }
    case 'char':
    case 'bit':
      return (from.arguments[0] ?? 1) === (to.arguments[0] ?? 1)
    default:
      return true
  }
}

/** Without the old type: changes that are nearly always a widening are given the benefit of the doubt. */
export function likelyRewrites(to: ColumnType): boolean {
  return !['text', 'varchar', 'citext', 'numeric', 'interval'].includes(to.name) || to.array === true
}

/** `USING column` and `USING column::type` change nothing by themselves. */
export function plainUsing(using: Expression, column: string): boolean {
  const bare = using.text.replace(/[\s()"]/g, '').toLowerCase()
  const name = column.toLowerCase()
  return bare === name || bare.startsWith(`${name}::`) || bare.startsWith(`cast${name}as`)
}
