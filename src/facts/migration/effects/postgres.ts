import type { ColumnSpec, ColumnType, Effect, LockMode, Operation, TableLock } from '../operation.ts'
import { type Schema, tableOfIndex } from '../schema.ts'
import { isVolatile, likelyRewrites, plainUsing, rebuildsIndexes, typeRewrites } from './postgres-types.ts'

export interface PostgresSetting {
  /** Major version, such as 15. */
  readonly version: number
  readonly schema: Schema
  /** The session's time zone is UTC. */
  readonly utc?: boolean
}

/** Lock modes from weak to strong. */
export const lockOrder: readonly LockMode[] = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
]

export function blocksReads(mode: LockMode): boolean {
  return mode === 'ACCESS EXCLUSIVE'
}

export function blocksWrites(mode: LockMode): boolean {
  return lockOrder.indexOf(mode) >= lockOrder.indexOf('SHARE')
}

type Extra = Partial<Omit<Effect, 'locks'>>

/** An effect from its locks; whom it blocks follows from the strongest of them. */
function effect(locks: readonly TableLock[], extra: Extra = {}): Effect {
  return {
    locks: locks.filter(({ table }) => table !== ''),
    blocksReads: locks.some(({ mode }) => blocksReads(mode)),
    blocksWrites: locks.some(({ mode }) => blocksWrites(mode)),
    rewrites: false,
    scans: false,
    work: 'none',
    losesData: false,
    breaksRunningCode: false,
    ...extra,
  }
}

const full = 'ACCESS EXCLUSIVE'
const scan = { scans: true, work: 'scan' } as const
const build = { scans: true, work: 'build' } as const
const rewrite = { rewrites: true, scans: true, work: 'rewrite' } as const

/** What an operation does to PostgreSQL. Source: measured on 15 and 18 (test/measured/postgres.jsonl), the manual for older versions. */
export function postgresEffect(operation: Operation, setting: PostgresSetting): Effect {
  switch (operation.op) {
    case 'create-table':
      return createTable(operation, setting)
    case 'add-column':
      return addColumn(operation.table, operation.column, setting)
    case 'change-type':
      return changeType(operation, setting)
    case 'create-index':
      if (operation.concurrently)
        return effect(
          [{ table: operation.table, mode: 'SHARE UPDATE EXCLUSIVE' }],
          isPartitioned(operation.table, setting)
            ? {
                ...build,
                refused: `${operation.table} has partitions, whose indexes are built concurrently one by one`,
              }
            : build,
        )
      return effect(
        [operation.table, ...(operation.only ? [] : partitionsOf(operation.table, setting))].map(table => ({
          table,
          mode: 'SHARE',
        })),
        operation.only ? {} : build,
      )
    case 'drop-index':
      return effect([
        {
          table: operation.table ?? tableOfIndex(setting.schema, operation.index) ?? '',
          mode: operation.concurrently ? 'SHARE UPDATE EXCLUSIVE' : full,
        },
      ])
    case 'reindex':
      return reindex(operation, setting)
    case 'set-not-null':
      return effect([{ table: operation.table, mode: full }], provenNotNull(operation, setting) ? {} : scan)
    case 'add-foreign-key': {
      const parent: TableLock = { table: operation.references.table, mode: 'SHARE ROW EXCLUSIVE' }
      return effect([{ table: operation.table, mode: 'SHARE ROW EXCLUSIVE' }, parent], operation.validated ? scan : {})
    }
    case 'add-check':
      return effect([{ table: operation.table, mode: full }], operation.validated ? scan : {})
    case 'add-unique':
      return effect([{ table: operation.table, mode: full }], operation.usingIndex === undefined ? build : {})
    case 'add-primary-key':
      if (operation.usingIndex === undefined) return effect([{ table: operation.table, mode: full }], build)
      return effect(
        [{ table: operation.table, mode: full }],
        indexedNullable(operation.table, operation.usingIndex, setting) ? scan : {},
      )
    case 'add-exclusion':
      return effect([{ table: operation.table, mode: full }], build)
    case 'validate-constraint': {
      const parent = parentOf(operation.table, operation.constraint, setting)
      return effect(
        [
          { table: operation.table, mode: 'SHARE UPDATE EXCLUSIVE' },
          ...parent.map(table => ({ table, mode: 'ROW SHARE' as const })),
        ],
        scan,
      )
    }
    case 'drop-constraint':
      return effect(
        [operation.table, ...parentOf(operation.table, operation.constraint, setting)].map(table => ({
          table,
          mode: full,
        })),
      )
    case 'drop-table': {
      const parents = (setting.schema.tables.get(operation.table)?.foreignKeys ?? []).map(key => key.references.table)
      return effect(
        [operation.table, ...new Set(parents)].map(table => ({ table, mode: full })),
        { losesData: true, breaksRunningCode: true },
      )
    }
    default:
      return rest(operation, setting)
  }
}

