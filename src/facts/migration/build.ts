import type { Artifact } from '../../artifact/types.ts'
import type { Engine, TableStatistics } from '../../config/types.ts'
import { durationInWords, durationOf } from './duration.ts'
import { isVolatile } from './effects/postgres-types.ts'
import { estimateOf, queuedWrites, sizeOf } from './estimate.ts'
import type { MigrationFact } from './fact.ts'
import type { ColumnSpec, Effect, Operation, Program } from './operation.ts'
import type { Walked } from './transaction.ts'

/** What a fact is made of besides the step itself. */
export interface Setting {
  readonly artifact: Artifact
  readonly program: Program
  readonly engine: Engine
  readonly version: string
  readonly isNew: (table: string) => boolean
  readonly statisticsOf: (table: string) => TableStatistics | undefined
}

type Word = MigrationFact['operation']

/** The fact of one operation, or none for what concerns nobody. */
export function factOf(
  walked: Walked,
  setting: Setting,
  lastLock: boolean,
  /** Asked only where there is a fact. */
  more: () => Partial<MigrationFact> = () => ({}),
): MigrationFact | undefined {
  const { step, operation, effect, around, index } = walked
  const { op } = operation
  // A change of settings concerns nobody by itself, but it may be the lock too many of its transaction.
  if (op === 'harmless' || op === 'create-domain' || op === 'create-object' || (op === 'metadata' && !lastLock))
    return undefined
  const column = 'column' in operation && typeof operation.column === 'object' ? operation.column : undefined
  return {
    ...blankFact(setting, op, step.text),
    span: step.spans?.[index] ?? column?.span ?? step.span,
    ...namesOf(operation),
    ...askedOf(operation, step.text),
    ...(column === undefined ? {} : columnParts(column)),
    ...(column === undefined ? {} : { passingDefault: isTakenBack(column, step.operations) }),
    assured: step.assured === true,
    ...effectParts(operation, effect, setting),
    inTransaction: around.inTransaction,
    explicitTransaction: around.explicitTransaction,
    certainTransaction: around.certainTransaction,
    ...(around.held === undefined
      ? {}
      : {
          heldLock: `${around.held.mode} on ${around.held.table}`,
          heldTable: around.held.table,
          heldBlocksReads: around.held.mode === 'ACCESS EXCLUSIVE',
          heldBy: around.held.by,
        }),
    addedInTransaction: around.addedInTransaction,
    lockedTables: around.lockedTables,
    hotLocked: lastLock ? around.lockedTables.filter(table => isHot(setting.statisticsOf(table))).length : 0,
    lastLock,
    lockTimeout: around.lockTimeout,
    checksOff: around.checksOff,
    ...more(),
  }
}

/** Where runners keep which migrations have run: a row for each of them. */
const bookkeeping =
  /^(migrations|schema_migrations|ar_internal_metadata|django_migrations|alembic_version|knex_migrations(_lock)?|SequelizeMeta|flyway_schema_history|databasechangelog(lock)?|_prisma_migrations|goose_db_version)$/i

/** So many queries a second that they pile up behind a lock within a moment. */
function isHot(statistics: TableStatistics | undefined): boolean {
  return (statistics?.readsPerSecond ?? 0) >= 100 || (statistics?.writesPerSecond ?? 0) >= 100
}

