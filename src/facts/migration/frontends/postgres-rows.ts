import type { DeleteStmt, Node, SelectStmt, UpdateStmt } from '@pgsql/types'
import { hole } from '../../../artifact/literal.ts'
import type { Operation } from '../operation.ts'
import { tableOf, walk } from './postgres-nodes.ts'

export function updateRows(statement: UpdateStmt): Operation {
  return {
    op: 'update-rows',
    table: tableOf(statement.relation),
    ...reach(
      statement.whereClause,
      statement.fromClause,
      test => !test.empty && !reads(statement.targetList, test.column),
    ),
  }
}

/** Does what is assigned read the column? Then NOT NULL only guards it, and holds for every row there is to do. */
function reads(targets: readonly Node[] | undefined, column: string): boolean {
  let found = false
  walk(targets ?? [], (name, node) => {
    if (name === 'ColumnRef' && JSON.stringify(node.fields).includes(`"sval":"${column}"`)) found = true
  })
  return found
}

export function deleteRows(statement: DeleteStmt): Operation {
  const { whereClause } = statement
  return {
    op: 'delete-rows',
    table: tableOf(statement.relation),
    ...reach(whereClause, statement.usingClause, () => true),
    // What a row looks like, or whether it has a partner, decides whether it goes.
    ...(whereClause !== undefined && hasColumn(whereClause) ? { filtered: true } : {}),
  }
}

/** How far a WHERE goes: whether it names particular values, and whether it takes a bounded slice. */
function reach(
  where: Node | undefined,
  from: readonly Node[] | undefined,
  picks: NullPicks,
): { filtered: boolean; batched: boolean } {
  const literalRows = (from ?? []).some(isValues)
  return {
    filtered: literalRows || (where !== undefined && namesValues(where, picks)),
    batched: where !== undefined && isBounded(where, from),
  }
}

/** A SELECT that leaves no rows out: no LIMIT, and no condition that names values. */
export function takesAll({ whereClause, limitCount, larg }: SelectStmt): boolean {
  return (
    limitCount === undefined &&
    larg === undefined &&
    (whereClause === undefined || !namesValues(whereClause, () => false))
  )
}

function isValues(node: Node): boolean {
  if (!('RangeSubselect' in node)) return false
  const query = node.RangeSubselect.subquery
  return query !== undefined && 'SelectStmt' in query && query.SelectStmt.valuesLists !== undefined
}

/** Whether a test for NULL picks rows: what DELETE does with it, and UPDATE where it is no guard of what it reads. */
type NullPicks = (test: { readonly column: string; readonly empty: boolean }) => boolean

/**
 * `status = 'x'`, `id IN (1, 2)`, `created_at < now()`, `NOT EXISTS (…)` pick rows. `x IS NULL`, `a <> b`, joins
 * (`a.id = b.a_id`) and `1 = 1` do not: they are what a backfill of a whole table looks like.
 */
function namesValues(where: Node, picks: NullPicks): boolean {
  if ('BoolExpr' in where) {
    const { boolop, args = [] } = where.BoolExpr
    if (boolop === 'AND_EXPR') return args.some(arg => namesValues(arg, picks))
    return boolop === 'OR_EXPR' ? args.every(arg => namesValues(arg, picks)) : args.some(arg => 'SubLink' in arg)
  }
  if ('NullTest' in where) {
    const { arg, nulltesttype } = where.NullTest
    const last = arg !== undefined && 'ColumnRef' in arg ? arg.ColumnRef.fields?.at(-1) : undefined
    const column = last !== undefined && 'String' in last ? (last.String.sval ?? '') : ''
    return column !== '' && picks({ column, empty: nulltesttype === 'IS_NULL' })
  }
  if ('SubLink' in where) return true
  if (!('A_Expr' in where)) return 'ColumnRef' in where || 'FuncCall' in where
  const { kind, name, lexpr, rexpr } = where.A_Expr
  if (isScalarQuery(lexpr) || isScalarQuery(rexpr)) return true
  if (kind === 'AEXPR_DISTINCT') return false
  const sign = name?.[0]
  if (sign !== undefined && 'String' in sign && (sign.String.sval === '<>' || sign.String.sval === '!=')) return false
  return (hasColumn(lexpr) && !hasColumn(rexpr)) || (hasColumn(rexpr) && !hasColumn(lexpr))
}

/** `(SELECT …)` as a value. */
function isScalarQuery(node: Node | undefined): boolean {
  return node !== undefined && 'SubLink' in node && node.SubLink.subLinkType === 'EXPR_SUBLINK'
}

/** Does it depend on the row? What the source fills in (`id = ${user.id}`) is a value, though it reads like a name. */
function hasColumn(tree: unknown): boolean {
  let found = false
  walk([tree], (name, node) => {
    if (name === 'SelectStmt' || (name === 'ColumnRef' && !JSON.stringify(node.fields).includes(hole))) found = true
  })
  return found
}

/** A LIMIT in a subquery, a range of ctid. */
function isBounded(where: Node, from: readonly Node[] | undefined): boolean {
  let bounded = false
  walk([where, from ?? []], (name, node) => {
    if (name === 'SelectStmt' && node.limitCount !== undefined && isOutermostLimit(node)) bounded = true
    if (name === 'ColumnRef' && JSON.stringify(node).includes('"ctid"')) bounded = true
  })
  return bounded
}

/** LIMIT 1 picks one value for a row; a batch takes more. */
function isOutermostLimit(select: Readonly<Record<string, unknown>>): boolean {
  const limit = JSON.stringify(select.limitCount)
  return !/^\{"A_Const":\{"ival":\{"ival":1\}/.test(limit)
}
