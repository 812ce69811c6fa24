import type { Artifact } from '../../artifact/types.ts'
import type { WorkflowFact } from './index.ts'

/** Who runs the pipeline that a file describes; undefined when it describes none. */
export function systemOf(artifact: Artifact): WorkflowFact['system'] | undefined {
  const { path, language } = artifact
  if (artifact.kind === 'github-workflow') return 'github'
  if (language !== 'yaml') return undefined
  if (/(^|\/)\.?gitlab-ci[^/]*\.ya?ml$|(^|\/)\.gitlab\/.*\.ya?ml$|\.gitlab-ci\.ya?ml$/.test(path)) return 'gitlab'
  if (/(^|\/)\.circleci\/[^/]+\.ya?ml$/.test(path)) return 'circleci'
  if (
    /azure[-_.]?pipelines?[^/]*\.ya?ml$|(^|\/)\.?(azure-?pipelines?|azuredevops|\.azure|pipelines?|\.vsts|ado)\/.*\.ya?ml$/i.test(
      path,
    )
  ) {
    const text = artifact.head?.text ?? artifact.base?.text ?? ''
    return /^(trigger|pr|pool|stages|jobs|steps|resources|extends)\s*:/m.test(text) && !/^apiVersion:/m.test(text)
      ? 'azure'
      : undefined
  }
  return undefined
}
