import type { JsValue } from '../../../artifact/javascript.ts'
import type { ColumnSpec, Operation } from '../operation.ts'
import {
  type Chain,
  isTrue,
  option,
  optionsOf,
  placeOf,
  sqlText,
  tableOf,
  textOf,
  textsOf,
} from './javascript-chain.ts'
import { defaultOf, plainColumn, typeOf } from './javascript-columns.ts'
import { emit, emitUnreadable, type JsLanguage, type JsScope, nameUnknown, placeOfNode } from './javascript-scope.ts'
import { emitSql } from './javascript-sql.ts'
import { runCallbacks } from './javascript-walk.ts'
import { sqlType } from './rails-columns.ts'

const sends =
  /^(query|execute|unsafe|raw|run|runSql|runQuery|exec|none|any|\$executeRaw|\$executeRawUnsafe|\$queryRaw|\$queryRawUnsafe|addSql)$/

/** Migrations that send SQL through a driver: `client.query('…')`, db.execute(sql`…`), sql`…`. */
export const plainSql: JsLanguage = { framework: 'javascript', transaction: 'likely', read: plain }

function plain(chain: Chain, scope: JsScope): boolean {
  const { call } = chain
  if (call.tagged) {
    if (!/^(sql|db|tx|trx|client|pg|\$executeRaw|\$queryRaw)$/i.test(call.name)) return false
    emitSql(scope, placeOfNode(call.node), call)
    return true
  }
  if (alters.test(first(chain))) return unknownLibrary(chain, scope)
  const link = chain.links.findLast(one => one.call)
  if (!link?.call) return false
  if (/^(transaction|begin|\$transaction)$/.test(link.name)) {
    runCallbacks(link.call, scope)
    return true
  }
  const [given] = link.call.arguments
  if (!sends.test(link.name) || given === undefined || given.kind === 'function') return false
  if (given.kind === 'list' && sqlText(given) === undefined) return false
  emitSql(scope, placeOf(link, chain, scope), given)
  return true
}

const alters =
  /^(createTable|dropTable|renameTable|alterTable|addColumns?|dropColumns?|removeColumns?|renameColumn|changeColumn|alterColumn|createIndex|addIndex|dropIndex|addForeignKey|dropForeignKey|addConstraint|dropConstraint|addNotNull|setNotNull)$/

/** The first method of a chain, or the function that it begins with. */
function first({ root, links }: Chain): string {
  return root.kind === 'call' ? root.name : (links.find(link => link.call)?.name ?? '')
}

/** Calls of a library of which nothing is known but that they alter tables: what drops is plain, the rest is said. */
function unknownLibrary(chain: Chain, scope: JsScope): boolean {
  const call = chain.root.kind === 'call' ? chain.root : (chain.links.find(link => link.call)?.call ?? chain.call)
  const place = placeOfNode(chain.call.node)
  const table = tableOf(call.arguments[0])
  const columns = textsOf(call.arguments[1])
  if (table !== undefined && call.name === 'dropTable')
    emit(scope, place, [{ op: 'drop-table', table, cascade: false }])
  else if (table !== undefined && columns && /^(drop|remove)Columns?$/.test(call.name))
    emit(
      scope,
      place,
      columns.map(column => ({ op: 'drop-column', table, column })),
    )
  else emitUnreadable(scope, place, `\`${call.name}\` belongs to a library that is not known`)
  return true
}

const types: Readonly<Record<string, string>> = {
  string: 'varchar',
  int: 'integer',
  datetime: 'timestamp',
  decimal: 'numeric',
  binary: 'bytea',
  blob: 'bytea',
}