/** A fact in which nothing is said yet. */
export function blankFact(
  { artifact, program, engine, version }: Setting,
  operation: Word,
  statement: string,
): MigrationFact {
  return {
    kind: 'migration',
    path: artifact.path,
    side: 'head',
    span: { line: 1, column: 1, endLine: 1, endColumn: 1 },
    operation,
    table: '',
    column: '',
    columns: [],
    index: '',
    constraint: '',
    to: '',
    references: '',
    typeFrom: '',
    typeTo: '',
    how: '',
    statement,
    framework: program.framework,
    engine,
    version,
    concurrently: false,
    validated: true,
    filtered: false,
    picks: false,
    batched: false,
    upserts: '',
    skips: '',
    assured: false,
    usingIndex: '',
    notNull: false,
    hasDefault: false,
    passingDefault: false,
    default: '',
    cascade: false,
    sameValue: '',
    danglingDefault: '',
    lost: [],
    neverFilled: false,
    ifNotExists: false,
    lock: '',
    locks: [],
    otherTable: '',
    otherLock: '',
    blocksReads: false,
    blocksWrites: false,
    rewrites: false,
    scans: false,
    work: 'none',
    algorithm: '',
    losesData: false,
    noWayBack: false,
    leftBehind: [],
    wayBack: '',
    wayBackEmpty: false,
    breaksRunningCode: false,
    refused: '',
    assumes: '',
    volatileDefault: false,
    newTable: false,
    size: 'unknown',
    duration: '',
    estimate: '',
    writers: [],
    inTransaction: false,
    explicitTransaction: false,
    certainTransaction: false,
    heldLock: '',
    heldTable: '',
    heldBlocksReads: false,
    heldBy: '',
    stopsRetry: false,
    addedInTransaction: false,
    lockedTables: [],
    hotLocked: 0,
    lastLock: false,
    lockTimeout: false,
    lockTimeoutLate: false,
    lockTimeoutUsual: false,
    firstLock: false,
    checksOff: false,
    covered: false,
    uniqueGone: false,
    leaders: [],
    queriedAt: [],
    triggers: [],
    swap: false,
    undone: false,
    indexed: true,
    usedInTransaction: '',
    cascadeBegins: false,
    viewsOver: [],
    cascadesTo: [],
    keysOn: false,
    replacement: [],
    usedAt: [],
    usageCertain: false,
    ignoredNow: false,
    copiedTo: '',
    becomesRequired: false,
    filledBefore: false,
    alsoRequired: [],
    addedNow: false,
    noDefault: false,
    leftOutAt: [],
    leftOutBefore: [],
    afterRelease: false,
    bootPlace: '',
    probePlace: '',
    probeSeconds: 0,
    unused: false,
    usedBefore: [],
  }
}

type Names = Partial<
  Pick<
    MigrationFact,
    | 'table'
    | 'column'
    | 'columns'
    | 'index'
    | 'constraint'
    | 'to'
    | 'references'
    | 'typeFrom'
    | 'typeTo'
    | 'how'
    | 'default'
  >
>

function namesOf(operation: Operation): Names {
  const table = 'table' in operation ? (operation.table ?? '') : ''
  switch (operation.op) {
    case 'add-column':
      return {
        table,
        column: operation.column.name,
        references: operation.column.references?.table ?? '',
        typeTo: operation.column.type.text,
      }
    case 'change-type':
      return { table, column: operation.column, typeFrom: operation.from?.text ?? '', typeTo: operation.to.text }
    case 'set-default':
      return { table, column: operation.column, default: operation.default.text }
    case 'rename-column':
      return { table, column: operation.column, to: operation.to }
    case 'rename-table':
      return { table, to: operation.to }
    case 'rename-index':
      return { table, index: operation.index, to: operation.to }
    case 'create-index':
      return { table, index: operation.index ?? '', columns: operation.columns }
    case 'drop-index':
      return { table, index: operation.index, columns: operation.columns ?? [] }
    case 'add-foreign-key':
      return {
        table,
        constraint: operation.name ?? '',
        columns: operation.columns,
        references: operation.references.table,
      }
    case 'add-check':
      return { table, constraint: operation.name ?? '', column: operation.notNullColumn ?? '' }
    case 'add-unique':
      return { table, constraint: operation.name ?? '', columns: operation.columns }
    case 'add-primary-key':
      return { table, columns: operation.columns }
    case 'validate-constraint':
      return { table, constraint: operation.constraint }
    case 'drop-constraint':
      return { table, constraint: operation.constraint, how: operation.type ?? '' }
    default:
      return rarerNames(operation, table)
  }
}

function rarerNames(operation: Operation, table: string): Names {
  switch (operation.op) {
    case 'rebuild-table':
      return { table, how: operation.how }
    case 'lock-table':
      return { table, how: operation.mode }
    case 'refresh-view':
      return { table: operation.view }
    case 'reindex':
      return operation.target === 'index'
        ? { index: operation.name }
        : { table: operation.target === 'table' ? operation.name : '', how: operation.target }
    case 'insert-select':
      return { table, how: operation.from.join(', ') }
    case 'attach-partition':
    case 'detach-partition':
      return { table, to: operation.partition }
    case 'drop-schema':
    case 'drop-database':
      return { to: operation.name }
    case 'add-enum-value':
      return { to: operation.value, how: operation.type }
    case 'rename-enum-value':
      return { to: operation.to, how: `${operation.type} ${operation.value}` }
    case 'rename-schema':
      return { to: operation.to, how: operation.name }
    case 'drop-type':
    case 'constrain-domain':
      return { how: operation.name }
    case 'switch':
      return { table, how: operation.what }
    case 'drop-trigger':
      return { table, how: operation.trigger }
    case 'drop-object':
      return { table: operation.name, how: operation.object }
    case 'rename-object':
      return { table: operation.name, how: operation.object, to: operation.to }
    default:
      return {
        table,
        ...('column' in operation && typeof operation.column === 'string' ? { column: operation.column } : {}),
      }
  }
}