function rest(operation: Operation, setting: PostgresSetting): Effect {
  switch (operation.op) {
    case 'drop-column':
      return effect([{ table: operation.table, mode: full }], { losesData: true, breaksRunningCode: true })
    case 'rename-table':
    case 'rename-column':
      return effect([{ table: operation.table, mode: full }], { breaksRunningCode: true })
    case 'drop-not-null':
    case 'set-default':
    case 'drop-default':
    case 'drop-trigger':
      return effect([{ table: operation.table, mode: full }])
    case 'create-trigger':
      return effect([{ table: operation.table, mode: 'SHARE ROW EXCLUSIVE' }])
    case 'update-rows':
    case 'delete-rows':
      return effect([{ table: operation.table, mode: 'ROW EXCLUSIVE' }], {
        scans: !operation.filtered,
        work: 'rows',
        losesData: operation.op === 'delete-rows',
      })
    case 'insert-select':
      return effect([{ table: operation.table, mode: 'ROW EXCLUSIVE' }], { work: 'rows' })
    case 'truncate':
      return effect([{ table: operation.table, mode: full }], { losesData: true })
    case 'rebuild-table': {
      // SET LOGGED on a table that is logged already does nothing.
      const idle =
        (operation.how === 'SET LOGGED' && setting.schema.tables.get(operation.table)?.unlogged === false) ||
        // What nearly every table has already.
        /^SET ACCESS METHOD (heap|DEFAULT)$/i.test(operation.how)
      return effect([{ table: operation.table, mode: full }], idle ? {} : rewrite)
    }
    case 'refresh-view':
      return effect(
        [{ table: operation.view, mode: operation.concurrently ? 'EXCLUSIVE' : full }],
        operation.concurrently ? { scans: true, work: 'rows' } : rewrite,
      )
    case 'lock-table':
      return effect([
        { table: operation.table, mode: lockOrder.find(mode => mode === operation.mode.toUpperCase()) ?? full },
      ])
    case 'attach-partition':
      return attachPartition(operation, setting)
    case 'constrain-domain': {
      const users = operation.validated ? tablesWith(operation.name, setting) : []
      return effect(
        users.map(table => ({ table, mode: 'SHARE' })),
        users.length > 0 ? scan : {},
      )
    }
    case 'detach-partition': {
      const mode = operation.concurrently ? 'SHARE UPDATE EXCLUSIVE' : full
      return effect([
        { table: operation.table, mode },
        // The partition itself stays open for readers and writers up to version 13.
        { table: operation.partition, mode: setting.version < 14 ? 'SHARE UPDATE EXCLUSIVE' : full },
      ])
    }
    case 'metadata':
    case 'switch':
      return effect([{ table: operation.table, mode: operation.lock }])
    case 'drop-type':
      return effect([], operation.cascade ? { losesData: true, breaksRunningCode: true } : {})
    case 'rename-schema':
    case 'rename-enum-value':
    case 'drop-object':
    case 'rename-object':
      return effect([], { breaksRunningCode: true })
    case 'drop-schema':
    case 'drop-database':
      return effect([], { losesData: true, breaksRunningCode: true })
    default:
      return effect([])
  }
}

/** A CHECK on the new partition that implies its bounds spares the scan; here any validated one is taken to be it. */
function attachPartition(
  { table, partition }: Extract<Operation, { op: 'attach-partition' }>,
  setting: PostgresSetting,
): Effect {
  const others = defaultPartition(table, setting)
  const checks = setting.schema.tables.get(partition)?.checks ?? []
  const proven = others.length === 0 && checks.some(check => check.validated && check.notNullColumn === undefined)
  return effect(
    [
      // Until version 11 the parent was closed to everybody.
      { table, mode: setting.version < 12 ? full : 'SHARE UPDATE EXCLUSIVE' },
      ...[partition, ...others].map(other => ({ table: other, mode: full }) as const),
    ],
    proven ? { assumes: 'the CHECK on the partition implies its bounds' } : scan,
  )
}

/** Tables with a column of a domain. */
function tablesWith(domain: string, { schema }: PostgresSetting): readonly string[] {
  return [...schema.tables].flatMap(([name, { columns }]) =>
    [...columns.values()].some(({ type }) => type.name === domain) ? [name] : [],
  )
}

function createTable(operation: Extract<Operation, { op: 'create-table' }>, setting: PostgresSetting): Effect {
  const parents: TableLock[] = [...new Set(operation.references.map(({ table }) => table))]
    .filter(table => table !== operation.table)
    .map(table => ({ table, mode: 'SHARE ROW EXCLUSIVE' }))
  if (operation.partitionOf === undefined) return effect(parents)
  const others = defaultPartition(operation.partitionOf, setting)
  return effect(
    [...[operation.partitionOf, ...others].map(table => ({ table, mode: full }) as const), ...parents],
    others.length > 0 ? scan : {},
  )
}

