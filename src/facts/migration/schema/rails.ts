import type { RubyValue } from '../../../artifact/ruby.ts'
import type { Engine } from '../../../config/types.ts'
import { columnSpec, isFalse, textOf, textsOf } from '../frontends/rails-columns.ts'
import { indexOperation } from '../frontends/rails-keys.ts'
import { type Statement, tableName } from '../frontends/rails-statement.ts'
import { statements } from '../frontends/rails-statements.ts'
import type { ColumnSpec, Operation } from '../operation.ts'
import { emptySchema, replay, type Schema } from '../schema.ts'
import { type Arguments, readArguments } from './rails-arguments.ts'

/** Which tables are wanted, and the types of which engine. */
export interface SchemaWishes {
  readonly engine?: Engine
  readonly wanted?: (table: string) => boolean
}

/** The schema that a `db/schema.rb` describes. */
export function schemaFromRuby(text: string, wishes: SchemaWishes = {}): Schema {
  const schema = emptySchema()
  for (const operation of operationsFromRuby(text, wishes)) replay(schema, operation)
  return schema
}

interface OpenTable {
  readonly table: string
  readonly columns: ColumnSpec[]
  readonly after: Operation[]
  /** MySQL: what `charset:`, `collation:` and `options:` say. */
  readonly options: { readonly charset?: string; readonly compressed?: boolean }
}

/**
 * What would create the schema of a `db/schema.rb`. The file is written by a program, one declaration a line, so it is
 * read by lines: parsing the Ruby of a large one would take longer than the whole check. Other lines are skipped.
 */
export function operationsFromRuby(text: string, wishes: SchemaWishes = {}): readonly Operation[] {
  const { engine, wanted = () => true } = wishes
  const setting = { version: versionOf(text), ...(engine ? { engine } : {}) }
  const operations: Operation[] = []
  let open: OpenTable | 'skipped' | undefined
  for (const line of text.split('\n')) {
    const create = /^\s*create_table[ (](.*?)\)? do \|t\|/.exec(line)?.[1]
    if (create !== undefined) {
      const given = readArguments(create)
      const table = tableName(textOf(given.values[0]) ?? '')
      open =
        table !== '' && wanted(table)
          ? { table, columns: primaryKey(given, setting), after: [], options: optionsOf(given) }
          : 'skipped'
    } else if (open && /^\s*end\b/.test(line)) {
      if (open !== 'skipped')
        operations.push(
          { op: 'create-table', table: open.table, columns: open.columns, references: [], ...open.options },
          ...open.after,
        )
      open = undefined
    } else if (open !== 'skipped') {
      const [, onTable, name, rest] = /^\s*(t\.)?(\w+)[ (](.*?)\)?\s*$/.exec(line) ?? []
      if (name === undefined || rest === undefined || rest.length > 20_000) continue
      if (open && onTable) declare(open, { ...setting, name, ...readArguments(rest) })
      else if (!open && /^add_/.test(name))
        operations.push(...ofCall({ ...setting, name, ...readArguments(rest) }, wanted))
    }
  }
  return operations
}

function ofCall(statement: Statement, wanted: (table: string) => boolean): readonly Operation[] {
  const operations = (statements[statement.name]?.(statement) ?? []).flat()
  return operations.filter(
    operation =>
      ('table' in operation && operation.table !== undefined && wanted(operation.table)) ||
      (operation.op === 'add-foreign-key' && wanted(operation.references.table)),
  )
}

function declare(open: OpenTable, statement: Statement): void {
  const { name, options } = statement
  const { table, columns, after } = open
  const [value, ...more] = statement.values
  if (name === 'index') {
    const indexed = textsOf(value)
    if (indexed) after.push(indexOperation(table, indexed, options, statement))
    return
  }
  if (/_constraint$/.test(name)) {
    const of: RubyValue = { kind: 'text', text: table, symbol: false, pieces: [], holes: 0 }
    after.push(...(statements[`add_${name}`]?.({ ...statement, values: [of, ...statement.values] }) ?? []).flat())
    return
  }
  const column = textOf(value)
  if (column === undefined) return
  // `t.column "state", "order_state"`: a type that Rails has no name for.
  columns.push(columnSpec(column, name === 'column' ? (textOf(more[0]) ?? 'string') : name, options, statement))
}

function optionsOf({ options }: Arguments): OpenTable['options'] {
  const text = textOf(options.get('options')) ?? ''
  const charset =
    textOf(options.get('charset')) ??
    /\bcharset\s*=\s*(\w+)/i.exec(text)?.[1] ??
    /^([a-z0-9]+)_/.exec(textOf(options.get('collation')) ?? '')?.[1]
  return {
    ...(charset === undefined ? {} : { charset: charset.toLowerCase().replace(/^utf8$/, 'utf8mb3') }),
    ...(/\brow_format\s*=\s*compressed\b/i.test(text) ? { compressed: true } : {}),
  }
}

function primaryKey(given: Arguments, setting: { version: number; engine?: Engine }): ColumnSpec[] {
  const id = given.options.get('id')
  const named = textsOf(given.options.get('primary_key'))
  if (isFalse(id) || (named && named.length > 1)) return []
  const own = id?.kind === 'hash' ? id.entries : given.options
  const type = (id?.kind === 'hash' ? textOf(id.entries.get('type')) : textOf(id)) ?? 'primary_key'
  const spec = columnSpec(
    named?.[0] ?? 'id',
    type,
    new Map([...own].filter(([key]) => /^(limit|precision)$/.test(key))),
    setting,
  )
  return [{ ...spec, notNull: true, primaryKey: true }]
}

/** `ActiveRecord::Schema[7.1]`. Before 7.0 the file names no version; since 5.2 its own number is written with underscores. */
function versionOf(text: string): number {
  const [, number] = /ActiveRecord::Schema\[(\d+\.\d+)\]/.exec(text) ?? []
  if (number !== undefined) return Number(number)
  return /Schema\.define\(version: \d{4}_\d/.test(text) ? 6 : 5
}
