import type { Engine } from '../../config/types.ts'
import type { Span } from '../../text/lines.ts'

/** A column type as declared: canonical lower-case name (`varchar`, `integer`, `timestamptz`), its arguments, and the text. */
export interface ColumnType {
  readonly name: string
  readonly arguments: readonly number[]
  readonly array?: boolean
  /** As written, for messages. */
  readonly text: string
}

/** An SQL expression, as far as its danger goes: its text and the functions it calls (lower case, without schema). */
export interface Expression {
  readonly text: string
  readonly functions: readonly string[]
}

export interface Reference {
  readonly table: string
  readonly columns: readonly string[]
  /** ON DELETE CASCADE, where the front end tells. */
  readonly cascades?: boolean
  /** What happens to the row as SQL, `ON DELETE CASCADE`, where the front end tells all of it; empty for nothing. */
  readonly actions?: string
}

export interface ColumnSpec {
  readonly name: string
  readonly type: ColumnType
  readonly notNull: boolean
  readonly default?: Expression
  readonly generated?: 'stored' | 'virtual'
  /** What a generated column is computed from, where the front end tells. */
  readonly expression?: string
  /** `GENERATED … AS IDENTITY`, `serial`, `AUTO_INCREMENT`: every existing row gets a number. */
  readonly numbered: boolean
  readonly primaryKey: boolean
  readonly unique: boolean
  /** An inline CHECK. */
  readonly check: boolean
  readonly references?: Reference
  /** MySQL: placed FIRST or AFTER another column. */
  readonly placed?: boolean
  /** Where the column stands, when it has a line of its own inside its statement (`t.integer :user_id`). */
  readonly span?: Span
}

/**
 * One schema change in engine-independent form, whatever language it was written in.
 * Table names carry their schema unless it is the default one, and are folded as the engine folds them; no quotes.
 */
