import type { Edit } from '../../../text/edit.ts'
import { lineCount, lineText } from '../../../text/lines.ts'
import { elsewhere, inPlace, lineBefore, type Rewrite, type RewritePart, replacing } from '../../rewrite.ts'
import { appOf } from '../frontends/django-file.ts'
import type { Operation } from '../operation.ts'
import { mayBeBare, type Site } from './plan.ts'
import { postgresPlan } from './postgres.ts'
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
  const replacement = await replacementFor(name, site, call)
  return replacement && placed(replacement, site, call)
}

async function replacementFor(name: string, site: Site, call: PyCallSite): Promise<Replacement | undefined> {
  const { operation } = site
  const own = call.callee.split('.').at(-1) ?? ''
  switch (name) {
    case 'online':
      if (own === 'RunSQL') return undefined
      return renamed(own, operation, site, call) ?? keyInSteps(own, site, call) ?? (await asSql(site, call))
    case 'kept-default':
      return keptDefault(call)
    case 'two-releases':
      return own === 'RemoveField' && operation.op === 'drop-column' ? stateFirst(operation, site, call) : undefined
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

/** Operations for Django's picture of the models, and the SQL that does it in the database. */
function separated(state: readonly string[], sql: readonly string[]): string {
  return [
    'migrations.SeparateDatabaseAndState(',
    `    state_operations=[${deeper(state.join(', '), '    ')}],`,
    ...(sql.length === 0
      ? []
      : [
          '    database_operations=[',
          ...sql.map(statement => `        migrations.RunSQL(${deeper(pyText(statement), '        ')}),`),
          '    ],',
        ]),
    ')',
  ].join('\n')
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

function nameOf(call: PyCallSite): string {
  return (call.keywords.get('name') ?? call.positional[1])?.text.replace(/["']/g, '') ?? 'field'
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

/** The only operation of its migration. */
function aloneInList({ node }: PyCallSite): boolean {
  return node.parent?.namedChildren.filter(child => child?.type !== 'comment').length === 1
}

function classLine({ source }: Site): number | undefined {
  for (let line = 1; line <= lineCount(source.lines); line++)
    if (/^class\s+\w+\(.*Migration\):/.test(lineText(source.lines, line))) return line
  return undefined
}

function atomicFalse(site: Site): readonly Edit[] {
  const line = classLine(site)
  return site.program.transaction === 'each' || line === undefined
    ? []
    : [lineBefore(site.source, line + 1, '    atomic = False\n')]
}

function importing({ source }: Site, names: readonly string[]): readonly Edit[] {
  const missing = names.filter(name => !new RegExp(`\\bimport\\b.*\\b${name}\\b`).test(source.text))
  if (missing.length === 0) return []
  for (let line = 1; line <= lineCount(source.lines); line++)
    if (/^(from|import)\s/.test(lineText(source.lines, line))) return [lineBefore(source, line, importLine(missing))]
  return []
}

function importLine(names: readonly string[]): string {
  return `from django.contrib.postgres.operations import ${names.join(', ')}`
}

/** A migration with these operations, that follows the one at hand. */
function migrationFile(
  { artifact }: Site,
  operations: readonly string[],
  imports: readonly string[],
  bare: boolean,
  after: number,
): RewritePart {
  const stem = artifact.path.slice(artifact.path.lastIndexOf('/') + 1).replace(/\.py$/, '')
  const number = /^\d+/.exec(stem)?.[0]
  const next = number === undefined ? '' : `# ${String(Number(number) + after).padStart(number.length, '0')}_….py\n`
  return {
    where: '',
    language: 'python',
    code: `${next}${[
      ...(imports.length === 0 ? [] : [importLine(imports)]),
      `from django.db import migrations${operations.some(item => item.includes('models.')) ? ', models' : ''}`,
      '',
      '',
      'class Migration(migrations.Migration):',
      ...(bare ? ['    atomic = False', ''] : []),
      `    dependencies = [("${appOf(artifact.path)}", "${stem}")]`,
      '',
      '    operations = [',
      ...operations.map(item => `        ${deeper(item, '        ')},`),
      '    ]',
    ].join('\n')}`,
  }
}
