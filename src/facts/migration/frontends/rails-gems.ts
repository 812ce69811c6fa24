import type { RubyValue } from '../../../artifact/ruby.ts'
import type { ObjectKind, Operation } from '../operation.ts'
import { columnSpec, isFalse, isSet, isTrue, type Options, textOf, textsOf } from './rails-columns.ts'
import { addIndex, addReference, foreignKey, removeIndex } from './rails-keys.ts'
import {
  asText,
  harmless,
  onColumn,
  onTable,
  type Reading,
  rest,
  type Statement,
  steps,
  tableName,
} from './rails-statement.ts'

/** Calls that gems add to the language: scenic, fx, paperclip, money-rails, the helpers of GitLab, Mastodon and online_migrations. */
export const gemStatements: Readonly<Record<string, (statement: Statement) => Reading>> = {
  refresh_materialized_view: statement => {
    const view = textOf(statement.values[0])
    return view === undefined
      ? undefined
      : [[{ op: 'refresh-view', view, concurrently: isTrue(statement.options.get('concurrently')) }]]
  },
  // Scenic and fx: what they update or replace is there afterwards.
  create_view: object('create-object', 'view'),
  update_view: object('create-object', 'view'),
  replace_view: object('create-object', 'view'),
  drop_view: object('drop-object', 'view'),
  create_function: object('create-object', 'function'),
  update_function: object('create-object', 'function'),
  replace_function: object('create-object', 'function'),
  drop_function: object('drop-object', 'function'),
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
  validate_not_null_constraint: onColumn((table, column, statement) => [
    [
      {
        op: 'validate-constraint',
        table,
        constraint: textOf(statement.options.get('name')) ?? `chk_${table}_${column}`,
      },
    ],
  ]),
  add_text_limit_constraint: onColumn((table, column, statement) => [
    [
      {
        op: 'add-check',
        table,
        name: textOf(statement.options.get('name')) ?? `chk_${table}_${column}_limit`,
        expression: `length(${column}) <= …`,
        validated: !isFalse(statement.options.get('validate')),
      },
    ],
  ]),
  validate_text_limit_constraint: onColumn((table, column, statement) => [
    [
      {
        op: 'validate-constraint',
        table,
        constraint: textOf(statement.options.get('name')) ?? `chk_${table}_${column}_limit`,
      },
    ],
  ]),
  // Since Postgres 11 a constant default costs nothing; before, the gem fills the rows in batches.
  add_column_with_default: onColumn((table, column, statement) => {
    const type = textOf(statement.values[2])
    return type === undefined
      ? undefined
      : [[{ op: 'add-column', table, column: columnSpec(column, type, statement.options, statement) }]]
  }),
  // The index is built beside the traffic, and the key is validated in a step of its own.
  add_reference_concurrently: onColumn((table, name, statement) => {
    const { options } = statement
    const reading = addReference(table, name, {
      ...statement,
      options: new Map<string, RubyValue>([
        ...options,
        ['index', ownIndex(options.get('index'))],
        ...(isSet(options.get('foreign_key'))
          ? [['foreign_key', unvalidated(options.get('foreign_key'))] as const]
          : []),
      ]),
    })
    const keys = (reading ?? []).flat().filter(item => item.op === 'add-foreign-key')
    return (
      reading && [
        ...reading,
        ...keys.map((key): readonly Operation[] => [{ op: 'validate-constraint', table, constraint: key.name ?? '' }]),
      ]
    )
  }),
  ...Object.fromEntries(
    [
      'backfill_column_in_background',
      'backfill_columns_in_background',
      'backfill_column_for_type_change_in_background',
      'backfill_columns_for_type_change_in_background',
      'backfill_column_for_type_change',
      'backfill_columns_for_type_change',
      'enqueue_background_migration',
      'enqueue_background_data_migration',
      'enqueue_background_schema_migration',
      'update_column_in_background',
      'delete_orphaned_records_in_background',
      'delete_associated_records_in_background',
      'perform_action_on_relation_in_background',
      'reset_counters_in_background',
      'copy_column_in_background',
      'copy_columns_in_background',
      'ensure_background_migration_succeeded',
      'ensure_background_data_migration_succeeded',
      'ensure_batched_background_migration_is_finished',
      'queue_batched_background_migration',
      'finalize_batched_background_migration',
      'delete_batched_background_migration',
      'track_record_deletions',
      'untrack_record_deletions',
    ].map(name => [name, () => [[{ op: 'harmless', what: name.replaceAll('_', ' ') }]]]),
  ),
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

const ownIndex = (given: RubyValue | undefined): RubyValue =>
  isFalse(given)
    ? { kind: 'boolean', value: false }
    : {
        kind: 'hash',
        entries: new Map([
          ...(given?.kind === 'hash' ? given.entries : []),
          ['algorithm', asText('concurrently')] as const,
        ]),
      }

const unvalidated = (given: RubyValue | undefined): RubyValue => ({
  kind: 'hash',
  entries: new Map<string, RubyValue>([
    ...(given?.kind === 'hash' ? given.entries : []),
    ['validate', { kind: 'boolean', value: false }],
  ]),
})

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

function object(op: 'create-object' | 'drop-object', kind: ObjectKind): (statement: Statement) => Reading {
  return statement => {
    const name = textOf(statement.values[0])
    return name === undefined ? harmless(statement.name) : [[{ op, object: kind, name: tableName(name) }]]
  }
}

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
