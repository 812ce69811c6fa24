import type { JsValue } from '../../../artifact/javascript.ts'
import type { ColumnSpec, Operation, Reference } from '../operation.ts'
import { type Chain, chainOf, type Link, placeOf, sqlText, tableName, textOf, textsOf } from './javascript-chain.ts'
import { defaultOf, plainColumn, referenceTo } from './javascript-columns.ts'
import {
  emit,
  emitUnreadable,
  evaluate,
  inside,
  type JsLanguage,
  type JsScope,
  nameUnknown,
  placeOfNode,
} from './javascript-scope.ts'
import { emitSql } from './javascript-sql.ts'
import { runCallbacks } from './javascript-walk.ts'
import { sqlType } from './rails-columns.ts'

export const kysely: JsLanguage = { framework: 'kysely', transaction: 'wrapped', read }

function read(chain: Chain, scope: JsScope): boolean {
  const { root, links, call } = chain
  const last = links.at(-1)
  if (root.kind === 'call' && root.tagged && last?.name === 'execute') {
    emitSql(scope, placeOfNode(call.node), root)
    return true
  }
  const at = links.findIndex(link => link.name === 'schema' && !link.call)
  if (at >= 0) return schema(chain, links.slice(at + 1), scope)
  if (links.some(link => link.name === 'transaction')) {
    runCallbacks(call, scope)
    return true
  }
  return rows(chain, scope)
}

function rows(chain: Chain, scope: JsScope): boolean {
  const { links } = chain
  const link = links.find(one => one.call && /^(updateTable|deleteFrom)$/.test(one.name))
  const last = links.at(-1)
  if (!link || !last || !/^execute/.test(last.name))
    return links.some(one => /^(insertInto|selectFrom|selectNoFrom|replaceInto)$/.test(one.name))
  const table = textsOf(link.call?.arguments[0])?.[0]?.split(/\s+as\s+/i)[0]
  const place = placeOfNode(chain.call.node)
  const filtered = links.some(
    one =>
      /^(where|using|innerJoin)/.test(one.name) &&
      !(textOf(one.call?.arguments[1]) === 'is' && one.call?.arguments[2]?.kind === 'none'),
  )
  const batched = filtered && (scope.looped || links.some(one => one.name === 'limit'))
  if (table === undefined) emitUnreadable(scope, place, nameUnknown)
  else
    emit(scope, place, [
      { op: link.name === 'updateTable' ? 'update-rows' : 'delete-rows', table: tableName(table), filtered, batched },
    ])
  return true
}

function schema(chain: Chain, given: readonly Link[], scope: JsScope): boolean {
  const space = textOf(given.find(link => link.name === 'withSchema')?.call?.arguments[0])
  const links = given.filter(link => link.call && link.name !== 'withSchema')
  const [first, ...clauses] = links
  if (!first?.call) return false
  const name = textOf(first.call.arguments[0])
  const place = placeOfNode(chain.call.node)
  if (name === undefined) {
    emitUnreadable(scope, place, nameUnknown)
    return true
  }
  const table = tableName(space === undefined || space === 'public' ? name : `${space}.${name}`)
  const has = (word: string): Link | undefined => clauses.find(link => link.name === word)
  switch (first.name) {
    case 'createTable':
      emit(scope, place, [created(table, clauses, scope)])
      break
    case 'dropTable':
      emit(scope, place, [{ op: 'drop-table', table, cascade: has('cascade') !== undefined }])
      break
    case 'alterTable':
      alter(table, clauses, chain, scope)
      break
    case 'createIndex': {
      const on = textOf(has('on')?.call?.arguments[0])
      const columns = clauses
        .filter(link => /^(column|columns|expression)$/.test(link.name))
        .flatMap(link => textsOf(link.call?.arguments[0])?.map(column => column.split(' ')[0] ?? '') ?? ['…'])
      if (on === undefined) emitUnreadable(scope, place, nameUnknown)
      else
        emit(scope, place, [
          {
            op: 'create-index',
            table: tableName(on),
            index: name,
            columns,
            unique: has('unique') !== undefined,
            concurrently: clauses.some(link => /concurrently/i.test(sqlText(link.call?.arguments[0])?.text ?? '')),
            ...(has('where') ? { partial: true } : {}),
          },
        ])
      break
    }
    case 'dropIndex': {
      const on = textOf(has('on')?.call?.arguments[0])
      emit(scope, place, [
        { op: 'drop-index', index: name, ...(on === undefined ? {} : { table: tableName(on) }), concurrently: false },
      ])
      break
    }
    case 'dropSchema':
      emit(scope, place, [{ op: 'drop-schema', name, cascade: has('cascade') !== undefined }])
      break
    case 'refreshMaterializedView':
      emit(scope, place, [{ op: 'refresh-view', view: table, concurrently: has('concurrently') !== undefined }])
      break
    case 'createView':
    case 'dropView':
      emit(scope, place, [
        { op: first.name === 'dropView' ? 'drop-object' : 'create-object', object: 'view', name: table },
      ])
      break
    default:
      emit(scope, place, [{ op: 'harmless', what: first.name }])
  }
  return true
}

const typeText = (value: JsValue | undefined): string => textOf(sqlText(value)) ?? 'unknown'

