import { argumentOf, type PhpCall, type PhpValue, phpText, phpTexts } from '../../../artifact/php.ts'
import type { Engine } from '../../../config/types.ts'
import type { ColumnSpec, ColumnType, Operation, Reference } from '../operation.ts'
import type { CallReader } from './doctrine-schema.ts'
import { isMySql, plainColumn, typeOf } from './javascript-columns.ts'
import { laravelCall } from './laravel.ts'
import { chainOf } from './php-chain.ts'
import { databaseType, defaultIn, isNot, isTrue, optionIn, optionsOf, typeNamed } from './php-options.ts'
import {
  emit,
  emitSql,
  emitUnreadable,
  nameUnknown,
  type PhpScope,
  type Place,
  placeOfCall,
  placeOfNode,
} from './php-scope.ts'

interface Wish {
  readonly place: Place
  readonly operations: readonly Operation[]
}

/** A table object, and what it was told since it last wrote to the database. */
interface Table {
  readonly name: string
  readonly wishes: Wish[]
}

/**
 * `$this->table('users')->addColumn('plan', 'string', ['limit' => 20])->update()`: nothing happens before the call of
 * `create`, `update` or `save`. `known` are the tables that other migrations name: `save` alters those, and makes others.
 */
export function phinxReader(known: ReadonlySet<string>): CallReader {
  const tables = new WeakMap<PhpCall, Table>()
  const done = new WeakSet<PhpCall>()
  const made = new Set<string>()

  const flush = (table: Table, how: string, place: Place, scope: PhpScope): void => {
    const wishes = table.wishes.splice(0)
    if (
      how === 'create' ||
      (how === 'save' && !known.has(table.name) && !made.has(table.name) && wishes.every(isAddition))
    ) {
      made.add(table.name)
      create(table.name, wishes, place, scope)
    } else for (const wish of wishes) emit(scope, wish.place, wish.operations)
  }

  const onTable = (links: readonly PhpCall[], scope: PhpScope): void => {
    const [first, ...rest] = links
    if (!first) return
    const name = phpText(first.arguments[0])
    if (name === undefined) {
      if (!done.has(first) && rest.some(link => !/^(exists|has\w+|get\w+)$/.test(link.name)))
        emitUnreadable(scope, placeOfNode(first.node), nameUnknown)
      done.add(first)
      return
    }
    const table = tables.get(first) ?? { name, wishes: [] }
    tables.set(first, table)
    for (const link of rest) {
      if (done.has(link)) continue
      done.add(link)
      const place = placeOfCall(link, scope)
      if (/^(create|update|save)$/.test(link.name)) flush(table, link.name, place, scope)
      else {
        const operations = tableCall(link, name, scope)
        if (operations === undefined) emitUnreadable(scope, place, nameUnknown)
        else if (/^(insert|saveData|truncate)$/.test(link.name)) emit(scope, place, operations)
        else if (operations.length > 0) table.wishes.push({ place, operations })
      }
    }
  }

  return {
    read: (call, scope) => {
      const { root, links } = chainOf(call)
      const [first] = links
      if (root.kind !== 'name' || root.name !== '$this' || !first) return laravelCall(call, scope)
      if (first.name === 'table') onTable(links, scope)
      else if (/^(execute|query)$/.test(first.name)) {
        const marks = first.arguments.length > 1 ? 'questions' : 'none'
        emitSql(scope, placeOfNode(first.node), first.arguments[0], marks)
      } else if (first.name === 'dropTable') {
        const name = phpText(first.arguments[0])
        if (name === undefined) emitUnreadable(scope, placeOfNode(first.node), nameUnknown)
        else emit(scope, placeOfNode(first.node), [{ op: 'drop-table', table: name, cascade: false }])
      } else if (/^get(Query|Update|Delete|Insert|Select)Builder$/.test(first.name)) queryBuilder(links, scope)
      else return /^fetch(All|Row)$/.test(first.name) || laravelCall(call, scope)
      return true
    },
    finish: () => {},
  }
}

const isAddition = ({ operations }: Wish): boolean =>
  operations.every(({ op }) => /^(add-column|create-index|add-foreign-key|add-unique)$/.test(op))

function create(table: string, wishes: readonly Wish[], place: Place, scope: PhpScope): void {
  const columns: ColumnSpec[] = []
  const references: Reference[] = []
  const after: Wish[] = []
  for (const wish of wishes)
    for (const item of wish.operations) {
      if (item.op === 'add-column') columns.push(item.column)
      else if (item.op === 'add-foreign-key') references.push(item.references)
      else after.push({ place: wish.place, operations: [item] })
    }
  emit(scope, place, [{ op: 'create-table', table, columns, references }])
  for (const { place: at, operations } of after) emit(scope, at, operations)
}

