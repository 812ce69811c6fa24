import { sourceOf } from '../../artifact/source.ts'
import type { Source } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import type { Engine } from '../../config/types.ts'
import { isWayBack } from './frontends/sql-sections.ts'
import type { Operation, Program } from './operation.ts'
import { operationsFromDrizzle } from './schema/drizzle.ts'
import { operationsFromPrisma } from './schema/prisma.ts'
import { operationsFromRuby } from './schema/rails.ts'
import { emptySchema, replay, type Schema } from './schema.ts'

/** Reads the steps of a migration at base. */
export type ReadProgram = (source: Source) => Promise<Program | undefined>

/** Most earlier migrations that are looked into for the names wanted, and most that are parsed. */
const mostRead = 600
const mostParsed = 200
const largestDump = 6_000_000
/** Most files of a Prisma schema that is spread over several. */
const mostStates = 40

/** Not a type of the engine's own, as far as its common names go. */
const ownType =
  /^(?!(big|small|medium|tiny|long)?(int|serial|text|blob)\d*$|(int|float|serial)\d$|integer$|bool(ean)?$|bit$|var(char|bit|binary)$|char(acter)?\b|binary|uuid$|jsonb?$|json|numeric$|decimal$|money$|real$|double|date(time)?$|time|interval$|bytea$|inet$|cidr$|macaddr|citext$|enum|set$|year$|xml$|oid$|ts(vector|query)$|point$|line$|box$|path$|polygon$|circle$|geo|hstore$|vector$|ltree$|name$|string$|references$|belongs_to$|attachment$)[a-z_][\w.]*$/i

/** Tables and indexes whose shape at base decides what the operations do. */
export function namesNeeded(operations: readonly Operation[], engine: Engine): ReadonlySet<string> {
  const names = new Set<string>()
  for (const operation of operations) {
    for (const name of [...namesOf(operation), ...mysqlNames(operation, engine)])
      if (name !== '') names.add(name.slice(name.lastIndexOf('.') + 1))
  }
  return names
}

function namesOf(operation: Operation): readonly string[] {
  switch (operation.op) {
    case 'change-type':
    case 'set-not-null':
    case 'drop-constraint':
    case 'validate-constraint':
    case 'drop-table':
    case 'drop-column':
    case 'update-rows':
    case 'delete-rows':
      return [operation.table]
    case 'attach-partition':
      return [operation.table, operation.partition]
    case 'create-table':
      return operation.partitionOf === undefined ? [] : [operation.partitionOf]
    case 'create-index':
      return operation.concurrently ? [operation.table] : []
    case 'constrain-domain':
      return [operation.name]
    case 'recreate-table':
      return [operation.table]
    // What it had before may be missing afterwards.
    case 'create-object':
      return operation.columns === undefined ? [] : [operation.name]
    // A type that the engine does not bring may be a domain with a constraint.
    case 'add-column':
      return ownType.test(operation.column.type.name) ? [operation.column.type.name] : []
    case 'add-primary-key':
      return operation.usingIndex === undefined ? [] : [operation.table]
    case 'add-foreign-key':
      return [operation.table, operation.references.table]
    case 'drop-index':
      return [operation.table ?? operation.index]
    case 'reindex':
      return operation.target === 'index' ? [operation.name] : []
    default:
      return []
  }
}

/** On MySQL the other columns, the row format and FULLTEXT indexes decide how a column comes and goes, and how a table is rebuilt. */
function mysqlNames(operation: Operation, engine: Engine): readonly string[] {
  if (engine === 'postgres') return []
  const { op } = operation
  if (op === 'add-column') return [operation.table, operation.column.references?.table ?? '']
  if (op === 'drop-column' || op === 'rebuild-table') return [operation.table]
  // Types on both sides of a foreign key, and of what is indexed.
  if (op === 'create-table') return operation.columns.flatMap(({ references }) => references?.table ?? [])
  return op === 'create-index' || op === 'add-unique' ? [operation.table] : []
}

/**
 * The schema at base around one migration, as far as it concerns `names`: from the schema dump, else from earlier migrations.
 * `hints` are names that may not exist: where there is a dump, no earlier migration is searched for them.
 */
export async function schemaAround(
  path: string,
  names: ReadonlySet<string>,
  tree: Tree,
  engine: Engine,
  read: ReadProgram,
  hints: ReadonlySet<string> = new Set(),
): Promise<Schema> {
  const schema = emptySchema()
  if (names.size === 0) return schema
  const paths = await tree.list()
  // Django's files name the model `project`, not its table `projects_project`.
  const words = path.endsWith('.py')
    ? [...names].flatMap(name => [name, name.slice(name.indexOf('_') + 1)])
    : [...names]
  const mentions = new RegExp(`(?<![\\w])(${words.map(name => name.replace(/\W/g, '\\$&')).join('|')})(?![\\w])`, 'i')
  await readDump(path, paths, names, mentions, tree, engine, read, schema)
  const wanted = [...names].filter(name => !schema.tables.has(name) && (!hints.has(name) || schema.tables.size === 0))
  if (wanted.length > 0) await readEarlier(path, paths, mentions, tree, read, schema)
  await fillFromState(path, paths, names, tree, engine, schema)
  return schema
}

