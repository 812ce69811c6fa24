import { entryOf, type Plain, valueAt } from '../../artifact/plain.ts'
import { entriesOf, itemsOf, type Job, type Read, rawText, rawTexts, type Step, startOf, stepOf } from './pipeline.ts'

/** Reads a CircleCI configuration: a job is one use of it in a workflow. */
export function circlePipeline(root: Plain): Read {
  const workflows = entriesOf(valueAt(root, 'workflows')).filter(entry => entry.value.type === 'map')
  const jobs = workflows.flatMap(workflow =>
    itemsOf(valueAt(workflow.value, 'jobs')).flatMap((item): Job[] => {
      const [use] = entriesOf(item)
      const job = use?.key ?? rawText(item)
      if (job === '') return []
      const node = use?.value ?? item
      // What other uses require is the name of this use, where it has one.
      const id = rawText(valueAt(node, 'name')) || job
      const branches = valueAt(node, 'filters', 'branches', 'only')
      return [
        {
          id,
          needs: rawTexts(valueAt(node, 'requires')),
          environment: '',
          conditions: rawTexts(branches).map(branch => `branch ${branch}`),
          manual: rawText(valueAt(node, 'type')) === 'approval',
          failureIgnored: false,
          cancels: false,
          steps: itemsOf(valueAt(root, 'jobs', job, 'steps')).flatMap(circleStep),
          span: startOf(use?.keySpan ?? item.span),
          node,
          // Every push builds, also one to the branch of a pull request; that is no trigger of its own.
          onPullRequest: false,
        },
      ]
    }),
  )
  return { triggers: [], onPullRequest: false, byDefault: true, triggerSpan: startOf(root.span), jobs }
}

function circleStep(node: Plain): readonly Step[] {
  const run = entryOf(node, 'run')
  if (run === undefined) return []
  const script = rawText(run.value) || rawText(valueAt(run.value, 'command'))
  return [
    stepOf(node, script, '', {
      name: rawText(valueAt(run.value, 'name')),
      conditions: [],
      failureIgnored: false,
      span: startOf(run.keySpan),
    }),
  ]
}
