import { entryOf, type Plain, valueAt } from '../../artifact/plain.ts'
import { isTrue, itemsOf, type Job, type Read, rawText, rawTexts, type Step, startOf, stepOf } from './pipeline.ts'

/** Reads an Azure pipeline: stages of jobs of steps, or any shorter form. */
export function azurePipeline(root: Plain): Read {
  const pr = entryOf(root, 'pr')
  const trigger = entryOf(root, 'trigger')
  // A template has no triggers of its own, and neither has a pipeline that only another one or a clock starts.
  const isTemplate = trigger === undefined && pr === undefined
  const onlyElse = rawText(trigger?.value) === 'none' && pr === undefined
  const none = rawText(pr?.value) === 'none'
  return {
    triggers: [
      ...(none || isTemplate ? [] : ['pr']),
      ...(trigger && rawText(trigger.value) !== 'none' ? ['push'] : []),
    ],
    onPullRequest: !none && !isTemplate && !onlyElse,
    byDefault: pr === undefined,
    triggerSpan: startOf((trigger ?? pr)?.keySpan ?? root.span),
    ...(pr ? { pullSpan: startOf(pr.keySpan) } : {}),
    jobs: jobsOf(root, [], []),
  }
}

function jobsOf(node: Plain, conditions: readonly string[], needs: readonly string[]): readonly Job[] {
  const stages = itemsOf(valueAt(node, 'stages'))
  const jobs = itemsOf(valueAt(node, 'jobs'))
  const own = conditionOf(node)
  const all = own === '' ? conditions : [...conditions, own]
  if (stages.length > 0) return stages.flatMap(stage => jobsOf(stage, all, rawTexts(valueAt(stage, 'dependsOn'))))
  if (jobs.length > 0) return jobs.flatMap(job => jobsOf(job, all, [...needs, ...rawTexts(valueAt(job, 'dependsOn'))]))
  const strategy = valueAt(node, 'strategy')
  const lists = [
    valueAt(node, 'steps'),
    ...['runOnce', 'rolling', 'canary'].map(key => valueAt(strategy, key, 'deploy', 'steps')),
  ]
  const steps = lists.flatMap(itemsOf)
  if (steps.length === 0) return []
  const name = entryOf(node, 'job') ?? entryOf(node, 'deployment') ?? entryOf(node, 'stage')
  const environment = valueAt(node, 'environment')
  return [
    {
      id: rawText(name?.value),
      needs,
      environment: rawText(environment) || rawText(valueAt(environment, 'name')),
      conditions: all,
      manual: false,
      failureIgnored: isTrue(node, 'continueOnError'),
      cancels: false,
      steps: steps.map(azureStep),
      span: startOf(name?.keySpan ?? node.span),
      node,
    },
  ]
}

function conditionOf(node: Plain): string {
  return rawText(valueAt(node, 'condition'))
}

function azureStep(node: Plain): Step {
  const command = ['script', 'bash', 'pwsh', 'powershell']
    .map(key => entryOf(node, key))
    .find(entry => entry !== undefined)
  const task = entryOf(node, 'task')
  const condition = conditionOf(node)
  const name = rawText(valueAt(node, 'displayName'))
  const at = command ?? task
  return stepOf(node, command ? rawText(command.value) : taskScript(node, rawText(task?.value)), rawText(task?.value), {
    name,
    conditions: condition === '' ? [] : [condition],
    failureIgnored: isTrue(node, 'continueOnError'),
    span: startOf(at?.keySpan ?? node.span),
  })
}

/** A task as the command that it stands for: `TerraformTaskV4` with `command: apply`. */
function taskScript(node: Plain, task: string): string {
  const inputs = valueAt(node, 'inputs')
  const command = rawText(valueAt(inputs, 'command')) || rawText(valueAt(inputs, 'action'))
  if (/^terraform/i.test(task)) return `terraform ${command}`
  if (/^helmdeploy/i.test(task)) return `helm ${command}`
  if (/^kubernetes(manifest)?@/i.test(task)) return `kubectl ${command === 'deploy' ? 'apply' : command}`
  const inline = rawText(valueAt(inputs, 'inlineScript')) || rawText(valueAt(inputs, 'script'))
  return inline
}
