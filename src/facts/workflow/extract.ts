import { type Artifact, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import type { Span } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import { publishes } from './command.ts'
import { deploys, lostGates } from './gates.ts'
import type { WorkflowFact } from './index.ts'
import { injectionsIn } from './injection.ts'
import { type Job, type Pipeline, type Step, startOf } from './pipeline.ts'
import { isLocal, isPreview, runsOnPullRequest } from './reach.ts'
import { pipelineOf } from './read.ts'
import { systemOf } from './system.ts'
import { untrustedIn } from './untrusted.ts'

/** Facts about CI pipelines, file by file; publishing steps are looked for in all files of the change. */
export async function extractWorkflows(
  _context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly WorkflowFact[] }> {
  const facts: WorkflowFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const everything = artifacts.map(artifact => artifact.head?.text ?? '').join('\n')
  for (const artifact of artifacts) {
    const system = systemOf(artifact)
    if (system === undefined) continue
    try {
      const [base, head] = [await pipelineOf(artifact, 'base', system), await pipelineOf(artifact, 'head', system)]
      // A base that does not parse would make everything look new.
      if (head === undefined || (artifact.base !== undefined && base === undefined)) continue
      facts.push(
        ...untrusted(artifact, base, head),
        ...injected(artifact, head),
        ...applies(artifact, base, head),
        ...(base === undefined ? [] : gates(artifact, base, head)),
        ...(base === undefined ? [] : removedSteps(artifact, base, head, everything)),
        ...cancelled(artifact, base, head),
      )
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      notAnalysed.push({ path: artifact.path, reason: `the pipeline could not be read (${why})` })
    }
  }
  return { facts, notAnalysed }
}

function untrusted(artifact: Artifact, base: Pipeline | undefined, head: Pipeline): readonly WorkflowFact[] {
  const before = base === undefined ? [] : untrustedIn(base)
  return untrustedIn(head).flatMap(found => {
    const old = before.find(other => other.job.id === found.job.id && other.ref === found.ref)
    if (
      old &&
      (old.runs !== '' || found.runs === '') &&
      (old.secrets || !found.secrets) &&
      old.guarded === found.guarded
    )
      return []
    return [
      {
        ...plain(artifact, head, found.job, found.step),
        what: 'untrusted',
        span: found.span,
        ref: found.ref,
        runs: found.runs,
        secrets: found.secrets,
        guarded: found.guarded,
      } satisfies WorkflowFact,
    ]
  })
}

/** Text of outsiders in scripts, on lines that the change adds or alters. */
function injected(artifact: Artifact, head: Pipeline): readonly WorkflowFact[] {
  return injectionsIn(head).flatMap(({ job, step, expression, guarded, secrets }) => {
    const from = step.node.span.line
    const lines = head.text.split('\n').slice(from - 1, step.node.span.endLine)
    const at = lines.findIndex(
      (text, index) =>
        text.includes(expression) && touches(artifact, 'head', { line: from + index, endLine: from + index }),
    )
    if (at === -1) return []
    const column = (lines[at]?.indexOf(expression) ?? 0) + 1
    return [
      {
        ...plain(artifact, head, job, step),
        what: 'injection',
        span: { line: from + at, column, endLine: from + at, endColumn: column + expression.length },
        ref: expression,
        guarded,
        secrets,
      } satisfies WorkflowFact,
    ]
  })
}

function applies(artifact: Artifact, base: Pipeline | undefined, head: Pipeline): readonly WorkflowFact[] {
  const facts: WorkflowFact[] = []
  for (const job of head.jobs)
    for (const step of job.steps) {
      if (step.effect === undefined || !runsOnPullRequest(head, job, step)) continue
      const old = base && counterpart(base, job, step)
      const before = base && old ? runsOnPullRequest(base, old.job, old.step) : undefined
      if (before === true && old?.step.effect !== undefined) continue
      facts.push({
        ...plain(artifact, head, job, step),
        what: 'apply',
        ...whereItChanged(artifact, base, head, job, step, old?.step),
        onPullRequest: true,
        ...(before === undefined ? {} : { baseOnPullRequest: before }),
        byDefault: head.byDefault,
      })
    }
  // One trigger that is opened is one finding, however many steps it reaches.
  return [...new Map(facts.map(fact => [`${fact.side}:${fact.span.line}`, fact])).values()]
}

function counterpart(pipeline: Pipeline, job: Job, step: Step): { readonly job: Job; readonly step: Step } | undefined {
  const jobs = [
    ...pipeline.jobs.filter(other => other.id === job.id),
    ...pipeline.jobs.filter(other => other.id !== job.id),
  ]
  for (const other of jobs) {
    const found = other.steps.find(
      candidate =>
        (candidate.script.trim() === step.script.trim() && candidate.uses === step.uses) ||
        (other.id === job.id && candidate.name === step.name),
    )
    if (found) return { job: other, step: found }
  }
  return undefined
}

/** The step where it is new, else the trigger that was opened, else the condition that is gone. */
function whereItChanged(
  artifact: Artifact,
  base: Pipeline | undefined,
  head: Pipeline,
  job: Job,
  step: Step,
  old: Step | undefined,
): { side: 'base' | 'head'; span: Span } {
  if (base !== undefined && head.system === 'azure' && !base.onPullRequest && head.byDefault && base.pullSpan)
    return { side: 'base', span: base.pullSpan }
  if (head.pullSpan && touches(artifact, 'head', head.pullSpan)) return { side: 'head', span: head.pullSpan }
  const isStep = touches(artifact, 'head', step.node.span) || old?.conditions.join() !== step.conditions.join()
  return { side: 'head', span: isStep ? step.span : startOf(job.span) }
}

function gates(artifact: Artifact, base: Pipeline, head: Pipeline): readonly WorkflowFact[] {
  return lostGates(base, head).map(({ gate, lost, side, span, job, step }) => ({
    ...plain(artifact, head, job, step ?? job.steps.find(({ effect }) => effect !== undefined)),
    what: 'gate',
    side,
    span,
    gate,
    lost: lost.replace(/\s+/g, ' ').slice(0, 80),
    baseProtected: (base.jobs.find(other => other.id === job.id)?.environment ?? '') !== '',
  }))
}

/** Steps that deployed or published and are nowhere in the changed pipelines any more. */
function removedSteps(artifact: Artifact, base: Pipeline, head: Pipeline, everything: string): readonly WorkflowFact[] {
  return base.jobs.flatMap(job => {
    const after = head.jobs.find(other => other.id === job.id)
    if (after === undefined) return []
    return job.steps.flatMap(step => {
      const matters = step.effect?.certain === true || publishes(step.script, step.uses)
      if (!matters || counterpart(head, job, step) !== undefined) return []
      const others = after.steps.filter(other => counterpart(base, job, other) === undefined)
      // Something else deploys in its place, or an action by its name.
      const takesOver = ({ effect, script, uses }: Step): boolean =>
        effect !== undefined || publishes(script, uses) || /push|publish|release|deploy|upload/i.test(uses)
      if (others.some(takesOver)) return []
      const key = step.uses === '' ? (step.script.trim().split('\n')[0] ?? '') : (step.uses.split('@')[0] ?? '')
      if (key !== '' && everything.includes(key)) return []
      return [
        { ...plain(artifact, base, job, step), what: 'step', side: 'base', span: step.span } satisfies WorkflowFact,
      ]
    })
  })
}

function cancelled(artifact: Artifact, base: Pipeline | undefined, head: Pipeline): readonly WorkflowFact[] {
  return head.jobs.flatMap(job => {
    const step = job.steps.find(({ effect }) => effect?.certain)
    if (!job.cancels || step === undefined || !deploys(job)) return []
    const before = base?.jobs.find(other => other.id === job.id)
    if (base === undefined || before === undefined || before.cancels) return []
    const line = head.text
      .split('\n')
      .findIndex(
        (text, at) =>
          /cancel-in-progress:\s*true/.test(text) && touches(artifact, 'head', { line: at + 1, endLine: at + 1 }),
      )
    if (line === -1) return []
    return [
      {
        ...plain(artifact, head, job, step),
        what: 'cancels',
        span: { line: line + 1, column: 1, endLine: line + 1, endColumn: 80 },
      } satisfies WorkflowFact,
    ]
  })
}

/** A fact with everything that holds for a job and a step, and nothing special. */
function plain(artifact: Artifact, pipeline: Pipeline, job: Job, step: Step | undefined): WorkflowFact {
  return {
    kind: 'workflow',
    what: 'apply',
    path: artifact.path,
    side: 'head',
    span: step?.span ?? startOf(job.span),
    system: pipeline.system,
    job: job.id,
    step:
      step === undefined
        ? ''
        : (
            step.script
              .trim()
              .split('\n')
              .find(line => line.trim() !== '' && !/^\s*(#|set -)/.test(line)) ?? step.uses
          )
            .trim()
            .slice(0, 80),
    tool: step?.effect?.tool ?? '',
    certain: step?.effect?.certain ?? false,
    onPullRequest: step !== undefined && runsOnPullRequest(pipeline, job, step),
    byDefault: pipeline.byDefault,
    protected: job.environment !== '',
    baseProtected: false,
    local: isLocal(pipeline),
    preview: step !== undefined && isPreview(artifact.path, job, step, pipeline.text),
    triggers: pipeline.triggers,
    ref: '',
    runs: '',
    secrets: false,
    guarded: false,
    gate: 'none',
    lost: '',
  }
}
