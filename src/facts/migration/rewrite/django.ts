import { elsewhere, inPlace, type Rewrite, type RewritePart, replacing } from '../../rewrite.ts'
import type { Operation } from '../operation.ts'
import { aloneInList, atomicFalse, importing, migrationFile, nameOf, separated } from './django-file.ts'
import { rewriteRunSql, withLockTimeout } from './django-sql.ts'
import { mayBeBare, type Site } from './plan.ts'
import { postgresPlan } from './postgres.ts'
import { notNullStages } from './postgres-constraints.ts'
import { madeName, sqlName, statementsIn } from './postgres-text.ts'
import { deeper, type PyCallSite, pyCallAt, pyText } from './python.ts'
import { statementOf } from './statement.ts'

/** What replaces an operation of Django: its text, what it has to import, and whether it runs outside of a transaction. */
interface Replacement {
  readonly title: string
  readonly text: string
  readonly imports: readonly string[]
  readonly bare: boolean
  readonly later?: readonly RewritePart[]
}

/** The safe way of one operation in a Django migration. */
export async function rewriteDjango(name: string, site: Site): Promise<Rewrite | undefined> {
  const call = await pyCallAt(site)
  if (call === undefined || call.node.parent?.type !== 'list') return undefined
  if (name === 'no-transaction') {
    const edits = atomicFalse(site)
    return edits.length === 0 ? undefined : inPlace('Switch the transaction off', 'python', site.source, edits)
  }
  if (name === 'lock-timeout') return withLockTimeout(site)
  if (/(^|\.)RunSQL$/.test(call.callee)) return rewriteRunSql(name, site, call)
  const replacement = await replacementFor(name, site, call)
  return replacement && placed(replacement, site, call)
}

async function replacementFor(name: string, site: Site, call: PyCallSite): Promise<Replacement | undefined> {
  const { operation } = site
  const own = call.callee.split('.').at(-1) ?? ''
  switch (name) {
    case 'online':
      return renamed(own, operation, site, call) ?? keyInSteps(own, site, call) ?? (await asSql(site, call))
    case 'kept-default':
      return keptDefault(call)
    case 'two-releases':
      if (own === 'AlterModelTable' && operation.op === 'rename-table') return oldName(operation, site, call)
      return own === 'RemoveField' && operation.op === 'drop-column' ? stateFirst(operation, site, call) : undefined
    case 'optional-first':
      return own === 'AddField' && operation.op === 'add-column' ? optionalFirst(operation, site, call) : undefined
    default:
      return undefined
  }
}

/** Operations that Django has in a form for tables in use. */
function renamed(own: string, operation: Operation, site: Site, call: PyCallSite): Replacement | undefined {
  const other: Readonly<Record<string, string>> = {
    AddIndex: 'AddIndexConcurrently',
    RemoveIndex: 'RemoveIndexConcurrently',
    ...(operation.op === 'add-check' ? { AddConstraint: 'AddConstraintNotValid' } : {}),
  }
  const name = other[own]
  if (name === undefined) return undefined
  const text = `${name}${call.text.slice(call.callee.length)}`
  if (operation.op !== 'add-check')
    return {
      title: own === 'AddIndex' ? 'Build the index beside the traffic' : 'Drop the index without stopping the table',
      text,
      imports: [name],
      bare: true,
    }
  const model = (call.keywords.get('model_name') ?? call.positional[0])?.text
  if (operation.name === undefined || model === undefined) return undefined
  const validation = `ValidateConstraint(model_name=${model}, name="${operation.name}")`
  const later = migrationFile(site, [validation], ['ValidateConstraint'], false, 1)
  return {
    title: 'Add the constraint for new rows first, and check the old ones when no lock is held',
    text,
    imports: [name],
    bare: false,
    later: [{ ...later, where: 'In a second migration' }],
  }
}

/** The operations of all steps that the call was read as: some run at the end of the migration. */
function operationsOf({ program, step: { span } }: Site): readonly Operation[] {
  return program.up.flatMap(step =>
    step.kind === 'change' && step.span.line === span.line && step.span.column === span.column ? step.operations : [],
  )
}

