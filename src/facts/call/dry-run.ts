import { memo } from '../../artifact/source.ts'
import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import { lineSpan, lineText, type Span } from '../../text/lines.ts'

const name = `(?<![$\\w{])['"]?(?:--)?(?:dry[-_]?run|DRY[-_]?RUN|noop|what[-_]?if|simulate)['"]?`
/** `dry_run: true`, `dryRun = true`, `DRY_RUN=${DRY_RUN:-1}`, `"--dry-run", default=True`, `ENV.fetch("DRY_RUN", "true")`. */
const on = new RegExp(
  `${name}\\s*(?::\\s*(?:bool(?:ean)?\\s*=\\s*)?|=\\s*|,\\s*)["']?(?:\\$\\{\\w+:?-)?["']?(true|1|yes|on)\\b|${name}[^\\n]{0,60}\\bdefault\\s*[:=]\\s*["']?(true|1)\\b`,
  'i',
)

/** Did this file do a dry run unless told otherwise at base, and does so no longer at head? */
export function dryRunLost(artifact: Artifact): boolean {
  const { base, head } = artifact
  return base !== undefined && head !== undefined && byDefault(base) && !byDefault(head)
}

function byDefault(source: Source): boolean {
  return memo(source, 'dry-run', () => on.test(source.text))
}

/** The changed line that speaks of the dry run: where a call is pointed at that the lost default lets through. */
export function dryRunLine(artifact: Artifact): Span | undefined {
  const { head } = artifact
  if (head === undefined) return undefined
  for (let line = 1; line <= head.lines.starts.length; line++) {
    if (!touches(artifact, 'head', { line, endLine: line })) continue
    if (new RegExp(name, 'i').test(lineText(head.lines, line))) return lineSpan(head.lines, line)
  }
  return undefined
}

/** Names of calls and programs that take something away. */
export const takesAway = /^(delete|destroy|remove|terminate|purge|drop|truncate|unlink|prune|wipe|deregister|rm$)/i
