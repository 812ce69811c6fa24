import { dotted, type PyCall, type PyValue } from '../../../artifact/python.ts'
import type { Engine } from '../../../config/types.ts'
import type { ColumnSpec, Operation, Reference } from '../operation.ts'
import { actionsOf, saColumn, saType, serverDefault, tableName } from './alembic-columns.ts'
import { entity } from './alembic-entities.ts'
import { sqlText } from './python-scope.ts'

/** A call of Alembic's `op`, with its arguments by name; inside `batch_alter_table` the table comes from there. */
export interface AlembicCall {
  readonly call: PyCall
  readonly engine: Engine | undefined
  /** Table of the surrounding batch. */
  readonly batch?: string
  given(name: string): PyValue | undefined
}

/** Undefined: the arguments are not known before it runs. */
type Read = (given: AlembicCall) => readonly Operation[] | undefined

interface Entry {
  readonly parameters: readonly string[]
  readonly read: Read
}

const textOf = (value: PyValue | undefined): string | undefined =>
  value?.kind === 'text' && value.holes === 0 ? value.text : undefined
const isTrue = (value: PyValue | undefined): boolean => value?.kind === 'boolean' && value.value
const isFalse = (value: PyValue | undefined): boolean => value?.kind === 'boolean' && !value.value
const named = (name: string | undefined): { name?: string } => (name === undefined ? {} : { name })

/** Names of columns; an expression counts as one. */
function columnsIn(value: PyValue | undefined): readonly string[] {
  const items = value?.kind === 'list' ? value.items : value ? [value] : []
  return items.map(item => textOf(item) ?? sqlText(item)?.text ?? (item.kind === 'call' ? dotted(item.callee) : '…'))
}

function qualified(name: string | undefined, schema: PyValue | undefined): string | undefined {
  const inside = textOf(schema)
  if (name === undefined || name === '') return undefined
  return tableName(inside === undefined || name.includes('.') ? name : `${inside}.${name}`)
}

/** Reads a call on one table. */
const onTable =
  (key: string, read: (table: string, given: AlembicCall) => readonly Operation[] | undefined): Read =>
  given => {
    const table =
      given.batch ?? qualified(textOf(given.given(key)), given.given('schema') ?? given.given('source_schema'))
    return table === undefined ? undefined : read(table, given)
  }

const harmless = (what: string): readonly Operation[] => [{ op: 'harmless', what }]

