import type { Node, SelectStmt } from '@pgsql/types'
import type { ObjectKind, Operation, Reads } from '../operation.ts'
import { partsOf, qualified, tableOf, textsOf, walk } from './postgres-nodes.ts'

/** What queries name beside tables, as the tree calls it. */
export const objectKinds: Readonly<Record<string, ObjectKind>> = {
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'view',
  OBJECT_FUNCTION: 'function',
  OBJECT_ROUTINE: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_SEQUENCE: 'sequence',
}

/** Name of what a DROP or RENAME names: routines come with their arguments. */
export function nameOfObject(node: Node | undefined): string {
  if (node === undefined) return ''
  return 'ObjectWithArgs' in node ? qualified(textsOf(node.ObjectWithArgs.objname)) : qualified(partsOf(node))
}

/** Views, routines and sequences that a statement creates. */
export function objectsOf(node: Node): readonly Operation[] {
  if ('ViewStmt' in node) {
    const { view, aliases, query } = node.ViewStmt
    return [created('view', tableOf(view), columnsOf(textsOf(aliases), query), readsOf(query))]
  }
  if ('CreateTableAsStmt' in node && node.CreateTableAsStmt.objtype === 'OBJECT_MATVIEW') {
    const { into, query } = node.CreateTableAsStmt
    return [created('view', tableOf(into?.rel), columnsOf(textsOf(into?.colNames), query), readsOf(query))]
  }
  if ('CreateFunctionStmt' in node) {
    const { funcname, is_procedure: procedure } = node.CreateFunctionStmt
    return [created(procedure === true ? 'procedure' : 'function', qualified(textsOf(funcname)), undefined)]
  }
  if ('CreateSeqStmt' in node) return [created('sequence', tableOf(node.CreateSeqStmt.sequence), undefined)]
  return []
}

function created(object: ObjectKind, name: string, columns: readonly string[] | undefined, reads?: Reads): Operation {
  return {
    op: 'create-object',
    object,
    name,
    ...(columns === undefined ? {} : { columns }),
    ...(reads === undefined ? {} : { reads }),
  }
}

/** Undefined where `*` leaves the columns to the tables. */
function readsOf(query: Node | undefined): Reads | undefined {
  const tables = new Set<string>()
  const columns = new Set<string>()
  let all = false
  walk(query, (name, node) => {
    if (name === 'RangeVar') tables.add(String(node.relname ?? ''))
    if (name === 'A_Star') all = true
    if (name !== 'ColumnRef' || !Array.isArray(node.fields)) return
    const last: unknown = node.fields.at(-1)?.String?.sval
    if (typeof last === 'string') columns.add(last)
    // `count(*)` has no field; `c.*` has.
    if (node.fields.some(field => 'A_Star' in field)) all = true
  })
  return all ? undefined : { tables: [...tables], columns: [...columns] }
}

/** Columns of a view; undefined where `*` leaves them to the tables, or where the name of one is not told. */
function columnsOf(aliases: readonly string[], query: Node | undefined): readonly string[] | undefined {
  let select: SelectStmt | undefined = query !== undefined && 'SelectStmt' in query ? query.SelectStmt : undefined
  // The first part of a UNION names the columns.
  while (select?.larg !== undefined) select = select.larg
  if (select?.targetList === undefined) return undefined
  const names: string[] = []
  for (const [at, item] of select.targetList.entries()) {
    const name = aliases[at] ?? ('ResTarget' in item ? (item.ResTarget.name ?? nameOf(item.ResTarget.val)) : undefined)
    if (name === undefined) return undefined
    names.push(name)
  }
  return names
}

/** Expressions that never have a name of their own. */
const nameless = /^(A_Const|A_Expr|BoolExpr|NullTest|BooleanTest|ParamRef)$/

/** The name that Postgres gives a column without one (`FigureColname`): `END` of a CASE takes that of its ELSE. */
function nameOf(value: Node | undefined): string | undefined {
  if (value === undefined) return undefined
  if ('ColumnRef' in value) {
    const last = value.ColumnRef.fields?.at(-1)
    return last === undefined || !('String' in last) ? undefined : last.String.sval
  }
  if ('FuncCall' in value) return textsOf(value.FuncCall.funcname).at(-1)
  if ('TypeCast' in value) {
    const inner = nameOf(value.TypeCast.arg)
    return inner === '?column?' ? textsOf(value.TypeCast.typeName?.names).at(-1) : inner
  }
  if ('CaseExpr' in value) {
    const inner = value.CaseExpr.defresult === undefined ? '?column?' : nameOf(value.CaseExpr.defresult)
    return inner === '?column?' ? 'case' : inner
  }
  if ('CoalesceExpr' in value) return 'coalesce'
  if ('CollateClause' in value) return nameOf(value.CollateClause.arg)
  if ('MinMaxExpr' in value) return value.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest'
  if ('A_Expr' in value && value.A_Expr.kind === 'AEXPR_NULLIF') return 'nullif'
  return nameless.test(Object.keys(value)[0] ?? '') ? '?column?' : undefined
}
