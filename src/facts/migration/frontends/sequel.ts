import type { Node } from 'web-tree-sitter'
import { callOf, childrenOf, heredocsOf, type RubyCall, type RubyValue, spanOfNode } from '../../../artifact/ruby.ts'
import { treeOf } from '../../../artifact/trees.ts'
import type { Source } from '../../../artifact/types.ts'
import type { ColumnSpec, Program, Reference } from '../operation.ts'
import { type RailsHints, type ReadSql, resolveDrafts } from './rails.ts'
import { textOf, textsOf } from './rails-columns.ts'
import { conditionOf } from './rails-conditions.ts'
import { iterates, overLiteral } from './rails-loops.ts'
import {
  type Draft,
  emit,
  emitUnreadable,
  evaluate,
  mayVisit,
  type RailsFile,
  type Scope,
  statementOf,
  walkBlock,
} from './rails-scope.ts'
import { runSql } from './rails-sql.ts'
import { columnOf, typeOf } from './sequel-columns.ts'
import { alterCall, databaseCall, type TableCall, takenBack } from './sequel-tables.ts'

export const isSequel = (text: string): boolean => /^[ \t]*(Sequel|ROM::SQL)\.migration\b/m.test(text)

/** What a migration of Sequel does. An unparsable file gives one unreadable step. */
export async function readSequel(source: Source, sql: ReadSql, hints: RailsHints = {}): Promise<Program> {
  const tree = await treeOf(source, 'ruby')
  const program = { framework: 'sequel', transaction: 'wrapped' } as const
  const call = tree?.rootNode
    .descendantsOfType('call')
    .map(node => (node ? callOf(node) : undefined))
    .find(one => one?.name === 'migration' && /^(Sequel|ROM::SQL)$/.test(one.receiver?.text ?? ''))
  const body = call?.block?.childForFieldName('body')
  if (!tree || !body) return { ...program, up: [unreadable(source)] }
  const parts = childrenOf(body).flatMap(node => callOf(node) ?? [])
  const part = (name: string): Node | undefined => parts.find(one => one.name === name)?.block
  const file = fileOf(tree.rootNode, body, hints)
  const change = part('change')
  const revert = part('revert')
  const forwards = draftsOf(part('up') ?? change ?? revert, file)
  const backwards = change || revert ? [] : draftsOf(part('down'), file)
  const up = await resolveDrafts(forwards, source, sql)
  return {
    ...program,
    transaction: parts.some(one => one.name === 'no_transaction') ? 'each' : 'wrapped',
    up: revert && !part('up') && !change ? up.map(takenBack).reverse() : up,
    ...(change || revert || part('down') ? { down: await resolveDrafts(backwards, source, sql) } : {}),
  }
}

const unreadable = (source: Source): Program['up'][number] => ({
  kind: 'unreadable',
  span: { line: 1, column: 1, endLine: 1, endColumn: 1 },
  text: '',
  reason: source.text.trim() === '' ? 'the file is empty' : 'no migration is found in the file',
})

/** Constants, and variables that are set around `up` and `down`. */
function fileOf(root: Node, body: Node, hints: RailsHints): RailsFile {
  const constants = new Map<string, RubyValue>()
  const file: RailsFile = {
    version: 7,
    ...(hints.engine ? { engine: hints.engine } : {}),
    heredocs: heredocsOf(root),
    methods: new Map(),
    constants,
    models: new Map(),
    bare: false,
  }
  for (const node of [...childrenOf(root), ...childrenOf(body)]) {
    const left = node.type === 'assignment' ? node.childForFieldName('left') : null
    const right = node.type === 'assignment' ? node.childForFieldName('right') : null
    if (left && right) constants.set(left.text, evaluate(right, scopeIn(file, [])))
  }
  return file
}

function scopeIn(file: RailsFile, out: Draft[]): Scope {
  return {
    file,
    locals: new Map(),
    out,
    direction: 'up',
    inverting: false,
    assured: false,
    looped: false,
    whole: '',
    depth: 0,
    following: [],
    state: { irreversible: false, steps: 0, visits: 0, gaveUp: false },
    walk: (node, scope) => visit(node, scope, undefined),
  }
}

function draftsOf(block: Node | undefined, file: RailsFile): readonly Draft[] {
  const scope = scopeIn(file, [])
  if (block) walkBlock(block, scope)
  return scope.out
}

/** The table whose `create_table` or `alter_table` is around. */
interface Around {
  readonly table: string
  readonly created?: { readonly columns: ColumnSpec[]; readonly references: Reference[]; readonly after: TableCall[] }
}

