import type { Artifact } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import type { LineIndex } from '../../text/lines.ts'
import type { MigrationFact } from './fact.ts'
import { sectionsOf } from './frontends/sql-sections.ts'
import { familyOf } from './known.ts'
import type { Operation, Program, Step } from './operation.ts'

/** What takes a migration back, as far as this change adds it. */
interface WayBack {
  readonly path: string
  readonly text: string
  readonly steps: readonly Step[]
}

/** Files added by the change that only take a migration back: what they do, by their path. */
export type AddedBacks = ReadonlyMap<string, { readonly artifact: Artifact; readonly program: Program }>

/**
 * Marks the first table or column of a new SQL migration that neither its own way back nor another one of the change
 * removes: taken back and run again, the migration stops at it. Nothing is said where the way back does something that is
 * not followed to its end.
 */
export async function markLeftBehind(
  facts: readonly MigrationFact[],
  artifact: Artifact,
  program: Program,
  { everyOperation, backs }: { readonly everyOperation: readonly Operation[]; readonly backs: AddedBacks },
  base: Tree,
): Promise<readonly MigrationFact[]> {
  const { head } = artifact
  if (artifact.language !== 'sql' || artifact.base !== undefined || head === undefined) return facts
  const back = wayBackOf(head.path, head.text, program, backs)
  if (back === undefined || !isFollowed(back.steps)) return facts
  const created = facts.filter(fact => isCreated(fact, head.lines))
  if (created.length === 0) return facts
  const own = undoneBy(operationsIn(back.steps))
  const remaining = created.filter(fact => !isUndone(fact, own))
  if (remaining.length === 0) return facts
  const others = elsewhere(backs, everyOperation)
  const left = remaining.filter(fact => !isExplained(fact, back.text) && !isUndone(fact, others))
  const [first] = left
  if (first === undefined) return facts
  const empty = isEmpty(back.text)
  if (empty && !(await usuallyGoesBack(head.path, base))) return facts
  const leftBehind = left.map(({ table, column }) => (column === '' ? table : `${table}.${column}`))
  return facts.map(fact => (fact === first ? { ...fact, leftBehind, wayBack: back.path, wayBackEmpty: empty } : fact))
}

function wayBackOf(path: string, text: string, program: Program, backs: AddedBacks): WayBack | undefined {
  if (program.down !== undefined) {
    const section = sectionsOf(path, text).down
    if (section !== undefined) return { path, text: section, steps: program.down }
  }
  for (const other of companionsOf(path)) {
    const found = backs.get(other)
    if (found !== undefined && found.artifact.base === undefined)
      return { path: other, text: found.artifact.head?.text ?? '', steps: found.program.up }
  }
  return undefined
}

/** Files by which runners take a file of this name back. */
function companionsOf(path: string): readonly string[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const name = path.slice(folder.length)
  if (/\.up\.(sql|pgsql)$/.test(name)) return [path.replace(/\.up\.(\w+)$/, '.down.$1')]
  if (/^(up|migration)\.sql$/.test(name)) return [`${folder}down.sql`]
  if (/^V\d[\w.]*__/.test(name)) return [`${folder}${name.replace(/^V/, 'U')}`]
  if (/(^|\/)deploy\/$/.test(folder)) return [`${folder.replace(/deploy\/$/, 'revert/')}${name}`]
  return [path.replace(/\.sql$/, '.down.sql')]
}

const bare = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase()

/** A table or column that is there afterwards, and that a second run would find in its way. */
function isCreated({ operation, newTable, statement, span }: MigrationFact, lines: LineIndex): boolean {
  if (operation !== 'create-table' && (operation !== 'add-column' || newTable)) return false
  // In a block or a procedure it may depend on a condition.
  if (!/^(alter|create(\s+unlogged)?)\s+table\b/i.test(statement) || /\bpartition\s+of\b/i.test(statement)) return false
  const written = lines.text.slice(lines.starts[span.line - 1] ?? 0, lines.starts[span.endLine] ?? lines.text.length)
  return !/\bif\s+not\s+exists\b/i.test(statement) && !/\bif\s+not\s+exists\b/i.test(written)
}