/** Operations of Alembic by name. `table_name` (or `source_table`) is left out of the parameters inside a batch. */
export const operations: Readonly<Record<string, Entry>> = {
  add_column: { parameters: ['table_name', 'column'], read: onTable('table_name', addColumn) },
  drop_column: {
    parameters: ['table_name', 'column_name'],
    read: onTable('table_name', (table, { given }) => {
      const column = textOf(given('column_name'))
      return column === undefined ? undefined : [{ op: 'drop-column', table, column }]
    }),
  },
  alter_column: { parameters: ['table_name', 'column_name'], read: onTable('table_name', alterColumn) },
  create_index: { parameters: ['index_name', 'table_name', 'columns'], read: onTable('table_name', createIndex) },
  drop_index: {
    parameters: ['index_name', 'table_name'],
    read: ({ given, batch }) => {
      const index = textOf(given('index_name'))
      const table = batch ?? qualified(textOf(given('table_name')), given('schema'))
      if (index === undefined) return undefined
      return [
        {
          op: 'drop-index',
          ...(table === undefined ? {} : { table }),
          index,
          concurrently: isTrue(given('postgresql_concurrently')),
        },
      ]
    },
  },
  create_foreign_key: {
    parameters: ['constraint_name', 'source_table', 'referent_table', 'local_cols', 'remote_cols'],
    read: onTable('source_table', (table, { given }) => {
      const to = qualified(textOf(given('referent_table')), given('referent_schema'))
      if (to === undefined) return undefined
      return [
        {
          op: 'add-foreign-key',
          table,
          ...named(textOf(given('constraint_name'))),
          columns: columnsIn(given('local_cols')),
          references: { table: to, columns: columnsIn(given('remote_cols')), ...actionsOf(given) },
          validated: !isTrue(given('postgresql_not_valid')),
        },
      ]
    }),
  },
  create_check_constraint: {
    parameters: ['constraint_name', 'table_name', 'condition'],
    read: onTable('table_name', (table, { given }) => {
      const expression = sqlText(given('condition'))?.text ?? '…'
      const column = /^\s*"?(\w+)"?\s+is\s+not\s+null\s*$/i.exec(expression)?.[1] ?? notNullBuilt(given('condition'))
      const validated = !isTrue(given('postgresql_not_valid'))
      return [
        {
          op: 'add-check',
          table,
          ...named(textOf(given('constraint_name'))),
          expression,
          validated,
          ...(column === undefined ? {} : { notNullColumn: column }),
        },
      ]
    }),
  },
  create_unique_constraint: {
    parameters: ['constraint_name', 'table_name', 'columns'],
    read: onTable('table_name', (table, { given }) => {
      const usingIndex = textOf(given('postgresql_using_index'))
      return [
        {
          op: 'add-unique',
          table,
          ...named(textOf(given('constraint_name'))),
          columns: columnsIn(given('columns')),
          ...(usingIndex === undefined ? {} : { usingIndex }),
        },
      ]
    }),
  },
  create_primary_key: {
    parameters: ['constraint_name', 'table_name', 'columns'],
    read: onTable('table_name', (table, { given }) => [
      { op: 'add-primary-key', table, columns: columnsIn(given('columns')) },
    ]),
  },
  create_exclude_constraint: {
    parameters: ['constraint_name', 'table_name'],
    read: onTable('table_name', (table, { given }) => [
      { op: 'add-exclusion', table, ...named(textOf(given('constraint_name'))) },
    ]),
  },
  drop_constraint: {
    parameters: ['constraint_name', 'table_name', 'type_'],
    read: onTable('table_name', (table, { given }) => {
      const constraint = textOf(given('constraint_name'))
      const kinds: Readonly<Record<string, 'foreign-key' | 'primary-key' | 'unique' | 'check'>> = {
        foreignkey: 'foreign-key',
        primary: 'primary-key',
        unique: 'unique',
        check: 'check',
      }
      const type = kinds[textOf(given('type_')) ?? '']
      return [{ op: 'drop-constraint', table, constraint: constraint ?? '', ...(type ? { type } : {}) }]
    }),
  },
  create_table: { parameters: ['table_name'], read: onTable('table_name', createTable) },
  drop_table: {
    parameters: ['table_name'],
    read: onTable('table_name', table => [{ op: 'drop-table', table, cascade: false }]),
  },
  rename_table: {
    parameters: ['old_table_name', 'new_table_name'],
    read: ({ given }) => {
      const table = qualified(textOf(given('old_table_name')), given('schema'))
      const to = qualified(textOf(given('new_table_name')), given('schema'))
      return table === undefined || to === undefined ? undefined : [{ op: 'rename-table', table, to }]
    },
  },
  bulk_insert: { parameters: ['table', 'rows'], read: () => harmless('INSERT') },
  create_geospatial_index: {
    parameters: ['index_name', 'table_name', 'columns'],
    read: onTable('table_name', createIndex),
  },
  drop_geospatial_index: { parameters: [], read: () => harmless('drop_geospatial_index') },
  create_table_comment: { parameters: [], read: () => harmless('COMMENT') },
  drop_table_comment: { parameters: [], read: () => harmless('COMMENT') },
  create_entity: { parameters: ['target'], read: ({ given }) => entity('create-object', given('target')) },
  replace_entity: { parameters: ['target'], read: ({ given }) => entity('create-object', given('target')) },
  drop_entity: { parameters: ['target'], read: ({ given }) => entity('drop-object', given('target')) },
}

/** Calls of `op` that change nothing by themselves. */
export const withoutEffect =
  /^(get_bind|get_context|f|inline_literal|implementation_for|register_operation|batch_alter_table|autocommit_block)$/

function addColumn(table: string, { given, engine }: AlembicCall): readonly Operation[] | undefined {
  const declared = saColumn(given('column'), engine)
  if (!declared) return undefined
  const { column, references } = declared
  const columns = [column.name]
  // Alembic adds the column alone, and its index and constraints in statements of their own.
  return [
    { op: 'add-column', table, column },
    ...(declared.unique ? [{ op: 'add-unique', table, columns } satisfies Operation] : []),
    ...(declared.indexed
      ? [{ op: 'create-index', table, columns, unique: false, concurrently: false } satisfies Operation]
      : []),
    ...(references
      ? [
          {
            op: 'add-foreign-key',
            table,
            ...named(references.name),
            columns,
            references,
            validated: true,
          } satisfies Operation,
        ]
      : []),
  ]
}

