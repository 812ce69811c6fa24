import type { ColumnSpec, Operation, Reference } from '../operation.ts'
import { type AlterReading, afterIfExists, readAlterClauses, requestOf } from './mysql-alter.ts'
import { readColumn, textOf } from './mysql-columns.ts'
import { definitions, readKey } from './mysql-keys.ts'
import { createdObject, droppedObjects } from './mysql-objects.ts'
import { columnNames, inParentheses, is, isName, nameAt, splitAtCommas, type Token } from './mysql-tokens.ts'

const unread = (why: string): AlterReading => ({ operations: [], unread: [why] })
const read = (...operations: readonly Operation[]): AlterReading => ({ operations, unread: [] })

/** Index of the first of these keywords, or -1. */
export function find(tokens: readonly Token[], ...keys: readonly string[]): number {
  return tokens.findIndex(token => is(token, ...keys))
}

/** `a, b.c` as names. */
function namesFrom(tokens: readonly Token[], from: number): readonly string[] {
  return splitAtCommas(tokens.slice(from)).flatMap(part => nameAt(part, 0)?.name ?? [])
}

/** Tables a SELECT takes rows from: what stands after FROM and JOIN, subqueries included. */
export function tablesRead(tokens: readonly Token[]): readonly string[] {
  const names = new Set<string>()
  tokens.forEach((token, at) => {
    if (!is(token, 'FROM', 'JOIN')) return
    for (let next = at + 1; ; ) {
      const table = nameAt(tokens, next)
      if (!table || is(tokens[next], 'SELECT', 'DUAL', 'LATERAL')) return
      names.add(table.name)
      // `FROM a x, b y`
      next = table.next
      if (is(tokens[next], 'AS')) next++
      if (isName(tokens[next]) && !is(tokens[next], 'WHERE', 'JOIN', 'LEFT', 'INNER', 'ORDER', 'GROUP')) next++
      if (!is(tokens[next], ',')) return
      next++
    }
  })
  return [...names]
}

function createTable(tokens: readonly Token[], at: number, source: string): AlterReading {
  const temporary = find(tokens.slice(0, at), 'TEMPORARY') >= 0
  const table = nameAt(tokens, afterIfExists(tokens, at + 1))
  if (!table) return unread('CREATE TABLE without a name')
  const columns: ColumnSpec[] = []
  const references: Reference[] = []
  const declares: Operation[] = []
  let next = table.next
  if (is(tokens[next], '(') && !is(tokens[next + 1], 'LIKE', 'SELECT')) {
    for (const part of definitions(tokens, next)) {
      const key = readKey(table.name, part, source)
      if (key?.op === 'add-foreign-key') references.push(key.references)
      if (key) {
        declares.push(key)
        continue
      }
      const column = readColumn(part, source)
      if (!column) continue
      columns.push(column)
      if (column.references) references.push(column.references)
    }
    next = inParentheses(tokens, next).next
  }
  const operations: Operation[] = [
    {
      op: 'create-table',
      table: table.name,
      columns,
      references,
      ...(temporary ? { temporary } : {}),
      ...(declares.length > 0 ? { declares } : {}),
      ...tableOptions(textOf(tokens.slice(next), source)),
    },
  ]
  if (find(tokens.slice(0, at), 'REPLACE') >= 0)
    operations.unshift({ op: 'drop-table', table: table.name, cascade: false })
  const from = find(tokens.slice(next), 'SELECT') >= 0 ? tablesRead(tokens.slice(next)) : []
  if (from.length > 0) operations.push({ op: 'insert-select', table: table.name, from })
  return read(...operations)
}

/** What the options behind the columns say about how rows are kept. */
function tableOptions(text: string): { charset?: string; compressed?: boolean } {
  const named =
    /\b(?:character\s+set|charset)\s*=?\s*'?(\w+)/i.exec(text)?.[1] ??
    /\bcollate\s*=?\s*'?([a-z0-9]+)_/i.exec(text)?.[1]
  return {
    ...(named === undefined ? {} : { charset: named.toLowerCase().replace(/^utf8$/, 'utf8mb3') }),
    ...(/\brow_format\s*=?\s*compressed\b/i.test(text) ? { compressed: true } : {}),
  }
}

function createIndex(tokens: readonly Token[], at: number): AlterReading {
  const from = afterIfExists(tokens, at + 1)
  const name = tokens[from]
  const on = find(tokens, 'ON')
  const table = on < 0 ? undefined : nameAt(tokens, on + 1)
  if (!isName(name) || !table) return unread('CREATE INDEX without a name or a table')
  const { inside, next } = inParentheses(tokens, table.next)
  const before = tokens.slice(0, at)
  const special = find(before, 'FULLTEXT') >= 0 ? 'fulltext' : find(before, 'SPATIAL') >= 0 ? 'spatial' : undefined
  const options = tokens.slice(next)
  const request = options.slice(Math.max(0, find(options, 'ALGORITHM', 'LOCK')))
  return {
    operations: [
      {
        op: 'create-index',
        table: table.name,
        index: name.value,
        columns: columnNames(inside),
        unique: find(before, 'UNIQUE') >= 0,
        concurrently: false,
        ...(from > at + 1 ? { ifNotExists: true } : {}),
        ...(special ? { special } : {}),
      },
    ],
    ...requestOf(request),
    unread: [],
  }
}

