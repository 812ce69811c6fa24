import { roleOf } from '../../artifact/classify.ts'
import type { Tree } from '../../change/types.ts'
import type { VersionFact } from './index.ts'
import { numbersOf } from './numbers.ts'

/** An option or interface that a component no longer knows from a version on. */
interface Gone {
  readonly of: RegExp
  readonly what: readonly VersionFact['what'][]
  readonly from: readonly [number, number]
  readonly option: string
  readonly instead: string
  /** Files that can hold it, by their whole text. */
  readonly inside: RegExp
  readonly pattern: RegExp
  /** Which files to look through; manifests where nothing is said. */
  readonly files?: RegExp
  /** Named in one of the files that say what is installed, it is there all the same. */
  readonly given?: RegExp
}

const corefile = /\bkubernetes\s+cluster\.local|\bCorefile\b/
const api = (version: string, kinds: string): RegExp =>
  new RegExp(
    `^apiVersion:\\s*["']?${version.replaceAll('.', '\\.')}["']?\\s*\\n(?:(?!---)[^\\n]*\\n){0,3}?kind:\\s*(?:${kinds})\\b`,
    'm',
  )
const anyManifest = /^apiVersion:/m
const imports = (names: string): RegExp => new RegExp(`^(?:import|from)[ \\t]+(?:${names})(?=[ \\t.,\\n])`, 'm')
const python = {
  of: /(^|\/)python$/,
  what: ['image'],
  inside: /\bimport\b/,
  instead: 'nothing',
  files: /\.py$/,
} as const
const cluster = { of: /./, what: ['cluster'], inside: anyManifest } as const

