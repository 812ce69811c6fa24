import type { Operation } from '../operation.ts'
import type { Plan, Stage } from './plan.ts'
import { type Clause, columnConstraints, inCase, madeName, prefixOf, sqlName, without } from './postgres-text.ts'

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>

/** Adds the constraint without looking at the rows that exist, and looks at them later, when no lock is held any more. */
export function addUnvalidated(
  operation: Of<'add-foreign-key'> | Of<'add-check'>,
  clause: Clause,
  table: string,
): Plan | undefined {
  const isKey = operation.op === 'add-foreign-key'
  const named = operation.name
  const name =
    named ??
    (operation.op === 'add-foreign-key'
      ? madeName(operation.table, ...operation.columns, 'fkey')
      : madeName(operation.table, operation.notNullColumn ?? '', 'check').replace('__', '_'))
  const word = (text: string): string => inCase(clause.statement, text)
  const text =
    named === undefined
      ? clause.text.replace(
          /\badd\s+(?=(foreign\s+key|check)\b)/i,
          found => `${found}${word('CONSTRAINT')} ${sqlName(name)} `,
        )
      : clause.text
  if (/\bnot\s+valid\s*$/i.test(text)) return undefined
  return {
    title: `Add the ${isKey ? 'foreign key' : 'constraint'} for new rows first, and check the old ones when no lock is held`,
    name: `add ${name}`,
    here: { text: `${text} ${word('NOT VALID')}`, bare: false },
    later: [validation(table, name)],
  }
}

function validation(table: string, name: string): Stage {
  return {
    name: `validate ${name}`,
    sql: [`ALTER TABLE ${table} VALIDATE CONSTRAINT ${sqlName(name)}`],
    bare: false,
  }
}

/** A column with REFERENCES or CHECK: the column, the constraint unvalidated, and the validation later. */
export async function addCheckedColumn(
  operation: Of<'add-column'>,
  clause: Clause,
  table: string,
): Promise<Plan | undefined> {
  const constraints = await columnConstraints(clause)
  const checked = constraints?.filter(({ constraint }) => /^CONSTR_(FOREIGN|CHECK)$/.test(constraint.contype ?? ''))
  if (checked === undefined || checked.length === 0) return undefined
  const column = sqlName(operation.column.name)
  const added = checked.map(({ constraint, text }) => {
    const isKey = constraint.contype === 'CONSTR_FOREIGN'
    const name = constraint.conname ?? madeName(operation.table, operation.column.name, isKey ? 'fkey' : 'check')
    const body = text.replace(/^CONSTRAINT\s+("(?:[^"]|"")+"|\S+)\s+/i, '')
    return {
      name,
      clause: `ADD CONSTRAINT ${sqlName(name)} ${isKey ? `FOREIGN KEY (${column}) ` : ''}${body} NOT VALID`,
    }
  })
  const text = [without(clause, checked), ...added.map(item => item.clause)].join(',\n  ')
  return {
    title: 'Add the constraint for new rows first, and check the old ones when no lock is held',
    name: `add ${operation.table} ${operation.column.name}`,
    here: { text, bare: false },
    later: added.map(({ name }) => validation(table, name)),
  }
}

/** The stages that make columns NOT NULL without reading the table under its lock. */
export function notNullStages(
  table: string,
  bareTable: string,
  columns: readonly string[],
): { first: string[]; last: Stage } {
  const checks = columns.map(column => ({
    column: sqlName(column),
    name: sqlName(madeName(bareTable, column, 'not_null')),
  }))
  return {
    first: checks.map(({ column, name }) => `ADD CONSTRAINT ${name} CHECK (${column} IS NOT NULL) NOT VALID`),
    last: {
      name: `validate ${bareTable} ${columns.join(' ')} not null`,
      sql: checks.flatMap(({ column, name }) => [
        `ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`,
        `ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL`,
        `ALTER TABLE ${table} DROP CONSTRAINT ${name}`,
      ]),
      bare: false,
    },
  }
}

/** SET NOT NULL on the proof of a validated CHECK. */
export function setNotNull({ table: bareTable, column }: Of<'set-not-null'>, clause: Clause, table: string): Plan {
  const { first, last } = notNullStages(table, bareTable, [column])
  return {
    title: 'Prove that there are no NULLs before the column says so',
    name: `require ${bareTable} ${column}`,
    here: { text: prefixOf(clause) + first.join(', '), bare: false },
    later: [last],
  }
}

