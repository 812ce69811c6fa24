const units: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
}

/** Seconds of a duration as Prometheus writes it (`1h30m`, `5m`, `0`); undefined for anything else. */
export function secondsOf(text: string): number | undefined {
  const trimmed = text.trim()
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed)
  if (!/^(\d+(ms|[smhdwy]))+$/.test(trimmed)) return undefined
  let total = 0
  for (const [, count = '', unit = ''] of trimmed.matchAll(/(\d+)(ms|[smhdwy])/g))
    total += Number(count) * (units[unit] ?? 0)
  return total
}
