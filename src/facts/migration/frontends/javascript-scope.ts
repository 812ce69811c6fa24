import type { Node } from 'web-tree-sitter'
import {
  bindPattern,
  type JsCall,
  type JsNames,
  type JsValue,
  jsChildren,
  jsValue,
} from '../../../artifact/javascript.ts'
import { type LiteralText, lineOf, nodeSpan } from '../../../artifact/literal.ts'
import type { Engine } from '../../../config/types.ts'
import type { LineIndex, Span } from '../../../text/lines.ts'
import { spanOf } from '../../../text/lines.ts'
import type { Operation, Program, Step } from '../operation.ts'
import { holding } from './javascript-conditions.ts'
import { inLoop } from './row-loops.ts'

/** One link of a chain: `.name` or `.name(…)`. */
export interface Link {
  readonly name: string
  readonly call?: JsCall
  /** Offset of the name in the source. */
  readonly start: number
}

/** `root.one.two(…).three(…)`, the links in the order in which they run. */
export interface Chain {
  readonly root: JsValue
  readonly links: readonly Link[]
  readonly call: JsCall
}

/** How a call marks the values that it hands over beside its SQL. */
export type Marks = 'questions' | 'names' | 'none'

/** A step, or SQL that is still to be read. */
export type Draft =
  | { readonly kind: 'step'; readonly step: Step }
  | {
      readonly kind: 'sql'
      readonly value: LiteralText
      readonly marks: Marks
      readonly span: Span
      readonly text: string
      readonly looped: boolean
      readonly whole: string
      readonly autocommit: boolean
    }

/** What a migration library makes of the calls that the walk comes by. */
export interface JsLanguage {
  readonly framework: string
  /** What the library does when the file does not say. */
  readonly transaction: Program['transaction']
  /** Reads a chain of calls; false when it means nothing by itself, and its parts are looked at. */
  read(chain: Chain, scope: JsScope): boolean
}

/** What a file declares at its top. */
export interface JsFile {
  readonly root: Node
  readonly lines: LineIndex
  readonly engine?: Engine
  readonly functions: Map<string, Node>
  /** Methods and fields of the migration's class. */
  readonly methods: Map<string, Node>
  readonly constants: Map<string, JsValue>
  /** Names that stand for the database in the migration's functions: `knex`, `queryInterface`, `pgm`. */
  readonly handles: Set<string>
}

export interface JsScope {
  readonly file: JsFile
  readonly language: JsLanguage
  readonly locals: Map<string, JsValue>
  readonly out: Draft[]
  /** Inside a loop whose rounds are only known at run time. */
  readonly looped: boolean
  /** Table over whose rows, all of them, a loop around runs; else empty. */
  readonly whole: string
  /** Inside a transaction that the file itself opens; calls take part in it when they are told to. */
  readonly opened: boolean
  readonly depth: number
  readonly following: readonly Node[]
  readonly state: {
    visits: number
    steps: number
    gaveUp: boolean
    irreversible: boolean
    /** A transaction was begun that has not ended. */
    opened: boolean
    readonly done: WeakSet<object>
  }
}

/** Most nodes visited and steps made for one file: helpers and loops within loops multiply. */
const mostVisits = 60_000
const mostSteps = 2000
const deepest = 90

export function newScope(file: JsFile, language: JsLanguage): JsScope {
  return {
    file,
    language,
    locals: new Map(),
    out: [],
    looped: false,
    whole: '',
    opened: false,
    depth: 0,
    following: [],
    state: { visits: 0, steps: 0, gaveUp: false, irreversible: false, opened: false, done: new WeakSet() },
  }
}

/** Counts a visit; false when there have been too many, which the steps then say once. */
export function mayVisit(scope: JsScope, node?: Node): boolean {
  const { state } = scope
  if (state.visits++ < mostVisits && state.steps < mostSteps && scope.depth < deepest) return true
  if (!state.gaveUp) {
    state.gaveUp = true
    const at = node ?? scope.file.root
    const reason = 'too long or too deeply nested to be read to its end'
    scope.out.push({ kind: 'step', step: { kind: 'unreadable', span: nodeSpan(at), text: lineOf(at.text), reason } })
  }
  return false
}

