import type { RubyCall } from '../../../artifact/ruby.ts'
import type { ColumnSpec, Operation, Step } from '../operation.ts'
import { isFalse, isTrue, textOf, textsOf } from './rails-columns.ts'
import type { Statement } from './rails-statement.ts'
import { columnOf, defaultOf, indexOn, nameOfIndex, referenceOf, typeOf } from './sequel-columns.ts'

/** What a call inside of `create_table` adds to the table once it is there. */
export interface TableCall {
  readonly call: RubyCall
  readonly operations: readonly Operation[]
}

/** Undefined: the names are only known at run time. False: no call of the migration language. */
type Found = readonly Operation[] | false | undefined

/** A call on the database: `add_column :users, :plan, String` says what `add_column :plan, String` says in `alter_table(:users)`. */
export function databaseCall(statement: Statement): Found {
  const { name, values } = statement
  const table = textOf(values[0])?.replace(/^public\./, '')
  switch (name) {
    case 'drop_table':
    case 'drop_table?': {
      const tables = values.map(textOf)
      const cascade = isTrue(statement.options.get('cascade'))
      return tables.every(one => one !== undefined)
        ? tables.map((one): Operation => ({ op: 'drop-table', table: one, cascade }))
        : undefined
    }
    case 'rename_table': {
      const to = textOf(values[1])
      return table === undefined || to === undefined ? undefined : [{ op: 'rename-table', table, to }]
    }
    case 'drop_view':
      return table === undefined ? undefined : [{ op: 'drop-object', object: 'view', name: table }]
    case 'create_view':
    case 'create_or_replace_view':
      return table === undefined ? undefined : [{ op: 'create-object', object: 'view', name: table }]
    case 'refresh_view':
      return table === undefined
        ? undefined
        : [{ op: 'refresh-view', view: table, concurrently: isTrue(statement.options.get('concurrently')) }]
    case 'add_enum_value': {
      const value = textOf(values[1])
      return table === undefined || value === undefined ? undefined : [{ op: 'add-enum-value', type: table, value }]
    }
    case 'drop_enum':
      return table === undefined
        ? undefined
        : [{ op: 'drop-type', name: table, cascade: isTrue(statement.options.get('cascade')) }]
    case 'create_enum':
    case 'create_schema':
    case 'create_function':
    case 'create_language':
    case 'extension':
      return [{ op: 'harmless', what: name }]
    case 'create_join_table':
      return [{ op: 'harmless', what: name }]
    case 'drop_trigger': {
      const trigger = textOf(values[1])
      return table === undefined || trigger === undefined ? undefined : [{ op: 'drop-trigger', table, trigger }]
    }
    case 'create_trigger': {
      const trigger = textOf(values[1])
      return table === undefined || trigger === undefined ? undefined : [{ op: 'create-trigger', table, trigger }]
    }
  }
  if (!/^(add_(column|index|primary_key)|drop_(column|index|constraint)|rename_column|set_column_\w+)$/.test(name))
    return false
  return table === undefined ? undefined : alterCall({ ...statement, values: values.slice(1) }, table, false)
}

/** A call in the block of `alter_table`, or of `create_table` where it declares no plain column. */
export function alterCall(statement: Statement, table: string, created: boolean): Found {
  const { name, values, options } = statement
  const [first, second] = values
  const one = textOf(first)
  const columns = textsOf(first)
  switch (name) {
    case 'add_column': {
      const type = typeOf(second, options, statement)
      return one === undefined || type === undefined ? undefined : added(table, columnOf(one, type, options), options)
    }
    case 'drop_column':
      return one === undefined ? undefined : [{ op: 'drop-column', table, column: one }]
    case 'rename_column': {
      const to = textOf(second)
      return one === undefined || to === undefined ? undefined : [{ op: 'rename-column', table, column: one, to }]
    }
    case 'set_column_type': {
      const to = typeOf(second, options, statement)
      return one === undefined || to === undefined ? undefined : [{ op: 'change-type', table, column: one, to }]
    }
    case 'set_column_default': {
      const value = defaultOf(second)
      if (one === undefined) return undefined
      return [
        value === undefined
          ? { op: 'drop-default', table, column: one }
          : { op: 'set-default', table, column: one, default: value },
      ]
    }
    case 'set_column_not_null':
      return one === undefined ? undefined : [{ op: 'set-not-null', table, column: one }]
    case 'set_column_allow_null':
      return one === undefined
        ? undefined
        : [{ op: isFalse(second) ? 'set-not-null' : 'drop-not-null', table, column: one }]
    case 'index':
    case 'add_index':
      return columns && [indexOn(table, columns, options)]
    case 'full_text_index':
    case 'add_full_text_index':
    case 'spatial_index':
    case 'add_spatial_index': {
      const special = name.includes('spatial') ? 'spatial' : 'fulltext'
      const index = columns && indexOn(table, columns, options)
      return index && [statement.engine === 'postgres' ? index : ({ ...index, special } as Operation)]
    }
    case 'drop_index':
      return (
        columns && [
          {
            op: 'drop-index',
            table,
            index: textOf(options.get('name')) ?? nameOfIndex(table, columns),
            columns,
            concurrently: isTrue(options.get('concurrently')),
          },
        ]
      )
    case 'unique':
    case 'add_unique_constraint': {
      const named = textOf(options.get('name'))
      const using = textOf(options.get('using_index'))
      return (
        columns && [
          {
            op: 'add-unique',
            table,
            columns,
            ...(named === undefined ? {} : { name: named }),
            ...(using === undefined ? {} : { usingIndex: using }),
          },
        ]
      )
    }
    case 'primary_key':
    case 'add_primary_key':
      return primaryKey(statement, table, created)
    case 'foreign_key':
    case 'add_foreign_key':
      return foreignKey(statement, table)
    case 'constraint':
    case 'add_constraint':
    case 'check':
      return created ? [] : [addedCheck(statement, table)]
    case 'exclude':
    case 'add_exclusion_constraint':
      return created ? [] : [{ op: 'add-exclusion', table }]
    case 'validate_constraint':
      return one === undefined ? undefined : [{ op: 'validate-constraint', table, constraint: one }]
    case 'drop_constraint': {
      const kind = typeNames[textOf(options.get('type')) ?? '']
      return one === undefined
        ? undefined
        : [{ op: 'drop-constraint', table, constraint: one, ...(kind === undefined ? {} : { type: kind }) }]
    }
    case 'drop_foreign_key':
      // One name is the column; a list are the columns of the constraint.
      if (one !== undefined) return [{ op: 'drop-column', table, column: one }]
      return (
        columns && [
          { op: 'drop-constraint', table, constraint: textOf(options.get('name')) ?? '', type: 'foreign-key' },
        ]
      )
    default:
      return created ? [] : false
  }
}

