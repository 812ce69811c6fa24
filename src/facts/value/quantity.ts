import type { PlainScalar } from '../../artifact/plain.ts'

export type Unit = 'none' | 'percent' | 'seconds' | 'bytes' | 'cores'

/** A number with its unit, converted: seconds, bytes, cores, percent. */
export interface Quantity {
  readonly number: number
  readonly unit: Unit
}

const binary = 1024
const bytes: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  p: 1e15,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  ki: binary,
  mi: binary ** 2,
  gi: binary ** 3,
  ti: binary ** 4,
  pi: binary ** 5,
  kib: binary,
  mib: binary ** 2,
  gib: binary ** 3,
  tib: binary ** 4,
}
const seconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  secs: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  mins: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hr: 3600,
  hour: 3600,
  hours: 3600,
  d: 86400,
  day: 86400,
  days: 86400,
  w: 604800,
  week: 604800,
  weeks: 604800,
}

const cpuKey = /cpu|cores/i
/** systemd counts in seconds where no unit stands: `OnUnitActiveSec=15`. */
const secondsKey = /[a-z]Sec\b/
const sizeKey = /mem|size|heap|storage|disk|ram|bytes|buffer/i

/** Reads a scalar as a quantity. `key` settles what `m` means: thousandths of a core, megabytes or minutes. */
export function quantityOf(scalar: PlainScalar, key: string): Quantity | undefined {
  if (scalar.expression) return undefined
  if (typeof scalar.value === 'number')
    return Number.isFinite(scalar.value) ? withUnit(scalar.value, '', key) : undefined
  if (typeof scalar.value !== 'string' || scalar.value.length > 40) return undefined
  const text = scalar.value.trim()
  const single = /^([+-]?\d[\d_]*(?:\.\d+)?)\s*([A-Za-z]*|%)$/.exec(text)
  if (single) return withUnit(Number((single[1] ?? '').replaceAll('_', '')), single[2] ?? '', key)
  return compoundDuration(text)
}

function withUnit(number: number, suffix: string, key: string): Quantity | undefined {
  if (!Number.isFinite(number)) return undefined
  if (suffix === '') return { number, unit: secondsKey.test(key) ? 'seconds' : 'none' }
  if (suffix === '%') return { number, unit: 'percent' }
  if (suffix === 'm' && cpuKey.test(key)) return { number: number / 1000, unit: 'cores' }
  const lower = suffix.toLowerCase()
  const asTime = seconds[lower]
  // A capital M, or any m below a key about sizes, is mega; a lone m elsewhere is minutes.
  if (asTime !== undefined && suffix !== 'M' && !(lower === 'm' && sizeKey.test(key)))
    return { number: number * asTime, unit: 'seconds' }
  const asBytes = bytes[lower]
  return asBytes === undefined ? undefined : { number: number * asBytes, unit: 'bytes' }
}

function compoundDuration(text: string): Quantity | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|us|ns|[smhdw]))+$/.test(text)) return undefined
  let total = 0
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|us|ns|[smhdw])/g))
    total += Number(number) * (seconds[unit ?? ''] ?? 0)
  return { number: total, unit: 'seconds' }
}

/** Can the two be compared? A bare number counts as bytes or cores, but not as seconds: it may be milliseconds. */
export function comparable(a: Quantity, b: Quantity): boolean {
  if (a.unit === b.unit) return true
  const other = a.unit === 'none' ? b.unit : b.unit === 'none' ? a.unit : undefined
  return other === 'bytes' || other === 'cores'
}
