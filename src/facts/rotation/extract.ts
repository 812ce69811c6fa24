import { isRotationPath } from '../../artifact/rotation-path.ts'
import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import { lineSpan } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { RotationFact } from './index.ts'
import { type Mention, mentionsIn } from './mentions.ts'
import { covers, embedded, mentionsRotation } from './places.ts'
import { type Block, type Rotations, readRotations, type Trouble } from './read.ts'
import { uncoveredLogs } from './uncovered.ts'
import { unmatched } from './unmatched.ts'
import { weakenings } from './weaken.ts'

/** A changed file of logrotate's, read on both sides. */
interface Changed {
  readonly artifact: Artifact
  readonly base?: Rotations
  readonly head?: Rotations
}

/** Finds rotations of logs that the change breaks, weakens or takes away. */
export async function extractRotations(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly RotationFact[] }> {
  const notAnalysed: NotAnalysed[] = []
  const changed: Changed[] = []
  for (const artifact of artifacts) {
    try {
      const [base, head] = [rotationsOf(artifact.base), rotationsOf(artifact.head)]
      if (base || head) changed.push({ artifact, ...(base ? { base } : {}), ...(head ? { head } : {}) })
    } catch (error) {
      notAnalysed.push({ path: artifact.path, reason: `its log rotation could not be read (${messageOf(error)})` })
    }
  }
  const others = await unchangedRotations(context)
  const covered = [...changed.map(({ head }) => head), ...others]
    .flatMap(rotations => rotations?.blocks ?? [])
    .filter(block => block.refused === undefined)
  const mentions = changed.some(one => newBlocks(one).length > 0 || lostLogs(one, covered).length > 0)
    ? await mentionsIn(context)
    : []
  const facts = changed.flatMap(one => [
    ...troublesIn(one, others).slice(0, mostFacts),
    ...weakened(one),
    ...goneFrom(one, covered, context.artifacts, mentions),
    ...matchless(one, covered, mentions),
  ])
  return { facts: [...facts, ...uncoveredLogs(artifacts, covered)], notAnalysed }
}

function rotationsOf(source: Source | undefined): Rotations | undefined {
  if (source === undefined || source.text.length > 500_000) return undefined
  if (isRotationPath(source.path)) return readRotations(source.text)
  const inner = mentionsRotation(source.text) ? embedded(source.text) : undefined
  return inner === undefined ? undefined : readRotations(inner)
}

/** Most mistakes of one file that are told: whoever repairs that many reads the rest as well. */
const mostFacts = 20

/** Most unchanged files of logrotate's that are read. */
const mostFiles = 60

async function unchangedRotations({ change }: FactContext): Promise<readonly Rotations[]> {
  const touched = new Set(change.files.map(({ path }) => path))
  const paths = (await change.trees.head.list()).filter(path => isRotationPath(path) && !touched.has(path))
  const texts = await Promise.all(paths.slice(0, mostFiles).map(path => change.trees.head.read(path)))
  return texts.flatMap(text => (text === undefined ? [] : [readRotations(text)]))
}

/** What a template fills in stands for itself in a message. */
const shown = (text: string): string => text.replaceAll('\u00a4', '{{…}}')

function fact(
  artifact: Artifact,
  side: 'base' | 'head',
  line: number,
  what: Pick<RotationFact, 'form' | 'problem' | 'detail' | 'logs'> & Partial<RotationFact>,
): RotationFact {
  const source = artifact[side]
  return {
    kind: 'rotation',
    path: artifact.path,
    side,
    span: source ? lineSpan(source.lines, line) : { line, column: 1, endLine: line, endColumn: 1 },
    log: shown(what.logs[0] ?? ''),
    quickFix: '',
    resembles: '',
    rotated: false,
    unmentioned: false,
    replaced: false,
    ...what,
    detail: shown(what.detail),
  }
}

/** What logrotate refuses or reads differently, where base was not so. */
function troublesIn({ artifact, base, head }: Changed, others: readonly Rotations[]): readonly RotationFact[] {
  if (head === undefined) return []
  const old = new Set([...allTroubles(base)].map(({ trouble }) => `${trouble.problem} ${trouble.detail}`))
  const told = [...allTroubles(head)].flatMap(({ trouble, block, refused }) => {
    const { problem, detail, line, quickFix = '', resembles = '' } = trouble
    if (old.has(`${problem} ${detail}`)) return []
    const before = block && base?.blocks.find(other => sameLogs(other, block))
    const logs = block?.logs ?? head.blocks.flatMap(other => other.logs)
    const rotated = before?.settings.days !== undefined && before.refused === undefined
    return [
      fact(artifact, 'head', line, {
        form: refused ? 'refused' : 'misread',
        problem,
        detail,
        logs,
        quickFix: quickFix.trim(),
        resembles,
        rotated,
      }),
    ]
  })
  return [...told, ...duplicates({ artifact, ...(base ? { base } : {}), head }, others), ...timeless(artifact, head)]
}

interface Told {
  readonly trouble: Trouble
  readonly block?: Block
  readonly refused: boolean
}

function* allTroubles(rotations: Rotations | undefined): Generator<Told> {
  if (rotations === undefined) return
  for (const block of rotations.blocks) {
    if (block.refused) yield { trouble: block.refused, block, refused: true }
    else for (const trouble of block.misread) yield { trouble, block, refused: false }
  }
  for (const trouble of rotations.misread) yield { trouble, refused: false }
  if (rotations.refused) yield { trouble: rotations.refused, refused: true }
}

