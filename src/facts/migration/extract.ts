import { unreadFramework } from '../../artifact/code-migration.ts'
import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { NotAnalysed, Tree } from '../../change/types.ts'
import type { Config, Engine, TableStatistics } from '../../config/types.ts'
import { messageOf } from '../../text/errors.ts'
import type { Extraction, FactContext } from '../types.ts'
import { usagesOf } from '../usage/search.ts'
import { writersOf } from '../usage/writers.ts'
import { bootMigration } from './boot.ts'
import { bounded, codeTooLarge } from './budget.ts'
import { factOf, type Setting } from './build.ts'
import { checkerFacts } from './checker.ts'
import { copiedColumns, withCopy } from './copies.ts'
import { danglingDefault, withKeyRows } from './default-key.ts'
import { type CheckSteps, checkStepsOf, replayEarlierChecks } from './earlier.ts'
import { withEmptied } from './emptied.ts'
import { databaseOf, hasOwnFile } from './engine.ts'
import { withEnumUses } from './enum-uses.ts'
import type { MigrationFact } from './fact.ts'
import { isWayBack } from './frontends/sql-sections.ts'
import { historicalFacts } from './historical.ts'
import { withIndexUses } from './index-uses.ts'
import { withInserts } from './insert-uses.ts'
import { namesNeeded, schemaAround } from './known.ts'
import { type AddedBacks, markLeftBehind } from './left-behind.ts'
import { liveModels } from './live-model.ts'
import { markFirstLock, withLockTimeout } from './lock-timeout.ts'
import { lostAttributes } from './lost-attributes.ts'
import { mysqlKeys } from './mysql-keys.ts'
import { keyNames, narrowKeys, ownKeys } from './narrow.ts'
import { copiedNames, narrowCopies } from './narrow-copy.ts'
import { neverFilled, toldOnce } from './never-filled.ts'
import type { Operation, Program } from './operation.ts'
import { orderFacts } from './order.ts'
import { withoutOverloads } from './overloads.ts'
import { pendingChecks } from './pending-checks.ts'
import { effects, readProgram } from './read.ts'
import { isAfterRelease, removalsIn, withUsage } from './removals.ts'
import { stopOfRetry } from './retry.ts'
import { rowsNeeded } from './rows-needed.ts'
import { sameValueOf } from './same-value.ts'
import { copyOf, emptySchema, replay, type Schema, tableOfIndex } from './schema.ts'
import { sequencesBack } from './sequences.ts'
import { settingFacts } from './setting-facts.ts'
import { type Judged, settledIn, touchedOperations, touchedSteps } from './settled.ts'
import { withStatementTimeout } from './statement-timeout.ts'
import { operationsOf } from './steps.ts'
import { enumValuesUsed, fromSurroundings } from './surroundings.ts'
import { type Walked, walkProgram } from './transaction.ts'
import { withTriggerFills } from './triggers-gone.ts'
import { stepsWritten, unreadableIn } from './unreadable.ts'
import { columnsGone, withViewUses } from './views.ts'
import { markNoWayBack } from './way-back.ts'
import { nullComparisons, wrongStatements } from './wrong-statement.ts'

/** A changed migration after reading. */
interface Migration extends Judged {
  readonly engine: Engine
  readonly version: string
}

/** What all migrations of the change do together. */
interface WholeChange {
  readonly everyOperation: readonly Operation[]
  /** Of those that add, validate or drop checks. */
  readonly checks: readonly CheckSteps[]
  readonly backs: AddedBacks
}

