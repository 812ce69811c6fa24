import { entryOf, valueAt } from '../../artifact/plain.ts'
import type { Artifact } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import type { Span } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { Draft } from './draft.ts'
import { egressDrafts } from './egress.ts'
import { forwardedDrafts } from './forwarded.ts'
import type { WiringFact } from './index.ts'
import { kustomizationDrafts } from './kustomization.ts'
import { type Manifest, type Manifests, manifestsOf } from './objects.ts'
import { parameterDrafts } from './parameters.ts'
import { portDrafts } from './ports.ts'
import { handlerDrafts } from './probe-handlers.ts'
import { probeDrafts } from './probes.ts'
import { quotaDrafts } from './quotas.ts'
import { referenceDrafts } from './references.ts'
import { selectorDrafts } from './selectors.ts'
import { trafficDrafts } from './traffic.ts'

const mostObjects = 1500

/** Facts about references among the objects of the changed files and their neighbours. */
export async function extractWiring(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly WiringFact[] }> {
  const notAnalysed: NotAnalysed[] = []
  try {
    const manifests = await manifestsOf(context.change, artifacts)
    // Each object is held against each other.
    if (Math.max(manifests.base.length, manifests.head.length) > mostObjects) {
      const reason = `more than ${mostObjects} objects: their references were not followed`
      return { facts: [], notAnalysed: artifacts.map(({ path }) => ({ path, reason })) }
    }
    const drafts = [
      ...selectorDrafts(manifests),
      ...portDrafts(manifests),
      ...trafficDrafts(manifests),
      ...forwardedDrafts(manifests),
      ...probeDrafts(manifests),
      ...(await handlerDrafts(manifests, context.change.trees.head)),
      ...quotaDrafts(manifests),
      ...referenceDrafts(manifests),
      ...egressDrafts(manifests),
      ...parameterDrafts(manifests),
      ...(await kustomizationDrafts(context.change, artifacts, manifests)),
    ]
    return { facts: drafts.flatMap(draft => factOf(draft, manifests) ?? []), notAnalysed }
  } catch (error) {
    const reason = `its references could not be followed (${messageOf(error)})`
    return { facts: [], notAnalysed: artifacts.map(({ path }) => ({ path, reason })) }
  }
}

function factOf(draft: Draft, { base }: Manifests): WiringFact | undefined {
  const { from, cause, at, causeAt, places = [], kinds = [], ...fields } = draft
  const owner = from.changed ? from : cause
  if (owner === undefined) return undefined
  const side = from.changed || !base.includes(owner) ? 'head' : 'base'
  const field = from.changed ? fields.field : 'metadata.name'
  return {
    kind: 'wiring',
    path: owner.path,
    side,
    span: (from.changed ? at : causeAt) ?? spanAt(owner, field),
    ...fields,
    places: [...new Set(places)].slice(0, 5),
    kinds: [...new Set(kinds)],
  }
}

/** The line with the last key of a path that the object has. */
function spanAt({ node }: Manifest, field: string): Span {
  const keys = field.split('.')
  for (let length = keys.length; length > 0; length--) {
    const key = keys[length - 1] ?? ''
    const entry = entryOf(length === 1 ? node : valueAt(node, ...keys.slice(0, length - 1)), key)
    if (entry) return entry.keySpan
  }
  const kind = entryOf(node, 'kind')
  return kind?.keySpan ?? { ...node.span, endLine: node.span.line, endColumn: node.span.column + 1 }
}
