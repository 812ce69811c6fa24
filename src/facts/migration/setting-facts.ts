import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'
import type { Operation, Step } from './operation.ts'
import { switchesChecksOff, type Walked } from './transaction.ts'

/** Operations on rows or columns in use for which it matters that nobody checks them. */
const needsChecks: ReadonlySet<Operation['op']> = new Set([
  'change-type',
  'drop-column',
  'add-foreign-key',
  'update-rows',
  'delete-rows',
  'insert-select',
  'truncate',
  'rename-column',
])

/** Settings that switch checks off, where a table in use is changed meanwhile. */
export function settingFacts(
  setting: Setting,
  shown: readonly Walked[],
  touched: readonly Step[],
): readonly MigrationFact[] {
  return touched.flatMap(step => {
    if (step.kind !== 'set' || switchesChecksOff(step.name, step.value) !== true) return []
    const after = shown.find(
      ({ operation, around, step: { span } }) =>
        around.checksOff &&
        needsChecks.has(operation.op) &&
        span.line >= step.span.line &&
        'table' in operation &&
        !setting.isNew(operation.table ?? ''),
    )
    if (after === undefined || !('table' in after.operation)) return []
    return [
      {
        ...blankFact(setting, 'setting', step.text),
        span: step.span,
        table: after.operation.table ?? '',
        how: step.name,
        to: step.value,
      },
    ]
  })
}