/** Facts of all changed migrations. */
export async function extractMigrations(context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: MigrationFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const migrations: Migration[] = []
  const backs = new Map<string, Migration>()
  for (const artifact of artifacts) {
    const read = await readArtifact(artifact, context)
    if (read === undefined) continue
    if ('reason' in read) notAnalysed.push(read)
    else if (isBack(artifact)) {
      backs.set(artifact.path, read)
      // It is not judged, but nobody should believe that it was understood when it was not.
      const unread = unreadableIn(artifact, read.program.up)
      if (unread !== undefined) notAnalysed.push(unread)
    } else migrations.push(read)
  }
  const created = new Set(migrations.flatMap(migration => newTables(touchedOperations(migration))))
  const everyOperation = migrations.flatMap(touchedOperations)
  const checks = migrations
    .map(migration => checkStepsOf(migration.artifact.path, touchedOperations(migration)))
    .filter(({ operations }) => operations.length > 0)
  const usages = await usagesOf(removalsIn(migrations, created, everyOperation), context.change)
  const copied = copiedColumns(
    migrations.map(migration => ({
      text: migration.artifact.head?.text ?? '',
      operations: touchedOperations(migration),
    })),
  )
  for (const migration of migrations) {
    try {
      const { program } = migration
      const read = await factsOf(migration, created, { everyOperation, checks, backs }, context)
      const own = await withStatementTimeout(await withLockTimeout(read, program, context), program, context)
      for (const fact of own) facts.push(withCopy(withUsage(fact, usages), copied))
      const unread = unreadableIn(migration.artifact, stepsWritten(migration.artifact, migration.program))
      if (unread !== undefined) notAnalysed.push(unread)
    } catch (error) {
      notAnalysed.push({
        path: migration.artifact.path,
        reason: `the migration could not be followed: ${messageOf(error)}`,
      })
    }
  }
  const known = await withoutOverloads(await withViewUses(facts, context.change), context.change.trees.base)
  const indexed = await withIndexUses(await withWriters(known, context), context)
  const enums = await withEnumUses(indexed, context)
  const used = await withInserts(await withKeyRows(enums, context.change.trees.head), context)
  const filled = await withTriggerFills(used, everyOperation, context.change)
  const complete = await withProbes(filled, context)
  return { facts: await markFirstLock(complete, context.change.trees.base), notAnalysed }
}

/** Adds who writes to the tables that the change locks against writes for longer than a moment. */
async function withWriters(
  facts: readonly MigrationFact[],
  { change }: FactContext,
): Promise<readonly MigrationFact[]> {
  const waits = (fact: MigrationFact): boolean =>
    fact.blocksWrites && fact.work !== 'none' && fact.work !== 'rows' && !fact.newTable && fact.size !== 'small'
  const tables = new Map(facts.filter(waits).map(({ table, framework }) => [table, framework]))
  const writers = await writersOf(tables, change)
  return facts.map(fact => {
    const places = waits(fact) ? (writers.get(fact.table) ?? []) : []
    if (places.length === 0) return fact
    return { ...fact, writers: places, estimate: `${fact.estimate}; written to by ${places.join(', ')}` }
  })
}

/** Long work on large tables, with the probe that does not wait for it where the app migrates at its start. */
async function withProbes(facts: readonly MigrationFact[], { change }: FactContext): Promise<readonly MigrationFact[]> {
  const isLong = ({ work, size, newTable, batched }: MigrationFact): boolean =>
    work !== 'none' && size === 'large' && !newTable && !batched
  const boot = facts.some(isLong) ? await bootMigration(change.trees.head) : undefined
  if (boot === undefined) return facts
  const { place, probe, seconds } = boot
  return facts.map(fact =>
    isLong(fact) ? { ...fact, bootPlace: place, probePlace: probe, probeSeconds: seconds } : fact,
  )
}

/** A file that only takes another one back. */
const isBack = ({ language, path }: Artifact): boolean => language === 'sql' && isWayBack(path)

async function readArtifact(
  artifact: Artifact,
  { config, change }: FactContext,
): Promise<Migration | NotAnalysed | undefined> {
  const source = artifact.head
  if (source === undefined) return undefined
  const { path } = artifact
  if (artifact.kind === 'code-migration')
    return { path, reason: `migrations ${unreadFramework(artifact.language, source.text) ?? ''} are not read` }
  try {
    const database = await databaseOf(artifact, config, change.trees.head)
    if ('unsupported' in database) return { path, reason: `migrations of ${database.unsupported} are not judged` }
    const { engine, version } = database
    if (engine === 'sqlite' && artifact.language !== 'sql')
      return { path, reason: 'of the migrations of SQLite only SQL files are judged' }
    const large = artifact.language === 'sql' ? undefined : codeTooLarge(source.text)
    if (large !== undefined) return { path, reason: large }
    // The file for this engine is judged instead.
    if (await hasOwnFile(path, engine, change.trees.head)) return undefined
    const program = bounded(await readProgram(source, artifact, engine, change.trees.head))
    const before = await readBefore(artifact, engine, change.trees.head)
    const settled = await settledIn(artifact, program, before, change.trees.base)
    return { artifact, engine, version, program, settled }
  } catch (error) {
    return { path, reason: `the migration could not be read: ${messageOf(error)}` }
  }
}

