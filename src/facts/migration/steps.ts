import type { Operation, Step } from './operation.ts'

export function operationsOf(steps: readonly Step[]): readonly Operation[] {
  return steps.flatMap(step => (step.kind === 'change' ? step.operations : []))
}
