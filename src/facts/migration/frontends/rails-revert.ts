import type { RubyCall } from '../../../artifact/ruby.ts'
import { pushStep, type Scope, walkBlock } from './rails-scope.ts'

/** `revert { create_table … }` does the opposite of its block. */
export function revert(call: RubyCall, scope: Scope): void {
  const inner: Scope = { ...scope, out: [], inverting: false }
  if (call.block) walkBlock(call.block, inner)
  for (const draft of inner.out.reverse()) {
    if (draft.kind !== 'step' || draft.step.kind !== 'change') continue
    const operations = draft.step.operations.map(operation => {
      switch (operation.op) {
        case 'create-table':
          return { op: 'drop-table', table: operation.table, cascade: false } as const
        case 'add-column':
          return { op: 'drop-column', table: operation.table, column: operation.column.name } as const
        case 'create-index':
          return {
            op: 'drop-index',
            table: operation.table,
            index: operation.index ?? '',
            columns: operation.columns,
            concurrently: operation.concurrently,
          } as const
        case 'add-foreign-key':
          return {
            op: 'drop-constraint',
            table: operation.table,
            constraint: operation.name ?? '',
            type: 'foreign-key',
          } as const
        default:
          return { op: 'harmless', what: `reverts ${operation.op}` } as const
      }
    })
    pushStep(scope, { ...draft.step, operations })
  }
}
