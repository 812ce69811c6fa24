import type { ColumnSpec, ColumnType, Operation, Reads, Reference } from './operation.ts'

export interface KnownForeignKey {
  readonly name?: string
  readonly columns: readonly string[]
  readonly references: Reference
}

export interface KnownCheck {
  readonly name?: string
  readonly notNullColumn?: string
  readonly validated: boolean
}

export interface KnownIndex {
  readonly name?: string
  readonly columns: readonly string[]
  readonly unique: boolean
  readonly fulltext?: boolean
  /** Has a WHERE of its own. */
  readonly partial?: boolean
}

/** What is known of one table. Nothing in it is complete: an absent column may exist. */
export interface KnownTable {
  readonly columns: Map<string, ColumnSpec>
  readonly foreignKeys: KnownForeignKey[]
  readonly checks: KnownCheck[]
  readonly indexes: KnownIndex[]
  readonly partitions: { readonly name: string; readonly isDefault: boolean }[]
  readonly triggers: Set<string>
  unlogged: boolean
  partitioned: boolean
  /** MySQL: default character set. */
  charset?: string
  /** MySQL: ROW_FORMAT=COMPRESSED. */
  compressed?: boolean
}

/** The schema as far as files of the repository tell it. Built by replaying operations. */
export interface Schema {
  readonly tables: Map<string, KnownTable>
  /** Domains with a CHECK or NOT NULL. */
  readonly constrainedDomains: Set<string>
  /** Types under the domains. */
  readonly domains: Map<string, ColumnType>
  /** Columns of views, where all of them are known. */
  readonly views: Map<string, readonly string[]>
  /** What the queries of views name, where that is told. */
  readonly viewReads: Map<string, Reads>
}

export function emptySchema(): Schema {
  return {
    tables: new Map(),
    constrainedDomains: new Set(),
    domains: new Map(),
    views: new Map(),
    viewReads: new Map(),
  }
}

/** A schema of its own, so that a replay on one leaves the other as it is. */
export function copyOf({ tables, constrainedDomains, domains, views, viewReads }: Schema): Schema {
  const copy: Schema = {
    tables: new Map(),
    constrainedDomains: new Set(constrainedDomains),
    domains: new Map(domains),
    views: new Map(views),
    viewReads: new Map(viewReads),
  }
  for (const [name, table] of tables)
    copy.tables.set(name, {
      columns: new Map(table.columns),
      foreignKeys: [...table.foreignKeys],
      checks: [...table.checks],
      indexes: [...table.indexes],
      partitions: [...table.partitions],
      unlogged: table.unlogged,
      partitioned: table.partitioned,
      triggers: new Set(table.triggers),
      ...(table.charset === undefined ? {} : { charset: table.charset }),
      ...(table.compressed === undefined ? {} : { compressed: table.compressed }),
    })
  return copy
}

/** The table that carries an index of this name. */
export function tableOfIndex(schema: Schema, index: string): string | undefined {
  const bare = index.slice(index.lastIndexOf('.') + 1)
  for (const [name, table] of schema.tables) if (table.indexes.some(item => item.name === bare)) return name
  return undefined
}

function tableIn(schema: Schema, name: string): KnownTable {
  const known = schema.tables.get(name)
  if (known !== undefined) return known
  const fresh: KnownTable = {
    columns: new Map(),
    foreignKeys: [],
    checks: [],
    indexes: [],
    partitions: [],
    triggers: new Set(),
    unlogged: false,
    partitioned: false,
  }
  schema.tables.set(name, fresh)
  return fresh
}

/** Keys and constraints without a name of their own get the one that Postgres makes up. */
function addColumn(table: KnownTable, name: string, column: ColumnSpec): void {
  table.columns.set(column.name, column)
  const { references, unique } = column
  const columns = [column.name]
  const start = `${name.slice(name.lastIndexOf('.') + 1)}_${column.name}`
  if (references !== undefined) table.foreignKeys.push({ name: `${start}_fkey`, columns, references })
  if (unique) table.indexes.push({ name: `${start}_key`, columns, unique: true })
}

