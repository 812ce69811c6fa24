import type { Artifact, Source } from '../../artifact/types.ts'
import { lineSpan, type Span } from '../../text/lines.ts'
import type { FactContext } from '../types.ts'
import { quiet } from './fact.ts'
import type { AlertFact } from './index.ts'
import { ruleTexts } from './services.ts'

/** Where kube-state-metrics is told which labels it exports: `metricLabelsAllowlist` of its chart, `--metric-labels-allowlist` of its command. */
export const labelList = /metric-?labels-?allow-?list/i

/** Labels that kube-state-metrics exports no longer while rules select or group by them. */
export async function lostLabelMetrics(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<readonly AlertFact[]> {
  const facts: AlertFact[] = []
  for (const artifact of artifacts) {
    if (artifact.base === undefined || !labelList.test(artifact.base.text)) continue
    const kept = artifact.head === undefined ? new Map<string, Span>() : exported(artifact.head)
    if (kept.has('*')) continue
    const gone = [...exported(artifact.base)].filter(([label]) => label !== '*' && !kept.has(label))
    if (gone.length === 0) continue
    const rules = await ruleTexts(context)
    for (const [label, span] of gone) {
      // Prometheus allows no other characters in names, so the exporter replaces them.
      const name = `label_${label.replace(/[^a-zA-Z0-9]/g, '_')}`
      const usedBy = rules.filter(({ text }) => new RegExp(`\\b${name}\\b`).test(text)).map(({ path }) => path)
      if (usedBy.length === 0) continue
      facts.push({
        ...quiet,
        kind: 'alert',
        what: 'metric',
        path: artifact.path,
        side: 'base',
        span,
        change: 'removed',
        name,
        source: 'prometheus',
        usedBy,
      })
    }
  }
  return facts
}

/** The labels of a list such as `pods=[app,team]`, each with its line. */
function exported(source: Source): ReadonlyMap<string, Span> {
  const found = new Map<string, Span>()
  source.text.split('\n').forEach((line, at) => {
    for (const [, list = ''] of line.matchAll(/\b[a-z]+=\[([^\]]*)\]/g))
      for (const label of list.split(',').map(item => item.trim()))
        if (label !== '' && !found.has(label)) found.set(label, lineSpan(source.lines, at + 1))
  })
  return found
}
