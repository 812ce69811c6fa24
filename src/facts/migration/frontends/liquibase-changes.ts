import type { ObjectKind, Operation } from '../operation.ts'
import {
  type ChangelogSetting,
  columnOf,
  columnsOf,
  expressionOf,
  folded,
  given,
  isFalse,
  isTrue,
  namesIn,
  tableIn,
  typeOf,
} from './liquibase-columns.ts'
import type { Entry, Words } from './liquibase-tree.ts'

/** What one change type does, in order. */
export type Part =
  | { readonly operation: Operation; readonly of?: Entry }
  /** SQL to read. Without a place of its own it was put together from the entry. */
  | { readonly sql: string; readonly words?: Words }
  | { readonly file: string; readonly relative: boolean }
  | { readonly unreadable: string }

type Reader = (entry: Entry, setting: ChangelogSetting) => readonly Part[]

/** What a change does; undefined for a change type that is not Liquibase's own. */
export function partsOf(entry: Entry, setting: ChangelogSetting): readonly Part[] | undefined {
  const own = Object.hasOwn(readers, entry.name) ? readers[entry.name] : undefined
  if (own !== undefined) return own(entry, setting)
  return harmless.has(entry.name) ? [{ operation: { op: 'harmless', what: entry.name } }] : undefined
}

/** Changes that alter neither tables nor rows in use. */
const harmless: ReadonlySet<string> = new Set([
  'alterSequence',
  'createPackage',
  'createPackageBody',
  'createSynonym',
  'dropPackage',
  'dropPackageBody',
  'dropSynonym',
  'empty',
  'insert',
  'loadData',
  'loadUpdateData',
  'markUnused',
  'output',
  'setColumnRemarks',
  'setTableRemarks',
  'stop',
  'tagDatabase',
])

const noTable: readonly Part[] = [{ unreadable: 'the table is not named' }]

/** A reader of a change on one table. */
function onTable(
  read: (table: string, entry: Entry, setting: ChangelogSetting) => readonly (Operation | Part)[],
  name = 'tableName',
  schema = 'schemaName',
): Reader {
  return (entry, setting) => {
    const table = tableIn(entry, setting, name, schema)
    if (table === undefined) return noTable
    return read(table, entry, setting).map(part => ('op' in part ? { operation: part } : part))
  }
}

const nameOf = (entry: Entry, key: string, setting: ChangelogSetting): string => {
  const text = given(entry, key, setting)
  return text === undefined ? '' : folded(text, setting)
}

const named = (name: string): { name?: string } => (name === '' ? {} : { name })

/** A table name as the database's SQL quotes it. */
function quoted(table: string, { engine }: ChangelogSetting): string {
  const mark = engine === 'postgres' ? '"' : '`'
  return table
    .split('.')
    .map(part => `${mark}${part.replaceAll(mark, mark + mark)}${mark}`)
    .join('.')
}

/** A view, routine or sequence that comes, goes or gets another name. */
function object(verb: 'create' | 'drop' | 'rename', kind: ObjectKind, name: string, newName = ''): Reader {
  return (entry, setting) => {
    const from = tableIn(entry, setting, name)
    if (from === undefined) return [{ operation: { op: 'harmless', what: entry.name } }]
    const common = { object: kind, name: from }
    if (verb !== 'rename') return [{ operation: { op: `${verb}-object`, ...common } }]
    return [{ operation: { op: 'rename-object', ...common, to: tableIn(entry, setting, newName) ?? '' } }]
  }
}

