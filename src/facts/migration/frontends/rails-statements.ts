import type { RubyValue } from '../../../artifact/ruby.ts'
import type { Operation } from '../operation.ts'
import {
  columnSpec,
  columnType,
  defaultOf,
  functionsIn,
  isFalse,
  isMySql,
  isSet,
  isTrue,
  type Options,
  sqlType,
  textOf,
  textsOf,
} from './rails-columns.ts'
import { gemStatements } from './rails-gems.ts'
import { addIndex, addReference, foreignKey, foreignKeyNamed, removeIndex, removeReference } from './rails-keys.ts'
import { checkName, joinTable, uniqueName } from './rails-names.ts'
import {
  harmless,
  onColumn,
  onTable,
  type Reading,
  rest,
  type Statement,
  steps,
  tableName,
  tableOf,
  twoNames,
} from './rails-statement.ts'

function addColumn(table: string, column: string, statement: Statement, option = 2): Reading {
  const type = textOf(statement.values[option]) ?? 'string'
  const known = statement.values[option] === undefined || textOf(statement.values[option]) !== undefined
  return known
    ? [[{ op: 'add-column', table, column: columnSpec(column, type, statement.options, statement) }]]
    : undefined
}

function changeColumn(table: string, column: string, statement: Statement): Reading {
  const written = textOf(statement.values[2])
  if (written === undefined) return undefined
  const { options } = statement
  // `change_column :a, :b, 'uuid USING b::uuid'`
  const [, type = written, inline] = /^(.*?)\s+using\s+(.*)$/is.exec(written) ?? []
  const to = columnType(type, options, statement)
  const change = { op: 'change-type', table, column, to } as const
  // MySQL restates the whole column; what the call does not say, Rails takes over from the column as it is.
  if (isMySql(statement))
    return [[options.has('null') ? { ...change, spec: columnSpec(column, type, options, statement) } : change]]
  const using = textOf(options.get('using')) ?? inline
  const value = defaultOf(options.get('default'), to)
  const operations: Operation[] = [
    { ...change, ...(using === undefined ? {} : { using: { text: using, functions: functionsIn(using) } }) },
  ]
  if (options.has('default'))
    operations.push(
      value ? { op: 'set-default', table, column, default: value } : { op: 'drop-default', table, column },
    )
  if (isFalse(options.get('null'))) operations.push({ op: 'set-not-null', table, column })
  if (isTrue(options.get('null'))) operations.push({ op: 'drop-not-null', table, column })
  return [operations]
}

function changeNull(table: string, column: string, statement: Statement): Reading {
  const nullable = statement.values[2]
  if (nullable?.kind !== 'boolean') return undefined
  if (nullable.value) return [[{ op: 'drop-not-null', table, column }]]
  const fill = isSet(statement.values[3]) || isFalse(statement.values[3])
  return steps([
    ...(fill ? [{ op: 'update-rows', table, filtered: true, batched: false } satisfies Operation] : []),
    { op: 'set-not-null', table, column },
  ])
}

function changeDefault(table: string, column: string, statement: Statement): Reading {
  const { options } = statement
  const given = options.has('to') ? options.get('to') : statement.values[2]
  // A hash in third place is the default itself, unless it says from and to.
  const braces: RubyValue = { kind: 'hash', entries: options }
  const to = given ?? (options.has('from') ? undefined : braces)
  if (to === undefined) return undefined
  const value = defaultOf(to, sqlType(''))
  return [[value ? { op: 'set-default', table, column, default: value } : { op: 'drop-default', table, column }]]
}

