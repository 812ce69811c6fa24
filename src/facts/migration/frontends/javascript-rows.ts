import type { JsCall, JsValue } from '../../../artifact/javascript.ts'
import { chainOf, type Link, option, optionsOf, sqlText, tableOf, textOf } from './javascript-chain.ts'
import { pluralize, underscore } from './rails-names.ts'
import { selectedWhole } from './row-loops.ts'

/** The table of which a value holds every row, as a query or a model gives them; empty for anything else. */
export function wholeTableOf(value: JsValue, framework: string): string {
  let at = value
  while (at.kind === 'item' || at.kind === 'member') at = at.of
  if (at.kind !== 'call') return ''
  // `Array.from(rows)`, `Object.values(rows)`, `rows.map(row => row.id)`
  if (at.callee.kind === 'member' && at.arguments[0] && /^(Array|Object|_|lodash)$/.test(rootName(at.callee.of)))
    return wholeTableOf(at.arguments[0], framework)
  const modelled = modelRows(at, framework)
  if (modelled !== undefined) return bare(modelled)
  const sql = sqlText(at.arguments[0])?.text
  if (sql !== undefined && /^(query|raw|\$queryRaw\w*|unsafe|execute|all|any|many|manyOrNone)$/.test(at.name))
    return selectedWhole(sql)
  const { root, links } = chainOf(at)
  const named =
    root.kind === 'call' && !root.tagged && root.callee.kind === 'name'
      ? root.arguments[0]
      : links.find(link => /^(from|table|selectFrom)$/.test(link.name) && link.call)?.call?.arguments[0]
  const table = /^[\w.]+$/.exec(textOf(named) ?? '')?.[0] ?? ''
  const some = links.some(
    link => picksRows(link) || /^(limit|first|offset|take|insert|executeTakeFirst)$/.test(link.name),
  )
  return some ? '' : bare(table)
}

const bare = (table: string): string => table.slice(table.lastIndexOf('.') + 1).toLowerCase()

/** Does a link pick particular rows? `whereNull` picks what a backfill has not reached, which at first is all of them. */
export function picksRows({ name, call }: Link): boolean {
  if (!call || !/^(where|andWhere|orWhere|having|join|innerJoin)/.test(name)) return false
  if (/^(where|andWhere|orWhere)(Not)?Null$/.test(name) || /join/i.test(name)) return false
  const [first, second] = call.arguments
  if (name === 'where' && second?.kind === 'none') return false
  if (/Raw$/.test(name)) return !/^\s*[\w."]+\s+is\s+(not\s+)?null\s*$/i.test(sqlText(first)?.text ?? '')
  if (first?.kind === 'object') return [...first.entries.values()].some(value => value.kind !== 'none')
  return first !== undefined
}

/** A test for NULL picks the rows to delete; to update, `whereNotNull` does, unless it only guards the value that is read: then it holds for every row there is to do. */
export function picksFilled(links: readonly Link[], writes: Link): boolean {
  const given = writes.call?.node.childForFieldName('arguments')?.text ?? ''
  return links.some(({ name, call }) => {
    const test = /^(?:where|andWhere)(Not)?Null$/.exec(name)
    const column = textOf(call?.arguments[0])
    if (test === null || column === undefined) return false
    return /^del/.test(writes.name) || (test[1] !== undefined && !namesColumn(given, column))
  })
}

function namesColumn(text: string, column: string): boolean {
  const name = bare(column).replace(/\W/g, '\\$&')
  return new RegExp(`(?<!\\w)${name}(?!\\w)`, 'i').test(text)
}

const rootName = (value: JsValue): string => (value.kind === 'name' ? value.name : '')

/** Table of a model: as the file declares it, else by the framework's convention, as its class stands in another file. */
export function tableOfModel(value: JsValue | undefined, framework: string): string | undefined {
  if (value?.kind === 'call' && value.name === 'define')
    return textOf(option(value.arguments[2], 'tableName')) ?? textOf(value.arguments[0])
  const named = tableOf(value)
  if (named !== undefined) return named
  const name = value?.kind === 'member' ? value.name : value?.kind === 'name' ? value.name : ''
  if (!/^[A-Z]\w*[a-z]\w*$/.test(name)) return undefined
  return framework === 'sequelize' ? pluralize(name) : underscore(name.replace(/Entity$/, ''))
}

/** The table of whose rows, every one of them, a value is one or holds all, where a model gives them; else empty. */
export function recordsOf(value: JsValue, framework: string): string {
  let at = value
  while (at.kind === 'item') at = at.of
  return at.kind === 'call' ? (modelRows(at, framework) ?? '') : ''
}

/** `User.findAll()`, `manager.find(User)`, `getRepository(User).find()`: the table when that gives every row, empty when not all; undefined for other calls. */
function modelRows(call: JsCall, framework: string): string | undefined {
  if (framework !== 'sequelize' && framework !== 'typeorm') return undefined
  const { callee, name, arguments: given } = call
  if (callee.kind !== 'member' || !/^(find|findAll|findAndCountAll|findBy|findAndCount)$/.test(name)) return undefined
  const { of } = callee
  const repository = of.kind === 'call' && /^get\w*Repository$/.test(of.name)
  const manager = /manager$/i.test(of.kind === 'member' || of.kind === 'name' ? of.name : '')
  const target = repository ? of.arguments[0] : manager ? given[0] : of
  const table = tableOfModel(target, framework)
  if (table === undefined) return undefined
  const options = manager ? given[1] : given[0]
  if (options !== undefined && options.kind !== 'object') return ''
  const asked = optionsOf(options).entries
  if (/By$/.test(name)) return ''
  const where = asked.get('where')
  const some =
    ['limit', 'offset', 'take', 'skip', 'include', 'join'].some(key => asked.has(key)) ||
    (where !== undefined && (where.kind !== 'object' || [...where.entries.values()].some(one => one.kind !== 'none')))
  return some ? '' : table
}
