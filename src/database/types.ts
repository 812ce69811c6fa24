import type { ServerConfig, TableStatistics } from '../config/types.ts'

/** Where a database is, taken apart from its URL. Never printed as a whole: it holds the password. */
export interface Target {
  readonly family: 'postgres' | 'mysql'
  /** Name of the host, or the folder of a Unix socket. */
  readonly host: string
  readonly port: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /** `prefer`: encrypted where the server can. `require`: encrypted, whoever answers. `verify`: only with a certificate that is trusted. */
  readonly tls: 'off' | 'prefer' | 'require' | 'verify'
  /** File with the certificates to trust; those of the system when absent. */
  readonly authority?: string
}

export type Row = Readonly<Record<string, unknown>>

/** All that reading statistics asks of a connection; anything that runs one statement of SQL can stand in for it. */
export interface Connection {
  query(sql: string): Promise<readonly Row[]>
  close(): Promise<void>
}

export interface SampleOptions {
  /** Schemas to read, the first of which is the default one; without any, all but the server's own. */
  readonly schemas: readonly string[]
  /** Seconds between two looks at the counters; absent: counters since their start where the server tells it, else ten seconds. */
  readonly sample?: number
  readonly wait: (seconds: number) => Promise<void>
}

/** What the catalog says: facts of the server, and its tables by the name that migrations use. */
export interface Statistics {
  readonly server: ServerConfig
  readonly tables: Readonly<Record<string, TableStatistics>>
  /** How reads and writes per second came about, in words; why they are missing where they are. */
  readonly rates: string
}

/** One table as one look at the catalog shows it. Counters count from some start on and only grow. */
export interface TableSample {
  readonly schema: string
  readonly name: string
  readonly rows?: number
  readonly bytes?: number
  readonly reads?: number
  readonly writes?: number
  /** The partitioned table it is a part of, as `schema.name`. */
  readonly parent?: string
}

/** One look at the catalog. */
export interface Look {
  readonly tables: readonly TableSample[]
  /** Seconds over which the counters have counted; absent when the server does not tell. */
  readonly countedSeconds?: number
}