/** A call on the table; undefined when what it names is only known at run time. */
function tableCall(call: PhpCall, table: string, scope: PhpScope): readonly Operation[] | undefined {
  const [first, second] = call.arguments
  const one = phpText(first)
  const columns = phpTexts(first)
  switch (call.name) {
    case 'addColumn': {
      const column = columnOf(call, scope)
      return column && [{ op: 'add-column', table, column }]
    }
    case 'changeColumn':
      return changed(call, table, scope)
    case 'removeColumn':
    case 'dropColumn':
      return one === undefined ? undefined : [{ op: 'drop-column', table, column: one }]
    case 'renameColumn': {
      const to = phpText(second)
      return one === undefined || to === undefined ? undefined : [{ op: 'rename-column', table, column: one, to }]
    }
    case 'addTimestamps':
    case 'addTimestampsWithTimezone':
      return timestamps(call, table, scope.file.engine)
    case 'addIndex':
      return columns && [indexOver(table, columns, optionsOf(call, 1), scope.file.engine)]
    case 'removeIndex':
      return columns && [{ op: 'drop-index', table, index: columns.join('_'), columns, concurrently: false }]
    case 'removeIndexByName':
      return one === undefined ? undefined : [{ op: 'drop-index', table, index: one, concurrently: false }]
    case 'addForeignKey':
      return foreignKey(table, call.arguments, phpText(optionIn(optionsOf(call, 3), 'constraint')))
    case 'addForeignKeyWithName':
      return foreignKey(table, call.arguments.slice(1), one)
    case 'dropForeignKey':
      return (
        columns && [
          { op: 'drop-constraint', table, constraint: phpText(second) ?? columns.join('_'), type: 'foreign-key' },
        ]
      )
    case 'changePrimaryKey':
      return [
        { op: 'drop-constraint', table, constraint: `${table}_pkey`, type: 'primary-key' },
        ...(columns && columns.length > 0 ? [{ op: 'add-primary-key', table, columns } satisfies Operation] : []),
      ]
    case 'rename':
    case 'renameTable':
      return one === undefined ? undefined : [{ op: 'rename-table', table, to: one }]
    case 'drop':
      return [{ op: 'drop-table', table, cascade: false }]
    case 'truncate':
      return [{ op: 'truncate', table, cascade: false }]
    case 'insert':
    case 'saveData':
      return [{ op: 'harmless', what: 'INSERT', inserts: table }]
    // Questions, and options of the table.
    default:
      return []
  }
}

function columnOf(call: PhpCall, scope: PhpScope): ColumnSpec | undefined {
  const name = phpText(argumentOf(call, 0, 'columnName'))
  const type = typeNamed(argumentOf(call, 1, 'type'))
  if (name === undefined || type === undefined) return undefined
  const options = optionsOf(call, 2)
  const value = defaultIn(optionIn(options, 'default'))
  const numbered = isTrue(optionIn(options, 'identity'))
  return plainColumn(name, typeIn(type, options, scope.file.engine), {
    // What is not said has changed from one version of Phinx to another.
    notNull: isNot(optionIn(options, 'null')) || numbered,
    numbered,
    ...(value === undefined ? {} : { default: value }),
    ...(optionIn(options, 'after') === undefined ? {} : { placed: true }),
  })
}

/** Sizes of MySQL's types, by the constants of Phinx's adapter. */
const sizes: Readonly<Record<string, string>> = {
  INT_TINY: 'tinyint',
  INT_SMALL: 'smallint',
  INT_MEDIUM: 'mediumint',
  INT_BIG: 'bigint',
  TEXT_TINY: 'tinytext',
  TEXT_MEDIUM: 'mediumtext',
  TEXT_LONG: 'longtext',
  BLOB_MEDIUM: 'mediumblob',
  BLOB_LONG: 'longblob',
}

function typeIn(type: string, options: PhpValue | undefined, engine: Engine | undefined): ColumnType {
  const limit = optionIn(options, 'limit') ?? optionIn(options, 'length')
  const size = limit?.kind === 'member' ? sizes[limit.name] : undefined
  if (isMySql(engine) && type === 'text') return typeOf(size ?? 'text')
  if (size !== undefined && /int|text|blob|binary/.test(type))
    return databaseType(
      isMySql(engine) ? size : size.replace('mediumint', 'integer').replace('tinyint', 'smallint'),
      engine,
      {},
    )
  if (type === 'timestamp' && isTrue(optionIn(options, 'timezone')) && !isMySql(engine)) return typeOf('timestamptz')
  return databaseType(type, engine, {
    length: limit,
    precision: optionIn(options, 'precision') ?? limit,
    scale: optionIn(options, 'scale'),
    unsigned: isNot(optionIn(options, 'signed')),
    values: phpTexts(optionIn(options, 'values')),
  })
}

