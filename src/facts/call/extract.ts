import { sourceOf } from '../../artifact/source.ts'
import { type Grammar, treeOf } from '../../artifact/trees.ts'
import { type Artifact, type Language, type Source, touches } from '../../artifact/types.ts'
import type { NotAnalysed, Side } from '../../change/types.ts'
import { lineText, spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import { type Boot, bootOf } from './boot.ts'
import { type BootFile, calledAtBoot } from './called-at-boot.ts'
import { dryRunLine, dryRunLost, takesAway } from './dry-run.ts'
import type { CallFact } from './fields.ts'
import { type Found, outside } from './found.ts'
import type { FrontEnd } from './front-end.ts'
import { javascript } from './javascript.ts'
import { dockerfilePieces, type Piece, procfilePieces, startPieces, terraformPieces } from './pieces.ts'
import { asksOf, changesOf } from './platform.ts'
import { python } from './python.ts'
import { ruby } from './ruby.ts'
import type { ShellOptions } from './shell.ts'
import { plainLanguages, storeCalls } from './store-calls.ts'
import { targetLostBy } from './target-lost.ts'
import { yamlPieces } from './yaml-pieces.ts'

const frontEnds: Partial<Record<Language, { readonly frontEnd: FrontEnd; readonly grammar: Grammar }>> = {
  ruby: { frontEnd: ruby, grammar: 'ruby' },
  python: { frontEnd: python, grammar: 'python' },
  javascript: { frontEnd: javascript, grammar: 'javascript' },
  typescript: { frontEnd: javascript, grammar: 'typescript' },
  tsx: { frontEnd: javascript, grammar: 'tsx' },
}

/** A call with what starts it. */
interface Placed {
  readonly call: Found
  readonly boot: Boot | undefined
  readonly job: string
}

type Wants = (start: number, end: number) => boolean

/** Largest file read for calls, in characters. */
const largest = 1_000_000

/** Longest line of code that is read: what is nested on one line takes quadratic time to walk. */
const longestLine = 10_000

function hasLongLine({ lines }: Source): boolean {
  return lines.starts.some((start, i) => (lines.starts[i + 1] ?? lines.text.length) - start > longestLine)
}

/** From this many files of code on, only those are parsed that name something a call could do outside the program. */
const manyFiles = 150
const mayAct =
  /flush|redis|\bkeys\(|drop_?database|\bDROP\s|\bALTER\s|config_?vars?\b|api\.heroku|PlatformAPI|boto3|aws-sdk|Aws::|kubernetes|kube|@google-cloud|google\.cloud|azure|vercel|netlify|fly\.io|render\.com|digitalocean|child_process|execa|subprocess|os\.system|popen|\bsystem\b|Open3|%x|dry[-_]?run|cache&?\.clear|\.sync\(|(^|[=\s(])`[a-z]+ [^`\n]*`\s*$/im

/**
 * Of the shell text inside data files, only that is parsed which names a program that acts on more than the checkout:
 * most steps of most workflows build and test.
 */
const actsOutside =
  /\b(redis|valkey|flush|rm|kubectl|oc|helm|helmfile|flux|argocd|terraform|terragrunt|tofu|pulumi|cdk|aws|awslocal|sam|eksctl|heroku|fly|flyctl|gcloud|gsutil|az|doctl|vercel|netlify|railway|render|wrangler|serverless|sls|firebase|supabase|amplify|skaffold|pscale|cf|curl|wget|fetch|iwr|ssh|scp|rsync|pssh|pdsh|ansible\S*|salt\S*|knife|parallel|xargs|shutdown|reboot|poweroff|halt|init|systemctl|drop\w*|truncate|mysql\w*|psql|mongo\w*|sqlcmd|clickhouse\S*|rails|rake|bundle|manage\.py|django-admin|alembic|flask|artisan|prisma|knex|sequelize\S*|typeorm|migrate\S*|flyway|liquibase|dbmate|goose|docker|podman|nomad|consul|vault|etcdctl|dd|mkfs\S*|eval|source|sh|bash|python\d?|node|ruby|production|prod|dry[-_]?run)\b|\.\//i

/** Calls and commands on lines the change adds or alters, without those that only moved. */
export async function extractCalls(context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: CallFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const read = new Map<Artifact, readonly CallFact[]>()
  const isHuge = artifacts.filter(({ language }) => frontEnds[language] !== undefined).length > manyFiles
  for (const artifact of artifacts) {
    if (isHuge && artifact.kind === 'code' && !mayAct.test(artifact.head?.text ?? '')) continue
    try {
      const found = await factsOf(context, artifact)
      if (found.length > 0) read.set(artifact, found)
    } catch (error) {
      notAnalysed.push({ path: artifact.path, reason: `its calls could not be read (${messageOf(error)})` })
    }
  }
  if (read.size === 0) return { facts, notAnalysed }
  const removed = await callsRemoved(context, artifacts)
  const before = counted(removed)
  for (const [artifact, found] of read) {
    const added = addedText(artifact)
    for (const fact of found) {
      const key = sameBefore(fact).find(known => (before.get(known) ?? 0) > 0)
      if (key !== undefined) before.set(key, (before.get(key) ?? 0) - 1)
      else facts.push({ ...fact, targetLost: targetLostBy(fact, removed, added) })
    }
  }
  return { facts, notAnalysed }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Two calls with the same identity are one call that moved, also from one file to another. */
function identity(fact: CallFact, safer: Pick<CallFact, 'guarded' | 'paced' | 'targetNamed'> = fact): string {
  const { callee, arguments: args, words, pipedFrom, atBoot, inLoop, remote, fleet, url, dryRunLost, runsUrl } = fact
  const { guarded, paced, targetNamed } = safer
  const code = [callee, args, words, pipedFrom, atBoot, inLoop, remote, fleet, url, dryRunLost, runsUrl]
  return JSON.stringify([...code, fact.unsetVariable, fact.productionDefault, guarded, paced, targetNamed])
}

/** Identities a call may have had at base: as it is now, or with less care taken than now. */
function sameBefore(fact: CallFact): readonly string[] {
  const either = (now: boolean): readonly boolean[] => (now ? [true, false] : [false])
  return either(fact.guarded).flatMap(guarded =>
    either(fact.paced).flatMap(paced =>
      either(fact.targetNamed).map(targetNamed => identity(fact, { guarded, paced, targetNamed })),
    ),
  )
}

/** Calls that stood on lines of base that are gone. */
async function callsRemoved(context: FactContext, artifacts: readonly Artifact[]): Promise<readonly CallFact[]> {
  const removed: CallFact[] = []
  for (const artifact of artifacts) {
    if (artifact.base === undefined) continue
    removed.push(...(await factsOf(context, artifact, 'base').catch(() => [])))
  }
  return removed
}

/** How many calls there are of each identity. */
function counted(calls: readonly CallFact[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const fact of calls) counts.set(identity(fact), (counts.get(identity(fact)) ?? 0) + 1)
  return counts
}

function addedText({ head, hunks }: Artifact): string {
  if (head === undefined) return ''
  const lines = hunks.flatMap(({ headStart, headCount }) =>
    Array.from({ length: Math.min(headCount, 2000) }, (_, at) => lineText(head.lines, headStart + at)),
  )
  return lines.join('\n')
}

async function factsOf(context: FactContext, artifact: Artifact, side: Side = 'head'): Promise<readonly CallFact[]> {
  const source = artifact[side]
  if (source === undefined || artifact.hunks.length === 0) return []
  if (source.text.length > largest) throw new Error(`it is longer than ${largest} characters`)
  if (frontEnds[artifact.language] !== undefined && hasLongLine(source))
    throw new Error(`it has a line of more than ${longestLine} characters, as generated code has`)
  const wants: Wants = (start, end) => touches(artifact, side, spanOf(source.lines, start, end))
  const lost = side === 'head' && dryRunLost(artifact)
  const placed = await placedCalls(context, artifact, source, wants)
  const facts = placed.map(call => factOf(call, artifact, source, lost))
  if (lost) facts.push(...(await letThrough(context, artifact, source, facts)))
  // One command line can be seen twice: as the words of `xargs` and as a command of its own.
  const seen = new Set<string>()
  return facts.filter(fact => {
    const key = `${fact.span.line}:${fact.span.column}:${fact.callee}:${fact.line}`
    return !seen.has(key) && seen.add(key)
  })
}

/** Without its dry run an unchanged call does something new: the first that takes something away stands for all. */
async function letThrough(
  context: FactContext,
  artifact: Artifact,
  source: Source,
  known: readonly CallFact[],
): Promise<readonly CallFact[]> {
  const span = dryRunLine(artifact)
  const isTaking = (fact: CallFact): boolean =>
    takesAway.test(fact.name) || fact.words.some(word => takesAway.test(word))
  if (span === undefined || known.some(isTaking)) return []
  const all = (await placedCalls(context, artifact, source, () => true)).map(call =>
    factOf(call, artifact, source, true),
  )
  return all
    .filter(isTaking)
    .slice(0, 1)
    .map(fact => ({ ...fact, span }))
}

const bootFilesOf = new WeakMap<FactContext, Promise<readonly BootFile[]>>()

/** The changed files of code that run at boot, with their calls. */
function bootFiles(context: FactContext): Promise<readonly BootFile[]> {
  const known = bootFilesOf.get(context) ?? findBootFiles(context)
  bootFilesOf.set(context, known)
  return known
}

async function findBootFiles(context: FactContext): Promise<readonly BootFile[]> {
  const files: BootFile[] = []
  for (const artifact of context.artifacts) {
    const front = frontEnds[artifact.language]
    const source = artifact.head
    if (front === undefined || source === undefined || artifact.role !== 'live' || source.text.length > largest)
      continue
    const boot = await bootOf(artifact, context.change.trees.head)
    const tree = boot === undefined ? undefined : await treeOf(source, front.grammar)
    if (boot === undefined || tree === undefined) continue
    const wants = (): boolean => true
    const { callsInCode } = await import('./code.ts')
    const { calls } = callsInCode(tree, source.text, front.frontEnd, {
      language: artifact.language,
      wants,
      followCalls: true,
    })
    files.push({ artifact, boot, calls })
  }
  return files
}

async function placedCalls(
  context: FactContext,
  artifact: Artifact,
  source: Source,
  wants: Wants,
): Promise<readonly Placed[]> {
  const { language } = artifact
  const front = frontEnds[language]
  const tree = context.change.trees[source.side]
  if (front !== undefined) {
    const [{ callsInCode }, parsed] = await Promise.all([import('./code.ts'), treeOf(source, front.grammar)])
    if (parsed === undefined) throw new Error('parsing takes too long')
    const own = await bootOf(artifact, tree)
    const outer =
      own === undefined && source.side === 'head' ? calledAtBoot(artifact, await bootFiles(context)) : undefined
    const boot = own ?? outer?.boot
    const { calls, shells } = callsInCode(parsed, source.text, front.frontEnd, {
      language,
      wants,
      followCalls: boot !== undefined,
      ...(outer === undefined ? {} : { startedElsewhere: outer.names }),
    })
    const placed = calls.map(call => ({ call, boot, job: '' }))
    for (const { shell, around } of shells) {
      const { commandsIn } = await import('./shell.ts')
      const commands = await commandsIn(
        shell,
        around,
        shellOptions(source, wants, () => true),
      )
      placed.push(...commands.map(call => ({ call, boot, job: '' })))
    }
    return placed
  }
  if (plainLanguages.includes(language))
    return storeCalls(source, language, wants).map(call => ({ call, boot: undefined, job: '' }))
  if (language === 'shell') {
    const boot = await bootOf(artifact, tree)
    const { commandsIn } = await import('./shell.ts')
    const commands = await commandsIn(
      { text: source.text, start: 0 },
      outside,
      shellOptions(source, wants, () => false),
    )
    return commands.map(call => ({ call, boot, job: '' }))
  }
  const placed: Placed[] = []
  const isData = language !== 'dockerfile' && language !== 'procfile'
  for (const piece of await piecesOf(artifact, source)) {
    if (!wants(piece.start, piece.start + piece.text.length) || (isData && !actsOutside.test(piece.text))) continue
    const { commandsIn } = await import('./shell.ts')
    const declared = (name: string): boolean =>
      new RegExp(`\\b${name}\\s*[:=]|\\b(ENV|ARG)\\s+${name}\\b|\\$\\{?${name}:\\?`).test(source.text)
    const commands = await commandsIn(piece, outside, shellOptions(source, wants, declared))
    placed.push(...commands.map(call => ({ call, boot: piece.boot, job: piece.job })))
  }
  return placed
}

async function piecesOf(artifact: Artifact, source: Source): Promise<readonly Piece[]> {
  switch (artifact.language) {
    case 'dockerfile':
      return dockerfilePieces(source)
    case 'procfile':
      return procfilePieces(source)
    case 'hcl':
      return terraformPieces(source)
    case 'toml':
    case 'json':
      return startPieces(source)
    case 'yaml':
      return yamlPieces(source, artifact)
    default:
      return []
  }
}

function shellOptions(source: Source, wants: Wants, declaredElsewhere: (name: string) => boolean): ShellOptions {
  const parse: ShellOptions['parse'] = text =>
    treeOf(text === source.text ? source : sourceOf(source.path, source.side, text), 'shell')
  return { parse, wants, declaredElsewhere }
}

function factOf({ call, boot, job }: Placed, artifact: Artifact, source: Source, lost: boolean): CallFact {
  const atBoot = boot !== undefined && call.runsOnLoad
  return {
    kind: 'call',
    path: artifact.path,
    side: source.side,
    span: spanOf(source.lines, call.start, call.end),
    callee: call.callee,
    name: call.name,
    receiver: call.receiver,
    arguments: call.arguments,
    command: call.words[0] ?? '',
    words: call.words,
    variables: call.variables,
    line: call.words.join(' '),
    language: call.language,
    pipedFrom: call.pipedFrom,
    inLoop: call.loops.length > 0,
    loopOver: call.loops.at(-1) ?? '',
    inFunction: call.inFunction,
    onlyWhenCalled: call.onlyWhenCalled,
    guarded: call.guarded,
    lowerOnly: call.lowerOnly,
    atBoot,
    bootPlace: atBoot ? boot.place : '',
    releasePhase: atBoot && boot.releasePhase,
    httpMethod: call.httpMethod,
    url: call.url,
    changes: changesOf(call, source.text),
    asks: asksOf(call, source.text),
    confirmed: call.confirmed,
    remote: call.remote,
    fleet: call.fleet,
    paced: call.paced,
    targetNamed: call.targetNamed,
    unsetVariable: call.unsetVariable,
    runsUrl: call.runsUrl,
    productionDefault: call.productionDefault,
    job,
    dryRunLost: lost,
    targetLost: '',
  }
}
