import type { Node } from 'web-tree-sitter'
import { treeOf } from '../../../artifact/trees.ts'
import type { Source } from '../../../artifact/types.ts'
import { lineText, type Span } from '../../../text/lines.ts'
import { inPlace, lineBefore, type Rewrite } from '../../rewrite.ts'
import type { Site } from './plan.ts'

/** What runs SQL on the connection of the migration. Sequelize hands out any of its pool. */
const runs: Readonly<Record<string, { readonly say: (on: string, sql: string) => string; readonly pooled: boolean }>> =
  {
    knex: { say: (on, sql) => `await ${on}.raw(${sql})`, pooled: true },
    kysely: { say: (on, sql) => `await sql${sql.replaceAll('"', '`')}.execute(${on})`, pooled: true },
    typeorm: { say: (on, sql) => `await ${on}.query(${sql})`, pooled: false },
    'node-pg-migrate': { say: (on, sql) => `${on}.sql(${sql})`, pooled: false },
  }

/** The setting before the statement of `up` that holds the first step that takes the lock. */
export async function withLockTimeout({ source, program, step, fact }: Site): Promise<Rewrite | undefined> {
  const way = runs[program.framework]
  // Outside of a transaction each statement may run on another connection.
  if (way === undefined || (way.pooled && !fact.inTransaction)) return undefined
  const first = fact.inTransaction ? program.up.find(other => other.kind === 'change') : step
  const found = first && (await statementOfUp(source, first.span))
  if (found === undefined || (program.framework === 'kysely' && !/\bsql\b[^\n]*from\s+['"]kysely/.test(source.text)))
    return undefined
  const line = found.node.startPosition.row + 1
  const text = lineText(source.lines, line)
  const indent = text.slice(0, text.length - text.trimStart().length)
  const sql = `"SET ${fact.inTransaction ? 'LOCAL ' : ''}lock_timeout = '2s'"`
  const end = /;\s*$/m.test(source.text) ? ';' : ''
  const language = /\.[cm]?ts$/.test(source.path) ? 'ts' : 'js'
  return inPlace('Give up after two seconds instead of letting everybody wait, and run it again', language, source, [
    lineBefore(source, line, `${indent}${way.say(found.on, sql)}${end}`),
  ])
}

/** The statement of `up` around a place, and the name of what `up` is handed. */
async function statementOfUp(
  source: Source,
  { line, column }: Span,
): Promise<{ readonly node: Node; readonly on: string } | undefined> {
  const root = (await treeOf(source, /\.[cm]?ts$/.test(source.path) ? 'typescript' : 'javascript'))?.rootNode
  let at: Node | null | undefined = root?.descendantForPosition({ row: line - 1, column: column - 1 })
  for (; at?.parent; at = at.parent) {
    const owner: Node | null = at.parent.type === 'statement_block' ? at.parent.parent : null
    if (owner === null || !isUp(owner)) continue
    const parameter = owner.childForFieldName('parameter') ?? owner.childForFieldName('parameters')?.namedChildren[0]
    const on = parameter?.childForFieldName('pattern')?.text ?? parameter?.text ?? ''
    return /^[\w$]+$/.test(on) ? { node: at, on } : undefined
  }
  return undefined
}

/** `function up`, `up() {}`, `exports.up = …`, `const up = …`. */
function isUp(owner: Node): boolean {
  const { parent } = owner
  const name =
    owner.childForFieldName('name')?.text ??
    parent?.childForFieldName('name')?.text ??
    parent?.childForFieldName('left')?.text ??
    parent?.childForFieldName('key')?.text ??
    ''
  return /function|method_definition|arrow/.test(owner.type) && /^((module\.)?exports\.)?up$/.test(name)
}
