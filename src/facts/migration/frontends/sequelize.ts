import type { JsCall, JsValue } from '../../../artifact/javascript.ts'
import type { Operation } from '../operation.ts'
import {
  type Chain,
  handleOf,
  isTrue,
  type Link,
  option,
  optionsOf,
  placeOf,
  tableOf,
  textOf,
  textsOf,
} from './javascript-chain.ts'
import { isMySql } from './javascript-columns.ts'
import { modelCall } from './javascript-models.ts'
import { recordCall } from './javascript-records.ts'
import {
  emit,
  emitUnreadable,
  type JsLanguage,
  type JsScope,
  nameUnknown,
  type Place,
  placeOfNode,
  pushStep,
} from './javascript-scope.ts'
import { emitSql } from './javascript-sql.ts'
import { runCallbacks } from './javascript-walk.ts'
import { isSet, referenceOf, sequelizeColumn } from './sequelize-columns.ts'

export const sequelize: JsLanguage = { framework: 'sequelize', transaction: 'each', read }

/** Handles of the query interface: `queryInterface`, `utils.queryInterface`, `context`, `sequelize.getQueryInterface()`. */
const handle = /(^|\.)(_?query_?interface|qi|context|migrator|getQueryInterface)$/i

function read(chain: Chain, scope: JsScope): boolean {
  const link = chain.links.findLast(one => one.call)
  if (!link?.call) return false
  const place = placeOf(link, chain, scope)
  if (link.name === 'transaction') return transaction(link.call, chain, scope, place)
  const byHand = chain.links.length === 1 || chain.links.at(-2)?.name === 'transaction'
  if (/^(commit|rollback)$/.test(link.name) && byHand) {
    // A rollback stands where something went wrong.
    if (link.name === 'commit') pushStep(scope, { kind: 'commit', ...placeOfNode(link.call.node) })
    if (link.name === 'commit') scope.state.opened = false
    return true
  }
  const options = optionsAt(link.call)
  const opened = scope.opened || scope.state.opened
  const autocommit = opened && !options.some(partakes)
  if (/^(query|rawQuery)$/.test(link.name)) {
    const marks = options.some(value => isSet(option(value, 'replacements'))) ? 'names' : 'none'
    emitSql(scope, place, link.call.arguments[0], { marks, autocommit })
    return true
  }
  if (recordCall(chain, scope, given => opened && !given.some(partakes)) || modelCall(chain, scope)) return true
  if (!(link.name in calls)) return unknown(link, chain, scope, place)
  const owner =
    chain.links.length === 1 &&
    chain.root.kind === 'name' &&
    !scope.file.handles.has(chain.root.name) &&
    !handle.test(chain.root.name)
  if (owner && !/interface|^(q|db|this|tableBuilder)$/i.test(handleOf(chain))) return false
  const operations = calls[link.name]?.(link.call, scope)
  if (!operations) emitUnreadable(scope, place, nameUnknown)
  // Each statement of a call commits by itself.
  else for (const operation of operations) emit(scope, place, [operation], { autocommit })
  return true
}

const optionsAt = (call: JsCall): readonly JsValue[] => call.arguments.slice(1)

/** Does a call take part in the transaction that the file has opened? Options that are not written out may say so. */
function partakes(value: JsValue): boolean {
  if (value.kind === 'object') {
    const given = value.entries.get('transaction')
    return given !== undefined && given.kind !== 'none'
  }
  return (value.kind === 'name' && /trans|trx|^t$|options|opts/i.test(value.name)) || value.kind === 'code'
}

function transaction(call: JsCall, chain: Chain, scope: JsScope, place: Place): boolean {
  if (!/sequelize|db|transaction/i.test(handleOf(chain)) && !call.arguments.some(value => value.kind === 'function'))
    return false
  pushStep(scope, { kind: 'begin', looped: scope.looped, ...place })
  if (!call.arguments.some(value => value.kind === 'function')) {
    scope.state.opened = true
    return true
  }
  const t: JsValue = { kind: 'name', name: 't' }
  runCallbacks(call, { ...scope, opened: true }, [t])
  pushStep(scope, { kind: 'commit', ...place })
  return true
}