export type Operation =
  | {
      readonly op: 'create-table'
      readonly table: string
      readonly columns: readonly ColumnSpec[]
      readonly references: readonly Reference[]
      readonly partitionOf?: string
      /** Has partitions of its own. */
      readonly partitioned?: boolean
      readonly temporary?: boolean
      readonly unlogged?: boolean
      /** The first partition takes rows that no other does. */
      readonly defaultPartition?: boolean
      /** Columns with `CHECK (column IS NOT NULL)`. */
      readonly notNullChecks?: readonly string[]
      /** Has any other CHECK. */
      readonly checked?: boolean
      /** Keys and constraints that the statement declares beside the columns; for what is known of the table later. */
      readonly declares?: readonly Operation[]
      /** MySQL: default character set of the table. */
      readonly charset?: string
      /** MySQL: ROW_FORMAT=COMPRESSED. */
      readonly compressed?: boolean
    }
  | { readonly op: 'drop-table'; readonly table: string; readonly cascade: boolean }
  | { readonly op: 'rename-table'; readonly table: string; readonly to: string }
  | { readonly op: 'add-column'; readonly table: string; readonly column: ColumnSpec }
  | { readonly op: 'drop-column'; readonly table: string; readonly column: string }
  | { readonly op: 'rename-column'; readonly table: string; readonly column: string; readonly to: string }
  /** `from` when the statement or the schema at base tells the old type. MySQL's MODIFY restates the column in `spec`. */
  | {
      readonly op: 'change-type'
      readonly table: string
      readonly column: string
      readonly to: ColumnType
      readonly from?: ColumnType
      readonly using?: Expression
      readonly spec?: ColumnSpec
      /** The statement takes away what it does not say of the column; of these it says something. */
      readonly restates?: readonly ('null' | 'default')[]
    }
  | { readonly op: 'set-not-null'; readonly table: string; readonly column: string }
  | { readonly op: 'drop-not-null'; readonly table: string; readonly column: string }
  | { readonly op: 'set-default'; readonly table: string; readonly column: string; readonly default: Expression }
  | { readonly op: 'drop-default'; readonly table: string; readonly column: string }
  | {
      readonly op: 'create-index'
      readonly table: string
      readonly index?: string
      readonly columns: readonly string[]
      readonly unique: boolean
      readonly concurrently: boolean
      readonly only?: boolean
      readonly partial?: boolean
      readonly ifNotExists?: boolean
      readonly special?: 'fulltext' | 'spatial'
    }
  | {
      readonly op: 'drop-index'
      readonly table?: string
      readonly index: string
      readonly columns?: readonly string[]
      readonly concurrently: boolean
    }
  | { readonly op: 'rename-index'; readonly table?: string; readonly index: string; readonly to: string }
  | {
      readonly op: 'reindex'
      readonly target: 'table' | 'index' | 'schema' | 'database'
      readonly name: string
      readonly concurrently: boolean
    }
  | {
      readonly op: 'add-foreign-key'
      readonly table: string
      readonly name?: string
      readonly columns: readonly string[]
      readonly references: Reference
      readonly validated: boolean
    }
  /** `notNullColumn` when the check says just `column IS NOT NULL`. */
  | {
      readonly op: 'add-check'
      readonly table: string
      readonly name?: string
      readonly expression: string
      readonly validated: boolean
      readonly notNullColumn?: string
    }
  | {
      readonly op: 'add-unique'
      readonly table: string
      readonly name?: string
      readonly columns: readonly string[]
      readonly usingIndex?: string
    }
  | {
      readonly op: 'add-primary-key'
      readonly table: string
      readonly columns: readonly string[]
      readonly usingIndex?: string
    }
  | { readonly op: 'add-exclusion'; readonly table: string; readonly name?: string }
  | { readonly op: 'validate-constraint'; readonly table: string; readonly constraint: string }
  | {
      readonly op: 'drop-constraint'
      readonly table: string
      readonly constraint: string
      readonly type?: 'foreign-key' | 'primary-key' | 'unique' | 'check'
    }
  /** `filtered`: its WHERE names particular values (`IS NULL` and joins do not count). `batched`: limited to a slice and repeated. */
  /** `looped`: in a loop over rows or batches, which bounds it only where each round commits by itself. */
  /** `skips`: the column that the loop around filters on while it pages by offset, and that this changes; `*` where rows go. */
  | {
      readonly op: 'update-rows'
      readonly table: string
      readonly filtered: boolean
      readonly batched: boolean
      readonly looped?: boolean
      readonly skips?: string
    }
  | {
      readonly op: 'delete-rows'
      readonly table: string
      readonly filtered: boolean
      readonly batched: boolean
      readonly looped?: boolean
      readonly skips?: string
    }
  /** `upserts`: every row of the source, with ON CONFLICT, so the application may write the same rows. `looped`: one by one. */
  | {
      readonly op: 'insert-select'
      readonly table: string
      readonly from: readonly string[]
      readonly upserts?: boolean
      readonly looped?: boolean
    }
  | { readonly op: 'truncate'; readonly table: string; readonly cascade: boolean }
  /** VACUUM FULL, CLUSTER, SET (UN)LOGGED, SET TABLESPACE; MySQL: OPTIMIZE, ENGINE=, ROW_FORMAT=, CONVERT TO CHARACTER SET. */
  | { readonly op: 'rebuild-table'; readonly table: string; readonly how: string }
  | { readonly op: 'refresh-view'; readonly view: string; readonly concurrently: boolean }
  | { readonly op: 'lock-table'; readonly table: string; readonly mode: string }
  | { readonly op: 'attach-partition'; readonly table: string; readonly partition: string }
  | {
      readonly op: 'detach-partition'
      readonly table: string
      readonly partition: string
      readonly concurrently: boolean
    }
  | { readonly op: 'create-trigger'; readonly table: string; readonly trigger: string }
  | { readonly op: 'drop-trigger'; readonly table: string; readonly trigger: string }
  | { readonly op: 'add-enum-value'; readonly type: string; readonly value: string }
  | { readonly op: 'drop-schema'; readonly name: string; readonly cascade: boolean }
  | { readonly op: 'drop-database'; readonly name: string }
  /** Turns something of a table on or off that others rely on: its triggers, its row security, what replication identifies rows by. */
  | { readonly op: 'switch'; readonly table: string; readonly what: SwitchName; readonly lock: LockMode }
  | { readonly op: 'rename-schema'; readonly name: string; readonly to: string }
  | { readonly op: 'rename-enum-value'; readonly type: string; readonly value: string; readonly to: string }
  | { readonly op: 'drop-type'; readonly name: string; readonly cascade: boolean }
  /** SQLite: a table gives way to a copy with another shape, and DROP TABLE deletes its rows first. */
  | {
      readonly op: 'recreate-table'
      readonly table: string
      /** The copy that takes the name. */
      readonly by: string
      /** PRAGMA foreign_keys = OFF comes first, outside of a transaction. */
      readonly keysOff: boolean
      /** The connection is known to enforce foreign keys. */
      readonly keysOn: boolean
    }
  /** Changes only the catalog, under a lock the engine's front end knows: owner, storage, row security, statistics, comments. */
  | { readonly op: 'metadata'; readonly table: string; readonly what: string; readonly lock: LockMode }
  /** `constrained`: has a CHECK or NOT NULL, so that adding a column of this type reads or rewrites every row. */
  | {
      readonly op: 'create-domain'
      readonly name: string
      readonly constrained: boolean
      /** The type under the domain. */
      readonly base?: ColumnType
    }
  /** A CHECK or NOT NULL for a domain: with `validated`, all columns of the domain are read. */
  | { readonly op: 'constrain-domain'; readonly name: string; readonly validated: boolean }
  /** A view, routine or sequence; `columns` of a view where its query names them all. */
  | {
      readonly op: 'create-object'
      readonly object: ObjectKind
      readonly name: string
      readonly columns?: readonly string[]
      /** Of a view: the tables and the columns that its query names. */
      readonly reads?: Reads
    }
  | { readonly op: 'drop-object'; readonly object: ObjectKind; readonly name: string }
  | { readonly op: 'rename-object'; readonly object: ObjectKind; readonly name: string; readonly to: string }
  /** Read and understood, without any effect that concerns us: COMMENT, GRANT, CREATE FUNCTION, INSERT … VALUES, SELECT. */
  | {
      readonly op: 'harmless'
      readonly what: string
      /** Table that gets rows, where that is known. */
      readonly inserts?: string
      /** MySQL: an option of the table, beside which no other clause of the statement is instant. */
      readonly option?: boolean
    }

