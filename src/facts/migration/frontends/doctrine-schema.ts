import { type PhpCall, type PhpValue, phpText, phpTexts } from '../../../artifact/php.ts'
import type { ColumnSpec, ColumnType, Operation, Reference } from '../operation.ts'
import { plainColumn } from './javascript-columns.ts'
import type { Draft } from './javascript-scope.ts'
import { laravelCall } from './laravel.ts'
import { chainOf } from './php-chain.ts'
import { databaseType, defaultIn, isNot, isTrue, optionIn, optionsOf, typeNamed } from './php-options.ts'
import { emit, emitUnreadable, nameUnknown, type PhpScope, type Place, placeOfCall, placeOfNode } from './php-scope.ts'

type Open<T> = { -readonly [Key in keyof T]: T[Key] }

/** A table of the schema object, or one of its columns. */
interface Table {
  readonly name: string
  /** What `createTable` is told. */
  readonly created?: { readonly columns: Open<ColumnSpec>[]; readonly references: Reference[] }
}

/** Reads the calls of one migration; `finish` adds what the schema object was told. */
export interface CallReader {
  readonly read: PhpScope['read']
  finish(scope: PhpScope): void
}

/**
 * `$schema->getTable('users')->addColumn('plan', 'string', ['length' => 20])`. Doctrine compares the object with the
 * database when `up` is over: what it is told comes after all SQL of the migration.
 */
export function doctrineReader(): CallReader {
  const later: Draft[] = []
  const tables = new WeakMap<PhpCall, Table>()
  const columns = new WeakMap<PhpCall, Open<ColumnSpec>>()
  // A variable holds the very call that it was set to; each round of a loop makes calls of its own.
  const done = new WeakSet<PhpCall>()

  const on = (links: readonly PhpCall[], scope: PhpScope): void => {
    let table: Table | undefined
    let column: Open<ColumnSpec> | undefined
    let changed: string | undefined
    for (const link of links) {
      const place = link.receiver?.kind === 'name' ? placeOfNode(link.node) : placeOfCall(link, scope)
      const push = (operations: readonly Operation[]): void => emit(scope, place, operations, { out: later })
      const first = !done.has(link)
      done.add(link)
      if (table === undefined) {
        table = tableOf(link, place, scope, first)
        if (table === undefined) return
        continue
      }
      if (link.name === 'addColumn') {
        column = columns.get(link) ?? addedColumn(link, scope)
        changed = undefined
        if (column === undefined) {
          if (first) emitUnreadable(scope, place, nameUnknown, later)
          continue
        }
        columns.set(link, column)
        if (!first) continue
        if (table.created) table.created.columns.push(column)
        else push([{ op: 'add-column', table: table.name, column }])
      } else if (link.name === 'getColumn') {
        changed = phpText(link.arguments[0])
        column = undefined
      } else if (column !== undefined && setsColumn.test(link.name)) describe(column, link, scope)
      else if (changed !== undefined && setsColumn.test(link.name)) {
        if (first) push(alteration(table.name, changed, setterAsOptions(link), scope))
      } else if (first) {
        const operations = tableCall(link, table, scope)
        if (operations === undefined) emitUnreadable(scope, place, nameUnknown, later)
        else push(operations)
      }
    }
  }

  const tableOf = (link: PhpCall, place: Place, scope: PhpScope, first: boolean): Table | undefined => {
    const known = tables.get(link)
    if (known) return known
    const name = tableName(phpText(link.arguments[0]))
    if (
      /^(has|get(?!Table$)|visit|toSql|toDropSql|createNamedSchema|createNamespace|createSequence|dropSequence)/.test(
        link.name,
      )
    )
      return undefined
    if (name === undefined) {
      if (first) emitUnreadable(scope, place, nameUnknown, later)
      return undefined
    }
    if (link.name === 'getTable' || link.name === 'createTable') {
      const table: Table = link.name === 'getTable' ? { name } : { name, created: { columns: [], references: [] } }
      tables.set(link, table)
      if (table.created) emit(scope, place, [{ op: 'create-table', table: name, ...table.created }], { out: later })
      return table
    }
    if (!first) return undefined
    const to = phpText(link.arguments[1])
    if (link.name === 'dropTable')
      emit(scope, place, [{ op: 'drop-table', table: name, cascade: false }], { out: later })
    else if (link.name === 'renameTable' && to !== undefined)
      emit(scope, place, [{ op: 'rename-table', table: name, to }], { out: later })
    else emitUnreadable(scope, place, `\`${link.name}\` is not a call of the schema that is known`, later)
    return undefined
  }

  return {
    read: (call, scope) => {
      const { root, links } = chainOf(call)
      if (root.kind !== 'name' || !/^\$(\w*_?)schema$/i.test(root.name)) return laravelCall(call, scope)
      on(links, scope)
      return true
    },
    finish: scope => {
      scope.out.push(...later)
    },
  }
}

