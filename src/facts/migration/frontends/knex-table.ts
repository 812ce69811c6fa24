import type { JsCall, JsValue } from '../../../artifact/javascript.ts'
import type { ColumnSpec, Operation, Reference } from '../operation.ts'
import { type Chain, isTrue, type Link, option, tableName, textOf, textsOf } from './javascript-chain.ts'
import { defaultOf, isMySql, keyName, plainColumn, referenceTo, typeOf } from './javascript-columns.ts'
import {
  emit,
  emitUnreadable,
  type JsLanguage,
  type JsScope,
  nameUnknown,
  type Place,
  placeOfNode,
} from './javascript-scope.ts'
import { runFunction } from './javascript-walk.ts'
import { isColumnType, type KnexColumn, knexColumn } from './knex-columns.ts'

/** A table under construction or change. */
interface Building {
  readonly table: string
  /** Absent when the table exists already. */
  readonly created?: { readonly columns: ColumnSpec[]; readonly references: Reference[] }
  /** What follows the statement that creates the table: indexes. */
  readonly later: { readonly place: Place; readonly operation: Operation }[]
}

/** `createTable('users', t => …)`: one step for the table, one for each index. */
export function createTable(table: string, call: JsCall, place: Place, scope: JsScope): void {
  const building: Building = { table, created: { columns: [], references: [] }, later: [] }
  build(building, call, scope)
  const { columns = [], references = [] } = building.created ?? {}
  emit(scope, place, [{ op: 'create-table', table, columns, references }])
  for (const { place: at, operation } of building.later) emit(scope, at, [operation])
}

/** `alterTable('users', t => …)`: a step for each clause, in the order in which they are written. */
export function alterTable(table: string, call: JsCall, scope: JsScope): void {
  build({ table, later: [] }, call, scope)
}

function build(building: Building, call: JsCall, scope: JsScope): void {
  const callback = call.arguments.find(value => value.kind === 'function')
  if (callback?.kind !== 'function') {
    emitUnreadable(scope, placeOfNode(call.node), 'what is done to the table stands in another file')
    return
  }
  const inner: JsLanguage = {
    ...scope.language,
    // `this.string('name')` is the old way of writing it.
    read: (chain, within) =>
      read(chain, within, building) || scope.language.read(chain, { ...within, language: scope.language }),
  }
  runFunction(callback.node, [{ kind: 'name', name: 'tableBuilder' }], { ...scope, language: inner })
}

function read(chain: Chain, scope: JsScope, building: Building): boolean {
  const { root, links } = chain
  if (root.kind !== 'name' || !/^(tableBuilder|this)$/.test(root.name)) return false
  const first = links.find(link => link.call)
  if (!first?.call) return false
  const place: Place = placeOfNode(chain.call.node)
  if (isColumnType(first.name)) {
    const declared = knexColumn(links.slice(links.indexOf(first)), scope.file.engine)
    if (declared) column(declared, building, scope, place)
    else emitUnreadable(scope, place, nameUnknown)
    return true
  }
  const done = clause(first, links, building, scope, place)
  if (done === undefined) emitUnreadable(scope, place, nameUnknown)
  else if (done === false) {
    if (root.name === 'this') return false
    emitUnreadable(scope, place, `\`${first.name}\` is not a call of the migration language`)
  }
  return true
}

function add(building: Building, scope: JsScope, place: Place, operation: Operation): void {
  if (building.created) building.later.push({ place, operation })
  else emit(scope, place, [operation])
}

