import { textAt } from '../../artifact/plain.ts'
import type { Artifact } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import type { Extraction, FactContext } from '../types.ts'
import { abandonedModules } from './abandoned.ts'
import { type Comparison, type Difference, differences } from './compare.ts'
import { factOf, folderOf, type Surroundings } from './fact.ts'
import { lineObjects } from './files.ts'
import { identifier } from './identity.ts'
import type { ValueFact } from './index.ts'
import { addedBy, isMoved } from './moved.ts'
import { type ConfigObject, objectsOf } from './objects.ts'
import { movedBlocks, type Pair, pairObjects } from './pair.ts'

/** Longest text that is read as configuration: above it, it is data. */
const longestText = 2_000_000
/** Most texts of one file that are read as configurations of their own. */
const mostInner = 300
/** Most nodes of one object that are compared. */
const nodesPerObject = 100_000

/** Kinds whose new parts are told in full, not only by their top-most node. */
const deepKinds = /^(k8s|compose|terraform|cloudformation|nomad)\//
/** Kinds of which this holds for whole new objects too: what is in them takes effect on what runs already. */
const deepWhenNew = /^(k8s|compose)\/|^terraform\/kubernetes_/

interface Judged {
  readonly pair: Pair
  readonly difference: Difference
}

/** Facts about values from all changed files together: what left one file and arrived in another was moved. */
export async function extractValues(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly ValueFact[] }> {
  const notAnalysed: NotAnalysed[] = []
  const base: ConfigObject[] = []
  const head: ConfigObject[] = []
  for (const artifact of artifacts) {
    if (Math.max(artifact.base?.text.length ?? 0, artifact.head?.text.length ?? 0) > longestText) {
      notAnalysed.push({ path: artifact.path, reason: 'more than 2 MB of data: values were not compared' })
      continue
    }
    const rooms = { base: { left: mostInner }, head: { left: mostInner } }
    const after = await objectsOf(artifact, 'head', rooms.head)
    const before = after && (await objectsOf(artifact, 'base', rooms.base))
    if (rooms.base.left < 0 || rooms.head.left < 0)
      notAnalysed.push({
        path: artifact.path,
        reason: `it holds more than ${mostInner} configurations inside of others: not all of them were compared`,
      })
    // One side that cannot be read would make all of the other look new or gone.
    if (before === undefined || after === undefined) continue
    base.push(...before)
    head.push(...after)
  }
  const written = await lineObjects(context)
  base.push(...written.base)
  head.push(...written.head)
  const identify = identifier()
  const judged: Judged[] = []
  for (const pair of pairObjects(base, head, identify)) {
    // A patch or an inner file that comes or goes says nothing about the object that it belongs to.
    if ((pair.base ?? pair.head)?.part && (pair.base === undefined || pair.head === undefined)) continue
    const comparison: Comparison = {
      identify,
      deep: (pair.base === undefined ? deepWhenNew : deepKinds).test(kindOf(pair)),
      budget: nodesPerObject,
    }
    for (const difference of differences(spotOf(pair.base), spotOf(pair.head), comparison))
      judged.push({ pair, difference })
    const object = pair.head ?? pair.base
    if (comparison.budget < 0 && object)
      notAnalysed.push({
        path: object.artifact.path,
        reason: `${object.name} has too many changed values: some were not compared`,
      })
  }
  const gone = [...new Set(judged.map(({ pair }) => pair))].flatMap(({ base, head }) =>
    head === undefined && base?.kind.startsWith('terraform/') ? [base] : [],
  )
  const surroundings: Surroundings = {
    added: addedBy(
      judged.map(({ difference }) => difference),
      identify,
    ),
    moved: new Set(movedBlocks(head).values()),
    gone: kindsByFolder(judged, ({ base, head }) => (head === undefined ? base : undefined)),
    come: kindsByFolder(judged, ({ base, head }) => (base === undefined ? head : undefined)),
    abandoned: abandonedModules(gone, gone.length === 0 ? [] : await context.change.trees.head.list()),
    provided: new Set(head.flatMap(providedBy)),
  }
  const facts = judged.flatMap(({ pair, difference }) => {
    const owner = difference.change === 'removed' ? (pair.base ?? pair.head) : (pair.head ?? pair.base)
    if (owner === undefined || isMoved(difference, surroundings.added, identify)) return []
    return [factOf(owner, difference, pair.base === undefined, surroundings)]
  })
  return { facts, notAnalysed }
}

/** Names under which an object makes a Secret or ConfigMap; one of another operator makes it under `spec.target.name`. */
function providedBy({ kind, node }: ConfigObject): readonly string[] {
  if (
    !/^k8s\/(Secret|ConfigMap|SealedSecret|ExternalSecret|SecretProviderClass|SopsSecret|VaultStaticSecret|OnePasswordItem)$/.test(
      kind,
    )
  )
    return []
  return [
    textAt(node, 'spec', 'target', 'name') ??
      textAt(node, 'spec', 'destination', 'name') ??
      textAt(node, 'metadata', 'name') ??
      '',
  ].filter(name => name !== '')
}

function kindOf({ base, head }: Pair): string {
  return (head ?? base)?.kind ?? ''
}

function spotOf(object: ConfigObject | undefined) {
  return object && { node: object.node, span: object.span }
}

function kindsByFolder(
  judged: readonly Judged[],
  pick: (pair: Pair) => ConfigObject | undefined,
): ReadonlyMap<string, readonly string[]> {
  const kinds = new Map<string, string[]>()
  for (const object of new Set(judged.map(({ pair }) => pick(pair)))) {
    if (object === undefined) continue
    const folder = folderOf(object.artifact.path)
    const known = kinds.get(folder)
    if (known) known.push(object.kind)
    else kinds.set(folder, [object.kind])
  }
  return kinds
}