const tableName = (name: string | undefined): string | undefined => name?.replace(/^public\./, '').replace(/[`"]/g, '')

const setsColumn =
  /^set(Notnull|Default|Length|Precision|Scale|Unsigned|Autoincrement|Type|Fixed|Comment|PlatformOption\w*|Options|CustomSchemaOption\w*|ColumnDefinition)$/

/** `addColumn('plan', 'string', ['notnull' => false])`: NOT NULL is what Doctrine begins with. */
function addedColumn(call: PhpCall, scope: PhpScope): Open<ColumnSpec> | undefined {
  const [first, second] = call.arguments
  const name = phpText(first)
  const type = typeNamed(second)
  if (name === undefined || type === undefined) return undefined
  const options = optionsOf(call, 2)
  const value = defaultIn(optionIn(options, 'default'))
  const numbered = isTrue(optionIn(options, 'autoincrement'))
  return plainColumn(name, typeIn(type, options, scope), {
    notNull: !isNot(optionIn(options, 'notnull')),
    numbered,
    ...(value === undefined ? {} : { default: value }),
  })
}

const typeIn = (type: string, options: PhpValue | undefined, scope: PhpScope): ColumnType =>
  databaseType(type, scope.file.engine, {
    length: optionIn(options, 'length'),
    precision: optionIn(options, 'precision'),
    scale: optionIn(options, 'scale'),
    unsigned: isTrue(optionIn(options, 'unsigned')),
  })

/** What a call on a new column adds: `setNotnull(false)`, `setDefault('free')`. */
function describe(column: Open<ColumnSpec>, { name, arguments: given }: PhpCall, scope: PhpScope): void {
  const [first] = given
  if (name === 'setNotnull') column.notNull = !isNot(first)
  if (name === 'setAutoincrement') column.numbered = isTrue(first)
  if (name === 'setLength') column.type = databaseType('string', scope.file.engine, { length: first })
  if (name !== 'setDefault') return
  const value = defaultIn(first)
  if (value === undefined) delete column.default
  else column.default = value
}

/** `setNotnull(true)` says what `['notnull' => true]` says. */
function setterAsOptions({ name, arguments: given }: PhpCall): PhpValue {
  const [value] = given
  const key = name.slice(3).toLowerCase()
  if (key === 'options') return value ?? { kind: 'none' }
  return { kind: 'array', entries: value === undefined ? [] : [{ key, value }] }
}

/** What new options do to a column that exists. */
function alteration(table: string, column: string, options: PhpValue, scope: PhpScope): readonly Operation[] {
  const operations: Operation[] = []
  const [type, length, notnull, value] = ['type', 'length', 'notnull', 'default'].map(name => optionIn(options, name))
  const named = typeNamed(type) ?? (length === undefined || length.kind === 'none' ? undefined : 'string')
  if (named !== undefined) operations.push({ op: 'change-type', table, column, to: typeIn(named, options, scope) })
  if (notnull !== undefined) operations.push({ op: isNot(notnull) ? 'drop-not-null' : 'set-not-null', table, column })
  if (value === undefined) return operations
  const given = defaultIn(value)
  operations.push(
    given === undefined ? { op: 'drop-default', table, column } : { op: 'set-default', table, column, default: given },
  )
  return operations
}

/** A call on the table; undefined when what it names is only known at run time. */
function tableCall(call: PhpCall, table: Table, scope: PhpScope): readonly Operation[] | undefined {
  const { name: table_ } = table
  const [first, second] = call.arguments
  const one = phpText(first)
  const columns = phpTexts(first)
  switch (call.name) {
    case 'dropColumn':
      return one === undefined ? undefined : [{ op: 'drop-column', table: table_, column: one }]
    case 'renameColumn': {
      const to = phpText(second)
      return one === undefined || to === undefined
        ? undefined
        : [{ op: 'rename-column', table: table_, column: one, to }]
    }
    case 'changeColumn':
    case 'modifyColumn':
      return one === undefined ? undefined : alteration(table_, one, second ?? { kind: 'none' }, scope)
    case 'addIndex':
    case 'addUniqueIndex':
      return columns && [indexOver(table_, columns, phpText(second), call.name === 'addUniqueIndex')]
    case 'addUniqueConstraint':
      return columns && [{ op: 'add-unique', table: table_, columns, ...namedBy(phpText(second)) }]
    case 'dropIndex':
      return one === undefined ? undefined : [{ op: 'drop-index', table: table_, index: one, concurrently: false }]
    case 'renameIndex': {
      const to = phpText(second)
      return one === undefined || to === undefined ? undefined : [{ op: 'rename-index', table: table_, index: one, to }]
    }
    case 'setPrimaryKey':
      return columns && primaryKey(table, columns)
    case 'dropPrimaryKey':
      return [{ op: 'drop-constraint', table: table_, constraint: `${table_}_pkey`, type: 'primary-key' }]
    case 'addForeignKeyConstraint':
    case 'addNamedForeignKeyConstraint':
    case 'addUnnamedForeignKeyConstraint':
      return foreignKey(call, table)
    case 'removeForeignKey':
    case 'dropForeignKey':
      return one === undefined
        ? undefined
        : [{ op: 'drop-constraint', table: table_, constraint: one, type: 'foreign-key' }]
    case 'dropUniqueConstraint':
    case 'removeUniqueConstraint':
      return one === undefined ? undefined : [{ op: 'drop-constraint', table: table_, constraint: one, type: 'unique' }]
    // Options of the table, and questions.
    default:
      return []
  }
}

const namedBy = (name: string | undefined): { name?: string } => (name === undefined ? {} : { name })

function indexOver(table: string, columns: readonly string[], name: string | undefined, unique: boolean): Operation {
  return {
    op: 'create-index',
    table,
    ...(name === undefined ? {} : { index: name }),
    columns,
    unique,
    concurrently: false,
  }
}

function primaryKey({ name, created }: Table, columns: readonly string[]): readonly Operation[] {
  if (!created) return [{ op: 'add-primary-key', table: name, columns }]
  for (const column of created.columns) if (columns.includes(column.name)) column.primaryKey = true
  return []
}

function foreignKey(call: PhpCall, { name: table, created }: Table): readonly Operation[] | undefined {
  const given = call.name === 'addNamedForeignKeyConstraint' ? call.arguments.slice(1) : call.arguments
  const [to, local, foreign] = given
  const target = phpText(to) ?? (to?.kind === 'call' ? phpText(to.arguments[0]) : undefined)
  const columns = phpTexts(local)
  if (target === undefined || columns === undefined) return undefined
  const name = phpText(call.name === 'addNamedForeignKeyConstraint' ? call.arguments[0] : given[4])
  const references: Reference = { table: tableName(target) ?? target, columns: phpTexts(foreign) ?? ['id'] }
  if (created) {
    created.references.push(references)
    return []
  }
  return [{ op: 'add-foreign-key', table, ...namedBy(name), columns, references, validated: true }]
}
