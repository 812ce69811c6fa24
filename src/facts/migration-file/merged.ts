import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import { databaseOf } from '../migration/engine.ts'
import { isFormattedSql } from '../migration/frontends/liquibase-sql.ts'
import { isWayBack } from '../migration/frontends/sql-sections.ts'
import { familyOf } from '../migration/known.ts'
import type { Operation, Program } from '../migration/operation.ts'
import { readProgram } from '../migration/read.ts'
import { nameOf, seriesOf } from '../migration/series.ts'
import type { FactContext } from '../types.ts'
import { blank } from './blank.ts'
import type { MigrationFileFact } from './fields.ts'
import { frameworkOf, identityOf } from './series.ts'

/** Longest text of a step that is quoted. */
const longest = 120

/** Most deleted migrations that are no clean-up or squash. */
const mostDeleted = 4

/** Migrations of the base branch that the change edits, deletes or gives another version. */
export async function mergedFacts(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<readonly MigrationFileFact[]> {
  const ways = artifacts.filter(
    ({ path, base, language, kind }) =>
      base !== undefined &&
      // A changelog grows; its change sets are compared one by one.
      kind !== 'liquibase-changelog' &&
      !isFormattedSql(base.text) &&
      !isWayBack(path) &&
      !isRepeatable(path) &&
      (language !== 'sql' || isNumbered(path)),
  )
  if (ways.length === 0) return []
  const before = await context.change.trees.base.list()
  const after = await context.change.trees.head.list()
  const facts: MigrationFileFact[] = []
  for (const artifact of ways) {
    const family = familyOf(artifact.path)
    const accompanied = artifacts.some(
      other => other.status === 'added' && familyOf(other.path) === family && !isWayBack(other.path),
    )
    const series = seriesOf(artifact.basePath ?? artifact.path, before)
    const around = { accompanied, newest: series.at(-1) === (artifact.basePath ?? artifact.path) }
    if (artifact.status === 'deleted') facts.push(...deletedFact(artifact, artifacts, after, around))
    else if (artifact.status === 'renamed') facts.push(...renamedFact(artifact, before, around))
    if (artifact.status === 'modified') facts.push(...(await editedFact(artifact, context, around)))
  }
  return facts
}

type Around = Pick<MigrationFileFact, 'accompanied' | 'newest'>

/** SQL without a number is in no series: the whole schema for new databases, or a script that grows until the release. */
const isNumbered = (path: string): boolean => /\d/.test(nameOf(path))

const isRepeatable = (path: string): boolean => /(^|\/)R__[^/]*$/.test(path)

function deletedFact(
  artifact: Artifact,
  artifacts: readonly Artifact[],
  after: readonly string[],
  around: Around,
): readonly MigrationFileFact[] {
  const family = familyOf(artifact.path)
  const deleted = artifacts.filter(({ status, path }) => status === 'deleted' && familyOf(path) === family)
  const squashed = artifacts.some(
    ({ status, path, head }) =>
      status === 'added' &&
      familyOf(path) === family &&
      (/squash|baseline|initial|schema/i.test(nameOf(path)) || /^\s+replaces\s*=/m.test(head?.text ?? '')),
  )
  const left = seriesOf(artifact.path, after)
  const [oldest] = left
  // The oldest ones go when nobody has a database that old.
  const isCleanUp = oldest === undefined || artifact.path.localeCompare(oldest, 'en', { numeric: true }) < 0
  const framework = frameworkOf(artifact)
  const moved = artifacts.some(
    other =>
      other.status !== 'deleted' &&
      other !== artifact &&
      (nameOf(other.path) === nameOf(artifact.path) ||
        (framework === 'alembic' && revisionOf(other.head) === revisionOf(artifact.base))),
  )
  if (deleted.length > mostDeleted || squashed || isCleanUp || moved) return []
  return [
    {
      ...blank,
      ...around,
      path: artifact.path,
      side: 'base',
      problem: 'deleted',
      framework,
      what: framework === 'alembic' ? (revisionOf(artifact.base) ?? '') : identityOf(artifact.path, framework),
      checksum: framework === 'flyway',
    },
  ]
}

const revisionOf = (source: Source | undefined): string | undefined =>
  /^revision\s*(?::[^=\n]+)?=\s*["']([^"'\n]+)["']/m.exec(source?.text ?? '')?.[1]

function renamedFact(artifact: Artifact, before: readonly string[], around: Around): readonly MigrationFileFact[] {
  const framework = frameworkOf(artifact)
  const from = artifact.basePath ?? artifact.path
  if (framework === 'alembic') return []
  const was = identityOf(from, framework)
  const is = identityOf(artifact.path, framework)
  const moved = familyOf(from) !== familyOf(artifact.path)
  if (was === is || (moved && nameOf(from) === nameOf(artifact.path))) return []
  // Django runs what is in a package of migrations: kept anywhere else, it has run nowhere.
  if (framework === 'django' && moved && inPackage(artifact.path) && !inPackage(from)) return []
  // Of two with one version, one has to give way.
  const clash = seriesOf(from, before).some(other => other !== from && numberOf(other) === numberOf(from))
  if (clash) return []
  return [
    {
      ...blank,
      ...around,
      path: artifact.path,
      problem: 'renamed',
      framework,
      what: is,
      other: from,
      checksum: framework === 'flyway',
    },
  ]
}

const inPackage = (path: string): boolean => /(^|\/)[a-z_]*migrations\//.test(path)

const numberOf = (path: string): string => /^V?([\d._]*\d)/.exec(nameOf(path))?.[1] ?? nameOf(path)

async function editedFact(
  artifact: Artifact,
  context: FactContext,
  around: Around,
): Promise<readonly MigrationFileFact[]> {
  const { base, head } = artifact
  // A squashed migration has run nowhere but on new databases.
  if (base === undefined || head === undefined || /^\s+replaces\s*=/m.test(base.text)) return []
  const sqlx = artifact.language === 'sql' && (await usesSqlx(context))
  const before = await programOf(base, artifact, context)
  const after = await programOf(head, artifact, context)
  const framework = sqlx ? 'sqlx' : (after?.framework ?? frameworkOf(artifact))
  const checksum = ['flyway', 'sqlx'].includes(framework)
  const difference = differenceOf(base, head, before, after)
  if (difference === undefined && !checksum) return []
  const step = after?.up.find(({ span }) => touches(artifact, 'head', span))
  const line = artifact.hunks[0]?.headStart ?? 1
  return [
    {
      ...blank,
      ...around,
      path: artifact.path,
      span: step?.span ?? { line: Math.max(1, line), column: 1, endLine: Math.max(1, line), endColumn: 1 },
      problem: 'edited',
      framework,
      changes: difference?.changes ?? 'text',
      what: difference?.what ?? '',
      gone: difference?.gone ?? false,
      checksum,
    },
  ]
}

async function usesSqlx({ change }: FactContext): Promise<boolean> {
  const manifests = (await change.trees.head.list()).filter(path => /(^|\/)Cargo\.toml$/.test(path)).slice(0, 20)
  for (const path of manifests) if (/^sqlx\s*=/m.test((await change.trees.head.read(path)) ?? '')) return true
  return false
}

async function programOf(
  source: Source,
  artifact: Artifact,
  { config, change }: FactContext,
): Promise<Program | undefined> {
  try {
    const database = await databaseOf(artifact, config, change.trees.head)
    if ('unsupported' in database) return undefined
    const { engine } = database
    return engine === 'sqlite' ? undefined : await readProgram(source, artifact, engine)
  } catch {
    // Unreadable migrations are listed by the migration facts; here the text is compared instead.
    return undefined
  }
}

interface Difference {
  readonly changes: MigrationFileFact['changes']
  readonly what: string
  readonly gone: boolean
}

const rowOperations: ReadonlySet<Operation['op']> = new Set(['update-rows', 'delete-rows', 'insert-select', 'truncate'])
/** Operations whose whole effect only their text tells. */
const textual: ReadonlySet<Operation['op']> = new Set(['harmless', 'create-object', 'drop-object', 'rename-object'])
/** Operations that leave no trace in the shape of tables. */
const passing: ReadonlySet<Operation['op']> = new Set([
  ...textual,
  'metadata',
  'lock-table',
  'reindex',
  'rebuild-table',
  'refresh-view',
  'validate-constraint',
])

/** How two versions of a migration differ in effect; undefined when they do not. */
function differenceOf(
  base: Source,
  head: Source,
  before: Program | undefined,
  after: Program | undefined,
): Difference | undefined {
  if (plain(base) === plain(head)) return undefined
  if (before === undefined || after === undefined) return undefined
  const structure = firstDifference(effectsOf(before, isStructural), effectsOf(after, isStructural))
  if (structure !== undefined) return { changes: 'structure', ...structure }
  const rows = firstDifference(effectsOf(before, isOfRows), effectsOf(after, isOfRows))
  if (rows !== undefined) return { changes: 'rows', ...rows }
  if (!base.path.endsWith('.sql')) return undefined
  const rest = firstDifference(otherStatements(before), otherStatements(after))
  return rest === undefined ? undefined : { changes: 'rest', ...rest }
}

const isStructural = (operation: Operation): boolean => !passing.has(operation.op) && !rowOperations.has(operation.op)
const isOfRows = (operation: Operation): boolean => rowOperations.has(operation.op)

/** What the way up does, by the parts that last: places, locking options and formatting left out. Text by canonical form. */
function effectsOf(program: Program, wanted: (operation: Operation) => boolean): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const step of program.up) {
    if (step.kind !== 'change') continue
    for (const operation of step.operations) if (wanted(operation)) found.set(canonical(operation), step.text)
  }
  return found
}

