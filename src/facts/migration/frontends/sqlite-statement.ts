import type { ColumnSpec, Operation, Reference } from '../operation.ts'

/** What one statement of SQLite is. */
export type SqliteStatement =
  | { readonly operation: Operation }
  | { readonly transaction: 'begin' | 'commit' | 'rollback' | 'savepoint' }
  /** PRAGMA foreign_keys. */
  | { readonly keys: boolean }
  | { readonly reason: string }

const name = String.raw`(?:"[^"]+"|${'`'}[^${'`'}]+${'`'}|\[[^\[\]]+\]|[\w$]+)`
const qualifiedName = `${name}(?:\\s*\\.\\s*${name})?`

function pattern(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(' ', '\\s+').replaceAll('<name>', `(${qualifiedName})`)}`, 'i')
}

const createTable = pattern('create(?: temp| temporary)? table(?: if not exists)? <name>')
const dropTable = pattern('drop table(?: if exists)? <name>')
const renameTable = pattern('alter table <name> rename to <name>')
const renameColumn = pattern('alter table <name> rename(?: column)? <name> to <name>')
const dropColumn = pattern('alter table <name> drop(?: column)? <name>')
const addColumn = pattern('alter table <name> add(?: column)? <name>')
const deleteRows = pattern('delete from <name>')
const insertSelect = pattern('(?:insert|replace)(?: or [a-z]+)? into <name>')
const dropView = pattern('drop view(?: if exists)? <name>')
const createView = pattern('create(?: temp| temporary)? view(?: if not exists)? <name>')

/** Statements that neither delete data nor take anything away from running code. */
const harmless =
  /^(select|values|with|insert|replace|update|pragma|analyze|reindex|vacuum|explain|create\s+(unique\s+)?index|create\s+(temp(orary)?\s+)?trigger|create\s+virtual\s+table|drop\s+(index|trigger))\b/i

/** Longer statements are rows to insert, of which the beginning tells enough. */
const longest = 50_000

/** Reads one statement, without its comments and its semicolon. */
export function readSqliteStatement(text: string): SqliteStatement {
  const statement = text.slice(0, longest).trim()
  const transaction = /^(begin|commit|end|rollback|savepoint|release)\b/i.exec(statement)?.[1]?.toLowerCase()
  if (transaction !== undefined) return { transaction: transactionOf(transaction, statement) }
  const keys = /^pragma\s+foreign_keys\s*[=(]\s*['"]?(\w+)/i.exec(statement)?.[1]
  if (keys !== undefined) return { keys: /^(on|1|true|yes)$/i.test(keys) }
  const operation = definition(statement)
  if (operation !== undefined) return { operation }
  const harmlessWord = harmless.exec(statement)?.[1]
  if (harmlessWord !== undefined) return { operation: { op: 'harmless', what: harmlessWord.toUpperCase() } }
  return { reason: `this statement of SQLite is not analysed: ${statement.slice(0, 60).replace(/\s+/g, ' ')}` }
}

function transactionOf(word: string, statement: string): 'begin' | 'commit' | 'rollback' | 'savepoint' {
  if (word === 'begin') return 'begin'
  if (word === 'commit' || word === 'end') return 'commit'
  return word === 'rollback' && !/\bto\b/i.test(statement) ? 'rollback' : 'savepoint'
}

function definition(statement: string): Operation | undefined {
  const matched = (expression: RegExp): readonly string[] | undefined =>
    expression
      .exec(statement)
      ?.slice(1)
      .map(item => bare(item))
  const created = matched(createTable)
  if (created !== undefined)
    return { op: 'create-table', table: created[0] ?? '', columns: [], references: referencesIn(statement) }
  const dropped = matched(dropTable)
  if (dropped !== undefined) return { op: 'drop-table', table: dropped[0] ?? '', cascade: false }
  const renamed = matched(renameTable)
  if (renamed !== undefined) return { op: 'rename-table', table: renamed[0] ?? '', to: renamed[1] ?? '' }
  const column = matched(renameColumn)
  if (column !== undefined)
    return { op: 'rename-column', table: column[0] ?? '', column: column[1] ?? '', to: column[2] ?? '' }
  const gone = matched(dropColumn)
  if (gone !== undefined) return { op: 'drop-column', table: gone[0] ?? '', column: gone[1] ?? '' }
  const added = addColumn.exec(statement)
  if (added !== null)
    return {
      op: 'add-column',
      table: bare(added[1] ?? ''),
      column: columnOf(bare(added[2] ?? ''), statement.slice(added[0].length, added[0].length + 2_000)),
    }
  const noView = matched(dropView)
  if (noView !== undefined) return { op: 'drop-object', object: 'view', name: noView[0] ?? '' }
  const view = matched(createView)
  if (view !== undefined) return { op: 'create-object', object: 'view', name: view[0] ?? '' }
  return rows(statement)
}

function rows(statement: string): Operation | undefined {
  const deleted = deleteRows.exec(statement)?.[1]
  if (deleted !== undefined) {
    const table = bare(deleted)
    const filtered = /\bwhere\b/i.test(statement)
    if (!table.startsWith('sqlite_')) return { op: 'delete-rows', table, filtered, batched: false }
    return { op: 'harmless', what: 'DELETE' }
  }
  const into = insertSelect.exec(statement)?.[1]
  const from = new RegExp(`\\bfrom\\s+(${qualifiedName})`, 'i').exec(statement)?.[1]
  if (into === undefined || from === undefined || !/\bselect\b/i.test(statement)) return undefined
  return { op: 'insert-select', table: bare(into), from: [bare(from)] }
}

/** A name without its quotes, and without the schema `main`. */
function bare(written: string): string {
  return written
    .split(/\s*\.\s*/)
    .map(part => part.replace(/^["`[]|["`\]]$/g, ''))
    .filter((part, at, parts) => parts.length === 1 || at > 0 || part.toLowerCase() !== 'main')
    .join('.')
}

