import type { Artifact } from '../../artifact/types.ts'
import { flag, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const workflowSyntaxFields = {
  topic: word(
    ['needs', 'job', 'step', 'duplicate-id', 'expression', 'unknown-key', 'missing-key', 'other'],
    'What GitHub does not accept: a job that needs one that is not there, a job or a step that is neither one thing nor the other, an id used twice, an expression, a key it does not know, a key that is missing.',
  ),
  detail: text("What is wrong, as a sentence in the words of GitHub's parser, without the final full stop."),
  baseValid: flag('The workflow existed at base and GitHub accepted it.'),
}

/** Something in a workflow that makes GitHub refuse the whole file. Source: GitHub's own parser. */
export type WorkflowSyntaxFact = FactOf<'workflow-syntax', typeof workflowSyntaxFields>

export const workflowSyntaxKind = {
  name: 'workflow-syntax',
  doc: 'A well-formed GitHub Actions workflow that GitHub refuses to run, where it was not refused for the same reason before.',
  fields: workflowSyntaxFields,
  // GitHub reads workflows from this one folder; the same path further down is a template for another repository.
  wants: ({ path, kind, head }: Artifact) =>
    kind === 'github-workflow' && path.startsWith('.github/workflows/') && head !== undefined,
  load: async () => (await import('./extract.ts')).extractWorkflowSyntax,
} satisfies FactKind
