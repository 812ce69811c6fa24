import { entryOf, textAt } from '../../artifact/plain.ts'
import type { Artifact } from '../../artifact/types.ts'
import { escapePattern } from '../../text/pattern.ts'
import type { FactContext } from '../types.ts'
import { mapsOf } from './documents.ts'
import { quiet } from './fact.ts'
import type { AlertFact } from './index.ts'
import { ruleTexts } from './services.ts'

/** Recording rules that are gone from the whole change while other rules still ask for the series they made. */
export async function lostRecords(context: FactContext, artifacts: readonly Artifact[]): Promise<readonly AlertFact[]> {
  const gone = new Map<string, AlertFact>()
  const kept = new Set<string>()
  for (const artifact of artifacts) {
    const { base, head, language } = artifact
    if (language === 'hcl') continue
    if (head !== undefined) for (const { node } of await mapsOf(head, language)) kept.add(textAt(node, 'record') ?? '')
    if (base === undefined || !/\brecord\b/.test(base.text)) continue
    for (const { node, place } of await mapsOf(base, language)) {
      const record = entryOf(node, 'record')
      const name = textAt(node, 'record')
      // A plain word may be anything; the names of recorded series are told by their colons.
      if (record === undefined || name === undefined || !name.includes(':')) continue
      const [path, side, span] = [artifact.path, 'base' as const, place(record.value.span)]
      gone.set(name, {
        ...quiet,
        kind: 'alert',
        what: 'metric',
        path,
        side,
        span,
        change: 'removed',
        name,
        source: 'prometheus',
      })
    }
  }
  const lost = [...gone.values()].filter(({ name }) => !kept.has(name))
  if (lost.length === 0) return []
  const rules = await ruleTexts(context, /^\s*(-\s*)?["']?(?:alert|record)["']?\s*:/m)
  return lost.flatMap(fact => {
    const recorded = new RegExp(`record["']?:\\s*["']?${escapePattern(fact.name)}(?![\\w:])`)
    if (rules.some(({ text }) => recorded.test(text))) return []
    const usedBy = rules.filter(({ text }) => asks(text, fact.name)).map(({ path }) => path)
    return usedBy.length === 0 ? [] : [{ ...fact, usedBy }]
  })
}

function asks(text: string, name: string): boolean {
  return text.split('\n').some(line => {
    const at = line.indexOf(name)
    if (at === -1 || /^\s*(#|-?\s*["']?record\b)/.test(line)) return false
    return !/[\w:]/.test(line.charAt(at - 1)) && !/[\w:]/.test(line.charAt(at + name.length))
  })
}
