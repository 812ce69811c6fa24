import type { Node } from 'web-tree-sitter'
import { lineOf, nodeSpan } from '../../../artifact/literal.ts'
import { type PhpCall, type PhpNames, type PhpValue, phpChildren, phpValue } from '../../../artifact/php.ts'
import type { Engine } from '../../../config/types.ts'
import { type LineIndex, type Span, spanOf } from '../../../text/lines.ts'
import type { ColumnSpec, Operation, Reference, Step } from '../operation.ts'
import type { Draft, Marks } from './javascript-scope.ts'
import { phpHolds } from './php-conditions.ts'
import { inLoop } from './row-loops.ts'

/** Rows that a query or a model is about to touch: a query, or one record of it. */
export interface Rows {
  readonly kind: 'rows'
  readonly table: string
  readonly filtered: boolean
  readonly batched: boolean
  /** Columns on which its conditions depend; none where an OR makes that uncertain. */
  readonly columns?: readonly string[]
  /** Columns of which its conditions ask no more than that they have a value. */
  readonly present?: readonly string[]
  /** Its rows have been fetched: what follows works on a list in memory, or on a cursor. */
  readonly fetched?: boolean
  /** `lazy()` fetches page after page by offset. */
  readonly paged?: boolean
  /** `chunk` hands its function a list of records. */
  readonly list?: boolean
  /** `each`: one record of a loop over the query. `one`: a single record, found or made. */
  readonly record?: 'each' | 'one'
}

/** The `$table` of `Schema::create` and `Schema::table`. */
export interface Blueprint {
  readonly kind: 'blueprint'
  /** Absent when the name is only known at run time. */
  readonly table: string
  /** Collects what `Schema::create` declares; absent for a table that exists. */
  readonly created?: { readonly columns: ColumnSpec[]; readonly references: Reference[] }
  /** Steps that follow the table's own, such as its indexes. */
  readonly out: Draft[]
  /** Inside `$table->after('id', …)`. */
  readonly placed?: boolean
}

/** A loop that pages through a query by offset. */
export interface Paging {
  readonly table: string
  /** Columns on which the query filters. */
  readonly columns: readonly string[]
  readonly present: readonly string[]
  /** The loop's body. */
  readonly body: string
}

export type Bound = PhpValue | Rows | Blueprint

/** What one file declares, and how it is run. */
export interface PhpFile {
  readonly framework: 'laravel' | 'doctrine' | 'phinx'
  readonly root: Node
  readonly lines: LineIndex
  readonly engine?: Engine
  /** Major version of Laravel; 0 when unknown. */
  readonly version: number
  /** The runner puts the whole migration into one transaction. */
  readonly wrapped: boolean
  readonly methods: ReadonlyMap<string, Node>
  readonly properties: ReadonlyMap<string, PhpValue>
  readonly constants: ReadonlyMap<string, PhpValue>
  /** Full names of the classes that the file imports, by the name used: `User` → `App\Models\User`. */
  readonly imports: ReadonlyMap<string, string>
  /** Tables of model classes, where the repository tells; else named by convention. */
  readonly tables: ReadonlyMap<string, string>
  /** Phinx: tables of this file that earlier ones name as well. */
  readonly tablesElsewhere: ReadonlySet<string>
}

