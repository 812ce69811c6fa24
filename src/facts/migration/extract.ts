import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import type { Config, TableStatistics } from '../../config/types.ts'
import { messageOf } from '../../text/errors.ts'
import type { Extraction, FactContext } from '../types.ts'
import { keyOf, noUsage, type Usage, usagesOf } from '../usage/search.ts'
import type { Target } from '../usage/target.ts'
import { blankFact, factOf, type Setting } from './build.ts'
import { checkerFacts } from './checker.ts'
import { databaseOf, hasOwnFile } from './engine.ts'
import type { MigrationFact } from './fact.ts'
import { isWayBack } from './frontends/sql-sections.ts'
import { replacedIndex } from './indexes.ts'
import { namesNeeded, schemaAround } from './known.ts'
import { markFirstLock, withLockTimeout } from './lock-timeout.ts'
import { keyNames, narrowKeys } from './narrow.ts'
import type { Operation, Program, Step } from './operation.ts'
import { orderFacts } from './order.ts'
import { effects, type ReadableEngine, readProgram } from './read.ts'
import { stopOfRetry } from './retry.ts'
import { emptySchema, replay, type Schema } from './schema.ts'
import { switchesChecksOff, type Walked, walkProgram } from './transaction.ts'

/** A changed migration after reading. */
interface Migration {
  readonly artifact: Artifact
  readonly program: Program
  readonly engine: ReadableEngine
  readonly version: string
}

/** Facts of all changed migrations. */
export async function extractMigrations(context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: MigrationFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const migrations: Migration[] = []
  for (const artifact of artifacts) {
    const read = await readArtifact(artifact, context)
    if (read === undefined) continue
    if ('reason' in read) notAnalysed.push(read)
    else migrations.push(read)
  }
  const created = new Set(migrations.flatMap(({ artifact, program }) => newTables(touchedSteps(artifact, program))))
  const everyOperation = migrations.flatMap(({ artifact, program }) => operationsOf(touchedSteps(artifact, program)))
  const usages = await usagesOf(removalsIn(migrations, created, everyOperation), context.change)
  for (const migration of migrations) {
    try {
      const own = await withLockTimeout(
        await factsOf(migration, created, everyOperation, context),
        migration.program,
        context,
      )
      for (const fact of own) facts.push(withUsage(fact, usages))
      notAnalysed.push(...unreadable(migration))
    } catch (error) {
      notAnalysed.push({
        path: migration.artifact.path,
        reason: `the migration could not be followed: ${messageOf(error)}`,
      })
    }
  }
  return { facts: await markFirstLock(facts, context.change.trees.base), notAnalysed }
}

/** Columns and tables that the change takes away or renames, and does not put back under the same name. */
function removalsIn(
  migrations: readonly Migration[],
  created: ReadonlySet<string>,
  everyOperation: readonly Operation[],
): readonly Target[] {
  const back = new Set(
    everyOperation.flatMap(item =>
      item.op === 'add-column'
        ? [keyOf({ table: item.table, column: item.column.name })]
        : item.op === 'rename-column'
          ? [keyOf({ table: item.table, column: item.to })]
          : item.op === 'create-table'
            ? [keyOf({ table: item.table })]
            : item.op === 'rename-table'
              ? [keyOf({ table: item.to })]
              : [],
    ),
  )
  const live = migrations.filter(({ artifact }) => artifact.role === 'live')
  const targets = live.flatMap(({ artifact, program }) =>
    operationsOf(touchedSteps(artifact, program)).flatMap((item): readonly Target[] => {
      const common = {
        framework: program.framework,
        renamed: item.op === 'rename-column' || item.op === 'rename-table',
      }
      if (item.op === 'drop-column' || item.op === 'rename-column')
        return [{ table: item.table, column: item.column, ...common }]
      return item.op === 'drop-table' || item.op === 'rename-table' ? [{ table: item.table, ...common }] : []
    }),
  )
  return targets.filter(target => !created.has(target.table) && !back.has(keyOf(target)))
}