export function namesOf(scope: JsScope): JsNames {
  return {
    variable: name => {
      const value = scope.locals.get(name) ?? scope.file.constants.get(name)
      if (value) return value
      const node = scope.file.functions.get(name)
      return node && { kind: 'function', node }
    },
    known: call => returned(call, scope),
    holds: condition => holding(condition, scope.file.engine),
    mayVisit: () => mayVisit(scope),
  }
}

export const evaluate = (node: Node, scope: JsScope): JsValue => jsValue(node, namesOf(scope))

/** The function of the file that a call runs: by its name, or as `this.name`. */
export function functionOf(call: JsCall, scope: JsScope): Node | undefined {
  const { callee } = call
  if (callee.kind === 'function') return callee.node
  if (callee.kind === 'member' && callee.of.kind === 'name' && callee.of.name === 'this')
    return scope.file.methods.get(callee.name)
  return undefined
}

/** What a function of the file returns, when it does nothing else. */
function returned(call: JsCall, scope: JsScope): JsValue | undefined {
  const node = functionOf(call, scope)
  const body = node?.childForFieldName('body')
  if (!node || !body || scope.following.some(one => one.id === node.id) || scope.following.length > 6) return undefined
  const [only, ...more] = body.type === 'statement_block' ? jsChildren(body) : []
  const result = only?.type === 'return_statement' && more.length === 0 ? jsChildren(only)[0] : body
  if (!result || result.type === 'statement_block' || !mayVisit(scope, call.node)) return undefined
  const found = evaluate(result, inside(call.arguments, node, scope))
  return /^(text|number|boolean|list|object)$/.test(found.kind) ? found : undefined
}

/** The scope in which the body of a function runs; parameters without an argument stand for themselves. */
export function inside(given: readonly (JsValue | undefined)[], node: Node, scope: JsScope): JsScope {
  const locals = new Map(scope.locals)
  const bind = (name: string, value: JsValue): void => {
    locals.set(name, value)
  }
  const single = node.childForFieldName('parameter')
  const list = node.childForFieldName('parameters')
  const parameters = single ? [single] : list ? jsChildren(list) : []
  let position = 0
  for (const parameter of parameters) {
    if (parameter.text.startsWith('this:')) continue
    const pattern = parameter.childForFieldName('pattern') ?? parameter.childForFieldName('left') ?? parameter
    const otherwise = parameter.childForFieldName('value') ?? parameter.childForFieldName('right')
    const value = given[position++] ?? (otherwise ? evaluate(otherwise, scope) : undefined)
    if (pattern.type === 'identifier') bind(pattern.text, value ?? { kind: 'name', name: pattern.text })
    else bindPattern(pattern, value ?? { kind: 'name', name: '' }, bind)
  }
  return { ...scope, locals, depth: scope.depth + 1, following: [...scope.following, node] }
}

export function pushStep(scope: JsScope, step: Step): void {
  scope.state.steps++
  scope.out.push({ kind: 'step', step })
}

/** Where a step stands and how it reads in a message. */
export interface Place {
  readonly span: Span
  readonly text: string
}

export const placeOfNode = (node: Node): Place => ({ span: nodeSpan(node), text: lineOf(node.text) })

/** The part of a call from its method's name on, when it stands at the end of a chain. */
export function placeOfLink(node: Node, start: number, scope: JsScope): Place {
  const { lines } = scope.file
  return { span: spanOf(lines, start, node.endIndex), text: lineOf(lines.text.slice(start, node.endIndex)) }
}

/** Adds one step with the operations of a call. */
export function emit(
  scope: JsScope,
  place: Place,
  operations: readonly Operation[],
  { autocommit = false, spans = [] }: { readonly autocommit?: boolean; readonly spans?: readonly Span[] } = {},
): void {
  if (operations.length === 0) return
  pushStep(scope, {
    kind: 'change',
    ...place,
    operations: scope.looped ? operations.map(one => inLoop(one, scope.whole)) : operations,
    ...(spans.length === operations.length ? { spans } : {}),
    ...(autocommit ? { autocommit: true } : {}),
  })
}

export function emitUnreadable(scope: JsScope, place: Place, reason: string): void {
  pushStep(scope, { kind: 'unreadable', ...place, reason })
}

export const nameUnknown = 'the name of the table or column is only known when the migration runs'
