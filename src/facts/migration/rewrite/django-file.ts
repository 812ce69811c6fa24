import type { Edit } from '../../../text/edit.ts'
import { lineCount, lineText } from '../../../text/lines.ts'
import { lineBefore, type RewritePart } from '../../rewrite.ts'
import { appOf } from '../frontends/django-file.ts'
import type { Site } from './plan.ts'
import { deeper, type PyCallSite, pyText } from './python.ts'

/** Operations for Django's picture of the models, and the SQL that does it in the database. */
export function separated(state: readonly string[], sql: readonly string[]): string {
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

/** The field of a call, by its name. */
export function nameOf(call: PyCallSite): string {
  return (call.keywords.get('name') ?? call.positional[1])?.text.replace(/["']/g, '') ?? 'field'
}

/** The only operation of its migration. */
export function aloneInList({ node }: PyCallSite): boolean {
  return node.parent?.namedChildren.filter(child => child?.type !== 'comment').length === 1
}

function classLine({ source }: Site): number | undefined {
  for (let line = 1; line <= lineCount(source.lines); line++)
    if (/^class\s+\w+\(.*Migration\):/.test(lineText(source.lines, line))) return line
  return undefined
}

export function atomicFalse(site: Site): readonly Edit[] {
  const line = classLine(site)
  return site.program.transaction === 'each' || line === undefined
    ? []
    : [lineBefore(site.source, line + 1, '    atomic = False\n')]
}

export function importing({ source }: Site, names: readonly string[]): readonly Edit[] {
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
export function migrationFile(
  { artifact }: Site,
  operations: readonly string[],
  imports: readonly string[],
  bare: boolean,
  after: number,
): RewritePart {
  const stem = artifact.path.slice(artifact.path.lastIndexOf('/') + 1).replace(/\.py$/, '')
  const number = /^\d+/.exec(stem)?.[0]
  // What comes in between has no name yet.
  const before = after === 1 ? stem : `${numbered(number, after - 1)}…`
  const next = number === undefined ? '' : `# ${numbered(number, after)}….py\n`
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
      `    dependencies = [("${appOf(artifact.path)}", "${before}")]`,
      '',
      '    operations = [',
      ...operations.map(item => `        ${deeper(item, '        ')},`),
      '    ]',
    ].join('\n')}`,
  }
}

function numbered(number: string | undefined, after: number): string {
  return number === undefined ? '' : `${String(Number(number) + after).padStart(number.length, '0')}_`
}