function column(declared: KnexColumn, building: Building, scope: JsScope, place: Place): void {
  const { column: spec, reference, alter } = declared
  const { table, created } = building
  if (alter && !created) {
    alterColumn(declared, table, scope, place)
    return
  }
  const { unique, ...rest } = spec
  const own: ColumnSpec = { ...rest, unique: unique && created !== undefined, span: place.span }
  if (created) {
    created.columns.push(own)
    if (reference) created.references.push(reference)
  } else emit(scope, place, [{ op: 'add-column', table, column: own }])
  const columns = [spec.name]
  if (reference && !created) emit(scope, place, [foreignKey(table, columns, reference, declared.referenceName)])
  if (unique && !created)
    emit(scope, place, [
      { op: 'add-unique', table, columns, name: declared.uniqueName ?? keyName(table, columns, 'unique') },
    ])
  if (declared.indexed) add(building, scope, place, indexOn(table, columns, declared.indexName))
}

const foreignKey = (table: string, columns: readonly string[], references: Reference, name?: string): Operation => ({
  op: 'add-foreign-key',
  table,
  columns,
  references,
  validated: true,
  name: name ?? keyName(table, columns, 'foreign'),
})

const indexOn = (table: string, columns: readonly string[], name?: string, partial = false): Operation => ({
  op: 'create-index',
  table,
  index: name ?? keyName(table, columns, 'index'),
  columns,
  unique: false,
  concurrently: false,
  ...(partial ? { partial } : {}),
})

/** Postgres: type, then default and NOT NULL as the chain restates them. MySQL: one MODIFY. */
function alterColumn({ column: spec, alter, says }: KnexColumn, table: string, scope: JsScope, place: Place): void {
  const { name, type } = spec
  const retype: Operation = { op: 'change-type', table, column: name, to: type, spec, restates: says }
  if (isMySql(scope.file.engine)) {
    emit(scope, place, [retype])
    return
  }
  const operations: Operation[] = []
  const bare: Operation = { op: 'change-type', table, column: name, to: type }
  if (alter?.type) operations.push(alter.nullable ? retype : bare)
  if (spec.default) operations.push({ op: 'set-default', table, column: name, default: spec.default })
  else if (alter?.nullable) operations.push({ op: 'drop-default', table, column: name })
  if (alter?.nullable)
    operations.push(
      spec.notNull ? { op: 'set-not-null', table, column: name } : { op: 'drop-not-null', table, column: name },
    )
  emit(scope, place, operations)
}

/** Clauses that name columns instead of declaring them. Undefined: names unknown. False: no such clause. */
function clause(
  { name, call }: Link,
  links: readonly Link[],
  building: Building,
  scope: JsScope,
  place: Place,
): true | false | undefined {
  const { table, created } = building
  const given = call?.arguments ?? []
  const [first, second] = given
  const columns = textsOf(first)
  const named = textOf(second) ?? textOf(option(second, 'indexName')) ?? textOf(option(second, 'constraintName'))
  const say = (operation: Operation): true => {
    add(building, scope, place, operation)
    return true
  }
  const each = (names: readonly string[] | undefined, make: (column: string) => Operation): true | undefined => {
    for (const one of names ?? []) say(make(one))
    return names ? true : undefined
  }
  switch (name) {
    case 'timestamps':
      return timestamps(given, building, scope, place)
    case 'dropTimestamps':
      return each(isTrue(first) ? ['createdAt', 'updatedAt'] : ['created_at', 'updated_at'], column => ({
        op: 'drop-column',
        table,
        column,
      }))
    case 'dropColumn':
    case 'dropColumns':
      return each(
        given.every(value => textsOf(value)) ? given.flatMap(value => textsOf(value) ?? []) : undefined,
        column => ({ op: 'drop-column', table, column }),
      )
    case 'renameColumn': {
      const [column, to] = [textOf(first), textOf(second)]
      return column === undefined || to === undefined ? undefined : say({ op: 'rename-column', table, column, to })
    }
    case 'setNullable':
      return each(columns, column => ({ op: 'drop-not-null', table, column }))
    case 'dropNullable':
      return each(columns, column => ({ op: 'set-not-null', table, column }))
    case 'index':
      return say(
        indexOn(
          table,
          columns ?? [],
          named,
          given.some(value => option(value, 'predicate') !== undefined),
        ),
      )
    case 'unique': {
      if (!columns) return undefined
      const index = named ?? keyName(table, columns, 'unique')
      if (isTrue(option(second, 'useConstraint')) === false && option(second, 'predicate'))
        return say({ op: 'create-index', table, index, columns, unique: true, concurrently: false, partial: true })
      return say({ op: 'add-unique', table, columns, name: index })
    }
    case 'primary':
      return columns && !created ? say({ op: 'add-primary-key', table, columns }) : columns ? true : undefined
    case 'foreign': {
      const target = links.find(link => link.name === 'references')?.call?.arguments[0]
      const other = textOf(links.find(link => link.name === 'inTable' || link.name === 'on')?.call?.arguments[0])
      const key = textsOf(target)?.[0]
      const reference =
        key === undefined ? undefined : referenceTo(key, other === undefined ? undefined : tableName(other))
      if (!columns || !reference) return undefined
      if (created) created.references.push(reference)
      else
        say(
          foreignKey(
            table,
            columns,
            reference,
            named ?? textOf(links.find(link => link.name === 'withKeyName')?.call?.arguments[0]),
          ),
        )
      return true
    }
    default:
      return dropping(name, given, table, say)
  }
}

