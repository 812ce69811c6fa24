import type { Node } from 'web-tree-sitter'
import { type ExCall, type ExNames, type ExValue, exChildren, exValue } from '../../../artifact/elixir.ts'
import { lineOf, nodeSpan } from '../../../artifact/literal.ts'
import type { Engine } from '../../../config/types.ts'
import type { LineIndex, Span } from '../../../text/lines.ts'
import type { ColumnSpec, Operation, Reference, Step } from '../operation.ts'
import type { Draft } from './javascript-scope.ts'

/** A table under construction or change: the clauses of one statement. */
export interface Building {
  readonly table: string
  /** Absent for a table that exists. */
  readonly created?: { readonly columns: ColumnSpec[]; readonly references: Reference[] }
  readonly clauses: { readonly operation: Operation; readonly span: Span }[]
}

/** What one file declares. */
export interface EctoFile {
  readonly root: Node
  readonly lines: LineIndex
  readonly engine?: Engine
  readonly functions: ReadonlyMap<string, Node>
  readonly attributes: ReadonlyMap<string, ExValue>
  /** Tables of schemas, where the repository tells; else named by convention. */
  readonly tables: ReadonlyMap<string, string>
}

export interface EctoScope {
  readonly file: EctoFile
  readonly locals: Map<string, ExValue>
  readonly out: Draft[]
  readonly building?: Building
  readonly direction: 'up' | 'down'
  /** Inside a loop whose rounds are only known at run time. */
  readonly looped: boolean
  /** Table over whose rows, all of them, a loop around runs; else empty. */
  readonly whole: string
  /** Inside a branch of a loop: only some of its rounds come here. */
  readonly conditional: boolean
  readonly depth: number
  readonly following: readonly number[]
  /** Reads a call; false when it means nothing by itself, and its parts are looked at. */
  readonly read: (call: ExCall, scope: EctoScope) => boolean
  readonly state: {
    visits: number
    steps: number
    gaveUp: boolean
    irreversible: boolean
    readonly done: WeakSet<object>
  }
}

/** Most nodes visited and steps made for one file: helpers and loops within loops multiply. */
const mostVisits = 40_000
const mostSteps = 2000
const deepest = 120

export function newScope(file: EctoFile, direction: 'up' | 'down', read: EctoScope['read']): EctoScope {
  return {
    file,
    locals: new Map(),
    out: [],
    direction,
    looped: false,
    whole: '',
    conditional: false,
    depth: 0,
    following: [],
    read,
    state: { visits: 0, steps: 0, gaveUp: false, irreversible: false, done: new WeakSet() },
  }
}

/** Counts a visit; false when there have been too many, which the steps then say once. */
export function mayVisit(scope: EctoScope, node: Node): boolean {
  const { state } = scope
  if (state.visits++ < mostVisits && state.steps < mostSteps && scope.depth < deepest) return true
  if (!state.gaveUp) {
    state.gaveUp = true
    emitUnreadable(scope, placeOfNode(node), 'too long or too deeply nested to be read to its end')
  }
  return false
}

function namesOf(scope: EctoScope): ExNames {
  return {
    variable: name => scope.locals.get(name),
    attribute: name => scope.file.attributes.get(name),
    returned: call => returned(call, scope),
  }
}

export const evaluate = (node: Node, scope: EctoScope): ExValue => exValue(node, namesOf(scope))

/** The body of a function of the file: its `do` block, or the expression of `do:`. */
export function bodyOf(definition: Node): Node | undefined {
  const block = exChildren(definition).find(child => child.type === 'do_block')
  if (block) return block
  const list = exChildren(definition).find(child => child.type === 'arguments')
  const words = list ? exChildren(list).find(child => child.type === 'keywords') : undefined
  const pair = words
    ? exChildren(words).find(child => child.childForFieldName('key')?.text.trim() === 'do:')
    : undefined
  return pair?.childForFieldName('value') ?? undefined
}

/** `name(a, b) when …`: the part with name and parameters. */
export function headOf(definition: Node): Node | undefined {
  const list = exChildren(definition).find(child => child.type === 'arguments')
  const first = list ? exChildren(list)[0] : undefined
  return first?.type === 'binary_operator' ? (first.childForFieldName('left') ?? undefined) : first
}