/** A log in two blocks: logrotate keeps to the first and reports an error for the second. */
function duplicates({ artifact, base, head }: Changed, others: readonly Rotations[]): readonly RotationFact[] {
  const before = new Set(base?.blocks.flatMap(({ logs }) => logs))
  const elsewhere = others.flatMap(({ blocks }) => blocks)
  return (head?.blocks ?? []).flatMap((block, index) =>
    block.logs.flatMap(log => {
      if (before.has(log) || log.includes('\u00a4')) return []
      const earlier = [...(head?.blocks.slice(0, index) ?? []), ...elsewhere]
      const twin = earlier.find(other => other.logs.some(one => covers(one, log) || covers(log, one)))
      if (twin === undefined || twin.logs.some(one => one.includes('\u00a4'))) return []
      const detail = `\`${log}\` is rotated by another block already (\`${twin.logs.join(' ')}\`), which keeps what is in both`
      return [fact(artifact, 'head', block.line, { form: 'misread', problem: 'duplicate-log', detail, logs: [log] })]
    }),
  )
}

/** A new block without any frequency or size, in a file that stands alone: logrotate's default of 1 MiB counts. */
function timeless(artifact: Artifact, head: Rotations): readonly RotationFact[] {
  if (/(^|\/)logrotate\.d\//.test(artifact.path)) return []
  return head.blocks.flatMap(block => {
    const { settings, refused, line, endLine, logs } = block
    const timed = settings.days !== undefined || settings.size !== undefined || settings.maxsize !== undefined
    if (timed || refused || !touches(artifact, 'head', { line, endLine })) return []
    const detail = 'it names neither a frequency nor a size, so the log is rotated whenever it is larger than 1 MiB'
    return [fact(artifact, 'head', line, { form: 'misread', problem: 'no-frequency', detail, logs })]
  })
}

function weakened({ artifact, base, head }: Changed): readonly RotationFact[] {
  if (base === undefined || head === undefined) return []
  return head.blocks.flatMap(block => {
    const before = base.blocks.find(other => sameLogs(other, block))
    if (before === undefined || before.refused || block.refused) return []
    return weakenings(before, block).map(({ line, ...what }) =>
      fact(artifact, 'head', line, { form: 'weakened', logs: block.logs, ...what }),
    )
  })
}

function sameLogs(a: Block, b: Block): boolean {
  return a.logs.some(log => b.logs.some(other => covers(log, other) || covers(other, log)))
}

/** Blocks of head for logs that base did not rotate. */
function newBlocks({ base, head }: Changed): readonly Block[] {
  return (head?.blocks ?? []).filter(block => base?.blocks.every(old => !sameLogs(old, block)) ?? true)
}

/** Blocks whose pattern misses the log that the repository writes. */
function matchless(one: Changed, covered: readonly Block[], mentions: readonly Mention[]): readonly RotationFact[] {
  return unmatched(newBlocks(one), covered, mentions).map(({ block, meant }) => {
    const detail = `\`${block.logs.join(' ')}\` matches no log that this repository names; \`${meant.log}\` (${meant.path}:${meant.line}) is rotated by nothing`
    const what = { form: 'misread', problem: 'matches-no-log', detail, logs: block.logs } as const
    return fact(one.artifact, 'head', block.line, what)
  })
}

interface Lost {
  readonly block: Block
  readonly logs: readonly string[]
}

/** Logs that a block of base rotates and none of head, wherever it stands. */
function lostLogs({ base, head }: Changed, covered: readonly Block[]): readonly Lost[] {
  const refusedNow = new Set(head?.blocks.flatMap(({ refused, logs }) => (refused ? logs : [])) ?? [])
  return (base?.blocks ?? []).flatMap(block => {
    if (block.refused) return []
    const logs = block.logs.filter(
      log => !refusedNow.has(log) && !covered.some(other => other.logs.some(one => covers(one, log))),
    )
    return logs.length === 0 ? [] : [{ block, logs }]
  })
}

function goneFrom(
  one: Changed,
  covered: readonly Block[],
  artifacts: readonly Artifact[],
  named: readonly Mention[],
): readonly RotationFact[] {
  const { artifact } = one
  const fresh = newBlocks(one)
  return lostLogs(one, covered).flatMap(({ block, logs }) => {
    // A pattern that was split or spelt out covers less, but not nothing.
    const partly = covered.some(other => other.logs.some(pattern => logs.some(log => covers(log, pattern))))
    // What a template fills in could be any log.
    const certain = logs.filter(pattern => !pattern.includes('\u00a4'))
    const still = named.find(
      ({ log }) =>
        certain.some(pattern => covers(pattern, log)) &&
        !covered.some(other => other.logs.some(pattern => covers(pattern, log))),
    )
    const unmentioned =
      still === undefined &&
      artifacts.some(other => other !== artifact && mentions(other.base, logs) && !mentions(other.head, logs))
    const replaced = !partly && fresh.length > 0 && still === undefined
    // The log and its rotation moved together.
    if (unmentioned && replaced) return []
    // The pattern was narrowed to the logs there are.
    if (partly && still === undefined && named.some(({ log }) => logs.some(pattern => covers(pattern, log)))) return []
    const where = still === undefined ? '' : `, which ${still.path}:${still.line} still names`
    const detail = partly
      ? `\`${logs.join(' ')}\` is rotated only in part now${still === undefined ? '' : `: \`${still.log}\` is left out${where}`}`
      : `nothing rotates \`${still?.log ?? logs.join(' ')}\` any more${where}`
    return [
      fact(artifact, 'base', block.line, { form: 'gone', problem: 'removed', detail, logs, unmentioned, replaced }),
    ]
  })
}

function mentions(source: Source | undefined, logs: readonly string[]): boolean {
  return source !== undefined && logs.some(log => source.text.includes(log.replace(/\*.*$/, '')))
}
