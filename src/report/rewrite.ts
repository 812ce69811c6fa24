import type { Rewrite } from '../facts/rewrite.ts'
import type { Finding } from '../rule/types.ts'
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

/** Tells a rewrite that stood in the report before, of another finding about the same statement: the rule it stood with. */
export function repeats(): (finding: Finding) => string | undefined {
  const seen = new Map<string, string>()
  return ({ rule, path, rewrite }) => {
    if (rewrite === undefined) return undefined
    const key = JSON.stringify([path, rewrite])
    const before = seen.get(key)
    if (before === undefined) seen.set(key, rule)
    return before
  }
}

/** A rewrite as plain text, for places that know no markup. */
export function plainRewrite(rewrite: Rewrite): string {
  return shownParts(rewrite)
    .map(({ lead, code }) => `${lead}\n\n${code}`)
    .join('\n\n')
}
