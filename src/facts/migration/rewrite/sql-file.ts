import type { Edit } from '../../../text/edit.ts'
import { lineCount, lineText } from '../../../text/lines.ts'
import { lineBefore, type RewritePart, replacing } from '../../rewrite.ts'
import { type Host, isAlone, type Site, type Stage } from './plan.ts'

/** Edits that make the file of a runner run outside of a transaction; undefined where a file cannot say so. */
async function bareEdits(site: Site, text: string): Promise<readonly Edit[] | undefined> {
  const { program, source } = site
  // Diesel and sqlx wrap a single statement as well, which the file alone does not tell.
  if (program.framework === 'diesel' || (program.framework === 'sql' && isDiesel(site.artifact.path))) return undefined
  const isSqlx = program.framework === 'sqlx' || (program.framework === 'sql' && (await usesSqlx(site)))
  if (isSqlx) return /^--\s*no-transaction\b/m.test(source.text) ? [] : [lineBefore(source, 1, '-- no-transaction')]
  if (program.framework === 'supabase') return undefined
  // Each change set is a transaction of its own, whatever the others are.
  if (program.framework === 'liquibase')
    return isAlone(site) ? after(site, /^--\s*changeset\b/i, ` runInTransaction:false${whole(text)}`) : undefined
  if (program.transaction === 'each') return []
  switch (program.framework) {
    case 'goose':
      return before(site, /^--\s*\+goose\s+up\b/i, '-- +goose NO TRANSACTION')
    case 'dbmate':
      return after(site, /^--\s*migrate:up\b/i, ' transaction:false')
    case 'sql-migrate':
      return after(site, /^--\s*\+migrate\s+up\b/i, ' notransaction')
    case 'rambler':
      return before(site, /^--\s*rambler\s+up\b/i, '-- rambler no-transaction')
    case 'atlas':
      return [lineBefore(source, 1, '-- atlas:txmode none\n')]
    case 'tern':
      return [lineBefore(source, 1, '---- tern: disable-tx ----')]
    // Flyway finds out by itself, though not for a COMMIT inside a block.
    case 'flyway':
      return /\bconcurrently\b/i.test(text) ? [] : undefined
    // These send a single statement outside of a transaction.
    case 'prisma':
    case 'golang-migrate':
      return isAlone(site) ? [] : undefined
    case 'sql':
      return isAlone(site) ? [] : undefined
    default:
      return undefined
  }
}

async function usesSqlx({ context, artifact }: Site): Promise<boolean> {
  const folders = artifact.path.split('/').slice(0, -1)
  for (let depth = folders.length; depth >= 0; depth--) {
    const path = [...folders.slice(0, depth), 'Cargo.toml'].join('/')
    const manifest = await context.change.trees.head.read(path)
    if (manifest !== undefined) return /^\s*sqlx\b|dependencies\.sqlx\]/m.test(manifest)
  }
  return false
}

function lineOf({ source }: Site, pattern: RegExp): number | undefined {
  for (let line = 1; line <= lineCount(source.lines); line++)
    if (pattern.test(lineText(source.lines, line))) return line
  return undefined
}

function before(site: Site, pattern: RegExp, text: string): readonly Edit[] | undefined {
  const line = lineOf(site, pattern)
  return line === undefined ? undefined : [lineBefore(site.source, line, text)]
}

function after(site: Site, pattern: RegExp, text: string): readonly Edit[] | undefined {
  const line = lineOf(site, pattern)
  if (line === undefined) return undefined
  const column = lineText(site.source.lines, line).trimEnd().length + 1
  return [replacing({ line, column, endLine: line, endColumn: column }, text)]
}

/** How runners begin a file, with and without a transaction around it. Undefined: the file cannot ask for it. */
const beginnings: Readonly<
  Record<string, { readonly usual: string; readonly bare: string | undefined; readonly end?: string }>
> = {
  goose: { usual: '-- +goose Up\n', bare: '-- +goose NO TRANSACTION\n-- +goose Up\n' },
  dbmate: { usual: '-- migrate:up\n', bare: '-- migrate:up transaction:false\n', end: '\n\n-- migrate:down' },
  'sql-migrate': { usual: '-- +migrate Up\n', bare: '-- +migrate Up notransaction\n' },
  rambler: { usual: '-- rambler up\n', bare: '-- rambler no-transaction\n-- rambler up\n' },
  tern: { usual: '', bare: '---- tern: disable-tx ----\n' },
  atlas: { usual: '', bare: '-- atlas:txmode none\n\n' },
  play: { usual: '-- !Ups\n', bare: undefined },
  'node-pg-migrate': { usual: '-- Up Migration\n', bare: undefined },
  drizzle: { usual: '', bare: undefined },
  // Its command line sends the file as a pipeline, in which CONCURRENTLY is refused.
  supabase: { usual: '', bare: undefined },
}

/** Plain SQL files, for the runner that reads them. */
export function sqlHost(site: Site): Host {
  const { program } = site
  const { framework } = program
  return {
    language: 'sql',
    bare: text => bareEdits(site, text),
    fits: text => text,
    around: text => (text.includes('$$') ? marks[framework] : undefined),
    migration: stage => files(stage, framework, site.artifact.path),
  }
}

function files({ name, sql, bare }: Stage, framework: string, path: string): readonly RewritePart[] {
  const beginning = beginnings[framework] ?? { usual: '', bare: '' }
  const start =
    framework === 'liquibase'
      ? `--changeset ${name.replace(/\W+/g, '-')}:1${bare ? ' runInTransaction:false' : ''}${whole(sql.join(''))}\n`
      : bare
        ? beginning.bare
        : beginning.usual
  const code = `${start ?? ''}${sql.map(statement => terminated(statement, framework)).join('\n')}`
  if (start === undefined) return [{ where: byHand, language: 'sql', code }]
  const own: RewritePart = { where: '', language: 'sql', code: `${code}${beginning.end ?? ''}` }
  if (!bare) return [own]
  if (framework === 'flyway' && !sql.every(statement => /\bconcurrently\b/i.test(statement))) {
    const beside = {
      where: 'In a file beside it, named like it with `.conf` behind',
      language: 'text',
      code: 'executeInTransaction=false',
    }
    return [{ ...own, code: `-- needs executeInTransaction=false in its .conf\n${code}` }, beside]
  }
  if (isDiesel(path))
    return [own, { where: 'In `metadata.toml` beside it', language: 'toml', code: 'run_in_transaction = false' }]
  return [own]
}

/** Liquibase cuts at semicolons unless told not to. */
function whole(sql: string): string {
  return sql.includes('$$') ? ' splitStatements:false' : ''
}

/** Diesel keeps each migration in a folder of its own. */
function isDiesel(path: string): boolean {
  return /(^|\/)\d{4}-\d\d-\d\d-\d+_[^/]+\/up\.sql$/.test(path)
}

const byHand = 'By hand, before the deployment, since this runner puts everything into one transaction'

/** goose and its kin cut at semicolons unless told where a statement ends. */
const marks: Readonly<Record<string, readonly [string, string]>> = {
  goose: ['-- +goose StatementBegin', '-- +goose StatementEnd'],
  'sql-migrate': ['-- +migrate StatementBegin', '-- +migrate StatementEnd'],
}

/** The statement with its terminator, between marks where it needs them. */
function terminated(statement: string, framework: string): string {
  const [above, below] = statement.includes('$$') ? (marks[framework] ?? []) : []
  return above === undefined || below === undefined ? `${statement};` : `${above}\n${statement};\n${below}`
}