/** One index for the whole primary key, whose columns say that they belong to it. */
function addPrimaryKey(table: KnownTable, columns: readonly string[]): void {
  if (columns.length > 0) table.indexes.push({ columns, unique: true })
}

function change(table: KnownTable, column: string, part: Partial<ColumnSpec>): void {
  const known = table.columns.get(column)
  if (known !== undefined) table.columns.set(column, { ...known, ...part })
}

function dropDefault(table: KnownTable, column: string): void {
  const known = table.columns.get(column)
  if (known?.default === undefined) return
  const { default: _gone, ...rest } = known
  table.columns.set(column, rest)
}

/** A column keeps its keys when it is described anew; MySQL's CHANGE has renamed it before. */
function retype(table: KnownTable, { column, to, spec, restates }: Extract<Operation, { op: 'change-type' }>): void {
  const name = table.columns.has(column) ? column : (spec?.name ?? column)
  const known = table.columns.get(name)
  if (known === undefined) return
  if (spec === undefined) {
    table.columns.set(name, { ...known, type: to })
    return
  }
  const { default: _gone, ...bare } = known
  const primaryKey = known.primaryKey || spec.primaryKey
  const unique = known.unique || spec.unique
  table.columns.set(name, { ...(restates === undefined ? known : bare), ...spec, primaryKey, unique })
}

function removeNamed<T extends { readonly name?: string }>(list: T[], name: string): void {
  for (let at = list.length - 1; at >= 0; at--) if (list[at]?.name === name) list.splice(at, 1)
}

/** Brings the schema to the state after an operation. */
export function replay(schema: Schema, operation: Operation): void {
  switch (operation.op) {
    case 'create-table': {
      const table = tableIn(schema, operation.table)
      for (const column of operation.columns) addColumn(table, operation.table, column)
      addPrimaryKey(
        table,
        operation.columns.flatMap(({ name, primaryKey }) => (primaryKey ? [name] : [])),
      )
      for (const declared of operation.declares ?? []) replayOn(table, declared)
      if (operation.charset !== undefined) table.charset = operation.charset
      if (operation.compressed === true) table.compressed = true
      const inline = new Set(table.foreignKeys.map(key => key.references.table))
      for (const references of operation.references)
        if (!inline.has(references.table)) table.foreignKeys.push({ columns: [], references })
      if (operation.checked === true) table.checks.push({ validated: true })
      for (const column of operation.notNullChecks ?? []) table.checks.push({ notNullColumn: column, validated: true })
      table.unlogged = operation.unlogged === true
      table.partitioned = operation.partitioned === true
      if (operation.partitionOf !== undefined) {
        tableIn(schema, operation.partitionOf).partitions.push({
          name: operation.table,
          isDefault: operation.defaultPartition === true,
        })
      }
      return
    }
    case 'drop-table':
      schema.tables.delete(operation.table)
      return
    case 'rename-table': {
      const table = schema.tables.get(operation.table)
      if (table !== undefined) schema.tables.set(operation.to, table)
      schema.tables.delete(operation.table)
      return
    }
    case 'create-domain':
      if (operation.constrained) schema.constrainedDomains.add(operation.name)
      if (operation.base !== undefined) schema.domains.set(operation.name, operation.base)
      return
    case 'constrain-domain':
      schema.constrainedDomains.add(operation.name)
      return
    case 'create-object':
      if (operation.reads === undefined) schema.viewReads.delete(operation.name)
      else schema.viewReads.set(operation.name, operation.reads)
      if (operation.columns === undefined) schema.views.delete(operation.name)
      else if (operation.object === 'view') schema.views.set(operation.name, operation.columns)
      return
    case 'drop-object':
      schema.viewReads.delete(operation.name)
      schema.views.delete(operation.name)
      return
    case 'attach-partition':
      tableIn(schema, operation.table).partitions.push({ name: operation.partition, isDefault: false })
      return
    case 'drop-index': {
      const table = schema.tables.get(operation.table ?? tableOfIndex(schema, operation.index) ?? '')
      if (table !== undefined) removeNamed(table.indexes, operation.index)
      return
    }
    case 'drop-trigger':
      // MySQL drops a trigger by its own name.
      if (operation.table === '') for (const table of schema.tables.values()) table.triggers.delete(operation.trigger)
      else tableIn(schema, operation.table).triggers.delete(operation.trigger)
      return
    default:
      if ('table' in operation && operation.table !== undefined && operation.table !== '')
        replayOn(tableIn(schema, operation.table), operation)
  }
}

