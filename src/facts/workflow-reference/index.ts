import type { Artifact } from '../../artifact/types.ts'
import { text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const workflowReferenceFields = {
  context: word(
    ['steps', 'needs', 'inputs', 'matrix'],
    'Context that the expression reads: of a step, of another job, of the inputs that the workflow is started with, or of the matrix of the job.',
  ),
  name: text('Id of the step or job, or name of the input or key, that is read.'),
  job: text('Job whose expression reads it.'),
}

/** An expression of a workflow that reads a step, job, input or key of the matrix which is not there. */
export type WorkflowReferenceFact = FactOf<'workflow-reference', typeof workflowReferenceFields>

export const workflowReferenceKind = {
  name: 'workflow-reference',
  doc: 'An expression of a GitHub Actions workflow that reads a step its job does not have, a job that its job does not need, an input that the workflow does not declare or a key that the matrix does not have, where that is new with this change. Expressions with a fallback (`||`) are left out.',
  fields: workflowReferenceFields,
  wants: ({ path, kind, head }: Artifact) =>
    kind === 'github-workflow' && path.startsWith('.github/workflows/') && head !== undefined,
  load: async () => (await import('./extract.ts')).extractWorkflowReferences,
} satisfies FactKind
