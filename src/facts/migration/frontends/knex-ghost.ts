import type { JsValue } from '../../../artifact/javascript.ts'
import type { ColumnSpec, Operation } from '../operation.ts'
import { type Chain, isFalse, isTrue, numberOf, option, optionsOf, textOf, textsOf } from './javascript-chain.ts'
import { defaultOf, keyName, plainColumn } from './javascript-columns.ts'
import { emit, type JsScope, placeOfNode } from './javascript-scope.ts'
import { knexType } from './knex-columns.ts'

/** Helpers that stand for a whole migration, as Ghost and others made for Knex: `createAddColumnMigration('posts', 'html', {…})`. */
export function ghost({ call }: Chain, scope: JsScope): boolean {
  const [first, second, third] = call.arguments
  const table = textOf(first)
  const columns = textsOf(second)
  if (table === undefined) return false
  const operation = ((): Operation | undefined => {
    switch (call.name) {
      case 'createAddColumnMigration':
        return columns?.[0] === undefined
          ? undefined
          : { op: 'add-column', table, column: columnOf(columns[0], third, scope) }
      case 'createDropColumnMigration':
        return columns?.[0] === undefined ? undefined : { op: 'drop-column', table, column: columns[0] }
      case 'createRenameColumnMigration': {
        const to = textOf(third)
        return columns?.[0] === undefined || to === undefined
          ? undefined
          : { op: 'rename-column', table, column: columns[0], to }
      }
      case 'createSetNullableMigration':
        return columns?.[0] === undefined ? undefined : { op: 'drop-not-null', table, column: columns[0] }
      case 'createDropNullableMigration':
        return columns?.[0] === undefined ? undefined : { op: 'set-not-null', table, column: columns[0] }
      case 'createAddIndexMigration':
        return (
          columns && {
            op: 'create-index',
            table,
            index: keyName(table, columns, 'index'),
            columns,
            unique: false,
            concurrently: false,
          }
        )
      case 'createRemoveIndexMigration':
        return (
          columns && { op: 'drop-index', table, index: keyName(table, columns, 'index'), columns, concurrently: false }
        )
      case 'addTable': {
        const specs = optionsOf(second).entries
        return {
          op: 'create-table',
          table,
          references: [],
          columns: [...specs]
            .filter(([name]) => !name.startsWith('@@'))
            .map(([name, spec]) => columnOf(name, spec, scope)),
        }
      }
      default:
        return undefined
    }
  })()
  if (operation) emit(scope, placeOfNode(call.node), [operation])
  return operation !== undefined
}

function columnOf(name: string, spec: JsValue | undefined, scope: JsScope): ColumnSpec {
  const length = numberOf(option(spec, 'maxlength'))
  const given: JsValue[] = [
    { kind: 'name', name },
    length === undefined ? { kind: 'name', name } : { kind: 'number', value: length },
  ]
  const type = knexType(textOf(option(spec, 'type')) ?? 'string', given, scope.file.engine)
  const value = defaultOf(option(spec, 'defaultTo'))
  return plainColumn(name, type ?? { name: 'unknown', arguments: [], text: textOf(option(spec, 'type')) ?? '' }, {
    notNull: isFalse(option(spec, 'nullable')),
    primaryKey: isTrue(option(spec, 'primary')),
    unique: isTrue(option(spec, 'unique')),
    ...(value ? { default: value } : {}),
  })
}