function visit(node: Node, scope: Scope, around: Around | undefined): void {
  if (!mayVisit(scope, node)) return
  const inner: Scope = { ...scope, depth: scope.depth + 1, walk: (part, at) => visit(part, at, around) }
  switch (node.type) {
    case 'call':
    case 'identifier': {
      const call = callOf(node)
      if (call) visitCall(call, inner, around)
      return
    }
    case 'if':
    case 'unless':
    case 'if_modifier':
    case 'unless_modifier':
    case 'conditional': {
      const holds = conditionOf(node, inner)
      const parts = ['consequence', 'alternative', 'body'].map(name => node.childForFieldName(name))
      const taken = holds === undefined ? parts : [holds ? (parts[0] ?? parts[2]) : parts[1]]
      for (const part of taken) if (part) visit(part, { ...inner, locals: new Map(inner.locals) }, around)
      return
    }
    case 'assignment': {
      const left = node.childForFieldName('left')
      const right = node.childForFieldName('right')
      if (!left || !right) return
      visit(right, inner, around)
      if (left.type === 'identifier') scope.locals.set(left.text, evaluate(right, inner))
      return
    }
    case 'while':
    case 'until':
    case 'for':
    case 'while_modifier':
      for (const child of childrenOf(node)) visit(child, { ...inner, looped: true }, around)
      return
    case 'method':
    case 'class':
    case 'lambda':
    case 'string':
    case 'heredoc_body':
      return
    default:
      for (const child of childrenOf(node)) visit(child, inner, around)
  }
}

/** What the block of a migration runs on: the database itself. */
const database = /^(self|db|DB|database|connection)$/

function visitCall(call: RubyCall, scope: Scope, around: Around | undefined): void {
  const receiver = call.receiver?.text
  if (receiver !== undefined && !database.test(receiver)) {
    if (onRows(call, scope)) return
    if (overLiteral(call, scope)) return
    if (call.receiver) visit(call.receiver, scope, around)
    for (const node of call.arguments) if (node.type === 'call') visit(node, scope, around)
    if (call.block) walkBlock(call.block, { ...scope, looped: scope.looped || iterates.test(call.name) })
    return
  }
  if (receiver === undefined && scope.locals.has(call.name) && call.arguments.length === 0) return
  if (receiver === undefined && around !== undefined) inTable(call, scope, around)
  else onDatabase(call, scope)
}

function onDatabase(call: RubyCall, scope: Scope): void {
  const { name, block } = call
  if (/^(create_table\w*[!?]?|alter_table)$/.test(name) && block) {
    tableBlock(call, scope)
    return
  }
  if (/^(run|execute|execute_ddl|execute_dui|<<)$/.test(name)) {
    runSql(call, scope)
    return
  }
  if (name === 'transaction' && block) {
    walkBlock(block, scope)
    return
  }
  const operations = databaseCall(statementOf(call, scope))
  if (operations === undefined) emitUnreadable(scope, call, nameUnknown)
  else if (operations === false) {
    if (unknown.test(name)) emitUnreadable(scope, call, `\`${name}\` is not a call of the migration language`)
    if (block) walkBlock(block, { ...scope, looped: scope.looped || iterates.test(name) })
  } else emit(scope, call, [operations])
}

const nameUnknown = 'the name of the table or column is only known when the migration runs'
const unknown = /^(create|add|drop|rename|alter|set|refresh|validate|truncate|copy|enable|disable)_\w+[!?]?$/

function tableBlock(call: RubyCall, scope: Scope): void {
  const { values, options } = statementOf(call, scope)
  const table = textOf(values[0])?.replace(/^public\./, '')
  if (table === undefined || !call.block) {
    emitUnreadable(scope, call, nameUnknown)
    return
  }
  const partitionOf = textOf(options.get('partition_of'))
  if (call.name === 'alter_table') {
    const around: Around = { table }
    walkBlock(call.block, { ...scope, walk: (node, at) => visit(node, at, around) })
    return
  }
  const created = { columns: [], references: [], after: [] } satisfies NonNullable<Around['created']>
  const around: Around = { table, created }
  walkBlock(call.block, { ...scope, walk: (node, at) => visit(node, at, around) })
  const { columns, references, after } = around.created ?? created
  if (call.name === 'create_table!') emit(scope, call, [[{ op: 'drop-table', table, cascade: false }]])
  const part = partitionOf === undefined ? {} : { partitionOf }
  const temporary = options.has('temp') ? { temporary: true } : {}
  emit(scope, call, [[{ op: 'create-table', table, columns, references, ...part, ...temporary }]])
  for (const one of after) emit(scope, one.call, [one.operations])
}