/** What the file did at base, read with the same surroundings; what cannot be read there is all new. */
async function readBefore(artifact: Artifact, engine: Engine, around: Tree): Promise<Program | undefined> {
  const { base } = artifact
  return base === undefined ? undefined : readProgram(base, artifact, engine, around).catch(() => undefined)
}

/** Tables that the operations create, under every name they bear. */
function newTables(operations: readonly Operation[]): readonly string[] {
  const names = new Set<string>()
  for (const operation of operations) {
    if (operation.op === 'create-table') names.add(operation.table)
    if (operation.op === 'rename-table' && names.has(operation.table)) names.add(operation.to)
  }
  return [...names]
}

async function factsOf(
  migration: Migration,
  created: ReadonlySet<string>,
  whole: WholeChange,
  context: FactContext,
): Promise<readonly MigrationFact[]> {
  const { artifact, program, engine, version, settled } = migration
  const { everyOperation } = whole
  // A changelog is a history: what its earlier change sets created is in use.
  const inFile = new Set(program.framework === 'liquibase' ? [] : newTables(operationsOf(program.up)))
  const isNew = (table: string): boolean => created.has(table) || inFile.has(table)
  const schema = await schemaFor(migration, whole, isNew, context)
  const setting: Setting = { artifact, program, engine, version, isNew, statisticsOf: statistics(context.config) }
  const before = copyOf(schema)
  const { server } = context.config
  const timesOut = server?.engine === engine && (server.lockTimeoutMs ?? 0) > 0
  const walked = walkProgram(program, effects(engine, version, schema), isNew, timesOut)
  const shown = walked.filter(
    ({ step, index, operation }) =>
      !settled.has(operation) && touches(artifact, 'head', step.spans?.[index] ?? step.span),
  )
  const last = lastLocks(shown)
  const stop = stopOfRetry(shown, artifact.head?.text ?? '')
  const used = enumValuesUsed(walked)
  // The steps of an edited file that stay are run with the others; those of a changelog were, long ago.
  const edited = artifact.base !== undefined && program.framework !== 'liquibase'
  const together = edited ? [...everyOperation, ...operationsOf(program.up)] : everyOperation
  const facts: MigrationFact[] = []
  const afterRelease = isAfterRelease(artifact)
  for (const item of shown) {
    facts.push(...(await columnsGone(item, before, setting, whole, context.change.trees)))
    const fact = factOf(item, setting, last.has(item), () => ({
      stopsRetry: item === stop,
      usedInTransaction: used.get(item) ?? '',
      afterRelease,
      neverFilled: neverFilled(item.operation, program, artifact.head?.text ?? ''),
      lost: lostAttributes(item.operation, before, engine, together),
      ...danglingDefault(item.operation, program, engine),
      sameValue: sameValueOf(item.operation, program, engine) ?? '',
      ...fromSurroundings(item.operation, before, together),
    }))
    if (fact === undefined) continue
    facts.push(withEmptied(fact, item, program))
    facts.push(...mysqlKeys(item, before, everyOperation, setting))
    facts.push(
      ...narrowKeys(item, before, everyOperation, setting),
      ...ownKeys(item, setting),
      ...narrowCopies(item, before, setting),
    )
  }
  const { base, head } = context.change.trees
  const touched = touchedSteps(migration)
  const read = (source: Source): Promise<Program | undefined> =>
    readProgram(source, artifact, engine).catch(() => undefined)
  const around = [
    ...(await orderFacts(setting, base)),
    ...(await checkerFacts(setting, head)),
    ...(await historicalFacts(setting, head)),
    ...(await pendingChecks(walked, setting, base)),
    ...nullComparisons(setting, touched),
    ...(await rowsNeeded(setting)),
    ...liveModels(setting),
    ...sequencesBack(setting, touched, everyOperation),
    ...(await wrongStatements(setting, touched, base, read)),
  ]
  const marked = await markLeftBehind(markNoWayBack(toldOnce(facts), program), artifact, program, whole, base)
  return [...marked, ...settingFacts(setting, shown, touched), ...around]
}

