import type { ColumnSpec, ColumnType, Expression, Operation } from '../operation.ts'
import type { MysqlOptions } from './mysql-options.ts'
import { changeOfType, nameOf } from './mysql-types.ts'
import type { MysqlAbilities } from './mysql-version.ts'
import * as ways from './mysql-ways.ts'
import { assuming, type Way } from './mysql-ways.ts'

/** Functions whose value is the same for all rows of one statement. */
const constant =
  /^(?:now|current_timestamp|localtime|localtimestamp|current_date|current_time|curdate|curtime|utc_timestamp|utc_date|utc_time|unix_timestamp|concat|concat_ws|lower|upper|json_array|json_object|abs|round|date_add|date_sub|cast|convert|coalesce|ifnull|if|repeat|char|hex|unhex|rand)$/

/** Bare words of an expression that are no columns. */
const keywords =
  /^(?:null|true|false|interval|as|and|or|not|is|in|div|mod|year|quarter|month|week|day|hour|minute|second|microsecond|current_\w+|localtime\w*|char|signed|unsigned|integer|date|datetime|time|decimal|json|binary|using|utf8\w*|latin1|_\w+|x|b)$/i

/** Is the default computed, rather than a literal or the current time? */
function computed(value: Expression | undefined, abilities: MysqlAbilities): boolean {
  if (!value) return false
  // MariaDB evaluates once what is the same for every row; MySQL copies for whatever stands in parentheses.
  const bare = value.text.replace(/'(?:[^'\\]|''|\\.)*'/g, '')
  if (abilities.engine === 'mysql') return /^\(/.test(bare.trim())
  const words = bare.match(/(?<![\w.])[a-z_]\w*\b(?!\s*\()/gi) ?? []
  return (
    /`/.test(bare) || words.some(word => !keywords.test(word)) || value.functions.some(name => !constant.test(name))
  )
}

/** Adding an index, without the column it may stand on. */
function indexBuild(abilities: MysqlAbilities): Way {
  return abilities.engine === 'mariadb' ? ways.nocopyBuild : ways.build
}

function builds(operation: Operation): boolean {
  return operation.op === 'create-index' || operation.op === 'add-unique' || operation.op === 'add-primary-key'
}

/** The statement as a whole cannot be instant, because another clause builds an index or the author asks for INPLACE. */
function notInstant(options: MysqlOptions, abilities: MysqlAbilities): boolean {
  if ((options.siblings ?? []).some(builds)) return true
  return options.algorithm === 'inplace' && abilities.engine === 'mysql'
}

function addColumn(column: ColumnSpec, options: MysqlOptions, abilities: MysqlAbilities): Way {
  const mariadb = abilities.engine === 'mariadb'
  if (column.generated === 'stored') return ways.copy
  if (column.references && abilities.inlineReferences && options.foreignKeyChecks !== false) return ways.copy
  if (column.check && !mariadb && abilities.checks) return ways.copy
  if (column.numbered) return ways.sharedRebuild
  if (!column.generated && computed(column.default, abilities)) return ways.copy
  if (column.placed && mariadb && options.table?.hasVirtualColumn) return ways.copy
  if (column.primaryKey || column.unique) return ways.rebuild
  const virtual = column.generated === 'virtual'
  if (virtual && !abilities.instant) return ways.metadata
  const possible = virtual || (column.placed ? abilities.instantAnywhere : abilities.instant)
  if (!possible) return ways.rebuild
  if (notInstant(options, abilities)) {
    if (!virtual) return ways.rebuild
    return mariadb ? ways.nocopyMetadata : ways.metadata
  }
  if (!mariadb && !virtual && (options.table?.hasFulltextIndex || options.table?.compressed)) return ways.rebuild
  return ways.instant
}

function dropColumn(options: MysqlOptions, abilities: MysqlAbilities): Way {
  if (options.column?.generated === 'virtual') return abilities.instant ? ways.instant : ways.metadata
  if (!abilities.instantAnywhere || notInstant(options, abilities)) return ways.rebuild
  if (abilities.engine === 'mysql' && (options.table?.hasFulltextIndex || options.table?.compressed))
    return ways.rebuild
  return ways.instant
}

/** Where only the description of the table changes. */
function description(abilities: MysqlAbilities): Way {
  return abilities.instant ? ways.instant : ways.metadata
}

function unknownChange(
  operation: Extract<Operation, { op: 'change-type' }>,
  options: MysqlOptions,
  abilities: MysqlAbilities,
): Way {
  const renamed = (options.siblings ?? []).some(
    other => other.op === 'rename-column' && other.table === operation.table && other.column === operation.column,
  )
  if (renamed) return assuming(description(abilities), 'the column keeps its type')
  if (/^(?:enum|set)$/.test(nameOf(operation.to)))
    return assuming(description(abilities), 'new values are added at the end of the list')
  return assuming(ways.copy, 'the old type of the column is not known; a change of the type is assumed')
}

function changeType(
  operation: Extract<Operation, { op: 'change-type' }>,
  options: MysqlOptions,
  abilities: MysqlAbilities,
): Way {
  const before = options.column
  const from: ColumnType | undefined = operation.from ?? before?.type
  const { to, spec } = operation
  if (spec?.generated === 'stored' && before?.generated !== 'stored') return ways.copy
  if (spec?.numbered && before && !before.numbered) return ways.copy
  if (!from) return unknownChange(operation, options, abilities)
  const change = changeOfType(from, to, abilities.engine, options.table?.charset)
  const with_ = (way: Way) => (change.assumes === undefined ? way : assuming(way, change.assumes))
  if (change.how === 'copied') return with_(ways.copy)
  if (spec && before && spec.notNull !== before.notNull) {
    // MariaDB cannot put the current time into rows that are NULL without copying.
    const filled = spec.notNull && (spec.default?.functions.length ?? 0) > 0
    return abilities.engine === 'mariadb' && filled ? ways.copy : ways.rebuild
  }
  if (spec?.placed) return abilities.engine === 'mariadb' && abilities.instantAnywhere ? ways.instant : ways.rebuild
  // Longer VARCHARs are not among what MySQL does instantly.
  if (change.how === 'grows' && nameOf(to).startsWith('var') && abilities.engine === 'mysql')
    return with_(ways.metadata)
  return with_(description(abilities))
}

/** By which way a table is rebuilt. */
function rebuildTable(how: string, abilities: MysqlAbilities): Way {
  if (/^convert|partition\s+by|partitioning|versioning|order by|encryption\b/i.test(how)) return ways.copy
  if (/partition/i.test(how)) return ways.sharedRebuild
  const engine = /^(?:engine|type)\s*=?\s*(\w+)/i.exec(how)?.[1]
  if (engine !== undefined && engine.toLowerCase() !== 'innodb') return ways.copy
  return /^(?:optimize|repair)/i.test(how) && abilities.engine === 'mariadb'
    ? assuming(ways.rebuild, 'the table has no FULLTEXT index')
    : ways.rebuild
}

/** The best way an alteration can go; undefined for operations that are no alteration of a table. */
export function wayOf(operation: Operation, options: MysqlOptions, abilities: MysqlAbilities): Way | undefined {
  const mariadb = abilities.engine === 'mariadb'
  switch (operation.op) {
    case 'add-column':
      return addColumn(operation.column, options, abilities)
    case 'drop-column':
      return dropColumn(options, abilities)
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
      return operation.special ? ways.sharedBuild : indexBuild(abilities)
    case 'add-unique':
      return indexBuild(abilities)
    case 'drop-index':
      return mariadb ? ways.nocopyMetadata : ways.metadata
    case 'rename-index':
      return mariadb ? ways.instant : ways.metadata
    case 'add-primary-key':
      return ways.rebuild
    case 'add-foreign-key':
      if (options.foreignKeyChecks !== false) return ways.copy
      return assuming(
        mariadb ? ways.instant : ways.metadata,
        'rows that break the foreign key stay in the table unnoticed',
      )
    case 'add-check':
      if (!operation.validated) return description(abilities)
      return abilities.checks ? ways.copy : assuming(ways.metadata, 'this version reads CHECK and ignores it')
    case 'validate-constraint':
      return ways.copy
    case 'drop-constraint':
      if (operation.type !== 'primary-key') return mariadb ? ways.instant : ways.metadata
      return (options.siblings ?? []).some(other => other.op === 'add-primary-key') ? ways.rebuild : ways.copy
    case 'rebuild-table':
      return rebuildTable(operation.how, abilities)
    case 'rename-table':
      return description(abilities)
    default:
      return undefined
  }
}
