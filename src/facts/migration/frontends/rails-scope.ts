import type { Node } from 'web-tree-sitter'
import {
  childrenOf,
  fillIn,
  oneLine,
  type RubyCall,
  type RubyNames,
  type RubyText,
  type RubyValue,
  rubyValue,
  spanOfNode,
} from '../../../artifact/ruby.ts'
import type { Span } from '../../../text/lines.ts'
import type { ColumnSpec, Operation, Reference, Step } from '../operation.ts'
import type { Options, Setting } from './rails-columns.ts'
import { tablesOfModel } from './rails-names.ts'
import { asText, type Statement } from './rails-statement.ts'

/** Rows that model code is about to touch: a relation, or one record of it. */
export interface Rows {
  readonly kind: 'rows'
  readonly table: string
  readonly filtered: boolean
  readonly batched: boolean
  /** Picked by nothing but NULL, which tells what a backfill has not reached, and NOT NULL: at first that is all rows. */
  readonly nullOnly?: boolean
  /** Columns asked for NOT NULL: a guard where what is written is made of them, else they pick rows. */
  readonly present?: readonly string[]
  /** `in_batches` without a block: what a loop gives is a slice, not a record. */
  readonly sliced?: boolean
  /** `each`: one record of a loop over the relation. `one`: a single record, found or made. */
  readonly record?: 'each' | 'one'
}

/** The `t` of `create_table` and `change_table`. */
export interface Definition {
  readonly kind: 'definition'
  readonly table: string
  /** Collects what `create_table` declares; absent in `change_table`. */
  readonly created?: {
    readonly columns: ColumnSpec[]
    readonly references: Reference[]
    readonly notNullChecks: string[]
  }
  /** Steps that follow the table's own, such as its indexes. */
  readonly after: Draft[]
}

/** Values that were read from every row of a table: `select_all("SELECT …")`, `User.pluck(:id)`. */
export interface Listed {
  readonly kind: 'listed'
  readonly table: string
}

/** What a local name stands for. `direction`: the `dir` of `reversible`. */
export type Bound = RubyValue | Rows | Definition | Listed | { readonly kind: 'direction' }

/** A step, or SQL that is still to be read. */
export type Draft =
  | { readonly kind: 'step'; readonly step: Step }
  | {
      readonly kind: 'sql'
      readonly value: RubyText
      readonly span: Span
      readonly text: string
      readonly looped: boolean
      readonly whole: string
      readonly assured: boolean
    }

/** What one file declares, and how it is run. */
export interface RailsFile extends Setting {
  readonly heredocs: ReadonlyMap<number, Node>
  readonly methods: ReadonlyMap<string, Node>
  readonly constants: ReadonlyMap<string, RubyValue>
  /** Tables of model classes of this file; a class elsewhere is named by convention. */
  readonly models: ReadonlyMap<string, string>
  /** `disable_ddl_transaction!` was called. */
  readonly bare: boolean
}

/** Where the walk through a method stands. */
export interface Scope {
  readonly file: RailsFile
  readonly locals: Map<string, Bound>
  readonly out: Draft[]
  readonly direction: 'up' | 'down'
  /** The way back of a `change` method: Rails inverts each call, or refuses. */
  readonly inverting: boolean
  readonly assured: boolean
  /** Inside a loop whose rounds are only known at run time. */
  readonly looped: boolean
  /** Table over whose rows, all of them, a loop around runs; else empty. */
  readonly whole: string
  readonly depth: number
  /** Local methods being followed. */
  readonly following: readonly string[]
  readonly state: { irreversible: boolean; steps: number; visits: number; gaveUp: boolean }
  readonly walk: (node: Node, scope: Scope) => void
}

/** Most steps read from one file; loops over literals multiply. */
const mostSteps = 2000

/** Most nodes visited for one method of one file: helpers and loops within loops multiply. */
const mostVisits = 40_000

/** Counts a visit; false when there have been too many, which the steps then say once. */
export function mayVisit(scope: Scope, node: Node): boolean {
  const { state } = scope
  if (state.visits++ < mostVisits && state.steps < mostSteps && scope.depth < deepest) return true
  if (!state.gaveUp) {
    state.gaveUp = true
    const reason = 'too long or too deeply nested to be read to its end'
    scope.out.push({
      kind: 'step',
      step: { kind: 'unreadable', span: spanOfNode(node), text: oneLine(node.text), reason },
    })
  }
  return false
}

