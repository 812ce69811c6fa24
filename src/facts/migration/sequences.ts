import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'
import type { Operation, Step } from './operation.ts'

const set = /\bsetval\s*\(\s*'([\w."]+)'(?:::regclass)?\s*,\s*[01]\s*(?:,\s*(?:true|false)\s*)?\)/i
const restart = /^\s*ALTER\s+SEQUENCE\s+(?:IF\s+EXISTS\s+)?([\w."]+)\s+RESTART(?:\s+(?:WITH\s+)?[01])?\s*;?\s*$/i

/** The table of `orders_id_seq`; a sequence of another name counts something that may well begin anew. */
const owner = /^(?:"?\w+"?\.)?"?(\w+?)_(?:id|pk)_seq"?$/i

/** Sequences behind the keys of tables that count from the beginning again, while the rows of the table stay. */
export function sequencesBack(
  setting: Setting,
  touched: readonly Step[],
  operations: readonly Operation[],
): readonly MigrationFact[] {
  if (setting.engine !== 'postgres') return []
  return touched.flatMap((step): readonly MigrationFact[] => {
    if (step.kind !== 'change') return []
    const name = (set.exec(step.text) ?? restart.exec(step.text))?.[1]
    const table = name === undefined ? undefined : owner.exec(name)?.[1]
    if (name === undefined || table === undefined || setting.isNew(table) || isEmptied(table, operations)) return []
    return [
      { ...blankFact(setting, 'sequence-back', step.text), span: step.span, table, how: name.replaceAll('"', '') },
    ]
  })
}

const isEmptied = (table: string, operations: readonly Operation[]): boolean =>
  operations.some(
    item =>
      'table' in item &&
      (item.table === table || item.table?.endsWith(`.${table}`) === true) &&
      /^(truncate|delete-rows|drop-table|create-table|rename-table)$/.test(item.op),
  )
