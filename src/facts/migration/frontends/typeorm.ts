import type { JsCall, JsValue } from '../../../artifact/javascript.ts'
import type { ColumnSpec, Operation, Reference } from '../operation.ts'
import {
  type Chain,
  handleOf,
  isFalse,
  isTrue,
  type Link,
  numberOf,
  option,
  optionsOf,
  placeOf,
  tableName,
  tableOf,
  textOf,
  textsOf,
} from './javascript-chain.ts'
import { expression, isMySql, plainColumn } from './javascript-columns.ts'
import { entityCall } from './javascript-models.ts'
import { recordCall } from './javascript-records.ts'
import {
  emit,
  emitUnreadable,
  type JsLanguage,
  type JsScope,
  nameUnknown,
  placeOfNode,
  pushStep,
} from './javascript-scope.ts'
import { emitSql } from './javascript-sql.ts'
import { runCallbacks } from './javascript-walk.ts'
import { sqlType } from './rails-columns.ts'

export const typeorm: JsLanguage = { framework: 'typeorm', transaction: 'wrapped', read }

/** `this.addSql('…')`, and Knex's builder inside it. */
export const mikroOrm: JsLanguage = {
  framework: 'mikro-orm',
  transaction: 'wrapped',
  read(chain, scope) {
    const link = chain.links.findLast(one => one.call)
    if (!link?.call || !/^(addSql|execute|query)$/.test(link.name)) return false
    emitSql(scope, placeOf(link, chain, scope), link.call.arguments[0], {
      marks: link.call.arguments[1] ? 'questions' : 'none',
    })
    return true
  },
}

function read(chain: Chain, scope: JsScope): boolean {
  const link = chain.links.findLast(one => one.call)
  if (!link?.call) return false
  const place = placeOf(link, chain, scope)
  const { name, call } = link
  if (name === 'query' || name === 'sql') {
    const marks = call.arguments[1] && isMySql(scope.file.engine) ? 'questions' : 'none'
    emitSql(scope, place, call.tagged ? call : call.arguments[0], { marks })
    return true
  }
  if (name === 'startTransaction' || name === 'commitTransaction') {
    pushStep(
      scope,
      name === 'startTransaction' ? { kind: 'begin', looped: scope.looped, ...place } : { kind: 'commit', ...place },
    )
    return true
  }
  if (name === 'rollbackTransaction') return true
  if (name === 'execute' && chain.links.some(one => one.name === 'createQueryBuilder')) return builder(chain, scope)
  if (name === 'transaction') {
    runCallbacks(call, scope)
    return true
  }
  if (recordCall(chain, scope, () => false) || entityCall(chain, scope)) return true
  const reader = calls[name]
  if (!reader) {
    const handle = handleOf(chain)
    if (chain.links.length !== 1 || !/queryRunner|^qr$/i.test(handle)) return false
    if (
      /^(has|get|is|connect|release|select|clearSqlMemory|loaded|change\w*Comment|createDatabase|createSchema|createExtension)/.test(
        name,
      )
    )
      return true
    if (/^(drop|create|add|change|rename|update|clear)/.test(name))
      emitUnreadable(scope, place, `\`${name}\` is not a call of the migration language`)
    return true
  }
  if (chain.links.length !== 1) return false
  const operations = reader(call, scope)
  if (!operations) emitUnreadable(scope, place, nameUnknown)
  else for (const operation of operations) emit(scope, place, [operation])
  return true
}

