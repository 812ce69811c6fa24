import type { JsCall, JsValue } from '../../../artifact/javascript.ts'
import type { Operation } from '../operation.ts'
import { type Chain, option, placeOf } from './javascript-chain.ts'
import { recordsOf, tableOfModel } from './javascript-rows.ts'
import { emit, type JsScope } from './javascript-scope.ts'

const updates = /^(save|update|increment|decrement|restore|softRemove|recover)$/
const deletes = /^(destroy|remove)$/

/**
 * What a loop over every row of a model does to each of them: `user.update(…)`, `repository.save(user)`,
 * `User.update(…, { where: { id: user.id } })`. Elsewhere a record is one row.
 */
export function recordCall(chain: Chain, scope: JsScope, outside: (options: readonly JsValue[]) => boolean): boolean {
  const link = chain.links.findLast(one => one.call)
  if (!link?.call || !(updates.test(link.name) || deletes.test(link.name))) return false
  const given = link.call.arguments
  const table = recordTable(chain, given, scope)
  if (table === '') return false
  const op = deletes.test(link.name) ? 'delete-rows' : 'update-rows'
  const operation: Operation = { op, table, filtered: false, batched: scope.looped, looped: scope.looped }
  emit(scope, placeOf(link, chain, scope), [operation], { autocommit: outside(given) })
  return true
}

function recordTable(chain: Chain, given: readonly JsValue[], scope: JsScope): string {
  const { framework } = scope.language
  const { root, links } = chain
  const inAll = (table = ''): string =>
    table !== '' && table.slice(table.lastIndexOf('.') + 1).toLowerCase() === scope.whole ? table : ''
  // `for (const user of await User.findAll()) await user.save()`
  if (root.kind === 'item' && links.length === 1) return inAll(recordsOf(root, framework))
  const name = links.at(-1)?.name
  if (framework === 'sequelize') {
    const where = option(given[name === 'update' ? 1 : 0], 'where')
    return where?.kind === 'object' && where.entries.size > 0 ? inAll(tableOfModel(modelOf(chain), framework)) : ''
  }
  if (framework !== 'typeorm') return ''
  const repository = repositoryOf(chain)
  const manager = /manager$/i.test(links.at(-2)?.name ?? (root.kind === 'name' ? root.name : ''))
  if (!repository && !manager) return ''
  const rows = given.find(value => recordsOf(value, framework) !== '')
  // `repository.save(users)` writes all at once.
  if (rows) return rows.kind === 'item' ? inAll(recordsOf(rows, framework)) : recordsOf(rows, framework)
  return name === 'update' ? inAll(tableOfModel(repository ? repository.arguments[0] : given[0], framework)) : ''
}

function repositoryOf({ links }: Chain): JsCall | undefined {
  return links.find(one => one.call && /^get\w*Repository$/.test(one.name))?.call
}

/** `db.User` of `db.User.update(…)`, `sequelize.define(…)` of `sequelize.define(…).update(…)`. */
function modelOf({ root, links }: Chain): JsValue {
  const before = links.at(-2)
  if (before?.call) return before.call
  return before ? { kind: 'member', of: root, name: before.name, start: before.start } : root
}
