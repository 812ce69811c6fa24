import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import { yamlOf } from '../../artifact/yaml.ts'
import type { NotAnalysed, Side } from '../../change/types.ts'
import { globs } from '../../text/glob.ts'
import { positionAt, spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import { appEngineEntries } from './app-engine.ts'
import { codeEntries } from './code.ts'
import { contradiction } from './comment.ts'
import { type DialectName, isDialect } from './dialects.ts'
import type { Entry } from './entry.ts'
import { extraArtifacts, extraLanguage } from './extra.ts'
import { cronOf, factFor } from './fact.ts'
import { frequencyOf } from './frequency.ts'
import type { ScheduleFact } from './index.ts'
import { labelEntries } from './labels.ts'
import { nodesOf } from './nodes.ts'
import { kubernetesEntries, workflowEntries } from './places.ts'
import { plainEntries } from './plain.ts'
import { railsEntries } from './rails.ts'
import { scalarEntries } from './scalars.ts'
import { crontabEntries, terraformEntries } from './textplaces.ts'

/** A head entry with the one it replaces at base. */
interface Pairing {
  readonly artifact: Artifact
  readonly head?: Entry
  base?: Entry
  readonly baseArtifact?: Artifact
}

/** Finds the schedules that the change adds, alters or removes. */
export async function extractSchedules(context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const notAnalysed: NotAnalysed[] = []
  const mapped = context.config.schedules.map(schedule => ({
    matches: globs(schedule.paths),
    dialect: schedule.dialect,
  }))
  const dialectFor = (path: string): DialectName | undefined => {
    const found = mapped.find(schedule => schedule.matches(path))?.dialect
    return found !== undefined && isDialect(found) ? found : undefined
  }
  const pairings: Pairing[] = []
  const extra = await extraArtifacts(context, new Set(artifacts.map(({ path }) => path)))
  for (const artifact of [...artifacts, ...extra]) {
    try {
      const dialect = dialectFor(artifact.path)
      const head = artifact.head ? await entriesOf(artifact, artifact.head, dialect) : []
      const base = artifact.base ? await entriesOf(artifact, artifact.base, dialect) : []
      // One side cannot be read: that is for the syntax facts to say.
      if (head && base) pairings.push(...pair(artifact, head, base))
    } catch (error) {
      notAnalysed.push({
        path: artifact.path,
        reason: `its schedules could not be read (${error instanceof Error ? error.message.slice(0, 120) : 'unknown error'})`,
      })
    }
  }
  const facts = settleMoves(pairings).flatMap(pairing => factsOf(pairing, context.now))
  return { facts: counted(facts), notAnalysed }
}

const yamlKinds: ReadonlySet<string> = new Set(['github-workflow', 'k8s', 'helm-values', 'sidekiq-schedule', 'render'])

const codeLanguages: ReadonlySet<string> = new Set(
  'ruby python javascript typescript tsx java kotlin csharp go php sql'.split(' '),
)

/** Entries of one side; undefined when the file cannot be parsed. */
async function entriesOf(
  artifact: Artifact,
  source: Source,
  dialect: DialectName | undefined,
): Promise<readonly Entry[] | undefined> {
  const { language, kind } = artifact
  if (kind === 'crontab' && language !== 'yaml') return crontabEntries(source)
  if (language === 'hcl' && dialect === undefined) return terraformEntries(source)
  const code = codeLanguages.has(language) ? language : extraLanguage(source.path)
  if (code !== undefined) return codeEntries(source, code)
  if (language === 'toml' || language === 'ini') return plainEntries(source, language, dialect)
  if (kind === 'compose') return labelEntries(source)
  if (
    (language !== 'yaml' && language !== 'json' && language !== 'jsonc') ||
    !(yamlKinds.has(kind) || dialect !== undefined || isScheduled(source))
  )
    return []
  return yamlEntries(artifact, source, dialect)
}

const pathDialects: readonly (readonly [RegExp, DialectName])[] = [
  [/(^|\/)vercel\.json$/, 'vercel'],
  [/(^|\/)wrangler\.jsonc?$/, 'cloudflare'],
  [/(^|\/)azure-pipelines[^/]*\.ya?ml$/, 'azure-pipelines'],
  [/(^|\/)\.circleci\/[^/]+\.ya?ml$/, 'unknown'],
  [/(^|\/)function\.json$/, 'azure-functions'],
  [/(^|\/)railway\.json$/, 'unknown'],
]

/** App Engine's list of schedules. */
function isAppEngine({ path, text }: Source): boolean {
  return /(^|\/)cron\.ya?ml$/.test(path) && /^cron:/m.test(text) && /^\s*(-\s*)?schedule:/m.test(text)
}

/** Settings of Spring applications: six fields are Spring's, five are for some other scheduler. */
const springSettings = /(^|\/)(application|bootstrap)([-.][\w.-]+)?\.ya?ml$/

function dialectByPath(path: string): DialectName | undefined {
  return pathDialects.find(([pattern]) => pattern.test(path))?.[1]
}

/** Other data files are parsed only for AWS's own notation, which means one thing wherever it stands. */
function isScheduled(source: Source): boolean {
  return (
    isAppEngine(source) ||
    dialectByPath(source.path) !== undefined ||
    springSettings.test(source.path) ||
    /\b(cron|rate)\([^()\n]+\)/.test(source.text)
  )
}

async function yamlEntries(
  artifact: Artifact,
  source: Source,
  dialect: DialectName | undefined,
): Promise<readonly Entry[] | undefined> {
  const file = await yamlOf(source)
  if (file.documents.some(document => document.errors.length > 0)) return undefined
  const yaml = await import('yaml')
  const found = file.documents.flatMap(document => {
    const nodes = nodesOf(yaml, document)
    if (dialect !== undefined) return scalarEntries(nodes, dialect, true)
    if (artifact.kind === 'github-workflow') return workflowEntries(nodes, source.path)
    if (artifact.kind === 'sidekiq-schedule') return railsEntries(nodes, source.path)
    if (artifact.kind === 'k8s') return kubernetesEntries(nodes)
    if (artifact.kind === 'helm-values' || artifact.kind === 'render') return scalarEntries(nodes, 'unknown', false)
    if (isAppEngine(source)) return appEngineEntries(nodes)
    const known = dialectByPath(source.path)
    if (known !== undefined) return scalarEntries(nodes, known, true)
    if (springSettings.test(source.path))
      return scalarEntries(nodes, 'spring', false).filter(entry => entry.expression.trim().split(/\s+/).length >= 6)
    return scalarEntries(nodes, 'unknown', true).filter(entry => entry.dialect.startsWith('aws'))
  })
  // Aliases bring an entry in under several environments; it is written once.
  return found.filter((entry, index) => found.findIndex(other => other.start === entry.start) === index)
}

/** Pairs entries by identity; several with one identity first by equal text, then in order. */
function pair(artifact: Artifact, head: readonly Entry[], base: readonly Entry[]): Pairing[] {
  const left = new Map<string, Entry[]>()
  for (const entry of base) left.set(entry.id, [...(left.get(entry.id) ?? []), entry])
  const take = (id: string, test: (entry: Entry) => boolean): Entry | undefined => {
    const list = left.get(id) ?? []
    const index = list.findIndex(test)
    return index === -1 ? undefined : list.splice(index, 1)[0]
  }
  const same = new Map(head.map(entry => [entry, take(entry.id, old => isSame(entry, old))]))
  const pairs = head.map((entry): Pairing => {
    const old = same.get(entry) ?? take(entry.id, () => true)
    return { artifact, head: entry, ...(old ? { base: old } : {}) }
  })
  return [...pairs, ...[...left.values()].flat().map((entry): Pairing => ({ artifact, base: entry }))]
}

function isSame(head: Entry, base: Entry): boolean {
  return (
    head.expression.trim() === base.expression.trim() &&
    head.zone?.name === base.zone?.name &&
    head.suspended === base.suspended &&
    head.dialect === base.dialect &&
    head.percent === base.percent &&
    (head.oneServer ?? false) === (base.oneServer ?? false) &&
    (head.unended ?? false) === (base.unended ?? false) &&
    head.missingUser === base.missingUser
  )
}

/** What left one place and arrived in another under the same name, or with the same expression and command, was moved. */
function settleMoves(pairings: readonly Pairing[]): readonly Pairing[] {
  const gone = new Set(pairings.filter(pairing => pairing.head === undefined))
  const settled = pairings
    .filter(pairing => pairing.head !== undefined)
    .map(pairing => {
      const { head, base } = pairing
      if (!head || base) return pairing
      const from =
        [...gone].find(({ base: old }) => old && old.name === head.name && old.dialect === head.dialect) ??
        [...gone].find(
          ({ base: old, artifact }) => old && artifact === pairing.artifact && old.expression === head.expression,
        )
      if (!from?.base) return pairing
      gone.delete(from)
      return { ...pairing, base: from.base, baseArtifact: from.artifact }
    })
  return [...settled, ...gone]
}

function factsOf({ artifact, head, base }: Pairing, now: Date): ScheduleFact[] {
  const entry = head ?? base
  const side: Side = head ? 'head' : 'base'
  const source = artifact[side]
  if (!entry || !source || entry.unknown) return []
  if (head && base && isSame(head, base)) return []
  const before = artifact.base
  const isTouched = touches(artifact, side, linesOf(source, entry))
  // A line that goes, such as the one that switched the job off, leaves nothing at head to point at.
  const isBeside = head && base && (head.zone?.name !== base.zone?.name || head.suspended !== base.suspended)
  if (!isTouched && !isBeside && !(head && base && before && touches(artifact, 'base', linesOf(before, base))))
    return []
  const fact = factFor(entry, head && base && !base.unknown ? base : undefined, side, now)
  const [start, end] = fact.at
  const comment = head
    ? contradiction(source, head, cronOf(head), frequencyOf(cronOf(head), now), fact.fields.zone)
    : ''
  return [
    { kind: 'schedule', path: artifact.path, side, span: spanOf(source.lines, start, end), ...fact.fields, comment },
  ]
}

/** New schedules that fire at one and the same time, counted at the first of them. */
function counted(facts: readonly ScheduleFact[]): readonly ScheduleFact[] {
  const first = new Map<string, ScheduleFact>()
  const count = new Map<string, number>()
  for (const fact of facts) {
    if (fact.status !== 'added' || fact.suspended || fact.nextRuns.length === 0) continue
    const time = `${fact.zone}\n${fact.nextRuns[0]}`
    if (!first.has(time)) first.set(time, fact)
    count.set(time, (count.get(time) ?? 0) + 1)
  }
  const told = new Map([...first].map(([time, fact]) => [fact, count.get(time) ?? 0]))
  return facts.map(fact => ((told.get(fact) ?? 0) > 1 ? { ...fact, together: told.get(fact) ?? 0 } : fact))
}

function linesOf({ lines }: Source, { from, to }: Entry) {
  return { line: positionAt(lines, from).line, endLine: positionAt(lines, Math.max(from, to - 1)).line }
}
