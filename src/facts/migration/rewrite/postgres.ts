import type { Operation } from '../operation.ts'
import type { Plan, Site } from './plan.ts'
import {
  addCheckedColumn,
  addOptionalFirst,
  addPrimaryKey,
  addUnique,
  addUniqueColumn,
  addUnvalidated,
  outside,
  setNotNull,
} from './postgres-constraints.ts'
import { createIndex, detachPartition, dropIndex, refreshView, reindex, renameTable } from './postgres-index.ts'
import { addThenFill, changeType, updateInBatches } from './postgres-rows.ts'
import { type Clause, headOf, inCase, isSql, sqlName } from './postgres-text.ts'
import { statementOf } from './statement.ts'

/** The safe way for one statement or clause of Postgres SQL, as SQL. What does not parse is not offered. */
export async function postgresPlan(name: string, operation: Operation, clause: Clause): Promise<Plan | undefined> {
  const plan = await planFor(name, operation, clause)
  if (plan === undefined) return undefined
  const { here, later } = plan
  const whole =
    here === undefined
      ? []
      : [clause.whole ? here.text : `${headOf(clause.statement)?.head ?? ''}${withoutHead(here.text)}`]
  return (await isSql([...whole, ...later.flatMap(stage => ('sql' in stage ? stage.sql : []))])) ? plan : undefined
}

/** The same for a statement that stands alone, whatever framework asks for it; undefined where it cannot be said in SQL. */
export async function onlinePlan(operation: Operation): Promise<Plan | undefined> {
  const statement = statementOf(operation)
  return statement === undefined
    ? undefined
    : postgresPlan('online', operation, { statement, text: statement, index: 0, whole: true })
}

function withoutHead(text: string): string {
  return text.slice(headOf(text)?.head.length ?? 0)
}

async function planFor(name: string, operation: Operation, clause: Clause): Promise<Plan | undefined> {
  switch (name) {
    case 'online':
      return online(operation, clause)
    case 'own-migration':
      return ownMigration(operation, clause)
    case 'batches':
      return operation.op === 'update-rows' ? updateInBatches(operation, clause) : undefined
    case 'two-releases':
      return operation.op === 'rename-table'
        ? renameTable(operation, clause, tableAs(operation.table, clause))
        : undefined
    case 'optional-first':
      return operation.op === 'add-column'
        ? addOptionalFirst(operation, clause, tableAs(operation.table, clause))
        : undefined
    case 'repeatable':
      return repeatable(operation, clause)
    default:
      return undefined
  }
}

function tableAs(table: string, { statement }: Clause): string {
  return headOf(statement)?.table ?? sqlName(table)
}

async function online(operation: Operation, clause: Clause): Promise<Plan | undefined> {
  const table = 'table' in operation && operation.table !== undefined ? tableAs(operation.table, clause) : ''
  switch (operation.op) {
    case 'create-index':
      return createIndex(operation, clause)
    case 'drop-index':
      return dropIndex(operation, clause)
    case 'reindex':
      return reindex(operation, clause)
    case 'refresh-view':
      return refreshView(operation, clause)
    case 'detach-partition':
      return detachPartition(operation, clause)
    case 'add-foreign-key':
    case 'add-check':
      return addUnvalidated(operation, clause, table)
    case 'set-not-null':
      return setNotNull(operation, clause, table)
    case 'add-unique':
      return addUnique(operation, clause, table)
    case 'add-primary-key':
      return addPrimaryKey(operation, clause, table)
    case 'change-type':
      return changeType(operation, clause, table)
    case 'add-column':
      return (
        (await addCheckedColumn(operation, clause, table)) ??
        (await addUniqueColumn(operation, clause, table)) ??
        (await addThenFill(operation, clause, table))
      )
    default:
      return undefined
  }
}

/** The statement as it is, in a migration that holds nothing else. */
async function ownMigration(operation: Operation, clause: Clause): Promise<Plan | undefined> {
  if (!clause.whole) return undefined
  if (operation.op === 'validate-constraint')
    return outside({
      title: 'Validate in a migration of its own, so that the lock of this one is gone',
      name: `validate ${operation.constraint}`,
      here: { text: clause.statement, bare: false },
      later: [],
    })
  const batched = operation.op === 'update-rows' ? await updateInBatches(operation, clause) : undefined
  return (
    batched &&
    outside({
      ...batched,
      title: 'Write the rows in a migration of its own, in batches that commit one by one (PostgreSQL 14)',
    })
  )
}

/** IF NOT EXISTS or IF EXISTS, so that the file can be run again. */
function repeatable(operation: Operation, { statement, whole }: Clause): Plan | undefined {
  if (!whole) return undefined
  const words: Partial<Record<Operation['op'], readonly [RegExp, string]>> = {
    'create-index': [/^create\s+(?:unique\s+)?index(?:\s+concurrently)?(?=\s+(?!if\b|on\b))/i, 'IF NOT EXISTS'],
    'drop-index': [/^drop\s+index(?:\s+concurrently)?(?=\s+(?!if\b))/i, 'IF EXISTS'],
    'create-table': [/^create\s+(?:unlogged\s+)?table(?=\s+(?!if\b))/i, 'IF NOT EXISTS'],
    'drop-table': [/^drop\s+table(?=\s+(?!if\b))/i, 'IF EXISTS'],
    'add-column': [/\badd\s+(?:column\s+)?(?=(?!if\b|column\b)["\w])/i, 'IF NOT EXISTS '],
    'drop-column': [/\bdrop\s+(?:column\s+)?(?=(?!if\b|column\b)["\w])/i, 'IF EXISTS '],
  }
  const [pattern, word] = words[operation.op] ?? []
  if (pattern === undefined || word === undefined) return undefined
  const text = statement.replace(pattern, found => {
    const asked = inCase(statement, word)
    return /column$/.test(operation.op) ? `${found}${asked}` : `${found} ${asked}`
  })
  return text === statement
    ? undefined
    : { title: 'Let a second run pass over it', name: 'repeatable', here: { text, bare: false }, later: [] }
}

/** The flagged clause as text of its file. Undefined where the file does not hold it word for word. */
export function clauseOf({ step, index }: Site, statement: string, text: string): Clause {
  return { statement, text, index: step.spans === undefined ? 0 : index, whole: step.spans === undefined }
}
