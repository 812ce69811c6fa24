import type { Rewrite } from '../facts/rewrite.ts'
import { plain } from './plain.ts'

/** One piece of code with the sentence that leads to it: `Build it beside the traffic. In place of line 3:` */
export interface Shown {
  readonly lead: string
  readonly language: string
  readonly code: string
}

/** The code of a rewrite, safe to print, each piece with its lead. */
export function shownParts({ title, parts }: Rewrite): readonly Shown[] {
  return parts.map(({ where, language, code }, at) => ({
    lead: plain(`${at === 0 ? `${title}. ` : ''}${where}:`),
    language,
    code: plain(code).replace(/^\n+|\s+$/g, ''),
  }))
}

/** A rewrite as plain text, for places that know no markup. */
export function plainRewrite(rewrite: Rewrite): string {
  return shownParts(rewrite)
    .map(({ lead, code }) => `${lead}\n\n${code}`)
    .join('\n\n')
}
