import { operationsOn, sortedOf } from './by-table.ts'
import type { MigrationFact } from './fact.ts'
import { droppedUnique, replacedIndex } from './indexes.ts'
import type { Operation, Reference } from './operation.ts'
import type { KnownTable, Schema } from './schema.ts'
import type { Walked } from './transaction.ts'

/** What the rest of the change and the schema at base say about an operation. */
export function fromSurroundings(
  operation: Operation,
  before: Schema,
  everyOperation: readonly Operation[],
): Partial<MigrationFact> {
  switch (operation.op) {
    case 'drop-index':
      return replacedIndex(operation, before, everyOperation)
    case 'drop-constraint':
      return {
        undone: isUndone(operation, everyOperation),
        ...droppedUnique(operation, before, everyOperation),
      }
    case 'change-type': {
      const required = requiredByDeclaration(operation, before, everyOperation)
      if (operation.from !== undefined) return required
      const type = before.tables.get(operation.table)?.columns.get(operation.column)?.type
      return type === undefined ? required : { typeFrom: type.text, ...required }
    }
    case 'update-rows':
    case 'delete-rows':
      return { triggers: triggersOn(operation.table, before, everyOperation) }
    case 'drop-table':
      return { viewsOver: viewsOver(operation, before, everyOperation) }
    case 'drop-column':
      return {
        viewsOver: viewsOver(operation, before, everyOperation),
        swap: namesTaken(operation.table, everyOperation).has(operation.column),
      }
    case 'rename-column':
      return { swap: namesTaken(operation.table, everyOperation).has(operation.column) }
    case 'rename-table':
      return { swap: sortedOf(everyOperation).taken.has(operation.table) }
    case 'constrain-domain':
      return everyOperation.some(item => item.op === 'create-domain' && item.name === operation.name)
        ? { newTable: true }
        : {}
    // The guard at the head of a script that creates the type.
    case 'drop-type':
      return { newTable: sortedOf(everyOperation).types.has(operation.name) }
    case 'add-foreign-key':
      return {
        cascadeBegins: cascadeBegins(operation, before),
        indexed: isIndexed(operation.table, operation.columns, before, everyOperation),
      }
    case 'set-not-null':
      return {
        ...requiredOf(operation.table, operation.column, before, everyOperation),
        becomesRequired: before.tables.get(operation.table)?.columns.get(operation.column)?.notNull !== true,
        filledBefore: updatesRows(operation.table, everyOperation),
      }
    case 'add-check':
      return requiredByCheck(operation, before, everyOperation)
    case 'recreate-table':
      return recreated(operation, before, everyOperation)
    default:
      return { undone: isUndone(operation, everyOperation) }
  }
}

/** Views at base whose query reads what goes; those that the change drops or makes anew look after themselves. */
function viewsOver(
  operation: Extract<Operation, { op: 'drop-column' | 'drop-table' }>,
  before: Schema,
  everyOperation: readonly Operation[],
): readonly string[] {
  if (before.viewReads.size === 0) return []
  const bare = operation.table.slice(operation.table.lastIndexOf('.') + 1)
  const handled = new Set(
    everyOperation.flatMap(item =>
      /^(create|drop|rename)-object$/.test(item.op) && 'name' in item ? [item.name] : [],
    ),
  )
  return [...before.viewReads].flatMap(([view, { tables, columns }]) => {
    const reads = tables.includes(bare) && (operation.op === 'drop-table' || columns.includes(operation.column))
    return reads && !handled.has(view) ? [view] : []
  })
}

const cascades = ({ cascades: told, actions = '' }: Reference): boolean =>
  told === true || /\bON DELETE CASCADE\b/i.test(actions)

/** Does the key on the same columns, so far, keep a row from being deleted while others refer to it? */
function cascadeBegins(
  { table, columns, references }: Extract<Operation, { op: 'add-foreign-key' }>,
  before: Schema,
): boolean {
  if (!cascades(references)) return false
  const had = (before.tables.get(table)?.foreignKeys ?? []).filter(
    key => key.references.table === references.table && key.columns.join() === columns.join(),
  )
  return had.length > 0 && had.every(key => !cascades(key.references))
}

/** Names that columns of a table get in the change, by renaming or by being added. */
function namesTaken(table: string, everyOperation: readonly Operation[]): ReadonlySet<string> {
  return new Set(
    operationsOn(table, everyOperation).flatMap(item =>
      item.op === 'rename-column' ? [item.to] : item.op === 'add-column' ? [item.column.name] : [],
    ),
  )
}

type Required = Pick<MigrationFact, 'addedNow' | 'noDefault'>

/** Whether the change adds a column that becomes required, and whether nothing fills it for code that does not name it. */
function requiredOf(table: string, column: string, before: Schema, everyOperation: readonly Operation[]): Required {
  const own = operationsOn(table, everyOperation)
  const added = own.find(item => item.op === 'add-column' && item.column.name === column)
  const spec = added?.op === 'add-column' ? added.column : before.tables.get(table)?.columns.get(column)
  const no = { addedNow: false, noDefault: false }
  if (spec === undefined || spec.notNull) return no
  const has = (op: 'set-default' | 'drop-default'): boolean =>
    own.some(item => item.op === op && item.column === column)
  const filled =
    spec.generated !== undefined ||
    spec.numbered ||
    has('set-default') ||
    (spec.default !== undefined && !/^null\b/i.test(spec.default.text) && !has('drop-default')) ||
    triggersOn(table, before, everyOperation).length > 0
  return filled ? no : { addedNow: added !== undefined, noDefault: true }
}

const updatesRows = (table: string, everyOperation: readonly Operation[]): boolean =>
  operationsOn(table, everyOperation).some(({ op }) => /^(update-rows|delete-rows|truncate)$/.test(op))

