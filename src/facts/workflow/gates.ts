import { entryOf } from '../../artifact/plain.ts'
import type { Span } from '../../text/lines.ts'
import { publishes } from './command.ts'
import type { WorkflowFact } from './index.ts'
import { type Job, type Pipeline, type Step, startOf } from './pipeline.ts'
import { neededJobs } from './reach.ts'

/** A gate before a deployment that the change takes away, or makes meaningless. */
export interface LostGate {
  readonly gate: WorkflowFact['gate']
  readonly lost: string
  readonly side: 'base' | 'head'
  readonly span: Span
  readonly job: Job
  readonly step?: Step
}

const deployName = /deploy|release|publish|rollout|promote|\bprod|migrat|\bapply\b|\bcd\b/i
const checkName =
  /test|spec|lint|check|verif|valid|e2e|integration|build|scan|audit|approv|hold|gate|plan|quality|\bci\b|smoke|security|type/i
const branch =
  /github\.ref|ref_name|event_name|github\.event|Build\.SourceBranch|Build\.Reason|CI_COMMIT_(BRANCH|REF_NAME|TAG)|CI_DEFAULT_BRANCH|CI_PIPELINE_SOURCE|^(main|master|tags|branch .*)$/

/** Does the job bring something to production? */
export function deploys(job: Job): boolean {
  return (
    job.steps.some(step => step.effect?.certain || publishes(step.script, step.uses)) ||
    (deployName.test(job.id) && !/preview|dry|docs?\b|\btest|lint|^(valid|verif|check)/i.test(job.id))
  )
}

/** What stood between a commit and production at base and does no longer. */
export function lostGates(base: Pipeline, head: Pipeline): readonly LostGate[] {
  return head.jobs.flatMap(job => {
    const before = deploys(job) ? counterpart(base, head, job) : undefined
    return before === undefined ? [] : [...jobGates(base, head, before, job), ...stepGates(before, job)]
  })
}

/** The job at base; CircleCI can use one job several times, once for staging and once for production. */
function counterpart(base: Pipeline, head: Pipeline, job: Job): Job | undefined {
  const like = (other: Job): boolean => other.id === job.id && other.steps.length > 0 === job.steps.length > 0
  const before = base.jobs.filter(like)
  if (before.length < 2) return before[0]
  const uses = head.jobs.filter(like)
  const conditions = job.conditions.join('\n')
  return (
    before.find(other => other.conditions.join('\n') === conditions) ??
    (uses.length === before.length ? before[uses.indexOf(job)] : undefined)
  )
}

function jobGates(base: Pipeline, head: Pipeline, before: Job, job: Job): readonly LostGate[] {
  const lost: LostGate[] = []
  const stillNeeded = new Set(neededJobs(head, job).map(({ id }) => id))
  const fresh = job.needs.filter(name => !before.needs.includes(name))
  // Of the jobs that a GitLab job waits for by its stage, those that are gone were taken out on purpose.
  const exists = (name: string) => head.system !== 'gitlab' || head.jobs.some(({ id }) => id === name)
  // A check that got another name is still a check.
  const gone = before.needs.filter(
    name =>
      exists(name) &&
      !job.needs.includes(name) &&
      !stillNeeded.has(name) &&
      checkName.test(name) &&
      !isSelector(base, name) &&
      !isUnbuilt(head, job, name),
  )
  if (gone.length > fresh.length)
    for (const name of gone) lost.push(atBase('needs', name, before, 'needs', 'requires', 'dependsOn', 'dependencies'))
  if (before.environment !== '' && job.environment === '' && !isConditioned(job))
    lost.push(atBase('environment', before.environment, before, 'environment'))
  if (isConditioned(before) && job.conditions.length === 0 && !isConditioned(job) && canRunElsewhere(head))
    lost.push(atBase('condition', before.conditions.join(' '), before, 'if', 'condition', 'rules', 'only', 'filters'))
  if (before.manual && !job.manual) lost.push(atBase('manual', 'a manual start', before, 'when', 'rules', 'type'))
  if (!before.failureIgnored && job.failureIgnored)
    lost.push({
      gate: 'failure-ignored',
      lost: 'failure of the job is ignored',
      side: 'head',
      span: keySpan(job, 'continue-on-error', 'allow_failure', 'continueOnError'),
      job,
    })
  for (const check of neededJobs(head, job)) {
    const old = base.jobs.find(other => other.id === check.id)
    if (old && !old.failureIgnored && check.failureIgnored && checkName.test(check.id))
      lost.push({
        gate: 'failure-ignored',
        lost: `failure of ${check.id}, which ${job.id} waits for, is ignored`,
        side: 'head',
        span: keySpan(check, 'continue-on-error', 'allow_failure', 'continueOnError'),
        job,
      })
    const step = old && !check.failureIgnored ? newlyIgnored(old, check) : undefined
    if (step !== undefined)
      lost.push({
        gate: 'failure-ignored',
        lost: `failure of a step of ${check.id}, which ${job.id} waits for, is ignored`,
        side: 'head',
        span: stepSpan(step, 'continue-on-error', 'continueOnError', 'run', 'script'),
        job,
      })
  }
  if (before.needs.length > 0 && job.needs.length > 0 && runsAnyhow(job) && !runsAnyhow(before))
    lost.push({
      gate: 'failure-ignored',
      lost: `failure of ${job.needs.join(', ')}, which ${job.id} waits for, is ignored`,
      side: 'head',
      span: keySpan(job, 'if', 'condition', 'when', 'rules'),
      job,
    })
  return lost
}

