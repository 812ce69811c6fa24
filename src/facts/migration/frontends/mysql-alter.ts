import type { Operation } from '../operation.ts'
import { endOfValue, expressionOf, readColumn, textOf } from './mysql-columns.ts'
import { definitions, readKey } from './mysql-keys.ts'
import { readOptions } from './mysql-options.ts'
import { is, isName, nameAt, splitAtCommas, type Token } from './mysql-tokens.ts'

/** What an ALTER TABLE, CREATE INDEX or DROP INDEX asks of the server, and the clauses that nobody could read. */
export interface AlterReading {
  readonly operations: readonly Operation[]
  readonly algorithm?: 'instant' | 'inplace' | 'nocopy' | 'copy'
  readonly lock?: 'none' | 'shared' | 'exclusive'
  /** WAIT or NOWAIT: the wait for the table is limited. */
  readonly bounded?: boolean
  readonly unread: readonly string[]
  /** For an ALTER TABLE: where the clause of each operation stands. */
  readonly places?: readonly { readonly start: number; readonly end: number }[]
}

const harmless = (what: string): readonly Operation[] => [{ op: 'harmless', what }]

/** Index after `IF EXISTS` or `IF NOT EXISTS`. */
export function afterIfExists(tokens: readonly Token[], at: number): number {
  if (!is(tokens[at], 'IF')) return at
  return is(tokens[at + 1], 'NOT') ? at + 3 : at + 2
}

function add(table: string, clause: readonly Token[], source: string): readonly Operation[] | undefined {
  if (is(clause[1], 'PARTITION')) {
    // HASH and KEY partitions move rows when their number changes; a new range or list takes none.
    const moves = clause.some(token => is(token, 'PARTITIONS'))
    return moves ? [{ op: 'rebuild-table', table, how: 'ADD PARTITION PARTITIONS' }] : harmless('adds a partition')
  }
  if (is(clause[1], 'SYSTEM')) return [{ op: 'rebuild-table', table, how: 'ADD SYSTEM VERSIONING' }]
  if (is(clause[1], 'PERIOD') && is(clause[2], 'FOR')) return harmless('names a period')
  const key = readKey(table, clause.slice(1), source)
  if (key) return [key]
  const at = afterIfExists(clause, is(clause[1], 'COLUMN') ? 2 : 1)
  const parts = is(clause[at], '(') ? definitions(clause, at) : [clause.slice(at)]
  const operations: Operation[] = []
  for (const part of parts) {
    const column = readColumn(part, source)
    const partKey = column ? undefined : readKey(table, part, source)
    if (column) operations.push({ op: 'add-column', table, column })
    else if (partKey) operations.push(partKey)
    else return undefined
  }
  return operations
}

function drop(table: string, clause: readonly Token[]): readonly Operation[] | undefined {
  const [, what, second] = clause
  if (is(what, 'PARTITION')) return [{ op: 'delete-rows', table, filtered: true, batched: true }]
  if (is(what, 'SYSTEM')) return [{ op: 'rebuild-table', table, how: 'DROP SYSTEM VERSIONING' }]
  if (is(what, 'PERIOD') && is(second, 'FOR')) return harmless('drops a period')
  if (is(what, 'PRIMARY') && is(second, 'KEY'))
    return [{ op: 'drop-constraint', table, constraint: 'PRIMARY', type: 'primary-key' }]
  const foreign = is(what, 'FOREIGN') && is(second, 'KEY')
  const keyword = foreign || is(what, 'COLUMN', 'INDEX', 'KEY', 'CHECK', 'CONSTRAINT')
  const at = afterIfExists(clause, foreign ? 3 : keyword ? 2 : 1)
  const name = clause[at]
  if (!isName(name)) return undefined
  if (foreign) return [{ op: 'drop-constraint', table, constraint: name.value, type: 'foreign-key' }]
  if (is(what, 'INDEX', 'KEY')) return [{ op: 'drop-index', table, index: name.value, concurrently: false }]
  if (is(what, 'CHECK')) return [{ op: 'drop-constraint', table, constraint: name.value, type: 'check' }]
  if (is(what, 'CONSTRAINT')) return [{ op: 'drop-constraint', table, constraint: name.value }]
  return [{ op: 'drop-column', table, column: name.value }]
}

