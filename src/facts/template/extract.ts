import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { editDistance } from '../../text/distance.ts'
import { messageOf } from '../../text/errors.ts'
import { indexLines, lineSpan, positionAt, spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import { type EngineName, engineOf, type Reference, referencesIn, stemOf } from './engines.ts'
import type { TemplateFact } from './index.ts'
import { mayBeLibrary } from './libraries.ts'
import { answersTo, type Listing, listingOf } from './listing.ts'
import { mailFacts } from './mail.ts'

/** Longest template that is read, in characters. */
const longest = 500_000
/** Most unchanged templates that are read for references to one that is taken away. */
const mostReaders = 4000

/** References that the change adds, and references that it leaves without their template. */
export async function extractTemplates(context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: TemplateFact[] = []
  const notAnalysed: NotAnalysed[] = []
  // Listing a large repository takes its time; most changes of templates refer to nothing.
  if (!artifacts.some(mayConcern)) return { facts, notAnalysed }
  const head = await listingOf(context, 'head')
  // Of a bare patch nothing is known but the changed files.
  if (head.paths.length === 0) return { facts, notAnalysed }
  for (const artifact of artifacts) {
    try {
      if (artifact.head !== undefined) facts.push(...(await added(context, head, artifact, artifact.head)))
      facts.push(...(await mailFacts(context, head, artifact)))
    } catch (error) {
      notAnalysed.push({ path: artifact.path, reason: `its references could not be read (${messageOf(error)})` })
    }
  }
  facts.push(...(await leftBehind(context, head, artifacts)))
  return { facts, notAnalysed }
}

function mayConcern(artifact: Artifact): boolean {
  const { head, status, path } = artifact
  if (head === undefined || status === 'renamed' || /mailer/.test(path)) return true
  return head.text.length <= longest && referencesIn(head.text, path).length > 0
}

async function added(
  context: FactContext,
  head: Listing,
  artifact: Artifact,
  source: Source,
): Promise<readonly TemplateFact[]> {
  const engine = engineOf(artifact.path)
  if (engine === undefined || source.text.length > longest || artifact.hunks.length === 0) return []
  const before = new Set(
    artifact.base === undefined ? [] : referencesIn(artifact.base.text, artifact.path).map(r => r.name),
  )
  const facts: TemplateFact[] = []
  for (const reference of referencesIn(source.text, artifact.path)) {
    const span = spanOf(source.lines, reference.start, reference.end)
    if (!touches(artifact, 'head', span) || before.has(reference.name)) continue
    // A template that stands in for one of a library refers to that one by its own name.
    if (reference.answers(artifact.path)) continue
    facts.push({
      ...(await described(context, head, reference, engine, artifact.path)),
      kind: 'template',
      path: artifact.path,
      side: 'head',
      span,
      removed: '',
      removedTogether: 0,
      usedIn: artifact.path,
      usedAt: span.line,
    })
  }
  return facts
}

type Description = Pick<TemplateFact, 'refers' | 'name' | 'engine' | 'exists' | 'local' | 'mail' | 'similar'>

async function described(
  context: FactContext,
  head: Listing,
  reference: Reference,
  engine: EngineName,
  path: string,
): Promise<Description> {
  const { refers, name } = reference
  const exists = answersTo(head, reference).length > 0
  const similar = exists ? undefined : similarTo(head, reference)
  return {
    refers,
    name,
    engine,
    exists,
    local: !exists && (await isLocal(context, head, reference, engine)),
    mail: isMail(path),
    ...(similar === undefined ? {} : { similar }),
  }
}

/** Would the template stand in this repository, judged by its folder? */
async function isLocal(context: FactContext, head: Listing, { name }: Reference, engine: EngineName): Promise<boolean> {
  // Laravel's libraries have namespaces, so a plain name is the repository's.
  if (engine === 'pug' || engine === 'blade') return true
  const plain = name.replace(/^(\.\.?)?\//, '')
  const slash = plain.lastIndexOf('/')
  if (slash === -1) return engine === 'rails'
  // A gem or plug-in shows its views inside an application that has more of them.
  if (engine === 'rails' && head.paths.some(path => /^[^/]+\.gemspec$|^init\.rb$/.test(path))) return false
  return head.folders.has(plain.slice(0, slash)) && !(await mayBeLibrary(context, plain))
}

function similarTo(head: Listing, reference: Reference): string | undefined {
  for (const [stem, paths] of head.byStem) {
    if (Math.abs(stem.length - reference.stem.length) > 2 || stem === reference.stem) continue
    if (stem.length < 5 || editDistance(stem, reference.stem) > 2) continue
    const path = paths.find(candidate => engineOf(candidate) !== undefined && !candidate.endsWith('.rb'))
    if (path !== undefined) return path
  }
  return undefined
}

export function isMail(path: string): boolean {
  return /mailer|(^|[/_-])e?mails?([/_.-]|$)|notifier/i.test(path)
}

/** References in unchanged files to templates that the change deletes or renames. */
async function leftBehind(
  context: FactContext,
  head: Listing,
  artifacts: readonly Artifact[],
): Promise<readonly TemplateFact[]> {
  const present = new Set(head.paths)
  const gone = artifacts.flatMap(({ base }) =>
    base !== undefined && !base.path.endsWith('.rb') && !present.has(base.path) ? [base] : [],
  )
  // Another file with the same name (another format, another engine) may answer in its place.
  if (gone.length === 0) return []
  const byStem = new Map<string, Source[]>()
  for (const source of gone) byStem.set(stemOf(source.path), [...(byStem.get(stemOf(source.path)) ?? []), source])
  const engines = new Set(gone.map(source => engineOf(source.path)))
  const readers = head.paths.filter(path => {
    const engine = engineOf(path)
    return engine !== undefined && engines.has(engine) && mayRefer(path)
  })
  const facts: TemplateFact[] = []
  const told = new Set<string>()
  for (const path of readers.slice(0, mostReaders)) {
    const text = await context.change.trees.head.read(path)
    if (text === undefined || text.length > longest) continue
    for (const reference of referencesIn(text, path)) {
      const source = byStem.get(reference.stem)?.find(({ path }) => reference.answers(path))
      if (source === undefined || told.has(source.path) || answersTo(head, reference).length > 0) continue
      if (engineOf(path) === 'jinja' && (await mayBeLibrary(context, reference.name))) continue
      told.add(source.path)
      facts.push({ ...leftFact(reference, source, path, text), removedTogether: gone.length })
    }
  }
  return facts
}

function mayRefer(path: string): boolean {
  if (/(^|\/)(tests?|spec|specs|node_modules|vendor|dist|docs?|fixtures)\//.test(path)) return false
  return path.endsWith('.rb') ? /(^|\/)app\//.test(path) : true
}

function leftFact(
  reference: Reference,
  source: Source,
  path: string,
  text: string,
): Omit<TemplateFact, 'removedTogether'> {
  return {
    kind: 'template',
    path: source.path,
    side: 'base',
    span: lineSpan(source.lines, 1),
    refers: reference.refers,
    name: reference.name,
    engine: engineOf(path) ?? '',
    exists: false,
    removed: source.path,
    usedIn: path,
    usedAt: positionAt(indexLines(text), reference.start).line,
    local: true,
    mail: isMail(path) || isMail(source.path),
  }
}
