import type { Node } from 'web-tree-sitter'
import { type LiteralText, lineOf, nodeSpan } from '../../../artifact/literal.ts'
import {
  bindTarget,
  dotted,
  type PyCall,
  type PyNames,
  type PyValue,
  pyChildren,
  pyValue,
} from '../../../artifact/python.ts'
import type { Span } from '../../../text/lines.ts'
import type { Operation, Step } from '../operation.ts'
import type { PyFile } from './python-file.ts'

/** A step, or SQL that is still to be read. */
export type Draft =
  | { readonly kind: 'step'; readonly step: Step }
  | {
      readonly kind: 'sql'
      readonly value: LiteralText
      readonly span: Span
      readonly text: string
      readonly looped: boolean
      readonly whole: string
      readonly autocommit: boolean
    }

/** What a framework makes of the code that the walk comes by. */
export interface PyLanguage {
  /** Reads a call; false when it means nothing by itself, and its parts are looked at. */
  call(call: PyCall, scope: PyScope): boolean
  /** `with …:`; the scope for the body, or none when the context means nothing. */
  enter?(context: PyValue, scope: PyScope, node: Node): { readonly scope?: PyScope; leave?(): void } | undefined
  /** `record.field = …` */
  assign?(target: PyValue, node: Node, scope: PyScope): void
  /** A better value for a call or attribute. */
  known?(value: PyValue, scope: PyScope): PyValue | undefined
  /** The table whose rows, every one of them, a query of the ORM gives; empty for anything else. */
  whole?(value: PyValue): string
  /** What a comparison gives, where that is known before the migration runs. */
  condition?(value: PyValue, scope: PyScope): boolean | undefined
}

export interface PyScope {
  readonly file: PyFile
  readonly language: PyLanguage
  readonly locals: Map<string, PyValue>
  readonly out: Draft[]
  /** Inside a loop whose rounds are only known at run time. */
  readonly looped: boolean
  /** Table over whose rows, all of them, a loop around runs; else empty. */
  readonly whole: string
  /** Inside a loop that takes rows in slices (`while True`). */
  readonly sliced: boolean
  /** Inside a branch of a loop: only some of its rounds come here. */
  readonly conditional: boolean
  readonly autocommit: boolean
  /** The author has declared that the step runs when nothing of the older release is left. */
  readonly assured?: boolean
  readonly depth: number
  readonly following: readonly Node[]
  readonly state: {
    visits: number
    steps: number
    gaveUp: boolean
    irreversible: boolean
    readonly done: WeakSet<object>
    /** The SQL that a cursor, by its name, has run last: what its `fetchall()` gives. */
    readonly ran: Map<string, string>
  }
}

/** Most nodes visited and steps made for one file: helpers and loops within loops multiply. */
const mostVisits = 60_000
const mostSteps = 2000
const deepest = 100

export function newScope(
  file: PyFile,
  language: PyLanguage,
  locals: Iterable<readonly [string, PyValue]> = [],
): PyScope {
  return {
    file,
    language,
    locals: new Map(locals),
    out: [],
    looped: false,
    whole: '',
    sliced: false,
    conditional: false,
    autocommit: false,
    depth: 0,
    following: [],
    state: { visits: 0, steps: 0, gaveUp: false, irreversible: false, done: new WeakSet(), ran: new Map() },
  }
}