function askedOf(operation: Operation, text: string): Partial<MigrationFact> {
  return {
    ...('concurrently' in operation ? { concurrently: operation.concurrently } : {}),
    ...('validated' in operation ? { validated: operation.validated } : {}),
    ...('filtered' in operation ? { filtered: operation.filtered, batched: operation.batched } : {}),
    ...('filtered' in operation
      ? { picks: operation.filtered || (operation.looped !== true && conditional.test(outermost(text))) }
      : {}),
    ...(operation.op === 'insert-select' && operation.upserts === true
      ? { upserts: operation.looped === true ? 'loop' : 'statement' }
      : {}),
    ...('skips' in operation && operation.skips !== undefined ? { skips: operation.skips } : {}),
    ...('usingIndex' in operation && operation.usingIndex !== undefined ? { usingIndex: operation.usingIndex } : {}),
    ...('ifNotExists' in operation ? { ifNotExists: operation.ifNotExists === true } : {}),
    ...('cascade' in operation ? { cascade: operation.cascade } : {}),
  }
}

/** A statement of SQL without what it asks for in brackets. */
function outermost(text: string): string {
  if (!/^\W*(update|delete|with)\s/i.test(text)) return text
  let left = text
  for (let depth = 0; depth < 8 && /\([^()]*\)/.test(left); depth++) left = left.replace(/\([^()]*\)/g, ' ')
  return left
}

/** A condition of whatever kind: rows with NULL, or without a partner, are some. */
const conditional =
  /\b(where\w*\b(?!\s*\(?\s*["']?\s*(?:1\s*=\s*1|true\b))|using\s+[\w"`]|filter(_by)?\s*\(|exclude\s*\()/i

/** The same step adds the column with a default and drops that. */
function isTakenBack(column: ColumnSpec, operations: readonly Operation[]): boolean {
  return (
    column.default !== undefined && operations.some(item => item.op === 'drop-default' && item.column === column.name)
  )
}

function columnParts(column: ColumnSpec): Partial<MigrationFact> {
  return {
    notNull: column.notNull,
    hasDefault: column.default !== undefined || column.numbered || column.generated !== undefined,
    default: column.default?.text ?? '',
    volatileDefault: column.numbered || (column.default !== undefined && isVolatile(column.default)),
  }
}

function effectParts(
  operation: Operation,
  effect: Effect,
  { engine, isNew, statisticsOf }: Setting,
): Partial<MigrationFact> {
  // An index is dropped by its own name: the table is the one whose lock it takes.
  const named = namesOf(operation).table ?? ''
  const table = named === '' ? (effect.locks[0]?.table ?? '') : named
  const own = effect.locks.find(lock => lock.table === table)
  const other = effect.locks.find(lock => lock.table !== table && !isNew(lock.table) && lock.mode !== 'ROW SHARE')
  const lock = engine === 'postgres' ? (own?.mode ?? '') : own === undefined ? '' : 'metadata'
  const statistics = statisticsOf(table)
  const newTable = table !== '' && isNew(table)
  const lasts = newTable ? undefined : durationOf(operation, effect, engine, statistics)
  const queue = queuedWrites(effect, statistics, lasts)
  return {
    table,
    lock,
    locks: effect.locks.map(item =>
      engine === 'postgres' ? `${item.mode} on ${item.table}` : `metadata lock on ${item.table}`,
    ),
    ...(other === undefined ? {} : { otherTable: other.table, otherLock: other.mode }),
    blocksReads: effect.blocksReads,
    blocksWrites: effect.blocksWrites,
    rewrites: effect.rewrites,
    scans: effect.scans,
    work: effect.work,
    algorithm: effect.algorithm ?? '',
    losesData: effect.losesData,
    breaksRunningCode: effect.breaksRunningCode,
    refused: effect.refused ?? '',
    assumes: effect.assumes ?? '',
    newTable,
    size: bookkeeping.test(table) ? 'small' : sizeOf(statistics),
    ...(statistics?.rows === undefined ? {} : { rows: statistics.rows }),
    ...(statistics?.bytes === undefined ? {} : { tableBytes: statistics.bytes }),
    ...(statistics?.writesPerSecond === undefined ? {} : { writesPerSecond: statistics.writesPerSecond }),
    ...(statistics?.readsPerSecond === undefined ? {} : { readsPerSecond: statistics.readsPerSecond }),
    ...(lasts === undefined ? {} : { seconds: Math.ceil(lasts.most), duration: durationInWords(lasts) }),
    ...(queue === undefined ? {} : { queuedWrites: queue }),
    estimate: newTable ? '' : estimateOf(table, lock, effect, statistics, lasts),
  }
}