/** A call on the query interface that is none of its own. */
function unknown(link: Link, chain: Chain, scope: JsScope, place: Place): boolean {
  if (!handle.test(handleOf(chain)) || chain.links.length !== 1) return false
  if (
    /^(describe|show|get|table|sequelize|quote|select|raw|insert|upsert|has|is|bulkInsert|startTrans|commit|rollback)/i.test(
      link.name,
    )
  )
    return true
  emitUnreadable(scope, place, `\`${link.name}\` is not a call of the migration language`)
  return true
}

type Reader = (call: JsCall, scope: JsScope) => readonly Operation[] | undefined

const onTable =
  (make: (table: string, call: JsCall, scope: JsScope) => readonly Operation[] | undefined): Reader =>
  (call, scope) => {
    const table = tableOf(call.arguments[0])
    return table === undefined ? undefined : make(table, call, scope)
  }

const onColumn = (
  make: (table: string, column: string, call: JsCall, scope: JsScope) => readonly Operation[] | undefined,
): Reader =>
  onTable((table, call, scope) => {
    const column = textOf(call.arguments[1])
    return column === undefined ? undefined : make(table, column, call, scope)
  })

const calls: Readonly<Record<string, Reader>> = {
  createTable: onTable((table, call, scope) => {
    const columns = [...optionsOf(call.arguments[1]).entries].map(([name, value]) =>
      sequelizeColumn(name, value, scope.file.engine),
    )
    return [{ op: 'create-table', table, columns, references: columns.flatMap(({ references }) => references ?? []) }]
  }),
  dropTable: onTable((table, call) => [
    { op: 'drop-table', table, cascade: isTrue(option(call.arguments[1], 'cascade')) },
  ]),
  renameTable: onTable((table, call) => {
    const to = tableOf(call.arguments[1])
    return to === undefined ? undefined : [{ op: 'rename-table', table, to }]
  }),
  addColumn: onColumn((table, name, call, scope) => [
    { op: 'add-column', table, column: sequelizeColumn(name, call.arguments[2], scope.file.engine) },
  ]),
  removeColumn: onColumn((table, column) => [{ op: 'drop-column', table, column }]),
  renameColumn: onColumn((table, column, call) => {
    const to = textOf(call.arguments[2])
    return to === undefined ? undefined : [{ op: 'rename-column', table, column, to }]
  }),
  changeColumn: onColumn(changeColumn),
  addIndex: onTable(addIndex),
  removeIndex: onTable((table, call) => {
    const index = textOf(call.arguments[1]) ?? textOf(option(call.arguments[1], 'name'))
    const columns = textsOf(call.arguments[1])
    if (index === undefined && !columns) return undefined
    const concurrently = isTrue(option(call.arguments[2], 'concurrently'))
    return [
      {
        op: 'drop-index',
        table,
        index: index ?? indexName(table, columns ?? []),
        ...(columns && index === undefined ? { columns } : {}),
        concurrently,
      },
    ]
  }),
  addConstraint: onTable(addConstraint),
  removeConstraint: onColumn((table, constraint) => [{ op: 'drop-constraint', table, constraint }]),
  bulkUpdate: onTable((table, call, scope) => [{ op: 'update-rows', table, ...picked(call.arguments[2], scope) }]),
  bulkDelete: onTable((table, call, scope) => {
    const all = isTrue(option(call.arguments[2], 'truncate'))
    return [
      all
        ? { op: 'truncate', table, cascade: false }
        : { op: 'delete-rows', table, ...picked(call.arguments[1], scope) },
    ]
  }),
  bulkInsert: onTable(() => [{ op: 'harmless', what: 'INSERT' }]),
  dropAllTables: () => [{ op: 'drop-schema', name: 'public', cascade: true }],
  dropSchema: call => [{ op: 'drop-schema', name: textOf(call.arguments[0]) ?? '', cascade: true }],
}

const indexName = (table: string, columns: readonly string[]): string =>
  `${table}_${columns.join('_')}`.replace(/[.-]/g, '_').toLowerCase()

