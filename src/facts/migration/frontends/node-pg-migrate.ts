import type { JsCall, JsValue } from '../../../artifact/javascript.ts'
import { nodeSpan } from '../../../artifact/literal.ts'
import type { Span } from '../../../text/lines.ts'
import type { ColumnSpec, Operation, Reference } from '../operation.ts'
import { isFalse, isTrue, option, optionsOf, placeOf, tableName, tableOf, textOf, textsOf } from './javascript-chain.ts'
import { defaultOf, keyName, plainColumn } from './javascript-columns.ts'
import { emit, emitUnreadable, type JsLanguage, type JsScope, nameUnknown, type Place } from './javascript-scope.ts'
import { emitSql } from './javascript-sql.ts'
import { sqlType } from './rails-columns.ts'

export const nodePgMigrate: JsLanguage = {
  framework: 'node-pg-migrate',
  transaction: 'wrapped',
  read(chain, scope) {
    const [link] = chain.links
    if (!link?.call || chain.links.length !== 1 || chain.root.kind !== 'name') return false
    if (!/^(pgm|builder|migrationBuilder)$/i.test(chain.root.name) && !scope.file.handles.has(chain.root.name))
      return false
    const place = placeOf(link, chain, scope)
    if (link.name === 'sql') emitSql(scope, place, link.call.arguments[0], {})
    else if (!/^(noTransaction|func|literal)$/.test(link.name)) call(link.name, link.call, scope, place)
    return true
  },
}

function call(name: string, given: JsCall, scope: JsScope, place: Place): void {
  const { arguments: values } = given
  if (
    /View|Function|Sequence|Domain|Operator|Role|Extension|Policy|Cast|grant|revoke|Schema$|Type$|Trigger|Comment|db$/.test(
      name,
    )
  ) {
    emit(scope, place, [other(name, values)])
    return
  }
  if (/^(dropTables)$/.test(name)) {
    for (const table of textsOf(values[0]) ?? []) emit(scope, place, [{ op: 'drop-table', table, cascade: false }])
    return
  }
  const table = tableOf(values[0])
  if (table === undefined) {
    emitUnreadable(scope, place, nameUnknown)
    return
  }
  if (name === 'addColumns' || name === 'addColumn') {
    const said = optionsOf(values[1])
    if (said.entries.size === 0) emitUnreadable(scope, place, nameUnknown)
    const columns = [...said.entries].map(([column, value]) => pgColumn(column, value, said.nodes.get(column)))
    const spans: readonly Span[] = columns.map(column => column.span ?? place.span)
    emit(
      scope,
      place,
      columns.map(column => ({ op: 'add-column', table, column })),
      { spans },
    )
    return
  }
  const operations = onTable(name, table, values)
  if (operations) emit(scope, place, operations)
  else emitUnreadable(scope, place, nameUnknown)
}

function other(name: string, values: readonly JsValue[]): Operation {
  const first = tableOf(values[0]) ?? ''
  if (name === 'refreshMaterializedView')
    return { op: 'refresh-view', view: first, concurrently: isTrue(option(values[1], 'concurrently')) }
  if (name === 'dropSchema') return { op: 'drop-schema', name: first, cascade: isTrue(option(values[1], 'cascade')) }
  if (name === 'createTrigger') return { op: 'create-trigger', table: first, trigger: textOf(values[1]) ?? '' }
  if (name === 'dropTrigger') return { op: 'drop-trigger', table: first, trigger: textOf(values[1]) ?? '' }
  const object = /^(create|drop)(?:Materialized)?(View|Function|Sequence)$/.exec(name)
  if (object !== null) {
    const kind = object[2] === 'View' ? 'view' : object[2] === 'Function' ? 'function' : 'sequence'
    return { op: object[1] === 'drop' ? 'drop-object' : 'create-object', object: kind, name: first }
  }
  return { op: 'harmless', what: name }
}

