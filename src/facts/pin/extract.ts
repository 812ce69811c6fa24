import { type Artifact, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import type { Extraction, FactContext } from '../types.ts'
import { freshExactPins } from './archives.ts'
import type { PinFact } from './index.ts'
import { type Pin, pinsOf } from './pins.ts'

/** Facts about versions that the change leaves open. */
export async function extractPins(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly PinFact[] }> {
  const facts: PinFact[] = []
  const notAnalysed: NotAnalysed[] = []
  for (const artifact of artifacts) {
    try {
      facts.push(...(await pinFacts(artifact, await isLocked(context, artifact.path))))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      notAnalysed.push({ path: artifact.path, reason: `its versions could not be read (${why})` })
    }
  }
  return { facts, notAnalysed }
}

async function pinFacts(artifact: Artifact, locked: boolean): Promise<readonly PinFact[]> {
  const { head, base, language, kind } = artifact
  if (head === undefined || head.text.length > 500_000) return []
  const after = await pinsOf(head, language, kind)
  const before = base === undefined ? [] : await pinsOf(base, language, kind)
  if (after === undefined || before === undefined) return []
  const facts: PinFact[] = []
  if (language === 'dockerfile' || language === 'shell' || kind === 'github-workflow')
    for (const pin of freshExactPins(artifact))
      facts.push({ ...factOf(artifact, pin, undefined, 'head', false), what: 'build', keeps: pin.keeps })
  for (const pin of after) {
    if (!touches(artifact, 'head', pin.span)) continue
    const old =
      before.find(other => other.what === pin.what && other.place === pin.place && other.name === pin.name) ??
      before.find(other => other.what === pin.what && other.name === pin.name) ??
      // Another image at the same place is fetched in its stead.
      before.find(other => pin.what === 'image' && other.what === 'image' && other.place === pin.place)
    // A tag of somebody else's action can be moved; a commit cannot.
    const loosened = pin.what === 'action' && isCommit(old?.version) && !isCommit(pin.version)
    if ((old && !old.pinned) || (pin.pinned && !loosened)) continue
    // A range of corrections that becomes a range of versions was open before.
    if (pin.what === 'provider' && old?.version.includes('~>')) continue
    facts.push(factOf(artifact, pin, old, 'head', locked))
  }
  // With a lock file, one word about the packages of a file is enough.
  if (locked && artifact.path.endsWith('package.json')) facts.splice(1)
  // What lost its version altogether is no longer in the list.
  for (const old of before) {
    if (!old.pinned || !['chart', 'module'].includes(old.what) || !touches(artifact, 'base', old.span)) continue
    const owner = old.place.slice(0, old.place.lastIndexOf('.'))
    const isKept = after.some(pin => pin.what === old.what && (pin.place === old.place || pin.name === old.name))
    if (isKept || !(await stillThere(artifact, owner))) continue
    facts.push(factOf(artifact, { ...old, version: '', pinned: false }, old, 'base', locked))
  }
  return facts
}

const isCommit = (version: string | undefined): boolean => /^[0-9a-f]{40}$/.test(version ?? '')

/** Does a lock file stand beside a package.json, or in a folder above it, as that of a workspace does? Terraform's stands in the same folder. */
async function isLocked({ change }: FactContext, path: string): Promise<boolean> {
  if (/\.(tf|tofu)$/.test(path)) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1)
    return (await change.trees.head.list()).includes(`${folder}.terraform.lock.hcl`)
  }
  if (!path.endsWith('package.json')) return false
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const lock = /^(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$/
  return (await change.trees.head.list()).some(
    other => lock.test(other.slice(other.lastIndexOf('/') + 1)) && folder.startsWith(other.replace(/[^/]*$/, '')),
  )
}

async function stillThere(artifact: Artifact, owner: string): Promise<boolean> {
  if (artifact.head === undefined || owner === '') return false
  const { scalarsOf } = await import('../environment/scalars.ts')
  const scalars = (await scalarsOf(artifact.head, artifact.language)) ?? []
  // The module moved into the repository needs no version.
  return (
    scalars.some(
      ({ path, text }) => path.startsWith(`${owner}.`) && !(path === `${owner}.source` && /^\.{1,2}\//.test(text)),
    ) && !scalars.some(({ path, text }) => path === `${owner}.source` && /^\.{1,2}\//.test(text))
  )
}

function factOf(artifact: Artifact, pin: Pin, old: Pin | undefined, side: 'head' | 'base', locked: boolean): PinFact {
  return {
    kind: 'pin',
    path: artifact.path,
    side,
    span: pin.span,
    what: pin.what,
    name: pin.name,
    version: pin.version,
    ...(old === undefined ? {} : { baseVersion: old.version }),
    basePinned: old?.pinned ?? (pin.what === 'machine-image' && artifact.base !== undefined && wasFixed(artifact, pin)),
    stateful:
      /postgres|mysql|mariadb|mongo|redis|valkey|elastic|opensearch|kafka|rabbitmq|cassandra|etcd|consul|vault|minio|clickhouse|traefik|nginx|envoy|haproxy|coredns|cilium|istio|cert-manager|external-dns/i.test(
        pin.name,
      ),
    deploys: /deploy|release|publish|prod|\bcd\b|apply|migrat|rollout|upgrade/i.test(artifact.path),
    machines:
      /aws_launch_(template|configuration)|aws_autoscaling_group|node_group|aws_instance|google_compute_instance|instance_template/.test(
        artifact.head?.text ?? '',
      ),
    locked: locked && (artifact.language !== 'hcl' || pin.what === 'provider'),
    keeps: '',
    place: pin.place,
  }
}

/** The same lookup stood there before and named one image. */
function wasFixed(artifact: Artifact, pin: Pin): boolean {
  const name = pin.name.split('.').at(-1) ?? ''
  return name !== '' && (artifact.base?.text.includes(`"${name}"`) ?? false)
}
