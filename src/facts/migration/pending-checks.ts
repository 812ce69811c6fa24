import { touches } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'
import type { Operation } from './operation.ts'
import type { Walked } from './transaction.ts'

/** What PostgreSQL refuses on a table while checks of foreign keys wait for the end of the transaction. Renaming is none of it. */
const alters: ReadonlySet<Operation['op']> = new Set([
  'add-column',
  'drop-column',
  'change-type',
  'set-not-null',
  'drop-not-null',
  'set-default',
  'drop-default',
  'create-index',
  'add-unique',
  'add-check',
  'add-exclusion',
  'add-primary-key',
  'add-foreign-key',
  'drop-constraint',
  'drop-table',
])

/**
 * Alterations of a table in the transaction of a Django migration that has deleted or inserted rows of it before. Django
 * declares its foreign keys DEFERRABLE INITIALLY DEFERRED: each such row leaves a check for the end of the transaction,
 * and until then the table cannot be altered (run on PostgreSQL 18: "because it has pending trigger events").
 */
export async function pendingChecks(
  walked: readonly Walked[],
  setting: Setting,
  base: Tree,
): Promise<readonly MigrationFact[]> {
  const { artifact, program, engine } = setting
  if (program.framework !== 'django' || engine !== 'postgres') return []
  if (/\bSET\s+CONSTRAINTS\s+ALL\s+IMMEDIATE\b/i.test(artifact.head?.text ?? '')) return []
  const written = new Map<string, 'deletes' | 'inserts'>()
  const facts: MigrationFact[] = []
  let transaction = -1
  for (const { operation, around, step, index } of walked) {
    if (around.transaction !== transaction || !around.inTransaction) written.clear()
    transaction = around.transaction
    if (!around.inTransaction) continue
    if (operation.op === 'delete-rows') written.set(operation.table, 'deletes')
    if (operation.op === 'harmless' && operation.inserts !== undefined) written.set(operation.inserts, 'inserts')
    const table = 'table' in operation ? (operation.table ?? '') : ''
    const how = alters.has(operation.op) ? written.get(table) : undefined
    const span = step.spans?.[index] ?? step.span
    if (how === undefined || setting.isNew(table) || !touches(artifact, 'head', span)) continue
    written.delete(table)
    const checked = how === 'deletes' ? await isReferred(table, base) : await refers(table, base)
    if (checked) facts.push({ ...blankFact(setting, 'pending-checks', step.text), span, table, how })
  }
  return facts
}

/** `shop_order` is model `order` of app `shop`; an app's name may have an underscore as well. */
function modelsOf(table: string): readonly { readonly app: string; readonly model: string }[] {
  return [...table.matchAll(/_/g)].map(({ index }) => ({ app: table.slice(0, index), model: table.slice(index + 1) }))
}

const keys = 'ForeignKey|OneToOneField|ParentalKey'

/** A foreign key of some table points at this one. */
async function isReferred(table: string, base: Tree): Promise<boolean> {
  const named = modelsOf(table).map(({ app, model }) => `${app}\\.${model}`)
  if (named.length === 0) return false
  const pattern = new RegExp(
    `(?:${keys}|ManyToManyField)\\((?:[^()]|\\((?:[^()]|\\([^()]*\\))*\\))*?["'](?:${named.join('|')})["']((?:[^()]|\\([^()]*\\))*)`,
    'gi',
  )
  const declared = (text: string): boolean =>
    [...text.matchAll(pattern)].some(([whole]) => !/db_constraint\s*=\s*False/.test(whole))
  return someMigration(base, /(^|\/)migrations\/[^/]+\.py$/, declared)
}

/** The table has a foreign key of its own. */
async function refers(table: string, base: Tree): Promise<boolean> {
  for (const { app, model } of modelsOf(table)) {
    const made = new RegExp(
      `CreateModel\\(\\s*(?:name\\s*=\\s*)?["']${model}["'](?:(?!\\bmigrations\\.)[\\s\\S])*?\\b(?:${keys})\\(`,
      'i',
    )
    const added = new RegExp(
      `AddField\\(\\s*(?:model_name\\s*=\\s*)?["']${model}["'](?:(?!\\bmigrations\\.)[\\s\\S])*?\\b(?:${keys})\\(`,
      'i',
    )
    const folder = new RegExp(`(^|/)${app}/migrations/[^/]+\\.py$`)
    if (await someMigration(base, folder, text => made.test(text) || added.test(text))) return true
  }
  return false
}

const mostFiles = 2000

async function someMigration(tree: Tree, path: RegExp, holds: (text: string) => boolean): Promise<boolean> {
  for (const one of (await tree.list()).filter(item => path.test(item)).slice(0, mostFiles)) {
    const text = await tree.read(one)
    if (text !== undefined && holds(text)) return true
  }
  return false
}
