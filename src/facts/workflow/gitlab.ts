import { entryOf, type Plain, type PlainEntry, valueAt } from '../../artifact/plain.ts'
import { entriesOf, isTrue, itemsOf, type Job, type Read, rawText, rawTexts, startOf, stepOf } from './pipeline.ts'

const reserved =
  /^(default|include|stages|variables|workflow|image|services|before_script|after_script|cache|pages:|spec|\.)/

/** Reads a GitLab pipeline; `extends` is followed one level. */
export function gitlabPipeline(root: Plain): Read {
  const jobs = entriesOf(root).filter(entry => !reserved.test(entry.key) && entry.value.type === 'map')
  return {
    triggers: [],
    onPullRequest: true,
    byDefault: false,
    triggerSpan: startOf(root.span),
    jobs: withStages(
      jobs.map(entry => jobOf(entry, root)),
      root,
    ),
  }
}

/** A job that does not say what it needs waits for all jobs of the stages before its own. */
function withStages(jobs: readonly Job[], root: Plain): readonly Job[] {
  const stages = rawTexts(valueAt(root, 'stages'))
  const stageOf = (job: Job): string => rawText(settingOf(job.node, root, 'stage')?.value) || 'test'
  const places = new Map(jobs.map(job => [job.id, stages.indexOf(stageOf(job))]))
  const placeOf = (job: Job): number => places.get(job.id) ?? -1
  return jobs.map(job => {
    if (placeOf(job) < 1 || settingOf(job.node, root, 'needs') !== undefined) return job
    const earlier = jobs.filter(other => placeOf(other) >= 0 && placeOf(other) < placeOf(job) && !other.manual)
    return { ...job, needs: [...new Set([...job.needs, ...earlier.map(({ id }) => id)])] }
  })
}

/** A setting of a job, or of what it extends. */
function settingOf(job: Plain, root: Plain, key: string): PlainEntry | undefined {
  const parents = rawTexts(valueAt(job, 'extends')).map(name => valueAt(root, name))
  return [job, ...parents].map(node => entryOf(node, key)).find(entry => entry !== undefined)
}

function jobOf({ key, keySpan, value }: PlainEntry, root: Plain): Job {
  const find = (name: string) => settingOf(value, root, name)
  const rules = itemsOf(find('rules')?.value)
  const only = find('only')?.value
  const refs = [...rawTexts(only), ...rawTexts(valueAt(only, 'refs'))]
  const ifs = rules.map(rule => rawText(valueAt(rule, 'if'))).filter(text => text !== '')
  const when = rawText(find('when')?.value)
  const environment = find('environment')?.value
  const script = find('script')
  const admits = rules.some(
    rule =>
      /merge_request_event|CI_MERGE_REQUEST_ID/.test(rawText(valueAt(rule, 'if'))) &&
      !/!=\s*["']merge_request/.test(rawText(valueAt(rule, 'if'))) &&
      !/manual|never/.test(rawText(valueAt(rule, 'when'))),
  )
  const text = rawTexts(script?.value).join('\n')
  const needs = itemsOf(find('needs')?.value).map(item => rawText(item) || rawText(valueAt(item, 'job')))
  return {
    id: key,
    needs: [...needs.filter(name => name !== ''), ...rawTexts(find('dependencies')?.value)],
    environment: rawText(environment) || rawText(valueAt(environment, 'name')),
    conditions: [...ifs, ...refs],
    manual:
      when === 'manual' ||
      (rules.length > 0 && rules.every(rule => /manual|never/.test(rawText(valueAt(rule, 'when'))))),
    failureIgnored: isTrue(value, 'allow_failure'),
    cancels: false,
    steps:
      text === ''
        ? []
        : [
            stepOf(value, text, '', {
              name: '',
              conditions: [],
              failureIgnored: false,
              span: startOf(script?.keySpan ?? keySpan),
            }),
          ],
    span: keySpan,
    node: value,
    onPullRequest: (admits || refs.includes('merge_requests')) && when !== 'manual',
  }
}
