import type { Node } from '@pgsql/types'
import { parsePostgres } from '../../../artifact/postgres.ts'
import { isVolatile } from '../effects/postgres-types.ts'
import { functionsIn, textOf, walk } from '../frontends/postgres-nodes.ts'
import type { Operation } from '../operation.ts'
import type { Plan, Stage } from './plan.ts'
import { notNullStages } from './postgres-constraints.ts'
import { type Clause, columnConstraints, headOf, prefixOf, sqlName, without } from './postgres-text.ts'

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>

/** A walk over the table in stretches of 1000 pages (8 MB), each committed by itself; needs no key. PostgreSQL 14 finds pages directly. */
export function loopOver(table: string, set: string, where: string): string {
  const relation = `'${table.replaceAll("'", "''")}'`
  return [
    'DO $$',
    '-- Run it again until nothing is left: rows that are written meanwhile move.',
    'DECLARE',
    `  pages bigint := pg_relation_size(${relation})`,
    "    / current_setting('block_size')::bigint;",
    '  page bigint := 0;',
    'BEGIN',
    '  WHILE page <= pages LOOP',
    `    UPDATE ${table} SET ${set}`,
    "    WHERE ctid >= ('(' || page || ',0)')::tid",
    "      AND ctid < ('(' || page + 1000 || ',0)')::tid",
    `      AND ${bracketed(where)};`,
    '    COMMIT;',
    '    page := page + 1000;',
    '  END LOOP;',
    'END $$',
  ].join('\n')
}

/** UPDATE of a whole table in batches. Only where a row that is done can be told from one that is not. */
export async function updateInBatches(operation: Of<'update-rows'>, { statement }: Clause): Promise<Plan | undefined> {
  const parsed = await parsePostgres(statement)
  const [first] = 'statements' in parsed ? parsed.statements : []
  if (first === undefined || !('UpdateStmt' in first.node)) return undefined
  const { targetList = [], whereClause, fromClause, withClause, relation, returningClause } = first.node.UpdateStmt
  if (fromClause !== undefined || withClause !== undefined || returningClause !== undefined || relation?.alias)
    return undefined
  const sets = targetList.flatMap(node => ('ResTarget' in node ? [node.ResTarget] : []))
  const columns = sets.map(({ name = '' }) => name)
  const parts =
    /^\s*update\s+(?:only\s+)?((?:"(?:[^"]|"")+"|[\w$]+)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[\w$]+))?)\s+set\s+([\s\S]*?)(?:\s+where\s+([\s\S]*))?$/i.exec(
      statement,
    )
  if (parts === null || sets.length === 0) return undefined
  const [, table = '', set = '', where] = parts
  // WHERE can stand inside a subquery as well: then the pattern has cut at the wrong one.
  if ((where === undefined) !== (whereClause === undefined) || /\bselect\b/i.test(set)) return undefined
  const pending = sets.map(({ name = '', val }, at) => {
    const text = valueText(set, columns, at)
    return text === undefined || val === undefined || mentions(val, columns) ? undefined : { name, text, val }
  })
  const known = pending.filter(item => item !== undefined)
  if (known.length !== sets.length) return undefined
  // A value that differs with every call never equals the one that is there: only the NULLs can be counted down.
  if (
    known.some(({ val }) => isVolatile({ text: '', functions: functionsIn(val) })) &&
    !isNullTest(whereClause, columns)
  )
    return undefined
  const open = known.map(({ name, text }) => `${sqlName(name)} IS DISTINCT FROM ${bracketed(text)}`)
  const left = open.join(' OR ')
  // A row whose NULL stays NULL may be met twice; that does no harm.
  const condition =
    isNullTest(whereClause, columns) && where !== undefined
      ? where
      : where === undefined
        ? left
        : `${bracketed(where)} AND ${open.length === 1 ? left : `(${left})`}`
  return {
    title: 'Write the rows in batches that commit one by one, outside of a transaction (PostgreSQL 14)',
    name: `fill ${operation.table} ${columns.join(' ')}`,
    here: { text: loopOver(table, set.trim(), condition), bare: true },
    later: [],
  }
}