/** Counts a visit; false when there have been too many, which the steps then say once. */
export function mayVisit(scope: PyScope, node?: Node): boolean {
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

export function namesOf(scope: PyScope): PyNames {
  return {
    variable: name => {
      const value = scope.locals.get(name) ?? scope.file.constants.get(name)
      if (value) return value
      const node = scope.file.functions.get(name)
      return node && { kind: 'function', node }
    },
    known: value => scope.language.known?.(value, scope) ?? returned(value, scope),
    mayVisit: () => mayVisit(scope),
  }
}

export const evaluate = (node: Node, scope: PyScope): PyValue => pyValue(node, namesOf(scope))

/** A call of a function of the file that does nothing but return a value. */
function returned(value: PyValue, scope: PyScope): PyValue | undefined {
  if (value.kind !== 'call' || value.callee.kind !== 'function') return undefined
  const { node } = value.callee
  const body = node.childForFieldName('body')
  if (!body || scope.following.some(one => one.id === node.id) || scope.following.length > 8) return undefined
  const statements = pyChildren(body)
  const last = node.type === 'lambda' ? body : statements.at(-1)
  const plain = statements
    .slice(0, -1)
    .every(one => one.type === 'expression_statement' && pyChildren(one)[0]?.type === 'string')
  const result =
    node.type === 'lambda' ? body : last?.type === 'return_statement' && plain ? pyChildren(last)[0] : undefined
  if (!result || !mayVisit(scope, value.node)) return undefined
  const found = evaluate(result, inside(value, node, scope))
  return found.kind === 'code' || found.kind === 'compared' ? undefined : found
}

/** The scope in which the body of a called function runs. */
export function inside(call: PyCall, node: Node, scope: PyScope): PyScope {
  const locals = new Map<string, PyValue>()
  const list = node.childForFieldName('parameters')
  let position = 0
  for (const parameter of list ? pyChildren(list) : []) {
    const name =
      parameter.type === 'identifier'
        ? parameter.text
        : (parameter.childForFieldName('name')?.text ?? pyChildren(parameter)[0]?.text ?? '')
    if (/^(list_splat_pattern|dictionary_splat_pattern|keyword_separator|positional_separator)$/.test(parameter.type)) {
      if (parameter.type === 'list_splat_pattern') position = Number.MAX_SAFE_INTEGER
      continue
    }
    const otherwise = parameter.childForFieldName('value')
    const given = call.keywords.get(name) ?? call.arguments[position++]
    locals.set(name, given ?? (otherwise ? evaluate(otherwise, scope) : { kind: 'name', name }))
  }
  return { ...scope, locals, depth: scope.depth + 1, following: [...scope.following, node] }
}

export function bind(target: Node, value: PyValue, scope: PyScope): void {
  bindTarget(target, value, (name, one) => scope.locals.set(name, one))
}

export function pushStep(scope: PyScope, step: Step): void {
  scope.state.steps++
  scope.out.push({ kind: 'step', step })
}

/** Adds one step with the operations of a call. */
export function emit(scope: PyScope, node: Node, operations: readonly Operation[]): void {
  if (operations.length === 0) return
  pushStep(scope, {
    kind: 'change',
    span: nodeSpan(node),
    text: lineOf(node.text),
    operations,
    ...(scope.autocommit ? { autocommit: true } : {}),
    ...(scope.assured ? { assured: true } : {}),
  })
}

export function emitUnreadable(scope: PyScope, node: Node, reason: string): void {
  pushStep(scope, { kind: 'unreadable', span: nodeSpan(node), text: lineOf(node.text), reason })
}

/** Adds SQL that a call runs, on the cursor `on`; what is put together at run time cannot be read. */
export function emitSql(scope: PyScope, node: Node, value: PyValue | undefined, on?: PyValue): void {
  const text = sqlText(value)
  if (on !== undefined) scope.state.ran.set(dotted(on), text?.text ?? '')
  if (text === undefined || text.text.replaceAll('premortem_unknown', '').trim() === '') {
    emitUnreadable(scope, node, 'the SQL is put together while the migration runs')
    return
  }
  scope.state.steps++
  const { looped, whole, autocommit } = scope
  scope.out.push({ kind: 'sql', value: text, span: nodeSpan(node), text: lineOf(node.text), looped, whole, autocommit })
}

/** The text of a statement: written out, or inside `sa.text(…)`, `DDL(…)`. */
export function sqlText(value: PyValue | undefined, depth = 0): LiteralText | undefined {
  if (value?.kind === 'text') return value
  if (value?.kind !== 'call' || depth > 10) return undefined
  if (/^(text|TextClause|DDL|SQL|dedent|cleandoc|RawSQL|literal_column)$/.test(value.name))
    return sqlText(value.arguments[0], depth + 1)
  if (
    /^(bindparams|execution_options|columns|format|params|strip)$/.test(value.name) &&
    value.callee.kind === 'attribute'
  )
    return sqlText(value.callee.of, depth + 1)
  return undefined
}