/** Blocks and branches within each other that are followed. */
const deepest = 150

const isValue = (bound: Bound | undefined): bound is RubyValue =>
  bound !== undefined && !/^(rows|definition|listed|direction)$/.test(bound.kind)

/** How values are looked up from a scope. */
export function namesOf(scope: Scope): RubyNames {
  return {
    heredocs: scope.file.heredocs,
    variable: name => {
      const local = scope.locals.get(name)
      return isValue(local) ? local : scope.file.constants.get(name)
    },
    call: call => callValue(call, scope),
  }
}

function callValue(call: RubyCall, scope: Scope): RubyValue | undefined {
  const argument = (): RubyValue | undefined => (call.arguments[0] ? evaluate(call.arguments[0], scope) : undefined)
  if (/^(quote_table_name|quote_column_name|quoted_table_name|quote_string)$/.test(call.name) && call.arguments[0])
    return argument()
  const sanitizes = sanitizedBy(call)
  if (sanitizes) return sanitized(evaluate(sanitizes, scope))
  if (call.name === 'quote' && call.arguments.length > 0) {
    const value = argument()
    return value?.kind === 'text' ? { ...value, text: `'${value.text}'`, pieces: [] } : value
  }
  if (/^(table_name|quoted_table_name)$/.test(call.name) && call.receiver) {
    const rows = /^(constant|scope_resolution)$/.test(call.receiver.type)
      ? tableOfModel(call.receiver.text, scope)
      : undefined
    return rows === undefined ? undefined : asText(rows)
  }
  // acts-as-taggable-on asks for its own tables in every migration that it generates.
  const ours = call.receiver?.text === 'ActsAsTaggableOn' ? /^(tags|taggings)_table$/.exec(call.name)?.[1] : undefined
  if (ours !== undefined) return asText(ours)
  const inside = insideMethod(call, scope, node => evaluate(node, scope))
  if (!inside?.result || /^(if|unless|case)$/.test(inside.result.type)) return undefined
  const value = evaluate(inside.result, inside.scope)
  return value.kind === 'code' ? undefined : value
}

/** A call of a method of the migration: its last expression, and the scope in which that is to be read. */
export function insideMethod(
  call: RubyCall,
  scope: Scope,
  bind: (node: Node) => Bound,
): { readonly body: Node; readonly result?: Node; readonly scope: Scope } | undefined {
  const method = call.receiver && call.receiver.type !== 'self' ? undefined : scope.file.methods.get(call.name)
  const body = method?.childForFieldName('body')
  if (!method || !body || scope.following.includes(call.name) || scope.following.length > 12) return undefined
  if (!mayVisit(scope, call.node)) return undefined
  const locals = new Map<string, Bound>()
  const list = method.childForFieldName('parameters')
  let position = 0
  for (const parameter of list ? childrenOf(list) : []) {
    const name = parameter.type === 'identifier' ? parameter.text : parameter.childForFieldName('name')?.text
    if (name === undefined) continue
    const given = parameter.type === 'keyword_parameter' ? call.keywords.get(name) : call.arguments[position++]
    const node = given ?? parameter.childForFieldName('value')
    if (node) locals.set(name, bind(node))
  }
  const result = body.type === 'body_statement' ? childrenOf(body).at(-1) : body
  const inner = { ...scope, locals, following: [...scope.following, call.name] }
  return { body, ...(result ? { result } : {}), scope: inner }
}

function sanitizedBy(call: RubyCall): Node | undefined {
  if (call.name === 'send' && call.arguments[0]?.text === ':sanitize_sql_array') return call.arguments[1]
  return call.name.startsWith('sanitize_sql') ? call.arguments[0] : undefined
}

/** `sanitize_sql_array(['… = ?', value])`: the values are not known, the statement is. */
function sanitized(value: RubyValue): RubyValue {
  const first = value.kind === 'array' ? value.items[0] : value
  if (first?.kind !== 'text') return value
  return fillIn(first, /\?|(?<![:\w]):([a-z_]\w*)/g, () => undefined)
}

export const evaluate = (node: Node, scope: Scope): RubyValue => rubyValue(node, namesOf(scope))