function dropIndex(tokens: readonly Token[]): AlterReading {
  const name = tokens[afterIfExists(tokens, 2)]
  const on = find(tokens, 'ON')
  const table = on < 0 ? undefined : nameAt(tokens, on + 1)
  if (!isName(name) || !table) return unread('DROP INDEX without a name or a table')
  const operation: Operation =
    name.value.toUpperCase() === 'PRIMARY'
      ? { op: 'drop-constraint', table: table.name, constraint: 'PRIMARY', type: 'primary-key' }
      : { op: 'drop-index', table: table.name, index: name.value, concurrently: false }
  return { operations: [operation], ...requestOf(tokens.slice(table.next)), unread: [] }
}

function create(tokens: readonly Token[], source: string): AlterReading {
  const head = tokens.slice(0, 14)
  const at = find(head, 'TABLE', 'INDEX', 'TRIGGER', 'VIEW', 'PROCEDURE', 'FUNCTION', 'SEQUENCE', 'EVENT')
  const what = tokens[at]
  if (is(what, 'TABLE')) return createTable(tokens, at, source)
  if (is(what, 'INDEX')) return createIndex(tokens, at)
  if (is(what, 'TRIGGER')) {
    const name = nameAt(tokens, afterIfExists(tokens, at + 1))
    const on = find(tokens, 'ON')
    const table = on < 0 ? undefined : nameAt(tokens, on + 1)
    return name && table
      ? read({ op: 'create-trigger', table: table.name, trigger: name.name })
      : unread('CREATE TRIGGER without a name or a table')
  }
  const object = createdObject(tokens, at)
  return read(object ?? { op: 'harmless', what: `CREATE ${what?.key ?? tokens[1]?.key ?? ''}`.trim() })
}

function drop(tokens: readonly Token[]): AlterReading {
  const what = tokens[1]
  const at = afterIfExists(tokens, 2)
  if (is(what, 'TABLE', 'TABLES'))
    return read(
      ...namesFrom(tokens, at).map(table => ({ op: 'drop-table', table, cascade: false }) satisfies Operation),
    )
  if (is(what, 'INDEX')) return dropIndex(tokens)
  if (is(what, 'DATABASE', 'SCHEMA')) return read({ op: 'drop-database', name: nameAt(tokens, at)?.name ?? '' })
  if (is(what, 'TRIGGER')) return read({ op: 'drop-trigger', table: '', trigger: nameAt(tokens, at)?.name ?? '' })
  const objects = droppedObjects(tokens, at)
  return objects.length > 0 ? read(...objects) : read({ op: 'harmless', what: `DROP ${what?.key ?? ''}`.trim() })
}

function alter(tokens: readonly Token[], source: string): AlterReading {
  const at = find(tokens.slice(0, 4), 'TABLE')
  if (at < 0) return read({ op: 'harmless', what: `ALTER ${tokens[1]?.key ?? ''}`.trim() })
  const table = nameAt(tokens, afterIfExists(tokens, at + 1))
  if (!table) return unread('ALTER TABLE without a name')
  let next = table.next
  const bounded = is(tokens[next], 'NOWAIT', 'WAIT')
  if (bounded) next += is(tokens[next], 'WAIT') ? 2 : 1
  const clauses = readAlterClauses(table.name, tokens.slice(next), source)
  return bounded ? { ...clauses, bounded } : clauses
}

function lock(tokens: readonly Token[]): AlterReading {
  const operations: Operation[] = []
  for (const part of splitAtCommas(tokens.slice(2))) {
    const table = nameAt(part, 0)
    if (table)
      operations.push({ op: 'lock-table', table: table.name, mode: find(part, 'WRITE') >= 0 ? 'WRITE' : 'READ' })
  }
  return operations.length > 0 ? read(...operations) : unread('LOCK TABLES without a table')
}

function rename(tokens: readonly Token[]): AlterReading {
  if (!is(tokens[1], 'TABLE', 'TABLES')) return read({ op: 'harmless', what: `RENAME ${tokens[1]?.key ?? ''}`.trim() })
  const operations: Operation[] = []
  for (const part of splitAtCommas(tokens.slice(afterIfExists(tokens, 2)))) {
    const from = nameAt(part, 0)
    const to = from && nameAt(part, find(part, 'TO') + 1)
    if (from && to) operations.push({ op: 'rename-table', table: from.name, to: to.name })
  }
  return operations.length > 0 ? read(...operations) : unread('RENAME TABLE without names')
}

/** Statements that define or drop something; undefined for every other statement. `source` is what the tokens point into. */
export function readDefinition(tokens: readonly Token[], source: string): AlterReading | undefined {
  const [verb, second] = tokens
  if (is(verb, 'ALTER')) return alter(tokens, source)
  if (is(verb, 'CREATE')) return create(tokens, source)
  if (is(verb, 'DROP')) return drop(tokens)
  if (is(verb, 'RENAME')) return rename(tokens)
  if (is(verb, 'LOCK') && is(second, 'TABLE', 'TABLES')) return lock(tokens)
  if (is(verb, 'TRUNCATE')) {
    const table = nameAt(tokens, is(second, 'TABLE') ? 2 : 1)
    return table ? read({ op: 'truncate', table: table.name, cascade: false }) : unread('TRUNCATE without a table')
  }
  if (is(verb, 'OPTIMIZE') || (is(verb, 'REPAIR') && find(tokens, 'TABLE', 'TABLES') > 0)) {
    const tables = namesFrom(tokens, find(tokens, 'TABLE', 'TABLES') + 1)
    const how = textOf(tokens.slice(0, find(tokens, 'TABLE', 'TABLES') + 1), source).toUpperCase()
    return read(...tables.map(table => ({ op: 'rebuild-table', table, how }) satisfies Operation))
  }
  return undefined
}