function onTable(name: string, table: string, values: readonly JsValue[]): readonly Operation[] | undefined {
  const [, second, third] = values
  const text = textOf(second)
  const columns = columnNames(second)
  switch (name) {
    case 'createTable': {
      const said = optionsOf(second)
      const specs = [...said.entries].map(([column, value]) => pgColumn(column, value, said.nodes.get(column)))
      return [
        { op: 'create-table', table, columns: specs, references: specs.flatMap(column => column.references ?? []) },
      ]
    }
    case 'dropTable':
      return [{ op: 'drop-table', table, cascade: isTrue(option(second, 'cascade')) }]
    case 'renameTable': {
      const to = tableOf(second)
      return to === undefined ? undefined : [{ op: 'rename-table', table, to }]
    }
    case 'dropColumns':
    case 'dropColumn': {
      const names = columns ?? (second?.kind === 'object' ? [...second.entries.keys()] : undefined)
      return names?.map(column => ({ op: 'drop-column', table, column }))
    }
    case 'renameColumn': {
      const to = textOf(third)
      return text === undefined || to === undefined ? undefined : [{ op: 'rename-column', table, column: text, to }]
    }
    case 'alterColumn':
      return text === undefined ? undefined : altered(table, text, third)
    case 'createIndex':
    case 'addIndex':
      return (
        columns && [
          {
            op: 'create-index',
            table,
            index:
              textOf(option(third, 'name')) ??
              keyName(table, columns, isTrue(option(third, 'unique')) ? 'unique_index' : 'index'),
            columns,
            unique: isTrue(option(third, 'unique')),
            concurrently: isTrue(option(third, 'concurrently')),
            ...(option(third, 'where') ? { partial: true } : {}),
            ...(isTrue(option(third, 'ifNotExists')) ? { ifNotExists: true } : {}),
          },
        ]
      )
    case 'dropIndex':
      return [
        {
          op: 'drop-index',
          table,
          index:
            textOf(option(third, 'name')) ??
            keyName(table, columns ?? [], isTrue(option(third, 'unique')) ? 'unique_index' : 'index'),
          ...(columns ? { columns } : {}),
          concurrently: isTrue(option(third, 'concurrently')),
        },
      ]
    case 'addConstraint':
    case 'createConstraint':
      return constraint(table, text, third)
    case 'dropConstraint':
      return text === undefined ? undefined : [{ op: 'drop-constraint', table, constraint: text }]
    case 'renameConstraint':
      return [{ op: 'harmless', what: name }]
    case 'addTypeValue':
      return [{ op: 'add-enum-value', type: table, value: text ?? '' }]
    case 'alterTable':
      return [{ op: 'metadata', table, what: name, lock: 'ACCESS EXCLUSIVE' }]
    default:
      return /^(rename|alter|reference)/.test(name) ? [{ op: 'harmless', what: name }] : undefined
  }
}

function columnNames(value: JsValue | undefined): readonly string[] | undefined {
  const items = value?.kind === 'list' ? value.items : value ? [value] : []
  const names = items.map(item => textOf(item) ?? textOf(option(item, 'name')))
  return names.length > 0 && names.every(name => name !== undefined) ? names : undefined
}

const shorthands: Readonly<Record<string, string>> = {
  int: 'integer',
  string: 'varchar',
  float: 'real',
  double: 'double precision',
  datetime: 'timestamp',
  bool: 'boolean',
  id: 'integer',
}

function pgColumn(name: string, value: JsValue | undefined, node?: JsCall['node']): ColumnSpec {
  const written = textOf(value) ?? textOf(option(value, 'type')) ?? 'unknown'
  const numbered = written === 'id' || /serial/i.test(written) || option(value, 'sequenceGenerated') !== undefined
  const standard = defaultOf(option(value, 'default'))
  const references = referenceOf(option(value, 'references'))
  const primaryKey = written === 'id' || isTrue(option(value, 'primaryKey'))
  return plainColumn(name, sqlType(shorthands[written] ?? written), {
    notNull: primaryKey || isTrue(option(value, 'notNull')),
    ...(standard ? { default: standard } : {}),
    ...(option(value, 'expressionGenerated') ? { generated: 'stored' as const } : {}),
    numbered,
    primaryKey,
    unique: isTrue(option(value, 'unique')),
    check: option(value, 'check') !== undefined,
    ...(references ? { references } : {}),
    ...(node ? { span: nodeSpan(node) } : {}),
  })
}

/** `'users'`, `'users(id)'`, `'"users"'`, `{ schema, name }` */
function referenceOf(value: JsValue | undefined): Reference | undefined {
  const text = tableOf(value)
  if (text === undefined) return undefined
  const [, table = text, columns = ''] = /^\s*([\w.]+)\s*\(([^)]*)\)/.exec(text.replaceAll('"', '')) ?? []
  return {
    table: tableName(table),
    columns: columns
      .split(',')
      .map(column => column.trim())
      .filter(column => column !== ''),
  }
}

