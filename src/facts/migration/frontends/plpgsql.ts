import { parsePlpgsql } from '../../../artifact/postgres.ts'

/** One loop around a step. */
export interface Round {
  /** Variables that get another value in every round. */
  readonly names: readonly string[]
  /** `rows`: over the rows of the query. `list`: over an array. `count`: over numbers, or until something ends it. */
  readonly over: 'rows' | 'list' | 'count'
  /** The query of `rows`; empty where it is only known at run time. */
  readonly query: string
}

/** One thing that a PL/pgSQL body does, in order. */
export type BodyStep = {
  /** The loops around it, the innermost last. */
  readonly rounds: readonly Round[]
} & (
  | { readonly kind: 'sql'; readonly text: string }
  /** SQL that is put together at run time. */
  | { readonly kind: 'dynamic' }
  | { readonly kind: 'commit' | 'rollback' }
)

export type Body =
  | {
      readonly steps: readonly BodyStep[]
      /** Names of the variables and parameters, in lower case. */
      readonly variables: readonly string[]
    }
  | { readonly error: string }
  | 'another language'

/** Reads the body of `DO $$ … $$`, `CREATE FUNCTION` or `CREATE PROCEDURE`. */
export async function readBody(statement: string): Promise<Body> {
  const parsed = await parsePlpgsql(statement)
  if ('error' in parsed) return parsed
  const steps: BodyStep[] = []
  const variables = new Set<string>()
  try {
    for (const { action, datums } of functionsIn(parsed.tree)) {
      if (action === undefined) return 'another language'
      for (const name of datums.flatMap(namesOf)) variables.add(name)
      collect(action, [], { datums, steps })
    }
  } catch {
    return { error: 'nested too deeply' }
  }
  return { steps, variables: [...variables] }
}

interface Routine {
  /** The outermost block; undefined for a body that is not written in PL/pgSQL. */
  readonly action: unknown
  readonly datums: readonly unknown[]
}

function functionsIn(tree: unknown): readonly Routine[] {
  const functions = isRecord(tree) && Array.isArray(tree.plpgsql_funcs) ? tree.plpgsql_funcs : []
  return functions.map(item => {
    const body = isRecord(item) && isRecord(item.PLpgSQL_function) ? item.PLpgSQL_function : {}
    return { action: body.action, datums: Array.isArray(body.datums) ? body.datums : [] }
  })
}

/** The names behind a variable, a record, or the list of variables that a row is put into. */
function namesOf(datum: unknown): readonly string[] {
  if (!isRecord(datum)) return []
  const row = isRecord(datum.PLpgSQL_row) && Array.isArray(datum.PLpgSQL_row.fields) ? datum.PLpgSQL_row.fields : []
  const holders: readonly unknown[] = [datum.PLpgSQL_var, datum.PLpgSQL_rec]
  return [
    ...holders.flatMap(one => (isRecord(one) && typeof one.refname === 'string' ? [one.refname] : [])),
    ...row.flatMap(one => (isRecord(one) && typeof one.name === 'string' ? [one.name] : [])),
  ].map(name => name.toLowerCase())
}

interface Found {
  readonly datums: readonly unknown[]
  readonly steps: BodyStep[]
}

const loop = /^PLpgSQL_stmt_(loop|while|fori|fors|forc|foreach_a|dynfors)$/

function collect(node: unknown, rounds: readonly Round[], found: Found): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, rounds, found)
    return
  }
  if (!isRecord(node)) return
  for (const [name, value] of Object.entries(node)) {
    if (typeof value !== 'object' || value === null) continue
    const step = stepOf(name, value, rounds)
    if (step !== undefined) found.steps.push(step)
    collect(value, loop.test(name) ? [...rounds, roundOf(name, value, found.datums)] : rounds, found)
  }
}

function roundOf(name: string, node: object, datums: readonly unknown[]): Round {
  const own = isRecord(node) ? node : {}
  const names = namesOf(own.var)
  switch (name) {
    case 'PLpgSQL_stmt_fors':
      return { names, over: 'rows', query: queryIn(node, 'query') }
    case 'PLpgSQL_stmt_dynfors': {
      const run = executed(queryIn(node, 'query'), [])
      return { names, over: 'rows', query: run.kind === 'sql' ? run.text : '' }
    }
    case 'PLpgSQL_stmt_forc':
      return { names, over: 'rows', query: cursorQuery(own.curvar, datums) }
    case 'PLpgSQL_stmt_foreach_a':
      return { names: namesOf(datumAt(own.varno, datums)), over: 'list', query: '' }
    default: {
      const fetch = name === 'PLpgSQL_stmt_fori' ? undefined : fetchIn(own.body)
      if (fetch === undefined) return { names, over: 'count', query: '' }
      return { names: namesOf(fetch.target), over: 'rows', query: cursorQuery(fetch.curvar, datums) }
    }
  }
}

/** A FETCH that stands directly in a loop: `LOOP FETCH c INTO v; EXIT WHEN NOT FOUND; …`. */
function fetchIn(body: unknown): Readonly<Record<string, unknown>> | undefined {
  for (const item of Array.isArray(body) ? body : [])
    if (isRecord(item) && isRecord(item.PLpgSQL_stmt_fetch)) return item.PLpgSQL_stmt_fetch
  return undefined
}

const datumAt = (number: unknown, datums: readonly unknown[]): unknown =>
  typeof number === 'number' ? datums[number] : undefined

function cursorQuery(number: unknown, datums: readonly unknown[]): string {
  const datum = datumAt(number, datums)
  const cursor = isRecord(datum) && isRecord(datum.PLpgSQL_var) ? datum.PLpgSQL_var : {}
  return queryIn(cursor, 'cursor_explicit_expr')
}

function stepOf(name: string, value: object, rounds: readonly Round[]): BodyStep | undefined {
  switch (name) {
    case 'PLpgSQL_stmt_execsql':
      return { kind: 'sql', rounds, text: queryIn(value, 'sqlstmt') }
    case 'PLpgSQL_stmt_call':
      return { kind: 'sql', rounds, text: queryIn(value, 'expr') }
    case 'PLpgSQL_stmt_perform':
      return { kind: 'sql', rounds, text: queryIn(value, 'expr') }
    case 'PLpgSQL_stmt_dynexecute':
      return executed(queryIn(value, 'query'), rounds)
    case 'PLpgSQL_stmt_commit':
      return { kind: 'commit', rounds }
    case 'PLpgSQL_stmt_rollback':
      return { kind: 'rollback', rounds }
    default:
      return undefined
  }
}

/** EXECUTE of a literal is as good as the statement itself. */
function executed(query: string, rounds: readonly Round[]): BodyStep {
  const quoted = /^\s*'((?:[^']|'')*)'\s*$/.exec(query)?.[1]?.replaceAll("''", "'")
  const dollar = /^\s*(\$\w*\$)([\s\S]*)\1\s*$/.exec(query)?.[2]
  const text = quoted ?? dollar
  return text === undefined ? { kind: 'dynamic', rounds } : { kind: 'sql', rounds, text }
}

function queryIn(node: object, field: string): string {
  const holder = isRecord(node) ? node[field] : undefined
  const expression = isRecord(holder) && isRecord(holder.PLpgSQL_expr) ? holder.PLpgSQL_expr : {}
  return typeof expression.query === 'string' ? expression.query : ''
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