const readers: Readonly<Record<string, Reader>> = {
  createTable: onTable((table, entry, setting) => {
    const columns = columnsOf(entry).flatMap(column => columnOf(column, setting) ?? [])
    return [{ op: 'create-table', table, columns, references: columns.flatMap(({ references }) => references ?? []) }]
  }),
  addColumn: onTable(addColumn),
  dropColumn: onTable((table, entry, setting) => {
    const single = nameOf(entry, 'columnName', setting)
    const listed = columnsOf(entry).map(column => ({ name: nameOf(column, 'name', setting), of: column }))
    return [...(single === '' ? [] : [{ name: single, of: entry }]), ...listed].map(({ name, of }) => ({
      operation: { op: 'drop-column', table, column: name },
      of,
    }))
  }),
  renameColumn: onTable((table, entry, setting) => [
    {
      op: 'rename-column',
      table,
      column: nameOf(entry, 'oldColumnName', setting),
      to: nameOf(entry, 'newColumnName', setting),
    },
  ]),
  modifyDataType: onTable((table, entry, setting) => [
    {
      op: 'change-type',
      table,
      column: nameOf(entry, 'columnName', setting),
      to: typeOf(given(entry, 'newDataType', setting) ?? '', setting),
    },
  ]),
  addNotNullConstraint: onTable(addNotNull),
  dropNotNullConstraint: onTable((table, entry, setting) => [
    { op: 'drop-not-null', table, column: nameOf(entry, 'columnName', setting) },
  ]),
  addDefaultValue: onTable((table, entry, setting) => [
    {
      op: 'set-default',
      table,
      column: nameOf(entry, 'columnName', setting),
      default: expressionOf(entry, 'defaultValue', setting) ?? { text: 'NULL', functions: [] },
    },
  ]),
  dropDefaultValue: onTable((table, entry, setting) => [
    { op: 'drop-default', table, column: nameOf(entry, 'columnName', setting) },
  ]),
  createIndex: onTable((table, entry, setting) => [
    {
      op: 'create-index',
      table,
      ...(given(entry, 'indexName', setting) === undefined ? {} : { index: nameOf(entry, 'indexName', setting) }),
      columns: columnsOf(entry).map(column => nameOf(column, 'name', setting)),
      unique: isTrue(entry, 'unique', setting),
      concurrently: false,
    },
  ]),
  dropIndex: (entry, setting) => {
    const table = tableIn(entry, setting)
    return [
      {
        operation: {
          op: 'drop-index',
          ...(table === undefined ? {} : { table }),
          index: nameOf(entry, 'indexName', setting),
          concurrently: false,
        },
      },
    ]
  },
  addForeignKeyConstraint: onTable(
    (table, entry, setting) => [
      {
        op: 'add-foreign-key',
        table,
        ...named(nameOf(entry, 'constraintName', setting)),
        columns: namesIn(given(entry, 'baseColumnNames', setting), setting),
        references: {
          table: tableIn(entry, setting, 'referencedTableName', 'referencedTableSchemaName') ?? '',
          columns: namesIn(given(entry, 'referencedColumnNames', setting), setting),
        },
        // On Postgres it becomes NOT VALID; MySQL knows nothing of the kind.
        validated: !(setting.engine === 'postgres' && isFalse(entry, 'validate', setting)),
      },
    ],
    'baseTableName',
    'baseTableSchemaName',
  ),
  addUniqueConstraint: onTable((table, entry, setting) => [
    {
      op: 'add-unique',
      table,
      ...named(nameOf(entry, 'constraintName', setting)),
      columns: namesIn(given(entry, 'columnNames', setting), setting),
      ...takenIndex(entry, setting),
    },
  ]),
  addPrimaryKey: onTable((table, entry, setting) => [
    {
      op: 'add-primary-key',
      table,
      columns: namesIn(given(entry, 'columnNames', setting), setting),
      ...takenIndex(entry, setting),
    },
  ]),
  addCheckConstraint: onTable((table, entry, setting) => {
    const body = given(entry, 'constraintBody', setting) ?? ''
    const column = /^\(?\s*["`]?(\w+)["`]?\s+is\s+not\s+null\s*\)?$/i.exec(body)?.[1]
    return [
      {
        op: 'add-check',
        table,
        ...named(nameOf(entry, 'constraintName', setting)),
        expression: body,
        validated: !(setting.engine === 'postgres' && isFalse(entry, 'validate', setting)),
        ...(column === undefined ? {} : { notNullColumn: folded(column, setting) }),
      },
    ]
  }),
  addAutoIncrement: onTable((table, entry, setting) =>
    setting.engine === 'postgres'
      ? [{ op: 'metadata', table, what: 'ADD GENERATED', lock: 'ACCESS EXCLUSIVE' }]
      : [
          {
            op: 'change-type',
            table,
            column: nameOf(entry, 'columnName', setting),
            to: typeOf(given(entry, 'columnDataType', setting) ?? '', setting),
          },
        ],
  ),
  dropPrimaryKey: dropConstraint('primary-key'),
  dropUniqueConstraint: dropConstraint('unique'),
  dropCheckConstraint: dropConstraint('check'),
  dropForeignKeyConstraint: dropConstraint('foreign-key', 'baseTableName', 'baseTableSchemaName'),
  dropAllForeignKeyConstraints: dropConstraint('foreign-key', 'baseTableName', 'baseTableSchemaName'),
  dropTable: onTable((table, entry, setting) => [
    { op: 'drop-table', table, cascade: isTrue(entry, 'cascadeConstraints', setting) },
  ]),
  renameTable: onTable(
    (table, entry, setting) => [{ op: 'rename-table', table, to: tableIn(entry, setting, 'newTableName') ?? '' }],
    'oldTableName',
  ),
  createView: object('create', 'view', 'viewName'),
  dropView: object('drop', 'view', 'viewName'),
  renameView: object('rename', 'view', 'oldViewName', 'newViewName'),
  createFunction: object('create', 'function', 'functionName'),
  dropFunction: object('drop', 'function', 'functionName'),
  createProcedure: object('create', 'procedure', 'procedureName'),
  dropProcedure: object('drop', 'procedure', 'procedureName'),
  createSequence: object('create', 'sequence', 'sequenceName'),
  dropSequence: object('drop', 'sequence', 'sequenceName'),
  renameSequence: object('rename', 'sequence', 'oldSequenceName', 'newSequenceName'),
  createTrigger: onTable((table, entry, setting) => [
    { op: 'create-trigger', table, trigger: nameOf(entry, 'triggerName', setting) },
  ]),
  dropTrigger: onTable((table, entry, setting) => [
    { op: 'drop-trigger', table, trigger: nameOf(entry, 'triggerName', setting) },
  ]),
  addLookupTable: (entry, setting) => {
    const from = tableIn(entry, setting, 'existingTableName', 'existingTableSchemaName')
    const table = tableIn(entry, setting, 'newTableName', 'newTableSchemaName')
    if (from === undefined || table === undefined) return noTable
    const columns = [nameOf(entry, 'existingColumnName', setting)]
    const references = { table, columns: [nameOf(entry, 'newColumnName', setting)] }
    return [
      { operation: { op: 'create-table', table, columns: [], references: [] } },
      { operation: { op: 'insert-select', table, from: [from] } },
      { operation: { op: 'add-foreign-key', table: from, columns, references, validated: true } },
    ]
  },
  mergeColumns: onTable((table, entry, setting) => [
    {
      op: 'add-column',
      table,
      column: {
        name: nameOf(entry, 'finalColumnName', setting),
        type: typeOf(given(entry, 'finalColumnType', setting) ?? '', setting),
        notNull: false,
        numbered: false,
        primaryKey: false,
        unique: false,
        check: false,
      },
    },
    { op: 'update-rows', table, filtered: false, batched: false },
    { op: 'drop-column', table, column: nameOf(entry, 'column1Name', setting) },
    { op: 'drop-column', table, column: nameOf(entry, 'column2Name', setting) },
  ]),
  update: onTable((table, entry, setting) => [
    { sql: `UPDATE ${quoted(table, setting)} SET x = 1${whereOf(entry, setting)}` },
  ]),
  delete: onTable((table, entry, setting) => [
    { sql: `DELETE FROM ${quoted(table, setting)}${whereOf(entry, setting)}` },
  ]),
  sql: (entry, setting) => {
    const words = textOf(entry, 'sql')
    return words === undefined ? [] : [{ sql: setting.fill(words.text), ...asWritten(words, setting) }]
  },
  sqlFile: (entry, setting) => {
    const path = given(entry, 'path', setting)
    return path === undefined
      ? [{ unreadable: 'the file is not named' }]
      : [{ file: path, relative: isTrue(entry, 'relativeToChangelogFile', setting) }]
  },
  customChange: entry => [
    { unreadable: `a change written in Java (${entry.values.get('class')?.text ?? 'a class'}) is not followed` },
  ],
  executeCommand: () => [{ unreadable: 'a command of the system is not followed' }],
  createSchema: () => [{ operation: { op: 'harmless', what: 'CREATE SCHEMA' } }],
  dropSchema: (entry, setting) => [
    { operation: { op: 'drop-schema', name: nameOf(entry, 'schemaName', setting), cascade: true } },
  ],
}

/** New columns; `value…` fills the rows that exist with an UPDATE, and only then NOT NULL is set. */
function addColumn(table: string, entry: Entry, setting: ChangelogSetting): readonly (Operation | Part)[] {
  const added: Part[] = []
  const filled: Operation[] = []
  const required: Part[] = []
  for (const of of columnsOf(entry)) {
    const column = columnOf(of, setting)
    if (column === undefined) continue
    const isFilled = expressionOf(of, 'value', setting) !== undefined
    added.push({
      operation: { op: 'add-column', table, column: isFilled ? { ...column, notNull: false } : column },
      of,
    })
    if (!isFilled) continue
    filled.push({ op: 'update-rows', table, filtered: false, batched: false })
    if (column.notNull) required.push({ operation: { op: 'set-not-null', table, column: column.name }, of })
  }
  return [...added, ...filled, ...required]
}

/** With a default value, rows that have none are given it first. */
function addNotNull(table: string, entry: Entry, setting: ChangelogSetting): readonly (Operation | Part)[] {
  const column = nameOf(entry, 'columnName', setting)
  const fills = given(entry, 'defaultNullValue', setting) !== undefined
  const filling: Operation[] = fills ? [{ op: 'update-rows', table, filtered: false, batched: false }] : []
  if (setting.engine === 'postgres' && isFalse(entry, 'validate', setting))
    return [...filling, { unreadable: 'validate="false" has no meaning on this database' }]
  return [...filling, { op: 'set-not-null', table, column }]
}

function takenIndex(entry: Entry, setting: ChangelogSetting): { usingIndex?: string } {
  const index = setting.engine === 'postgres' ? nameOf(entry, 'forIndexName', setting) : ''
  return index === '' ? {} : { usingIndex: index }
}

function dropConstraint(
  type: NonNullable<Extract<Operation, { op: 'drop-constraint' }>['type']>,
  name?: string,
  schema?: string,
): Reader {
  return onTable(
    (table, entry, setting) => [
      { op: 'drop-constraint', table, constraint: nameOf(entry, 'constraintName', setting), type },
    ],
    name,
    schema,
  )
}

function textOf(entry: Entry, key: string): Words | undefined {
  return (
    entry.values.get('') ?? entry.values.get(key) ?? entry.children.find(({ name }) => name === key)?.values.get('')
  )
}

/** The place in the file holds only while no property has changed the text. */
function asWritten(words: Words, setting: ChangelogSetting): { words?: Words } {
  return setting.fill(words.text) === words.text ? { words } : {}
}

/** The condition; parameters of it are particular values. */
function whereOf(entry: Entry, setting: ChangelogSetting): string {
  const where = textOf({ ...entry, values: new Map([...entry.values].filter(([key]) => key !== '')) }, 'where')
  if (where === undefined || where.text.trim() === '') return ''
  return ` WHERE ${setting.fill(where.text).replace(/(?<!:):(value|name)\b/g, "'$1'")}`
}
