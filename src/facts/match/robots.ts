import type { Artifact, Source } from '../../artifact/types.ts'
import { touches } from '../../artifact/types.ts'
import { lineSpan, lineText, type Span } from '../../text/lines.ts'
import type { MatchFact } from './index.ts'

interface Refusal {
  readonly text: string
  readonly span: Span
}

/** `Disallow: /` for all crawlers, where the file did not say so before. */
export function robotsFacts(artifact: Artifact): readonly MatchFact[] {
  if (!/(^|\/)robots\.txt$/i.test(artifact.path) || artifact.head === undefined) return []
  if (artifact.base !== undefined && refusals(artifact.base).length > 0) return []
  return refusals(artifact.head)
    .filter(({ span }) => touches(artifact, 'head', span))
    .map(({ text, span }) => ({
      kind: 'match',
      path: artifact.path,
      side: 'head',
      span,
      listName: 'robots.txt',
      action: 'deny',
      source: 'crawlers',
      change: 'added',
      entry: text,
      reach: 'every page for every crawler',
      others: 0,
      before: artifact.base === undefined ? 0 : 1,
      shadowed: [],
      exceptions: false,
      crossing: false,
    }))
}

function refusals(source: Source): readonly Refusal[] {
  const found: Refusal[] = []
  let forAll = false
  let naming = false
  let group: Refusal[] = []
  let allowed = false
  const close = (): void => {
    if (forAll && !allowed) found.push(...group)
    group = []
    allowed = false
  }
  for (let line = 1; line <= Math.min(source.lines.starts.length, 5000); line++) {
    const [, key = '', value = ''] = /^\s*([\w-]+)\s*:\s*([^#\n]*)/.exec(lineText(source.lines, line)) ?? []
    if (/^user-agent$/i.test(key)) {
      if (!naming) {
        close()
        forAll = false
      }
      naming = true
      forAll ||= value.trim() === '*'
    } else if (key !== '') {
      naming = false
      if (/^allow$/i.test(key)) allowed = true
      if (/^disallow$/i.test(key) && /^\/\*?$/.test(value.trim()))
        group.push({ text: `Disallow: ${value.trim()}`, span: lineSpan(source.lines, line) })
    }
  }
  close()
  return found
}
