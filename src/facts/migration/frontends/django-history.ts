import { argumentOf, type PyCall, type PyValue } from '../../../artifact/python.ts'
import { sourceOf } from '../../../artifact/source.ts'
import { treeOf } from '../../../artifact/trees.ts'
import type { Source } from '../../../artifact/types.ts'
import type { Tree } from '../../../change/types.ts'
import { djangoFile } from './django-file.ts'

/** What is asked of earlier migrations: `model.field`, `model:option`; lower case. */
export interface DjangoHistory {
  /** The declaration of a field before this migration. */
  field(model: string, field: string): PyValue | undefined
  /** An option of the model before this migration: `unique_together`, `index_together`. */
  option(model: string, name: string): PyValue | undefined
  /** The table, where the model names it. */
  table(model: string): string | undefined
  /** The model's primary key is made by Django and no migration says how. */
  readonly complete: boolean
}

export const noHistory: DjangoHistory = {
  field: () => undefined,
  option: () => undefined,
  table: () => undefined,
  complete: false,
}

export interface Wanted {
  readonly model: string
  readonly field?: string
  readonly option?: string
}

const mostParsed = 60
const mostRead = 800

interface Found {
  readonly fields: Map<string, PyValue>
  readonly options: Map<string, PyValue>
  readonly tables: Map<string, string>
}

/** Looks through the earlier migrations of the app, newest first, for what this one alters. */
export async function djangoHistory(path: string, tree: Tree, wanted: readonly Wanted[]): Promise<DjangoHistory> {
  if (wanted.length === 0) return noHistory
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const paths = (await tree.list(folder.slice(0, -1)))
    .filter(
      one =>
        one.startsWith(folder) && one < path && /\/\d[^/]*\.py$/.test(one) && !one.slice(folder.length).includes('/'),
    )
    .reverse()
    .slice(0, mostRead)
  const found: Found = { fields: new Map(), options: new Map(), tables: new Map() }
  // Names under which a wanted thing went at the point reached, going back in time.
  const models = new Map(wanted.map(({ model }) => [model, model]))
  const open = new Map(
    wanted.flatMap(({ model, field }) => (field === undefined ? [] : [[`${model}.${field}`, { model, field }]])),
  )
  const openOptions = new Set(
    wanted.flatMap(({ model, option }) => (option === undefined ? [] : [`${model}:${option}`])),
  )
  let parsed = 0
  for (const one of paths) {
    if (parsed >= mostParsed || (open.size === 0 && openOptions.size === 0 && found.tables.size === models.size)) break
    const quoted = await quotedWords(one, tree)
    const about = [...models.values()].some(model => quoted.has(model))
    const useful =
      about &&
      ([...open.values()].some(({ field }) => quoted.has(field)) ||
        ((quoted.has('db_table') || quoted.has(':AlterModelTable')) && found.tables.size < models.size) ||
        (quoted.has(':RenameModel') && open.size > 0) ||
        (openOptions.size > 0 && quoted.has(':together')))
    if (!useful) continue
    parsed++
    for (const operation of [...(await operationsIn(one, tree))].reverse())
      back(operation, models, open, openOptions, found)
  }
  return {
    field: (model, field) => found.fields.get(`${model}.${field}`),
    option: (model, name) => found.options.get(`${model}:${name}`),
    table: model => found.tables.get(model) || undefined,
    complete: true,
  }
}

interface Parsed {
  readonly operations: readonly PyValue[]
  /** Its syntax tree is freed with the source, and the operations point into the tree. */
  readonly source: Source
}

const read = new WeakMap<Tree, Map<string, Parsed>>()

/** Operations of an earlier migration; each file is read once, however many migrations of a change ask for it. */
async function operationsIn(path: string, tree: Tree): Promise<readonly PyValue[]> {
  const files = read.get(tree) ?? new Map<string, Parsed>()
  read.set(tree, files)
  const known = files.get(path)
  if (known) return known.operations
  const source = sourceOf(path, 'head', (await tree.read(path)) ?? '')
  const parsed = await treeOf(source, 'python')
  const operations = (parsed && djangoFile(parsed.rootNode, { call: () => true }))?.operations ?? []
  files.set(path, { operations, source })
  return operations
}

const words = new WeakMap<Tree, Map<string, ReadonlySet<string>>>()