/** MySQL declares a column anew: what was nullable is required when the new declaration says NOT NULL. */
function requiredByDeclaration(
  { table, column, spec }: Extract<Operation, { op: 'change-type' }>,
  before: Schema,
  everyOperation: readonly Operation[],
): Partial<MigrationFact> {
  if (spec?.notNull !== true || spec.numbered || spec.primaryKey || spec.generated !== undefined) return {}
  const added = operationsOn(table, everyOperation).find(
    item => item.op === 'add-column' && item.column.name === column,
  )
  const known = added?.op === 'add-column' ? added.column : before.tables.get(table)?.columns.get(column)
  if (known === undefined || known.notNull || known.primaryKey) return {}
  const filled = spec.default !== undefined && !/^null\b/i.test(spec.default.text)
  const filledBefore = updatesRows(table, everyOperation)
  return { becomesRequired: true, filledBefore, ...(filled ? {} : requiredOf(table, column, before, everyOperation)) }
}

/** A check that stands for NOT NULL, where that does not follow in the same change. */
function requiredByCheck(
  { table, notNullColumn }: Extract<Operation, { op: 'add-check' }>,
  before: Schema,
  everyOperation: readonly Operation[],
): Partial<Required> {
  const follows = operationsOn(table, everyOperation).some(
    item => item.op === 'set-not-null' && item.column === notNullColumn,
  )
  return notNullColumn === undefined || follows ? {} : requiredOf(table, notNullColumn, before, everyOperation)
}

function triggersOn(table: string, before: Schema, everyOperation: readonly Operation[]): readonly string[] {
  const created = sortedOf(everyOperation).triggers.get(table) ?? []
  return [...new Set([...(before.tables.get(table)?.triggers ?? []), ...created])]
}

/** Does the change itself set right what the operation takes away? */
function isUndone(operation: Operation, everyOperation: readonly Operation[]): boolean {
  switch (operation.op) {
    case 'switch': {
      const back = switchedBack[operation.what]
      return operationsOn(operation.table, everyOperation).some(
        item =>
          (item.op === 'switch' && item.what === back) ||
          (operation.what === 'row security on' && item.op === 'metadata' && item.what === 'CREATE POLICY'),
      )
    }
    case 'drop-constraint':
      return operationsOn(operation.table, everyOperation).some(
        item => item.op === 'add-primary-key' || (item.op === 'add-column' && item.column.primaryKey),
      )
    case 'create-index':
      return operation.index !== undefined && sortedOf(everyOperation).droppedIndexes.has(operation.index)
    default:
      return false
  }
}

const switchedBack: Readonly<Record<string, string>> = {
  'triggers off': 'triggers on',
  'trigger off': 'triggers on',
  'autovacuum off': 'autovacuum on',
}

/** An index of the table begins with these columns, now or after the change. */
function isIndexed(
  table: string,
  columns: readonly string[],
  before: Schema,
  everyOperation: readonly Operation[],
): boolean {
  const known = before.tables.get(table)
  // Files that create an index on it would have told its columns too.
  if (known === undefined || known.columns.size === 0 || columns.length === 0) return true
  const begins = (other: readonly string[]): boolean => columns.every((column, at) => other[at] === column)
  const added = operationsOn(table, everyOperation).some(
    item =>
      (item.op === 'create-index' || item.op === 'add-unique' || item.op === 'add-primary-key') && begins(item.columns),
  )
  return added || known.indexes.some(index => begins(index.columns)) || begins(primaryKeyOf(known))
}

function primaryKeyOf(table: KnownTable): readonly string[] {
  return [...table.columns.values()].flatMap(({ name, primaryKey }) => (primaryKey ? [name] : []))
}

/** Tables whose rows go when those of `table` are deleted. */
function recreated(
  { table, keysOff, keysOn }: Extract<Operation, { op: 'recreate-table' }>,
  before: Schema,
  everyOperation: readonly Operation[],
): Partial<MigrationFact> {
  if (keysOff) return {}
  const created = everyOperation.flatMap(item =>
    item.op === 'create-table' && item.references.some(key => key.table === table && key.cascades) ? [item.table] : [],
  )
  const known = [...before.tables].flatMap(([name, { foreignKeys }]) =>
    name !== table && foreignKeys.some(({ references }) => references.table === table && references.cascades)
      ? [name]
      : [],
  )
  return { keysOn, cascadesTo: [...new Set([...known, ...created])].filter(name => name !== table) }
}

/** Operations in which a new value of an enum type stands as a literal that the server looks up at once. */
const looksUp: ReadonlySet<string> = new Set([
  'add-column',
  'set-default',
  'change-type',
  'add-check',
  'create-index',
  'create-table',
  'update-rows',
  'delete-rows',
  'insert-select',
])

/** Statements that use a new enum value in the transaction that adds it, by the step that adds it. */
export function enumValuesUsed(walked: readonly Walked[]): ReadonlyMap<Walked, string> {
  const found = new Map<Walked, string>()
  for (const [at, item] of walked.entries()) {
    const { operation, around } = item
    if (operation.op !== 'add-enum-value' || !around.inTransaction) continue
    const together = (other: Walked): boolean => other.around.transaction === around.transaction
    // A type that is itself new may be used at once.
    const isNew = walked
      .slice(0, at)
      .some(other => other.operation.op === 'harmless' && other.operation.what === `CREATE TYPE ${operation.type}`)
    if (isNew) continue
    const user = walked
      .slice(at + 1)
      .find(
        other =>
          together(other) &&
          (looksUp.has(other.operation.op) ||
            (other.operation.op === 'harmless' && other.operation.what === 'INSERT')) &&
          other.step.text.includes(`'${operation.value}'`),
      )
    if (user !== undefined) found.set(item, user.step.text)
  }
  return found
}
