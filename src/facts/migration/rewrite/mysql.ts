import { elsewhere, inPlace, lineBefore, type Rewrite, type RewritePart, replacing } from '../../rewrite.ts'
import { mysqlEffect } from '../effects/mysql.ts'
import type { Operation } from '../operation.ts'
import { type Site, textAt } from './plan.ts'

const name = String.raw`(?:\`[^\`]+\`|[\w$]+)(?:\s*\.\s*(?:\`[^\`]+\`|[\w$]+))?`
const head = new RegExp(String.raw`^\s*alter\s+(?:online\s+)?table\s+(${name})\s+`, 'i')
const demand = /\b(algorithm|lock)\s*=?\s*(instant|inplace|nocopy|copy|default|none|shared|exclusive)\b/gi

/** The statement without ALGORITHM= and LOCK=, and without the commas around them. */
function withoutDemands(statement: string): string {
  return statement
    .replace(demand, '')
    .replace(/,(\s*,)+/g, ',')
    .replace(/[\s,]+$/, '')
    .replace(/^(\s*alter\s+(?:online\s+)?table\s+\S+\s*),\s*/i, '$1')
}

/** The safe way of a step on MySQL or MariaDB: the statement so that the server does it at once, or the tool that copies beside the traffic. */
export async function rewriteMysql(wanted: string, site: Site): Promise<Rewrite | undefined> {
  const { source, step, operation, fact } = site
  const isFile = source.path.endsWith('.sql')
  const text = textAt(source, step.span)
  // In a string of another language, as long as it says what the server gets.
  const isSql = isFile || (/^\s*(alter|create|update)\s+\w/i.test(text) && !/\\|\$|#\{/.test(text))
  const statement = isSql ? text : ''
  switch (wanted) {
    case 'online':
      if (fact.refused !== '') return isSql ? accepted(site, statement) : undefined
      return (isSql ? atOnce(site, statement) : undefined) ?? byCopy(operation, alterOf(operation, statement))
    case 'lock-timeout':
      return isSql ? withLockWaitTimeout(site) : undefined
    case 'batches':
      return operation.op === 'update-rows' && isSql ? inBatches(operation.table, statement) : undefined
    case 'optional-first':
      return operation.op === 'add-column' && isFile ? optionalFirst(site, statement) : undefined
    default:
      return undefined
  }
}

function withLockWaitTimeout({ source, step }: Site): Rewrite | undefined {
  const { line, column } = step.span
  return inPlace('Give up after five seconds instead of letting everybody wait, and run it again', 'sql', source, [
    lineBefore(source, line, `${' '.repeat(column - 1)}SET SESSION lock_wait_timeout = 5;`),
  ])
}

/** Asks for what the server can do, where that stops nobody. */
function accepted(site: Site, statement: string): Rewrite | undefined {
  const { algorithm } = site.fact
  const asked = /\balgorithm\s*=?\s*(\w+)/i.exec(statement)?.[1]?.toLowerCase()
  if (algorithm === '' || algorithm === 'copy') return byCopy(site.operation, alterOf(site.operation, statement))
  const lock = algorithm === 'instant' ? '' : ', LOCK=NONE'
  const text = `${withoutDemands(statement)}, ALGORITHM=${algorithm.toUpperCase()}${lock}`
  const title =
    asked === algorithm
      ? 'Leave out the demand that the server refuses'
      : `Ask for ${algorithm.toUpperCase()}, which the server can do`
  return inPlace(title, languageOf(site), site.source, [replacing(site.step.span, text)])
}

/** A column at the end of the row instead of in the middle of it, where the server then adds it at once. */
function atOnce(site: Site, statement: string): Rewrite | undefined {
  const { step, source } = site
  if (step.operations.length !== 1 || !isInstantAtEnd(site)) return undefined
  const text = withoutDemands(statement)
    .replace(/\s+(?:first|after\s+(?:`[^`]+`|[\w$]+))\s*$/i, '')
    .trimEnd()
  return inPlace(
    'Add the column at the end, which takes no time, and let the server refuse anything slower',
    languageOf(site),
    source,
    [replacing(step.span, `${text}, ALGORITHM=INSTANT`)],
  )
}

/** Does the server add the column at once, if only it comes last? */
export function isInstantAtEnd({ operation, fact }: Site): boolean {
  if (operation.op !== 'add-column' || operation.column.placed !== true) return false
  if (fact.engine !== 'mysql' && fact.engine !== 'mariadb') return false
  const { placed: _, ...column } = operation.column
  const moved: Operation = { ...operation, column }
  const effect = mysqlEffect(moved, {
    engine: fact.engine,
    version: fact.version === '' ? undefined : fact.version,
    siblings: [moved],
    foreignKeyChecks: true,
  })
  return effect.algorithm === 'instant'
}

/** What the framework's own call is then called. */
export const atEnd = 'Add the column at the end, which takes no time'

function languageOf({ source }: Site): string {
  const ending = /\.(\w+)$/.exec(source.path)?.[1] ?? ''
  const names: Readonly<Record<string, string>> = { rb: 'ruby', py: 'python', ex: 'elixir', exs: 'elixir', yml: 'yaml' }
  return names[ending] ?? ending
}

/** What a tool is told to alter: the clauses of the statement, or the operation as a clause. */
function alterOf(
  operation: Operation,
  statement: string,
): { readonly table: string; readonly clauses: string } | undefined {
  const found = head.exec(statement)
  if (found?.[1] !== undefined) {
    const clauses = withoutDemands(statement).slice(found[0].length).replace(/\s+/g, ' ').trim()
    return { table: plainName(found[1]), clauses }
  }
  const index =
    /^create\s+((?:unique|fulltext|spatial)\s+)?index\s+(`[^`]+`|[\w$]+)\s+on\s+(`[^`]+`|[\w$.]+)\s*(\([\s\S]*\))/i.exec(
      statement,
    )
  if (index?.[3] !== undefined)
    return { table: plainName(index[3]), clauses: `ADD ${(index[1] ?? '').toUpperCase()}INDEX ${index[2]} ${index[4]}` }
  if (operation.op !== 'add-column' || operation.column.references || operation.column.generated) return undefined
  const { name: column, type, notNull, default: value } = operation.column
  if (type.text === '') return undefined
  const clauses = [
    `ADD COLUMN ${column} ${type.text}`,
    ...(notNull ? ['NOT NULL'] : []),
    ...(value ? [`DEFAULT ${value.text}`] : []),
  ]
  return { table: operation.table, clauses: clauses.join(' ') }
}

function plainName(text: string): string {
  return text.replace(/[`\s]/g, '')
}

/** gh-ost, or pt-online-schema-change where foreign keys take part. */
function byCopy(operation: Operation, alter: ReturnType<typeof alterOf>): Rewrite | undefined {
  if (alter === undefined || alter.clauses === '') return undefined
  const [, schema, table = alter.table] = /^(?:([^.]+)\.)?(.+)$/.exec(alter.table) ?? []
  const database = schema ?? '$DATABASE'
  const clauses = shellText(alter.clauses)
  const keys = operation.op === 'add-foreign-key' || /\breferences\b/i.test(alter.clauses)
  const code = keys
    ? `pt-online-schema-change --alter ${clauses} \\\n  --alter-foreign-keys-method=auto --execute "D=${database},t=${table}"`
    : `gh-ost --database="${database}" --table="${table}" \\\n  --alter=${clauses} \\\n  --execute`
  return elsewhere('Copy the table beside the traffic, in small steps that give way to it', [
    { where: 'From a shell, in place of the statement', language: 'sh', code },
  ])
}

function shellText(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** UPDATE with LIMIT, again and again. */
function inBatches(table: string, statement: string): Rewrite | undefined {
  const found =
    /^\s*update\s+(`[^`]+`|[\w$.]+)\s+set\s+(`?[\w$]+`?)\s*=\s*([^,;]+?)(?:\s+where\s+([\s\S]+?))?\s*$/i.exec(statement)
  const [, , column = '', value = '', where] = found ?? []
  if (found === null || /\b(select|limit|order\s+by|join)\b/i.test(statement)) return undefined
  const plain = column.replaceAll('`', '')
  // A value that depends on the column itself, or changes with every call, is never reached.
  if (new RegExp(`\b${plain}\b`, 'i').test(value) || /\b(now|rand|uuid|current_timestamp|sysdate)\b/i.test(value))
    return undefined
  const open = `NOT (${column} <=> ${value})`
  const condition = where === undefined ? open : `(${where}) AND ${open}`
  const part: RewritePart = {
    where: 'From a script, each time committed, until it changes no row any more',
    language: 'sql',
    code: `UPDATE ${found[1] ?? table}\nSET ${column} = ${value}\nWHERE ${condition}\nLIMIT 5000;`,
  }
  return elsewhere('Write the rows in batches that commit one by one', [part])
}

/** The column as optional; required when the code fills it. */
function optionalFirst({ operation, step, source }: Site, statement: string): Rewrite | undefined {
  if (operation.op !== 'add-column' || step.operations.length !== 1) return undefined
  const text = statement.replace(/\s+not\s+null\b/i, ' NULL')
  const definition = /\badd\s+(?:column\s+)?([\s\S]+)$/i.exec(withoutDemands(statement))?.[1]
  const table = head.exec(statement)?.[1]
  if (text === statement || definition === undefined || table === undefined) return undefined
  const later: RewritePart = {
    where: 'When the code fills the column, and old rows have a value, in a second migration',
    language: 'sql',
    code: `ALTER TABLE ${table} MODIFY COLUMN ${definition.trim()}, ALGORITHM=INPLACE, LOCK=NONE;`,
  }
  return inPlace(
    'Add the column as optional, and require it when every row has a value',
    'sql',
    source,
    [replacing(step.span, text)],
    [later],
  )
}