/** Table of a model class: declared in this file, or by convention. */
export function tableOfModel(model: string, scope: Scope): string {
  const declared = scope.file.models.get(model) ?? scope.file.models.get(model.slice(model.lastIndexOf(':') + 1))
  if (declared !== undefined) return declared
  const candidates = tablesOfModel(model)
  return candidates.find(table => scope.file.knows?.(table)) ?? candidates[0] ?? model
}

/** A call with its arguments evaluated; a trailing hash and `**options` count as keywords. */
export function statementOf(call: RubyCall, scope: Scope): Statement {
  const values: RubyValue[] = []
  for (const node of call.arguments) {
    const value = evaluate(node.type === 'splat_argument' ? (childrenOf(node)[0] ?? node) : node, scope)
    if (node.type === 'splat_argument' && value.kind === 'array') values.push(...value.items)
    else values.push(value)
  }
  const options = new Map<string, RubyValue>()
  const last = values.at(-1)
  if (last?.kind === 'hash') {
    values.pop()
    for (const [key, value] of last.entries) options.set(key, value)
  }
  const list = call.node.childForFieldName('arguments')
  for (const child of list ? childrenOf(list) : []) {
    const inner = child.type === 'hash_splat_argument' ? childrenOf(child)[0] : undefined
    const value = inner ? evaluate(inner, scope) : undefined
    if (value?.kind === 'hash') for (const [key, one] of value.entries) options.set(key, one)
  }
  for (const [key, node] of call.keywords) options.set(key, evaluate(node, scope))
  const { version, engine, knows } = scope.file
  return { name: call.name, values, options, version, ...(engine ? { engine } : {}), ...(knows ? { knows } : {}) }
}

/** The call without its block, on one line. */
export function textOfCall(call: RubyCall): string {
  const block = call.block && /\n/.test(call.block.text) ? call.block : undefined
  const text = block ? call.node.text.slice(0, block.startIndex - call.node.startIndex) : call.node.text
  return oneLine(text)
}

export function pushStep(scope: Scope, step: Step, out: Draft[] = scope.out): void {
  scope.state.steps++
  out.push({ kind: 'step', step })
}

/** Adds one step per statement that a call sends. */
export function emit(
  scope: Scope,
  call: RubyCall,
  reading: readonly (readonly Operation[])[],
  out: Draft[] = scope.out,
  more: Partial<Step & { kind: 'change' }> = {},
): void {
  const span = spanOfNode(call.node)
  const text = textOfCall(call)
  for (const operations of reading) {
    const shown: readonly Operation[] = scope.inverting ? [{ op: 'harmless', what: 'undone by Rails' }] : operations
    pushStep(
      scope,
      { kind: 'change', span, text, operations: shown, ...(scope.assured ? { assured: true } : {}), ...more },
      out,
    )
  }
}

export function emitUnreadable(scope: Scope, call: RubyCall, reason: string, out: Draft[] = scope.out): void {
  pushStep(scope, { kind: 'unreadable', span: spanOfNode(call.node), text: textOfCall(call), reason }, out)
}

/** Names of a block's parameters, by position. */
export function parametersOf(block: Node): readonly string[] {
  const list = block.childForFieldName('parameters')
  const parameters: string[] = []
  for (const child of list ? childrenOf(list) : []) {
    if (child.type === 'identifier') parameters.push(child.text)
    else if (child.type === 'destructured_parameter') parameters.push(...childrenOf(child).map(part => part.text))
    else parameters.push(child.childForFieldName('name')?.text ?? '')
  }
  return parameters.length > 0 ? parameters : ['it', '_1'].slice(0, 1)
}

/** Walks a block with its parameters bound. */
export function walkBlock(block: Node, scope: Scope, values: readonly (Bound | undefined)[] = []): void {
  const body = block.childForFieldName('body')
  if (!body) return
  const locals = new Map(scope.locals)
  for (const [at, name] of parametersOf(block).entries()) {
    const value = values[at]
    if (value) locals.set(name, value)
    else locals.delete(name)
  }
  if (values[0]) locals.set('_1', values[0])
  scope.walk(body, { ...scope, locals, depth: scope.depth + 1 })
}

export const optionsWithout = (options: Options, ...keys: readonly string[]): Options =>
  new Map([...options].filter(([key]) => !keys.includes(key)))