const reference = new RegExp(
  `\\breferences\\s+(${qualifiedName})\\s*(?:\\(([^()]*)\\))?((?:\\s*\\bon\\s+(?:delete|update)\\s+(?:cascade|restrict|no\\s+action|set\\s+null|set\\s+default))*)`,
  'gi',
)

function referencesIn(text: string): readonly Reference[] {
  return [...text.matchAll(reference)].map(([, table = '', columns = '', actions = '']) => ({
    table: bare(table),
    columns: columns.split(',').map(item => bare(item.trim())),
    cascades: /on\s+delete\s+cascade/i.test(actions),
  }))
}

function columnOf(column: string, rest: string): ColumnSpec {
  const [, type = ''] =
    /^\s*([a-z][\w ]*?(?:\([\d\s,]*\))?)\s*(?=\b(?:not|null|default|primary|unique|check|references|collate|generated|as|constraint)\b|$)/i.exec(
      rest,
    ) ?? []
  const byDefault = /\bdefault\s*('(?:[^']|'')*'|\([\s\S]*\)|[^\s,]+)/i.exec(rest)?.[1]
  const [references] = referencesIn(rest)
  const generated = /\bas\s*\([\s\S]*\)\s*(stored)?/i.exec(rest)
  return {
    name: column,
    type: { name: type.trim().toLowerCase(), arguments: [], text: type.trim() },
    notNull: /\bnot\s+null\b/i.test(rest),
    ...(byDefault === undefined ? {} : { default: { text: byDefault, functions: [] } }),
    ...(generated === null
      ? {}
      : { generated: generated[1] === undefined ? ('virtual' as const) : ('stored' as const) }),
    numbered: false,
    primaryKey: /\bprimary\s+key\b/i.test(rest),
    unique: /\bunique\b/i.test(rest),
    check: /\bcheck\s*\(/i.test(rest),
    ...(references === undefined ? {} : { references }),
  }
}
