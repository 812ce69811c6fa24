import type { JsValue } from '../../../artifact/javascript.ts'
import { chainOf, type Link, sqlText, textOf } from './javascript-chain.ts'
import { selectedWhole } from './row-loops.ts'

/** The table of which a value holds every row, as a query gives them; empty for anything else. */
export function wholeTableOf(value: JsValue): string {
  let at = value
  while (at.kind === 'item' || at.kind === 'member') at = at.of
  if (at.kind !== 'call') return ''
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
  return some ? '' : table.slice(table.lastIndexOf('.') + 1).toLowerCase()
}

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
