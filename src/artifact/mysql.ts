import type { Parser } from 'node-sql-parser/build/mysql.js'

/** What a data statement works on, as the grammar reads it. */
export interface MysqlStatement {
  /** `update`, `delete`, `insert`, `replace`, `select` … */
  readonly type: string
  /** Tables by what is done to them, `db.table` or `table`. */
  readonly tables: readonly { readonly use: string; readonly name: string }[]
  /** The syntax tree, in the parser's own form. */
  readonly tree: Readonly<Record<string, unknown>>
}

export type MysqlParser = (sql: string) => MysqlStatement | undefined

/** Longest text and deepest parentheses handed to the grammar, which backtracks. */
const longest = 20_000
const deepest = 12

const loaded = new Map<string, Promise<MysqlParser>>()

/** Is the value an object with named properties? */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function depthOf(sql: string): number {
  let depth = 0
  let most = 0
  for (const char of sql) {
    if (char === '(') most = Math.max(most, ++depth)
    if (char === ')') depth--
  }
  return most
}

function tableOf(entry: string): { use: string; name: string } {
  const [use = '', db = '', ...table] = entry.split('::')
  return { use, name: db === 'null' || db === '' ? table.join('::') : `${db}.${table.join('::')}` }
}

function parse(parser: Parser, dialect: string, sql: string): MysqlStatement | undefined {
  if (sql.length > longest || depthOf(sql) > deepest) return undefined
  try {
    const { ast, tableList } = parser.parse(sql, { database: dialect })
    const tree: unknown = Array.isArray(ast) ? ast[0] : ast
    if (!isRecord(tree) || typeof tree.type !== 'string') return undefined
    return { type: tree.type, tables: tableList.map(tableOf), tree }
  } catch {
    return undefined
  }
}

async function load(engine: 'mysql' | 'mariadb'): Promise<MysqlParser> {
  // The package's root holds every dialect (2.6 MB); one dialect is a tenth of it.
  if (engine === 'mariadb') {
    const { default: build } = await import('node-sql-parser/build/mariadb.js')
    const parser = new build.Parser()
    return sql => parse(parser, 'MariaDB', sql)
  }
  const { default: build } = await import('node-sql-parser/build/mysql.js')
  const parser = new build.Parser()
  return sql => parse(parser, 'MySQL', sql)
}

/** The grammar of one engine, loaded once. It answers undefined for what it cannot read, and never throws. */
export function mysqlParser(engine: 'mysql' | 'mariadb'): Promise<MysqlParser> {
  const parser = loaded.get(engine) ?? load(engine)
  loaded.set(engine, parser)
  return parser
}
