import type { Edit } from '../../../text/edit.ts'
import { lineCount, lineText } from '../../../text/lines.ts'
import { inPlace, lineBefore, type Rewrite, type RewritePart } from '../../rewrite.ts'
import { type Host, placePlan, type Site, type Stage } from './plan.ts'
import { railsPlan } from './rails-plan.ts'
import { callAt, camelize, statementLine } from './ruby.ts'

/** The safe way of a call in a Rails migration, in Ruby. */
export async function rewriteRails(name: string, site: Site): Promise<Rewrite | undefined> {
  const call = await callAt(site)
  if (call === undefined) return undefined
  const host = railsHost(site)
  if (name === 'lock-timeout') return site.fact.engine === 'postgres' ? withLockTimeout(site) : undefined
  if (name === 'no-transaction') {
    const bare = await host.bare('')
    return bare && inPlace('Switch the transaction off', 'ruby', site.source, bare)
  }
  const plan = railsPlan(name, site, call)
  return plan && placePlan(plan, site, host)
}

/** Ruby migrations, for calls and for SQL inside `execute`. */
export function railsHost(site: Site): Host {
  return {
    language: 'ruby',
    bare: async () => bareEdits(site),
    fits: text => indented(text, site),
    migration: stage => [migration(stage, site)],
  }
}

function bareEdits({ program, source }: Site): readonly Edit[] | undefined {
  if (program.transaction === 'each') return []
  const line = classLine(source.lines)
  return line === undefined ? undefined : [lineBefore(source, line + 1, '  disable_ddl_transaction!\n')]
}

function classLine(lines: Site['source']['lines']): number | undefined {
  for (let line = 1; line <= lineCount(lines); line++)
    if (/^\s*class\s+[\w:]+\s*<\s*.*Migration\b/.test(lineText(lines, line))) return line
  return undefined
}

/** Further lines as deep as the first. */
function indented(text: string, { fact, source }: Site): string {
  const line = lineText(source.lines, fact.span.line)
  const indent = line.slice(0, line.length - line.trimStart().length)
  return text.replace(/\n(?=.)/g, `\n${indent}`)
}

function migration({ name, sql, code, bare }: Stage, site: Site): RewritePart {
  const { source, program } = site
  const line = classLine(source.lines)
  const parent = /<\s*(.*?)\s*$/.exec(lineText(source.lines, line ?? 0))?.[1] ?? 'ActiveRecord::Migration[7.1]'
  const body =
    code ?? sql.flatMap(statement => ['execute <<~SQL', ...statement.split('\n').map(item => `  ${item}`), 'SQL'])
  const reversible = code?.every(item => /^\s*(add_|validate_)/.test(item)) === true
  return {
    where: '',
    language: 'ruby',
    code: [
      `class ${camelize(name)} < ${parent}`,
      ...(bare && program.framework === 'rails' ? ['  disable_ddl_transaction!', ''] : []),
      `  def ${reversible ? 'change' : 'up'}`,
      ...body.map(item => (item === '' ? '' : `    ${item}`)),
      '  end',
      'end',
    ].join('\n'),
  }
}

/** The setting before the statement of Ruby that holds the first step that takes the lock. */
export async function withLockTimeout(site: Site): Promise<Rewrite | undefined> {
  const { source, program, step, fact } = site
  const first = fact.inTransaction ? program.up.find(other => other.kind === 'change') : step
  const line = first && (await statementLine(source, first.span))
  if (line === undefined) return undefined
  const text = lineText(source.lines, line)
  const indent = text.slice(0, text.length - text.trimStart().length)
  const local = fact.inTransaction ? 'LOCAL ' : ''
  return inPlace('Give up after two seconds instead of letting everybody wait, and run it again', 'ruby', source, [
    lineBefore(source, line, `${indent}execute "SET ${local}lock_timeout = '2s'"`),
  ])
}
