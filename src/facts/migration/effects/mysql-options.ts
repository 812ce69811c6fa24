import type { ColumnSpec, Operation } from '../operation.ts'

/** What is known around an operation. Everything but the engine may be unknown. */
export interface MysqlOptions {
  readonly engine: 'mysql' | 'mariadb'
  /** As the user wrote it: `8.0`, `5.7.44`, `10.11.6-MariaDB`. */
  readonly version: string | undefined
  /** ALGORITHM= and LOCK= of the statement. */
  readonly algorithm?: 'instant' | 'inplace' | 'nocopy' | 'copy'
  readonly lock?: 'none' | 'shared' | 'exclusive'
  /** All operations of the same ALTER TABLE. */
  readonly siblings?: readonly Operation[]
  /** False after SET foreign_key_checks = 0. */
  readonly foreignKeyChecks?: boolean
  /** The column before the change, from the schema at base. */
  readonly column?: ColumnSpec
  readonly table?: {
    /** Default character set of the table. */
    readonly charset?: string
    readonly hasVirtualColumn?: boolean
    readonly hasFulltextIndex?: boolean
    /** ROW_FORMAT=COMPRESSED. */
    readonly compressed?: boolean
    /** Has a foreign key with ON DELETE CASCADE. */
    readonly cascades?: boolean
    /** Its columns, and the columns of each of its indexes; absent where nothing of them is known. */
    readonly columns?: ReadonlyMap<string, ColumnSpec>
    readonly indexes?: readonly (readonly string[])[]
  }
}
