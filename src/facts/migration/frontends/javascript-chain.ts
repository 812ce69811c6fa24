import type { JsCall, JsObject, JsValue } from '../../../artifact/javascript.ts'
import type { LiteralText } from '../../../artifact/literal.ts'
import { type Chain, type JsScope, type Link, type Place, placeOfLink, placeOfNode } from './javascript-scope.ts'

export type { Chain, Link } from './javascript-scope.ts'

const longest = 1000

/** Takes a call apart. A call of a plain name (`knex('users')`) is a root. */
export function chainOf(call: JsCall): Chain {
  const links: Link[] = []
  let at: JsValue = call
  while (links.length < longest) {
    if (at.kind === 'call' && at.callee.kind === 'member') {
      links.push({ name: at.callee.name, call: at, start: at.callee.start })
      at = at.callee.of
    } else if (at.kind === 'member') {
      links.push({ name: at.name, start: at.start })
      at = at.of
    } else break
  }
  return { root: at, links: links.reverse(), call }
}

/** The root and the plain members before the first call: `queryInterface.sequelize` of `queryInterface.sequelize.query(…)`. */
export function handleOf({ root, links }: Chain): string {
  const names = [root.kind === 'name' ? root.name : root.kind === 'call' ? `${root.name}()` : '']
  for (const link of links) {
    if (link.call) break
    names.push(link.name)
  }
  return names.join('.')
}

/** Where a link stands: the whole call, unless another call or line stands before it in the chain. */
export function placeOf(link: Link, { links, root }: Chain, scope: JsScope): Place {
  if (!link.call) return placeOfNode(scope.file.root)
  const { node } = link.call
  const before = links.slice(0, links.indexOf(link)).some(one => one.call) || root.kind === 'call'
  const apart = before || scope.file.lines.text.slice(node.startIndex, link.start).includes('\n')
  return apart && link.start > 0 ? placeOfLink(node, link.start, scope) : placeOfNode(node)
}

export function textOf(value: JsValue | undefined): string | undefined {
  return value?.kind === 'text' && value.holes === 0 ? value.text : undefined
}

/** One text or a list of texts. */
export function textsOf(value: JsValue | undefined): readonly string[] | undefined {
  const one = textOf(value)
  if (one !== undefined) return [one]
  if (value?.kind !== 'list') return undefined
  const texts = value.items.map(textOf)
  return texts.every(text => text !== undefined) ? texts : undefined
}

export const numberOf = (value: JsValue | undefined): number | undefined =>
  value?.kind === 'number' ? value.value : undefined
export const isTrue = (value: JsValue | undefined): boolean => value?.kind === 'boolean' && value.value
export const isFalse = (value: JsValue | undefined): boolean => value?.kind === 'boolean' && !value.value

const nothing: JsObject = { kind: 'object', entries: new Map(), nodes: new Map() }

/** Options written as an object; empty for anything else. */
export function optionsOf(value: JsValue | undefined): JsObject {
  if (value?.kind === 'object') return value
  // `new Table({ … })`, `new TableColumn({ … })`
  if (value?.kind === 'call' && value.made) return optionsOf(value.arguments[0])
  return nothing
}

export const option = (value: JsValue | undefined, name: string): JsValue | undefined =>
  optionsOf(value).entries.get(name)

/** Drops the schema that is the default anyway. */
export const tableName = (name: string): string => name.replace(/^"?public"?\./, '').replaceAll('"', '')

/** A table given as text, or as an object: `{ tableName, schema }`, `{ name, schema }`, `new Table({ name })`. */
export function tableOf(value: JsValue | undefined): string | undefined {
  const name = textOf(value) ?? textOf(option(value, 'tableName')) ?? textOf(option(value, 'name'))
  if (name === undefined || name === '') return undefined
  const schema = textOf(option(value, 'schema'))
  return tableName(schema === undefined ? name : `${schema}.${name}`)
}

/** The text of a statement: written out, in a tagged template, or inside `sql.raw(…)`, `Sequelize.literal(…)`, `{ text: … }`. */
export function sqlText(value: JsValue | undefined, depth = 0): LiteralText | undefined {
  if (value?.kind === 'text') return value
  if (depth > 10) return undefined
  if (value?.kind === 'object')
    return sqlText(value.entries.get('text') ?? value.entries.get('sql') ?? value.entries.get('query'), depth + 1)
  if (value?.kind !== 'call') return undefined
  if (
    value.tagged ||
    /^(raw|sql|unsafe|literal|dedent|outdent|stripIndent|stripIndents|fn|func|lit|String)$/.test(value.name)
  )
    return sqlText(value.arguments[0], depth + 1)
  return undefined
}