/** All words in quotes, in lower case, names of models and fields among them; with a colon, operations that matter. */
async function quotedWords(path: string, tree: Tree): Promise<ReadonlySet<string>> {
  const files = words.get(tree) ?? new Map<string, ReadonlySet<string>>()
  words.set(tree, files)
  const known = files.get(path)
  if (known) return known
  const text = (await tree.read(path)) ?? ''
  const found = new Set<string>()
  if (text.length < 1_000_000) {
    for (const [, word = ''] of text.matchAll(/["'](\w+)["']/g)) found.add(word.toLowerCase())
    for (const [operation] of text.matchAll(/AlterModelTable|RenameModel/g)) found.add(`:${operation}`)
    if (text.includes('_together')) found.add(':together')
  }
  files.set(path, found)
  return found
}

const lower = (value: PyValue | undefined): string => (value?.kind === 'text' ? value.text.toLowerCase() : '')

/** Takes one operation back: notes what it declared, and goes on under the names that held before it. */
function back(
  operation: PyValue,
  models: Map<string, string>,
  open: Map<string, { model: string; field: string }>,
  openOptions: Set<string>,
  found: Found,
): void {
  if (operation.kind !== 'call') return
  if (operation.name === 'SeparateDatabaseAndState') {
    const state = argumentOf(operation, 1, 'state_operations')
    const items = state?.kind === 'list' ? state.items : []
    for (const item of [...items].reverse()) back(item, models, open, openOptions, found)
    return
  }
  const model = lower(
    argumentOf(operation, 0, /^(Add|Alter|Remove|Rename)Field$/.test(operation.name) ? 'model_name' : 'name'),
  )
  const settle = (field: string, value: PyValue | undefined): void => {
    for (const [key, one] of open) {
      if (value === undefined || models.get(one.model) !== model || one.field !== field) continue
      found.fields.set(key, value)
      open.delete(key)
    }
  }
  const settleOption = (name: string, value: PyValue | undefined): void => {
    for (const key of openOptions) {
      const [of = '', option] = key.split(':')
      if (value === undefined || models.get(of) !== model || option !== name) continue
      found.options.set(key, value)
      openOptions.delete(key)
    }
  }
  const settleTable = (value: PyValue | undefined): void => {
    if (value?.kind !== 'text' && value?.kind !== 'none') return
    // Without a name the table has that of the app and the model again.
    const table = value.kind === 'text' ? value.text.replaceAll('"', '') : ''
    for (const [name, now] of models) if (now === model && !found.tables.has(name)) found.tables.set(name, table)
  }
  switch (operation.name) {
    case 'AddField':
    case 'AlterField':
      settle(lower(argumentOf(operation, 1, 'name')), argumentOf(operation, 2, 'field'))
      return
    case 'RenameField':
      renameBack(operation, model, models, open)
      return
    case 'RenameModel': {
      const now = lower(argumentOf(operation, 1, 'new_name'))
      const before = lower(argumentOf(operation, 0, 'old_name'))
      for (const [name, one] of models) if (one === now) models.set(name, before)
      return
    }
    case 'AlterModelTable':
      settleTable(argumentOf(operation, 1, 'table'))
      return
    case 'AlterUniqueTogether':
      settleOption('unique_together', argumentOf(operation, 1, 'unique_together'))
      return
    case 'AlterIndexTogether':
      settleOption('index_together', argumentOf(operation, 1, 'index_together'))
      return
    case 'CreateModel': {
      const fields = argumentOf(operation, 1, 'fields')
      for (const item of fields?.kind === 'list' ? fields.items : [])
        if (item.kind === 'list') settle(lower(item.items[0]), item.items[1])
      const options = argumentOf(operation, 2, 'options')
      if (options?.kind === 'dict') {
        settleTable(options.entries.get('db_table'))
        for (const name of ['unique_together', 'index_together']) settleOption(name, options.entries.get(name))
      }
    }
  }
}

function renameBack(
  operation: PyCall,
  model: string,
  models: ReadonlyMap<string, string>,
  open: Map<string, { model: string; field: string }>,
): void {
  const before = lower(argumentOf(operation, 1, 'old_name'))
  const now = lower(argumentOf(operation, 2, 'new_name'))
  for (const one of open.values()) if (models.get(one.model) === model && one.field === now) one.field = before
}
