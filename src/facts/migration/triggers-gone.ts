import type { Change, Tree } from '../../change/types.ts'
import { keyOf, usagesOf } from '../usage/search.ts'
import type { MigrationFact } from './fact.ts'
import type { Operation } from './operation.ts'

/** Files of the repository that are looked into for the trigger and its function. */
const mostRead = 800

/** Columns that most frameworks fill by themselves, so that their trigger is what is too much. */
const byFramework = /^(updated|modified|changed|created|inserted)(_at|_on|At|On|_date)?$/i

/**
 * Triggers that go although they are what fills a column: the column stays, code still reads it, and nothing in the change
 * takes over. The facts get the column, and where it is used.
 */
export async function withTriggerFills(
  facts: readonly MigrationFact[],
  everyOperation: readonly Operation[],
  change: Change,
): Promise<readonly MigrationFact[]> {
  const dropped = facts.filter(fact => fact.operation === 'drop-trigger' && fact.how !== '' && !fact.newTable)
  if (dropped.length === 0 || dropped.length > 40) return facts
  const names = dropped.map(({ how }) => how)
  const known = await definitions(names, change.trees.base)
  const around = await changedText(change)
  const found = new Map<MigrationFact, { table: string; columns: readonly string[] }>()
  for (const fact of dropped) {
    const trigger = known.get(fact.how)
    if (trigger === undefined) continue
    const table = fact.table === '' ? trigger.table : fact.table
    if (!trigger.table.endsWith(table.slice(table.lastIndexOf('.') + 1)) || isReplaced(table, everyOperation)) continue
    const columns = trigger.columns.filter(
      column =>
        !(fact.framework !== 'sql' && byFramework.test(column)) &&
        !isChanged(table, column, everyOperation) &&
        !mentions(around, column),
    )
    if (columns.length > 0) found.set(fact, { table, columns })
  }
  if (found.size === 0 || /\bcreate\s+(or\s+replace\s+)?(constraint\s+)?trigger\b/i.test(around)) return facts
  const targets = [...found].flatMap(([{ framework }, { table, columns }]) =>
    columns.map(column => ({ table, column, framework, renamed: false })),
  )
  const usages = await usagesOf(targets, change)
  return facts.map(fact => {
    const { table = '', columns = [] } = found.get(fact) ?? {}
    for (const column of columns) {
      const usage = usages.get(keyOf({ table, column }))
      if (usage !== undefined && usage.head.length > 0)
        return { ...fact, table, column, columns, usedAt: usage.head, usageCertain: usage.certain }
    }
    return fact
  })
}

/** Another trigger of the table, or the table itself, comes or goes in the change. */
const isReplaced = (table: string, operations: readonly Operation[]): boolean =>
  operations.some(
    item =>
      (item.op === 'create-trigger' || item.op === 'drop-table' || item.op === 'rename-table') && item.table === table,
  )

const isChanged = (table: string, column: string, operations: readonly Operation[]): boolean =>
  operations.some(
    item =>
      ((item.op === 'drop-column' || item.op === 'rename-column' || item.op === 'change-type') &&
        item.table === table &&
        item.column === column) ||
      (item.op === 'add-column' && item.table === table && item.column.name === column),
  )

/** What the change adds outside of the way back: code that fills the column from now on may be among it. */
async function changedText(change: Change): Promise<string> {
  const parts: string[] = []
  for (const file of change.files.slice(0, 200)) {
    const content = await file.read('head')
    if (content === undefined || 'unreadable' in content || /(^|[._-])down\.|\.md$/i.test(file.path)) continue
    const lines = content.text.split('\n')
    for (const { headStart, headCount } of await file.hunks())
      parts.push(lines.slice(headStart - 1, headStart - 1 + headCount).join('\n'))
  }
  return parts.join('\n')
}

const mentions = (text: string, word: string): boolean =>
  new RegExp(`(?<!\\w)${word.replace(/\W/g, '\\$&')}(?!\\w)`, 'i').test(text) || text.includes(camel(word))

const camel = (word: string): string => word.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase())

interface Trigger {
  readonly table: string
  readonly columns: readonly string[]
}

/** What the newest definition of each trigger fills, as far as SQL of the repository tells. */
async function definitions(names: readonly string[], base: Tree): Promise<ReadonlyMap<string, Trigger>> {
  const texts: string[] = []
  const paths = (await base.list()).filter(path => /migrat|schema|structure|trigger|delta|\/sql\/|\.sql$/i.test(path))
  for (const path of paths.slice(-mostRead)) {
    const text = await base.read(path)
    if (text !== undefined && text.length < 2_000_000 && /\btrigger\b/i.test(text)) texts.push(text)
  }
  const found = new Map<string, Trigger>()
  for (const name of names) {
    const trigger = texts.flatMap(text => definitionIn(text, name, texts)).at(-1)
    if (trigger !== undefined) found.set(name, trigger)
  }
  return found
}

function definitionIn(text: string, name: string, all: readonly string[]): readonly Trigger[] {
  const word = name.replace(/\W/g, '\\$&')
  const made = new RegExp(
    `\\bcreate\\s+(?:or\\s+replace\\s+)?(?:constraint\\s+)?trigger\\s+(?:if\\s+not\\s+exists\\s+)?["\`]?${word}["\`]?\\s([^;]*?)\\bon\\s+([\\w."\`]+)\\s([\\s\\S]{0,4000})`,
    'gi',
  )
  return [...text.matchAll(made)].flatMap(([, when = '', on = '', rest = '']) => {
    if (!/\b(insert|update)\b/i.test(when)) return []
    const table = on.replace(/["`]/g, '').replace(/^public\./, '')
    const columns = filledBy(rest, all)
    return columns.length === 0 ? [] : [{ table, columns }]
  })
}

/** `NEW.total := …` in the function that is called, or in the body itself (MySQL). */
function filledBy(rest: string, all: readonly string[]): readonly string[] {
  const [, called = '', given = ''] =
    /\bexecute\s+(?:function|procedure)\s+([\w."]+)\s*\(\s*["']?(\w*)/i.exec(rest) ?? []
  if (called === '')
    return /\bfor\s+each\s+row\b/i.test(rest) ? assigned(rest.split(/\bend\b\s*(?:;|\$\$|\/\/)/i)[0] ?? '') : []
  const bare = called.replaceAll('"', '').replace(/^.*\./, '')
  if (/^(tsvector_update_trigger\w*|moddatetime)$/.test(bare)) return given === '' ? [] : [given]
  const made = new RegExp(
    `\\bcreate\\s+(?:or\\s+replace\\s+)?function\\s+(?:"?\\w+"?\\.)?"?${bare}"?\\s*\\([\\s\\S]{0,400}?\\bas\\s+(\\$\\w*\\$)([\\s\\S]*?)\\1`,
    'gi',
  )
  const bodies = all.flatMap(text => [...text.matchAll(made)].map(([, , body = '']) => body))
  return assigned(bodies.at(-1) ?? '')
}

const assigned = (body: string): readonly string[] => [
  ...new Set([...body.matchAll(/\bnew\."?(\w+)"?\s*:?=(?!=)/gi)].map(([, column = '']) => column)),
]