const typeNames: Readonly<Record<string, 'foreign-key' | 'primary-key' | 'unique' | 'check'>> = {
  foreign_key: 'foreign-key',
  primary_key: 'primary-key',
  unique: 'unique',
  check: 'check',
}

/** A column with the index that its options ask for. */
function added(table: string, column: ColumnSpec, options: Statement['options']): readonly Operation[] {
  const indexed = isTrue(options.get('index'))
  return [{ op: 'add-column', table, column }, ...(indexed ? [indexOn(table, [column.name], new Map())] : [])]
}

function primaryKey({ values, options, ...setting }: Statement, table: string, created: boolean): Found {
  const [first, second] = values
  const one = textOf(first)
  if (one === undefined) {
    const columns = textsOf(first)
    return columns && (created ? [] : [{ op: 'add-primary-key', table, columns }])
  }
  const asked = second ?? options.get('type')
  const type = typeOf(asked ?? { kind: 'code', source: 'Integer' }, options, setting)
  if (type === undefined) return undefined
  const numbered = asked === undefined || /int|serial|bignum/i.test(type.name)
  return [
    { op: 'add-column', table, column: { ...columnOf(one, type, options), primaryKey: true, notNull: true, numbered } },
  ]
}

function foreignKey({ values, options, ...setting }: Statement, table: string): Found {
  const [first, second] = values
  const to = textOf(second) ?? textOf(options.get('table'))
  if (to === undefined) return undefined
  const references = referenceOf(to, options)
  const one = textOf(first)
  const validated = !isTrue(options.get('not_valid'))
  if (one === undefined) {
    const columns = textsOf(first)
    const named = textOf(options.get('name'))
    return (
      columns && [
        {
          op: 'add-foreign-key',
          table,
          ...(named === undefined ? {} : { name: named }),
          columns,
          references,
          validated,
        },
      ]
    )
  }
  const type = typeOf(options.get('type') ?? { kind: 'code', source: 'Integer' }, options, setting)
  return type && added(table, { ...columnOf(one, type, options), references }, options)
}

function addedCheck({ values, options }: Statement, table: string): Operation {
  const [first] = values
  const name =
    textOf(first) ??
    textOf(first?.kind === 'hash' ? first.entries.get('name') : undefined) ??
    textOf(options.get('name'))
  const unchecked =
    isTrue(options.get('not_valid')) || (first?.kind === 'hash' && isTrue(first.entries.get('not_valid')))
  return { op: 'add-check', table, ...(name === undefined ? {} : { name }), expression: '', validated: !unchecked }
}

/** What `revert` makes of a step: it is taken back. */
export function takenBack(step: Step): Step {
  if (step.kind !== 'change') return step
  return { ...step, operations: step.operations.map(inverse) }
}

function inverse(item: Operation): Operation {
  switch (item.op) {
    case 'create-table':
      return { op: 'drop-table', table: item.table, cascade: false }
    case 'add-column':
      return { op: 'drop-column', table: item.table, column: item.column.name }
    case 'create-index':
      return {
        op: 'drop-index',
        table: item.table,
        index: item.index ?? '',
        columns: item.columns,
        concurrently: item.concurrently,
      }
    case 'rename-column':
      return { op: 'rename-column', table: item.table, column: item.to, to: item.column }
    case 'rename-table':
      return { op: 'rename-table', table: item.to, to: item.table }
    case 'add-foreign-key':
    case 'add-check':
    case 'add-unique':
      return { op: 'drop-constraint', table: item.table, constraint: item.name ?? '' }
    default:
      return { op: 'harmless', what: 'taken back' }
  }
}
