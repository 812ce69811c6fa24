import type { Tree } from '../../change/types.ts'
import type { Engine } from '../../config/types.ts'
import type { MigrationFact } from './fact.ts'
import type { ColumnSpec, Operation, Program, Step } from './operation.ts'

/** A key that a new column refers by, and the value that finds no row of its table. */
export interface Dangling {
  readonly danglingDefault: string
  readonly references: string
}

const mostRead = 600

/** Without those whose table of keys gets rows from the migrations themselves: a row 0 may be among them. */
export async function withKeyRows(facts: readonly MigrationFact[], head: Tree): Promise<readonly MigrationFact[]> {
  if (!facts.some(fact => fact.danglingDefault !== '')) return facts
  const paths = (await head.list())
    .filter(path => /migrat|changelog|seed|fixture|delta|\/sql\//i.test(path))
    .slice(-mostRead)
  const texts: string[] = []
  for (const path of paths) {
    const text = await head.read(path)
    if (text !== undefined && text.length < 1_000_000 && /insert|create\(/i.test(text)) texts.push(text)
  }
  return facts.map(fact => {
    if (fact.danglingDefault === '') return fact
    const target = fact.references.slice(fact.references.lastIndexOf('.') + 1).replace(/\W/g, '\\$&')
    const inserts = new RegExp(
      `\\binsert\\s+(?:ignore\\s+)?into\\s+["\`]?(?:\\w+["\`]?\\.["\`]?)?${target}\\b|["'\`]${target}["'\`]\\)?\\s*(?:->|\\.)\\s*(?:insert|upsert)|(?:insert|bulkInsert)\\w*\\(\\s*["'\`]${target}\\b`,
      'i',
    )
    return target !== '' && texts.some(text => inserts.test(text)) ? { ...fact, danglingDefault: '' } : fact
  })
}

/**
 * The value that a new column of a foreign key gives to every row of the table although no row of the other table can
 * have it as its key: 0, an empty text, the UUID of zeros. Undefined where the key may find a row, or checks none.
 */
export function danglingDefault(operation: Operation, program: Program, engine: Engine): Dangling | undefined {
  if (operation.op !== 'add-column' || engine === 'sqlite') return undefined
  const { table, column } = operation
  const value = valueFor(column, engine)
  if (value === undefined) return undefined
  const from = program.up.findIndex(step => operationsIn(step).includes(operation))
  const own = program.up[from]
  const after = program.up.slice(from)
  if (own === undefined) return undefined
  const key = after.findIndex(step => operationsIn(step).some(item => refersBy(item, table, column.name)))
  const target = column.references?.table ?? referredBy(after[key], table, column.name)
  if (target === undefined) return undefined
  const between = column.references === undefined ? after.slice(0, key + 1) : [own]
  if (between.some(step => mayFill(step, table, column.name)) || inserts(program, target)) return undefined
  return { danglingDefault: value, references: target }
}

const operationsIn = (step: Step): readonly Operation[] => (step.kind === 'change' ? step.operations : [])

function valueFor(column: ColumnSpec, engine: Engine): string | undefined {
  const { default: given, notNull, numbered, generated, primaryKey } = column
  if (numbered || generated !== undefined || primaryKey) return undefined
  if (given !== undefined)
    return /^\(?'?(0|0{8}-(0{4}-){3}0{12}|)'?\)?(::\w+)?$/.test(given.text) ? given.text : undefined
  // MySQL makes up a value where Postgres refuses the column.
  return notNull && (engine === 'mysql' || engine === 'mariadb') ? 'the implicit default of its type' : undefined
}

const refersBy = (item: Operation, table: string, column: string): boolean =>
  item.op === 'add-foreign-key' &&
  item.validated &&
  item.table === table &&
  item.columns.length === 1 &&
  item.columns[0] === column

function referredBy(step: Step | undefined, table: string, column: string): string | undefined {
  const key = step === undefined ? undefined : operationsIn(step).find(item => refersBy(item, table, column))
  return key?.op === 'add-foreign-key' ? key.references.table : undefined
}

/** Gives rows a value of their own, or empties the table, or does what nobody has read. */
function mayFill(step: Step, table: string, column: string): boolean {
  if (step.kind === 'unreadable') return true
  return operationsIn(step).some(item => {
    if (!('table' in item) || item.table !== table) return false
    if (/^(update-rows|delete-rows|truncate|drop-table|rename-table)$/.test(item.op)) return true
    return 'column' in item && item.column === column && /^(drop-not-null|change-type|drop-column)$/.test(item.op)
  })
}

/** The migration puts a row there, which may be the one that is meant. */
function inserts(program: Program, table: string): boolean {
  const bare = table.slice(table.lastIndexOf('.') + 1)
  return program.up.some(
    step =>
      step.kind === 'unreadable' ||
      (/insert|create|save/i.test(step.text) && step.text.includes(bare) && operationsIn(step).every(addsRows)),
  )
}

const addsRows = ({ op }: Operation): boolean => op === 'harmless' || op === 'insert-select'
