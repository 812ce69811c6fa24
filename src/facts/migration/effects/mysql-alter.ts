import type { Operation } from '../operation.ts'
import { addColumn, dropColumn, type Others } from './mysql-column.ts'
import type { MysqlOptions } from './mysql-options.ts'
import { changeType, description } from './mysql-retype.ts'
import type { MysqlAbilities } from './mysql-version.ts'
import * as ways from './mysql-ways.ts'
import { assuming, type Way } from './mysql-ways.ts'

/** Is an expression indexed, or a VIRTUAL column that the same statement adds? */
function indexesComputed(columns: readonly string[], siblings: readonly Operation[]): boolean {
  return columns.some(
    name =>
      name.startsWith('(') ||
      siblings.some(
        other => other.op === 'add-column' && other.column.name === name && other.column.generated === 'virtual',
      ),
  )
}

function createIndex(
  { columns, special }: Extract<Operation, { op: 'create-index' }>,
  options: MysqlOptions,
  abilities: MysqlAbilities,
): Way {
  const mariadb = abilities.engine === 'mariadb'
  const shared = mariadb ? ways.nocopySharedBuild : ways.sharedBuild
  if (special === 'spatial') return shared
  if (special === 'fulltext') {
    if (options.table?.hasFulltextIndex) return shared
    // The first one brings a hidden column, which stays.
    const known = options.table?.columns !== undefined
    return known ? ways.sharedRebuild : assuming(ways.sharedRebuild, 'the table has no FULLTEXT index yet')
  }
  if (indexesComputed(columns, options.siblings ?? [])) return shared
  return mariadb ? ways.nocopyBuild : ways.build
}

function addForeignKey(
  { columns }: Extract<Operation, { op: 'add-foreign-key' }>,
  options: MysqlOptions,
  abilities: MysqlAbilities,
): Way {
  if (options.foreignKeyChecks !== false) return ways.copy
  const mariadb = abilities.engine === 'mariadb'
  const begins = (index: readonly string[]): boolean => columns.every((column, at) => index[at] === column)
  const added = (options.siblings ?? []).some(
    other => other.op === 'add-column' && columns.includes(other.column.name) && !other.column.unique,
  )
  const missing = added || options.table?.indexes?.some(begins) === false
  const index = mariadb ? ways.nocopyBuild : ways.build
  const plain = mariadb ? ways.instant : ways.metadata
  return assuming(missing ? index : plain, 'rows that break the foreign key stay in the table unnoticed')
}

/** By which way a table is rebuilt. */
function rebuildTable(how: string, options: MysqlOptions): Way {
  if (/^convert|partition\s+by|partitioning|versioning|order by|encryption\b/i.test(how)) return ways.copy
  // OPTIMIZE rebuilds the whole table, whichever partition it names, and lets others write.
  if (/partition/i.test(how)) return /^optimize/i.test(how) ? ways.rebuild : ways.sharedRebuild
  const engine = /^(?:engine|type)\s*=?\s*(\w+)/i.exec(how)?.[1]
  if (engine !== undefined && engine.toLowerCase() !== 'innodb') return ways.copy
  return options.table?.columns === undefined ? assuming(ways.rebuild, 'the table has no FULLTEXT index') : ways.rebuild
}

/** The way of each other clause of the statement, as if it stood alone. */
function othersOf(operation: Operation, options: MysqlOptions, abilities: MysqlAbilities): Others {
  const operations = (options.siblings ?? []).filter(other => other !== operation)
  const found = operations.flatMap(other => {
    if (other.op === 'harmless') return other.option && abilities.engine === 'mysql' ? [ways.metadata] : []
    const { column: _own, ...rest } = options
    const name = 'column' in other && typeof other.column === 'string' ? other.column : ''
    const column = options.table?.columns?.get(name)
    // What its column was like is not known: nothing is said of it.
    if (other.op === 'change-type' && other.from === undefined && column === undefined) return []
    const way = clauseWay(other, { ...rest, ...(column ? { column } : {}) }, abilities, { operations: [], ways: [] })
    return way === undefined ? [] : [way]
  })
  return { operations, ways: found }
}

/** The best way an alteration can go; undefined for operations that are no alteration of a table. */
export function wayOf(operation: Operation, options: MysqlOptions, abilities: MysqlAbilities): Way | undefined {
  const way = clauseWay(operation, options, abilities, othersOf(operation, options, abilities))
  // A table with a FULLTEXT index is not rebuilt online.
  if (!options.table?.hasFulltextIndex || way?.algorithm !== 'inplace' || way.work !== 'rewrite') return way
  return assuming(abilities.engine === 'mariadb' ? ways.sharedRebuild : ways.copy, 'the table has a FULLTEXT index')
}

function clauseWay(
  operation: Operation,
  options: MysqlOptions,
  abilities: MysqlAbilities,
  others: Others,
): Way | undefined {
  const mariadb = abilities.engine === 'mariadb'
  switch (operation.op) {
    case 'add-column':
      return addColumn(operation.column, others, options, abilities)
    case 'drop-column':
      return dropColumn(operation, others, options, abilities)
    case 'rename-column':
      return abilities.instantRename ? ways.instant : ways.metadata
    case 'change-type':
      return changeType(operation, options, abilities)
    case 'set-not-null':
    case 'drop-not-null':
      return ways.rebuild
    case 'set-default':
    case 'drop-default':
      return description(abilities)
    case 'create-index':
      return createIndex(operation, options, abilities)
    case 'add-unique':
      return mariadb ? ways.nocopyBuild : ways.build
    case 'drop-index':
      return mariadb ? ways.nocopyMetadata : ways.metadata
    case 'rename-index':
      return mariadb ? ways.instant : ways.metadata
    case 'add-primary-key':
      return ways.rebuild
    case 'add-foreign-key':
      return addForeignKey(operation, options, abilities)
    case 'add-check':
      if (!operation.validated) return description(abilities)
      return abilities.checks ? ways.copy : assuming(ways.metadata, 'this version reads CHECK and ignores it')
    case 'validate-constraint':
      return ways.copy
    case 'drop-constraint':
      if (operation.type === 'check' || (operation.type === undefined && abilities.checks))
        return description(abilities)
      if (operation.type !== 'primary-key') return mariadb ? ways.instant : ways.metadata
      return (options.siblings ?? []).some(other => other.op === 'add-primary-key') ? ways.rebuild : ways.copy
    case 'rebuild-table':
      return rebuildTable(operation.how, options)
    case 'rename-table':
      return description(abilities)
    default:
      return undefined
  }
}