/** What the query of a view names; columns without the table that they are of. */
export interface Reads {
  readonly tables: readonly string[]
  readonly columns: readonly string[]
}

/** What queries name beside tables. A materialized view is a `view`. */
export type ObjectKind = 'view' | 'function' | 'procedure' | 'sequence'

/** `triggers off` concerns all of them, `trigger off` one. */
export type SwitchName =
  | 'triggers off'
  | 'trigger off'
  | 'triggers on'
  | 'row security on'
  | 'replica identity nothing'
  | 'autovacuum off'
  | 'autovacuum on'

export type OperationName = Operation['op']

/** The beginning or end of a transaction, or of a part of it. */
export type TransactionStep =
  /** `runner`: not the file opens the transaction, but what runs it. `looped`: each round of a loop opens one of its own. */
  | { readonly kind: 'begin'; readonly runner?: boolean; readonly looped?: boolean }
  | { readonly kind: 'commit' | 'rollback' }
  | { readonly kind: 'savepoint'; readonly name: string }
  | { readonly kind: 'rollback-to'; readonly name: string }
  | { readonly kind: 'release'; readonly name: string }

/** One statement (or call of a migration DSL) in the order in which it runs. */
export type Step = {
  readonly span: Span
  /** The statement on one line, cut at 200 characters, for messages. */
  readonly text: string
} & (
  | {
      readonly kind: 'change'
      /** Several for an ALTER TABLE with several clauses. */
      readonly operations: readonly Operation[]
      /** Place of each operation, where a statement of several says it over several lines. */
      readonly spans?: readonly Span[]
      /** MySQL: what the statement itself asks for. */
      readonly algorithm?: 'instant' | 'inplace' | 'nocopy' | 'copy'
      readonly lock?: 'none' | 'shared' | 'exclusive'
      /** MariaDB: the statement itself limits how long it waits for its lock. */
      readonly bounded?: boolean
      /** The author has declared the step safe to the framework's own checker (`safety_assured`). */
      readonly assured?: boolean
      /** Runs in its own transaction whatever surrounds it (Alembic `autocommit_block`). */
      readonly autocommit?: boolean
      /** A comparison with NULL by `=` or `<>` that stands in one of its conditions. */
      readonly comparesWithNull?: string
    }
  | TransactionStep
  /** What follows is committed and recorded by itself: the next change set of a changelog. */
  | { readonly kind: 'boundary' }
  /** SET, SET LOCAL, `set_config`: lock_timeout, statement_timeout, foreign_key_checks … Names in lower case. */
  | { readonly kind: 'set'; readonly name: string; readonly value: string; readonly local: boolean }
  /** `wrong`: what the server's own parser says against a statement of its own language, and where it stopped. */
  | {
      readonly kind: 'unreadable'
      readonly reason: string
      readonly wrong?: { readonly says: string; readonly at: Span }
    }
)

