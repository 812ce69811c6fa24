import { classifyPath } from '../../artifact/classify.ts'
import { sourceOf } from '../../artifact/source.ts'
import { type Artifact, touches } from '../../artifact/types.ts'
import type { NotAnalysed, Tree } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import { contains } from '../match/cover.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { NetworkFact } from './index.ts'
import { type RangeUse, rangesOf, type Written } from './ranges.ts'

export async function extractNetworks(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly NetworkFact[] }> {
  const facts: NetworkFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const neighbours = neighboursOf(context.change.trees.head, new Set(artifacts.map(({ path }) => path)))
  const changed: { artifact: Artifact; head: readonly Written[]; base: readonly Written[] }[] = []
  for (const artifact of artifacts) {
    try {
      const head = artifact.head && (await rangesOf(artifact.head, artifact.language))
      const base = artifact.base ? await rangesOf(artifact.base, artifact.language) : []
      if (head !== undefined && base !== undefined) changed.push({ artifact, head, base })
    } catch (error) {
      notAnalysed.push({ path: artifact.path, reason: `its address ranges could not be read (${messageOf(error)})` })
    }
  }
  for (const { artifact, head, base } of changed) {
    const fresh = freshOf(artifact, head, base)
    if (fresh.size === 0) continue
    if (fresh.size > mostFresh) {
      notAnalysed.push({ path: artifact.path, reason: `${fresh.size} new address ranges: they were not compared` })
      continue
    }
    const beside = changed.flatMap(other => (other.artifact === artifact ? [] : other.head))
    const uses = new Set([...fresh].map(({ use }) => use))
    const elsewhere = [...uses].some(use => use !== 'other' && use !== 'allow')
      ? [...beside, ...(await neighbours(artifact.path))]
      : beside
    const intervals = uses.has('deny') && (await loadsIntervals(context, artifact))
    const seen = new Set<Written>()
    for (const written of fresh) {
      seen.add(written)
      const other = overlapOf(written, head, elsewhere, seen, fresh)
      if (other === undefined) continue
      const baseCidr = base.find(old => old.place === written.place && old.cidr !== written.cidr)?.cidr
      facts.push({
        kind: 'network',
        path: artifact.path,
        side: 'head',
        span: written.span,
        cidr: written.cidr,
        name: written.name,
        use: written.use,
        relation:
          other.range.bits === written.range.bits ? 'same' : contains(other.range, written.range) ? 'inside' : 'around',
        other: other.cidr,
        otherName: other.name,
        otherUse: other.use,
        otherPath: other.path,
        otherLine: other.span.line,
        where: whereOf(written, other),
        intervals,
        ...(baseCidr === undefined ? {} : { baseCidr }),
        apart: allApart([...base, ...elsewhere].filter(({ use }) => use === written.use)),
      })
    }
  }
  return { facts, notAnalysed }
}

/** Most new ranges of a file that are compared with all others. */
const mostFresh = 1000

/** What the change adds: ranges on touched lines that the same list or place did not hold before. */
function freshOf(artifact: Artifact, head: readonly Written[], base: readonly Written[]): ReadonlySet<Written> {
  const old = new Set(base.map(written => `${written.use} ${written.cidr}`))
  return new Set(
    head.filter(written => !old.has(`${written.use} ${written.cidr}`) && touches(artifact, 'head', written.span)),
  )
}

function overlap(a: Written, b: Written): boolean {
  return contains(a.range, b.range) || contains(b.range, a.range)
}

/** Blocks of addresses that lists of bogus or internal sources begin with. */
const bogus = /^(0\.0\.0\.0\/8|127\.0\.0\.0\/8|169\.254\.0\.0\/16|224\.0\.0\.0\/[34]|240\.0\.0\.0\/4)$/

const own: readonly RangeUse[] = ['allow', 'network', 'subnet', 'pods', 'services', 'nodes']
const cluster: readonly RangeUse[] = ['pods', 'services', 'nodes', 'network']