function replayOn(table: KnownTable, operation: Operation): void {
  switch (operation.op) {
    case 'add-column':
      addColumn(table, operation.table, operation.column)
      if (operation.column.primaryKey) addPrimaryKey(table, [operation.column.name])
      return
    case 'drop-column':
      table.columns.delete(operation.column)
      return
    case 'rename-column': {
      const column = table.columns.get(operation.column)
      if (column !== undefined) table.columns.set(operation.to, column)
      table.columns.delete(operation.column)
      return
    }
    case 'change-type':
      retype(table, operation)
      return
    case 'set-not-null':
      change(table, operation.column, { notNull: true })
      return
    case 'drop-not-null':
      change(table, operation.column, { notNull: false })
      return
    case 'set-default':
      if (/^null\b/i.test(operation.default.text)) dropDefault(table, operation.column)
      else change(table, operation.column, { default: operation.default })
      return
    case 'drop-default':
      dropDefault(table, operation.column)
      return
    case 'create-index':
      table.indexes.push({
        ...(operation.index === undefined ? {} : { name: operation.index }),
        columns: operation.columns,
        unique: operation.unique,
        ...(operation.special === 'fulltext' ? { fulltext: true } : {}),
        ...(operation.partial === true ? { partial: true } : {}),
      })
      return
    case 'add-unique':
      if (operation.usingIndex === undefined)
        table.indexes.push({
          ...(operation.name === undefined ? {} : { name: operation.name }),
          columns: operation.columns,
          unique: true,
        })
      return
    case 'add-foreign-key':
      table.foreignKeys.push({
        ...(operation.name === undefined ? {} : { name: operation.name }),
        columns: operation.columns,
        references: operation.references,
      })
      return
    case 'add-primary-key':
      for (const column of operation.columns) change(table, column, { notNull: true, primaryKey: true })
      if (operation.usingIndex === undefined) addPrimaryKey(table, operation.columns)
      return
    case 'add-check': {
      const { name, notNullColumn, validated } = operation
      table.checks.push({
        ...(name === undefined ? {} : { name }),
        ...(notNullColumn === undefined ? {} : { notNullColumn }),
        validated,
      })
      return
    }
    case 'validate-constraint': {
      const at = table.checks.findIndex(({ name }) => name === operation.constraint)
      const check = table.checks[at]
      if (check !== undefined) table.checks[at] = { ...check, validated: true }
      return
    }
    case 'drop-constraint':
      removeNamed(table.checks, operation.constraint)
      removeNamed(table.foreignKeys, operation.constraint)
      removeNamed(table.indexes, operation.constraint)
      return
    case 'create-trigger':
      table.triggers.add(operation.trigger)
      return
    case 'rebuild-table': {
      const charset = /^convert\s+to\s+(?:character\s+set|charset)\s*=?\s*'?(\w+)/i.exec(operation.how)?.[1]
      if (charset !== undefined) table.charset = charset.toLowerCase()
      if (/^row_format\s*=?\s*\w+/i.test(operation.how)) table.compressed = /compressed/i.test(operation.how)
      return
    }
    default:
  }
}
