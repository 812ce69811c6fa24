/** What of a flagged text goes into its name: a line of minified code can be a megabyte long, and hold many findings. */
const mostText = 10_000

/**
 * A name for a finding that survives shifted lines: made of rule, path and the flagged text without its layout.
 * `nth` tells equal texts in one file apart.
 */
export function fingerprint(rule: string, path: string, flagged: string, nth: number): string {
  // Loading the module costs more than most checks spend on their rules: only a finding needs it.
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256')
    .update([rule, path, flagged.slice(0, mostText).replace(/\s+/g, ' ').trim(), String(nth)].join('\0'))
    .digest('hex')
    .slice(0, 32)
}