/** What Prisma and Drizzle keep of the whole schema, for tables of which the migrations read so far tell no column. */
async function fillFromState(
  path: string,
  paths: readonly string[],
  names: ReadonlySet<string>,
  tree: Tree,
  engine: Engine,
  schema: Schema,
): Promise<void> {
  const wanted = (table: string): boolean =>
    names.has(table.slice(table.lastIndexOf('.') + 1)) && (schema.tables.get(table)?.columns.size ?? 0) === 0
  if (![...names].some(wanted)) return
  const family = familyOf(path)
  const parent = family.slice(0, family.lastIndexOf('/', family.length - 2) + 1)
  const snapshot = paths.findLast(item => item.startsWith(`${family}meta/`) && /\/\d+_snapshot\.json$/.test(item))
  const files =
    snapshot === undefined ? paths.filter(item => item.startsWith(parent) && item.endsWith('.prisma')) : [snapshot]
  for (const file of files.slice(0, mostStates)) {
    const text = await tree.read(file)
    if (text === undefined || text.length > largestDump) continue
    const operations =
      file === snapshot ? operationsFromDrizzle(text, wanted) : operationsFromPrisma(text, engine, wanted)
    for (const operation of operations) replay(schema, operation)
  }
}

async function readDump(
  path: string,
  paths: readonly string[],
  names: ReadonlySet<string>,
  mentions: RegExp,
  tree: Tree,
  engine: Engine,
  read: ReadProgram,
  schema: Schema,
): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  // `db/migrate/1_x.rb` belongs to `db/schema.rb` and `db/structure.sql`: the dump beside the folder of the migrations.
  // Laravel puts its own into `database/schema/mysql-schema.sql`.
  const parent = folder.split('/').slice(0, -2).join('/')
  const dumps = paths.filter(
    item =>
      /^(structure\.sql|schema\.sql|\w*schema\.rb|schema\/\w+-schema\.(sql|dump))$/.test(
        item.slice(parent === '' ? 0 : parent.length + 1),
      ) && item.startsWith(parent),
  )
  for (const dump of dumps.slice(0, 3)) {
    const text = await tree.read(dump)
    if (text === undefined || text.length > largestDump || !mentions.test(text)) continue
    if (dump.endsWith('.rb')) {
      const wanted = (table: string): boolean =>
        names.has(table.slice(table.lastIndexOf('.') + 1)) || mentions.test(table)
      for (const operation of operationsFromRuby(text, { engine, wanted })) replay(schema, operation)
      continue
    }
    await replayFile(dump, onlyMentioning(text, mentions), read, schema)
  }
}

/** The statements of a dump that name what is wanted; the rest would only cost time. */
function onlyMentioning(text: string, mentions: RegExp): string {
  return text
    .split(/;[ \t]*\n/)
    .filter(statement => mentions.test(statement) && /\b(create|alter)\s/i.test(statement))
    .join(';\n')
}

async function readEarlier(
  path: string,
  paths: readonly string[],
  mentions: RegExp,
  tree: Tree,
  read: ReadProgram,
  schema: Schema,
): Promise<void> {
  const family = familyOf(path)
  const series = seriesOf(path)
  const ending = path.slice(path.lastIndexOf('.'))
  const earlier = paths.filter(
    item =>
      item !== path &&
      item.startsWith(series) &&
      item.endsWith(ending) &&
      !isWayBack(item) &&
      (series !== family || familyOf(item) === family),
  )
  const found: { path: string; text: string }[] = []
  for (const item of earlier.slice(-mostRead).reverse()) {
    const text = await tree.read(item)
    if (text !== undefined && text.length < 1_000_000 && mentions.test(text) && tellsMore(text))
      found.push({ path: item, text })
    if (found.length >= mostParsed) break
  }
  for (const item of found.reverse()) await replayFile(item.path, item.text, read, schema)
}

/** Fields of Django's models are looked up by its front end; of its other files, those with constraints matter. */
function tellsMore(text: string): boolean {
  return !/^class Migration\(/m.test(text) || /Constraint|RunSQL/.test(text)
}

async function replayFile(path: string, text: string, read: ReadProgram, schema: Schema): Promise<void> {
  const program = await read(sourceOf(path, 'base', text))
  for (const step of program?.up ?? []) {
    if (step.kind !== 'change') continue
    for (const operation of step.operations) replay(schema, operation)
  }
}

/** The folder that holds the series of migrations: that of the file, or one above where each has a folder of its own. */
export function familyOf(path: string): string {
  const parts = path.split('/')
  const own =
    /^(\d{4}[\d_-]*|V?\d+)[_-]/.test(parts.at(-2) ?? '') && /^(migration|up)\.(sql|pgsql)$/i.test(parts.at(-1) ?? '')
  return `${parts.slice(0, own ? -2 : -1).join('/')}/`
}

/** Changelogs and Flyway's scripts are spread over folders below one that says what they are. */
function seriesOf(path: string): string {
  const spread = /\.(xml|ya?ml|json)$/.test(path) || /(^|\/)V\d[\w.]*__[^/]+$/.test(path)
  const above = spread
    ? /^(.*?(^|\/)[^/]*(changelogs?|liquibase|flyway|migrations?)[^/]*\/)/i.exec(path)?.[1]
    : undefined
  return above ?? familyOf(path)
}
