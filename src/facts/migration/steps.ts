import { type Artifact, touches } from '../../artifact/types.ts'
import type { Operation, Program, Step } from './operation.ts'

/** What a migration does forwards, as far as the change adds or edits it. */
export function touchedSteps(artifact: Artifact, program: Program): readonly Step[] {
  return program.up.filter(step => touches(artifact, 'head', step.span))
}

export function operationsOf(steps: readonly Step[]): readonly Operation[] {
  return steps.flatMap(step => (step.kind === 'change' ? step.operations : []))
}
