import { classifyPath } from '../../../artifact/classify.ts'
import type { Source } from '../../../artifact/types.ts'
import type { Tree } from '../../../change/types.ts'
import type { Engine } from '../../../config/types.ts'
import type { Span } from '../../../text/lines.ts'
import type { Operation, Program, Step } from '../operation.ts'
import { type Part, partsOf } from './liquibase-changes.ts'
import type { ChangelogSetting } from './liquibase-columns.ts'
import { runsOn } from './liquibase-filters.ts'
import { changelogOf, type Entry } from './liquibase-tree.ts'

type ReadSql = (text: string, place: (offset: number) => Span) => Promise<readonly Step[]>

export interface ChangelogHints {
  readonly engine: Engine
  /** The repository at head, for files that the changelog names. */
  readonly tree?: Tree
}

/** What the changes of a change set are read with. */
interface Reading {
  readonly source: Source
  readonly setting: ChangelogSetting
  readonly sql: ReadSql
  readonly tree: Tree | undefined
}

/** Parts of a change set that say something about it, and do nothing. */
const aside = /^(preConditions|validCheckSum|comment|rollback|modifySql|property|tagDatabase)$/

/** What a changelog in XML, YAML or JSON does. Files that it includes are judged where they stand. */
export async function readLiquibase(source: Source, sql: ReadSql, { engine, tree }: ChangelogHints): Promise<Program> {
  const program = { framework: 'liquibase', transaction: 'each' } as const
  const root = await changelogOf(source)
  if ('error' in root) {
    const span = { line: 1, column: 1, endLine: 1, endColumn: 1 }
    return {
      ...program,
      up: [{ kind: 'unreadable', span, text: '', reason: `no changelog can be read: ${root.error}` }],
    }
  }
  const setting = { engine, fill: properties(root, engine) }
  const reading = { source, setting, sql, tree }
  const up: Step[] = []
  let reversible = true
  for (const set of changeSets(root)) {
    if (!runsOn(set, engine)) continue
    up.push(...(await changeSetSteps(set, reading)))
    reversible &&= set.children.some(({ name }) => name === 'rollback') || !changesOf(set).some(isOneWay)
  }
  return { ...program, up, ...(reversible ? { down: [] } : {}) }
}

/** The change sets of a changelog, in their order. */
export function changeSets(root: Entry): readonly Entry[] {
  return root.children.filter(({ name }) => name === 'changeSet')
}

/** The changes of a change set: its elements in XML, the list `changes` in YAML and JSON. */
export function changesOf(set: Entry): readonly Entry[] {
  return set.children.flatMap(child =>
    child.name === 'changes' ? child.children : aside.test(child.name) ? [] : [child],
  )
}

/** Changes that Liquibase cannot take back by itself. */
function isOneWay({ name }: Entry): boolean {
  return (
    /^(drop|delete|update|insert|load|modify|merge|sql|custom|execute|addLookup)/.test(name) &&
    !/^dropNotNull/.test(name)
  )
}

/** Each change set is a transaction of its own and recorded by itself. On MySQL every schema change commits anyway. */
async function changeSetSteps(set: Entry, reading: Reading): Promise<readonly Step[]> {
  const { engine } = reading.setting
  const bare = /^false$/i.test(set.values.get('runInTransaction')?.text ?? '')
  const place = { span: set.span, text: '' }
  const steps: Step[] = [{ kind: 'boundary', ...place }]
  if (!bare && engine === 'postgres') steps.push({ kind: 'begin', runner: true, ...place })
  for (const change of changesOf(set)) steps.push(...(await changeSteps(change, set, reading)))
  return steps
}

async function changeSteps(change: Entry, set: Entry, reading: Reading): Promise<readonly Step[]> {
  const { engine } = reading.setting
  if (!runsOn(change, engine)) return []
  const common = { span: change.span, text: lineOf(change, reading.source) }
  const parts = partsOf(change, reading.setting)
  if (parts === undefined)
    return [{ kind: 'unreadable', ...common, reason: `\`${change.name}\` is no change type that is known` }]
  const steps: Step[] = []
  for (const part of parts) steps.push(...(await partSteps(part, change, common, reading)))
  return modified(steps, set, engine)
}

