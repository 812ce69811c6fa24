import type { Node } from 'web-tree-sitter'
import { dotted, lastName, type PyCall, type PyValue, pyChildren, receiverOf } from '../../../artifact/python.ts'
import { treeOf } from '../../../artifact/trees.ts'
import type { Source } from '../../../artifact/types.ts'
import type { Engine } from '../../../config/types.ts'
import type { Program } from '../operation.ts'
import { type PyFile, pyFile } from './python-file.ts'
import { emitSql, emitUnreadable, evaluate, newScope, type PyLanguage, type PyScope, sqlText } from './python-scope.ts'
import { type ReadSql, resolveDrafts } from './python-sql.ts'
import { vendorIs } from './python-vendor.ts'
import { walkBlock } from './python-walk.ts'
import { unreadableFile } from './unreadable-file.ts'

/** What the surroundings may tell. */
export interface PlainHints {
  readonly engine?: Engine
}

/** Functions that runners call forwards, by who calls them; what only new databases run comes first. */
const forwards: readonly string[] = [
  'run_create',
  'run_upgrade',
  'upgrade',
  'up',
  'apply',
  'migrate',
  'forward',
  'forwards',
]
const back: readonly string[] = ['downgrade', 'down', 'rollback', 'backward', 'backwards']

/** Migrations in Python that send SQL through a driver: yoyo's steps, Aerich's returned text, a project's own runner. */
export async function readPlainPython(source: Source, sql: ReadSql, hints: PlainHints = {}): Promise<Program> {
  const program = programOf(source.text)
  const tree = await treeOf(source, 'python')
  if (!tree) return { ...program, up: [unreadableFile(source)] }
  const file = pyFile(tree.rootNode)
  const scope = newScope(file, language(hints.engine))
  if (program.framework === 'yoyo') walkBlock(tree.rootNode, scope)
  else for (const name of forwards) run(file, name, scope)
  return {
    ...program,
    up: await resolveDrafts(scope.out, source, (text, place) => sql(withoutMarks(text), place), hints.engine),
    ...(program.framework === 'yoyo' || back.some(name => file.functions.has(name)) ? { down: [] } : {}),
  }
}

function programOf(text: string): Pick<Program, 'framework' | 'transaction'> {
  if (/^\s*(from|import) yoyo\b/m.test(text)) {
    const bare = /^__transactional__\s*=\s*False\b/m.test(text)
    return { framework: 'yoyo', transaction: bare ? 'each' : 'wrapped' }
  }
  if (/\bBaseDBAsyncClient\b/.test(text)) {
    const bare = /^RUN_IN_TRANSACTION\s*=\s*False\b/m.test(text)
    return { framework: 'aerich', transaction: bare ? 'each' : 'likely' }
  }
  return { framework: 'python', transaction: 'likely' }
}

/** Drivers' `?` for a value, which Postgres has no such mark for; its own operators `?`, `?|`, `?&` stand behind a name or a bracket and before a quote. */
function withoutMarks(text: string): string {
  return text.replace(/('(?:[^']|'')*')|\?(?![|&?]|\s*')/g, (mark, quoted) => (typeof quoted === 'string' ? mark : '0'))
}

function run(file: PyFile, name: string, scope: PyScope): void {
  const body = file.functions.get(name)?.childForFieldName('body')
  if (!body) return
  const within: PyScope = { ...scope, locals: new Map(scope.locals) }
  walkBlock(body, within)
  for (const given of returnsOf(body)) {
    const value = evaluate(given, within)
    if (sqlText(value) !== undefined) emitSql(scope, given, value)
  }
}

/** What a function gives back, not the functions within it. Aerich runs the text. */
function returnsOf(body: Node): readonly Node[] {
  return body
    .descendantsOfType('return_statement')
    .flatMap(node => (node?.parent?.id === body.id ? pyChildren(node).slice(0, 1) : []))
}

function language(engine: Engine | undefined): PyLanguage {
  return {
    call: (call, scope) => read(call, scope),
    condition: value => vendorIs(value, engine) ?? isEngine(value, engine),
  }
}

/** `isinstance(database_engine, PostgresEngine)` */
function isEngine(value: PyValue, engine: Engine | undefined): boolean | undefined {
  if (value.kind !== 'call' || value.name !== 'isinstance' || engine === undefined) return undefined
  const type = value.arguments[1] === undefined ? '' : dotted(value.arguments[1])
  if (/postgres|psycopg|asyncpg/i.test(type)) return engine === 'postgres'
  if (/sqlite/i.test(type)) return engine === 'sqlite'
  return /mysql|maria/i.test(type) ? engine === 'mysql' || engine === 'mariadb' : undefined
}

function read(call: PyCall, scope: PyScope): boolean {
  const receiver = receiverOf(call)
  const [first] = call.arguments
  if (call.name === 'step' && (receiver === undefined || lastName(receiver) === 'yoyo')) return stepOf(call, scope)
  if (receiver === undefined || first === undefined) return false
  if (/^(execute|executemany|executescript|execute_query|execute_script|execute_sql|run_sql|sql)$/.test(call.name)) {
    const several = first.kind === 'list' && first.items.some(item => sqlText(item) !== undefined)
    if (several) for (const item of first.items) emitSql(scope, call.node, item)
    else emitSql(scope, call.node, first)
    return true
  }
  if (lastName(receiver) !== 'migrator') return false
  emitUnreadable(scope, call.node, `\`migrator.${call.name}\` works on models in other files`)
  return true
}

/** `step("ALTER …", "the way back")` of yoyo, or with a function in the place of either. */
function stepOf(call: PyCall, scope: PyScope): boolean {
  const forward = call.keywords.get('apply') ?? call.arguments[0]
  if (forward?.kind !== 'function') {
    emitSql(scope, call.node, forward)
    return true
  }
  const body = forward.node.childForFieldName('body')
  if (body) walkBlock(body, { ...scope, locals: new Map(scope.locals), depth: scope.depth + 1 })
  return true
}
