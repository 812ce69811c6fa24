/**
 * How big a machine of a cloud is, by its name, in multiples of the provider's smallest common step. Only sizes of the
 * same provider compare. Undefined for text that is no such name.
 */
export interface InstanceSize {
  readonly provider: 'aws' | 'gcp' | 'azure' | 'fly' | 'heroku' | 'render'
  readonly size: number
}

const aws: Readonly<Record<string, number>> = { nano: 1, micro: 2, small: 4, medium: 8, large: 16, xlarge: 32 }
const gcpShared: Readonly<Record<string, number>> = {
  'f1-micro': 0.2,
  'g1-small': 0.5,
  'e2-micro': 0.25,
  'e2-small': 0.5,
  'e2-medium': 1,
}
const plans: readonly (readonly [InstanceSize['provider'], readonly string[]])[] = [
  ['heroku', ['eco', 'basic', 'standard-1x', 'standard-2x', '-', '-', 'performance-m', '-', 'performance-l']],
  ['render', ['starter', 'standard', 'pro', 'pro plus', 'pro max', 'pro ultra']],
]

export function instanceSizeOf(text: string): InstanceSize | undefined {
  if (text.length > 60) return undefined
  const name = text.trim().toLowerCase()
  return awsSize(name) ?? gcpSize(name) ?? azureSize(name) ?? planSize(name)
}

/** Head's size divided by base's, when both are sizes of one provider. */
export function sizeRatioOf(base: string, head: string): number | undefined {
  const from = instanceSizeOf(base)
  const to = instanceSizeOf(head)
  return from && to && from.provider === to.provider && from.size > 0 ? to.size / from.size : undefined
}

function awsSize(name: string): InstanceSize | undefined {
  const match =
    /^(?:db\.|cache\.|ml\.)?[a-z]{1,4}\d[a-z0-9-]*\.(nano|micro|small|medium|large|(\d*)xlarge)(?:\.(?:search|elasticsearch))?$/.exec(
      name,
    )
  if (!match) return undefined
  const times = match[2]
  return { provider: 'aws', size: times ? Number(times) * 32 : (aws[match[1] ?? ''] ?? 32) }
}

function gcpSize(name: string): InstanceSize | undefined {
  const plain = name.replace(/^db-/, '').replace(/^perf-optimized-n-/, 'n2-standard-')
  const shared = gcpShared[plain]
  if (shared !== undefined) return { provider: 'gcp', size: shared }
  const match =
    /^(?:[a-z]\d[a-z]?-)?(?:standard|highmem|highcpu|megamem|ultramem|custom)-(\d+)(?:-\d+)?(?:-lssd)?$/.exec(plain)
  return match ? { provider: 'gcp', size: Number(match[1]) } : undefined
}

function azureSize(name: string): InstanceSize | undefined {
  const match =
    /^(?:(?:b|gp|mo)_)?standard_[a-z]{1,3}(\d+)(?:-\d+)?[a-z]*(?:_v\d+)?$|^(?:gp|bc|mo|hs|b)(?:_s)?_gen\d_(\d+)$/.exec(
      name,
    )
  return match ? { provider: 'azure', size: Number(match[1] ?? match[2]) } : undefined
}

function planSize(name: string): InstanceSize | undefined {
  const fly = /^(shared-cpu|performance)-(\d+)x$/.exec(name)
  if (fly) return { provider: 'fly', size: Number(fly[2]) * (fly[1] === 'performance' ? 16 : 1) }
  for (const [provider, order] of plans) {
    const index = order.indexOf(name)
    if (index !== -1) return { provider, size: 2 ** index }
  }
  return undefined
}
