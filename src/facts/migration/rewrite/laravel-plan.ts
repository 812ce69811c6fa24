import type { Source } from '../../../artifact/types.ts'
import type { Operation } from '../operation.ts'
import type { Spot } from './laravel-spot.ts'
import { atEnd } from './mysql.ts'
import { namesOf, oldNameAsView } from './old-name.ts'
import { linksOf, type PhpLink } from './php.ts'
import { isAlone, type Plan, type Site, type Stage } from './plan.ts'
import { onlinePlan } from './postgres.ts'
import { notNullStages } from './postgres-constraints.ts'
import { sqlName } from './postgres-text.ts'
import { statementOf } from './statement.ts'

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>

/** A plan with how it is said on `$table`. */
export interface LaravelPlan {
  /** `here.text` is SQL that stands in place of the call, unless the call stays. */
  readonly plan: Plan
  /** The call with other links, where it stays. */
  readonly chain?: string
  /** Statements of PHP that follow `Schema::table`. */
  readonly behind: readonly string[]
}

/** What is known of one call. */
interface Call {
  readonly site: Site
  readonly spot: Spot
  readonly links: readonly PhpLink[]
  /** The statement of PHP that runs a statement of SQL. */
  readonly on: (sql: string) => string
}

/** Calls on `$table` that name columns and declare none. */
const naming = /^(index|unique|primary|foreign|rename|fullText|fulltext|spatialIndex|rawIndex|vectorIndex|drop\w*)$/
/** Calls that stand for several columns. */
const several = /^(morphs|timestamps|datetimes|nullable\w+|numericMorphs|uuidMorphs|ulidMorphs)/

/** The safe way of one call of the schema builder. */
export async function laravelPlan(
  name: string,
  site: Site,
  spot: Spot,
  on: (sql: string) => string,
): Promise<LaravelPlan | undefined> {
  const { operation } = site
  const call: Call = { site, spot, links: linksOf(spot.chain), on }
  if (name === 'two-releases')
    return operation.op === 'rename-table' && call.links.length === 0 ? renameTable(operation, call) : undefined
  const [first] = call.links
  if (site.fact.engine !== 'postgres' && name === 'online') return atTheEnd(operation, call)
  if (site.fact.engine !== 'postgres' || first === undefined || several.test(first.name)) return undefined
  if (name === 'optional-first') return operation.op === 'add-column' ? optionalFirst(operation, call) : undefined
  return name === 'online' ? online(operation, call, first) : undefined
}

/** MySQL adds a column at once that has no place of its own. */
function atTheEnd(operation: Operation, call: Call): LaravelPlan | undefined {
  const gone = call.links.filter(({ name }) => /^(after|first)$/.test(name))
  return operation.op !== 'add-column' || gone.length === 0
    ? undefined
    : {
        plan: { title: atEnd, name: `add ${operation.column.name}`, here: { text: '', bare: false }, later: [] },
        chain: chainWithout(call, gone),
        behind: [],
      }
}

async function online(operation: Operation, call: Call, first: PhpLink): Promise<LaravelPlan | undefined> {
  switch (operation.op) {
    case 'create-index':
      return naming.test(first.name) ? named(operation, call, 'index') : apart(operation, call, 'index')
    case 'add-unique':
      return naming.test(first.name) ? named(operation, call, 'unique') : apart(operation, call, 'unique')
    case 'drop-index':
      return named(operation, call, 'dropIndex')
    case 'add-primary-key':
      return named(operation, call, 'primary')
    case 'add-foreign-key':
      return notValid(operation, call)
    case 'set-not-null':
      return setNotNull(operation, call)
    case 'add-column':
      return addThenFill(operation, call)
    case 'change-type':
      // Whatever else the call changes would be lost, and what follows may need the new type.
      return call.site.step.operations.length === 1 && isAlone(call.site) ? asSql(operation) : undefined
    default:
      return undefined
  }
}

async function asSql(operation: Operation): Promise<LaravelPlan | undefined> {
  const plan = await onlinePlan(operation)
  return plan && { plan, behind: [] }
}

/** A call that names its columns: SQL says the same, where the call asks for nothing else. */
async function named(operation: Operation, { links }: Call, wanted: string): Promise<LaravelPlan | undefined> {
  const [first, ...more] = links
  // The third argument is the kind of index.
  if (first?.name !== wanted || more.length > 0 || first.arguments.length > 2) return undefined
  return first.arguments.some(item => item.childForFieldName('name')?.text === 'algorithm')
    ? undefined
    : asSql(operation)
}

/** `$table->string('code')->unique()`: the column now, its index beside the traffic. */
async function apart(operation: Operation, call: Call, link: string): Promise<LaravelPlan | undefined> {
  const found = call.links.filter(({ name }) => name === link)
  const plan = await onlinePlan(operation)
  if (found.length !== 1 || plan?.here === undefined) return undefined
  const { name, here, later } = plan
  return {
    plan: {
      title: 'Declare the column without its index, and build the index beside the traffic',
      name,
      here: { text: '', bare: false },
      later: [{ name, sql: [here.text], bare: here.bare }, ...later],
    },
    chain: chainWithout(call, found),
    behind: [],
  }
}

