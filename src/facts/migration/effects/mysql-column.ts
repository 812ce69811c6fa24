import type { ColumnSpec, Expression, Operation } from '../operation.ts'
import type { MysqlOptions } from './mysql-options.ts'
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

/** What the rest of the statement does: its other operations, and the way each of them goes by itself. */
export interface Others {
  readonly operations: readonly Operation[]
  readonly ways: readonly Way[]
}

const isOption = (operation: Operation): boolean => operation.op === 'harmless' && operation.option === true
const addsPlain = (operation: Operation): boolean =>
  operation.op === 'add-column' && operation.column.generated !== 'virtual'

/** Beside some clauses, columns cannot come or go instantly. */
function notInstant(others: Others, options: MysqlOptions, abilities: MysqlAbilities): boolean {
  if (abilities.engine === 'mysql')
    return options.algorithm === 'inplace' || others.ways.some(way => way.algorithm !== 'instant')
  return others.ways.some(way => way.work !== 'none')
}

/** Neither engine mixes VIRTUAL columns with changes of stored rows, and each has its own list. */
function mixes(virtualComes: boolean, others: Others, { engine }: MysqlAbilities): boolean {
  if (others.ways.some(way => way.work === 'rewrite' && way.algorithm !== 'copy')) return true
  if (others.operations.some(isOption)) return true
  return (engine === 'mariadb' || !virtualComes) && others.operations.some(addsPlain)
}

function virtualColumn(comes: boolean, others: Others, options: MysqlOptions, abilities: MysqlAbilities): Way {
  if (mixes(comes, others, abilities)) return ways.copy
  if (!abilities.instant) return ways.metadata
  if (!notInstant(others, options, abilities)) return ways.instant
  return abilities.engine === 'mariadb' ? ways.nocopyMetadata : ways.metadata
}

/** An index on a VIRTUAL column, while the table is rebuilt for another clause. */
function indexesVirtual({ operations }: Others, options: MysqlOptions): boolean {
  return operations.some(
    other =>
      other.op === 'create-index' &&
      other.columns.some(name => options.table?.columns?.get(name)?.generated === 'virtual'),
  )
}

export function addColumn(column: ColumnSpec, others: Others, options: MysqlOptions, abilities: MysqlAbilities): Way {
  const mariadb = abilities.engine === 'mariadb'
  if (column.generated === 'stored') return ways.copy
  const references = column.references !== undefined && abilities.inlineReferences
  if (references && options.foreignKeyChecks !== false) return ways.copy
  if (column.check && !mariadb && abilities.checks) return ways.copy
  if (column.numbered) return ways.sharedRebuild
  const virtual = column.generated === 'virtual'
  if (virtual && column.unique) return ways.copy
  if (virtual) return virtualColumn(true, others, options, abilities)
  if (computed(column.default, abilities)) return ways.copy
  if (column.placed && mariadb && options.table?.hasVirtualColumn) return ways.copy
  // The foreign key brings an index.
  if (column.primaryKey || column.unique || references) return ways.rebuild
  if (!(column.placed ? abilities.instantAnywhere : abilities.instant)) return ways.rebuild
  if (notInstant(others, options, abilities))
    return mariadb && indexesVirtual(others, options) ? ways.sharedRebuild : ways.rebuild
  return options.table?.hasFulltextIndex || options.table?.compressed ? ways.rebuild : ways.instant
}

/** Does an index of the table have the column, as far as is known? */
export function indexed(column: string, { table }: MysqlOptions): boolean | undefined {
  return table?.indexes?.some(columns => columns.includes(column))
}

export function dropColumn(
  operation: Extract<Operation, { op: 'drop-column' }>,
  others: Others,
  options: MysqlOptions,
  abilities: MysqlAbilities,
): Way {
  const { column, table } = options
  if (column?.generated === 'virtual') return virtualColumn(false, others, options, abilities)
  // Without a primary key the rows are stored in another order.
  const alone = table?.columns !== undefined && [...table.columns.values()].filter(item => item.primaryKey).length === 1
  if (column?.primaryKey && alone)
    return others.operations.some(other => other.op === 'add-primary-key') ? ways.rebuild : ways.copy
  if (!abilities.instantAnywhere || notInstant(others, options, abilities)) return ways.rebuild
  if (table?.hasFulltextIndex || table?.compressed) return ways.rebuild
  const hasIndex = indexed(operation.column, options)
  if (hasIndex) return abilities.engine === 'mariadb' ? ways.nocopyMetadata : ways.rebuild
  return hasIndex === undefined && abilities.engine === 'mysql'
    ? assuming(ways.instant, 'no index has the column')
    : ways.instant
}
