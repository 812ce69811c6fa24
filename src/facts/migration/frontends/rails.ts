import type { Node } from 'web-tree-sitter'
import { callOf, childrenOf, heredocsOf, hole, placeIn, type RubyValue, rubyValue } from '../../../artifact/ruby.ts'
import { treeOf } from '../../../artifact/trees.ts'
import type { Artifact, Source } from '../../../artifact/types.ts'
import type { Engine } from '../../../config/types.ts'
import type { Span } from '../../../text/lines.ts'
import type { Program, Step } from '../operation.ts'
import { inAnySchema, namesHole } from './holes.ts'
import { textOf } from './rails-columns.ts'
import { tablesOfModel } from './rails-names.ts'
import type { Draft, RailsFile, Scope } from './rails-scope.ts'
import { walk } from './rails-walk.ts'
import { inLoop } from './row-loops.ts'
import { unreadableFile } from './unreadable-file.ts'

/** Reads SQL of the project's engine; `place` gives the position of an offset of the text in the Ruby file. */
export type ReadSql = (text: string, place: (offset: number) => Span) => Promise<readonly Step[]>

/** What the surroundings may tell. `knows`: does the table exist? */
export interface RailsHints {
  readonly engine?: Engine
  readonly knows?: (table: string) => boolean
}

/** What a Rails migration (or data migration) does. An unparsable file gives one unreadable step. */
export async function readRails(
  source: Source,
  _artifact: Artifact,
  sql: ReadSql,
  hints: RailsHints = {},
): Promise<Program> {
  const tree = await treeOf(source, 'ruby')
  const program = { framework: 'rails', transaction: 'wrapped' } as const
  if (!tree) return { ...program, up: [unreadableFile(source)] }
  const root = tree.rootNode
  const migration = migrationClass(root)
  if (!migration) return { ...program, up: [] }
  const file = fileOf(root, migration, hints)
  const transaction = file.bare ? 'each' : 'wrapped'
  const up = file.methods.get('up')
  const change = file.methods.get('change')
  const down = file.methods.get('down')
  const forward = up ?? change
  const forwards = forward ? steps(forward, file, 'up', false) : undefined
  const back = up
    ? down
      ? steps(down, file, 'down', false)
      : undefined
    : change
      ? steps(change, file, 'down', true)
      : undefined
  return {
    framework: 'rails',
    transaction,
    up: forwards ? await resolveDrafts(forwards.drafts, source, sql) : [],
    ...(back && !back.irreversible ? { down: await resolveDrafts(back.drafts, source, sql) } : {}),
  }
}

function steps(
  method: Node,
  file: RailsFile,
  direction: 'up' | 'down',
  inverting: boolean,
): { drafts: readonly Draft[]; irreversible: boolean } {
  const state = { irreversible: false, steps: 0, visits: 0, gaveUp: false }
  const out: Draft[] = []
  const scope: Scope = {
    file,
    locals: new Map(),
    out,
    direction,
    inverting,
    assured: false,
    looped: false,
    whole: '',
    depth: 0,
    following: ['up', 'down', 'change'],
    state,
    walk,
  }
  const body = method.childForFieldName('body')
  if (body) walk(body, scope)
  return { drafts: out, irreversible: state.irreversible }
}

const className = (node: Node): string => node.childForFieldName('name')?.text ?? ''
const superclassOf = (node: Node): string => node.childForFieldName('superclass')?.text.replace(/^<\s*/, '') ?? ''
const defines = (node: Node): boolean =>
  node
    .descendantsOfType(['method', 'singleton_method'])
    .some(method => /^(up|down|change)$/.test(method?.childForFieldName('name')?.text ?? ''))

/** The class that is the migration: by its superclass, else the one with `up` or `change`. */
function migrationClass(root: Node): Node | undefined {
  const classes = root.descendantsOfType('class').filter(node => node !== null)
  return (
    classes.find(node => /Migration\b/.test(superclassOf(node)) && defines(node)) ??
    classes.find(defines) ??
    // `SomeMigration.class_eval do def change`
    (defines(root) ? root : undefined)
  )
}

function fileOf(root: Node, migration: Node, hints: RailsHints): RailsFile {
  const heredocs = heredocsOf(root)
  const methods = new Map<string, Node>()
  for (const method of migration.descendantsOfType(['method', 'singleton_method'])) {
    const name = method?.childForFieldName('name')?.text
    // A model class inside the migration has methods of its own.
    if (method && name !== undefined && !methods.has(name) && classAround(method, migration) === migration.id)
      methods.set(name, method)
  }
  const constants = constantsOf(root, heredocs)
  return {
    version: versionOf(superclassOf(migration)),
    ...(hints.engine ? { engine: hints.engine } : {}),
    ...(hints.knows ? { knows: hints.knows } : {}),
    heredocs,
    methods,
    constants,
    models: modelsOf(root, migration, constants, heredocs, hints.knows),
    bare: withoutTransaction(migration),
  }
}

