/** What a statement does, as predicted from its text or as read off a server. */
export interface Observation {
  /** Strongest lock per table that stops somebody's writes or schema changes, as `t: ACCESS EXCLUSIVE`, sorted. */
  readonly locks: readonly string[]
  /** A table is written anew. */
  readonly rewrites: boolean
  /** Rows are read one by one. */
  readonly scans: boolean
}

/** What a server said when it refused a statement. */
export interface Refusal {
  readonly refused: string
}

/** One statement on one server. */
export interface Outcome {
  readonly operation: string
  /** Empty when prediction and server agree. */
  readonly difference: string
  /** Why the difference is known and all right. */
  readonly reason?: string
}

/** All statements on one server. */
export interface Replay {
  readonly engine: string
  readonly version: string
  readonly outcomes: readonly Outcome[]
  /** What could not be run there, with the reason. */
  readonly notRun?: string
}

/** An operation that is run on every Postgres server. */
export interface PostgresOperation {
  readonly name: string
  readonly sql: string
  /** First major version that knows the syntax. */
  readonly since?: number
  /** Refuses to run inside a transaction: watched from a second connection while a writer of these tables makes it wait. */
  readonly waitsFor?: readonly string[]
  /** The lock of that writer, where ROW EXCLUSIVE would not make it wait. */
  readonly behind?: string
}
