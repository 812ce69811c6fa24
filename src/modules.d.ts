/** A file that is shipped beside the bundle; the import gives its absolute path. */
declare module '*?file' {
  const path: string
  export default path
}

/** What a JSON Schema says of an empty file. */
declare module '*?defaults' {
  const defaults: unknown
  export default defaults
}

/** A JSON Schema compiled at build time into a validator. */
declare module '*?validator' {
  import type { ErrorObject } from 'ajv'

  const validate: { (data: unknown): boolean; errors?: ErrorObject[] | null }
  export default validate
}

/** Postgres' parser as WebAssembly: the bare module factory, without its convenience layer. */
declare module 'libpg-query/wasm/libpg-query.js' {
  interface PostgresParser {
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
  const create: (options: { locateFile: () => string }) => Promise<PostgresParser>
  export default create
}

/** The client alone: the root of the package also looks for the native driver. */
declare module 'pg/lib/client.js' {
  import { Client } from 'pg'
  export default Client
}
