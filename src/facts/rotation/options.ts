/** Bare words; some take the rest of the line, which is not judged. */
export const bareOptions: ReadonlySet<string> = new Set(
  `hourly daily weekly monthly yearly compress nocompress delaycompress nodelaycompress copy nocopy copytruncate
  nocopytruncate renamecopy norenamecopy create nocreate createolddir nocreateolddir olddir noolddir su dateext nodateext
  dateformat dateyesterday datehourago extension addextension ifempty notifempty missingok nomissingok sharedscripts
  nosharedscripts ignoreduplicates noignoreduplicates allowhardlink noallowhardlink mail nomail mailfirst maillast shred
  noshred compresscmd uncompresscmd compressext compressoptions include tabooext taboopat errors`.split(/\s+/),
)

/** Options with a number. */
export const numberOptions: ReadonlySet<string> = new Set(['rotate', 'maxage', 'minage', 'start', 'shredcycles'])

/** Options with a size: a number with `k`, `K`, `M` or `G`, and nothing else. */
export const sizeOptions: ReadonlySet<string> = new Set(['size', 'maxsize', 'minsize'])

/** Commands between such a word and `endscript`. */
export const scriptOptions: ReadonlySet<string> = new Set([
  'prerotate',
  'postrotate',
  'firstaction',
  'lastaction',
  'preremove',
])

export const allOptions: readonly string[] = [...bareOptions, ...numberOptions, ...sizeOptions, ...scriptOptions]

/** Days between two rotations by time. */
export const frequencies: Readonly<Record<string, number>> = {
  hourly: 1 / 24,
  daily: 1,
  weekly: 7,
  monthly: 30,
  yearly: 365,
}

const units: Readonly<Record<string, number>> = { k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }

/** Bytes of a size; undefined, with the reason, for what logrotate refuses. Measured: lower-case `m` and `g` are no units. */
export function bytesOf(text: string): { readonly bytes: number } | { readonly unit?: string } {
  const found = /^(\d+)([A-Za-z]*)$/.exec(text)
  if (!found) return /[^\d]$/.test(text) ? { unit: text.slice(-1) } : {}
  const [, digits = '', unit = ''] = found
  if (unit === '') return { bytes: Number(digits) }
  const factor = units[unit]
  return factor === undefined ? { unit: unit.slice(-1) } : { bytes: Number(digits) * factor }
}