function altered(table: string, column: string, value: JsValue | undefined): readonly Operation[] {
  const type = textOf(option(value, 'type'))
  const using = textOf(option(value, 'using'))
  const given = option(value, 'default')
  const standard = defaultOf(given)
  const notNull = option(value, 'notNull')
  const operations: Operation[] = []
  if (given?.kind === 'none') operations.push({ op: 'drop-default', table, column })
  if (type !== undefined)
    operations.push({
      op: 'change-type',
      table,
      column,
      to: sqlType(shorthands[type] ?? type),
      ...(using === undefined ? {} : { using: { text: using, functions: [] } }),
    })
  if (standard) operations.push({ op: 'set-default', table, column, default: standard })
  if (isTrue(notNull) || isFalse(option(value, 'allowNull'))) operations.push({ op: 'set-not-null', table, column })
  if (isFalse(notNull) || isTrue(option(value, 'allowNull'))) operations.push({ op: 'drop-not-null', table, column })
  return operations
}

function constraint(
  table: string,
  name: string | undefined,
  value: JsValue | undefined,
): readonly Operation[] | undefined {
  const named = name === undefined ? {} : { name }
  const text = textOf(value)
  if (text !== undefined) return written(table, text, named)
  const operations: Operation[] = []
  const unique = columnNames(option(value, 'unique'))
  const primary = columnNames(option(value, 'primaryKey'))
  const check = option(value, 'check')
  if (unique) operations.push({ op: 'add-unique', table, columns: unique, ...named })
  if (primary) operations.push({ op: 'add-primary-key', table, columns: primary })
  if (check) operations.push({ op: 'add-check', table, expression: textOf(check) ?? '…', validated: true, ...named })
  const keys = option(value, 'foreignKeys')
  for (const key of keys?.kind === 'list' ? keys.items : keys ? [keys] : []) {
    const references = referenceOf(option(key, 'references'))
    if (references)
      operations.push({
        op: 'add-foreign-key',
        table,
        columns: columnNames(option(key, 'columns')) ?? [],
        references,
        validated: true,
        ...named,
      })
  }
  return operations.length > 0 ? operations : undefined
}

/** A constraint written in SQL: `FOREIGN KEY (…) REFERENCES … NOT VALID`. */
function written(table: string, text: string, named: { readonly name?: string }): readonly Operation[] | undefined {
  const validated = !/\bnot\s+valid\s*$/i.test(text.trim())
  const inside = (/\(([^)]*)\)/.exec(text)?.[1] ?? '').split(',').map(column => column.replaceAll('"', '').trim())
  if (/^\s*check\b/i.test(text)) {
    const notNull = /^\s*check\s*\(+\s*"?(\w+)"?\s+is\s+not\s+null\s*\)+/i.exec(text)?.[1]
    return [
      {
        op: 'add-check',
        table,
        expression: text,
        validated,
        ...named,
        ...(notNull === undefined ? {} : { notNullColumn: notNull }),
      },
    ]
  }
  if (/^\s*unique\b/i.test(text)) {
    const usingIndex = /\busing\s+index\s+"?(\w+)/i.exec(text)?.[1]
    return [
      {
        op: 'add-unique',
        table,
        columns: usingIndex === undefined ? inside : [],
        ...named,
        ...(usingIndex === undefined ? {} : { usingIndex }),
      },
    ]
  }
  if (/^\s*primary\s+key\b/i.test(text)) return [{ op: 'add-primary-key', table, columns: inside }]
  const target = /\breferences\s+("?[\w.]+"?(?:\s*\([^)]*\))?)/i.exec(text)?.[1]
  if (!/^\s*foreign\s+key\b/i.test(text) || target === undefined) return undefined
  const [, other = target, columns = ''] = /^([\w.]+)\s*\(([^)]*)\)/.exec(target.replaceAll('"', '')) ?? []
  return [
    {
      op: 'add-foreign-key',
      table,
      columns: inside,
      references: {
        table: tableName(other.replaceAll('"', '')),
        columns: columns === '' ? [] : columns.split(',').map(column => column.trim()),
      },
      validated,
      ...named,
    },
  ]
}