/** What a migration file does, in order. */
export interface Program {
  /** Which front end read it: `sql`, `rails`, `flyway`, `goose` … */
  readonly framework: string
  /** The engine, where the file itself tells; else the configuration or the repository decides. */
  readonly engine?: Engine
  /**
   * `wrapped`: the runner puts all steps into one transaction. `each`: every statement commits by itself.
   * `likely`: the runner is not known for certain, most of them wrap.
   */
  readonly transaction: 'wrapped' | 'each' | 'likely'
  readonly up: readonly Step[]
  /** Way back; absent when there is none. Read for reversibility only. */
  readonly down?: readonly Step[]
}

/** Postgres names its lock modes; MySQL and MariaDB take a metadata lock and allow reads, writes, both or neither meanwhile. */
export type LockMode =
  | 'ACCESS SHARE'
  | 'ROW SHARE'
  | 'ROW EXCLUSIVE'
  | 'SHARE UPDATE EXCLUSIVE'
  | 'SHARE'
  | 'SHARE ROW EXCLUSIVE'
  | 'EXCLUSIVE'
  | 'ACCESS EXCLUSIVE'

export interface TableLock {
  readonly table: string
  readonly mode: LockMode
}

/** What an operation does to one engine at one version. */
export interface Effect {
  /** Locks by table: also on the other table of a foreign key, or the default partition. */
  readonly locks: readonly TableLock[]
  readonly blocksReads: boolean
  readonly blocksWrites: boolean
  /** The table (and its indexes) is written anew. */
  readonly rewrites: boolean
  /** Every row is read while the lock is held. */
  readonly scans: boolean
  /** How long the lock lasts: not at all, one pass over the rows, an index build, a copy, or as long as the rows written take. */
  readonly work: 'none' | 'scan' | 'build' | 'rewrite' | 'rows'
  /** MySQL and MariaDB: the best algorithm the server accepts. */
  readonly algorithm?: 'instant' | 'nocopy' | 'inplace' | 'copy'
  readonly losesData: boolean
  /** Code that runs while the change is deployed may stop working. */
  readonly breaksRunningCode: boolean
  /** Why the server would refuse the statement, where it would. */
  readonly refused?: string
  /** A reservation a reader must know: which assumption the effect rests on. */
  readonly assumes?: string
}
