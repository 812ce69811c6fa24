import { entryOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import { type Draft, titleOf } from './draft.ts'
import { containersOf, isWorkload, type Manifests, sameObject } from './objects.ts'

/** Liveness probes that now ask the same address as the readiness probe, and asked another one before. */
export function probeDrafts({ base, head }: Manifests): readonly Draft[] {
  return head.flatMap(workload => {
    const before =
      workload.changed && isWorkload(workload) ? base.find(other => sameObject(other, workload)) : undefined
    if (before === undefined) return []
    return containersOf(workload).flatMap((container): readonly Draft[] => {
      const old = containersOf(before).find(other => textAt(other, 'name') === textAt(container, 'name'))
      const now = asked(container, 'livenessProbe')
      const was = old && asked(old, 'livenessProbe')
      if (old === undefined || was === undefined || now === undefined || was === now) return []
      if (now !== asked(container, 'readinessProbe') || was === asked(old, 'readinessProbe')) return []
      const at = entryOf(valueAt(container, 'livenessProbe', 'httpGet'), 'path')
      const held = { name: titleOf(workload), target: now, field: 'livenessProbe', held: true, from: workload }
      return [{ what: 'probe', ...held, ...(at ? { at: at.keySpan } : {}) }]
    })
  })
}

function asked(container: Plain, probe: string): string | undefined {
  return textAt(container, probe, 'httpGet', 'path')
}