/** Phinx declares a column anew, as MODIFY does; what is not said keeps nothing. */
function changed(call: PhpCall, table: string, scope: PhpScope): readonly Operation[] | undefined {
  const spec = columnOf(call, scope)
  if (spec === undefined) return undefined
  const options = optionsOf(call, 2)
  const operations: Operation[] = [
    isMySql(scope.file.engine) && optionIn(options, 'null') !== undefined
      ? { op: 'change-type', table, column: spec.name, to: spec.type, spec }
      : { op: 'change-type', table, column: spec.name, to: spec.type },
  ]
  if (isMySql(scope.file.engine)) return operations
  if (isNot(optionIn(options, 'null'))) operations.push({ op: 'set-not-null', table, column: spec.name })
  if (isTrue(optionIn(options, 'null'))) operations.push({ op: 'drop-not-null', table, column: spec.name })
  return operations
}

function timestamps(
  { name, arguments: given }: PhpCall,
  table: string,
  engine: Engine | undefined,
): readonly Operation[] {
  const zoned = /Timezone$/.test(name) && !isMySql(engine)
  const type = typeOf(zoned ? 'timestamptz' : 'timestamp')
  return ['created_at', 'updated_at'].flatMap((usual, at): readonly Operation[] => {
    if (isNot(given[at])) return []
    const column = plainColumn(phpText(given[at]) ?? usual, type, {
      notNull: at === 0,
      ...(at === 0 ? { default: { text: 'CURRENT_TIMESTAMP', functions: ['current_timestamp'] } } : {}),
    })
    return [{ op: 'add-column', table, column }]
  })
}

function indexOver(
  table: string,
  columns: readonly string[],
  options: PhpValue | undefined,
  engine: Engine | undefined,
): Operation {
  const name = phpText(optionIn(options, 'name'))
  const fulltext = phpText(optionIn(options, 'type')) === 'fulltext' && isMySql(engine)
  return {
    op: 'create-index',
    table,
    ...(name === undefined ? {} : { index: name }),
    columns,
    unique: isTrue(optionIn(options, 'unique')),
    concurrently: isTrue(optionIn(options, 'concurrently')),
    ...(fulltext ? { special: 'fulltext' } : {}),
  }
}

function foreignKey(
  table: string,
  [local, to, foreign]: readonly PhpValue[],
  name: string | undefined,
): readonly Operation[] | undefined {
  const columns = phpTexts(local)
  const target = phpText(to)
  if (columns === undefined || target === undefined) return undefined
  const references = { table: target, columns: phpTexts(foreign) ?? ['id'] }
  return [
    { op: 'add-foreign-key', table, ...(name === undefined ? {} : { name }), columns, references, validated: true },
  ]
}

/** `$this->getQueryBuilder('update')->update('users')->set(…)->where(…)->execute()`. */
function queryBuilder(links: readonly PhpCall[], scope: PhpScope): void {
  const last = links.at(-1)
  const link = links.find(({ name }) => /^(update|delete)$/.test(name))
  if (last?.name !== 'execute' || !link) return
  const from = links.find(({ name }) => name === 'from')
  const table = phpText(link.arguments[0]) ?? phpText(from?.arguments[0])
  const place = placeOfNode(last.node)
  if (table === undefined) {
    emitUnreadable(scope, place, nameUnknown)
    return
  }
  const filtered = links.some(({ name }) => /^(where|andWhere|limit)/.test(name))
  emit(scope, place, [
    { op: link.name === 'update' ? 'update-rows' : 'delete-rows', table, filtered, batched: filtered && scope.looped },
  ])
}

/** Tables that other migrations in the folder name, of those that this file saves. */
export async function tablesNamedElsewhere(
  text: string,
  path: string,
  tree: { list(): Promise<readonly string[]>; read(path: string): Promise<string | undefined> } | undefined,
): Promise<ReadonlySet<string>> {
  const names = new Set([...text.matchAll(/->table\(\s*['"](\w+)['"]/g)].map(([, name = '']) => name))
  if (tree === undefined || names.size === 0 || !/->save\(/.test(text)) return new Set()
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const found = new Set<string>()
  const others = (await tree.list()).filter(
    item => item.startsWith(folder) && item.endsWith('.php') && item !== path && item < path,
  )
  for (const other of others.slice(-400)) {
    const content = (await tree.read(other)) ?? ''
    for (const name of names) if (content.includes(`'${name}'`) || content.includes(`"${name}"`)) found.add(name)
    if (found.size === names.size) break
  }
  return found
}