/** The source of the chain without some of its links. */
function chainWithout({ site, spot }: Call, gone: readonly PhpLink[]): string {
  return changed(site.source, spot, gone)
}

function changed({ text }: Source, { chain }: Spot, gone: readonly PhpLink[]): string {
  let out = ''
  let at = chain.startIndex
  for (const { start, end } of gone) {
    out += text.slice(at, start)
    at = end
  }
  return out + text.slice(at, chain.endIndex)
}

/** The foreign key for new rows first. Laravel knows NOT VALID, but no way to validate. */
function notValid(operation: Of<'add-foreign-key'>, { spot, links }: Call): LaravelPlan | undefined {
  const { table, name } = operation
  // Links behind `constrained` and `foreign` are the key's own.
  if (name === undefined || !links.some(link => /^(constrained|on)$/.test(link.name))) return undefined
  const statement = statementOf({ op: 'validate-constraint', table, constraint: name })
  if (statement === undefined) return undefined
  const text = spot.chain.text
  const newline = /\n[ \t]*(?=->[^\n]*$)/.exec(text)?.[0] ?? ''
  return {
    plan: {
      title: 'Add the foreign key for new rows first, and check the old ones when no lock is held',
      name: `add ${name}`,
      here: { text: '', bare: false },
      later: [{ name: `validate ${name}`, sql: [statement], bare: false }],
    },
    chain: `${text}${newline}->notValid()`,
    behind: [],
  }
}

/** The call itself goes into the migration that has proven that there are no NULLs: then it reads no rows. */
function setNotNull({ table, column }: Of<'set-not-null'>, { site, spot, links, on }: Call): LaravelPlan | undefined {
  if (!links.some(({ name }) => name === 'change')) return undefined
  const { first, last } = notNullStages(sqlName(table), table, [column])
  const [validate, , drop] = last.sql
  if (validate === undefined || drop === undefined || spot.own === undefined) return undefined
  const head = /^[^{]*\{/.exec(spot.outer.text)?.[0]
  if (head === undefined || site.step.operations.some(({ op }) => op === 'add-unique' || op === 'create-index'))
    return undefined
  const original = `${head}\n    ${spot.own.text}\n});`
  return {
    plan: {
      title: 'Prove that there are no NULLs before the column says so',
      name: `check ${table} ${column}`,
      here: { text: `ALTER TABLE ${sqlName(table)} ${first.join(', ')}`, bare: false },
      later: [{ ...last, sql: [], code: [on(validate), original, on(drop)] }],
    },
    behind: [],
  }
}

/** The column without its default, which then holds for new rows only; the old ones are filled in batches. */
async function addThenFill(operation: Of<'add-column'>, call: Call): Promise<LaravelPlan | undefined> {
  const { table, column } = operation
  const value = column.default?.text
  const gone = call.links.filter(({ name }) => /^(default|useCurrent)$/.test(name))
  if (value === undefined || gone.length !== 1 || column.references !== undefined || column.check) return undefined
  const plain = { ...column, unique: false }
  const plan = await onlinePlan({ ...operation, column: plain })
  const [first] = call.links
  if (plan === undefined || first === undefined || !plan.later.some(stage => 'bare' in stage && stage.bare))
    return undefined
  const open = call.links.some(({ name }) => name === 'nullable')
  const chain = chainWithout(call, gone)
  const at = first.end - call.spot.chain.startIndex
  return {
    plan: { ...plan, here: { text: '', bare: false } },
    chain: open ? chain : `${chain.slice(0, at)}->nullable()${chain.slice(at)}`,
    behind: [call.on(`ALTER TABLE ${sqlName(table)} ALTER COLUMN ${sqlName(column.name)} SET DEFAULT ${value}`)],
  }
}

/** A required column without a default: as optional first. */
function optionalFirst({ table, column }: Of<'add-column'>, { spot, links }: Call): LaravelPlan | undefined {
  const [first] = links
  if (first === undefined || links.some(({ name }) => /^(nullable|change|primary)$/.test(name))) return undefined
  const stages = notNullStages(sqlName(table), table, [column.name])
  const text = spot.chain.text
  const at = first.end - spot.chain.startIndex
  const required: Stage = {
    name: `check ${table} ${column.name}`,
    sql: [`ALTER TABLE ${sqlName(table)} ${stages.first.join(', ')}`],
    bare: false,
    after: 'When the code fills the column, and old rows have a value',
  }
  return {
    plan: {
      title: 'Add the column as optional, and require it when every row has a value',
      name: `add ${table} ${column.name}`,
      here: { text: '', bare: false },
      later: [required, stages.last],
    },
    chain: `${text.slice(0, at)}->nullable()${text.slice(at)}`,
    behind: [],
  }
}

/** The old name stays as a view until no release uses it any more. */
function renameTable({ table, to }: Of<'rename-table'>, { spot, site, on }: Call): LaravelPlan {
  const name = namesOf(site.fact.engine)
  return {
    plan: oldNameAsView(table, name(table), { text: '', bare: false }),
    chain: spot.chain.text,
    behind: [on(`CREATE VIEW ${name(table)} AS SELECT * FROM ${name(to)}`)],
  }
}