function withUsage(fact: MigrationFact, usages: ReadonlyMap<string, Usage>): MigrationFact {
  if (!/^(drop|rename)-(column|table)$/.test(fact.operation)) return fact
  const { head, base, certain, unused } = usages.get(keyOf(fact)) ?? noUsage
  return { ...fact, usedAt: head, usedBefore: base, usageCertain: certain, unused }
}

async function readArtifact(
  artifact: Artifact,
  { config, change }: FactContext,
): Promise<Migration | NotAnalysed | undefined> {
  const source = artifact.head
  if (source === undefined || (artifact.language === 'sql' && isWayBack(artifact.path))) return undefined
  const { path } = artifact
  if (artifact.kind === 'code-migration')
    return { path, reason: `migrations written in ${artifact.language} are not read` }
  try {
    const database = await databaseOf(artifact, config, change.trees.head)
    if ('unsupported' in database) return { path, reason: `migrations of ${database.unsupported} are not judged` }
    const { engine, version } = database
    if (engine === 'sqlite') return { path, reason: 'migrations of SQLite are not judged' }
    // The file for this engine is judged instead.
    if (await hasOwnFile(path, engine, change.trees.head)) return undefined
    return { artifact, engine, version, program: await readProgram(source, artifact, engine, change.trees.head) }
  } catch (error) {
    return { path, reason: `the migration could not be read: ${messageOf(error)}` }
  }
}

function touchedSteps(artifact: Artifact, program: Program): readonly Step[] {
  return program.up.filter(step => touches(artifact, 'head', step.span))
}

function operationsOf(steps: readonly Step[]): readonly Operation[] {
  return steps.flatMap(step => (step.kind === 'change' ? step.operations : []))
}

/** Tables that the steps create, under every name they bear. */
function newTables(steps: readonly Step[]): readonly string[] {
  const names = new Set<string>()
  for (const operation of operationsOf(steps)) {
    if (operation.op === 'create-table') names.add(operation.table)
    if (operation.op === 'rename-table' && names.has(operation.table)) names.add(operation.to)
  }
  return [...names]
}

async function factsOf(
  migration: Migration,
  created: ReadonlySet<string>,
  everyOperation: readonly Operation[],
  context: FactContext,
): Promise<readonly MigrationFact[]> {
  const { artifact, program, engine, version } = migration
  // A changelog is a history: what its earlier change sets created is in use.
  const inFile = new Set([...created, ...(program.framework === 'liquibase' ? [] : newTables(program.up))])
  const isNew = (table: string): boolean => inFile.has(table)
  const schema = await schemaFor(migration, everyOperation, isNew, context)
  const setting: Setting = { artifact, program, engine, version, isNew, statisticsOf: statistics(context.config) }
  const before = structuredClone(schema)
  const walked = walkProgram(program, effects(engine, version, schema), isNew)
  const shown = walked.filter(({ step, index }) => touches(artifact, 'head', step.spans?.[index] ?? step.span))
  const last = lastLocks(shown)
  const stop = stopOfRetry(shown)
  const facts: MigrationFact[] = []
  for (const item of shown) {
    const fact = factOf(item, setting, last.has(item))
    if (fact === undefined) continue
    const stopsRetry = item === stop
    facts.push({ ...fact, stopsRetry, ...fromSurroundings(item.operation, before, everyOperation) })
    facts.push(...narrowKeys(item, before, everyOperation, setting))
  }
  const { base, head } = context.change.trees
  const around = [...(await orderFacts(setting, base)), ...(await checkerFacts(setting, head))]
  return [...facts, ...settingFacts(setting, shown), ...around]
}

