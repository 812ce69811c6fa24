import { sourceOf } from '../../artifact/source.ts'
import type { Source } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'
import { isWayBack } from './frontends/sql-sections.ts'
import { familyOf } from './known.ts'
import type { Operation, Program, Step } from './operation.ts'

/** The first comparison with NULL in conditions of the statements that the change touches: one statement is rarely alone. */
export function nullComparisons(setting: Setting, touched: readonly Step[]): readonly MigrationFact[] {
  const found = touched.filter(comparesWithNull)
  const [first] = found
  if (first === undefined) return []
  return [
    {
      ...blankFact(setting, 'null-comparison', first.text),
      span: first.span,
      table: tableIn(first.operations[0]),
      how: first.comparesWithNull,
      to: found.length === 1 ? '' : String(found.length - 1),
    },
  ]
}

type Comparing = Extract<Step, { kind: 'change' }> & { readonly comparesWithNull: string }

const comparesWithNull = (step: Step): step is Comparing =>
  step.kind === 'change' && step.comparesWithNull !== undefined

const tableIn = (operation: Operation | undefined): string =>
  operation !== undefined && 'table' in operation ? (operation.table ?? '') : ''

type Wrong = Extract<Step, { kind: 'unreadable' }> & { readonly wrong: NonNullable<unknown> }

const isWrong = (step: Step): step is Wrong => step.kind === 'unreadable' && step.wrong !== undefined

/**
 * Statements of SQL files that PostgreSQL's own parser does not accept, and the few of which the same is certain for MySQL.
 * Told only where the newest earlier files of the series are accepted: that shows that the file is meant for the server,
 * and that its runner fills in nothing that is not SQL.
 */
export async function wrongStatements(
  setting: Setting,
  touched: readonly Step[],
  base: Tree,
  read: (source: Source) => Promise<Program | undefined>,
): Promise<readonly MigrationFact[]> {
  const { artifact, program, engine } = setting
  if (artifact.language !== 'sql' || engine === 'sqlite' || program.framework === 'liquibase') return []
  const text = artifact.head?.text ?? ''
  const wrong = touched.filter(isWrong)
  const [first] = wrong
  if (first === undefined || text.length > largest) return []
  if (!isPlain(text) || !(await seriesIsRead(artifact.path, base, read))) return []
  const certain =
    engine === 'postgres'
      ? /^syntax error at (?!or near "`)/.test(first.wrong.says) && !tooNew.test(first.text)
      : dialectOf(artifact.path) !== '' || /`\w+`|\bENGINE\s*=|\bAUTO_INCREMENT\b/i.test(text)
  if (!certain) return []
  // What follows the first may be its consequence.
  return [{ ...blankFact(setting, 'not-accepted', first.text), span: first.wrong.at, how: first.wrong.says }]
}

/** A text beyond it is a dump. */
const largest = 400_000

/** Nothing in it is filled in by the runner, and no rows follow a COPY. */
const isPlain = (text: string): boolean =>
  !/\{\{|\{%|<%|\$\{|\$\(|%\(?\w*\)?s|@\w+@|\[\[|__\w+__|^\s*\\|\bFROM\s+STDIN\b|(^|[^:\w]):["']?[A-Za-z_]\w*|StatementBegin|\bendDelimiter\b/im.test(
    withoutText(text),
  )

/** Comments but for the runner's own, and texts in quotes, left out. */
const withoutText = (text: string): string =>
  text.replace(/--(?!\s*\+)[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^'\\]|''|\\.)*'/g, found =>
    found.startsWith("'") ? "''" : '',
  )

/** Syntax of servers that are newer than the parser, and of databases that only speak like PostgreSQL. */
const tooNew =
  /\b(repack|graph_table|property\s+graph|(merge|split)\s+partitions?|portion\s+of|ignore\s+nulls|distkey|sortkey|diststyle|encode|distributed\s+(by|randomly)|interleave|storing|locality|family|split\s+at|inverted|configure\s+zone|upsert|hash\s+sharded|job|regional)\b/i

/** The database that the path names: a series may have files of several. */
const dialectOf = (path: string): string =>
  /(?:^|[/._-])(postgres(?:ql)?|pgsql|mysql|mariadb|sqlite3?|cockroach(?:db)?|crdb)(?=[/._-]|$)/i
    .exec(path)?.[1]
    ?.toLowerCase() ?? ''

/** Files looked at to see that the parser takes the series. */
const samples = 4

async function seriesIsRead(
  path: string,
  base: Tree,
  read: (source: Source) => Promise<Program | undefined>,
): Promise<boolean> {
  const family = familyOf(path)
  const paths = await base.list()
  const dialect = dialectOf(path)
  if (
    dialect === '' &&
    paths.some(item => /(^|[/._-])(cockroach(db)?|crdb|yugabyte(db)?|redshift|greenplum)([/._-]|$)/i.test(item))
  )
    return false
  const earlier = paths.filter(
    item =>
      item !== path &&
      item.startsWith(family) &&
      item.endsWith('.sql') &&
      familyOf(item) === family &&
      !isWayBack(item),
  )
  if (earlier.length === 0) return false
  for (const item of earlier.slice(-samples)) {
    const text = await base.read(item)
    const program = text === undefined ? undefined : await read(sourceOf(item, 'base', text))
    if (program?.up.some(isWrong)) return false
  }
  return true
}
