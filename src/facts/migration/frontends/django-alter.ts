import type { Operation } from '../operation.ts'
import type { DjangoField } from './django-fields.ts'
import type { DjangoReading, DjangoSetting } from './django-operations.ts'

/**
 * AlterField states the whole field anew, mostly for a help text or a choice: what it does to the database is the
 * difference from the field before. Undefined when that is not known.
 */
export function alterField(
  table: string,
  before: DjangoField | undefined,
  after: DjangoField | undefined,
  setting: DjangoSetting,
): DjangoReading | undefined {
  if (!before || !after) return undefined
  if (after.kind === 'none' || before.kind === 'many' || after.kind === 'many')
    return { now: [{ op: 'harmless', what: 'AlterField' }] }
  const now: Operation[] = []
  const late: Operation[] = []
  const column = after.column.name
  if (before.column.name !== column) now.push({ op: 'rename-column', table, column: before.column.name, to: column })
  const typed = before.kind === 'column' && after.kind === 'column'
  // A key has the type of what it points to, which need not be a number; a class of another package any type.
  if (typed && before.to === undefined && after.to === undefined && !sameType(before, after))
    now.push({ op: 'change-type', table, column, to: after.column.type, from: before.column.type, spec: after.column })
  if (!before.column.notNull && after.column.notNull) {
    // Django fills in the default before it asks for NOT NULL.
    if (after.passingDefault) now.push({ op: 'update-rows', table, filtered: true, batched: false })
    now.push({ op: 'set-not-null', table, column })
  } else if (before.column.notNull && !after.column.notNull) now.push({ op: 'drop-not-null', table, column })
  const fromUnique = before.column.unique || before.column.primaryKey
  const toUnique = after.column.unique || after.column.primaryKey
  if (!fromUnique && toUnique) now.push({ op: 'add-unique', table, columns: [column] })
  else if (fromUnique && !toUnique && !before.column.primaryKey)
    now.push({ op: 'drop-constraint', table, constraint: `${column} unique`, type: 'unique' })
  const mysql = setting.engine === 'mysql' || setting.engine === 'mariadb'
  if (!before.indexed && after.indexed && !toUnique && !(mysql && after.to))
    late.push({ op: 'create-index', table, columns: [column], unique: false, concurrently: false })
  else if (before.indexed && !after.indexed && !toUnique)
    now.push({ op: 'drop-index', table, index: `${table}_${column}`, columns: [column], concurrently: false })
  references(table, before, after, setting, now, late)
  defaults(table, before, after, now)
  return { now: now.length + late.length === 0 ? [{ op: 'harmless', what: 'AlterField' }] : now, late }
}

function sameType(before: DjangoField, after: DjangoField): boolean {
  const [one, other] = [before.column.type, after.column.type]
  return one.name === other.name && one.arguments.join() === other.arguments.join() && one.array === other.array
}

/** Django makes a foreign key anew when it points elsewhere or its constraint is switched on. */
function references(
  table: string,
  before: DjangoField,
  after: DjangoField,
  setting: DjangoSetting,
  now: Operation[],
  late: Operation[],
): void {
  const target = (field: DjangoField): string | undefined =>
    field.to && field.constrained ? setting.tableOf(field.to.model, field.to.app) : undefined
  const [old, fresh] = [target(before), target(after)]
  const columns = [after.column.name]
  if (old !== undefined && fresh === undefined)
    now.push({ op: 'drop-constraint', table, constraint: `${before.column.name} foreign key`, type: 'foreign-key' })
  // `settings.AUTH_USER_MODEL` and the name of the model behind it are the same; only a new constraint is certain.
  else if (old === undefined && fresh !== undefined)
    late.push({ op: 'add-foreign-key', table, columns, references: { table: fresh, columns: ['id'] }, validated: true })
}

function defaults(table: string, before: DjangoField, after: DjangoField, now: Operation[]): void {
  const kept = (field: DjangoField) => (field.passingDefault ? undefined : field.column.default)
  const [old, fresh] = [kept(before), kept(after)]
  const column = after.column.name
  if (fresh && fresh.text !== old?.text) now.push({ op: 'set-default', table, column, default: fresh })
  else if (old && !fresh) now.push({ op: 'drop-default', table, column })
}