function change(table: string, clause: readonly Token[], source: string): readonly Operation[] | undefined {
  const at = afterIfExists(clause, is(clause[1], 'COLUMN') ? 2 : 1)
  const renames = is(clause[0], 'CHANGE')
  const old = clause[at]
  const spec = readColumn(clause.slice(renames ? at + 1 : at), source)
  if (!isName(old) || !spec) return undefined
  const restates = saidIn(clause.slice(renames ? at + 2 : at + 1))
  const retype: Operation = { op: 'change-type', table, column: old.value, to: spec.type, spec, restates }
  const renamed = renames && spec.name.toLowerCase() !== old.value.toLowerCase()
  return renamed ? [{ op: 'rename-column', table, column: old.value, to: spec.name }, retype] : [retype]
}

/** Does a declaration say whether NULL is allowed, and what the default is? */
function saidIn(tokens: readonly Token[]): readonly ('null' | 'default')[] {
  const nulls = tokens.some((token, at) => is(token, 'NULL') && !is(tokens[at - 1], 'DEFAULT'))
  const defaults = tokens.some(token => is(token, 'DEFAULT'))
  return [...(nulls ? (['null'] as const) : []), ...(defaults ? (['default'] as const) : [])]
}

function alter(table: string, clause: readonly Token[], source: string): readonly Operation[] | undefined {
  if (is(clause[1], 'INDEX')) return [{ op: 'harmless', what: 'hides or shows an index', option: true }]
  if (is(clause[1], 'CHECK', 'CONSTRAINT')) {
    const name = clause[2]
    if (!isName(name)) return undefined
    if (is(clause[3], 'NOT')) return harmless('stops enforcing a check')
    return [{ op: 'validate-constraint', table, constraint: name.value }]
  }
  const at = afterIfExists(clause, is(clause[1], 'COLUMN') ? 2 : 1)
  const column = clause[at]
  if (!isName(column)) return undefined
  if (is(clause[at + 1], 'DROP')) return [{ op: 'drop-default', table, column: column.value }]
  if (!is(clause[at + 1], 'SET')) return undefined
  if (!is(clause[at + 2], 'DEFAULT')) return harmless('hides or shows a column')
  const value = clause.slice(at + 3, endOfValue(clause, at + 3))
  return [{ op: 'set-default', table, column: column.value, default: expressionOf(value, source) }]
}

function rename(table: string, clause: readonly Token[]): readonly Operation[] | undefined {
  if (is(clause[1], 'COLUMN', 'INDEX', 'KEY')) {
    const at = afterIfExists(clause, 2)
    const [from, to] = [clause[at], clause[at + 2]]
    if (!isName(from) || !isName(to)) return undefined
    return is(clause[1], 'COLUMN')
      ? [{ op: 'rename-column', table, column: from.value, to: to.value }]
      : [{ op: 'rename-index', table, index: from.value, to: to.value }]
  }
  const to = nameAt(clause, is(clause[1], 'TO', 'AS', '=') ? 2 : 1)
  return to && [{ op: 'rename-table', table, to: to.name }]
}

/** Clauses on partitions and on the file of the table. */
function partition(table: string, clause: readonly Token[], source: string): readonly Operation[] | undefined {
  const [verb, what] = clause
  const rebuild: readonly Operation[] = [{ op: 'rebuild-table', table, how: textOf(clause.slice(0, 2), source) }]
  if (is(verb, 'PARTITION') && is(what, 'BY')) return rebuild
  if (is(verb, 'REMOVE') && is(what, 'PARTITIONING')) return rebuild
  if (!is(what, 'PARTITION')) return undefined
  if (is(verb, 'REORGANIZE', 'COALESCE', 'REBUILD', 'OPTIMIZE', 'REPAIR')) return rebuild
  if (is(verb, 'ANALYZE', 'CHECK')) return harmless('looks through a partition')
  if (is(verb, 'TRUNCATE'))
    return is(clause[2], 'ALL')
      ? [{ op: 'truncate', table, cascade: false }]
      : [{ op: 'delete-rows', table, filtered: true, batched: true }]
  if (!is(verb, 'EXCHANGE')) return undefined
  const with_ = clause.findIndex(token => is(token, 'TABLE'))
  const other = with_ < 0 ? undefined : nameAt(clause, with_ + 1)
  if (!other) return undefined
  if (clause.some(token => is(token, 'WITHOUT'))) return harmless('exchanges a partition without looking at its rows')
  return [{ op: 'attach-partition', table, partition: other.name }]
}

