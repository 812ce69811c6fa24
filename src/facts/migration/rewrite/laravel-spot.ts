import type { Node } from 'web-tree-sitter'
import { phpChildren } from '../../../artifact/php.ts'
import { around, linksOf, phpNodeAt, statementOfUp } from './php.ts'
import type { Site } from './plan.ts'

/** A call of the schema builder, or one of the statements on `$table` in its closure. */
export interface Spot {
  /** `$table->index('a')`, or `Schema::rename('a', 'b')`. */
  readonly chain: Node
  /** `Schema::table(…);` */
  readonly outer: Node
  /** The statement in the closure; undefined where the chain is no part of one. */
  readonly own: Node | undefined
  /** It is all that the closure does. */
  readonly alone: boolean
  /** The source of the name of the connection, where the call names one. */
  readonly connection: string | undefined
}

const builder =
  /^(?:\\?Illuminate\\Support\\Facades\\)?Schema::(?:connection\(([^()]*)\)\s*->\s*)?(?:table|rename)\(\s*(?:"[^"$]+"|'[^']+')/

/** Where the call of a step stands; undefined where it is under a condition or in a loop, or the table is only known at run time. */
export async function spotOf({ source, step }: Site): Promise<Spot | undefined> {
  const node = await phpNodeAt(source, step.span)
  if (node === undefined || statementOfUp(node) === undefined) return undefined
  const closure = around(node, /^(anonymous_function|anonymous_function_creation_expression|arrow_function)$/)
  const call = around(closure ?? node, /^(scoped_call_expression|member_call_expression)$/)
  const outer = call?.parent
  const found = builder.exec(call?.text ?? '')
  if (call === undefined || outer?.type !== 'expression_statement' || found === null) return undefined
  const connection = found[1]
  if (closure === undefined) return { chain: call, outer, own: undefined, alone: true, connection }
  const body = closure.childForFieldName('body')
  // A clause under a condition, or in a loop, is not the closure's own.
  const own = node.parent?.id === body?.id ? undefined : (node.parent ?? undefined)
  const isOwn = body?.id === node.id || (own?.type === 'expression_statement' && own.parent?.id === body?.id)
  if (!isOwn || linksOf(node).length === 0) return undefined
  const alone = body?.id === node.id || (body !== null && body !== undefined && phpChildren(body).length === 1)
  return { chain: node, outer, own, alone, connection }
}