/** Every step of the way back is one whose effect on tables is known. */
function isFollowed(steps: readonly Step[]): boolean {
  return steps.every(step => {
    if (step.kind === 'unreadable') return false
    if (step.kind !== 'change') return true
    return (
      !/^(do|call|exec(ute)?|prepare|with|drop\s+(extension|owned))\b/i.test(step.text) &&
      (!/^select\b/i.test(step.text) || isTemplate(step.text)) &&
      !step.operations.some(
        item => item.op === 'drop-schema' || item.op === 'drop-database' || (item.op === 'drop-type' && item.cascade),
      )
    )
  })
}

/** What goose writes into a new file; Diesel's is a comment. */
const isTemplate = (text: string): boolean => /^select\s+'(up|down) SQL query'\s*;?\s*$/i.test(text.trim())

const operationsIn = (steps: readonly Step[]): readonly Operation[] =>
  steps.flatMap(step => (step.kind === 'change' ? step.operations : []))

/** A later step of the change takes the table away itself, or gives it another name. */
const takesTable = ({ op }: Operation): boolean =>
  op === 'drop-table' || op === 'rename-table' || op === 'recreate-table'

/** A comment in the way back says what stays, or that nothing can be taken back. */
function isExplained({ table }: MigrationFact, text: string): boolean {
  const comments = (text.match(/--[^\n]*|\/\*[\s\S]*?\*\//g) ?? []).join('\n').toLowerCase()
  return comments.includes(bare(table)) || /irreversib|on purpose|intentional|deliberate/.test(comments)
}

/** Tables and columns (`table.column`) that are gone, or known by another name, after some operations. */
interface Undone {
  readonly tables: ReadonlySet<string>
  readonly columns: ReadonlySet<string>
}

function undoneBy(operations: readonly Operation[]): Undone {
  const tables = new Set<string>()
  const columns = new Set<string>()
  for (const item of operations) {
    if (item.op === 'drop-table') tables.add(bare(item.table))
    else if (item.op === 'recreate-table') tables.add(bare(item.table)).add(bare(item.by))
    else if (item.op === 'rename-table') tables.add(bare(item.table)).add(bare(item.to))
    else if (item.op === 'drop-column') columns.add(`${bare(item.table)}.${bare(item.column)}`)
    else if (item.op === 'rename-column')
      for (const name of [item.column, item.to]) columns.add(`${bare(item.table)}.${bare(name)}`)
  }
  return { tables, columns }
}

const isUndone = ({ table, column }: MigrationFact, { tables, columns }: Undone): boolean =>
  tables.has(bare(table)) || (column !== '' && columns.has(`${bare(table)}.${bare(column)}`))

const known = new WeakMap<AddedBacks, Undone>()

/** What other files of the change undo, found once: a change may hold thousands of migrations. */
function elsewhere(backs: AddedBacks, everyOperation: readonly Operation[]): Undone {
  const found = known.get(backs)
  if (found !== undefined) return found
  const others = [...backs.values()].flatMap(({ program: { up } }) => operationsIn(up))
  const undone = undoneBy([...others, ...everyOperation.filter(takesTable)])
  known.set(backs, undone)
  return undone
}

/** Nothing was written, not even why: markers of runners and the lines of a template aside. */
function isEmpty(text: string): boolean {
  return text.split('\n').every(line => {
    const own = line.trim()
    return (
      own === '' ||
      isTemplate(own.replace(/^--\s*/, '')) ||
      own === '-- This file should undo anything in `up.sql`' ||
      /^--\s*(\+(goose|migrate)\b|migrate:down\b|down migration\b|rambler down\b|!Downs\b)|^#.*!Downs\b|^----/i.test(
        own,
      )
    )
  })
}

/** Most of the newest earlier migrations of the series can be taken back: one that cannot is an omission then. */
async function usuallyGoesBack(path: string, tree: Tree): Promise<boolean> {
  const family = familyOf(path)
  const paths = await tree.list(family === '/' ? undefined : family)
  const known = new Set(paths)
  let seen = 0
  let full = 0
  for (const item of paths.filter(one => one !== path && familyOf(one) === family && one.endsWith('.sql')).reverse()) {
    if (seen >= 10) break
    const back = companionsOf(item).find(other => known.has(other))
    const text = (await tree.read(back ?? item)) ?? ''
    const section = back === undefined ? sectionsOf(item, text).down : text
    if (section === undefined) continue
    seen++
    if (!isEmpty(section)) full++
  }
  return full >= 3 && full * 3 >= seen * 2
}