function classAround(node: Node, outermost: Node): number | undefined {
  for (let at = node.parent; at; at = at.parent) {
    if (at.id === outermost.id || at.type === 'class') return at.id
  }
  return undefined
}

/** `ActiveRecord::Migration[7.1]` → 7.1. Without a number the rules of Rails 4 hold; another base class is taken for a recent Rails. */
function versionOf(superclass: string): number {
  const [, number] = /ActiveRecord::Migration\s*\[\s*['"]?(\d+\.\d+)/.exec(superclass) ?? []
  if (number !== undefined) return Number(number)
  return /^(::)?ActiveRecord::Migration$/.test(superclass.trim()) ? 4.2 : 7
}

function withoutTransaction(migration: Node): boolean {
  const body = migration.childForFieldName('body')
  return childrenOf(body ?? migration).some(node => callOf(node)?.name === 'disable_ddl_transaction!')
}

function constantsOf(root: Node, heredocs: ReadonlyMap<number, Node>): ReadonlyMap<string, RubyValue> {
  const constants = new Map<string, RubyValue>()
  for (const node of root.descendantsOfType('assignment')) {
    const left = node?.childForFieldName('left')
    const right = node?.childForFieldName('right')
    // `@tables = %w[…]` in the body of the class counts as well.
    if (
      !left ||
      !right ||
      !(left.type === 'constant' || (left.type === 'instance_variable' && node?.parent?.parent?.type === 'class'))
    )
      continue
    const value = rubyValue(right, { heredocs, variable: name => constants.get(name) })
    if (value.kind !== 'code') constants.set(left.text, value)
  }
  return constants
}

/** Tables of the model classes that the file itself declares. */
function modelsOf(
  root: Node,
  migration: Node,
  constants: ReadonlyMap<string, RubyValue>,
  heredocs: ReadonlyMap<number, Node>,
  knows?: (table: string) => boolean,
): ReadonlyMap<string, string> {
  const models = new Map<string, string>()
  const named = (body: Node): string | undefined => {
    for (const node of body.descendantsOfType('assignment')) {
      const right = node?.childForFieldName('right')
      if (node?.childForFieldName('left')?.text === 'self.table_name' && right)
        return textOf(rubyValue(right, { heredocs, variable: name => constants.get(name) }))
    }
    return undefined
  }
  for (const node of root.descendantsOfType('class')) {
    if (!node || node.id === migration.id) continue
    const name = className(node)
    const superclass = superclassOf(node)
    const table =
      named(node) ??
      (/(ActiveRecord::Base|ApplicationRecord|Record)$/.test(superclass)
        ? likeliest(name.slice(name.lastIndexOf(':') + 1), knows)
        : models.get(superclass))
    if (table !== undefined && !/Migration/.test(superclass)) models.set(name, table)
  }
  for (const node of root.descendantsOfType('assignment')) {
    const left = node?.childForFieldName('left')
    const right = node?.childForFieldName('right')
    if (left?.type !== 'constant' || !right) continue
    if (/^Class\.new\((::)?(ActiveRecord::Base|ApplicationRecord)/.test(right.text))
      models.set(left.text, named(right) ?? likeliest(left.text, knows))
    // `MODEL = Partners::Family`
    if (/^(constant|scope_resolution)$/.test(right.type)) {
      models.set(left.text, models.get(right.text) ?? likeliest(right.text, knows))
    }
  }
  return models
}

function likeliest(model: string, knows: RailsHints['knows']): string {
  const candidates = tablesOfModel(model)
  return candidates.find(table => knows?.(table)) ?? candidates[0] ?? model
}

/** Reads the embedded SQL, and puts its steps where the calls stand. */
export async function resolveDrafts(drafts: readonly Draft[], source: Source, sql: ReadSql): Promise<readonly Step[]> {
  const steps: Step[] = []
  for (const draft of drafts) {
    if (draft.kind === 'step') {
      steps.push(draft.step)
      continue
    }
    const read = await sql(draft.value.text, offset => placeIn(draft.value, source.lines, offset))
    const holes = draft.value.holes > 0
    if (
      holes &&
      read.some(
        step =>
          step.kind === 'unreadable' || (step.kind === 'change' && step.operations.map(inAnySchema).some(namesHole)),
      )
    ) {
      steps.push({
        kind: 'unreadable',
        span: draft.span,
        text: draft.text,
        reason: 'the SQL is put together while the migration runs',
      })
      continue
    }
    for (const step of read) steps.push(finished(step, draft, holes))
  }
  return steps
}

function finished(step: Step, draft: Draft & { kind: 'sql' }, holes: boolean): Step {
  const shown = holes ? { ...step, text: step.text.replaceAll(hole, '…') } : step
  if (shown.kind !== 'change') return shown
  const known = holes ? shown.operations.map(inAnySchema) : shown.operations
  const operations = draft.looped ? known.map(one => inLoop(one, draft.whole)) : known
  return { ...shown, operations, ...(draft.assured ? { assured: true } : {}) }
}