/** The column of a check that says just that it is not null. */
export const notNullColumnOf = (expression: string): string | undefined =>
  /^\(*\s*["`]?(\w+)["`]?\s+is\s+not\s+null\s*\)*$/i.exec(expression)?.[1]

function addCheck(table: string, expression: string, statement: Statement): Reading {
  const notNull = notNullColumnOf(expression)
  const name = textOf(statement.options.get('name')) ?? checkName(table, expression)
  const validated = !isFalse(statement.options.get('validate'))
  return [
    [
      {
        op: 'add-check',
        table,
        name,
        expression,
        validated,
        ...(notNull === undefined ? {} : { notNullColumn: notNull }),
      },
    ],
  ]
}

const constraintNamed = (table: string, statement: Statement): string | undefined =>
  textOf(statement.options.get('name')) ??
  (textOf(statement.values[1]) === undefined ? undefined : checkName(table, textOf(statement.values[1]) ?? ''))

function validate(table: string, constraint: string | undefined): Reading {
  return constraint === undefined ? undefined : [[{ op: 'validate-constraint', table, constraint }]]
}

function timestampSpecs(statement: Statement): readonly Operation[] {
  const table = tableOf(statement) ?? ''
  const { options } = statement
  // Since Rails 5 the two are NOT NULL unless the call says otherwise.
  const own: Options =
    options.has('null') || statement.version < 5
      ? options
      : new Map([...options, ['null', { kind: 'boolean', value: false }]])
  return ['created_at', 'updated_at'].map(name => ({
    op: 'add-column',
    table,
    column: columnSpec(name, 'datetime', own, statement),
  }))
}

function addUnique(table: string, statement: Statement): Reading {
  const columns = textsOf(statement.values[1]) ?? []
  const usingIndex = textOf(statement.options.get('using_index'))
  if (columns.length === 0 && usingIndex === undefined) return undefined
  const name =
    textOf(statement.options.get('name')) ?? uniqueName(table, usingIndex === undefined ? columns : [usingIndex])
  return [[{ op: 'add-unique', table, name, columns, ...(usingIndex === undefined ? {} : { usingIndex }) }]]
}

function dropTables(statement: Statement): Reading {
  const tables = rest(statement, 0)
  const cascade = textOf(statement.options.get('force')) === 'cascade'
  return tables && tables.length > 0
    ? steps(tables.map(table => ({ op: 'drop-table', table: tableName(table), cascade })))
    : undefined
}

/** The table of `create_join_table` and `drop_join_table`. */
export function joinTableOf(statement: Statement): string | undefined {
  const names = twoNames(statement)
  const named = textOf(statement.options.get('table_name'))
  return named ?? (names ? joinTable(names[0], names[1]) : undefined)
}

const dropColumns = onTable((table, statement) => {
  const columns = rest(statement, 1)
  // One ALTER TABLE with several clauses.
  return columns && columns.length > 0 ? [columns.map(column => ({ op: 'drop-column', table, column }))] : undefined
})

const quiet = (what: string) => (): Reading => harmless(what)

/** All calls of the DSL that take plain arguments; `create_table` and `change_table` have blocks and are read elsewhere. */
export const statements: Readonly<Record<string, (statement: Statement) => Reading>> = {
  add_column: onColumn(addColumn),
  add_columns: onTable((table, statement) => {
    const type = textOf(statement.options.get('type'))
    const columns = rest(statement, 1)
    if (type === undefined || !columns) return undefined
    const options = new Map([...statement.options].filter(([key]) => key !== 'type'))
    return [columns.map(column => ({ op: 'add-column', table, column: columnSpec(column, type, options, statement) }))]
  }),
  add_timestamps: onTable((_table, statement) => [timestampSpecs(statement)]),
  remove_timestamps: onTable(table => [
    ['updated_at', 'created_at'].map(column => ({ op: 'drop-column', table, column })),
  ]),
  remove_column: onColumn((table, column) => [[{ op: 'drop-column', table, column }]]),
  remove_columns: dropColumns,
  rename_column: onColumn((table, column, statement) => {
    const to = textOf(statement.values[2])
    return to === undefined ? undefined : [[{ op: 'rename-column', table, column, to }]]
  }),
  rename_table: statement => {
    const names = twoNames(statement)
    return names ? [[{ op: 'rename-table', table: tableName(names[0]), to: tableName(names[1]) }]] : undefined
  },
  change_column: onColumn(changeColumn),
  change_column_null: onColumn(changeNull),
  change_column_default: onColumn(changeDefault),
  add_index: onTable(addIndex),
  remove_index: onTable(removeIndex),
  rename_index: onTable((table, statement) => {
    const index = textOf(statement.values[1])
    const to = textOf(statement.values[2])
    return index === undefined || to === undefined ? undefined : [[{ op: 'rename-index', table, index, to }]]
  }),
  add_reference: onColumn(addReference),
  add_belongs_to: onColumn(addReference),
  remove_reference: onColumn(removeReference),
  remove_belongs_to: onColumn(removeReference),
  add_foreign_key: onTable((table, statement) => {
    const to = textOf(statement.values[1])
    return to === undefined ? undefined : [[foreignKey(table, tableName(to), statement.options)]]
  }),
  remove_foreign_key: onTable((table, statement) => {
    const constraint = foreignKeyNamed(table, statement)
    return constraint === undefined ? undefined : [[{ op: 'drop-constraint', table, constraint, type: 'foreign-key' }]]
  }),
  validate_foreign_key: onTable((table, statement) => validate(table, foreignKeyNamed(table, statement))),
  add_check_constraint: onTable((table, statement) => {
    const expression = statement.values[1]
    return expression?.kind === 'text' ? addCheck(table, expression.text, statement) : undefined
  }),
  remove_check_constraint: onTable((table, statement) => {
    const constraint = constraintNamed(table, statement)
    return constraint === undefined ? undefined : [[{ op: 'drop-constraint', table, constraint, type: 'check' }]]
  }),
  validate_check_constraint: onTable((table, statement) => validate(table, constraintNamed(table, statement))),
  validate_constraint: onTable((table, statement) => validate(table, textOf(statement.values[1]))),
  add_unique_constraint: onTable(addUnique),
  remove_unique_constraint: onTable((table, statement) => {
    const columns = textsOf(statement.values[1])
    const constraint = textOf(statement.options.get('name')) ?? (columns ? uniqueName(table, columns) : undefined)
    return constraint === undefined ? undefined : [[{ op: 'drop-constraint', table, constraint, type: 'unique' }]]
  }),
  add_exclusion_constraint: onTable((table, statement) => {
    const name = textOf(statement.options.get('name'))
    return [[{ op: 'add-exclusion', table, ...(name === undefined ? {} : { name }) }]]
  }),
  remove_exclusion_constraint: onTable((table, statement) => {
    const constraint = textOf(statement.options.get('name'))
    return constraint === undefined ? undefined : [[{ op: 'drop-constraint', table, constraint }]]
  }),
  drop_table: dropTables,
  drop_join_table: statement => {
    const table = joinTableOf(statement)
    return table === undefined ? undefined : [[{ op: 'drop-table', table, cascade: false }]]
  },
  truncate: onTable(table => [[{ op: 'truncate', table, cascade: false }]]),
  truncate_tables: statement => {
    const tables = rest(statement, 0)
    return tables
      ? steps(tables.map(table => ({ op: 'truncate', table: tableName(table), cascade: false })))
      : undefined
  },
  add_enum_value: statement => {
    const names = twoNames(statement)
    return names ? [[{ op: 'add-enum-value', type: names[0], value: names[1] }]] : undefined
  },
  rename_enum_value: statement => {
    const type = textOf(statement.values[0])
    const value = textOf(statement.options.get('from'))
    const to = textOf(statement.options.get('to'))
    return type === undefined || value === undefined || to === undefined
      ? undefined
      : [[{ op: 'rename-enum-value', type, value, to }]]
  },
  drop_schema: statement => {
    const name = textOf(statement.values[0])
    return name === undefined ? undefined : [[{ op: 'drop-schema', name, cascade: true }]]
  },
  ...gemStatements,
  ...Object.fromEntries(
    [
      'change_column_comment',
      'change_table_comment',
      'enable_extension',
      'disable_extension',
      'create_enum',
      'drop_enum',
      'rename_enum',
      'create_schema',
      'set_pk_sequence!',
      'reset_pk_sequence!',
      'reset_sequence!',
      'clear_cache!',
      'reload_type_map',
      'create_virtual_table',
      'drop_virtual_table',
      'add_enum',
      'create_database',
      'change_table_options',
      'create_sequence',
      'drop_sequence',
      'rename_schema',
      'update_trigger',
    ].map(name => [name, quiet(name.replaceAll('_', ' '))]),
  ),
}

/** MySQL: `add_index …, algorithm: :inplace`, `lock: :none`. */
export function mysqlWishes(options: Options): {
  algorithm?: 'instant' | 'inplace' | 'copy'
  lock?: 'none' | 'shared' | 'exclusive'
} {
  const algorithm = textOf(options.get('algorithm'))
  const lock = textOf(options.get('lock'))
  return {
    ...(algorithm === 'instant' || algorithm === 'inplace' || algorithm === 'copy' ? { algorithm } : {}),
    ...(lock === 'none' || lock === 'shared' || lock === 'exclusive' ? { lock } : {}),
  }
}