function dropping(
  name: string,
  given: readonly JsValue[],
  table: string,
  say: (operation: Operation) => true,
): true | false | undefined {
  const columns = textsOf(given[0])
  const named = textOf(given[1])
  switch (name) {
    case 'dropIndex':
      if (named === undefined && !columns) return undefined
      return say({
        op: 'drop-index',
        table,
        index: named ?? keyName(table, columns ?? [], 'index'),
        ...(columns ? { columns } : {}),
        concurrently: false,
      })
    case 'dropUnique':
      if (named === undefined && !columns) return undefined
      return say({
        op: 'drop-constraint',
        table,
        constraint: named ?? keyName(table, columns ?? [], 'unique'),
        type: 'unique',
      })
    case 'dropForeign':
      if (named === undefined && !columns) return undefined
      return say({
        op: 'drop-constraint',
        table,
        constraint: named ?? keyName(table, columns ?? [], 'foreign'),
        type: 'foreign-key',
      })
    case 'dropPrimary':
      return say({ op: 'drop-constraint', table, constraint: textOf(given[0]) ?? `${table}_pkey`, type: 'primary-key' })
    case 'check':
      return say({
        op: 'add-check',
        table,
        ...(textOf(given[2]) === undefined ? {} : { name: textOf(given[2]) ?? '' }),
        expression: textOf(given[0]) ?? '…',
        validated: true,
      })
    case 'dropChecks':
      for (const constraint of columns ?? []) say({ op: 'drop-constraint', table, constraint, type: 'check' })
      return true
    default:
      return /^(engine|charset|collate|comment|inherits|queryContext|dropForeignIfExists)$/.test(name)
  }
}

function timestamps(given: readonly JsValue[], building: Building, scope: JsScope, place: Place): true {
  const [first, second, third] = given
  const camel = isTrue(third) || isTrue(option(first, 'useCamelCase'))
  const mysql = isMySql(scope.file.engine)
  const defaults = isTrue(second) || isTrue(option(first, 'defaultToNow'))
  const plain = isTrue(first) || isTrue(option(first, 'useTimestamps'))
  const type = mysql ? typeOf(plain ? 'timestamp' : 'datetime') : typeOf('timestamptz')
  const now = defaultOf({
    kind: 'call',
    name: 'now',
    callee: { kind: 'name', name: 'now' },
    arguments: [],
    tagged: false,
    made: false,
    node: scope.file.root,
  })
  for (const name of camel ? ['createdAt', 'updatedAt'] : ['created_at', 'updated_at']) {
    const spec = plainColumn(name, type, defaults && now ? { notNull: true, default: now } : {})
    column({ column: spec, indexed: false, says: [] }, building, scope, place)
  }
  return true
}
