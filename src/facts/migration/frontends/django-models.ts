import { argumentOf, type PyCall, type PyValue } from '../../../artifact/python.ts'
import type { DjangoReading, DjangoSetting } from './django-operations.ts'

const textOf = (value: PyValue | undefined): string | undefined =>
  value?.kind === 'text' && value.holes === 0 ? value.text : undefined

const harmless = (what: string): DjangoReading => ({ now: [{ op: 'harmless', what }] })

/** A model under a new name: its table is renamed as well, unless the model names it. */
export function renameModel(call: PyCall, setting: DjangoSetting): DjangoReading | undefined {
  const from = textOf(argumentOf(call, 0, 'old_name'))
  const to = textOf(argumentOf(call, 1, 'new_name'))
  if (from === undefined || to === undefined) return undefined
  const table = setting.tableOf(from)
  setting.renamed.set(to.toLowerCase(), setting.renamed.get(from.toLowerCase()) ?? from.toLowerCase())
  if ((setting.tables.get(from.toLowerCase()) ?? setting.history.table(from.toLowerCase())) !== undefined) {
    setting.tables.set(to.toLowerCase(), table)
    return harmless('RenameModel')
  }
  return { now: [{ op: 'rename-table', table, to: setting.tableOf(to) }] }
}

/** A model on another table. */
export function alterModelTable(table: string, model: string, call: PyCall, setting: DjangoSetting): DjangoReading {
  const to = textOf(argumentOf(call, 1, 'table'))
  if (to !== undefined) setting.tables.set(model.toLowerCase(), to)
  return to === undefined || to === table ? harmless('AlterModelTable') : { now: [{ op: 'rename-table', table, to }] }
}
