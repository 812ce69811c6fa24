import type { Node } from 'web-tree-sitter'
import { type ExCall, type ExValue, exChildren, exName } from '../../../artifact/elixir.ts'
import type { Operation } from '../operation.ts'
import { type EctoScope, rowMark } from './ecto-scope.ts'
import { pluralize, underscore } from './rails-names.ts'
import { inLoop, selectedWhole } from './row-loops.ts'

interface Rows {
  readonly table: string
  readonly filtered: boolean
  readonly batched: boolean
}

/** What `update_all`, `delete_all` of a repo do; undefined for other calls. `false`: the table is only known at run time. */
export function rowsCall(call: ExCall, scope: EctoScope): Operation | undefined | false {
  if (!isRepo(call.receiver)) return undefined
  const kind = /^(update_all|delete_all)!?$/.exec(call.name)?.[1]
  if (kind === undefined) return recordCall(call, scope)
  const rows = rowsOf(call.arguments[0], scope)
  if (!rows) return false
  const op = kind === 'update_all' ? 'update-rows' : 'delete-rows'
  const operation: Operation = { op, ...rows, batched: rows.batched || (scope.looped && rows.filtered) }
  return rows.filtered && scope.looped && !scope.conditional ? inLoop(operation, scope.whole) : operation
}

/** `Repo.update!(changeset)` of each row in a loop over all rows. Of one row it is no backfill. */
function recordCall(call: ExCall, scope: EctoScope): Operation | undefined {
  const kind = /^(update|insert_or_update|delete)!?$/.exec(call.name)?.[1]
  if (kind === undefined || !scope.looped || scope.conditional) return undefined
  const table = recordOf(call.arguments[0], scope)
  if (table === undefined) return undefined
  return { op: kind === 'delete' ? 'delete-rows' : 'update-rows', table, filtered: false, batched: true, looped: true }
}

/** The table of the row that a changeset is for: `change(user, …)`, `user |> User.changeset(…)`, `Repo.get!(User, id) |> …`. */
function recordOf(value: ExValue | undefined, scope: EctoScope, depth = 0): string | undefined {
  const row = rowMark(value)
  if (row !== undefined) return row
  if (value?.kind !== 'call' || depth > 20) return undefined
  if (isRepo(value.receiver) && /^get!?$/.test(value.name)) {
    const table = rowsOf(value.arguments[0], scope)?.table
    return table === scope.whole ? table : undefined
  }
  return recordOf(value.arguments[0], scope, depth + 1)
}

/** The table whose rows, every one of them, a value gives: `Repo.all(User)`, `Repo.stream(query)`, the `rows` of a query; else empty. */
export function wholeOf(value: ExValue | undefined, scope: EctoScope, depth = 0): string {
  const row = rowMark(value)
  if (row !== undefined) return row
  if (value?.kind !== 'call' || depth > 40) return ''
  if (isRepo(value.receiver)) {
    const [first] = value.arguments
    if (/^query(_many)?!?$/.test(value.name)) return first?.kind === 'text' ? selectedWhole(first.text) : ''
    const rows = /^(all|stream)!?$/.test(value.name) ? rowsOf(first, scope) : undefined
    return rows && !rows.filtered && !rows.batched ? rows.table : ''
  }
  // `Repo.query!("…").rows`
  if (value.name === 'rows' && value.receiver && value.arguments.length === 0)
    return wholeOf(value.receiver, scope, depth + 1)
  const module = value.receiver?.kind === 'name' ? value.receiver.name : ''
  const keeps = /^(map|each|with_index|chunk_every|to_list|sort_by|reverse|uniq|into|shuffle|flat_map|async_stream)$/
  return /^(Enum|Stream|Task)$/.test(module) && keeps.test(value.name)
    ? wholeOf(value.arguments[0], scope, depth + 1)
    : ''
}

/** `repo()`, `Repo`, `MyApp.Repo`, `@repo`. */
export function isRepo(value: ExValue | undefined): boolean {
  if (value?.kind === 'call') return value.name === 'repo'
  return value?.kind === 'name' && /(^|\.|_)repo$/i.test(value.name)
}

/** The rows of a query: a table, a schema, `from(…)`, and what is piped on from there. */
function rowsOf(value: ExValue | undefined, scope: EctoScope, depth = 0): Rows | undefined {
  if (!value || depth > 40) return undefined
  const named = exName(value)
  if (named !== undefined) return { table: named, filtered: false, batched: false }
  if (value.kind === 'name' && /^[A-Z]/.test(value.name))
    return { table: tableOfSchema(value.name, scope), filtered: false, batched: false }
  // `{"users", User}`
  if (value.kind === 'tuple') return rowsOf(value.items[0], scope, depth + 1)
  if (value.kind !== 'call') return undefined
  if (value.name === 'from') return fromOf(value, scope, depth)
  if (value.receiver && !/^(Ecto\.)?Query$/.test(value.receiver.kind === 'name' ? value.receiver.name : ''))
    return undefined
  const rows = rowsOf(value.arguments[0], scope, depth + 1)
  if (!rows) return undefined
  if (value.name === 'limit') return { ...rows, filtered: true, batched: true }
  if (/^(where|or_where|having|join)$/.test(value.name))
    return value.name === 'join' || onlyNull(value.node) ? rows : { ...rows, filtered: true }
  return rows
}

/** `from(u in "users", where: …)` */
function fromOf(call: ExCall, scope: EctoScope, depth: number): Rows | undefined {
  const source = sourceOf(call, scope, depth)
  if (!source) return undefined
  const limited = call.options.has('limit')
  const list = exChildren(call.node).find(child => child.type === 'arguments')
  const words = list
    ? exChildren(list)
        .filter(child => child.type === 'keywords')
        .flatMap(exChildren)
    : []
  const filtered = words.some(pair => {
    const key = pair.childForFieldName('key')?.text.trim()
    const condition = pair.childForFieldName('value')
    return (key === 'where:' || key === 'or_where:') && condition !== null && !onlyNull(condition)
  })
  return {
    table: source.table,
    filtered: source.filtered || filtered || limited,
    batched: source.batched || limited,
  }
}

function sourceOf(call: ExCall, scope: EctoScope, depth: number): Rows | undefined {
  const list = exChildren(call.node).find(child => child.type === 'arguments')
  const first = list ? exChildren(list)[0] : undefined
  if (first?.type !== 'binary_operator') return rowsOf(call.arguments[0], scope, depth + 1)
  const right = first.childForFieldName('right')
  if (!right) return undefined
  if (right.type === 'alias') return { table: tableOfSchema(right.text, scope), filtered: false, batched: false }
  if (right.type === 'string') {
    const table = /^"([\w.]+)"$/.exec(right.text)?.[1]
    return table === undefined ? undefined : { table, filtered: false, batched: false }
  }
  return rowsOf(scope.locals.get(right.text), scope, depth + 1)
}

/** Does a condition only pick what a backfill has not reached, which at first is all of it? */
const onlyNull = (node: Node): boolean =>
  /^(?:\w+\(\[[^\]]*\],\s*)?\(?is_nil\([^()]*\)\)?\)?$/.test(node.text.trim().replace(/^.*\|>\s*/s, '')) ||
  /^\(?is_nil\([^()]*\)\)?$/.test(node.text.trim())

function tableOfSchema(module: string, scope: EctoScope): string {
  const last = module.slice(module.lastIndexOf('.') + 1)
  return scope.file.tables.get(last) ?? pluralize(underscore(last))
}