/** What a function of the file returns, when it does nothing else. */
function returned(call: ExCall, scope: EctoScope): ExValue | undefined {
  const definition = call.receiver ? undefined : scope.file.functions.get(call.name)
  const body = definition && bodyOf(definition)
  if (!definition || !body || scope.following.includes(definition.id) || scope.following.length > 8) return undefined
  const statements = body.type === 'do_block' ? exChildren(body) : [body]
  if (statements.length !== 1 || !statements[0] || !mayVisit(scope, call.node)) return undefined
  const found = evaluate(statements[0], inside(definition, call.arguments, scope))
  return /^(text|atom|number|boolean|list|tuple)$/.test(found.kind) ? found : undefined
}

/** The scope in which a function of the file runs. */
export function inside(definition: Node, given: readonly ExValue[], scope: EctoScope): EctoScope {
  const head = headOf(definition)
  const list = head?.type === 'call' ? exChildren(head).find(child => child.type === 'arguments') : undefined
  const locals = new Map<string, ExValue>()
  for (const [at, parameter] of (list ? exChildren(list) : []).entries()) {
    // `limit \\ 100`
    const own = parameter.type === 'binary_operator' ? parameter.childForFieldName('left') : parameter
    const otherwise = parameter.type === 'binary_operator' ? parameter.childForFieldName('right') : undefined
    const value = given[at] ?? (otherwise ? evaluate(otherwise, scope) : undefined)
    if (own) bind(own, value, locals)
  }
  return { ...scope, locals, depth: scope.depth + 1, following: [...scope.following, definition.id] }
}

/** Binds a variable, or the variables of a tuple; `{:ok, %{rows: rows}}` takes the result of a query apart. */
export function bind(target: Node, value: ExValue | undefined, locals: Map<string, ExValue>): void {
  if (target.type === 'identifier') {
    if (value) locals.set(target.text, value)
    else locals.delete(target.text)
  } else if (target.type === 'tuple') {
    const parts = exChildren(target)
    const succeeded = value?.kind === 'call' && parts[0]?.text === ':ok'
    const items = value?.kind === 'tuple' ? value.items : []
    for (const [at, part] of parts.entries())
      bind(part, succeeded && at === 1 ? value : rowMark(value) ? value : items[at], locals)
  } else if (target.type === 'map') {
    const rows = /\brows:\s*(\w+)/.exec(target.text)?.[1]
    if (rows !== undefined && value?.kind === 'call') locals.set(rows, value)
  }
}

/** Stands for one row of a table, all of whose rows a loop comes by. No name in a source has spaces. */
export const rowOf = (table: string): ExValue => ({ kind: 'name', name: `a row of ${table}` })

/** The table of such a row. */
export const rowMark = (value: ExValue | undefined): string | undefined =>
  value?.kind === 'name' ? /^a row of (.+)$/.exec(value.name)?.[1] : undefined

export interface Place {
  readonly span: Span
  readonly text: string
}

export const placeOfNode = (node: Node): Place => ({ span: nodeSpan(node), text: lineOf(node.text) })

export function pushStep(scope: EctoScope, step: Step): void {
  scope.state.steps++
  scope.out.push({ kind: 'step', step })
}

/** Adds one step with the operations of a call. */
export function emit(
  scope: EctoScope,
  place: Place,
  operations: readonly Operation[],
  spans: readonly Span[] = [],
): void {
  if (operations.length === 0) return
  const told = spans.length === operations.length ? { spans } : {}
  pushStep(scope, { kind: 'change', ...place, operations, ...told })
}

export function emitUnreadable(scope: EctoScope, place: Place, reason: string): void {
  pushStep(scope, { kind: 'unreadable', ...place, reason })
}

export const nameUnknown = 'the name of the table or column is only known when the migration runs'

/** Adds SQL that a call runs; what is put together at run time cannot be read. */
export function emitSql(
  scope: EctoScope,
  place: Place,
  value: ExValue | undefined,
  marks: 'questions' | 'none' = 'none',
): void {
  // `execute ["…", "…"]`, `execute [up: "…"]`
  if (value?.kind === 'list') {
    for (const item of value.items) emitSql(scope, place, item, marks)
    return
  }
  if (value?.kind !== 'text' || value.text.length > 300_000 || (value.holes > 0 && !/\w+\s+\w+/.test(value.text))) {
    const elsewhere = value?.kind === 'call' && /^(read!?|stream!)$/.test(value.name)
    emitUnreadable(
      scope,
      place,
      elsewhere ? 'the SQL stands in another file' : 'the SQL is put together while the migration runs',
    )
    return
  }
  scope.state.steps++
  const whole = scope.conditional ? '' : scope.whole
  scope.out.push({ kind: 'sql', value, marks, ...place, looped: scope.looped, whole, autocommit: false })
}