/** A step of a check whose failure counted at base and does no longer. */
function newlyIgnored(before: Job, check: Job): Step | undefined {
  return check.steps.find(step => {
    if (isShrugged(step, before)) return true
    if (!step.failureIgnored || !checkName.test(`${step.name}\n${step.script}`)) return false
    const old = before.steps.find(other => other.script === step.script && other.uses === step.uses)
    return old !== undefined && !old.failureIgnored
  })
}

/** `npm test || true`, where it was `npm test`. */
function isShrugged({ name, script }: Step, before: Job): boolean {
  const bare = script.replace(/[ \t]*\|\|[ \t]*(?:true|:|exit 0)[ \t]*$/gm, '')
  if (bare === script || !checkName.test(`${name}\n${script}`)) return false
  return before.steps.some(other => other.script.trim() === bare.trim())
}

const anyhow = /\balways\(\)|!\s*cancelled\(\)/
/** The other side of an "or": what is asked there decides nothing. */
const orAnyhow = /(?:\balways\(\)|!\s*cancelled\(\))\s*\|\||\|\|\s*(?:always\(\)|!\s*cancelled\(\))/
const asksHowItEnded = /\bresult\b|\bsuccess\(\)|\bsucceeded\(|!\s*failure\(\)|\bneeds\.[\w-]+\.outputs\b/

/** `if: always()` without a look at how the jobs before it ended. */
function runsAnyhow({ conditions }: Job): boolean {
  return conditions.some(
    condition => anyhow.test(condition) && (orAnyhow.test(condition) || !asksHowItEnded.test(condition)),
  )
}

const selector =
  /^((check|detect|get|find|filter|list|determine|compute)[-_]?)?(for[-_])?((file|path|code)s?[-_])?(chang(es|ed)([-_]files)?|paths?([-_]filter)?|filters?)$/i

/** A job that only finds out what changed lets through whatever it finds, broken or not. */
function isSelector(base: Pipeline, name: string): boolean {
  const job = base.jobs.find(({ id }) => id === name)
  return (
    selector.test(name) ||
    job?.steps.some(({ uses }) => /paths-filter|changed-files|skip-duplicate/.test(uses)) === true
  )
}

/** What is no longer built at all need not be waited for; a check that is no longer made is a gate that is gone. */
function isUnbuilt(head: Pipeline, job: Job, name: string): boolean {
  return (
    job.needs.length > 0 && !checkName.test(name.replace(/build/gi, '')) && !head.jobs.some(({ id }) => id === name)
  )
}

function isConditioned(job: Job): boolean {
  return job.conditions.some(condition => branch.test(condition))
}

/** A pipeline that only starts for one branch or by hand needs no condition on the branch. */
function canRunElsewhere(pipeline: Pipeline): boolean {
  return pipeline.system !== 'github' || pipeline.onPullRequest || !/^\s+branches:/m.test(pipeline.text)
}

function stepGates(before: Job, job: Job): readonly LostGate[] {
  const lost: LostGate[] = []
  for (const step of job.steps) {
    const old =
      before.steps.find(other => other.name === step.name) ??
      before.steps.find(other => other.script === step.script && other.uses === step.uses)
    const matters =
      step.effect !== undefined ||
      publishes(step.script, step.uses) ||
      /migrat|test|verif|smoke|health/i.test(`${step.name}\n${step.script}`)
    if (!matters) continue
    const at = { side: 'head', span: step.span, job, step } as const
    if (old && !old.failureIgnored && step.failureIgnored)
      lost.push({
        gate: 'failure-ignored',
        lost: 'continue-on-error',
        ...at,
        span: stepSpan(step, 'continue-on-error', 'continueOnError'),
      })
    if (old === undefined) continue
    const [was, is] = [old.script, step.script]
    if (ignores(is) && !ignores(was)) lost.push({ gate: 'failure-ignored', lost: '|| true', ...at })
    if (/-auto-approve/.test(is) && !/-auto-approve/.test(was))
      lost.push({ gate: 'auto-approve', lost: '-auto-approve', ...at })
    for (const flag of ['--atomic', '--wait', '--rollback-on-failure', '--cleanup-on-fail'])
      if (
        has(was, flag) &&
        !has(is, flag) &&
        !(flag === '--wait' && has(is, '--atomic')) &&
        /\b(helm|kubectl|aws|werf)\b/.test(is)
      )
        lost.push({ gate: 'no-wait', lost: flag, ...at })
    if (
      /\brollout\s+status\b/.test(was) &&
      !/\brollout\s+status\b/.test(job.steps.map(({ script }) => script).join('\n'))
    )
      lost.push({ gate: 'check-removed', lost: 'kubectl rollout status', ...at })
  }
  for (const old of before.steps) {
    const isCheck = /smoke|health.?check|verif|rollout status|canary|post.?deploy/i.test(
      `${old.name}\n${old.script.length < 200 ? old.script : ''}`,
    )
    const kept = job.steps.some(
      step =>
        step.name === old.name ||
        (old.script !== '' && step.script.includes(old.script.trim())) ||
        (old.uses !== '' && step.uses.split('@')[0] === old.uses.split('@')[0]),
    )
    if (isCheck && !kept && job.steps.length < before.steps.length && old.effect?.certain !== true)
      lost.push({ gate: 'check-removed', lost: old.name, side: 'base', span: old.span, job, step: old })
  }
  return lost
}

function ignores(script: string): boolean {
  return script
    .split('\n')
    .some(
      line =>
        /\|\|\s*(true|:|exit 0|echo\b)\s*/.test(line) &&
        /deploy|apply|upgrade|migrat|test|publish|push|smoke|health|verif|kubectl|helm|terraform/i.test(line) &&
        !/\b(rm|delete|kill|stop|grep|describe|get|logs|docker rm|diff)\b/.test(line),
    )
}

function has(script: string, flag: string): boolean {
  return new RegExp(`(^|\\s)${flag}(\\s|=|$)`, 'm').test(script)
}

function atBase(gate: LostGate['gate'], lost: string, job: Job, ...keys: readonly string[]): LostGate {
  return { gate, lost, side: 'base', span: keySpan(job, ...keys), job }
}

function keySpan(job: Job, ...keys: readonly string[]): Span {
  for (const key of keys) {
    const entry = entryOf(job.node, key)
    if (entry) return startOf(entry.keySpan)
  }
  return startOf(job.span)
}

function stepSpan(step: Step, ...keys: readonly string[]): Span {
  for (const key of keys) {
    const entry = entryOf(step.node, key)
    if (entry) return startOf(entry.keySpan)
  }
  return step.span
}
