import { flag, optional, text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { systemOf } from './system.ts'

export const workflowFields = {
  what: word(
    ['untrusted', 'injection', 'apply', 'gate', 'step', 'cancels'],
    'A checkout of code from a fork by a job with rights; text that anybody may write, put into a script of such a job; a step that changes production; a gate before a deployment that is gone; a release step that is gone; a deployment that a newer run cancels.',
  ),
  system: word(['github', 'azure', 'gitlab', 'circleci'], 'Who runs the pipeline.'),
  job: text('Name of the job (Azure: also of a stage); empty when the pipeline has none.'),
  step: text('The command or action of the step, first line; empty for a whole job.'),
  tool: text('What changes production: `terraform`, `kubectl`, `helm`, `script` …; empty when nothing is known to.'),
  certain: flag('The command is known to change production, not only called `deploy`.'),
  onPullRequest: flag('Runs for a pull request after the change.'),
  baseOnPullRequest: optional(flag('Ran for a pull request before; absent for a new step.')),
  byDefault: flag('Nobody wrote that it runs for pull requests: it is what the system does when nothing is said.'),
  protected: flag('The job names an environment, which can ask for an approval.'),
  baseProtected: flag('It did before.'),
  local: flag('The cluster or cloud is one that the pipeline itself starts (kind, minikube, localstack).'),
  preview: flag('Made for one pull request: a preview or review environment, or a lower one by its name.'),
  triggers: texts('Events that start the pipeline after the change.'),
  ref: text('What is checked out, or the expression that is put into the script, as written.'),
  runs: text('The first command that runs code from that checkout; empty when none does.'),
  secrets: flag('Secrets or a token with write access are in reach of the job.'),
  guarded: flag('A condition admits only pull requests from the repository itself, or with a label.'),
  gate: word(
    [
      'needs',
      'environment',
      'condition',
      'manual',
      'failure-ignored',
      'auto-approve',
      'no-wait',
      'check-removed',
      'none',
    ],
    'Which gate is gone: a job that had to succeed, an environment, a branch condition, a person, attention to failure, a reviewed plan, waiting for the result, a check after the deployment.',
  ),
  lost: text('The gate as it was written, or what was added in its place.'),
}

/** A part of a pipeline that the change makes more dangerous. Source: GitHub Actions, Azure Pipelines, GitLab CI, CircleCI. */
export type WorkflowFact = FactOf<'workflow', typeof workflowFields>

export const workflowKind = {
  name: 'workflow',
  doc: 'A part of a CI pipeline that the change makes more dangerous: code of a fork run with secrets, a deployment from a pull request, a gate that is gone.',
  fields: workflowFields,
  wants: artifact => (artifact.role === 'live' || artifact.role === 'test') && systemOf(artifact) !== undefined,
  load: async () => (await import('./extract.ts')).extractWorkflows,
} satisfies FactKind
