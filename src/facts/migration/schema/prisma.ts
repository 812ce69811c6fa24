import type { Engine } from '../../../config/types.ts'
import { functionsIn, sqlType } from '../frontends/rails-columns.ts'
import type { ColumnSpec, ColumnType, Expression, Operation } from '../operation.ts'

/** Prisma's types in the database where no `@db.` says otherwise. */
const postgresTypes: Readonly<Record<string, string>> = {
  String: 'text',
  Boolean: 'boolean',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Decimal: 'numeric(65,30)',
  DateTime: 'timestamp(3)',
  Json: 'jsonb',
  Bytes: 'bytea',
}

const mysqlTypes: Readonly<Record<string, string>> = {
  String: 'varchar(191)',
  Boolean: 'tinyint(1)',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double',
  Decimal: 'decimal(65,30)',
  DateTime: 'datetime(3)',
  Json: 'json',
  Bytes: 'longblob',
}

const native: Readonly<Record<string, string>> = {
  oid: 'oid',
  smallint: 'smallint',
  integer: 'integer',
  doubleprecision: 'double precision',
  real: 'real',
  timestamptz: 'timestamptz',
  timetz: 'timetz',
  varbit: 'varbit',
  unsignedint: 'integer unsigned',
  unsignedbigint: 'bigint unsigned',
}

/**
 * What would create the tables of a Prisma schema that are wanted. Read by lines: one field or attribute stands on each.
 * Models that the file does not close, and types it cannot name, are left out.
 */
export function operationsFromPrisma(
  text: string,
  engine: Engine,
  wanted: (table: string) => boolean,
): readonly Operation[] {
  const tables = new Map<string, string>()
  const enums = new Set([...text.matchAll(/^enum\s+(\w+)\s*\{/gm)].map(([, name = '']) => name))
  const models = [...text.matchAll(/^model\s+(\w+)\s*\{([\s\S]*?)^\}/gm)].map(([, model = '', body = '']) => {
    const table = /^\s*@@map\(\s*(?:name:\s*)?"([^"]+)"/m.exec(body)?.[1] ?? model
    tables.set(model, table)
    return { table, body }
  })
  return models.flatMap(({ table, body }) => (wanted(table) ? tableOf(table, body, engine, enums, tables) : []))
}

function tableOf(
  table: string,
  body: string,
  engine: Engine,
  enums: ReadonlySet<string>,
  tables: ReadonlyMap<string, string>,
): readonly Operation[] {
  const lines = body.split('\n').map(line => line.replace(/\s*\/\/.*$/, '').trim())
  const names = new Map<string, string>()
  const columns: ColumnSpec[] = []
  for (const line of lines) {
    const [, field, type, mark = '', rest = ''] = /^(\w+)\s+(\w+)(\[\]|\?)?(.*)$/.exec(line) ?? []
    if (field === undefined || type === undefined) continue
    const known = typeOf(type, rest, engine, enums)
    if (known === undefined) continue
    const name = /@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(rest)?.[1] ?? field
    names.set(field, name)
    const value = defaultOf(rest)
    columns.push({
      name,
      type: mark === '[]' ? { ...known, array: true, text: `${known.text}[]` } : known,
      notNull: mark !== '?' && mark !== '[]',
      ...(value === undefined ? {} : { default: value }),
      numbered: /@default\(autoincrement\(\)\)/.test(rest),
      primaryKey: /@id\b/.test(rest),
      unique: /@unique\b/.test(rest),
      check: false,
    })
  }
  const created: Operation = { op: 'create-table', table, columns: withKey(columns, lines, names), references: [] }
  return [created, ...indexes(table, lines, names), ...foreignKeys(table, lines, names, tables)]
}

/** `author User @relation(fields: [authorId], references: [id])` */
function foreignKeys(
  table: string,
  lines: readonly string[],
  names: ReadonlyMap<string, string>,
  tables: ReadonlyMap<string, string>,
): readonly Operation[] {
  return lines.flatMap((line): readonly Operation[] => {
    const [, model = '', list = '', referenced = ''] =
      /^\w+\s+(\w+)\??\s.*@relation\([^\n]*\bfields:\s*\[([^\]]*)\][^\n]*\breferences:\s*\[([^\]]*)\]/.exec(line) ?? []
    if (list === '') return []
    const columns = listed(list, names)
    const name = /\bmap:\s*"([^"]+)"/.exec(line)?.[1] ?? `${[table, ...columns].join('_')}_fkey`
    const references = { table: tables.get(model) ?? model, columns: referenced.split(',').map(part => part.trim()) }
    return [{ op: 'add-foreign-key', table, name, columns, references, validated: true }]
  })
}

const listed = (text: string, names: ReadonlyMap<string, string>): readonly string[] =>
  text.split(',').map(part => {
    const field = /\w+/.exec(part)?.[0] ?? ''
    return names.get(field) ?? field
  })

/** `@@id([a, b])` */
function withKey(
  columns: readonly ColumnSpec[],
  lines: readonly string[],
  names: ReadonlyMap<string, string>,
): readonly ColumnSpec[] {
  const key = lines
    .map(line => /^@@id\(\s*(?:fields:\s*)?\[([^\]]*)\]/.exec(line)?.[1])
    .find(found => found !== undefined)
  if (key === undefined) return columns
  const members = new Set(listed(key, names))
  return columns.map(column => (members.has(column.name) ? { ...column, primaryKey: true, notNull: true } : column))
}

/** `@@unique([a, b])`, `@@index([a])`, under the names that Prisma gives them. */
function indexes(table: string, lines: readonly string[], names: ReadonlyMap<string, string>): readonly Operation[] {
  return lines.flatMap((line): readonly Operation[] => {
    const [, kind, list = ''] = /^@@(unique|index)\(\s*(?:fields:\s*)?\[([^\]]*)\]/.exec(line) ?? []
    if (kind === undefined) return []
    const columns = listed(list, names)
    const unique = kind === 'unique'
    const index = /\bmap:\s*"([^"]+)"/.exec(line)?.[1] ?? `${[table, ...columns].join('_')}_${unique ? 'key' : 'idx'}`
    return [{ op: 'create-index', table, index, columns, unique, concurrently: false }]
  })
}

function typeOf(type: string, rest: string, engine: Engine, enums: ReadonlySet<string>): ColumnType | undefined {
  const [, name, list] = /@db\.(\w+)(\([^)]*\))?/.exec(rest) ?? []
  if (name !== undefined) {
    const plain = name.toLowerCase()
    return sqlType(`${native[plain] ?? plain}${list ?? ''}`)
  }
  if (enums.has(type)) return { name: type, arguments: [], text: type }
  const mapped = (engine === 'postgres' ? postgresTypes : mysqlTypes)[type]
  // Another model: a relation, which is no column.
  return mapped === undefined ? undefined : sqlType(mapped)
}

function defaultOf(rest: string): Expression | undefined {
  const computed = /@default\(dbgenerated\("([^"]*)"\)\)/.exec(rest)?.[1]
  if (computed !== undefined) return { text: computed, functions: functionsIn(computed) }
  const text = /@default\(((?:[^()"]|"[^"]*"|\([^()]*\))*)\)/.exec(rest)?.[1]
  // `uuid()`, `cuid()` and their like are made by the client.
  return text === undefined || /^(autoincrement|uuid|cuid|nanoid|ulid)\(/.test(text)
    ? undefined
    : { text, functions: text === 'now()' ? ['now'] : [] }
}
