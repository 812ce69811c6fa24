import { parsePlpgsql } from '../../../artifact/postgres.ts'

/** One thing that a PL/pgSQL body does, in order. */
export type BodyStep = {
  /** Inside a loop: what works on rows does so in slices. */
  readonly loops: boolean
} & (
  | { readonly kind: 'sql'; readonly text: string }
  /** SQL that is put together at run time. */
  | { readonly kind: 'dynamic' }
  | { readonly kind: 'commit' | 'rollback' }
)

export type Body = { readonly steps: readonly BodyStep[] } | { readonly error: string } | 'another language'

/** Reads the body of `DO $$ … $$`, `CREATE FUNCTION` or `CREATE PROCEDURE`. */
export async function readBody(statement: string): Promise<Body> {
  const parsed = await parsePlpgsql(statement)
  if ('error' in parsed) return parsed
  const steps: BodyStep[] = []
  try {
    for (const action of actionsIn(parsed.tree)) {
      if (action === undefined) return 'another language'
      collect(action, false, steps)
    }
  } catch {
    return { error: 'nested too deeply' }
  }
  return { steps }
}

/** The outermost blocks; undefined for a body that is not written in PL/pgSQL. */
function actionsIn(tree: unknown): readonly unknown[] {
  const functions = isRecord(tree) && Array.isArray(tree.plpgsql_funcs) ? tree.plpgsql_funcs : []
  return functions.map(item => {
    const body = isRecord(item) && isRecord(item.PLpgSQL_function) ? item.PLpgSQL_function : {}
    return body.action
  })
}

const loop = /^PLpgSQL_stmt_(loop|while|fori|fors|forc|foreach_a|dynfors)$/

function collect(node: unknown, loops: boolean, steps: BodyStep[]): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, loops, steps)
    return
  }
  if (!isRecord(node)) return
  for (const [name, value] of Object.entries(node)) {
    if (typeof value !== 'object' || value === null) continue
    const step = stepOf(name, value, loops)
    if (step !== undefined) steps.push(step)
    collect(value, loops || loop.test(name), steps)
  }
}

function stepOf(name: string, value: object, loops: boolean): BodyStep | undefined {
  switch (name) {
    case 'PLpgSQL_stmt_execsql':
      return { kind: 'sql', loops, text: queryIn(value, 'sqlstmt') }
    case 'PLpgSQL_stmt_call':
      return { kind: 'sql', loops, text: queryIn(value, 'expr') }
    case 'PLpgSQL_stmt_perform':
      return { kind: 'sql', loops, text: queryIn(value, 'expr') }
    case 'PLpgSQL_stmt_dynexecute':
      return executed(queryIn(value, 'query'), loops)
    case 'PLpgSQL_stmt_commit':
      return { kind: 'commit', loops }
    case 'PLpgSQL_stmt_rollback':
      return { kind: 'rollback', loops }
    default:
      return undefined
  }
}

/** EXECUTE of a literal is as good as the statement itself. */
function executed(query: string, loops: boolean): BodyStep {
  const quoted = /^\s*'((?:[^']|'')*)'\s*$/.exec(query)?.[1]?.replaceAll("''", "'")
  const dollar = /^\s*(\$\w*\$)([\s\S]*)\1\s*$/.exec(query)?.[2]
  const text = quoted ?? dollar
  return text === undefined ? { kind: 'dynamic', loops } : { kind: 'sql', loops, text }
}

function queryIn(node: object, field: string): string {
  const holder = isRecord(node) ? node[field] : undefined
  const expression = isRecord(holder) && isRecord(holder.PLpgSQL_expr) ? holder.PLpgSQL_expr : {}
  return typeof expression.query === 'string' ? expression.query : ''
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