/** Which rows a condition takes; `{ column: null }` are those that a backfill has not reached, which at first is all of them. */
function picked(where: JsValue | undefined, scope: JsScope): { readonly filtered: boolean; readonly batched: boolean } {
  const filtered =
    where?.kind === 'object'
      ? [...where.entries.values()].some(value => value.kind !== 'none')
      : where !== undefined && where.kind !== 'none'
  return { filtered, batched: filtered && scope.looped }
}

/** Postgres: NOT NULL, default and type each in a statement of its own, all restated. MySQL: one CHANGE. */
function changeColumn(table: string, column: string, call: JsCall, scope: JsScope): readonly Operation[] | undefined {
  const given = call.arguments[2]
  const said = given?.kind === 'object' ? given : undefined
  const spec = sequelizeColumn(column, given, scope.file.engine)
  const typed = said ? said.entries.has('type') : given !== undefined
  const known = spec.type.name !== 'unknown'
  if (isMySql(scope.file.engine)) return known ? [{ op: 'change-type', table, column, to: spec.type, spec }] : undefined
  const operations: Operation[] = []
  if (said)
    operations.push(spec.notNull ? { op: 'set-not-null', table, column } : { op: 'drop-not-null', table, column })
  if (spec.default) operations.push({ op: 'set-default', table, column, default: spec.default })
  if (typed && known) operations.push({ op: 'change-type', table, column, to: spec.type })
  const references = referenceOf(option(said, 'references'), said)
  if (references) operations.push({ op: 'add-foreign-key', table, columns: [column], references, validated: true })
  if (spec.unique) operations.push({ op: 'add-unique', table, columns: [column] })
  return typed && !known && operations.length === 0 ? undefined : operations
}

function fieldNames(value: JsValue | undefined): readonly string[] | undefined {
  if (value?.kind !== 'list') return textsOf(value)
  return value.items.map(
    item => textOf(item) ?? textOf(option(item, 'name')) ?? textOf(option(item, 'attribute')) ?? '…',
  )
}

function addIndex(table: string, call: JsCall): readonly Operation[] | undefined {
  // `addIndex(table, { fields, … })` is allowed as well.
  const merged = call.arguments[1]?.kind === 'object'
  const options = merged ? call.arguments[1] : call.arguments[2]
  const columns = fieldNames(merged ? option(options, 'fields') : call.arguments[1])
  if (!columns) return undefined
  const type = textOf(option(options, 'type'))?.toLowerCase()
  return [
    {
      op: 'create-index',
      table,
      index: textOf(option(options, 'name')) ?? textOf(option(options, 'indexName')) ?? indexName(table, columns),
      columns,
      unique: isTrue(option(options, 'unique')) || type === 'unique',
      concurrently: isTrue(option(options, 'concurrently')),
      ...(isSet(option(options, 'where')) ? { partial: true } : {}),
      ...(type === 'fulltext' || type === 'spatial' ? { special: type } : {}),
    },
  ]
}

function addConstraint(table: string, call: JsCall): readonly Operation[] | undefined {
  // Before Sequelize 5 the columns were an argument of their own.
  const old = call.arguments[1]?.kind === 'list'
  const options = old ? call.arguments[2] : call.arguments[1]
  const columns = fieldNames(old ? call.arguments[1] : option(options, 'fields'))
  const type = textOf(option(options, 'type'))?.toLowerCase()
  const given = textOf(option(options, 'name'))
  const name = given === undefined ? {} : { name: given }
  if (type === 'check') return [{ op: 'add-check', table, ...name, expression: '…', validated: true }]
  if (!columns) return undefined
  if (type === 'unique') return [{ op: 'add-unique', table, columns, ...name }]
  if (type === 'primary key') return [{ op: 'add-primary-key', table, columns }]
  if (type !== 'foreign key') return type === 'default' ? [{ op: 'harmless', what: 'DEFAULT' }] : undefined
  const references = referenceOf(option(options, 'references'), options)
  return references && [{ op: 'add-foreign-key', table, columns, references, validated: true, ...name }]
}
