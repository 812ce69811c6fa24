import { type RubyCall, type RubyValue, spanOfNode } from '../../../artifact/ruby.ts'
import { columnSpec, isFalse, isSet, textOf, textsOf } from './rails-columns.ts'
import { indexOperation, referenceColumns, referenceIndex, suboptions } from './rails-keys.ts'
import { singularize } from './rails-names.ts'
import {
  type Definition,
  type Draft,
  emit,
  emitUnreadable,
  optionsWithout,
  type Scope,
  statementOf,
  walkBlock,
} from './rails-scope.ts'
import { asText, type Statement, tableName } from './rails-statement.ts'
import { joinTableOf, notNullColumnOf, statements } from './rails-statements.ts'

const nameUnknown = 'the name of the table or column is only known when the migration runs'

/** `create_table`: with `force:` the table of that name is dropped first. */
export function createTable(call: RubyCall, scope: Scope): void {
  const statement = statementOf(call, scope)
  const name = textOf(statement.values[0])
  if (name === undefined) {
    emitUnreadable(scope, call, nameUnknown)
    return
  }
  create(call, scope, statement, tableName(name), primaryKey(statement))
}

/** `create_join_table :assemblies, :parts`. */
export function createJoinTable(call: RubyCall, scope: Scope): void {
  const statement = statementOf(call, scope)
  const table = joinTableOf(statement)
  if (table === undefined) {
    emitUnreadable(scope, call, nameUnknown)
    return
  }
  const type = statement.version >= 5.1 ? 'bigint' : 'integer'
  const own = suboptions(statement.options.get('column_options'), true) ?? new Map<string, RubyValue>()
  const options = new Map<string, RubyValue>([['null', { kind: 'boolean', value: false }], ...own])
  const columns = statement.values
    .slice(0, 2)
    .map(value =>
      columnSpec(`${singularize(textOf(value) ?? '')}_id`, textOf(own.get('type')) ?? type, options, statement),
    )
  create(call, scope, statement, tableName(table), columns)
}

function create(
  call: RubyCall,
  scope: Scope,
  statement: Statement,
  table: string,
  columns: readonly ReturnType<typeof columnSpec>[],
): void {
  const definition = {
    kind: 'definition',
    table,
    created: { columns: [...columns], references: [], notNullChecks: [] },
    after: [],
  } satisfies Definition
  if (call.block) walkBlock(call.block, scope, [definition])
  const { options } = statement
  if (isSet(options.get('force')))
    emit(scope, call, [[{ op: 'drop-table', table, cascade: textOf(options.get('force')) === 'cascade' }]])
  const temporary = isSet(options.get('temporary')) ? { temporary: true } : {}
  emit(scope, call, [[{ op: 'create-table', table, ...definition.created, ...temporary }]])
  scope.out.push(...definition.after)
}

function primaryKey(statement: Statement): readonly ReturnType<typeof columnSpec>[] {
  const id = statement.options.get('id')
  const named = textsOf(statement.options.get('primary_key'))
  if (isFalse(id) || (named && named.length > 1)) return []
  const own = suboptions(id, false)
  const type = textOf(own?.get('type')) ?? 'primary_key'
  const spec = columnSpec(named?.[0] ?? 'id', type, own ? optionsWithout(own, 'type') : new Map(), statement)
  return [
    {
      ...spec,
      notNull: true,
      primaryKey: true,
      numbered: /^(primary_key|integer|bigint|serial|bigserial)$/.test(type),
    },
  ]
}

/** `change_table`: every call on `t` is a statement of its own (with `bulk: true` one ALTER TABLE, at the same lines). */
export function changeTable(call: RubyCall, scope: Scope): void {
  const name = textOf(statementOf(call, scope).values[0])
  if (name === undefined) {
    emitUnreadable(scope, call, nameUnknown)
    return
  }
  if (!call.block) return
  walkBlock(call.block, scope, [{ kind: 'definition', table: tableName(name), after: scope.out }])
}

/** What a call on the `t` of `change_table` is called outside. */
const outside: Readonly<Record<string, string>> = {
  column: 'add_column',
  remove: 'remove_columns',
  rename: 'rename_column',
  index: 'add_index',
  remove_index: 'remove_index',
  rename_index: 'rename_index',
  timestamps: 'add_timestamps',
  remove_timestamps: 'remove_timestamps',
  change: 'change_column',
  change_default: 'change_column_default',
  change_null: 'change_column_null',
  foreign_key: 'add_foreign_key',
  remove_foreign_key: 'remove_foreign_key',
  check_constraint: 'add_check_constraint',
  remove_check_constraint: 'remove_check_constraint',
  validate_check_constraint: 'validate_check_constraint',
  validate_foreign_key: 'validate_foreign_key',
  validate_constraint: 'validate_constraint',
  unique_constraint: 'add_unique_constraint',
  remove_unique_constraint: 'remove_unique_constraint',
  exclusion_constraint: 'add_exclusion_constraint',
  remove_exclusion_constraint: 'remove_exclusion_constraint',
  attachment: 'add_attachment',
  remove_attachment: 'remove_attachment',
}