/** Sources: release notes of CoreDNS 1.5 and 1.7, the Kubernetes guide to removed APIs, "What's New" of Python 3.12 and 3.13, https://kubernetes.io/blog/2022/05/03/kubernetes-1-24-release-announcement/. */
const table: readonly Gone[] = [
  {
    ...python,
    from: [3, 12],
    option: 'distutils',
    pattern: imports('distutils'),
    given: /^\s*["']?setuptools\b/m,
  },
  { ...python, from: [3, 12], option: 'imp', pattern: imports('imp') },
  {
    ...python,
    from: [3, 12],
    option: 'asyncore',
    pattern: imports('asyncore|asynchat|smtpd'),
    given: /\bpyasync|asyncore/,
  },
  {
    ...python,
    from: [3, 13],
    option: 'cgi',
    pattern: imports('cgi'),
    given: /legacy-cgi|standard-cgi/,
  },
  {
    ...python,
    from: [3, 13],
    option: 'pipes, crypt, telnetlib, imghdr and others',
    pattern: imports('pipes|crypt|telnetlib|imghdr|sndhdr|nntplib|cgitb|aifc|audioop|chunk|uu|xdrlib|spwd|nis|msilib'),
    given: /standard-|audioop-lts|crypt_r|telnetlib3/,
  },
  {
    ...cluster,
    from: [1, 24],
    option: 'node-role.kubernetes.io/master',
    instead: 'node-role.kubernetes.io/control-plane',
    pattern: /nodeSelector:\s*\n\s+["']?node-role\.kubernetes\.io\/master["']?:/,
  },
  {
    of: /(^|\/)coredns$/,
    what: ['image'],
    from: [1, 5],
    option: 'proxy',
    instead: 'forward',
    inside: corefile,
    pattern: /^\s*proxy\s+\S+\s+\S+/m,
  },
  {
    of: /(^|\/)coredns$/,
    what: ['image'],
    from: [1, 7],
    option: 'federation',
    instead: 'nothing',
    inside: corefile,
    pattern: /^\s*federation\s+\S+/m,
  },
  {
    ...cluster,
    from: [1, 16],
    option: 'extensions/v1beta1',
    instead: 'apps/v1',
    pattern: api('extensions/v1beta1', 'Deployment|DaemonSet|ReplicaSet'),
  },
  {
    ...cluster,
    from: [1, 16],
    option: 'apps/v1beta2',
    instead: 'apps/v1',
    pattern: api('apps/v1beta[12]', 'Deployment|DaemonSet|StatefulSet|ReplicaSet'),
  },
  {
    ...cluster,
    from: [1, 22],
    option: 'networking.k8s.io/v1beta1',
    instead: 'networking.k8s.io/v1',
    pattern: api('(?:networking.k8s.io|extensions)/v1beta1', 'Ingress'),
  },
  {
    ...cluster,
    from: [1, 22],
    option: 'rbac.authorization.k8s.io/v1beta1',
    instead: 'rbac.authorization.k8s.io/v1',
    pattern: api('rbac.authorization.k8s.io/v1beta1', 'ClusterRole|ClusterRoleBinding|Role|RoleBinding'),
  },
  {
    ...cluster,
    from: [1, 22],
    option: 'apiextensions.k8s.io/v1beta1',
    instead: 'apiextensions.k8s.io/v1',
    pattern: api('apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition'),
  },
  { ...cluster, from: [1, 25], option: 'batch/v1beta1', instead: 'batch/v1', pattern: api('batch/v1beta1', 'CronJob') },
  {
    ...cluster,
    from: [1, 25],
    option: 'policy/v1beta1',
    instead: 'policy/v1',
    pattern: api('policy/v1beta1', 'PodDisruptionBudget|PodSecurityPolicy'),
  },
  {
    ...cluster,
    from: [1, 26],
    option: 'autoscaling/v2beta2',
    instead: 'autoscaling/v2',
    pattern: api('autoscaling/v2beta[12]', 'HorizontalPodAutoscaler'),
  },
  {
    ...cluster,
    from: [1, 29],
    option: 'flowcontrol.apiserver.k8s.io/v1beta2',
    instead: 'flowcontrol.apiserver.k8s.io/v1',
    pattern: api('flowcontrol.apiserver.k8s.io/v1beta2', 'FlowSchema|PriorityLevelConfiguration'),
  },
]

const manifests = /\.(ya?ml|tpl)$|(^|\/)Corefile/
const isInstallList = (path: string): boolean =>
  /(^|\/)(requirements[^/]*\.(txt|in)|pyproject\.toml|Pipfile|setup\.(py|cfg)|Dockerfile[^/]*)$/.test(path)

async function textsOf(tree: Tree, paths: readonly string[]): Promise<readonly string[]> {
  const texts: string[] = []
  for (const path of paths.slice(0, 50)) texts.push((await tree.read(path)) ?? '')
  return texts
}

const mostFiles = 600
const largest = 300_000

/** Options that are still in the repository after a version came in that no longer knows them. */
export async function leftovers(moves: readonly VersionFact[], tree: Tree): Promise<readonly VersionFact[]> {
  const wanted = moves.flatMap(move => {
    const gone = table.filter(
      ({ of, what, from }) => what.includes(move.what) && of.test(move.name) && crosses(move.base, move.head, from),
    )
    return gone.map(option => ({ move, option }))
  })
  if (wanted.length === 0) return []
  const facts: VersionFact[] = []
  const left = new Set(wanted)
  const listed = await tree.list()
  const needed = [...left].map(({ option }) => option.files ?? manifests)
  const paths = listed.filter(path => needed.some(files => files.test(path)) && roleOf(path) === 'live')
  const installed = await textsOf(tree, wanted.some(({ option }) => option.given) ? listed.filter(isInstallList) : [])
  for (const item of left) if (installed.some(text => item.option.given?.test(text))) left.delete(item)
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text === undefined || text.length > largest) continue
    for (const item of left) {
      const { move, option } = item
      if (!(option.files ?? manifests).test(path)) continue
      const found = option.inside.test(text) ? option.pattern.exec(text) : null
      if (found === null) continue
      left.delete(item)
      const line = text.slice(0, found.index).split('\n').length + (/^\n/.test(found[0]) ? 1 : 0)
      facts.push({
        ...move,
        what: 'leftover',
        option: option.option,
        instead: option.instead,
        otherPath: path,
        otherLine: line,
      })
    }
  }
  return facts
}

function crosses(base: string, head: string, from: readonly [number, number]): boolean {
  const [before, after] = [numbersOf(base), numbersOf(head)]
  const value = (numbers: readonly number[]): number => (numbers[0] ?? 0) * 1000 + (numbers[1] ?? 0)
  return before !== undefined && after !== undefined && value(before) < value(from) && value(after) >= value(from)
}
