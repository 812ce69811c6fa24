import type { JsCall } from '../../../artifact/javascript.ts'
import type { Operation } from '../operation.ts'
import { type Chain, type Link, placeOf, sqlText, tableName, tableOf, textOf } from './javascript-chain.ts'
import { picksFilled, picksRows } from './javascript-rows.ts'
import { emit, emitUnreadable, type JsLanguage, type JsScope, nameUnknown, placeOfNode } from './javascript-scope.ts'
import { emitSql } from './javascript-sql.ts'
import { runCallbacks } from './javascript-walk.ts'
import { ghost } from './knex-ghost.ts'
import { alterTable, createTable } from './knex-table.ts'

export const knex: JsLanguage = { framework: 'knex', transaction: 'wrapped', read }

const schemaCalls =
  /^(createTable|createTableIfNotExists|createTableLike|alterTable|table|dropTable|dropTableIfExists|renameTable|renameColumn|dropSchema|dropSchemaIfExists|createSchema|createSchemaIfNotExists|createExtension|createExtensionIfNotExists|dropExtension|dropExtensionIfExists|createView|createViewOrReplace|createMaterializedView|refreshMaterializedView|dropView|dropViewIfExists|dropMaterializedView|dropMaterializedViewIfExists|alterView|renameView|raw|hasTable|hasColumn|withSchema|queryContext|generateDdlCommands|toString|toSQL|toQuery|debug|transacting|on)$/

function read(chain: Chain, scope: JsScope): boolean {
  const { links, call } = chain
  const at = links.findIndex(link => link.name === 'schema' && !link.call)
  const from = at >= 0 ? at + 1 : bareSchema(chain) ? 0 : -1
  if (from >= 0) return schema(chain, links.slice(from), scope)
  const runner = links.find(link => link.call && /^(latest|up|down|rollback|run)$/.test(link.name))
  if (runner && links.some(link => /^(migrate|seed)$/.test(link.name))) {
    emitUnreadable(scope, placeOf(runner, chain, scope), 'runs other migrations or seeds')
    return true
  }
  if (links.some(link => link.name === 'raw') && raw(chain, scope)) return true
  if (rows(chain, scope)) return true
  if (call.name === 'transaction' && !scope.opened) {
    runCallbacks(call, scope)
    return true
  }
  return ghost(chain, scope)
}

/** `const { schema } = knex; schema.createTable(…)` */
function bareSchema({ root, links }: Chain): boolean {
  const name = root.kind === 'name' ? root.name : ''
  return name === 'schema' && links.length > 0
}

function schema(chain: Chain, links: readonly Link[], scope: JsScope): boolean {
  let space = ''
  for (const link of links) {
    if (!link.call) continue
    if (!schemaCalls.test(link.name)) {
      emitUnreadable(scope, placeOf(link, chain, scope), `\`${link.name}\` is not a call of the migration language`)
      continue
    }
    if (link.name === 'withSchema') space = textOf(link.call.arguments[0]) ?? ''
    else schemaCall(link, chain, scope, space === '' || space === 'public' ? '' : `${space}.`)
  }
  return true
}