/** A foreign key: the column alone, then its index beside the traffic and its constraint in two steps. */
function keyInSteps(own: string, site: Site, call: PyCallSite): Replacement | undefined {
  const field = call.keywords.get('field') ?? call.positional[2]
  if (own !== 'AddField' || !field || !/\bForeignKey\(/.test(field.text) || /\bdb_(index|constraint)=/.test(field.text))
    return undefined
  const operations = operationsOf(site)
  const added = operations.find(item => item.op === 'add-column')
  const to = added?.op === 'add-column' ? added.column.references?.table : undefined
  const model = (call.keywords.get('model_name') ?? call.positional[0])?.text
  if (added?.op !== 'add-column' || to === undefined || model === undefined) return undefined
  const { table, column } = added
  const dedented = field.text.replaceAll(`\n${call.indent}`, '\n')
  const bareField = dedented.replace(/(,?)(\s*)\)$/, (_, comma: string, blank: string) =>
    comma === '' || blank === ''
      ? `, db_index=False, db_constraint=False${blank})`
      : `,${blank}    db_index=False,${blank}    db_constraint=False,${blank})`,
  )
  const name = sqlName(madeName(table, column.name, 'fk'))
  const on = sqlName(column.name)
  const statements = [
    ...(operations.some(item => item.op === 'create-index')
      ? [`CREATE INDEX CONCURRENTLY ${sqlName(madeName(table, column.name, 'idx'))} ON ${sqlName(table)} (${on})`]
      : []),
    `ALTER TABLE ${sqlName(table)} ADD CONSTRAINT ${name} FOREIGN KEY (${on}) REFERENCES ${sqlName(to)} DEFERRABLE INITIALLY DEFERRED NOT VALID`,
    `ALTER TABLE ${sqlName(table)} VALIDATE CONSTRAINT ${name}`,
  ]
  const whole = `migrations.AlterField(\n    model_name=${model},\n    name="${nameOf(call)}",\n    field=${deeper(dedent(dedented.split('\n')), '    ')},\n)`
  const later = migrationFile(site, [separated([whole], statements)], [], true, 1)
  return {
    title: 'Add the column alone; its index beside the traffic, and its constraint in two steps',
    text: call.text.replace(dedented, () => bareField),
    imports: [],
    bare: false,
    later: [{ ...later, where: 'In a second migration' }],
  }
}

/** The last line at the margin, as the first is. */
function dedent(lines: readonly string[]): string {
  const last = lines.at(-1) ?? ''
  const indent = lines.length > 1 ? last.slice(0, last.length - last.trimStart().length) : ''
  return lines.map(line => (line.startsWith(indent) ? line.slice(indent.length) : line)).join('\n')
}

/** The operation for Django's picture of the models, and its SQL in steps that block nobody. */
async function asSql(site: Site, call: PyCallSite): Promise<Replacement | undefined> {
  const steps = operationsOf(site)
  const sql: string[] = []
  let title: string | undefined
  for (const operation of steps) {
    if (operation.op === 'harmless') continue
    const statement = statementOf(operation)
    if (statement === undefined) return undefined
    const plan = await postgresPlan('online', operation, { statement, text: statement, index: 0, whole: true })
    // What has to wait for a release does not fit into one migration.
    if (plan?.later.some(stage => 'where' in stage || stage.after !== undefined)) return undefined
    const safe = plan === undefined || isHarmless(operation) ? undefined : plan
    if (operation === site.operation) title = safe?.title
    sql.push(...(safe === undefined ? [statement] : statementsIn(safe.here?.text ?? '')))
    for (const stage of safe?.later ?? []) if ('sql' in stage) sql.push(...stage.sql)
  }
  if (title === undefined || !areSql(steps)) return undefined
  const text = separated([call.text], sql)
  return { title, text, imports: [], bare: true }
}

/** Steps that need no other way. */
function isHarmless(operation: Operation): boolean {
  return operation.op === 'drop-index' || (operation.op === 'add-column' && isPlain(operation.column))
}

function isPlain(column: Extract<Operation, { op: 'add-column' }>['column']): boolean {
  return column.references === undefined && !column.unique && !column.check && column.default === undefined
}

/** Defaults of Python are not defaults of SQL. */
function areSql(operations: readonly Operation[]): boolean {
  return operations.every(item => item.op !== 'drop-default' && item.op !== 'set-default' && item.op !== 'update-rows')
}

