import type { VersionFact } from './index.ts'

/** The numbers of a version: `v1.2.3`, `14-alpine`, `~> 5.0`, `POSTGRES_14`, `8.0.mysql_aurora.3.04.0`. */
export function numbersOf(text: string): readonly number[] | undefined {
  if (/^[0-9a-f]{7,40}$/.test(text) && /[a-f]/.test(text)) return undefined
  const clean = text.trim().replace(/^(?:[~^<>=!\s]+|v(?=\d)|[A-Z][A-Z_]*_(?=\d)|RELEASE\.|release-|chart-)+/, '')
  const found = /^\d{1,4}(?:[._]\d{1,6})*/.exec(clean)?.[0]
  return found?.split(/[._]/).map(Number)
}

/** How far two versions are apart; undefined when they are no versions or the same. */
export function stepOf(base: string, head: string): Pick<VersionFact, 'step' | 'parts'> | undefined {
  const [from, to] = [numbersOf(base), numbersOf(head)]
  if (from === undefined || to === undefined) return undefined
  // A date is not a version whose first part means anything.
  if ((from[0] ?? 0) >= 1900 || (to[0] ?? 0) >= 1900) return undefined
  const length = Math.max(from.length, to.length)
  for (let at = 0; at < Math.min(length, 3); at++) {
    // What one side does not say (`14` to `14.2`) is no step.
    const [a, b] = [from[at], to[at]]
    if (a === undefined || b === undefined) return undefined
    if (a === b) continue
    const isZero = from[0] === 0 && to[0] === 0
    const step = at === 0 || (at === 1 && isZero) ? 'major' : at === 1 ? 'minor' : 'patch'
    return { step, parts: b - a }
  }
  return undefined
}
