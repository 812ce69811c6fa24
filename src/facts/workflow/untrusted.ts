import { entryOf, type Plain, valueAt } from '../../artifact/plain.ts'
import type { Span } from '../../text/lines.ts'
import { executes } from './command.ts'
import { entriesOf, type Job, type Pipeline, rawText, type Step, startOf } from './pipeline.ts'

/** A checkout of code that anybody may have written, by a job that runs with the rights of the repository. */
export interface Untrusted {
  readonly job: Job
  readonly step: Step
  readonly ref: string
  readonly span: Span
  readonly runs: string
  readonly secrets: boolean
  readonly guarded: boolean
}

/** Events that run with the rights of the repository, whoever caused them. */
export const privileged = ['pull_request_target', 'workflow_run', 'issue_comment']
const foreign =
  /github\.event\.pull_request\.head\.|github\.head_ref|refs\/pull\/|github\.event\.workflow_run\.(head_|pull_requests)|(steps|needs)\.[\w.-]*(head[-_]?(sha|ref)|pr[-_]?sha|ref)\b/i
const fetches =
  /\bgh\s+pr\s+checkout\b|git\s+(fetch|pull)\b[^\n]*(pull\/|head_ref|head\.ref)|git\s+(checkout|switch)\b[^\n]*(head\.(sha|ref)|head_ref|head_sha)/

/** Every such checkout of a workflow, with the first command that runs its code. */
export function untrustedIn(pipeline: Pipeline): readonly Untrusted[] {
  if (!pipeline.triggers.some(trigger => privileged.includes(trigger))) return []
  return pipeline.jobs.flatMap(job => {
    if (job.conditions.some(onlyOtherEvents)) return []
    return job.steps.flatMap((step, index) => {
      const found = checkoutOf(step)
      if (found === undefined) return []
      const later = job.steps.slice(index).map(next => executes(next.script, next.uses))
      return [
        {
          job,
          step,
          ...found,
          runs: later.find(command => command !== '') ?? installs(job.steps.slice(index + 1)),
          secrets: reaches(pipeline, job),
          guarded: [...job.conditions, ...step.conditions].some(isGuard) || job.environment !== '',
        },
      ]
    })
  })
}

function checkoutOf(step: Step): { ref: string; span: Span } | undefined {
  if (/^actions\/checkout@/.test(step.uses)) {
    const inputs = valueAt(step.node, 'with')
    for (const key of ['ref', 'repository']) {
      const entry = entryOf(inputs, key)
      const text = rawText(entry?.value)
      if (entry && foreign.test(text) && !/base|merge_commit_sha/.test(text))
        return {
          ref: text,
          span: { ...entry.keySpan, endLine: entry.value.span.endLine, endColumn: entry.value.span.endColumn },
        }
    }
    return undefined
  }
  const match = fetches.exec(step.script)
  return match ? { ref: match[0], span: startOf(step.span) } : undefined
}

/** Actions that install what the checkout asks for. */
function installs(steps: readonly Step[]): string {
  return (
    steps.find(step =>
      /bundler-cache|setup-ruby|(npm|pnpm|poetry|pip)[\w-]*install|docker\/build-push-action|gradle/.test(
        step.uses + rawText(valueAt(step.node, 'with', 'bundler-cache')),
      ),
    )?.uses ?? ''
  )
}

export function isGuard(condition: string): boolean {
  return /head\.repo\.(full_name\s*==|fork\s*==\s*false|owner\.login\s*==)|!\s*github\.event\.pull_request\.head\.repo\.fork|labels|author_association|\bactor\b|user\.login|permission/.test(
    condition,
  )
}

/** The job runs for other events than those with rights. */
export function onlyOtherEvents(condition: string): boolean {
  return (
    /event_name\s*==\s*'(push|pull_request|schedule|workflow_dispatch|merge_group)'/.test(condition) &&
    !/pull_request_target|workflow_run|issue_comment|\|\|/.test(condition)
  )
}

/** Secrets of its own, or a token that may write. Without `permissions` the token may write in most repositories. */
export function reaches(pipeline: Pipeline, job: Job): boolean {
  const permissions = entryOf(job.node, 'permissions') ?? entryOf(pipeline.root, 'permissions')
  const writes = permissions === undefined || mayWrite(permissions.value)
  const secret = /\bsecrets\.(?!GITHUB_TOKEN\b)\w+/
  return writes || mentions(job.node, secret) || mentions(valueAt(pipeline.root, 'env'), secret)
}

function mayWrite(node: Plain): boolean {
  if (node.type === 'scalar') return node.text === 'write-all'
  return entriesOf(node).some(({ value }) => rawText(value) === 'write')
}

export function mentions(node: Plain | undefined, pattern: RegExp): boolean {
  if (node === undefined) return false
  if (node.type === 'scalar') return pattern.test(node.text)
  return node.type === 'list'
    ? node.items.some(item => mentions(item, pattern))
    : node.entries.some(entry => mentions(entry.value, pattern))
}
