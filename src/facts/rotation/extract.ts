import { isRotationPath } from '../../artifact/rotation-path.ts'
import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import { lineSpan } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { RotationFact } from './index.ts'
import { covers, embedded, mentionsRotation } from './places.ts'
import { type Block, type Rotations, readRotations, type Trouble } from './read.ts'
import { uncoveredLogs } from './uncovered.ts'
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
  const facts = changed.flatMap(one => [
    ...troublesIn(one, others).slice(0, mostFacts),
    ...weakened(one),
    ...goneFrom(one, covered, artifacts),
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
    log: what.logs[0] ?? '',
    quickFix: '',
    resembles: '',
    rotated: false,
    unmentioned: false,
    replaced: false,
    ...what,
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

/** Logs that a block of base rotates and none of head, wherever it stands. */
function goneFrom(
  { artifact, base }: Changed,
  covered: readonly Block[],
  artifacts: readonly Artifact[],
): readonly RotationFact[] {
  const head = rotationsOf(artifact.head)
  const refusedNow = new Set(head?.blocks.flatMap(({ refused, logs }) => (refused ? logs : [])) ?? [])
  // Blocks for logs that base did not rotate: one of them may be this one under another path.
  const fresh = (head?.blocks ?? []).filter(block => base?.blocks.every(old => !sameLogs(old, block)))
  return (base?.blocks ?? []).flatMap(block => {
    if (block.refused) return []
    const lost = block.logs.filter(
      log => !refusedNow.has(log) && !covered.some(other => other.logs.some(one => covers(one, log))),
    )
    if (lost.length === 0) return []
    // A pattern that was split or spelt out covers less, but not nothing.
    const partly = covered.some(other => other.logs.some(one => lost.some(log => covers(log, one))))
    const detail = partly
      ? `\`${lost.join(' ')}\` is rotated only in part now`
      : `nothing rotates \`${lost.join(' ')}\` any more`
    const unmentioned = artifacts.some(
      other => other !== artifact && mentions(other.base, lost) && !mentions(other.head, lost),
    )
    const replaced = !partly && fresh.length > 0
    // The log and its rotation moved together.
    if (unmentioned && replaced) return []
    return [
      fact(artifact, 'base', block.line, {
        form: 'gone',
        problem: 'removed',
        detail,
        logs: lost,
        unmentioned,
        replaced,
      }),
    ]
  })
}

function mentions(source: Source | undefined, logs: readonly string[]): boolean {
  return source !== undefined && logs.some(log => source.text.includes(log.replace(/\*.*$/, '')))
}
