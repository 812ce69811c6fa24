import type { RawStmt } from '@pgsql/types'
import { messageOf } from '../text/errors.ts'
import { keepWasmSmall } from './trees.ts'

/** One statement with its place in the text, in UTF-16 offsets; the terminator is left out. */
export interface PostgresStatement {
  readonly start: number
  readonly end: number
  readonly node: NonNullable<RawStmt['stmt']>
  /** Turns a `location` of the tree (a byte offset) into an offset of the text. */
  offset(location: number): number
}

export type PostgresFile =
  | { readonly statements: readonly PostgresStatement[] }
  /** Postgres' own message, and where it stopped (offset of the text). */
  | { readonly error: string; readonly at: number }

/** The raw functions of the WASM build of Postgres' parser. */
interface Engine {
  _malloc(bytes: number): number
  _free(pointer: number): void
  _wasm_parse_query_raw(query: number): number
  _wasm_free_parse_result(result: number): void
  _wasm_parse_plpgsql(query: number): number
  _wasm_free_string(text: number): void
  getValue(pointer: number, type: 'i32'): number
  UTF8ToString(pointer: number): string
  stringToUTF8(text: string, pointer: number, bytes: number): void
}

let engine: Promise<Engine> | undefined

async function loadEngine(): Promise<Engine> {
  keepWasmSmall()
  const [factory, file] = await Promise.all([
    import('libpg-query/wasm/libpg-query.js'),
    import('libpg-query/wasm/libpg-query.wasm?file'),
  ])
  return factory.default({ locateFile: () => file.default })
}

/** Parses SQL with Postgres' own parser. Never throws: what Postgres refuses comes back as an error with its place. */
export async function parsePostgres(text: string): Promise<PostgresFile> {
  // Postgres would read no further than a NUL byte, and silently.
  const nul = text.indexOf('\0')
  if (nul !== -1) return { error: 'contains a NUL byte', at: nul }
  if (text.trim() === '') return { statements: [] }
  engine ??= loadEngine()
  try {
    return parseWith(await engine, text)
  } catch (error) {
    // A trap inside the WASM leaves its memory in doubt: the next call starts a fresh one.
    engine = undefined
    return { error: messageOf(error), at: 0 }
  }
}

/** The tree of a PL/pgSQL body (`null` for another language), or why the parser does not take it. */
export type PlpgsqlBody = { readonly tree: unknown } | { readonly error: string }

/** Parses the body of a `DO`, `CREATE FUNCTION` or `CREATE PROCEDURE` statement. Never throws. */
export async function parsePlpgsql(statement: string): Promise<PlpgsqlBody> {
  if (statement.includes('\0')) return { error: 'contains a NUL byte' }
  engine ??= loadEngine()
  try {
    const text = plpgsqlWith(await engine, statement)
    // Anything else than JSON is a message.
    return text.startsWith('{') ? { tree: JSON.parse(text) } : { error: text }
  } catch (error) {
    engine = undefined
    return { error: messageOf(error) }
  }
}

function plpgsqlWith(postgres: Engine, statement: string): string {
  const bytes = Buffer.byteLength(statement)
  const query = postgres._malloc(bytes + 1)
  let result = 0
  try {
    postgres.stringToUTF8(statement, query, bytes + 1)
    result = postgres._wasm_parse_plpgsql(query)
    return postgres.UTF8ToString(result)
  } finally {
    postgres._free(query)
    if (result !== 0) postgres._wasm_free_string(result)
  }
}

function parseWith(postgres: Engine, text: string): PostgresFile {
  const bytes = Buffer.byteLength(text)
  const query = postgres._malloc(bytes + 1)
  let result = 0
  try {
    postgres.stringToUTF8(text, query, bytes + 1)
    result = postgres._wasm_parse_query_raw(query)
    const problem = postgres.getValue(result + 8, 'i32')
    if (problem !== 0) {
      const message = postgres.UTF8ToString(postgres.getValue(problem, 'i32'))
      // Counts characters (code points) from 1; 0 means unknown.
      return { error: message, at: codePointOffset(text, postgres.getValue(problem + 16, 'i32') - 1) }
    }
    const tree: { stmts?: readonly RawStmt[] } = JSON.parse(postgres.UTF8ToString(postgres.getValue(result, 'i32')))
    return { statements: placed(text, bytes, tree.stmts ?? []) }
  } finally {
    postgres._free(query)
    if (result !== 0) postgres._wasm_free_parse_result(result)
  }
}

function placed(text: string, bytes: number, raw: readonly RawStmt[]): readonly PostgresStatement[] {
  const offset = byteOffsets(text, bytes)
  return raw.flatMap(({ stmt, stmt_location: from = 0, stmt_len: length = 0 }) => {
    if (stmt === undefined) return []
    const end = trimEnd(text, length === 0 ? text.length : offset(from + length))
    return [{ start: skipBlank(text, offset(from)), end, node: stmt, offset }]
  })
}

/** A function from UTF-8 byte offsets to offsets of the text. */
function byteOffsets(text: string, bytes: number): (byte: number) => number {
  if (bytes === text.length) return byte => Math.min(byte, text.length)
  const offsets = new Uint32Array(bytes + 1)
  let byte = 0
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at) ?? 0
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    offsets.fill(at, byte, byte + size)
    byte += size
    at += code < 0x10000 ? 1 : 2
  }
  offsets[bytes] = text.length
  return place => offsets[Math.min(place, bytes)] ?? text.length
}

function codePointOffset(text: string, count: number): number {
  let at = 0
  for (let left = count; left > 0 && at < text.length; left--) at += (text.codePointAt(at) ?? 0) < 0x10000 ? 1 : 2
  return at
}

/** Past white space and comments: where the statement itself begins. */
function skipBlank(text: string, from: number): number {
  const blank = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)*/y
  blank.lastIndex = from
  return from + (blank.exec(text)?.[0].length ?? 0)
}

function trimEnd(text: string, end: number): number {
  let at = end
  while (at > 0 && /\s/.test(text[at - 1] ?? '')) at--
  return at
}