/** The schema at base as far as the migration depends on it, with what the rest of the change adds. */
async function schemaFor(
  migration: Migration,
  { everyOperation, checks }: WholeChange,
  isNew: (table: string) => boolean,
  { change }: FactContext,
): Promise<Schema> {
  const { artifact, program, engine } = migration
  const operations = touchedOperations(migration)
  const needed = new Set([...namesNeeded(operations, engine), ...keyNames(operations)].filter(name => !isNew(name)))
  const hints = new Set(copiedNames(operations).filter(name => !isNew(name) && !needed.has(name)))
  const names = new Set([...needed, ...hints])
  if (names.size === 0) return emptySchema()
  const read = (source: Source): Promise<Program | undefined> =>
    readProgram(source, artifact, engine).catch(() => undefined)
  const around = (wanted: ReadonlySet<string>): Promise<Schema> =>
    schemaAround(artifact.path, wanted, change.trees.base, engine, read, hints)
  const first = await around(names)
  const more = [...tablesOfIndexes(operations, first), ...viewsAtStake(operations, first)].filter(
    name => !names.has(name),
  )
  const schema = more.length === 0 ? first : await around(new Set([...names, ...more]))
  const { domains, tables } = creationsIn(everyOperation)
  for (const operation of domains) replay(schema, operation)
  const mentioned = new Set(
    program.up.flatMap(step => (step.kind === 'change' ? step.operations.flatMap(tablesIn) : [])),
  )
  for (const table of mentioned) for (const operation of tables.get(table) ?? []) replay(schema, operation)
  replayEarlierChecks(schema, artifact.path, mentioned, checks)
  return schema
}

/** Tables that only the names of their dropped indexes tell: files that name the index are not all about the table. */
function tablesOfIndexes(operations: readonly Operation[], schema: Schema): readonly string[] {
  return operations.flatMap(item => {
    const table = item.op === 'drop-index' && item.table === undefined ? tableOfIndex(schema, item.index) : undefined
    return table === undefined ? [] : [table.slice(table.lastIndexOf('.') + 1)]
  })
}

/** Views over what goes: the file that drops one of them need not name the table. */
function viewsAtStake(operations: readonly Operation[], schema: Schema): readonly string[] {
  const going = new Set(
    operations.flatMap(item => (item.op === 'drop-column' || item.op === 'drop-table' ? [item.table] : [])),
  )
  return [...schema.viewReads].flatMap(([view, { tables }]) =>
    tables.some(table => going.has(table)) ? [view.slice(view.lastIndexOf('.') + 1)] : [],
  )
}

interface Creations {
  /** Names that a table gets by renaming, or a view. */
  readonly taken: ReadonlySet<string>
  readonly domains: readonly Operation[]
  readonly tables: ReadonlyMap<string, readonly Operation[]>
}

const creations = new WeakMap<readonly Operation[], Creations>()

/** What the change creates, found once: a change may hold thousands of migrations. */
function creationsIn(operations: readonly Operation[]): Creations {
  const known = creations.get(operations)
  if (known) return known
  const tables = new Map<string, Operation[]>()
  const taken = new Set<string>()
  for (const item of operations) {
    if (item.op === 'create-table') tables.set(item.table, [...(tables.get(item.table) ?? []), item])
    else if (item.op === 'rename-table') taken.add(item.to)
    else if (item.op === 'create-object' && item.object === 'view') taken.add(item.name)
  }
  const found = { taken, domains: operations.filter(item => item.op === 'create-domain'), tables }
  creations.set(operations, found)
  return found
}

/** Tables on whose shape the effect of an operation can depend. */
function tablesIn(operation: Operation): readonly string[] {
  const other = 'references' in operation ? [operation.references].flat().map(({ table }) => table) : []
  const column = operation.op === 'add-column' ? (operation.column.references?.table ?? '') : ''
  const partition = 'partition' in operation ? operation.partition : ''
  return ['table' in operation ? (operation.table ?? '') : '', ...other, column, partition].filter(name => name !== '')
}

/** The last step of each transaction that locks a further table. */
function lastLocks(walked: readonly Walked[]): ReadonlySet<Walked> {
  const last = new Map<number, { item: Walked; count: number }>()
  for (const item of walked) {
    const count = item.around.lockedTables.length
    const { transaction } = item.around
    if (count > (last.get(transaction)?.count ?? 0)) last.set(transaction, { item, count })
  }
  return new Set([...last.values()].map(({ item }) => item))
}

/** Statistics by table name, with or without the schema. */
function statistics(config: Config): (table: string) => TableStatistics | undefined {
  return table =>
    config.tables[table] ?? config.tables[`public.${table}`] ?? config.tables[table.slice(table.lastIndexOf('.') + 1)]
}
