import type { Change, Tree } from '../../change/types.ts'
import { usagesOf } from '../usage/search.ts'
import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'
import type { Operation } from './operation.ts'
import { sqlOf } from './read.ts'
import { withUsage } from './removals.ts'
import type { Schema } from './schema.ts'
import type { Walked } from './transaction.ts'

/** Columns that a view had at base and has no longer when the change is through with it. */
export async function columnsGone(
  { operation, step, index }: Walked,
  before: Schema,
  setting: Setting,
  { everyOperation }: { readonly everyOperation: readonly Operation[] },
  trees: { readonly base: Tree; readonly head: Tree },
): Promise<readonly MigrationFact[]> {
  if (operation.op !== 'create-object' || operation.object !== 'view') return []
  if (lastMade(everyOperation).get(operation.name) !== operation) return []
  const scenic = await scenicVersions(step.text, setting, trees)
  const had = scenic?.before ?? before.views.get(operation.name)
  const has = scenic?.after ?? operation.columns
  if (had === undefined || has === undefined) return []
  const left = new Set(has.map(name => name.toLowerCase()))
  return had
    .filter(column => !left.has(column.toLowerCase()))
    .map(column => ({
      ...blankFact(setting, 'view-column-gone', step.text),
      span: step.spans?.[index] ?? step.span,
      table: operation.name,
      column,
      breaksRunningCode: true,
    }))
}

const made = new WeakMap<readonly Operation[], ReadonlyMap<string, Operation>>()

/** The last operation that makes an object of a name, found once: a change may hold thousands of migrations. */
function lastMade(operations: readonly Operation[]): ReadonlyMap<string, Operation> {
  const known = made.get(operations)
  if (known !== undefined) return known
  const found = new Map(operations.flatMap(item => (item.op === 'create-object' ? [[item.name, item] as const] : [])))
  made.set(operations, found)
  return found
}

/** Adds where code names the columns that views have no longer. */
export async function withViewUses(facts: readonly MigrationFact[], change: Change): Promise<readonly MigrationFact[]> {
  const gone = facts.filter(({ operation }) => operation === 'view-column-gone')
  if (gone.length === 0) return facts
  const targets = gone.map(({ table, column, framework }) => ({ table, column, framework, renamed: false }))
  const usages = await usagesOf(targets, change)
  return facts.map(fact => (fact.operation === 'view-column-gone' ? withUsage(fact, usages) : fact))
}

/** Scenic keeps each version of a view's query in a file of its own. */
async function scenicVersions(
  text: string,
  { artifact, engine }: Setting,
  { base, head }: { readonly base: Tree; readonly head: Tree },
): Promise<{ readonly before?: readonly string[]; readonly after?: readonly string[] } | undefined> {
  const call = /^(?:update|replace)_view[ (]\s*[:"'](\w+)["']?.*\bversion:\s*(\d+)/.exec(text)
  if (call === null || !artifact.path.endsWith('.rb')) return undefined
  const [, name = '', version = ''] = call
  const folder = artifact.path.replace(/(^|\/)migrate\/.*$/, '$1views/')
  const older = /\brevert_to_version:\s*(\d+)/.exec(text)?.[1] ?? String(Number(version) - 1)
  const columns = async (tree: Tree, number: string): Promise<readonly string[] | undefined> => {
    const query = await tree.read(`${folder}${name}_v${number.padStart(2, '0')}.sql`)
    if (query === undefined || engine === 'sqlite') return undefined
    const steps = await sqlOf(`CREATE VIEW ${name} AS ${query}`, engine)
    const made = steps.flatMap(step => (step.kind === 'change' ? step.operations : []))[0]
    return made?.op === 'create-object' ? made.columns : undefined
  }
  const [before, after] = [await columns(base, older), await columns(head, version)]
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
}