async function partSteps(
  part: Part,
  change: Entry,
  common: { readonly span: Span; readonly text: string },
  reading: Reading,
): Promise<readonly Step[]> {
  if ('unreadable' in part) return [{ kind: 'unreadable', ...common, reason: part.unreadable }]
  if ('operation' in part)
    return [{ kind: 'change', ...common, span: part.of?.span ?? common.span, operations: [part.operation] }]
  if ('sql' in part) {
    const steps = await reading.sql(part.sql, part.words?.place ?? (() => change.span))
    return part.words === undefined && change.name !== 'sql' ? steps.map(step => ({ ...step, ...common })) : steps
  }
  return fileSteps(part, common, reading)
}

/** The SQL of a file that a change set names; one that is a migration by its path is judged where it stands. */
async function fileSteps(
  { file, relative }: { readonly file: string; readonly relative: boolean },
  common: { readonly span: Span; readonly text: string },
  { source, sql, tree }: Reading,
): Promise<readonly Step[]> {
  const unread: Step = { kind: 'unreadable', ...common, reason: `the file ${file} is not found` }
  if (tree === undefined) return [unread]
  const clean = file.replace(/^classpath:/, '').replace(/^\.?\//, '')
  const folder = source.path.slice(0, source.path.lastIndexOf('/') + 1)
  const beside = relative ? resolved(folder + clean) : undefined
  const path = beside ?? (await tree.list()).find(item => item === clean || item.endsWith(`/${clean}`))
  if (path === undefined) return [unread]
  const text = await tree.read(path)
  if (text === undefined) return [unread]
  if (classifyPath(path)?.kind === 'sql-migration')
    return [{ kind: 'change', ...common, operations: [{ op: 'harmless', what: 'sqlFile' }] }]
  return (await sql(text, () => common.span)).map(step => ({ ...step, span: common.span }))
}

function resolved(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

/** `modifySql` edits the statements that Liquibase writes: the way to CONCURRENTLY, NOT VALID and USING INDEX. */
function modified(steps: readonly Step[], set: Entry, engine: Engine): readonly Step[] {
  const edits = set.children.filter(child => child.name === 'modifySql' && runsOn(child, engine)).flatMap(textsIn)
  if (edits.length === 0) return steps
  const concurrently = edits.some(text => /\bconcurrently\b/i.test(text))
  const notValid = edits.some(text => /\bnot\s+valid\b/i.test(text))
  const usingIndex = edits.map(text => /\busing\s+index\s+"?(\w+)/i.exec(text)?.[1]).find(name => name !== undefined)
  const edited = (operation: Operation): Operation => {
    if (concurrently && (operation.op === 'create-index' || operation.op === 'drop-index'))
      return { ...operation, concurrently: true }
    if (usingIndex !== undefined && (operation.op === 'add-unique' || operation.op === 'add-primary-key'))
      return { ...operation, usingIndex }
    return notValid && (operation.op === 'add-foreign-key' || operation.op === 'add-check')
      ? { ...operation, validated: false }
      : operation
  }
  return steps.map(step => (step.kind === 'change' ? { ...step, operations: step.operations.map(edited) } : step))
}

function textsIn(entry: Entry): readonly string[] {
  return [...[...entry.values.values()].map(({ text }) => text), ...entry.children.flatMap(textsIn)]
}

/** `<property name="now" value="now()" dbms="postgresql"/>`; the first that holds for the engine counts. */
function properties(root: Entry, engine: Engine): (text: string) => string {
  const known = new Map<string, string>()
  for (const entry of root.children) {
    if (entry.name !== 'property' || !runsOn(entry, engine)) continue
    const name = entry.values.get('name')?.text
    const value = entry.values.get('value')?.text
    if (name !== undefined && value !== undefined && !known.has(name)) known.set(name, value)
  }
  const once = (text: string): string =>
    text.replace(/\$\{([\w.:-]+)\}/g, (whole, name: string) => known.get(name) ?? whole)
  return text => (text.includes('${') ? once(once(text)) : text)
}

/** The change as it is written, on one line. */
function lineOf({ span }: Entry, { lines }: Source): string {
  const from = (lines.starts[span.line - 1] ?? 0) + span.column - 1
  const to = (lines.starts[span.endLine - 1] ?? 0) + span.endColumn - 1
  const flat = lines.text
    .slice(from, Math.min(to, from + 2000))
    .replace(/\s+/g, ' ')
    .trim()
  return flat.length > 200 ? `${flat.slice(0, 199)}…` : flat
}
