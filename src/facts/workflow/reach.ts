import type { Job, Pipeline, Step } from './pipeline.ts'

const always =
  /^\s*(\$\{\{)?\s*!?\s*(always|success|failure|cancelled|succeeded|succeededOrFailed|failed|canceled)\(\s*\)\s*(\}\})?\s*$/

/** Does a condition let a pull request through? A condition that says something else counts as one that does not. */
export function admitsPullRequest(condition: string): boolean {
  if (condition === '' || always.test(condition)) return true
  const about =
    /event_name\s*==\s*['"]pull_request|eq\(\s*variables\[?['"]?\.?Build\.Reason['"]?\]?\s*,\s*['"]PullRequest['"]\s*\)/i
  return about.test(condition) && !/&&|,\s*(ne|eq)\(.*,\s*(ne|eq)\(/.test(condition.replace(about, ''))
}

/** A test of the branch or the event inside the script itself. */
const inScript =
  /GITHUB_REF\b|GITHUB_EVENT_NAME|github\.ref|github\.event_name|BUILD_REASON|Build\.Reason|BUILD_SOURCEBRANCH|Build\.SourceBranch|CI_COMMIT_(BRANCH|REF_NAME|TAG)|CI_PIPELINE_SOURCE|CIRCLE_BRANCH/i

/** Does the step run when a pull request starts the pipeline? */
export function runsOnPullRequest(pipeline: Pipeline, job: Job, step: Step): boolean {
  if (!(job.onPullRequest ?? pipeline.onPullRequest) || job.manual) return false
  if (inScript.test(step.script)) return false
  const own = pipeline.system === 'gitlab' ? [] : [...job.conditions, ...step.conditions]
  return (
    own.every(admitsPullRequest) &&
    neededJobs(pipeline, job).every(needed => needed.conditions.every(admitsPullRequest))
  )
}

/** All jobs that must have succeeded before this one, however far back. */
export function neededJobs(pipeline: Pipeline, job: Job): readonly Job[] {
  const found = new Set<Job>()
  const queue = [job]
  for (let next = queue.pop(); next !== undefined; next = queue.pop())
    for (const needed of pipeline.jobs)
      if (next.needs.includes(needed.id) && !found.has(needed)) {
        found.add(needed)
        queue.push(needed)
      }
  return [...found]
}

/** A cluster or cloud that the pipeline starts for itself. */
export function isLocal(pipeline: Pipeline): boolean {
  return /\b(kind-action|kind\s+(create|load)|minikube|k3d|k3s|microk8s|localstack|kwok|testcontainers|ct\s+install|setup-kind|kind-config)\b/i.test(
    pipeline.text,
  )
}

/** Made for one pull request, or for a lower environment by its name. */
export function isPreview(path: string, job: Job, step: Step, text: string): boolean {
  const around = [path.slice(path.lastIndexOf('/') + 1), job.id, job.environment].join('\n')
  const lower = /preview|review|ephemeral|staging|\bstg\b|\bdev\b|\bdevelop|sandbox|\bqa\b|\buat\b|pr-/i
  const perPull = /pull_request\.number|event\.number|CI_MERGE_REQUEST_IID/
  return (
    lower.test(`${around}\n${step.name}\n${step.script}`) ||
    // A step can test what was deployed; a job or an environment called test is for tests.
    /\b(test|e2e)\b/i.test(around) ||
    perPull.test(step.script) ||
    /PullRequest\.PullRequestNumber/.test(text)
  )
}
