import { valueAt } from '../../artifact/plain.ts'
import { type Job, type Pipeline, rawText, type Step } from './pipeline.ts'
import { isGuard, onlyOtherEvents, privileged, reaches } from './untrusted.ts'

/** Text that anybody may write, put into a script before the shell reads it. */
export interface Injection {
  readonly job: Job
  readonly step: Step
  readonly expression: string
  readonly guarded: boolean
  readonly secrets: boolean
}

/** Events with the rights of the repository that outsiders can start. */
const started = [...privileged, 'issues', 'discussion', 'discussion_comment', 'pull_request_review', 'fork', 'watch']

/** Titles, texts, names of branches: whatever its author likes. Numbers, commits and names of users are not. */
const written =
  /\$\{\{[^}]*?\b(?:github\.head_ref|github\.event\.(?:pull_request|issue|discussion|comment|review)\.(?:title|body|head\.(?:ref|label|repo\.default_branch))|github\.event\.workflow_run\.(?:head_branch|display_title|head_commit\.(?:message|author\.(?:name|email)))|github\.event\.head_commit\.(?:message|author\.(?:name|email)))\b[^}]*\}\}/g

/** Functions whose result is not the text itself. */
const harmless = /\b(?:contains|startsWith|endsWith|hashFiles)\(|[!=]=|&&\s*'[^']*'\s*\|\|\s*'[^']*'/

/** Every such expression in a script of a workflow that outsiders can start with rights. */
export function injectionsIn(pipeline: Pipeline): readonly Injection[] {
  if (!pipeline.triggers.some(trigger => started.includes(trigger))) return []
  return pipeline.jobs.flatMap(job => {
    if (job.conditions.some(onlyOtherEvents)) return []
    return job.steps.flatMap(step => {
      if (step.conditions.some(onlyOtherEvents)) return []
      const inputs = /^actions\/github-script@/.test(step.uses) ? rawText(valueAt(step.node, 'with', 'script')) : ''
      return [...(step.script + inputs).matchAll(written)].flatMap(([expression]) =>
        harmless.test(expression)
          ? []
          : [
              {
                job,
                step,
                expression,
                guarded: [...job.conditions, ...step.conditions].some(isGuard) || job.environment !== '',
                secrets: reaches(pipeline, job),
              },
            ],
      )
    })
  })
}