export interface PhpScope {
  readonly file: PhpFile
  readonly locals: Map<string, Bound>
  readonly out: Draft[]
  /** Inside a loop whose rounds are only known at run time. */
  readonly looped: boolean
  /** Table over whose rows, all of them, a loop around runs; else empty. */
  readonly whole: string
  readonly paging?: Paging
  readonly depth: number
  readonly following: readonly Node[]
  /** Reads a call; false when it means nothing by itself, and its parts are looked at. */
  readonly read: (call: PhpCall, scope: PhpScope) => boolean
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

export function newScope(file: PhpFile, read: PhpScope['read']): PhpScope {
  return {
    file,
    locals: new Map(),
    out: [],
    looped: false,
    whole: '',
    depth: 0,
    following: [],
    read,
    state: { visits: 0, steps: 0, gaveUp: false, irreversible: false, done: new WeakSet() },
  }
}

/** Counts a visit; false when there have been too many, which the steps then say once. */
export function mayVisit(scope: PhpScope, node: Node): boolean {
  const { state } = scope
  if (state.visits++ < mostVisits && state.steps < mostSteps && scope.depth < deepest) return true
  if (!state.gaveUp) {
    state.gaveUp = true
    emitUnreadable(scope, placeOfNode(node), 'too long or too deeply nested to be read to its end')
  }
  return false
}

const isValue = (bound: Bound | undefined): bound is PhpValue =>
  bound !== undefined && bound.kind !== 'rows' && bound.kind !== 'blueprint'

function namesOf(scope: PhpScope): PhpNames {
  return {
    variable: name => {
      const local = scope.locals.get(name)
      return isValue(local) ? local : undefined
    },
    property: name => scope.file.properties.get(name),
    constant: name => scope.file.constants.get(name),
    returned: call => returned(call, scope),
    holds: condition => phpHolds(condition, scope),
  }
}

export const evaluate = (node: Node, scope: PhpScope): PhpValue => phpValue(node, namesOf(scope))

/** The method of the migration that a call runs: `$this->name()`, `self::name()`. */
export function methodOf(call: PhpCall, scope: PhpScope): Node | undefined {
  const of = call.receiver
  return of?.kind === 'name' && /^(\$this|self|static)$/.test(of.name) ? scope.file.methods.get(call.name) : undefined
}

/** What a method of the file returns, when it does nothing else. */
function returned(call: PhpCall, scope: PhpScope): PhpValue | undefined {
  const method = methodOf(call, scope)
  const body = method?.childForFieldName('body')
  if (!method || !body || scope.following.some(one => one.id === method.id) || scope.following.length > 8)
    return undefined
  const [only, ...more] = phpChildren(body)
  const result = only?.type === 'return_statement' && more.length === 0 ? phpChildren(only)[0] : undefined
  if (!result || !mayVisit(scope, call.node)) return undefined
  const found = evaluate(result, inside(method, call.arguments, scope))
  return /^(text|number|boolean|array)$/.test(found.kind) ? found : undefined
}

/** The scope in which a function runs. Closures see the variables around them; methods do not. */
export function inside(node: Node, given: readonly (Bound | undefined)[], scope: PhpScope): PhpScope {
  const locals = new Map(node.type === 'method_declaration' ? [] : scope.locals)
  const list = node.childForFieldName('parameters')
  let position = 0
  for (const parameter of list ? phpChildren(list) : []) {
    const name = parameter.childForFieldName('name')?.text
    if (name === undefined) continue
    const otherwise = parameter.childForFieldName('default_value')
    const value = given[position++] ?? (otherwise ? evaluate(otherwise, scope) : undefined)
    if (value) locals.set(name, value)
    else locals.delete(name)
  }
  return { ...scope, locals, depth: scope.depth + 1, following: [...scope.following, node] }
}

/** Where a step stands and how it reads in a message. */
export interface Place {
  readonly span: Span
  readonly text: string
}

export const placeOfNode = (node: Node): Place => ({ span: nodeSpan(node), text: lineOf(node.text) })

/** One link of a chain, `->name(…)`, from its name on. */
export function placeOfCall(call: PhpCall, scope: PhpScope): Place {
  const { lines } = scope.file
  const { text } = lines
  const start = call.start
  return { span: spanOf(lines, start, call.node.endIndex), text: lineOf(text.slice(start, call.node.endIndex)) }
}

export function pushStep(scope: PhpScope, step: Step, out: Draft[] = scope.out): void {
  scope.state.steps++
  out.push({ kind: 'step', step })
}

/** Adds one step with the operations of a call. */
export function emit(
  scope: PhpScope,
  place: Place,
  operations: readonly Operation[],
  { out = scope.out, ...more }: { readonly out?: Draft[] } & Partial<Extract<Step, { kind: 'change' }>> = {},
): void {
  if (operations.length === 0) return
  const told = scope.looped ? operations.map(one => inLoop(one, scope.whole)) : operations
  pushStep(scope, { kind: 'change', ...place, operations: told, ...more }, out)
}

export function emitUnreadable(scope: PhpScope, place: Place, reason: string, out: Draft[] = scope.out): void {
  pushStep(scope, { kind: 'unreadable', ...place, reason }, out)
}

export const nameUnknown = 'the name of the table or column is only known when the migration runs'
const atRunTime = 'the SQL is put together while the migration runs'

/** Adds SQL that a call runs; what is put together at run time cannot be read. */
export function emitSql(scope: PhpScope, place: Place, value: PhpValue | undefined, marks: Marks): void {
  const raw = value?.kind === 'call' && /^(raw|Expression)$/.test(value.name) ? value.arguments[0] : value
  if (raw?.kind !== 'text' || raw.text.length > 300_000 || (raw.holes > 0 && !/\w+\s+\w+/.test(raw.text))) {
    const elsewhere = value?.kind === 'call' && /^(file_get_contents|get)$/.test(value.name)
    emitUnreadable(scope, place, elsewhere ? 'the SQL stands in another file' : atRunTime)
    return
  }
  scope.state.steps++
  scope.out.push({
    kind: 'sql',
    value: raw,
    marks,
    ...place,
    looped: scope.looped,
    whole: scope.whole,
    autocommit: false,
  })
}