/** The schema at base as far as the migration depends on it, with what the rest of the change adds. */
async function schemaFor(
  { artifact, program, engine }: Migration,
  everyOperation: readonly Operation[],
  isNew: (table: string) => boolean,
  { change }: FactContext,
): Promise<Schema> {
  const operations = operationsOf(touchedSteps(artifact, program))
  const names = new Set([...namesNeeded(operations, engine), ...keyNames(operations)].filter(name => !isNew(name)))
  if (names.size === 0) return emptySchema()
  const read = (source: Source): Promise<Program | undefined> =>
    readProgram(source, artifact, engine).catch(() => undefined)
  const schema = await schemaAround(artifact.path, names, change.trees.base, engine, read)
  for (const operation of everyOperation)
    if (operation.op === 'create-table' || operation.op === 'create-domain') replay(schema, operation)
  return schema
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

/** What the rest of the change and the schema at base say about an operation. */
function fromSurroundings(
  operation: Operation,
  before: Schema,
  everyOperation: readonly Operation[],
): Partial<MigrationFact> {
  if (operation.op === 'drop-index') return replacedIndex(operation, before, everyOperation)
  if (operation.op === 'change-type' && operation.from === undefined) {
    const type = before.tables.get(operation.table)?.columns.get(operation.column)?.type
    return type === undefined ? {} : { typeFrom: type.text }
  }
  if (operation.op === 'update-rows' || operation.op === 'delete-rows')
    return { triggers: triggersOn(operation.table, before, everyOperation) }
  if (operation.op !== 'rename-table') return {}
  const { table } = operation
  const taken = everyOperation.some(
    item =>
      (item.op === 'rename-table' && item.to === table) ||
      (item.op === 'harmless' && item.what === `CREATE VIEW ${table}`),
  )
  return { tableSwap: taken }
}

function triggersOn(table: string, before: Schema, everyOperation: readonly Operation[]): readonly string[] {
  const created = everyOperation.flatMap(item =>
    item.op === 'create-trigger' && item.table === table ? [item.trigger] : [],
  )
  return [...new Set([...(before.tables.get(table)?.triggers ?? []), ...created])]
}

/** Operations on rows or columns in use for which it matters that nobody checks them. */
const needsChecks: ReadonlySet<Operation['op']> = new Set([
  'change-type',
  'drop-column',
  'add-foreign-key',
  'update-rows',
  'delete-rows',
  'insert-select',
  'truncate',
  'rename-column',
])

/** Settings that switch checks off, where a table in use is changed meanwhile. */
function settingFacts(setting: Setting, shown: readonly Walked[]): readonly MigrationFact[] {
  return touchedSteps(setting.artifact, setting.program).flatMap(step => {
    if (step.kind !== 'set' || switchesChecksOff(step.name, step.value) !== true) return []
    const after = shown.find(
      ({ operation, around, step: { span } }) =>
        around.checksOff &&
        needsChecks.has(operation.op) &&
        span.line >= step.span.line &&
        'table' in operation &&
        !setting.isNew(operation.table ?? ''),
    )
    if (after === undefined || !('table' in after.operation)) return []
    return [
      {
        ...blankFact(setting, 'setting', step.text),
        span: step.span,
        table: after.operation.table ?? '',
        how: step.name,
        to: step.value,
      },
    ]
  })
}

/** One line for all steps of a file that could not be read and that the change touches. */
function unreadable({ artifact, program }: Migration): readonly NotAnalysed[] {
  const steps = touchedSteps(artifact, program).filter(step => step.kind === 'unreadable')
  const [first] = steps
  if (first === undefined) return []
  const more = steps.length === 1 ? '' : ` (and ${steps.length - 1} more)`
  return [{ path: artifact.path, reason: `line ${first.span.line}: ${first.reason}${more}` }]
}

/** Statistics by table name, with or without the schema. */
function statistics(config: Config): (table: string) => TableStatistics | undefined {
  return table =>
    config.tables[table] ?? config.tables[`public.${table}`] ?? config.tables[table.slice(table.lastIndexOf('.') + 1)]
}
