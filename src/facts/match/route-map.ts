import type { Artifact } from '../../artifact/types.ts'
import { lineSpan, lineText } from '../../text/lines.ts'
import type { Term, TermList } from './junos.ts'

const opens = /^route-map\s+(\S+)\s+(permit|deny)\s+(\d+)\s*$/
const longest = 300_000

/** `route-map NAME permit 10` of Cisco, FRR and Arista: each number is a term, its conditions are the `match` lines below it. */
export function routeMaps(artifact: Artifact, side: 'base' | 'head'): readonly TermList[] {
  const source = artifact[side]
  if (source === undefined || source.text.length > longest || !/^route-map\s/m.test(source.text)) return []
  const maps = new Map<string, Term[]>()
  const count = source.lines.starts.length
  for (let line = 1; line <= count; line++) {
    const [, name, outcome, number = ''] = opens.exec(lineText(source.lines, line)) ?? []
    if (name === undefined) continue
    const conditions = new Map<string, string[]>()
    for (let below = line + 1; below <= count; below++) {
      const text = lineText(source.lines, below)
      if (!/^\s+\S/.test(text)) break
      const [, negated, field = '', value = ''] = /^\s+(no\s+)?(match\s+\S+|call)\s*(.*)$/.exec(text) ?? []
      if (field !== '' && negated === undefined) conditions.set(field, [...(conditions.get(field) ?? []), value])
    }
    const term: Term = {
      name: number,
      conditions,
      outcome: outcome === 'permit' ? 'accept' : 'reject',
      span: lineSpan(source.lines, line),
    }
    maps.set(name, [...(maps.get(name) ?? []), term])
  }
  return [...maps].map(([name, terms]) => ({ id: `route-map ${name}`, name, terms }))
}
