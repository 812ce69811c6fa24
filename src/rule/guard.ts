import type { Fact } from '../facts/types.ts'

interface Guard {
  readonly field: string
  /** Words of which the field must be one, or what the flag must be. */
  readonly allowed: ReadonlySet<unknown>
}

/**
 * A cheap test that every fact passes for which the condition can hold: the parts of a conjunction that compare a field
 * with fixed words, or ask for a flag. Most rules are about one operation out of forty, and CEL need not be asked for
 * the others. A condition of another form lets every fact pass.
 */
export function guardOf(condition: string): (fact: Fact) => boolean {
  const guards = conjuncts(condition).flatMap(part => guardIn(part) ?? [])
  if (guards.length === 0) return () => true
  return fact =>
    guards.every(({ field, allowed }) => {
      const value: unknown = Reflect.get(fact, field)
      // What is absent is for CEL to decide.
      return (typeof value !== 'string' && typeof value !== 'boolean') || allowed.has(value)
    })
}

/** The parts of `a && b && c`; nothing where the condition is anything else at its top. */
function conjuncts(condition: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < condition.length; at++) {
    const char = condition[at] ?? ''
    if (char === '"' || char === "'") {
      at = endOfText(condition, at)
      // Raw strings and escapes are left to CEL.
      if (at === -1) return []
    } else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) depth--
    else if (depth === 0 && (char === '?' || condition.startsWith('||', at))) return []
    else if (depth === 0 && condition.startsWith('&&', at)) {
      parts.push(condition.slice(start, at).trim())
      start = at + 2
      at++
    }
  }
  return [...parts, condition.slice(start).trim()]
}

function endOfText(condition: string, from: number): number {
  const end = condition.indexOf(condition[from] ?? '', from + 1)
  return end === -1 || condition.slice(from, end).includes('\\') ? -1 : end
}

function guardIn(part: string): Guard | undefined {
  const [, field, word] = /^(\w+) == (?:"([^"]*)"|'[^']*')$/.exec(part) ?? []
  if (field !== undefined) return { field, allowed: new Set([word ?? part.slice(part.indexOf("'") + 1, -1)]) }
  const [, member, list = ''] = /^(\w+) in \[((?:\s*(?:"[^"]*"|'[^']*')\s*,?)+)\]$/.exec(part) ?? []
  if (member !== undefined)
    return { field: member, allowed: new Set([...list.matchAll(/["']([^"']*)["']/g)].map(([, text = '']) => text)) }
  const [, not, flag] = /^(!?)([A-Za-z]\w*)$/.exec(part) ?? []
  if (flag !== undefined && flag !== 'true' && flag !== 'false') return { field: flag, allowed: new Set([not === '']) }
  const [, inner] = /^\(([^()]*)\)$/.exec(part) ?? []
  return inner === undefined ? undefined : alternatives(inner)
}

/** `(operation == 'a' || operation == 'b')`. */
function alternatives(inner: string): Guard | undefined {
  const guards = inner.split('||').map(part => guardIn(part.trim()))
  const field = guards[0]?.field
  if (field === undefined || guards.some(guard => guard?.field !== field)) return undefined
  return { field, allowed: new Set(guards.flatMap(guard => [...(guard?.allowed ?? [])])) }
}