/** `addColumn('name', 'varchar(40)', column => column.notNull())` */
function columnOf(link: Link, scope: JsScope): ColumnSpec | undefined {
  const [name, type, build] = link.call?.arguments ?? []
  const column = textOf(name)
  if (column === undefined) return undefined
  const written = typeText(type)
  const links = build?.kind === 'function' ? builtBy(build, scope) : []
  const call = (word: string): Link | undefined => links.find(one => one.name === word)
  const standard = defaultOf(call('defaultTo')?.call?.arguments[0])
  const target = textOf(call('references')?.call?.arguments[0])
  const references: Reference | undefined = target === undefined ? undefined : referenceTo(tableName(target))
  const primaryKey = call('primaryKey') !== undefined
  return plainColumn(column, sqlType(written), {
    notNull: primaryKey || call('notNull') !== undefined,
    ...(standard ? { default: standard } : {}),
    ...(call('generatedAlwaysAs') ? { generated: call('stored') ? ('stored' as const) : ('virtual' as const) } : {}),
    numbered:
      /serial/i.test(written) || links.some(one => /^(autoIncrement|identity|generated\w*AsIdentity)$/.test(one.name)),
    primaryKey,
    unique: call('unique') !== undefined,
    check: call('check') !== undefined,
    ...(references ? { references } : {}),
  })
}

/** The chain that a builder function returns. */
function builtBy(build: Extract<JsValue, { kind: 'function' }>, scope: JsScope): readonly Link[] {
  const body = build.node.childForFieldName('body')
  if (!body) return []
  const result =
    body.type === 'statement_block'
      ? body.namedChildren.find(child => child?.type === 'return_statement')?.namedChildren[0]
      : body
  const value = result ? evaluate(result, inside([], build.node, scope)) : undefined
  return value?.kind === 'call' ? chainOf(value).links : []
}

function created(table: string, clauses: readonly Link[], scope: JsScope): Operation {
  const columns = clauses.filter(link => link.name === 'addColumn').flatMap(link => columnOf(link, scope) ?? [])
  const references = clauses
    .filter(link => link.name === 'addForeignKeyConstraint')
    .flatMap(({ call }) => {
      const other = textOf(call?.arguments[2])
      return other === undefined ? [] : [{ table: tableName(other), columns: textsOf(call?.arguments[3]) ?? [] }]
    })
  return {
    op: 'create-table',
    table,
    columns,
    references: [...references, ...columns.flatMap(column => column.references ?? [])],
  }
}

function alter(table: string, clauses: readonly Link[], chain: Chain, scope: JsScope): void {
  for (const link of clauses) {
    const operations = clause(table, link, scope)
    const place = placeOf(link, chain, scope)
    if (operations) emit(scope, place, operations)
    else if (!/^(execute|compile|\$call|ifExists|toOperationNode)/.test(link.name))
      emitUnreadable(scope, place, nameUnknown)
  }
}

function clause(table: string, link: Link, scope: JsScope): readonly Operation[] | undefined {
  const [first, second, third, fourth] = link.call?.arguments ?? []
  const name = textOf(first)
  const columns = textsOf(second)
  if (link.name === 'addColumn') {
    const column = columnOf(link, scope)
    return column && [{ op: 'add-column', table, column }]
  }
  if (link.name === 'modifyColumn') {
    const spec = columnOf(link, scope)
    return spec && [{ op: 'change-type', table, column: spec.name, to: spec.type, spec }]
  }
  if (name === undefined) return undefined
  switch (link.name) {
    case 'dropColumn':
      return [{ op: 'drop-column', table, column: name }]
    case 'renameTo':
      return [{ op: 'rename-table', table, to: tableName(name) }]
    case 'renameColumn': {
      const to = textOf(second)
      return to === undefined ? undefined : [{ op: 'rename-column', table, column: name, to }]
    }
    case 'alterColumn':
      return second?.kind === 'function' ? builtBy(second, scope).flatMap(one => altered(table, name, one)) : undefined
    case 'addForeignKeyConstraint': {
      const other = textOf(third)
      return columns && other !== undefined
        ? [
            {
              op: 'add-foreign-key',
              table,
              name,
              columns,
              references: { table: tableName(other), columns: textsOf(fourth) ?? [] },
              validated: true,
            },
          ]
        : undefined
    }
    case 'addUniqueConstraint':
      return columns && [{ op: 'add-unique', table, name, columns }]
    case 'addPrimaryKeyConstraint':
      return columns && [{ op: 'add-primary-key', table, columns }]
    case 'addCheckConstraint':
      return [{ op: 'add-check', table, name, expression: typeText(second), validated: true }]
    case 'dropConstraint':
      return [{ op: 'drop-constraint', table, constraint: name }]
    case 'dropIndex':
      return [{ op: 'drop-index', table, index: name, concurrently: false }]
    default:
      return link.name === 'setSchema' ? [{ op: 'harmless', what: link.name }] : undefined
  }
}

function altered(table: string, column: string, { name, call }: Link): readonly Operation[] {
  const [first] = call?.arguments ?? []
  const standard = defaultOf(first)
  if (name === 'setDataType') return [{ op: 'change-type', table, column, to: sqlType(typeText(first)) }]
  if (name === 'setNotNull') return [{ op: 'set-not-null', table, column }]
  if (name === 'dropNotNull') return [{ op: 'drop-not-null', table, column }]
  if (name === 'setDefault' && standard) return [{ op: 'set-default', table, column, default: standard }]
  return name === 'dropDefault' ? [{ op: 'drop-default', table, column }] : []
}
