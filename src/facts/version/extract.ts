import { type Artifact, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import type { Scalar } from '../environment/scalars.ts'
import { scalarsOf } from '../environment/scalars.ts'
import { type Pin, pinsOf } from '../pin/pins.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { VersionFact } from './index.ts'
import { leftovers } from './leftovers.ts'
import { localFacts } from './local.ts'
import { lockFacts } from './locks.ts'
import { stepOf } from './numbers.ts'
import { roleOfComponent, roleOfResource } from './roles.ts'

/** Facts about versions that move in configuration, and about locked packages that leave others behind. */
export async function extractVersions(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly VersionFact[] }> {
  const facts: VersionFact[] = []
  const notAnalysed: NotAnalysed[] = []
  for (const artifact of artifacts) {
    try {
      facts.push(...(await movesIn(artifact)))
    } catch (error) {
      notAnalysed.push({ path: artifact.path, reason: `its versions could not be compared (${messageOf(error)})` })
    }
  }
  facts.push(...(await leftovers(facts, context.change.trees.head)))
  return { facts: [...facts, ...(await lockFacts(context.change)), ...(await localFacts(context.change))], notAnalysed }
}

const largest = 500_000

interface Version extends Pick<Pin, 'name' | 'version' | 'place' | 'span'> {
  readonly what: VersionFact['what']
  readonly role: VersionFact['role']
  readonly allowed: boolean
}

async function movesIn(artifact: Artifact): Promise<readonly VersionFact[]> {
  const { base, head, language, kind } = artifact
  if (!base || !head || Math.max(base.text.length, head.text.length) > largest) return []
  const [before, after] = await Promise.all([versionsOf(base, language, kind), versionsOf(head, language, kind)])
  const places = new Set(after.map(({ what, place }) => `${what} ${place}`))
  return after.flatMap((now): readonly VersionFact[] => {
    if (!touches(artifact, 'head', now.span)) return []
    const old =
      before.find(other => other.what === now.what && other.place === now.place && other.name === now.name) ??
      before.find(
        other => other.what === now.what && other.name === now.name && !places.has(`${other.what} ${other.place}`),
      )
    const step = old && stepOf(old.version, now.version)
    if (!old || !step) return []
    const { what, name, role, allowed, span } = now
    const place = { kind: 'version', path: artifact.path, side: 'head', span } as const
    return [{ ...place, what, name, base: old.version, head: now.version, ...step, role, allowed }]
  })
}

const kinds: Partial<Record<Pin['what'], VersionFact['what']>> = {
  image: 'image',
  chart: 'chart',
  module: 'module',
  provider: 'provider',
}

async function versionsOf(
  source: NonNullable<Artifact['head']>,
  language: Artifact['language'],
  kind: Artifact['kind'],
): Promise<readonly Version[]> {
  const pins = (await pinsOf(source, language, kind)) ?? []
  const named = pins.flatMap((pin): readonly Version[] => {
    const what = kinds[pin.what] ?? (pin.what === 'revision' && /^v?\d/.test(pin.version) ? 'chart' : undefined)
    if (what === undefined) return []
    // A database built into an image of another name (`pgvector/pgvector:pg16`) says its version after a prefix.
    const version = what === 'image' ? pin.version.replace(/^(pg|postgres|redis|mysql)-?(?=\d)/, '') : pin.version
    const { name, place, span } = pin
    return [{ what, name, version, place, span, role: roleOfComponent(name), allowed: false }]
  })
  if (language === 'dockerfile') return named
  const scalars = (await scalarsOf(source, language)) ?? []
  return [...named, ...scalars.flatMap(scalar => engine(scalar, scalars))]
}

const engineKeys =
  /^(engine_version|EngineVersion|database_version|elasticsearch_version|opensearch_version|server_version|mongo_db_major_version|kafka_version|engineVersion|postgresVersion|postgresql_version)$/
const clusterKeys =
  /^(kubernetes_version|cluster_version|min_master_version|k8s_version|kubernetesVersion|orchestrator_version)$/

function engine(scalar: Scalar, all: readonly Scalar[]): readonly Version[] {
  const { key, text, path, parent, span } = scalar
  const type = /^(?:resource\.)?([\w-]+)\./.exec(path)?.[1] ?? parent
  const isEngine =
    engineKeys.test(key) ||
    (key === 'version' &&
      /(postgresql|mysql|mariadb|mssql|mongodb|ec_deployment|elasticsearch|redis|opensearch)\w*\.[\w-]+\.version$/.test(
        path,
      ) &&
      /^resource\./.test(path))
  const isCluster =
    clusterKeys.test(key) ||
    (key === 'version' &&
      /^resource\.(aws_eks_cluster|digitalocean_kubernetes_cluster|scaleway_k8s_cluster)\./.test(path))
  if (!isEngine && !isCluster) return []
  const allowed = all.some(
    other =>
      other.parent === parent &&
      /^(allow_major_version_upgrade|AllowMajorVersionUpgrade)$/.test(other.key) &&
      other.text === 'true',
  )
  const name = parent.replace(/^resource\./, '')
  const version = text.replace(/^[A-Za-z]+_(?=\d)/, '').replaceAll(/(?<=\d)_(?=\d)/g, '.')
  return [
    {
      what: isEngine ? 'engine' : 'cluster',
      name: name === '' ? key : name,
      version,
      place: path,
      span,
      role: isEngine ? roleOfResource(type) : 'other',
      allowed,
    },
  ]
}
