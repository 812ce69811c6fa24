import { entryOf, type Plain, valueAt } from '../../artifact/plain.ts'
import {
  entriesOf,
  isTrue,
  itemsOf,
  type Job,
  type Read,
  rawText,
  rawTexts,
  type Step,
  startOf,
  stepOf,
} from './pipeline.ts'

/** Reads a GitHub workflow. */
export function githubPipeline(root: Plain): Read {
  const on = entryOf(root, 'on')
  const events = on === undefined ? [] : eventsOf(on.value)
  const pull = events.find(({ name }) => name === 'pull_request' || name === 'pull_request_target')
  const concurrency = cancels(root)
  return {
    triggers: events.map(({ name }) => name),
    onPullRequest: pull !== undefined && !onlyClosed(pull.node),
    byDefault: false,
    triggerSpan: startOf(on?.keySpan ?? root.span),
    ...(pull ? { pullSpan: startOf(pull.span) } : {}),
    jobs: entriesOf(valueAt(root, 'jobs')).map(entry => jobOf(entry.key, entry.value, entry.keySpan, concurrency)),
  }
}

function eventsOf(on: Plain) {
  if (on.type === 'map') return on.entries.map(({ key, keySpan, value }) => ({ name: key, span: keySpan, node: value }))
  if (on.type === 'list') return on.items.map(item => ({ name: rawText(item), span: item.span, node: item }))
  return [{ name: rawText(on), span: on.span, node: on }]
}

/** `types: [closed]` runs after the merge. */
function onlyClosed(node: Plain): boolean {
  const types = rawTexts(valueAt(node, 'types'))
  return types.length > 0 && types.every(type => type === 'closed')
}

function cancels(node: Plain): boolean {
  return isTrue(valueAt(node, 'concurrency'), 'cancel-in-progress')
}

function jobOf(id: string, node: Plain, span: Job['span'], cancelled: boolean): Job {
  const condition = rawText(valueAt(node, 'if'))
  const environment = valueAt(node, 'environment')
  return {
    id,
    needs: rawTexts(valueAt(node, 'needs')),
    environment: rawText(environment) || rawText(valueAt(environment, 'name')),
    conditions: condition === '' ? [] : [condition],
    manual: false,
    failureIgnored: isTrue(node, 'continue-on-error'),
    cancels: cancelled || cancels(node),
    steps: itemsOf(valueAt(node, 'steps')).map(githubStep),
    span,
    node,
  }
}

function githubStep(node: Plain): Step {
  const run = entryOf(node, 'run')
  const uses = entryOf(node, 'uses')
  const condition = rawText(valueAt(node, 'if'))
  const at = run ?? uses
  return stepOf(node, rawText(run?.value), rawText(uses?.value), {
    name: rawText(valueAt(node, 'name')),
    conditions: condition === '' ? [] : [condition],
    failureIgnored: isTrue(node, 'continue-on-error'),
    span: startOf(at?.keySpan ?? node.span),
  })
}