/** `manager.createQueryBuilder().update('users').set(…).where(…).execute()` */
function builder(chain: Chain, scope: JsScope): boolean {
  const find = (name: RegExp): Link | undefined => chain.links.find(one => one.call && name.test(one.name))
  const update = find(/^update$/)
  const remove = find(/^(delete|softDelete)$/)
  if (!update && !remove) return true
  const given = update?.call?.arguments[0] ?? find(/^from$/)?.call?.arguments[0]
  const table = tableOf(given)
  const place = placeOfNode(chain.call.node)
  if (table === undefined) emitUnreadable(scope, place, 'the table of the entity is not known')
  else {
    const filtered = chain.links.some(
      one => /where$/i.test(one.name) && !/^\s*[\w."]+\s+is\s+null\s*$/i.test(textOf(one.call?.arguments[0]) ?? ''),
    )
    const batched = filtered && (scope.looped || find(/^(limit|take)$/) !== undefined)
    emit(scope, place, [{ op: update ? 'update-rows' : 'delete-rows', table, filtered, batched }])
  }
  return true
}

type Reader = (call: JsCall, scope: JsScope) => readonly Operation[] | undefined

const onTable =
  (
    make: (
      table: string,
      second: JsValue | undefined,
      call: JsCall,
      scope: JsScope,
    ) => readonly Operation[] | undefined,
  ): Reader =>
  (call, scope) => {
    const table = tableOf(call.arguments[0])
    return table === undefined ? undefined : make(table, call.arguments[1], call, scope)
  }

const itemsOf = (value: JsValue | undefined): readonly JsValue[] => (value?.kind === 'list' ? value.items : [])

/** Reads each item of a list; undefined when one of them is not known. */
function each(
  value: JsValue | undefined,
  make: (item: JsValue) => Operation | undefined,
): readonly Operation[] | undefined {
  if (value?.kind !== 'list') return undefined
  const made = value.items.map(make)
  return made.every(one => one !== undefined) ? made : undefined
}

const one = (operation: Operation | undefined): readonly Operation[] | undefined => operation && [operation]

const calls: Readonly<Record<string, Reader>> = {
  createTable: onTable((table, _second, call) => {
    const said = call.arguments[0]
    const columns = itemsOf(option(said, 'columns')).flatMap(item => typeormColumn(item) ?? [])
    const references = itemsOf(option(said, 'foreignKeys')).flatMap(item => referenceOf(item) ?? [])
    return [{ op: 'create-table', table, columns, references }]
  }),
  createView: onTable(name => [{ op: 'create-object', object: 'view', name }]),
  dropView: onTable(name => [{ op: 'drop-object', object: 'view', name }]),
  dropTable: onTable(table => [{ op: 'drop-table', table, cascade: false }]),
  clearTable: onTable(table => [{ op: 'truncate', table, cascade: false }]),
  renameTable: onTable((table, second) => {
    const to = tableOf(second)
    return to === undefined ? undefined : [{ op: 'rename-table', table, to }]
  }),
  addColumn: onTable((table, second) => one(addColumn(table, second))),
  addColumns: onTable((table, second) => each(second, item => addColumn(table, item))),
  dropColumn: onTable((table, second) => one(dropColumn(table, second))),
  dropColumns: onTable((table, second) => each(second, item => dropColumn(table, item))),
  renameColumn: onTable((table, second, call) => {
    const [column, to] = [nameOf(second), nameOf(call.arguments[2])]
    return column === undefined || to === undefined ? undefined : [{ op: 'rename-column', table, column, to }]
  }),
  changeColumn: onTable((table, second, call) => changeColumn(table, second, call.arguments[2])),
  createIndex: onTable((table, second) => one(createIndex(table, second))),
  createIndices: onTable((table, second) => each(second, item => createIndex(table, item))),
  dropIndex: onTable((table, second) => {
    const index = nameOf(second)
    return index === undefined ? undefined : [{ op: 'drop-index', table, index, concurrently: false }]
  }),
  createForeignKey: onTable((table, second) => one(foreignKey(table, second))),
  createForeignKeys: onTable((table, second) => each(second, item => foreignKey(table, item))),
  dropForeignKey: onTable((table, second) => one(dropConstraint(table, second, 'foreign-key'))),
  dropForeignKeys: onTable((table, second) => each(second, item => dropConstraint(table, item, 'foreign-key'))),
  createUniqueConstraint: onTable((table, second) => {
    const columns = textsOf(option(second, 'columnNames'))
    return columns && [{ op: 'add-unique', table, columns, ...named(second) }]
  }),
  createUniqueConstraints: onTable((table, second) =>
    each(second, item => {
      const columns = textsOf(option(item, 'columnNames'))
      return columns && { op: 'add-unique', table, columns, ...named(item) }
    }),
  ),
  dropUniqueConstraint: onTable((table, second) => one(dropConstraint(table, second, 'unique'))),
  createCheckConstraint: onTable((table, second) => [
    {
      op: 'add-check',
      table,
      ...named(second),
      expression: textOf(option(second, 'expression')) ?? '…',
      validated: true,
    },
  ]),
  dropCheckConstraint: onTable((table, second) => one(dropConstraint(table, second, 'check'))),
  createPrimaryKey: onTable((table, second) => {
    const columns = textsOf(second)
    return columns && [{ op: 'add-primary-key', table, columns }]
  }),
  dropPrimaryKey: onTable(table => [
    { op: 'drop-constraint', table, constraint: `${table}_pkey`, type: 'primary-key' },
  ]),
}

const nameOf = (value: JsValue | undefined): string | undefined => textOf(value) ?? textOf(option(value, 'name'))

const named = (value: JsValue | undefined): { readonly name?: string } => {
  const name = textOf(option(value, 'name'))
  return name === undefined ? {} : { name }
}

/** `new TableColumn({ name, type, isNullable, default, … })`; a column is NOT NULL unless it says otherwise. */
function typeormColumn(value: JsValue | undefined): ColumnSpec | undefined {
  const said = optionsOf(value)
  const name = textOf(said.entries.get('name'))
  const written = textOf(said.entries.get('type'))
  if (name === undefined) return undefined
  const length = textOf(said.entries.get('length')) ?? numberOf(said.entries.get('length'))?.toString()
  const [precision, scale] = [numberOf(said.entries.get('precision')), numberOf(said.entries.get('scale'))]
  const numbers =
    length ??
    (precision === undefined ? undefined : [precision, scale].filter(number => number !== undefined).join(','))
  const array = isTrue(said.entries.get('isArray')) ? '[]' : ''
  const type = sqlType(`${written ?? 'unknown'}${numbers === undefined ? '' : `(${numbers})`}${array}`)
  const standard = said.entries.get('default')
  const text = defaultText(standard)
  const generated = isTrue(said.entries.get('isGenerated'))
  const strategy = textOf(said.entries.get('generationStrategy'))
  const primaryKey = isTrue(said.entries.get('isPrimary'))
  return plainColumn(name, type, {
    notNull: primaryKey || !isTrue(said.entries.get('isNullable')),
    ...(text !== undefined && !/^null$/i.test(text)
      ? { default: expression(text) }
      : strategy === 'uuid' && generated
        ? { default: expression('uuid_generate_v4()') }
        : {}),
    ...(said.entries.has('asExpression')
      ? {
          generated:
            textOf(said.entries.get('generatedType')) === 'VIRTUAL' ? ('virtual' as const) : ('stored' as const),
        }
      : {}),
    numbered: generated && strategy !== 'uuid',
    primaryKey,
    unique: isTrue(said.entries.get('isUnique')),
  })
}

/** Defaults are SQL as it is written; what other code gives is one all the same. */
function defaultText(value: JsValue | undefined): string | undefined {
  if (!value || value.kind === 'none') return undefined
  if (value.kind === 'text') return value.text
  return value.kind === 'number' || value.kind === 'boolean' ? String(value.value) : '…'
}

function addColumn(table: string, value: JsValue | undefined): Operation | undefined {
  const column = typeormColumn(value)
  return column && { op: 'add-column', table, column }
}

function dropColumn(table: string, value: JsValue | undefined): Operation | undefined {
  const column = nameOf(value)
  return column === undefined ? undefined : { op: 'drop-column', table, column }
}

/**
 * TypeORM compares the two columns: where type or length differ it drops the column and adds it anew. Where the old one is
 * given by its name only, what is restated is taken for a change of type.
 */
function changeColumn(
  table: string,
  before: JsValue | undefined,
  after: JsValue | undefined,
): readonly Operation[] | undefined {
  const column = nameOf(before)
  const spec = typeormColumn(after)
  const old = textOf(before) === undefined ? typeormColumn(before) : undefined
  if (column === undefined || !spec) return undefined
  const operations: Operation[] = []
  const recreated = old !== undefined && old.type.text.toLowerCase() !== spec.type.text.toLowerCase()
  if (recreated && option(after, 'type')?.kind === 'text' && option(before, 'type')?.kind === 'text')
    return [
      { op: 'drop-column', table, column },
      { op: 'add-column', table, column: spec },
    ]
  if (spec.name !== column) operations.push({ op: 'rename-column', table, column, to: spec.name })
  const name = spec.name
  if (!old && spec.type.name !== 'unknown')
    operations.push({ op: 'change-type', table, column: name, to: spec.type, spec })
  if (spec.notNull && old?.notNull !== true && (old || isFalse(option(after, 'isNullable'))))
    operations.push({ op: 'set-not-null', table, column: name })
  if (!spec.notNull && old?.notNull !== false) operations.push({ op: 'drop-not-null', table, column: name })
  if (spec.unique && old?.unique === false) operations.push({ op: 'add-unique', table, columns: [name] })
  if (spec.default && old && old.default?.text !== spec.default.text)
    operations.push({ op: 'set-default', table, column: name, default: spec.default })
  return operations
}

function createIndex(table: string, value: JsValue | undefined): Operation | undefined {
  const columns = textsOf(option(value, 'columnNames'))
  if (!columns) return undefined
  const index = textOf(option(value, 'name'))
  return {
    op: 'create-index',
    table,
    ...(index === undefined ? {} : { index }),
    columns,
    unique: isTrue(option(value, 'isUnique')),
    concurrently: isTrue(option(value, 'isConcurrent')),
    ...(option(value, 'where') ? { partial: true } : {}),
    ...(isTrue(option(value, 'isFulltext'))
      ? { special: 'fulltext' as const }
      : isTrue(option(value, 'isSpatial'))
        ? { special: 'spatial' as const }
        : {}),
  }
}

function referenceOf(value: JsValue): Reference | undefined {
  const table = textOf(option(value, 'referencedTableName'))
  return table === undefined
    ? undefined
    : { table: tableName(table), columns: textsOf(option(value, 'referencedColumnNames')) ?? ['id'] }
}

function foreignKey(table: string, value: JsValue | undefined): Operation | undefined {
  const references = value && referenceOf(value)
  const columns = textsOf(option(value, 'columnNames'))
  return references && columns
    ? { op: 'add-foreign-key', table, columns, references, validated: true, ...named(value) }
    : undefined
}

function dropConstraint(
  table: string,
  value: JsValue | undefined,
  type: 'foreign-key' | 'unique' | 'check',
): Operation | undefined {
  const constraint = nameOf(value)
  // A key found in the table while the migration runs has no name here, and dropping it is understood all the same.
  return { op: 'drop-constraint', table, constraint: constraint ?? '', type }
}