const fleeting = new Set([
  'span',
  'concurrently',
  'validated',
  'ifNotExists',
  'cascade',
  'filtered',
  'batched',
  'looped',
  'functions',
])

function canonical(operation: Operation): string {
  return JSON.stringify(operation, (key, value: unknown) =>
    fleeting.has(key) ? undefined : key === 'text' ? String(value).toLowerCase().replace(/\s+/g, '') : value,
  )
}

/** Statements without an effect on tables: functions, types, inserts of values. */
function otherStatements(program: Program): ReadonlyMap<string, string> {
  const steps = program.up.filter(
    step =>
      step.kind === 'change' &&
      step.operations.every(({ op }) => textual.has(op)) &&
      !/^\s*(comment|grant|analyze|select)\b/i.test(step.text),
  )
  return new Map(
    steps.map(({ text }) => [text.toLowerCase().replace(/\bif (not )?exists\b|\bor replace\b|[\s"`;]+/g, ''), text]),
  )
}

type Step = Pick<Difference, 'what' | 'gone'>

/** The first step that is new, else the first that is gone. */
function firstDifference(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Step | undefined {
  for (const [key, text] of after) if (!before.has(key)) return { what: shortened(text), gone: false }
  for (const [key, text] of before) if (!after.has(key)) return { what: shortened(text), gone: true }
  return undefined
}

/** A whole CREATE TABLE says no more than its beginning. */
const shortened = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest - 1).trimEnd()}…`)

/** The text without comments, spaces and the kind of its quotes. */
function plain({ path, text }: Source): string {
  const comments = path.endsWith('.sql')
    ? /--[^\n]*|\/\*[\s\S]*?\*\//g
    : /\.(rb|py)$/.test(path)
      ? /(?<=^|\s)#[^\n]*|"""[\s\S]*?"""/gm
      : /(?<=^|\s)\/\/[^\n]*|\/\*[\s\S]*?\*\//gm
  return text
    .replace(comments, '')
    .replace(/[\s;,]+/g, '')
    .replaceAll('"', "'")
}