function addColumn(table: string, column: ColumnSpec, setting: PostgresSetting): Effect {
  const parent: TableLock[] =
    column.references === undefined ? [] : [{ table: column.references.table, mode: 'SHARE ROW EXCLUSIVE' }]
  const locks: TableLock[] = [{ table, mode: full }, ...parent]
  const hasValue = column.default !== undefined && !/^null\b/i.test(column.default.text)
  const everyRow =
    column.numbered ||
    column.generated === 'stored' ||
    setting.schema.constrainedDomains.has(column.type.name) ||
    (hasValue && column.default !== undefined && (setting.version < 11 || isVolatile(column.default)))
  const refused =
    column.notNull && !column.primaryKey && !hasValue && !column.numbered && column.generated === undefined
      ? { refused: `rows that exist would have NULL in ${column.name}` }
      : {}
  if (everyRow) return effect(locks, { ...rewrite, ...refused })
  if (column.unique || column.primaryKey) return effect(locks, { ...build, ...refused })
  return effect(locks, { ...(column.check || (column.references !== undefined && hasValue) ? scan : {}), ...refused })
}

function changeType(operation: Extract<Operation, { op: 'change-type' }>, setting: PostgresSetting): Effect {
  const { table, column, to, using } = operation
  const locks: TableLock[] = [{ table, mode: full }]
  const known = setting.schema.tables.get(table)?.columns.get(column)
  const from = operation.from ?? known?.type
  if ((using !== undefined && !plainUsing(using, column)) || setting.schema.constrainedDomains.has(to.name))
    return effect(locks, rewrite)
  if (from !== undefined) {
    const [before, after] = [underDomain(from, setting), underDomain(to, setting)]
    if (typeRewrites(before, after, setting.utc === true && setting.version >= 12)) return effect(locks, rewrite)
    return effect(locks, rebuildsIndexes(before, after) && isIndexed(table, column, setting) ? build : {})
  }
  return effect(locks, {
    ...(likelyRewrites(to) ? rewrite : {}),
    assumes: 'the type that the column has now is not known',
  })
}

/** The type itself, or the one under a domain. */
function underDomain(type: ColumnType, { schema }: PostgresSetting): ColumnType {
  return schema.domains.get(type.name) ?? type
}

function isIndexed(table: string, column: string, { schema }: PostgresSetting): boolean {
  const known = schema.tables.get(table)
  return (
    known?.columns.get(column)?.primaryKey === true ||
    (known?.indexes ?? []).some(({ columns }) => columns.includes(column))
  )
}

function reindex(operation: Extract<Operation, { op: 'reindex' }>, setting: PostgresSetting): Effect {
  const table =
    operation.target === 'index'
      ? (tableOfIndex(setting.schema, operation.name) ?? '')
      : operation.target === 'table'
        ? operation.name
        : ''
  if (operation.concurrently) return effect([{ table, mode: 'SHARE UPDATE EXCLUSIVE' }], build)
  // The index itself is locked against everybody, and planning any query on the table opens all of its indexes.
  return effect([{ table, mode: 'SHARE' }], { ...build, blocksReads: true, blocksWrites: true })
}

/** A valid `CHECK (column IS NOT NULL)` spares the scan since version 12. */
function provenNotNull(
  operation: Extract<Operation, { op: 'set-not-null' }>,
  { schema, version }: PostgresSetting,
): boolean {
  const table = schema.tables.get(operation.table)
  if (table?.columns.get(operation.column)?.notNull === true) return true
  return (
    version >= 12 && (table?.checks ?? []).some(check => check.validated && check.notNullColumn === operation.column)
  )
}

function indexedNullable(table: string, index: string, { schema }: PostgresSetting): boolean {
  const known = schema.tables.get(table)
  const columns = known?.indexes.find(({ name }) => name === index)?.columns ?? []
  return columns.some(column => known?.columns.get(column)?.notNull === false)
}

/** The other table of a foreign key, where the constraint is one. */
function parentOf(table: string, constraint: string, { schema }: PostgresSetting): readonly string[] {
  const key = schema.tables.get(table)?.foreignKeys.find(({ name }) => name === constraint)
  return key === undefined ? [] : [key.references.table]
}

function isPartitioned(table: string, { schema }: PostgresSetting): boolean {
  const known = schema.tables.get(table)
  return known?.partitioned === true || (known?.partitions.length ?? 0) > 0
}

function partitionsOf(table: string, { schema }: PostgresSetting): readonly string[] {
  return (schema.tables.get(table)?.partitions ?? []).map(({ name }) => name)
}

function defaultPartition(table: string, { schema }: PostgresSetting): readonly string[] {
  return (schema.tables.get(table)?.partitions ?? []).flatMap(({ name, isDefault }) => (isDefault ? [name] : []))
}
