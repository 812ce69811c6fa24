import type { Operation } from '../operation.ts'
import { columnSpec, isFalse, isTrue, type Options, textOf, textsOf } from './rails-columns.ts'
import { addIndex, foreignKey, removeIndex } from './rails-keys.ts'
import { asText, onColumn, onTable, type Reading, rest, type Statement, steps, tableName } from './rails-statement.ts'

/** Calls that gems add to the language: scenic, fx, paperclip, money-rails, the helpers of GitLab, Mastodon and online_migrations. */
export const gemStatements: Readonly<Record<string, (statement: Statement) => Reading>> = {
  refresh_materialized_view: statement => {
    const view = textOf(statement.values[0])
    return view === undefined
      ? undefined
      : [[{ op: 'refresh-view', view, concurrently: isTrue(statement.options.get('concurrently')) }]]
  },
  create_trigger: statement => trigger(statement, 'create-trigger'),
  drop_trigger: statement => trigger(statement, 'drop-trigger'),
  add_concurrent_index: onTable((table, statement) =>
    addIndex(table, { ...statement, options: concurrently(statement.options) }),
  ),
  add_index_concurrently: onTable((table, statement) =>
    addIndex(table, { ...statement, options: concurrently(statement.options) }),
  ),
  remove_concurrent_index: onTable((table, statement) =>
    removeIndex(table, { ...statement, options: concurrently(statement.options) }),
  ),
  remove_index_concurrently: onTable((table, statement) =>
    removeIndex(table, { ...statement, options: concurrently(statement.options) }),
  ),
  remove_concurrent_index_by_name: onTable((table, statement) => {
    const index = textOf(statement.values[1]) ?? textOf(statement.options.get('name'))
    return index === undefined ? undefined : [[{ op: 'drop-index', table, index, concurrently: true }]]
  }),
  add_concurrent_foreign_key: onTable((table, statement) => {
    const to = textOf(statement.values[1])
    if (to === undefined) return undefined
    const key = foreignKey(
      table,
      tableName(to),
      new Map([...statement.options, ['validate', { kind: 'boolean', value: false }]]),
    )
    return key.op === 'add-foreign-key' && !isFalse(statement.options.get('validate'))
      ? steps([key, { op: 'validate-constraint', table, constraint: key.name ?? '' }])
      : [[key]]
  }),
  update_column_in_batches: onTable(table => [[{ op: 'update-rows', table, filtered: false, batched: true }]]),
  backfill_column_in_batches: onTable(table => [[{ op: 'update-rows', table, filtered: false, batched: true }]]),
  add_not_null_constraint: onColumn((table, column, statement) => [
    [
      {
        op: 'add-check',
        table,
        name: textOf(statement.options.get('name')) ?? `chk_${table}_${column}`,
        expression: `${column} IS NOT NULL`,
        validated: !isFalse(statement.options.get('validate')),
        notNullColumn: column,
      },
    ],
  ]),
  add_primary_key: onTable((table, statement) => {
    const columns = textsOf(statement.values[1])
    if (!columns) return undefined
    if (textOf(statement.options.get('algorithm')) !== 'concurrently')
      return [[{ op: 'add-primary-key', table, columns }]]
    const index = `${table}_pkey`
    return steps([
      { op: 'create-index', table, index, columns, unique: true, concurrently: true },
      { op: 'add-primary-key', table, columns, usingIndex: index },
    ])
  }),
  alter_primary_key: onTable(replacePrimaryKey),
  change_primary_key: onTable(replacePrimaryKey),
  add_monetize: onColumn((table, column, statement) => [
    [
      {
        op: 'add-column',
        table,
        column: columnSpec(
          `${column}_cents`,
          'integer',
          new Map([
            ['null', { kind: 'boolean', value: false }],
            ['default', { kind: 'number', value: 0 }],
          ]),
          statement,
        ),
      },
    ],
  ]),
  add_attachment: onColumn((table, column, statement) => [attachment(table, column, statement)]),
  remove_attachment: onTable((table, statement) =>
    steps(
      ['file_name', 'content_type', 'file_size', 'updated_at'].flatMap(part =>
        (rest(statement, 1) ?? []).map(
          name => ({ op: 'drop-column', table, column: `${name}_${part}` }) satisfies Operation,
        ),
      ),
    ),
  ),
}

/** A helper that projects write for themselves: `alter_primary_key :table, [:a, :b]`. */
function replacePrimaryKey(table: string, statement: Statement): Reading {
  const columns = textsOf(statement.values[1])
  return (
    columns &&
    steps([
      { op: 'drop-constraint', table, constraint: `${table}_pkey` },
      { op: 'add-primary-key', table, columns },
    ])
  )
}

const concurrently = (options: Options): Options => new Map([...options, ['algorithm', asText('concurrently')]])

function trigger(statement: Statement, op: 'create-trigger' | 'drop-trigger'): Reading {
  const name = textOf(statement.values[0])
  const table = textOf(statement.options.get('on'))
  return name === undefined || table === undefined ? undefined : [[{ op, table: tableName(table), trigger: name }]]
}

function attachment(table: string, name: string, statement: Statement): readonly Operation[] {
  return [
    ['file_name', 'string'],
    ['content_type', 'string'],
    ['file_size', 'bigint'],
    ['updated_at', 'datetime'],
  ].map(([part, type]) => ({
    op: 'add-column',
    table,
    column: columnSpec(`${name}_${part}`, type ?? 'string', new Map(), statement),
  }))
}
