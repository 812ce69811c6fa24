import type { Node } from 'web-tree-sitter'
import { type ExValue, exChildren, exTrue, exValue } from '../../../artifact/elixir.ts'
import { treeOf } from '../../../artifact/trees.ts'
import type { Source } from '../../../artifact/types.ts'
import type { Tree } from '../../../change/types.ts'
import type { Engine } from '../../../config/types.ts'
import type { Program, Step } from '../operation.ts'
import { ectoCall } from './ecto-calls.ts'
import { bodyOf, type EctoFile, headOf, newScope } from './ecto-scope.ts'
import { walkBody } from './ecto-walk.ts'
import { type ReadSql, resolveDrafts } from './javascript-sql.ts'
import { underscore } from './rails-names.ts'
import { unreadableFile } from './unreadable-file.ts'

/** What the surroundings may tell. */
export interface EctoHints {
  readonly engine?: Engine
  /** The repository: the tables of the schemas. */
  readonly tree?: Tree
}

/** What an Ecto migration does. An unparsable file gives one unreadable step. */
export async function readEcto(source: Source, sql: ReadSql, hints: EctoHints = {}): Promise<Program> {
  const tree = await treeOf(source, 'elixir')
  const program = { framework: 'ecto', transaction: 'wrapped' } as const
  if (!tree) return { ...program, up: [unreadableFile(source)] }
  const module = moduleOf(tree.rootNode)
  if (!module)
    return { ...program, up: tree.rootNode.hasError ? [unreadableFile(source, 'the file cannot be parsed')] : [] }
  const file = await fileOf(tree.rootNode, module, source, hints)
  const forward = file.functions.get('up') ?? file.functions.get('change')
  const back = file.functions.get('up') ? file.functions.get('down') : undefined
  const up = await steps(forward, file, 'up', source, sql)
  const down = back ? await steps(back, file, 'down', source, sql) : undefined
  const way = down ?? (file.functions.has('change') ? { ...up, steps: [] } : undefined)
  const bare = exTrue(file.attributes.get('disable_ddl_transaction'))
  const mysql = hints.engine === 'mysql' || hints.engine === 'mariadb'
  return {
    framework: 'ecto',
    transaction: bare || mysql ? 'each' : 'wrapped',
    up: up.steps,
    ...(way && !way.irreversible ? { down: way.steps } : {}),
  }
}

async function steps(
  definition: Node | undefined,
  file: EctoFile,
  direction: 'up' | 'down',
  source: Source,
  sql: ReadSql,
): Promise<{ readonly steps: readonly Step[]; readonly irreversible: boolean }> {
  const scope = newScope(file, direction, ectoCall)
  const body = definition && bodyOf(definition)
  if (body) walkBody(body, scope)
  const { irreversible } = scope.state
  return { steps: await resolveDrafts(scope.out, source.lines, sql, file.engine), irreversible }
}

const isCall = (node: Node, name: RegExp): boolean =>
  node.type === 'call' && name.test(node.childForFieldName('target')?.text ?? '')

const blockOf = (node: Node): Node | undefined => exChildren(node).find(child => child.type === 'do_block')

/** The module that uses Ecto's migrations. */
function moduleOf(root: Node): Node | undefined {
  const modules = root.descendantsOfType('call').filter(node => node !== null && isCall(node, /^defmodule$/)) as Node[]
  const migrates = (node: Node): boolean => {
    const block = blockOf(node)
    return (block ? exChildren(block) : []).some(child => isCall(child, /^use$/) && /\bMigration\b/.test(child.text))
  }
  return modules.find(migrates)
}

async function fileOf(root: Node, module: Node, source: Source, { engine, tree }: EctoHints): Promise<EctoFile> {
  const functions = new Map<string, Node>()
  const attributes = new Map<string, ExValue>()
  const names = { variable: () => undefined, attribute: (name: string) => attributes.get(name) }
  const block = blockOf(module)
  for (const child of block ? exChildren(block) : []) {
    if (isCall(child, /^defp?$/)) {
      const name = headOf(child)
      const text = name?.type === 'call' ? name.childForFieldName('target')?.text : name?.text
      // Of several clauses the last is the general one, but the first with a body comes first in time.
      if (text !== undefined && !functions.has(text) && bodyOf(child)) functions.set(text, child)
    }
    const operand = child.type === 'unary_operator' ? child.childForFieldName('operand') : undefined
    if (operand?.type !== 'call' || !child.text.startsWith('@')) continue
    const list = exChildren(operand).find(one => one.type === 'arguments')
    const value = list ? exChildren(list)[0] : undefined
    if (value) attributes.set(operand.childForFieldName('target')?.text ?? '', exValue(value, names))
  }
  return {
    root,
    lines: source.lines,
    ...(engine ? { engine } : {}),
    functions,
    attributes,
    tables: await tablesOf(module, tree),
  }
}

/** `schema "users"` of the schemas that the file writes to, found by the name of their file. */
async function tablesOf(module: Node, tree: Tree | undefined): Promise<ReadonlyMap<string, string>> {
  const tables = new Map<string, string>()
  // Schemas that the migration itself declares.
  for (const [, name = '', table = ''] of module.text.matchAll(
    /defmodule\s+[\w.]*?(\w+)\s+do[\s\S]{0,400}?\bschema\s*\(?\s*"(\w+)"/g,
  ))
    tables.set(name, table)
  if (!tree || !/\b(update|delete)(_all)?!?\b/.test(module.text)) return tables
  const wanted = new Set(
    module.descendantsOfType('alias').map(node => node?.text.slice(node.text.lastIndexOf('.') + 1) ?? ''),
  )
  const paths = (await tree.list()).filter(path => /(^|\/)lib\/.*\.ex$/.test(path))
  for (const name of [...wanted].slice(0, 20)) {
    if (tables.has(name)) continue
    for (const path of paths.filter(one => one.endsWith(`/${underscore(name)}.ex`)).slice(0, 3)) {
      const table = /^\s*schema\s*\(?\s*"(\w+)"/m.exec((await tree.read(path)) ?? '')?.[1]
      if (table !== undefined) tables.set(name, table)
    }
  }
  return tables
}
