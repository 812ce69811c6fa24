import type { Connection, RowDataPacket } from 'mysql2/promise'
import type { Alter } from './alter-list.ts'
import { type AlterServer, alterRows, alterSetup } from './alter-setup.ts'

/** What a server did with one alteration. */
export interface AlterSeen {
  /** The first way it accepts, from the best to the worst: `INSTANT`, `INPLACE/NONE` …; absent when it cannot be asked for one. */
  readonly best?: string
  /** What it did to the table that way, read off the numbers that InnoDB gives to tables and indexes. */
  readonly work?: 'none' | 'build' | 'rewrite'
  /** What it does under ALGORITHM=INPLACE, where it accepts that and could be better. */
  readonly inplace?: 'none' | 'build' | 'rewrite'
  /** What it says to the better ways. */
  readonly refused?: Readonly<Record<string, string>>
  /** Why it takes the statement in no way at all; `syntax` when it does not know it. */
  readonly error?: string
}

/** From the best to the worst; MySQL takes no LOCK clause beside INSTANT. */
const ways = ['INSTANT', 'NOCOPY/NONE', 'NOCOPY/SHARED', 'INPLACE/NONE', 'INPLACE/SHARED', 'COPY/NONE', 'COPY/SHARED']

/** Errors that refuse a way of doing it, rather than the statement. */
const refusals: ReadonlySet<unknown> = new Set([1221, 1800, 1845, 1846])

type Try = { readonly done: true } | { readonly done: false; readonly code: unknown; readonly why: string }

const syntaxError = 1064

function statementOf({ table, clause }: Alter, way: string): string {
  if (way === '') return `ALTER TABLE ${table} ${clause}`
  const [algorithm, lock] = way.split('/')
  const asked = `ALGORITHM=${algorithm}${lock === undefined ? '' : `, LOCK=${lock}`}`
  // Some clauses come last, and how the table is partitioned even without a comma.
  if (/^(?:REMOVE PARTITIONING|PARTITION BY)/.test(clause)) return `ALTER TABLE ${table} ${asked} ${clause}`
  const last = /^\w+ PARTITION\b|^ORDER BY/.test(clause)
  return `ALTER TABLE ${table} ${last ? `${asked}, ${clause}` : `${clause}, ${asked}`}`
}

/** The reason alone, without the sentence around it. */
const shortened = (message: string): string =>
  /Reason: (.*?)\. Try /.exec(message)?.[1] ?? message.replace(/^You have an error in your SQL syntax;.*/, 'syntax')

async function attempt(connection: Connection, alter: Alter, way: string): Promise<Try> {
  try {
    await connection.query(statementOf(alter, way))
    return { done: true }
  } catch (error) {
    const code = error !== null && typeof error === 'object' && 'errno' in error ? error.errno : undefined
    return { done: false, code, why: shortened(error instanceof Error ? error.message : String(error)) }
  }
}

/** Numbers of all tables and indexes, without those that InnoDB keeps for a FULLTEXT index. */
async function numbers(connection: Connection): Promise<{ tables: ReadonlySet<string>; indexes: ReadonlySet<string> }> {
  const list = async (sql: (prefix: string) => string): Promise<ReadonlySet<string>> => {
    for (const prefix of ['INNODB_', 'INNODB_SYS_'])
      try {
        const [rows] = await connection.query<RowDataPacket[]>(sql(`information_schema.${prefix}`))
        return new Set(rows.map(row => String(row.number)))
      } catch {
        // The other spelling.
      }
    throw new Error('the server does not list its tables')
  }
  const which = "t.NAME LIKE 'verify/%' AND t.NAME NOT LIKE '%/fts%'"
  return {
    tables: await list(prefix => `SELECT t.TABLE_ID AS number FROM ${prefix}TABLES t WHERE ${which}`),
    indexes: await list(
      prefix =>
        `SELECT CONCAT(i.TABLE_ID, '-', i.INDEX_ID) AS number FROM ${prefix}INDEXES i JOIN ${prefix}TABLES t ON t.TABLE_ID = i.TABLE_ID WHERE ${which}`,
    ),
  }
}

/** A database of its own, in which nothing is left from before. */
export async function freshDatabase(connection: Connection): Promise<void> {
  for (const statement of ['DROP DATABASE IF EXISTS verify', 'CREATE DATABASE verify', 'USE verify'])
    await connection.query(statement)
}

async function prepare(connection: Connection, server: AlterServer, alter: Alter, virtual: boolean): Promise<void> {
  await connection.query('SET foreign_key_checks = 1')
  // MySQL 5.6 forgets to drop the foreign keys of a table that was renamed.
  if (alter.clause.startsWith('RENAME TO')) await freshDatabase(connection)
  const rows = alterRows(server)
  for (const statement of alterSetup(server, virtual, alter.table)) {
    await connection.query(statement)
    const insert = rows[/^CREATE TABLE (\w+)/.exec(statement)?.[1] ?? '']
    if (insert !== undefined) await connection.query(insert)
  }
  await connection.query(`SET foreign_key_checks = ${alter.keyChecks ? 1 : 0}`)
}

/** Runs the statement one way on a fresh table, and tells what became of the table. */
async function tryWay(
  connection: Connection,
  server: AlterServer,
  alter: Alter,
  virtual: boolean,
  way: string,
): Promise<{ readonly tried: Try; readonly work: 'none' | 'build' | 'rewrite' }> {
  const before = await numbers(connection)
  const tried = await attempt(connection, alter, way)
  if (!tried.done) return { tried, work: 'none' }
  const after = await numbers(connection)
  await prepare(connection, server, alter, virtual)
  const rewritten = [...before.tables].some(number => !after.tables.has(number))
  const built = [...after.indexes].some(
    number => !before.indexes.has(number) && before.tables.has(number.split('-')[0] ?? ''),
  )
  return { tried, work: rewritten ? 'rewrite' : built ? 'build' : 'none' }
}

/** Asks a server for the alteration in each way, from the best on, until it accepts one. */
export async function observeAlter(
  connection: Connection,
  server: AlterServer,
  alter: Alter,
  virtual = false,
): Promise<AlterSeen> {
  await prepare(connection, server, alter, virtual)
  const refused: Record<string, string> = {}
  for (const way of ways) {
    const { tried, work } = await tryWay(connection, server, alter, virtual, way)
    if (!tried.done) {
      if (tried.code === syntaxError) return observePlain(connection, server, alter, virtual)
      if (!refusals.has(tried.code)) return { error: tried.why }
      refused[way] = tried.why
      continue
    }
    const seen: AlterSeen = { best: way, work, refused }
    // Beside some clauses a server reads the word and goes its own way.
    if (way === 'INSTANT' && work !== 'none') return { work }
    if (way.startsWith('INPLACE') || way.startsWith('COPY')) return seen
    const asked = await tryWay(connection, server, alter, virtual, 'INPLACE/NONE')
    return asked.tried.done ? { ...seen, inplace: asked.work } : seen
  }
  return { error: Object.values(refused).at(-1) ?? '' }
}

/** For statements beside which a server takes no ALGORITHM. */
async function observePlain(
  connection: Connection,
  server: AlterServer,
  alter: Alter,
  virtual: boolean,
): Promise<AlterSeen> {
  const { tried, work } = await tryWay(connection, server, alter, virtual, '')
  return tried.done ? { work } : { error: tried.why }
}