/** A call in the block of `create_table` or `alter_table`. */
function inTable(call: RubyCall, scope: Scope, around: Around): void {
  const statement = statementOf(call, scope)
  const { table, created } = around
  const declared = created ? declaredBy(call, statement.values, scope) : undefined
  if (created && declared) {
    const column = columnOf(declared.name, declared.type, statement.options)
    created.columns.push({ ...column, span: spanOfNode(call.node) })
    return
  }
  const operations = alterCall(statement, table, created !== undefined)
  if (operations === undefined) emitUnreadable(scope, call, nameUnknown)
  else if (operations === false) {
    if (!created) emitUnreadable(scope, call, `\`${call.name}\` is not a call of the migration language`)
  } else if (!created) emit(scope, call, [operations])
  else
    for (const item of operations) {
      if (item.op === 'add-column') created.columns.push({ ...item.column, span: spanOfNode(call.node) })
      else if (item.op === 'add-foreign-key') created.references.push(item.references)
      else created.after.push({ call, operations: [item] })
    }
}

/** `String :name`, `column :name, :uuid`, `uuid :id`: any word may be a type. */
function declaredBy(
  call: RubyCall,
  values: readonly RubyValue[],
  scope: Scope,
): { readonly name: string; readonly type: ColumnSpec['type'] } | undefined {
  const { options } = statementOf(call, scope)
  if (call.name === 'column') {
    const name = textOf(values[0])
    const type = typeOf(values[1], options, scope.file)
    return name === undefined || type === undefined ? undefined : { name, type }
  }
  if (
    /^(primary_key|foreign_key|index|unique|constraint|check|full_text_index|spatial_index|exclude|composite_\w+|from|to|values_in|modulus|partition_by)$/.test(
      call.name,
    )
  )
    return undefined
  const name = textOf(values[0])
  const isClass = /^[A-Z]/.test(call.name)
  const type = typeOf(
    isClass
      ? { kind: 'code', source: call.name }
      : { kind: 'text', text: call.name, symbol: true, pieces: [], holes: 0 },
    options,
    scope.file,
  )
  return name === undefined || type === undefined ? undefined : { name, type }
}

/** `from(:users).where(plan: nil).update(plan: "free")`, `DB[:users].delete`. */
function onRows(call: RubyCall, scope: Scope): boolean {
  if (!/^(update|delete|truncate|insert\w*|import|multi_insert)$/.test(call.name)) return false
  const links: RubyCall[] = []
  let at = call.receiver
  while (at) {
    const link: RubyCall | undefined = at.type === 'call' ? callOf(at) : undefined
    if (!link) break
    links.push(link)
    if (link.name === 'from' && (!link.receiver || database.test(link.receiver.text))) break
    at = link.receiver
  }
  const root = links.at(-1)
  const first =
    at?.type === 'element_reference' && database.test(childrenOf(at)[0]?.text ?? '')
      ? childrenOf(at)[1]
      : root?.name === 'from'
        ? root.arguments[0]
        : undefined
  if (!first) return false
  const table = textsOf(evaluate(first, scope))?.[0]
  if (table === undefined) {
    emitUnreadable(scope, call, nameUnknown)
    return true
  }
  if (call.name === 'truncate') emit(scope, call, [[{ op: 'truncate', table, cascade: false }]])
  else if (call.name === 'update' || call.name === 'delete') {
    const filtered = links.some(link => picks(link, call.name === 'delete'))
    const batched = links.some(link => link.name === 'limit') || (filtered && scope.looped)
    const op = call.name === 'update' ? 'update-rows' : 'delete-rows'
    emit(scope, call, [[{ op, table, filtered, batched }]])
  } else emit(scope, call, [[{ op: 'harmless', what: 'INSERT', inserts: table }]])
  return true
}

/** A condition that picks rows: `where(plan: nil)` is what a backfill has not reached, and at first holds for all. */
function picks({ name, arguments: given, keywords, block }: RubyCall, deletes: boolean): boolean {
  if (!/^(where|filter|exclude|where_single_value|limit|grep|or|having)$/.test(name)) return false
  const values = [...keywords.values()]
  if (!deletes && name !== 'exclude' && values.length > 0 && given.length === 0)
    return values.some(({ type }) => type !== 'nil')
  return given.length > 0 || values.length > 0 || block !== undefined
}