const repeated: Readonly<Record<string, string>> = {
  references: 'add_reference',
  belongs_to: 'add_reference',
  remove_references: 'remove_reference',
  remove_belongs_to: 'remove_reference',
}

const quiet = /\?$|^(comment|set_comment|tap|name|options|primary_keys|remove_comment)$/

/** One call on `t`. */
export function definitionCall(call: RubyCall, definition: Definition, scope: Scope): void {
  if (quiet.test(call.name)) return
  const statement = statementOf(call, scope)
  if (definition.created) declare(call, statement, definition, definition.created, scope)
  else alter(call, statement, definition, scope)
}

function alter(call: RubyCall, statement: Statement, definition: Definition, scope: Scope): void {
  const { after: out } = definition
  const table = asText(definition.table)
  const run = (name: string, values: readonly RubyValue[], options = statement.options): void => {
    const reading = statements[name]?.({ ...statement, name, values: [table, ...values], options })
    if (reading) emit(scope, call, reading, out)
    else emitUnreadable(scope, call, nameUnknown, out)
  }
  const same = outside[call.name]
  if (same !== undefined) {
    run(same, statement.values)
    addInlineIndex(call, statement, definition, scope, [textOf(statement.values[0])])
    return
  }
  const each = repeated[call.name]
  if (each !== undefined) {
    for (const value of statement.values) run(each, [value])
    return
  }
  // `t.string :a, :b`
  const options = optionsWithout(statement.options, 'index')
  for (const value of statement.values) run('add_column', [value, asText(call.name)], options)
  addInlineIndex(call, statement, definition, scope, statement.values.map(textOf))
}

function addInlineIndex(
  call: RubyCall,
  statement: Statement,
  definition: Definition,
  scope: Scope,
  names: readonly (string | undefined)[],
): void {
  const index = /^(index|remove_index|references)$/.test(call.name)
    ? undefined
    : suboptions(statement.options.get('index'), false)
  if (!index) return
  for (const name of names)
    if (name !== undefined)
      emit(scope, call, [[indexOperation(definition.table, [name], index, statement)]], definition.after)
}

function declare(
  call: RubyCall,
  statement: Statement,
  definition: Definition,
  created: NonNullable<Definition['created']>,
  scope: Scope,
): void {
  const { options, values } = statement
  const { table } = definition
  const span = spanOfNode(call.node)
  const out: Draft[] = definition.after
  const first = textOf(values[0])
  if (call.name === 'index') {
    const columns = textsOf(values[0])
    if (columns) emit(scope, call, [[indexOperation(table, columns, options, statement)]], out)
    return
  }
  if (call.name === 'foreign_key') {
    if (first !== undefined)
      created.references.push({ table: tableName(first), columns: textsOf(options.get('primary_key')) ?? ['id'] })
    return
  }
  if (call.name === 'check_constraint') {
    const column = notNullColumnOf(first ?? '')
    if (column !== undefined) created.notNullChecks.push(column)
    return
  }
  if (/^(unique|exclusion)_constraint$/.test(call.name)) return
  if (call.name === 'timestamps') {
    const [operations = []] = statements.add_timestamps?.({ ...statement, values: [asText(table)] }) ?? []
    for (const operation of operations)
      if (operation.op === 'add-column') created.columns.push({ ...operation.column, span })
    return
  }
  if (call.name === 'references' || call.name === 'belongs_to') {
    for (const name of values.map(textOf)) {
      if (name === undefined) continue
      const shape = referenceColumns(name, options, statement, span)
      const [reference] = shape.references
      created.references.push(...shape.references)
      created.columns.push(
        ...shape.columns.map(column =>
          reference && column.name === `${name}_id` ? { ...column, references: reference } : column,
        ),
      )
      const index = referenceIndex(table, name, options, statement)
      if (index) emit(scope, call, [[index]], out)
    }
    return
  }
  const plain = optionsWithout(options, 'index')
  const asColumn = call.name === 'column'
  const type = asColumn
    ? textOf(values[1])
    : call.name === 'primary_key'
      ? (textOf(values[1]) ?? 'primary_key')
      : call.name
  const names = asColumn || call.name === 'primary_key' ? values.slice(0, 1) : values
  if (type === undefined) {
    emitUnreadable(scope, call, nameUnknown, out)
    return
  }
  for (const name of names.map(textOf)) {
    if (name === undefined) emitUnreadable(scope, call, nameUnknown, out)
    else
      created.columns.push({
        ...columnSpec(name, type, plain, statement, span),
        ...(call.name === 'primary_key' ? { primaryKey: true, notNull: true } : {}),
      })
  }
  addInlineIndex(call, statement, definition, scope, names.map(textOf))
}