/** UNIQUE on an index that was built beside the traffic. */
export function addUnique(operation: Of<'add-unique'>, clause: Clause, table: string): Plan | undefined {
  const found = /\bunique\s*(\([^()]*\))\s*((?:(?:not\s+)?deferrable|initially\s+\w+|\s)*)$/i.exec(clause.text)
  if (found?.[1] === undefined || operation.usingIndex !== undefined) return undefined
  const name = sqlName(operation.name ?? madeName(operation.table, ...operation.columns, 'key'))
  const plan: Plan = {
    title: 'Build the unique index beside the traffic, then let the constraint take it over',
    name: `index ${operation.table} ${operation.columns.join(' ')}`,
    here: { text: `CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${table} ${found[1]}`, bare: true },
    later: [takingOver(operation.table, table, name, 'UNIQUE', found[2]?.trim() ?? '')],
  }
  return clause.whole ? plan : outside(plan)
}

/** PRIMARY KEY on an index that was built beside the traffic, over columns that are known to hold no NULL. */
export function addPrimaryKey(operation: Of<'add-primary-key'>, clause: Clause, table: string): Plan | undefined {
  const { columns } = operation
  if (columns.length === 0 || operation.usingIndex !== undefined) return undefined
  const given = /\bconstraint\s+("(?:[^"]|"")+"|[\w$]+)\s+primary\b/i.exec(clause.text)?.[1]
  const name = given ?? sqlName(madeName(operation.table, 'pkey'))
  const { first, last } = notNullStages(table, operation.table, columns)
  const index = `CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${table} (${columns.map(sqlName).join(', ')})`
  return {
    title: 'Prove that there are no NULLs, build the index beside the traffic, then let the key take it over',
    name: `prepare ${operation.table} key`,
    here: { text: prefixOf(clause) + first.join(',\n  '), bare: false },
    later: [
      last,
      { name: `index ${operation.table} key`, sql: [index], bare: true },
      takingOver(operation.table, table, name, 'PRIMARY KEY', ''),
    ],
  }
}

function takingOver(bareTable: string, table: string, name: string, kind: string, rest: string): Stage {
  return {
    name: `add ${bareTable} ${kind.toLowerCase()}`,
    sql: [`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${kind} USING INDEX ${name}${rest === '' ? '' : ` ${rest}`}`],
    bare: false,
  }
}

/** The plan for a clause that has to leave its statement: everything goes into migrations of its own. */
export function outside({ here, name, ...plan }: Plan): Plan {
  return here === undefined
    ? { name, ...plan }
    : { name, ...plan, later: [{ name, sql: [here.text], bare: here.bare }, ...plan.later] }
}

/** A unique column: the column now, the index beside the traffic, then the constraint. */
export async function addUniqueColumn(
  operation: Of<'add-column'>,
  clause: Clause,
  table: string,
): Promise<Plan | undefined> {
  const constraints = await columnConstraints(clause)
  const unique = constraints?.filter(({ constraint }) => constraint.contype === 'CONSTR_UNIQUE')
  if (unique?.length !== 1) return undefined
  const column = operation.column.name
  const name = sqlName(unique[0]?.constraint.conname ?? madeName(operation.table, column, 'key'))
  return {
    title: 'Add the column, build its unique index beside the traffic, then let the constraint take it over',
    name: `add ${operation.table} ${column}`,
    here: { text: without(clause, unique), bare: false },
    later: [
      {
        name: `index ${operation.table} ${column}`,
        sql: [`CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${table} (${sqlName(column)})`],
        bare: true,
      },
      takingOver(operation.table, table, name, 'UNIQUE', ''),
    ],
  }
}

/** A required column without a default: nullable first. */
export async function addOptionalFirst(
  operation: Of<'add-column'>,
  clause: Clause,
  table: string,
): Promise<Plan | undefined> {
  const constraints = await columnConstraints(clause)
  const required = constraints?.filter(({ constraint }) => constraint.contype === 'CONSTR_NOTNULL')
  if (required === undefined || required.length === 0) return undefined
  const { column } = operation
  const { first, last } = notNullStages(table, operation.table, [column.name])
  const after = 'When the code fills the column, and old rows have a value'
  return {
    title: 'Add the column as optional, and require it when every row has a value',
    name: `add ${operation.table} ${column.name}`,
    here: { text: without(clause, required), bare: false },
    later: [
      {
        name: `require ${operation.table} ${column.name}`,
        sql: [`ALTER TABLE ${table} ${first.join(', ')}`],
        bare: false,
        after,
      },
      last,
    ],
  }
}