/** `db_default` instead of `default`: the database keeps it. */
function keptDefault(call: PyCallSite): Replacement | undefined {
  const field = call.keywords.get('field') ?? call.positional[2]
  if (!field) return undefined
  const text = field.text.replace(
    /(?<=[(,]\s*)default=(?=(True|False|-?\d+(\.\d+)?|"[^"]*"|'[^']*')\s*[,)])/,
    'db_default=',
  )
  if (text === field.text) return undefined
  return {
    title: 'Let the database keep the default (Django 5), here and in the model',
    text: call.text.replace(field.text.replaceAll(`\n${call.indent}`, '\n'), () =>
      text.replaceAll(`\n${call.indent}`, '\n'),
    ),
    imports: [],
    bare: false,
    later: [{ where: 'In the model, the same', language: 'python', code: `${nameOf(call)} = ${text}` }],
  }
}

/** Django forgets the field with this release; the column goes with a later one. */
function stateFirst(operation: Extract<Operation, { op: 'drop-column' }>, site: Site, call: PyCallSite): Replacement {
  const table = sqlName(operation.table)
  const column = sqlName(operation.column)
  // Otherwise nobody can insert a row any more.
  const optional = site.fact.engine === 'postgres' ? [`ALTER TABLE ${table} ALTER COLUMN ${column} DROP NOT NULL`] : []
  const text = separated([call.text], optional)
  const drop = `migrations.RunSQL(${pyText(`ALTER TABLE ${table} DROP COLUMN ${column}`)})`
  const later = migrationFile(site, [drop], [], false, 1)
  return {
    title: 'Let the code forget the field first, and drop the column with a later release',
    text,
    imports: [],
    bare: false,
    later: [{ ...later, where: 'When nothing of the older release runs any more, in a later migration' }],
  }
}

/** The old name stays as a view until no release uses it any more. */
function oldName(
  { table, to }: Extract<Operation, { op: 'rename-table' }>,
  site: Site,
  call: PyCallSite,
): Replacement | undefined {
  const view = pyText(`CREATE VIEW ${sqlName(table)} AS SELECT * FROM ${sqlName(to)}`)
  const gone = pyText(`DROP VIEW ${sqlName(table)}`)
  if (site.fact.engine !== 'postgres' || operationsOf(site).length !== 1) return undefined
  const later = migrationFile(site, [`migrations.RunSQL(${gone})`], [], false, 1)
  return {
    title: 'Keep the old name alive as a view until no release uses it any more',
    text: `${call.text},\nmigrations.RunSQL(\n    ${view},\n    ${gone},\n)`,
    imports: [],
    bare: false,
    later: [{ ...later, where: 'When no running release uses the old name any more, in a later migration' }],
  }
}

/** A required field without a default: as optional first. */
function optionalFirst(
  { table, column }: Extract<Operation, { op: 'add-column' }>,
  site: Site,
  call: PyCallSite,
): Replacement | undefined {
  const field = call.keywords.get('field') ?? call.positional[2]
  const model = (call.keywords.get('model_name') ?? call.positional[0])?.text
  if (!field || model === undefined || site.fact.engine !== 'postgres') return undefined
  if (!/^[\w.]+\([\s\S]*\)$/.test(field.text) || /\b(ForeignKey|OneToOneField|null=|primary_key=)/.test(field.text))
    return undefined
  const own = field.text.replaceAll(`\n${call.indent}`, '\n')
  const open = own
    .replace(/(,?)(\s*)\)$/, (_, comma: string, blank: string) =>
      comma === '' || blank === '' ? `, null=True${blank})` : `,${blank}    null=True,${blank})`,
    )
    .replace('(, ', '(')
  const { first, last } = notNullStages(sqlName(table), table, [column.name])
  const whole = `migrations.AlterField(\n    model_name=${model},\n    name="${nameOf(call)}",\n    field=${deeper(dedent(own.split('\n')), '    ')},\n)`
  const sql = [`ALTER TABLE ${sqlName(table)} ${first.join(', ')}`, ...last.sql]
  const later = migrationFile(site, [separated([whole], sql)], [], true, 1)
  return {
    title: 'Add the field as optional, and require it when every row has a value',
    text: call.text.replace(own, () => open),
    imports: [],
    bare: false,
    later: [
      { where: 'In the model, the same', language: 'python', code: `${nameOf(call)} = ${dedent(open.split('\n'))}` },
      { ...later, where: 'When the code fills the field, and old rows have a value, in a later migration' },
    ],
  }
}

function placed(replacement: Replacement, site: Site, call: PyCallSite): Rewrite | undefined {
  const { title, text, imports, bare, later = [] } = replacement
  if (!bare || mayBeBare(site) || aloneInList(call)) {
    const edits = [
      ...importing(site, imports),
      ...(bare ? atomicFalse(site) : []),
      replacing(call.span, deeper(text, call.indent)),
    ]
    const here = inPlace(title, 'python', site.source, edits, later)
    if (here !== undefined) return here
  }
  const own = migrationFile(site, [text], imports, bare, 1)
  return elsewhere(title, [{ ...own, where: 'In a migration of its own' }, ...later])
}
