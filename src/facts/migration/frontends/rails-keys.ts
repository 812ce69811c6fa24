import type { RubyValue } from '../../../artifact/ruby.ts'
import type { Span } from '../../../text/lines.ts'
import type { ColumnSpec, Operation, Reference } from '../operation.ts'
import { columnSpec, isFalse, isSet, isTrue, type Options, type Setting, textOf, textsOf } from './rails-columns.ts'
import { foreignKeyName, indexName, pluralize, singularize } from './rails-names.ts'
import { asText, type Reading, rest, type Statement, steps, tableName } from './rails-statement.ts'

/** Index over columns or an expression, with the options of `add_index` or of `index: { … }`. */
export function indexOperation(
  table: string,
  columns: readonly string[],
  options: Options,
  setting: Setting,
): Operation {
  const type = textOf(options.get('type'))
  return {
    op: 'create-index',
    table,
    index: textOf(options.get('name')) ?? indexName(table, columns, setting.version),
    columns,
    unique: isTrue(options.get('unique')),
    concurrently: textOf(options.get('algorithm')) === 'concurrently',
    ...(isSet(options.get('where')) ? { partial: true } : {}),
    ...(isTrue(options.get('if_not_exists')) ? { ifNotExists: true } : {}),
    ...(type === 'fulltext' || type === 'spatial' ? { special: type } : {}),
  }
}

export function removeIndex(table: string, statement: Statement): Reading {
  const columns = textsOf(statement.options.get('column')) ?? rest(statement, 1)
  const name = textOf(statement.options.get('name'))
  if (name === undefined && (columns === undefined || columns.length === 0)) return undefined
  const concurrently = textOf(statement.options.get('algorithm')) === 'concurrently'
  return [
    [
      {
        op: 'drop-index',
        table,
        index: name ?? indexName(table, columns ?? [], statement.version),
        ...(columns?.length ? { columns } : {}),
        concurrently,
      },
    ],
  ]
}

/** Options given as `true` or as a hash; undefined when switched off. */
export function suboptions(value: RubyValue | undefined, otherwise: boolean): Options | undefined {
  if (value === undefined) return otherwise ? new Map() : undefined
  if (value.kind === 'hash') return value.entries
  if (value.kind === 'text') return new Map([['type', value]])
  return isSet(value) ? new Map() : undefined
}

/** The columns of `references :author, polymorphic: true`, the type first as Rails adds them, and the table they point to. */
export function referenceColumns(
  name: string,
  options: Options,
  setting: Setting,
  span?: Span,
): { readonly columns: readonly ColumnSpec[]; readonly references: readonly Reference[] } {
  const plain = new Map([...options].filter(([key]) => !/^(index|foreign_key|polymorphic|type)$/.test(key)))
  const polymorphic = options.get('polymorphic')
  const type = textOf(options.get('type')) ?? (setting.version >= 5.1 ? 'bigint' : 'integer')
  const columns = [columnSpec(`${name}_id`, type, plain, setting, span)]
  if (isSet(polymorphic)) {
    const own =
      polymorphic?.kind === 'hash'
        ? new Map([...plain].filter(([key]) => key === 'null').concat([...polymorphic.entries]))
        : plain
    columns.unshift(columnSpec(`${name}_type`, 'string', own, setting, span))
  }
  const foreign = suboptions(options.get('foreign_key'), false)
  if (!foreign) return { columns, references: [] }
  return {
    columns,
    references: [
      { table: referencedTable(name, foreign, setting), columns: [textOf(foreign.get('primary_key')) ?? 'id'] },
    ],
  }
}

function referencedTable(name: string, options: Options, { knows }: Setting): string {
  const given = textOf(options.get('to_table'))
  if (given !== undefined) return tableName(given)
  const plural = pluralize(name)
  // A project may have switched plural names off.
  return tableName(knows?.(plural) === false && knows(name) ? name : plural)
}

/** The index that a reference brings by default since Rails 5. */
export function referenceIndex(table: string, name: string, options: Options, setting: Setting): Operation | undefined {
  const index = suboptions(options.get('index'), setting.version >= 5)
  if (!index) return undefined
  const columns = isSet(options.get('polymorphic')) ? [`${name}_type`, `${name}_id`] : [`${name}_id`]
  const named = index.has('name')
    ? index
    : new Map([
        ...index,
        ...(columns.length > 1 && setting.version >= 6.1
          ? [['name', asText(`index_${table}_on_${name}`)] as const]
          : []),
      ])
  return indexOperation(table, columns, named, setting)
}

export function addReference(table: string, name: string, statement: Statement): Reading {
  const { options } = statement
  const shape = referenceColumns(name, options, statement)
  const index = referenceIndex(table, name, options, statement)
  const foreign = suboptions(options.get('foreign_key'), false)
  return steps([
    ...shape.columns.map(column => ({ op: 'add-column', table, column }) satisfies Operation),
    ...(index ? [index] : []),
    ...(foreign
      ? [
          foreignKey(
            table,
            referencedTable(name, foreign, statement),
            new Map([...foreign, ['column', asText(`${name}_id`)]]),
          ),
        ]
      : []),
  ])
}

export function removeReference(table: string, name: string, statement: Statement): Reading {
  const foreign = suboptions(statement.options.get('foreign_key'), false)
  const column = `${name}_id`
  return steps([
    ...(foreign
      ? [
          {
            op: 'drop-constraint',
            table,
            constraint: foreignKeyName(table, [column]),
            type: 'foreign-key',
          } satisfies Operation,
        ]
      : []),
    { op: 'drop-column', table, column },
    ...(isSet(statement.options.get('polymorphic'))
      ? [{ op: 'drop-column', table, column: `${name}_type` } satisfies Operation]
      : []),
  ])
}

export function foreignKey(table: string, to: string, options: Options): Operation {
  const columns = textsOf(options.get('column')) ?? [`${singularize(to.slice(to.lastIndexOf('.') + 1))}_id`]
  return {
    op: 'add-foreign-key',
    table,
    name: textOf(options.get('name')) ?? foreignKeyName(table, columns),
    columns,
    references: { table: to, columns: textsOf(options.get('primary_key')) ?? ['id'] },
    validated: !isFalse(options.get('validate')),
  }
}

/** The foreign key that a removal or validation names: by name, by column, or by the table it points to. */
export function foreignKeyNamed(table: string, statement: Statement): string | undefined {
  const name = textOf(statement.options.get('name'))
  if (name !== undefined) return name
  const columns = textsOf(statement.options.get('column'))
  if (columns) return foreignKeyName(table, columns)
  const to = textOf(statement.values[1]) ?? textOf(statement.options.get('to_table'))
  return to === undefined ? undefined : foreignKeyName(table, [`${singularize(to.slice(to.lastIndexOf('.') + 1))}_id`])
}

export function addIndex(table: string, statement: Statement): Reading {
  const columns = textsOf(statement.values[1])
  return columns ? [[indexOperation(table, columns, statement.options, statement)]] : undefined
}
