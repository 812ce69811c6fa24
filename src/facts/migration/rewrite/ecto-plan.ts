import type { Node } from 'web-tree-sitter'
import { exChildren } from '../../../artifact/elixir.ts'
import type { Operation } from '../operation.ts'
import { argumentsOf, atom, exLiteral, exNodeAt, targetOf, withOptions } from './elixir.ts'
import { atEnd } from './mysql.ts'
import { namesOf, oldNameAsView } from './old-name.ts'
import { isAlone, type Plan, type Site } from './plan.ts'
import { onlinePlan } from './postgres.ts'
import { notNullStages } from './postgres-constraints.ts'
import { madeName, sqlName } from './postgres-text.ts'
import { statementOf } from './statement.ts'

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>

/** A plan with how it is said in Elixir. */
export interface EctoPlan {
  readonly plan: Plan
  /** The clause of `alter` that changes; without text it leaves the block. Undefined: the whole statement is replaced. */
  readonly clause?: { readonly node: Node; readonly text?: string }
  /** What replaces the statement or the clause, where it is no SQL. */
  readonly instead?: readonly string[]
  /** Statements that follow. */
  readonly behind: readonly string[]
}

/** One flagged step: its statement and, inside of `alter`, its clause. */
interface Call {
  readonly site: Site
  readonly statement: Node
  readonly clause: Node | undefined
  /** The clause is all that `alter` does. */
  readonly alone: boolean
}

/** The safe way of one statement of Ecto's migrations. */
export async function ectoPlan(name: string, site: Site, statement: Node): Promise<EctoPlan | undefined> {
  const { operation } = site
  if (name === 'two-releases')
    return operation.op === 'rename-table' ? renameTable(operation, site, statement) : undefined
  const call = await callOf(site, statement)
  if (call === undefined) return undefined
  if (site.fact.engine !== 'postgres') return name === 'online' ? atTheEnd(operation, call) : undefined
  if (name === 'optional-first') return operation.op === 'add-column' ? optionalFirst(operation, call) : undefined
  return name === 'online' ? online(operation, call) : undefined
}

/** `alter` with the clause, or another statement; undefined where the clause stands under a condition or in a loop. */
async function callOf(site: Site, statement: Node): Promise<Call | undefined> {
  if (targetOf(statement) !== 'alter') return { site, statement, clause: undefined, alone: true }
  const clause = await exNodeAt(site.source, site.fact.span)
  const block = exChildren(statement).find(child => child.type === 'do_block')
  const table = argumentsOf(statement)[0]
  // A prefix would have to be said again.
  if (clause === undefined || block === undefined || clause.parent?.id !== block.id || !table) return undefined
  return argumentsOf(table).length === 1
    ? { site, statement, clause, alone: exChildren(block).length === 1 }
    : undefined
}

/** MySQL adds a column at once that has no place of its own. */
function atTheEnd(operation: Operation, { clause }: Call): EctoPlan | undefined {
  const text = clause && withOptions(clause, { after: undefined })
  if (operation.op !== 'add-column' || clause === undefined || text === undefined || text === clause.text)
    return undefined
  const plan: Plan = { title: atEnd, name: `add ${operation.column.name}`, here: { text: '', bare: false }, later: [] }
  return { plan, clause: { node: clause, text }, behind: [] }
}

async function online(operation: Operation, call: Call): Promise<EctoPlan | undefined> {
  switch (operation.op) {
    case 'create-index':
      return inCall(call, /^(unique_)?index$/, { concurrently: 'true' }, 'Build the index beside the traffic')
    case 'drop-index':
      return inCall(call, /^(unique_)?index$/, { concurrently: 'true' }, 'Drop the index without stopping the table')
    case 'add-check':
    case 'add-foreign-key':
      return unvalidated(operation, call)
    case 'set-not-null':
      return setNotNull(operation, call)
    case 'add-column':
      return addThenFill(operation, call)
    case 'change-type':
      // What follows may need the new type.
      return call.site.step.operations.length === 1 && isAlone(call.site) ? asSql(operation) : undefined
    default:
      return undefined
  }
}

/** `create index(…)` with other options, outside of a transaction. */
function inCall(
  { site, statement }: Call,
  kind: RegExp,
  options: Readonly<Record<string, string>>,
  title: string,
): EctoPlan | undefined {
  const [inner, ...more] = argumentsOf(statement)
  if (inner === undefined || more.length > 0 || !kind.test(targetOf(inner))) return undefined
  const changed = withOptions(inner, options)
  if (changed === undefined) return undefined
  const text = statement.text.replace(inner.text, () => changed)
  const name = `${targetOf(statement)} ${site.fact.index}`
  const own = { name, sql: [], code: [text], bare: true }
  return { plan: { title, name, here: { text: '', bare: true, own }, later: [] }, instead: [text], behind: [] }
}

