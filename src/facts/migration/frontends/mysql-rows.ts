import { isRecord, type MysqlParser, type MysqlStatement } from '../../../artifact/mysql.ts'
import type { Operation } from '../operation.ts'
import { find, tablesRead } from './mysql-tables.ts'
import { is, nameAt, type Token } from './mysql-tokens.ts'

type Node = Readonly<Record<string, unknown>>

/** Does the statement change rows? Such statements are read with the grammar. */
export function changesRows(tokens: readonly Token[]): boolean {
  const [verb] = tokens
  if (is(verb, 'UPDATE', 'DELETE')) return true
  const writes = is(verb, 'INSERT', 'REPLACE') && find(tokens, 'SELECT', 'TABLE') > 0
  return writes || (is(verb, 'WITH') && find(tokens, 'UPDATE', 'DELETE', 'INSERT') > 0)
}

const list = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isRecord) : [])

const isLiteral = (node: unknown): boolean =>
  isRecord(node) && typeof node.type === 'string' && /^(?:number|bool|.*string)$/.test(node.type)

/** A key by which rows are found one at a time. */
const isKey = (node: unknown): boolean =>
  isRecord(node) &&
  node.type === 'column_ref' &&
  typeof node.column === 'string' &&
  /^(?:id|uuid|guid)$/i.test(node.column)

/** True for every row there can be: `1 = 1`, `TRUE`, `id > 0` (which only satisfies safe-updates mode), `id IS NOT NULL`. */
function alwaysTrue(node: unknown): boolean {
  if (!isRecord(node)) return false
  if (isLiteral(node)) return node.value === true || (typeof node.value === 'number' && node.value !== 0)
  const { operator, left, right } = node
  if (operator === 'AND') return alwaysTrue(left) && alwaysTrue(right)
  if (operator === 'OR') return alwaysTrue(left) || alwaysTrue(right)
  if (!isRecord(left) || !isRecord(right)) return false
  if (operator === '=' && isLiteral(left) && isLiteral(right)) return left.value === right.value
  if (!isKey(left)) return false
  if (operator === 'IS NOT') return right.type === 'null'
  if (!isLiteral(right)) return false
  if (operator === '>=') return right.value === 0 || right.value === 1
  return (operator === '>' || operator === '!=' || operator === '<>') && (right.value === 0 || right.value === '')
}

/** `lang IS NULL`, which a backfill has not reached: at first that is every row. */
function onlyMissing(node: unknown): boolean {
  if (!isRecord(node)) return false
  const { operator, left, right } = node
  if (operator === 'AND') return [left, right].every(side => onlyMissing(side) || alwaysTrue(side))
  if (operator === 'OR') return onlyMissing(left) || onlyMissing(right)
  return operator === 'IS' && isRecord(left) && left.type === 'column_ref' && isRecord(right) && right.type === 'null'
}

/** Picks single rows by key: `id = 5`, `id IN (1, 2)`. */
function picksRows(node: unknown): boolean {
  if (!isRecord(node)) return false
  const { operator, left, right } = node
  if (operator === 'AND') return picksRows(left) || picksRows(right)
  if (operator === '=') return isKey(left) && isLiteral(right)
  return (
    operator === 'IN' &&
    isKey(left) &&
    isRecord(right) &&
    list(right.value).length > 0 &&
    list(right.value).every(isLiteral)
  )
}

function tableName(node: Node): string {
  const table = typeof node.table === 'string' ? node.table : ''
  return typeof node.db === 'string' ? `${node.db}.${table}` : table
}

/** The table an alias or a name stands for. */
function resolve(alias: unknown, tables: readonly Node[]): string | undefined {
  const found = tables.find(table => table.as === alias) ?? tables.find(table => table.table === alias)
  return found && tableName(found)
}

function targets(statement: MysqlStatement): readonly string[] {
  const { tree } = statement
  const tables = list(tree.type === 'delete' && list(tree.from).length > 0 ? tree.from : tree.table)
  const aimed =
    tree.type === 'delete' ? list(tree.table).map(node => node.table) : list(tree.set).map(node => node.table)
  const named = aimed.flatMap(alias => (typeof alias === 'string' ? (resolve(alias, tables) ?? []) : []))
  const first = tables[0]
  return [...new Set(named.length > 0 ? named : first ? [tableName(first)] : [])]
}

function fromGrammar(statement: MysqlStatement): readonly Operation[] | undefined {
  const { tree, type } = statement
  if (type === 'update' || type === 'delete') {
    const joins = list(tree.type === 'delete' ? tree.from : tree.table).some(
      node => typeof node.join === 'string' && !/left|right/i.test(node.join),
    )
    const everyRow = alwaysTrue(tree.where) || (type === 'update' && onlyMissing(tree.where))
    const filtered = joins || (isRecord(tree.where) && !everyRow)
    const limited = isRecord(tree.limit) && list(tree.limit.value).length > 0
    const batched = limited || picksRows(tree.where)
    const op = type === 'update' ? 'update-rows' : 'delete-rows'
    return targets(statement).map(table => ({ op, table, filtered, batched }))
  }
  if (type !== 'insert' && type !== 'replace') return undefined
  const table = list(tree.table)[0]
  const common = list(tree.with).map(part => (isRecord(part.name) ? part.name.value : part.name))
  const from = statement.tables
    .filter(({ use, name }) => use === 'select' && !common.includes(name))
    .map(({ name }) => name)
  // `SELECT 'a', 'b' WHERE NOT EXISTS (…)` inserts one row.
  const rowsRead = isRecord(tree.values) && list(tree.values.from).some(node => node.type !== 'dual')
  if (from.length === 0 || !rowsRead) return [{ op: 'harmless', what: 'INSERT' }]
  return table && [{ op: 'insert-select', table: tableName(table), from: [...new Set(from)] }]
}

const modifiers = ['LOW_PRIORITY', 'IGNORE', 'QUICK', 'DELAYED', 'HIGH_PRIORITY', 'INTO', 'FROM']

/** What the leading words tell, where the grammar gives up. */
function fromTokens(tokens: readonly Token[]): readonly Operation[] | undefined {
  const verbAt = find(tokens, 'UPDATE', 'DELETE', 'INSERT', 'REPLACE')
  const verb = tokens[verbAt]
  let at = verbAt + 1
  while (is(tokens[at], ...modifiers)) at++
  const table = nameAt(tokens, at)
  if (!table) return undefined
  if (is(verb, 'INSERT', 'REPLACE')) {
    const from = tablesRead(tokens.slice(table.next))
    return from.length > 0 ? [{ op: 'insert-select', table: table.name, from }] : [{ op: 'harmless', what: 'INSERT' }]
  }
  let depth = 0
  let filtered = false
  let batched = false
  for (const token of tokens.slice(table.next)) {
    if (is(token, '(')) depth++
    if (is(token, ')')) depth--
    if (depth === 0 && is(token, 'WHERE', 'JOIN')) filtered = true
    if (depth === 0 && is(token, 'LIMIT')) batched = true
  }
  return [{ op: is(verb, 'UPDATE') ? 'update-rows' : 'delete-rows', table: table.name, filtered, batched }]
}

/** UPDATE, DELETE, INSERT … SELECT and REPLACE … SELECT, with their WITH. Undefined when nobody can read it. */
export function readRows(text: string, tokens: readonly Token[], parse: MysqlParser): readonly Operation[] | undefined {
  const statement = parse(text)
  return (statement && fromGrammar(statement)) ?? fromTokens(tokens)
}