/** db-migrate: `db.runSql('…', callback)`, `db.addColumn('users', 'name', { type: 'string' }, callback)`. */
export const dbMigrate: JsLanguage = {
  framework: 'db-migrate',
  transaction: 'likely',
  read(chain, scope) {
    const { call } = chain
    const link = chain.links.findLast(one => one.call)
    if (!link || chain.links.length !== 1) return plain(chain, scope)
    const table = tableOf(call.arguments[0])
    const place = placeOf(link, chain, scope)
    const operations = /^(add|remove|drop|create|rename|change)[A-Z]/.test(link.name)
      ? table === undefined
        ? 'unknown'
        : dbMigrateCall(link.name, table, call.arguments)
      : undefined
    if (operations === undefined) {
      const done = plain(chain, scope)
      if (done) runCallbacks(call, scope)
      return done
    }
    if (operations === 'unknown') emitUnreadable(scope, place, nameUnknown)
    else emit(scope, place, operations)
    runCallbacks(call, scope)
    return true
  },
}

function dbMigrateCall(
  name: string,
  table: string,
  values: readonly JsValue[],
): readonly Operation[] | 'unknown' | undefined {
  const [, second, third, fourth] = values
  const text = textOf(second)
  switch (name) {
    case 'createTable': {
      const said = optionsOf(option(second, 'columns') ?? second)
      return [
        {
          op: 'create-table',
          table,
          columns: [...said.entries].map(([column, spec]) => columnOf(column, spec)),
          references: [],
        },
      ]
    }
    case 'dropTable':
      return [{ op: 'drop-table', table, cascade: false }]
    case 'renameTable':
      return text === undefined ? 'unknown' : [{ op: 'rename-table', table, to: text }]
    case 'addColumn':
      return text === undefined ? 'unknown' : [{ op: 'add-column', table, column: columnOf(text, third) }]
    case 'removeColumn':
      return text === undefined ? 'unknown' : [{ op: 'drop-column', table, column: text }]
    case 'renameColumn': {
      const to = textOf(third)
      return text === undefined || to === undefined ? 'unknown' : [{ op: 'rename-column', table, column: text, to }]
    }
    case 'changeColumn': {
      if (text === undefined) return 'unknown'
      const spec = columnOf(text, third)
      const operations: Operation[] = []
      if (option(third, 'type')) operations.push({ op: 'change-type', table, column: text, to: spec.type, spec })
      if (option(third, 'notNull'))
        operations.push({ op: spec.notNull ? 'set-not-null' : 'drop-not-null', table, column: text })
      if (spec.default) operations.push({ op: 'set-default', table, column: text, default: spec.default })
      return operations
    }
    case 'addIndex':
      return [
        {
          op: 'create-index',
          table,
          ...(text === undefined ? {} : { index: text }),
          columns: textsOf(third) ?? [],
          unique: isTrue(fourth),
          concurrently: false,
        },
      ]
    case 'removeIndex':
      return [{ op: 'drop-index', table, index: text ?? table, concurrently: false }]
    case 'addForeignKey': {
      const other = tableOf(second)
      const mapping = fourth?.kind === 'object' ? [...fourth.entries] : []
      if (other === undefined) return 'unknown'
      const references = { table: other, columns: mapping.map(([, value]) => textOf(value) ?? '') }
      return [{ op: 'add-foreign-key', table, columns: mapping.map(([column]) => column), references, validated: true }]
    }
    case 'removeForeignKey':
      return [{ op: 'drop-constraint', table, constraint: text ?? '', type: 'foreign-key' }]
    default:
      return undefined
  }
}

function columnOf(name: string, value: JsValue | undefined): ColumnSpec {
  const written = textOf(value) ?? textOf(option(value, 'type')) ?? textOf(sqlText(option(value, 'type'))) ?? 'unknown'
  const standard = defaultOf(option(value, 'defaultValue'))
  const length = option(value, 'length')
  return plainColumn(
    name,
    types[written] ? typeOf(types[written], [length?.kind === 'number' ? length.value : undefined]) : sqlType(written),
    {
      notNull: isTrue(option(value, 'notNull')) || isTrue(option(value, 'primaryKey')),
      ...(standard ? { default: standard } : {}),
      numbered: isTrue(option(value, 'autoIncrement')),
      primaryKey: isTrue(option(value, 'primaryKey')),
      unique: isTrue(option(value, 'unique')),
    },
  )
}