/** The constraint for new rows first. */
function unvalidated(operation: Of<'add-check'> | Of<'add-foreign-key'>, call: Call): EctoPlan | undefined {
  const { table, name } = operation
  if (name === undefined) return undefined
  const { statement, clause } = call
  const [first, second] = argumentsOf(clause ?? statement)
  const inner = clause === undefined ? first : second
  const wanted = operation.op === 'add-check' ? 'constraint' : 'references'
  const changed = inner && targetOf(inner) === wanted ? withOptions(inner, { validate: 'false' }) : undefined
  const validation = statementOf({ op: 'validate-constraint', table, constraint: name })
  if (inner === undefined || changed === undefined || validation === undefined) return undefined
  const of = operation.op === 'add-check' ? 'constraint' : 'foreign key'
  const plan: Plan = {
    title: `Add the ${of} for new rows first, and check the old ones when no lock is held`,
    name: `add ${name}`,
    here: { text: '', bare: false },
    later: [{ name: `validate ${name}`, sql: [validation], bare: false }],
  }
  const text = (clause ?? statement).text.replace(inner.text, () => changed)
  return clause === undefined
    ? { plan, instead: [text], behind: [] }
    : { plan, clause: { node: clause, text }, behind: [] }
}

function constraint(table: string, column: string): { readonly name: string; readonly line: string } {
  const name = madeName(table, column, 'not_null')
  const check = exLiteral(`${sqlName(column)} IS NOT NULL`)
  return { name, line: `create constraint(${atom(table)}, ${atom(name)}, check: ${check}, validate: false)` }
}

/** The clause itself goes into the migration that has proven that there are no NULLs: then it reads no rows. */
function setNotNull({ table, column }: Of<'set-not-null'>, call: Call): EctoPlan | undefined {
  const { statement, clause, alone } = call
  if (clause === undefined || targetOf(clause) !== 'modify' || /\breferences\b/.test(clause.text)) return undefined
  const { name, line } = constraint(table, column)
  const head = `alter ${argumentsOf(statement)[0]?.text ?? ''} do`
  return {
    plan: {
      title: 'Prove that there are no NULLs before the column says so',
      name: `check ${table} ${column}`,
      here: { text: '', bare: false },
      later: [
        {
          name: `require ${table} ${column}`,
          sql: [],
          code: [
            `execute(${exLiteral(`ALTER TABLE ${sqlName(table)} VALIDATE CONSTRAINT ${sqlName(name)}`)})`,
            `${head}\n  ${clause.text}\nend`,
            `drop constraint(${atom(table)}, ${atom(name)})`,
          ],
          bare: false,
        },
      ],
    },
    ...(alone ? {} : { clause: { node: clause } }),
    instead: [line],
    behind: [],
  }
}

/** The column without its default, which then holds for new rows only; the old ones are filled in batches. */
async function addThenFill(operation: Of<'add-column'>, { clause }: Call): Promise<EctoPlan | undefined> {
  const { table, column } = operation
  const value = column.default?.text
  const text = clause && withOptions(clause, { default: undefined, null: undefined })
  if (clause === undefined || text === undefined || value === undefined || /\breferences\b/.test(clause.text))
    return undefined
  const plan = await onlinePlan(operation)
  if (plan === undefined || !plan.later.some(stage => 'bare' in stage && stage.bare)) return undefined
  const on = `ALTER TABLE ${sqlName(table)} ALTER COLUMN ${sqlName(column.name)} SET DEFAULT ${value}`
  return {
    plan: { ...plan, here: { text: '', bare: false } },
    clause: { node: clause, text },
    behind: [`execute(${exLiteral(on)}, "")`],
  }
}

/** A required column without a default: as optional first. */
function optionalFirst({ table, column }: Of<'add-column'>, { clause }: Call): EctoPlan | undefined {
  const text = clause && targetOf(clause) === 'add' ? withOptions(clause, { null: undefined }) : undefined
  if (clause === undefined || text === undefined || text === clause.text) return undefined
  const { last } = notNullStages(sqlName(table), table, [column.name])
  return {
    plan: {
      title: 'Add the column as optional, and require it when every row has a value',
      name: `add ${table} ${column.name}`,
      here: { text: '', bare: false },
      later: [
        {
          name: `check ${table} ${column.name}`,
          sql: [],
          code: [constraint(table, column.name).line],
          bare: false,
          after: 'When the code fills the column, and old rows have a value',
        },
        last,
      ],
    },
    clause: { node: clause, text },
    behind: [],
  }
}

async function asSql(operation: Operation): Promise<EctoPlan | undefined> {
  const plan = await onlinePlan(operation)
  return plan && { plan, behind: [] }
}

/** The old name stays as a view until no release uses it any more. */
function renameTable({ table, to }: Of<'rename-table'>, { fact }: Site, statement: Node): EctoPlan {
  const name = namesOf(fact.engine)
  const view = exLiteral(`CREATE VIEW ${name(table)} AS SELECT * FROM ${name(to)}`)
  const gone = exLiteral(`DROP VIEW ${name(table)}`)
  return {
    plan: oldNameAsView(table, name(table), { text: '', bare: false }),
    instead: [statement.text, `execute(${view}, ${gone})`],
    behind: [],
  }
}