function overlapOf(
  written: Written,
  head: readonly Written[],
  elsewhere: readonly Written[],
  seen: ReadonlySet<Written>,
  fresh: ReadonlySet<Written>,
): Written | undefined {
  // Of two new ranges that overlap, the later one is told.
  const earlier = head.filter(other => other !== written && (!fresh.has(other) || seen.has(other)))
  const overlapping = (candidates: readonly Written[], uses: readonly RangeUse[]): Written | undefined =>
    candidates.find(other => uses.includes(other.use) && overlap(written, other))
  const { use } = written
  if (use === 'deny') {
    const list = head.filter(other => other.group === written.group)
    if (!list.some(other => bogus.test(other.cidr))) {
      const mine = overlapping(head, own) ?? overlapping(elsewhere, own)
      if (mine !== undefined) return mine
    }
    return earlier.find(other => other.group === written.group && overlap(written, other))
  }
  if (use === 'subnet')
    return [...earlier, ...elsewhere].find(
      other => other.use === 'subnet' && other.group === written.group && overlap(written, other),
    )
  if (!cluster.includes(use)) return undefined
  const others = cluster.filter(
    other => other !== use && !(use === 'nodes' && other === 'network') && !(use === 'network' && other === 'nodes'),
  )
  const folder = folderOf(written.path)
  return (
    overlapping(earlier, others) ??
    overlapping(
      elsewhere.filter(other => folderOf(other.path) === folder),
      others,
    ) ??
    elsewhere.find(
      other =>
        other.use === use &&
        other.name === written.name &&
        (folderOf(other.path) !== folder || areInstances(other.path, written.path)) &&
        overlap(written, other),
    )
  )
}

/** Files of values for two instances of one module, side by side. */
function areInstances(one: string, other: string): boolean {
  return one !== other && one.endsWith('.tfvars') && other.endsWith('.tfvars')
}

function whereOf(written: Written, other: Written): NetworkFact['where'] {
  if (written.group === other.group) return 'list'
  if (written.path === other.path) return 'file'
  const isBeside = folderOf(written.path) === folderOf(other.path) && !areInstances(written.path, other.path)
  return isBeside ? 'folder' : 'repository'
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

/** At least two ranges, and no two of them overlap. */
function allApart(ranges: readonly Written[]): boolean {
  const distinct = [...new Map(ranges.map(written => [`${written.path} ${written.cidr}`, written])).values()].slice(
    0,
    200,
  )
  return distinct.length >= 2 && distinct.every((a, i) => distinct.slice(i + 1).every(b => !overlap(a, b)))
}

/** Most other files that are read for their ranges, and the longest of them. */
const mostFiles = 250
const longestFile = 200_000

type Neighbours = (path: string) => Promise<readonly Written[]>

/** The ranges of the unchanged files, the nearest folders first. Read once for the whole change. */
function neighboursOf(tree: Tree, changed: ReadonlySet<string>): Neighbours {
  let read: Promise<readonly Written[]> | undefined
  const load = async (near: string): Promise<readonly Written[]> => {
    const found: Written[] = []
    const paths = (await tree.list()).filter(
      path => !changed.has(path) && /\.(tf|tfvars|ya?ml|json|toml|nft|conf|txt)$/.test(path),
    )
    for (const path of nearestFirst(paths, near).slice(0, mostFiles)) {
      const by = classifyPath(path)
      if (by === undefined || by.role !== 'live') continue
      const text = await tree.read(path)
      if (text === undefined || text.length > longestFile || !/\d\.\d{1,3}\.\d{1,3}\.\d{1,3}\/\d/.test(text)) continue
      found.push(...((await rangesOf(sourceOf(path, 'head', text), by.language)) ?? []))
    }
    return found
  }
  return path => (read ??= load(path))
}

function nearestFirst(paths: readonly string[], near: string): readonly string[] {
  const wanted = near.split('/')
  const shared = (path: string): number => {
    const parts = path.split('/')
    let count = 0
    while (count < parts.length && parts[count] === wanted[count]) count++
    return count
  }
  return paths
    .map(path => ({
      path,
      count: shared(path),
      named: /net|vpc|subnet|cidr|infra|terraform|cluster|firewall/i.test(path),
    }))
    .sort((a, b) => b.count - a.count || Number(b.named) - Number(a.named) || (a.path < b.path ? -1 : 1))
    .map(({ path }) => path)
}

/** Is a list of this folder loaded into an nftables set of intervals that refuses overlaps? */
async function loadsIntervals(context: FactContext, artifact: Artifact): Promise<boolean> {
  const says = (text: string): boolean => /\bflags\s+[\w,\s]*\binterval\b/.test(text) && !/\bauto-merge\b/.test(text)
  if (artifact.head && says(artifact.head.text)) return true
  const tree = context.change.trees.head
  const folder = folderOf(artifact.path)
  const beside = (await tree.list(folder === '' ? undefined : folder.slice(0, -1))).filter(path =>
    /nft|firewall|\.conf|\.j2|jinja/i.test(path),
  )
  for (const path of beside.slice(0, 20)) {
    const text = await tree.read(path)
    if (text !== undefined && text.length < longestFile && says(text)) return true
  }
  return false
}
