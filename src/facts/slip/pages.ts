import type { Artifact, Source } from '../../artifact/types.ts'
import { lineText } from '../../text/lines.ts'
import { freshMatches, type Slip } from './found.ts'

/** The frame that all pages of a site share. */
const frame =
  /(^|\/)(layouts?|_layouts|layout)\/[^/]+$|(^|\/)_?(layout|application|base|_document|_app|head|root|header|meta|main|master|index)[\w.-]*\.\w+$/i
const forgets =
  /<meta\s[^>]*\bname=["'{]*robots["'}]*\s[^>]*\bcontent=["'{]*[^"'>]*\bnoindex\b|\brobots:\s*(?:\{\s*index:\s*false|["'][^"'\n]*\bnoindex)|\bmeta\s*\(?\s*name[:=]\s*["']robots["'],?\s*content[:=]\s*["'][^"']*noindex/gi
const conditional =
  /<%[-=]?\s*(?:if|unless)\b|\{%-?\s*(?:if|unless)\b|\{\{#|\bif\b|\bunless\b|&&|\?|\b(?:env|environment|staging|preview|draft|private|noindex_)\b|v-if|ng-if|- if/i
const aside =
  /(^|[/._-])(admin|account|login|auth|error|errors|404|500|internal|staff|staging|preview|mailer|mail|emails?|print|pdf|embed)([/._-]|$)/i

/** Pages of a site that ask search engines to leave them out, in the frame that all of them share. */
export function noIndex(artifact: Artifact, source: Source): readonly Slip[] {
  const { base } = artifact
  if (base === undefined || /noindex/i.test(base.text) || !frame.test(artifact.path) || aside.test(artifact.path))
    return []
  if (artifact.environment === 'lower') return []
  return freshMatches(artifact, source, forgets)
    .filter(({ span }) =>
      [0, 1, 2].every(back => span.line <= back || !conditional.test(lineText(source.lines, span.line - back))),
    )
    .map(({ span }) => ({ what: 'noindex', name: 'noindex', span }))
}
