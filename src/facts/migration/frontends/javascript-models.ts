import type { JsValue } from '../../../artifact/javascript.ts'
import type { Operation } from '../operation.ts'
import { type Chain, option, placeOf, tableOf, textOf } from './javascript-chain.ts'
import { emit, emitUnreadable, type JsScope } from './javascript-scope.ts'

const entityUnknown = 'the table of the entity is not known'

/** TypeORM: `manager.update(User, criteria, values)`, `manager.getRepository('users').delete(criteria)`. */
export function entityCall(chain: Chain, scope: JsScope): boolean {
  const link = chain.links.findLast(one => one.call)
  if (!link?.call || !/^(update|delete|softDelete|clear)$/.test(link.name)) return false
  const names = chain.links.map(one => one.name)
  const repository = chain.links.find(one => one.call && /^get\w*Repository$/.test(one.name))
  const manager = names.includes('manager') || (chain.root.kind === 'name' && /manager$/i.test(chain.root.name))
  if (!repository && !manager) return false
  const given = link.call.arguments
  const target = repository ? repository.call?.arguments[0] : given[0]
  const criteria = repository ? given[0] : given[1]
  const place = placeOf(link, chain, scope)
  const table = tableOf(target)
  if (table === undefined) emitUnreadable(scope, place, entityUnknown)
  else if (link.name === 'clear') emit(scope, place, [{ op: 'truncate', table, cascade: false }])
  else emit(scope, place, [written(link.name === 'update' ? 'update-rows' : 'delete-rows', table, criteria)])
  return true
}

/** Sequelize: `User.update(values, { where })`, `db.User.destroy({ where })`, and `sync()`, which works on whatever the models say. */
export function modelCall(chain: Chain, scope: JsScope): boolean {
  const link = chain.links.findLast(one => one.call)
  if (!link?.call) return false
  const place = placeOf(link, chain, scope)
  if (link.name === 'sync') {
    emitUnreadable(scope, place, '`sync` works on the tables of models in other files')
    return true
  }
  if (link.name !== 'update' && link.name !== 'destroy') return false
  const options = link.call.arguments[link.name === 'update' ? 1 : 0]
  if (options?.kind !== 'object' || !(options.entries.has('where') || options.entries.has('truncate'))) return false
  const defined = chain.links.find(one => one.call && one.name === 'define')?.call?.arguments
  const table = textOf(option(defined?.[2], 'tableName')) ?? textOf(defined?.[0])
  if (table === undefined) emitUnreadable(scope, place, entityUnknown)
  else {
    const op = link.name === 'update' ? 'update-rows' : 'delete-rows'
    emit(scope, place, [written(op, table, options.entries.get('where'))])
  }
  return true
}

/** An empty object, or a column that is NULL, picks what a backfill has not reached: at first all rows. */
function written(op: 'update-rows' | 'delete-rows', table: string, criteria: JsValue | undefined): Operation {
  const filtered =
    criteria !== undefined &&
    criteria.kind !== 'none' &&
    (criteria.kind !== 'object' || [...criteria.entries.values()].some(value => value.kind !== 'none'))
  return { op, table, filtered, batched: false }
}
