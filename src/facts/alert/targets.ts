import { type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import type { Artifact } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import { globs } from '../../text/glob.ts'
import type { Span } from '../../text/lines.ts'
import type { FactContext } from '../types.ts'
import { mapsOf } from './documents.ts'
import { quiet } from './fact.ts'
import type { AlertFact } from './index.ts'
import { ruleTexts } from './services.ts'

/** Something that a monitoring configuration names, with its place. */
interface Named {
  readonly name: string
  readonly span: Span
  readonly artifact: Artifact
}

/** What is no longer watched although alerts rely on it: scrape jobs, rule files, objects that an operator selects by label. */
export async function lostTargets(context: FactContext, artifacts: readonly Artifact[]): Promise<readonly AlertFact[]> {
  return [
    ...(await lostJobs(context, artifacts)),
    ...(await lostRuleFiles(context, artifacts)),
    ...(await lostLabels(artifacts)),
  ]
}

/** Scrape jobs that are gone from the whole change while rules still select their series. */
async function lostJobs(context: FactContext, artifacts: readonly Artifact[]): Promise<readonly AlertFact[]> {
  const base = await namedIn(artifacts, 'base', jobIn)
  if (base.length === 0) return []
  const kept = new Set((await namedIn(artifacts, 'head', jobIn)).map(({ name }) => name))
  const gone = base.filter(({ name, artifact }) => !kept.has(name) && artifact.head !== undefined)
  if (gone.length === 0) return []
  const rules = await ruleTexts(context)
  return gone.flatMap(job => {
    const usedBy = rules.filter(({ text }) => selectsJob(text, job.name)).map(({ path }) => path)
    return usedBy.length === 0 ? [] : [factOf(job, 'not-scraped', usedBy)]
  })
}

function jobIn(node: Plain, trail: readonly string[]): { readonly name: string; readonly span: Span } | undefined {
  if (!/scrape_?configs$/i.test(trail.at(-1) ?? '')) return undefined
  return scalarAt(node, 'job_name')
}

function selectsJob(text: string, job: string): boolean {
  const selectors = text.matchAll(/\bjob\s*=(~?)\s*\\?["']([^"'\\]+)/g)
  return [...selectors].some(([, regex, value = '']) =>
    regex === '~'
      ? value
          .replace(/^\^?\(?|\)?\$?$/g, '')
          .split('|')
          .includes(job)
      : value === job,
  )
}

/** Entries of `rule_files` that are gone while the files they name are still there and no other entry names them. */
async function lostRuleFiles(context: FactContext, artifacts: readonly Artifact[]): Promise<readonly AlertFact[]> {
  const base = await ruleFilesIn(artifacts, 'base')
  const head = await ruleFilesIn(artifacts, 'head')
  const gone = base.filter(
    ({ name, artifact }) => !head.some(other => other.name === name) && artifact.head !== undefined,
  )
  if (gone.length === 0 || !head.some(({ artifact }) => gone.some(item => item.artifact === artifact))) return []
  const rules = (await ruleTexts(context)).map(({ path }) => path)
  return gone.flatMap(item => {
    const named = rules.filter(path => names(item, path) && !head.some(other => names(other, path)))
    return named.length === 0 ? [] : [factOf(item, 'not-loaded', named)]
  })
}

async function ruleFilesIn(artifacts: readonly Artifact[], side: Side): Promise<readonly Named[]> {
  const found: Named[] = []
  for (const artifact of artifacts) {
    const source = artifact[side]
    if (source === undefined || artifact.language === 'hcl') continue
    for (const { node, place } of await mapsOf(source, artifact.language)) {
      const list = valueAt(node, 'rule_files')
      if (list?.type !== 'list') continue
      for (const item of list.items)
        if (item.type === 'scalar' && !item.expression)
          found.push({ name: item.text, span: place(item.span), artifact })
    }
  }
  return found
}

/** Does an entry name the file? Paths on the server are other ones than in the repository: the last two steps have to agree. */
function names({ name, artifact }: Named, path: string): boolean {
  const folder = artifact.path.slice(0, artifact.path.lastIndexOf('/') + 1)
  const ending = name
    .replace(/^\.?\//, '')
    .split('/')
    .slice(-2)
    .join('/')
  return globs([`${folder}${ending}`, `**/${ending}`])(path)
}

/** Labels by which the Prometheus operator commonly selects objects. */
const selecting = ['release', 'prometheus']
const selected: ReadonlySet<string> = new Set([
  'PrometheusRule',
  'ServiceMonitor',
  'PodMonitor',
  'Probe',
  'ScrapeConfig',
])

/** Objects that lose the label by which their siblings are selected. */
async function lostLabels(artifacts: readonly Artifact[]): Promise<readonly AlertFact[]> {
  const facts: AlertFact[] = []
  for (const artifact of artifacts) {
    if (artifact.kind !== 'k8s' || artifact.base === undefined || artifact.head === undefined) continue
    const [base, head] = [
      await mapsOf(artifact.base, artifact.language),
      await mapsOf(artifact.head, artifact.language),
    ]
    for (const { node, place } of base) {
      const [kind, name] = [textAt(node, 'kind') ?? '', textAt(node, 'metadata', 'name') ?? '']
      if (!selected.has(kind)) continue
      const after = head.find(
        other => textAt(other.node, 'kind') === kind && textAt(other.node, 'metadata', 'name') === name,
      )
      if (after === undefined) continue
      for (const label of selecting) {
        const before = scalarAt(valueAt(node, 'metadata', 'labels'), label)
        if (before === undefined || valueAt(after.node, 'metadata', 'labels', label) !== undefined) continue
        const item = { name: `${kind} ${name}`, span: place(before.span), artifact }
        facts.push({ ...factOf(item, 'not-loaded', []), why: `the label \`${label}: ${before.name}\`` })
      }
    }
  }
  return facts
}

async function namedIn(
  artifacts: readonly Artifact[],
  side: Side,
  read: (node: Plain, trail: readonly string[]) => { readonly name: string; readonly span: Span } | undefined,
): Promise<readonly Named[]> {
  const found: Named[] = []
  for (const artifact of artifacts) {
    const source = artifact[side]
    if (source === undefined || artifact.language === 'hcl') continue
    for (const { node, place, trail } of await mapsOf(source, artifact.language)) {
      const named = read(node, trail)
      if (named) found.push({ name: named.name, span: place(named.span), artifact })
    }
  }
  return found
}

function scalarAt(node: Plain | undefined, key: string): { readonly name: string; readonly span: Span } | undefined {
  const value = valueAt(node, key)
  return value?.type === 'scalar' && !value.expression ? { name: value.text, span: value.span } : undefined
}

function factOf({ name, span, artifact }: Named, problem: AlertFact['problem'], usedBy: readonly string[]): AlertFact {
  return {
    ...quiet,
    kind: 'alert',
    what: 'target',
    path: artifact.path,
    side: 'base',
    span,
    change: 'removed',
    name,
    source: 'prometheus',
    problem,
    usedBy,
  }
}