function readClause(table: string, clause: readonly Token[], source: string): readonly Operation[] | undefined {
  const [verb, second] = clause
  if (is(verb, 'ADD')) return add(table, clause, source)
  if (is(verb, 'DROP')) return drop(table, clause)
  if (is(verb, 'CHANGE', 'MODIFY')) return change(table, clause, source)
  if (is(verb, 'ALTER')) return alter(table, clause, source)
  if (is(verb, 'RENAME')) return rename(table, clause)
  if (is(verb, 'FORCE')) return [{ op: 'rebuild-table', table, how: 'FORCE' }]
  if (is(verb, 'ORDER') && is(second, 'BY')) return [{ op: 'rebuild-table', table, how: 'ORDER BY' }]
  if (is(verb, 'ENABLE', 'DISABLE') && is(second, 'KEYS')) return harmless('InnoDB ignores it')
  if (is(verb, 'WITH', 'WITHOUT') && is(second, 'VALIDATION')) return harmless('says whether values are checked')
  return partition(table, clause, source) ?? readOptions(table, clause, source)
}

/** Clauses after the table's name, separated by commas. `source` is the text that the tokens point into. */
export function readAlterClauses(table: string, tokens: readonly Token[], source: string): AlterReading {
  const operations: Operation[] = []
  const unread: string[] = []
  const places: { start: number; end: number }[] = []
  let asked: Pick<AlterReading, 'algorithm' | 'lock'> = {}
  for (const clause of splitAtCommas(tokens)) {
    const request = requestOf(clause)
    if (request) {
      asked = { ...asked, ...request }
      continue
    }
    const read = readClause(table, clause, source)
    const [first] = clause
    const last = clause.at(-1)
    if (read && first && last) {
      operations.push(...read)
      places.push(...read.map(() => ({ start: first.start, end: last.end })))
    } else unread.push(textOf(clause, source))
  }
  return { operations, ...asked, unread, places }
}

/** `ALGORITHM [=] x`, `LOCK [=] y`, one or both; undefined when the tokens say something else. DEFAULT asks for nothing. */
export function requestOf(tokens: readonly Token[]): Pick<AlterReading, 'algorithm' | 'lock'> | undefined {
  if (!is(tokens[0], 'ALGORITHM', 'LOCK', 'WAIT', 'NOWAIT')) return undefined
  const words = tokens.filter(token => !is(token, '='))
  const askedFor = (key: string) => words[words.findIndex(token => is(token, key)) + 1]?.key
  const algorithm = words.some(token => is(token, 'ALGORITHM')) ? askedFor('ALGORITHM') : undefined
  const lock = words.some(token => is(token, 'LOCK')) ? askedFor('LOCK') : undefined
  return {
    ...(algorithm === 'INSTANT' ? { algorithm: 'instant' as const } : {}),
    ...(algorithm === 'INPLACE' ? { algorithm: 'inplace' as const } : {}),
    ...(algorithm === 'NOCOPY' ? { algorithm: 'nocopy' as const } : {}),
    ...(algorithm === 'COPY' ? { algorithm: 'copy' as const } : {}),
    ...(lock === 'NONE' ? { lock: 'none' as const } : {}),
    ...(lock === 'SHARED' ? { lock: 'shared' as const } : {}),
    ...(lock === 'EXCLUSIVE' ? { lock: 'exclusive' as const } : {}),
  }
}