function schemaCall(link: Link, chain: Chain, scope: JsScope, space: string): void {
  const { name, call } = link
  if (!call) return
  const place = placeOf(link, chain, scope)
  const [first, second] = call.arguments
  if (name === 'raw') {
    emitSql(scope, place, first, { marks: marksOf(call) })
    return
  }
  if (/View/.test(name)) {
    const view = textOf(first) ?? ''
    const refresh: Operation = { op: 'refresh-view', view, concurrently: second?.kind === 'boolean' && second.value }
    emit(scope, place, [name === 'refreshMaterializedView' ? refresh : viewOf(name, view, textOf(second))])
    return
  }
  if (/^dropSchema/.test(name)) {
    emit(scope, place, [
      { op: 'drop-schema', name: textOf(first) ?? '', cascade: second?.kind === 'boolean' && second.value },
    ])
    return
  }
  if (!/[tT]able|^renameColumn$/.test(name) || name === 'hasTable') return
  const own = tableOf(first)
  if (own === undefined) {
    emitUnreadable(scope, place, nameUnknown)
    return
  }
  const table = `${space}${own}`
  if (/^createTable/.test(name)) {
    if (name === 'createTableLike') emit(scope, place, [{ op: 'create-table', table, columns: [], references: [] }])
    else createTable(table, call, place, scope)
  } else if (/^dropTable/.test(name)) emit(scope, place, [{ op: 'drop-table', table, cascade: false }])
  else if (name === 'renameTable') {
    const to = textOf(second)
    if (to === undefined) emitUnreadable(scope, place, nameUnknown)
    else emit(scope, place, [{ op: 'rename-table', table, to: `${space}${tableName(to)}` }])
  } else alterTable(table, call, scope)
}

const marksOf = (call: JsCall): 'questions' | 'names' | 'none' => {
  const [, second] = call.arguments
  if (second === undefined) return 'none'
  return second.kind === 'object' ? 'names' : 'questions'
}

/** A piece of a query rather than a statement: `now()`, `users.id, users.name`, `CURRENT_TIMESTAMP`. */
const fragment = /^\s*(?!(begin|commit|rollback|vacuum|analyze|checkpoint)\b)["`\w]+\s*([.,(]|$)/i

/** `knex.raw('…', [ … ])`, as a statement of its own. */
/** `createViewOrReplace`, `dropMaterializedViewIfExists`, `renameView` … */
function viewOf(call: string, name: string, to: string | undefined): Operation {
  const view = { object: 'view', name } as const
  if (call.startsWith('create')) return { op: 'create-object', ...view }
  if (call.startsWith('drop')) return { op: 'drop-object', ...view }
  return call.startsWith('rename') ? { op: 'rename-object', ...view, to: to ?? '' } : { op: 'harmless', what: call }
}

function raw(chain: Chain, scope: JsScope): boolean {
  const link = chain.links.find(one => one.name === 'raw' && one.call)
  if (!link?.call || chain.links.slice(0, chain.links.indexOf(link)).some(one => one.call)) return false
  if (chain.root.kind === 'call') return false
  if (fragment.test(sqlText(link.call.arguments[0])?.text ?? '')) return true
  emitSql(scope, placeOf(link, chain, scope), link.call.arguments[0], { marks: marksOf(link.call) })
  return true
}

const writes = /^(update|del|delete|truncate|increment|decrement)$/

/** `knex('users').where(…).update(…)` and what only reads. */
function rows(chain: Chain, scope: JsScope): boolean {
  const { root, links, call } = chain
  const named =
    root.kind === 'call' && !root.tagged && root.callee.kind === 'name'
      ? root.arguments[0]
      : links.find(link => /^(from|into|table)$/.test(link.name) && link.call)?.call?.arguments[0]
  const link = links.find(one => writes.test(one.name) && one.call)
  if (!link?.call) {
    if (root.kind === 'call' && root.callee.kind === 'name' && scope.file.handles.has(root.callee.name)) return true
    return /^(insert|batchInsert|select|first|pluck|count|columnInfo)$/.test(call.name) && named !== undefined
  }
  if (named === undefined) return false
  const table = /^(\S+)(\s+as\s.*)?$/i.exec(textOf(named) ?? '')?.[1]
  const place = placeOfNode(call.node)
  if (table === undefined) {
    emitUnreadable(scope, place, nameUnknown)
    return true
  }
  const filtered = links.some(picksRows) || picksFilled(links, link)
  const batched = links.some(one => one.name === 'limit')
  const common = { table: tableName(table), filtered, batched }
  const operation: Operation =
    link.name === 'truncate'
      ? { op: 'truncate', table: common.table, cascade: false }
      : { op: /^del/.test(link.name) ? 'delete-rows' : 'update-rows', ...common }
  emit(scope, place, [operation])
  return true
}
