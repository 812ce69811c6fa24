import type { Node } from 'web-tree-sitter'
import { hole, type RubyCall, spanOfNode } from '../../../artifact/ruby.ts'
import { evaluate, pushStep, type Scope, textOfCall } from './rails-scope.ts'

/** `execute …`: SQL in a string or heredoc is read later; what is put together at run time cannot be. */
export function runSql(call: RubyCall, scope: Scope): void {
  if (scope.inverting) {
    scope.state.irreversible = true
    return
  }
  const [first] = call.arguments
  const value = first ? evaluate(first, scope) : undefined
  const heredoc = first?.type === 'heredoc_beginning' ? scope.file.heredocs.get(first.startIndex) : undefined
  const span = heredoc ? { ...spanOfNode(call.node), ...endOf(heredoc) } : spanOfNode(call.node)
  if (value?.kind === 'text' && value.text.trim() !== hole) {
    const { looped, whole, assured } = scope
    scope.out.push({ kind: 'sql', value, span, text: textOfCall(call), looped, whole, assured })
    return
  }
  if (first && /^(select_|structure_|quote)/.test(call.name)) return
  pushStep(scope, {
    kind: 'unreadable',
    span,
    text: textOfCall(call),
    reason: 'the SQL is put together while the migration runs',
  })
}

function endOf(node: Node): { endLine: number; endColumn: number } {
  const { endLine, endColumn } = spanOfNode(node)
  return { endLine, endColumn }
}