function alterColumn(table: string, { given, engine }: AlembicCall): readonly Operation[] | undefined {
  const column = textOf(given('column_name'))
  if (column === undefined) return undefined
  const changes: Operation[] = []
  const from = saType(given('existing_type'), engine)
  const to = saType(given('type_') ?? given('type'), engine)
  const nullable = given('nullable')
  const using = sqlText(given('postgresql_using'))
  if (to) {
    const functions = [...(using?.text ?? '').matchAll(/(\w+)\s*\(/g)].map(([, name = '']) => name.toLowerCase())
    const spec: ColumnSpec = {
      name: column,
      type: to,
      notNull: isFalse(nullable ?? given('existing_nullable')),
      numbered: false,
      primaryKey: false,
      unique: false,
      check: false,
    }
    changes.push({
      op: 'change-type',
      table,
      column,
      to,
      ...(from ? { from } : {}),
      ...(using ? { using: { text: using.text, functions } } : {}),
      spec,
    })
  }
  if (nullable?.kind === 'boolean') {
    const existing = given('existing_nullable')
    if (!(existing?.kind === 'boolean' && existing.value === nullable.value))
      changes.push({ op: nullable.value ? 'drop-not-null' : 'set-not-null', table, column })
  }
  const value = given('server_default')
  if (value?.kind === 'none') changes.push({ op: 'drop-default', table, column })
  else if (value !== undefined && !isFalse(value)) {
    const text = serverDefault(value)
    if (text) changes.push({ op: 'set-default', table, column, default: text })
  }
  const name = textOf(given('new_column_name') ?? given('name'))
  if (name !== undefined && name !== column) changes.push({ op: 'rename-column', table, column, to: name })
  return changes.length > 0 ? changes : harmless('alter_column')
}

function createIndex(table: string, { given }: AlembicCall): readonly Operation[] {
  const index = textOf(given('index_name'))
  const prefix = textOf(given('mysql_prefix'))?.toLowerCase()
  return [
    {
      op: 'create-index',
      table,
      ...(index === undefined ? {} : { index }),
      columns: columnsIn(given('columns')),
      unique: isTrue(given('unique')),
      concurrently: isTrue(given('postgresql_concurrently')),
      ...(given('postgresql_where') ? { partial: true } : {}),
      ...(isTrue(given('if_not_exists')) ? { ifNotExists: true } : {}),
      ...(prefix === 'fulltext' || prefix === 'spatial' ? { special: prefix } : {}),
    },
  ]
}

function createTable(table: string, { call, engine, given }: AlembicCall): readonly Operation[] {
  const columns: ColumnSpec[] = []
  const references: Reference[] = []
  for (const item of call.arguments.slice(call.keywords.has('table_name') ? 0 : 1)) {
    const declared = saColumn(item, engine)
    if (declared) {
      columns.push({ ...declared.column, unique: declared.unique })
      if (declared.references) references.push(declared.references)
    } else if (item.kind === 'call' && item.name === 'ForeignKeyConstraint') {
      const [local, remote] = item.arguments
      const [target] = columnsIn(remote)
      const dot = target?.lastIndexOf('.') ?? -1
      if (target !== undefined && dot > 0 && local)
        references.push({ table: tableName(target.slice(0, dot)), columns: [target.slice(dot + 1)] })
    }
  }
  const prefixes = given('prefixes')
  const temporary = prefixes?.kind === 'list' && prefixes.items.some(item => /^temp/i.test(textOf(item) ?? ''))
  return [{ op: 'create-table', table, columns, references, ...(temporary ? { temporary } : {}) }]
}

/** The column of `sa.column("plan").is_not(None)`, or of `sa.column("plan") != None`. */
function notNullBuilt(condition: PyValue | undefined): string | undefined {
  if (condition?.kind === 'compared')
    return condition.operator === '!=' && condition.right.kind === 'none' ? columnNamed(condition.left) : undefined
  if (condition?.kind !== 'call' || !/^(is_not|isnot)$/.test(condition.name)) return undefined
  const { callee } = condition
  return condition.arguments[0]?.kind === 'none' && callee.kind === 'attribute' ? columnNamed(callee.of) : undefined
}

function columnNamed(value: PyValue): string | undefined {
  return value.kind === 'call' && /^(column|literal_column)$/.test(value.name) ? textOf(value.arguments[0]) : undefined
}