function bracketed(text: string): string {
  return /^[\w.'$]+(\([^()]*\))?$|^'[^']*'$/.test(text.trim()) ? text.trim() : `(${text.trim()})`
}

/** The text of the value of one assignment, where the list can be cut safely at its commas. */
function valueText(set: string, columns: readonly string[], at: number): string | undefined {
  const list = set.split(/,(?=\s*"?\w+"?\s*=)/)
  if (list.length !== columns.length) return undefined
  return /^\s*"?[\w$]+"?\s*=\s*([\s\S]+)$/.exec(list[at] ?? '')?.[1]?.trim()
}

function mentions(node: Node, columns: readonly string[]): boolean {
  let found = false
  walk([node], (name, item) => {
    if (name === 'SelectStmt') found = true
    if (name !== 'ColumnRef' || !Array.isArray(item.fields)) return
    const last: Node | undefined = item.fields.at(-1)
    if (columns.includes(textOf(last))) found = true
  })
  return found
}

/** `WHERE c IS NULL` with c among the columns that are set. */
function isNullTest(where: Node | undefined, columns: readonly string[]): boolean {
  if (where === undefined || !('NullTest' in where) || where.NullTest.nulltesttype !== 'IS_NULL') return false
  const { arg } = where.NullTest
  return arg !== undefined && 'ColumnRef' in arg && columns.includes(textOf(arg.ColumnRef.fields?.at(-1)))
}

/** A column whose default differs from row to row: the column, the default for new rows, and the old rows in batches. */
export async function addThenFill(
  operation: Of<'add-column'>,
  clause: Clause,
  table: string,
): Promise<Plan | undefined> {
  const { column } = operation
  const constraints = await columnConstraints(clause)
  const gone = constraints?.filter(({ constraint }) => /^CONSTR_(DEFAULT|NOTNULL)$/.test(constraint.contype ?? ''))
  const byDefault = gone?.find(({ constraint }) => constraint.contype === 'CONSTR_DEFAULT')
  if (gone === undefined || byDefault === undefined || column.numbered || column.generated !== undefined)
    return undefined
  const name = sqlName(column.name)
  const value = byDefault.text.replace(/^DEFAULT\s+/i, '')
  const required = column.notNull ? notNullStages(table, operation.table, [column.name]) : undefined
  const fill: Stage = {
    name: `fill ${operation.table} ${column.name}`,
    sql: [loopOver(table, `${name} = ${value}`, `${name} IS NULL`)],
    bare: true,
  }
  const text = [without(clause, gone), `ALTER COLUMN ${name} SET DEFAULT ${value}`]
  return {
    title: 'Add the column, set the default for new rows, and fill the old ones in batches',
    name: `add ${operation.table} ${column.name}`,
    here: { text: clause.whole ? `${text[0]};\n${prefixOf(clause)}${text[1]}` : text.join(',\n  '), bare: false },
    later: [
      fill,
      ...(required === undefined
        ? []
        : [
            {
              name: `require ${operation.table} ${column.name}`,
              sql: [`ALTER TABLE ${table} ${required.first.join(', ')}`],
              bare: false,
            },
            required.last,
          ]),
    ],
  }
}

/** Another type: a second column that a trigger keeps in step, the old rows in batches, then the names change places. */
export function changeType(operation: Of<'change-type'>, clause: Clause, table: string): Plan | undefined {
  const { column, to, using } = operation
  const found = /\btype\s+([\s\S]*?)(?:\s+using\s+[\s\S]*)?$/i.exec(clause.text)
  const type = found?.[1]?.trim()
  if (type === undefined || !clause.whole || /\bcollate\b/i.test(type) || headOf(clause.statement) === undefined)
    return undefined
  // Other conversions would have to be told about the row of the trigger.
  if (using !== undefined && !/^"?[\w$]+"?\s*::\s*[\w\s(),[\]]+$/.test(using.text)) return undefined
  const old = sqlName(column)
  const fresh = sqlName(`${column}_new`)
  const kept = sqlName(`${column}_old`)
  const sync = sqlName(`${operation.table.slice(operation.table.lastIndexOf('.') + 1)}_${column}_sync`.slice(0, 63))
  return {
    title: `Add a ${to.text} column beside the old one, keep both in step, fill it in batches, then swap the names`,
    name: `add ${operation.table} ${column} new`,
    here: {
      text: [
        `ALTER TABLE ${table} ADD COLUMN ${fresh} ${type}`,
        `CREATE FUNCTION ${sync}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.${fresh} := NEW.${old}::${type}; RETURN NEW; END $$`,
        `CREATE TRIGGER ${sync} BEFORE INSERT OR UPDATE OF ${old} ON ${table} FOR EACH ROW EXECUTE FUNCTION ${sync}()`,
      ].join(';\n'),
      bare: false,
    },
    later: [
      {
        name: `fill ${operation.table} ${column} new`,
        sql: [loopOver(table, `${fresh} = ${old}::${type}`, `${fresh} IS NULL AND ${old} IS NOT NULL`)],
        bare: true,
      },
      {
        name: `swap ${operation.table} ${column}`,
        sql: [
          `DROP TRIGGER ${sync} ON ${table}`,
          `DROP FUNCTION ${sync}()`,
          `ALTER TABLE ${table} RENAME COLUMN ${old} TO ${kept}`,
          `ALTER TABLE ${table} RENAME COLUMN ${fresh} TO ${old}`,
        ],
        bare: false,
        after: 'With its default, NOT NULL and indexes in place on the new column',
      },
      {
        name: `drop ${operation.table} ${column} old`,
        sql: [`ALTER TABLE ${table} DROP COLUMN ${kept}`],
        bare: false,
        after: 'When nothing has missed it for a while',
      },
    ],
  }
}
