import type { ColumnSpec, Operation, Reference } from '../operation.ts'
import { madeName, sqlName } from './postgres-text.ts'

/**
 * An operation of any framework as one statement of Postgres SQL; undefined where it does not know enough for that.
 * `written` is the call in the framework's language, which may ask for more than the operation holds.
 */
export function statementOf(operation: Operation, written = ''): string | undefined {
  if (saysMore(operation, written)) return undefined
  switch (operation.op) {
    case 'create-index': {
      const { table, index, columns, unique, partial, special, concurrently } = operation
      if (partial || special !== undefined || !areNames(columns)) return undefined
      const name = sqlName(index ?? madeName(table, ...columns, 'idx'))
      return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${concurrently ? 'CONCURRENTLY ' : ''}${name} ON ${sqlName(table)} (${list(columns)})`
    }
    case 'drop-index':
      return areNames([operation.index])
        ? `DROP INDEX ${operation.concurrently ? 'CONCURRENTLY ' : ''}${sqlName(operation.index)}`
        : undefined
    case 'add-foreign-key': {
      const { table, name, columns, references, validated } = operation
      if (!areNames(columns) || !areNames(references.columns)) return undefined
      const key = `FOREIGN KEY (${list(columns)}) REFERENCES ${sqlName(references.table)} (${list(references.columns)})${actionsOf(references)}`
      const named = sqlName(name ?? madeName(table, ...columns, 'fkey'))
      return `ALTER TABLE ${sqlName(table)} ADD CONSTRAINT ${named} ${key}${validated ? '' : ' NOT VALID'}`
    }
    case 'add-check':
      return operation.name === undefined || /[…]|^$/.test(operation.expression)
        ? undefined
        : `ALTER TABLE ${sqlName(operation.table)} ADD CONSTRAINT ${sqlName(operation.name)} CHECK (${operation.expression})`
    case 'add-unique': {
      const { table, name, columns, usingIndex } = operation
      if (usingIndex !== undefined || !areNames(columns)) return undefined
      const named = sqlName(name ?? madeName(table, ...columns, 'key'))
      return `ALTER TABLE ${sqlName(table)} ADD CONSTRAINT ${named} UNIQUE (${list(columns)})`
    }
    case 'add-primary-key':
      return operation.usingIndex === undefined && areNames(operation.columns)
        ? `ALTER TABLE ${sqlName(operation.table)} ADD PRIMARY KEY (${list(operation.columns)})`
        : undefined
    case 'add-column':
      return addColumn(operation.table, operation.column)
    default:
      return alterColumn(operation)
  }
}

/** ON DELETE and its like, the method of an index and the order of its columns. */
function saysMore(operation: Operation, written: string): boolean {
  switch (operation.op) {
    case 'add-foreign-key':
      return operation.references.actions === undefined && actions.test(written)
    case 'add-column':
      return (
        operation.column.references !== undefined &&
        operation.column.references.actions === undefined &&
        actions.test(written)
      )
    case 'create-index':
      return /\b(using|postgresql_(using|ops|include|with)|include|opclass|operator|gin|gist|brin|hash|desc|collate|nulls)\b/i.test(
        written,
      )
    default:
      return false
  }
}

const actions = /on_?(delete|update)|cascade|null_?on|restrict_?on|no_?action|deferr|initially|\bmatch\b/i

function alterColumn(operation: Operation): string | undefined {
  switch (operation.op) {
    case 'set-not-null':
      return `${column(operation)} SET NOT NULL`
    case 'drop-not-null':
      return `${column(operation)} DROP NOT NULL`
    case 'drop-default':
      return `${column(operation)} DROP DEFAULT`
    case 'change-type': {
      const { to, using } = operation
      return `${column(operation)} TYPE ${to.text}${using === undefined ? '' : ` USING ${using.text}`}`
    }
    case 'drop-column':
      return `ALTER TABLE ${sqlName(operation.table)} DROP COLUMN ${sqlName(operation.column)}`
    case 'rename-table':
      return `ALTER TABLE ${sqlName(operation.table)} RENAME TO ${sqlName(operation.to.slice(operation.to.lastIndexOf('.') + 1))}`
    case 'validate-constraint':
      return `ALTER TABLE ${sqlName(operation.table)} VALIDATE CONSTRAINT ${sqlName(operation.constraint)}`
    case 'refresh-view':
      return `REFRESH MATERIALIZED VIEW ${sqlName(operation.view)}`
    default:
      return undefined
  }
}

function column({ table, column: name }: { readonly table: string; readonly column: string }): string {
  return `ALTER TABLE ${sqlName(table)} ALTER COLUMN ${sqlName(name)}`
}

function addColumn(table: string, spec: ColumnSpec): string | undefined {
  const { name, type, notNull, default: value, generated, numbered, primaryKey, unique, check, references } = spec
  if (generated !== undefined || numbered || primaryKey || check || !isType(type.name)) return undefined
  if (references !== undefined && !areNames(references.columns)) return undefined
  return [
    `ALTER TABLE ${sqlName(table)} ADD COLUMN ${sqlName(name)} ${type.text}`,
    ...(value === undefined ? [] : [`DEFAULT ${value.text}`]),
    ...(notNull ? ['NOT NULL'] : []),
    ...(unique ? ['UNIQUE'] : []),
    ...(references === undefined
      ? []
      : [`REFERENCES ${sqlName(references.table)} (${list(references.columns)})${actionsOf(references)}`]),
  ].join(' ')
}

const actionsOf = ({ actions: said = '' }: Reference): string => (said === '' ? '' : ` ${said}`)

function list(columns: readonly string[]): string {
  return columns.map(sqlName).join(', ')
}

/** A type of Postgres, and not a class of the framework. */
function isType(name: string): boolean {
  return /^(smallint|integer|bigint|numeric|real|double precision|boolean|text|varchar|char|citext|uuid|bytea|date|time|timetz|timestamp|timestamptz|interval|jsonb?|inet|cidr|macaddr|tsvector|hstore|xml)$/.test(
    name,
  )
}

/** An expression, or what is only known at run time, is no name. */
function areNames(columns: readonly string[]): boolean {
  return columns.length > 0 && columns.every(name => /^\w+$/.test(name) && name !== 'premortem_unknown')
}
