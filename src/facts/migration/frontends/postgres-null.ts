import type { Node } from '@pgsql/types'
import { walk } from './postgres-nodes.ts'

/** `email = NULL`, `NULL <> state`: neither true nor false for any row. As the statement writes it; undefined without one. */
export function nullComparison(statement: Node, text: string): string | undefined {
  // Nearly no statement has one, and the tree need not be walked for the others.
  const written = near.test(text) ? comparison.exec(text)?.[0] : undefined
  if (written === undefined) return undefined
  let found = false
  walk(statement, (name, node) => {
    if (name === 'A_Expr' && isComparison(node) && (isNull(node.lexpr) || isNull(node.rexpr))) found = true
  })
  return found ? written.replace(/\s+/g, ' ') : undefined
}

const near = /[=<>]\s*null\b|\bnull\s*[=<>!]/i
const comparison = /(?<![\w."])[\w."]+\s*(=|<>|!=|[<>]=?)\s*null\b|\bnull\s*(=|<>|!=|[<>]=?)\s*[\w."]+/i

const operators: ReadonlySet<unknown> = new Set(['=', '<>', '!=', '<', '>', '<=', '>='])

function isComparison({ kind, name }: Readonly<Record<string, unknown>>): boolean {
  const sign: unknown = Array.isArray(name) ? name[0]?.String?.sval : undefined
  return kind === 'AEXPR_OP' && operators.has(sign)
}

function isNull(node: unknown): boolean {
  const text = JSON.stringify(node) ?? ''
  return (
    /^\{"A_Const":\{[^{}]*"isnull":true/.test(text) ||
    /^\{"TypeCast":\{"arg":\{"A_Const":\{[^{}]*"isnull":true/.test(text)
  )
}
