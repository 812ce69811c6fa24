import type { Source } from '../../../artifact/types.ts'
import type { Edit } from '../../../text/edit.ts'
import { lineCount, lineText } from '../../../text/lines.ts'
import { dedent, lineBefore, replacing } from '../../rewrite.ts'
import type { Entry } from '../frontends/liquibase-tree.ts'
import {
  type ChangeDraft,
  identity,
  isWhole,
  type Modify,
  postgresOnly,
  type SetDraft,
  shared,
  type Writer,
} from './liquibase-write.ts'

/** Edits of a changelog in YAML, in which each key has a line of its own. */
export function yamlWriter(source: Source): Writer {
  const { lines } = source
  const widthOf = (line: number): number => /^ */.exec(lineText(lines, line))?.[0].length ?? 0
  const isItem = ({ name, span }: Entry): boolean =>
    new RegExp(`^ *- +["']?${name}["']?:\\s*(#.*)?$`).test(lineText(lines, span.line))
  /** The last line of an item of a list. */
  const lastLine = ({ span }: Entry): number => {
    const width = widthOf(span.line)
    let last = span.line
    for (let line = span.line + 1; line <= lineCount(lines); line++) {
      const text = lineText(lines, line)
      if (text.trim() === '') continue
      if (widthOf(line) <= width) break
      last = line
    }
    return last
  }
  const linesOf = (entry: Entry): readonly string[] => {
    const from = entry.span.line
    return Array.from({ length: lastLine(entry) - from + 1 }, (_, at) => lineText(lines, from + at))
  }
  const changesOf = (set: Entry): Entry | undefined =>
    isItem(set) ? set.children.find(({ name }) => name === 'changes') : undefined
  /** A key of the change set, in front of its changes. */
  const key = (set: Entry, rows: readonly string[]): Edit | undefined => {
    const changes = changesOf(set)
    if (changes === undefined || widthOf(changes.span.line) !== changes.span.column - 1) return undefined
    return lineBefore(source, changes.span.line, indented(rows, ' '.repeat(changes.span.column - 1)))
  }
  const drawn = (set: Entry, drafts: readonly SetDraft[]): string =>
    indented(
      drafts.flatMap(draft => setLines(set, draft)),
      ' '.repeat(widthOf(set.span.line)),
    )
  return {
    language: 'yaml',
    bare: set => {
      const own = set.values.get('runInTransaction')
      return own === undefined ? key(set, ['runInTransaction: false']) : replacing(own.span, 'false')
    },
    modify: (set, modify) => key(set, modifyLines(modify)),
    before: (set, drafts) => (isItem(set) ? lineBefore(source, set.span.line, drawn(set, drafts)) : undefined),
    after: (set, drafts) => (isItem(set) ? lineBefore(source, lastLine(set) + 1, drawn(set, drafts)) : undefined),
    beside: (change, sql, where) => {
      if (!isItem(change)) return undefined
      const put = indented(changeLines({ sql }, true), ' '.repeat(widthOf(change.span.line)))
      return lineBefore(source, where === 'before' ? change.span.line : lastLine(change) + 1, put)
    },
    swap: (change, sql) => {
      if (!isItem(change)) return undefined
      const rows = sql.flatMap(statement => changeLines({ sql: statement }, true))
      const put = `${indented(rows, ' '.repeat(widthOf(change.span.line)))}\n`
      return { line: change.span.line, column: 1, endLine: lastLine(change) + 1, endColumn: 1, text: put }
    },
    takeOut: change => {
      if (!isItem(change)) return undefined
      const last = lastLine(change)
      const edit = { line: change.span.line, column: 1, endLine: last + 1, endColumn: 1, text: '' }
      return { edit, raw: dedent(linesOf(change)).join('\n') }
    },
    holds: (put, old) =>
      [': ', ' #', '"', "'", '\\', '\n'].every(mark => put.split(mark).length <= old.split(mark).length),
    show: (set, drafts) => drafts.flatMap(draft => setLines(set, draft)).join('\n'),
  }
}

function indented(rows: readonly string[], indent: string): string {
  return rows
    .join('\n')
    .split('\n')
    .map(row => (row === '' ? '' : indent + row))
    .join('\n')
}

function setLines(set: Entry, draft: SetDraft): readonly string[] {
  const { id, author } = identity(set, draft)
  const keys = [
    `id: ${scalar(id)}`,
    `author: ${scalar(author)}`,
    ...shared(set, draft).map(([name, value]) => `${name}: ${scalar(value)}`),
    ...(draft.bare ? ['runInTransaction: false'] : []),
    ...(draft.modify === undefined ? [] : modifyLines(draft.modify)),
    'changes:',
    ...draft.changes.map(change => indented(changeLines(change, false), '  ')),
  ]
  return ['- changeSet:', ...keys.map(row => indented([row], '    '))]
}

function changeLines(change: ChangeDraft, alone: boolean): readonly string[] {
  if ('raw' in change) return [change.raw]
  return [
    '- sql:',
    ...(alone ? [`    dbms: ${postgresOnly}`] : []),
    ...(isWhole(change.sql) ? ['    splitStatements: false'] : []),
    change.sql.includes('\n') ? `    sql: |\n${indented([change.sql], '      ')}` : `    sql: ${scalar(change.sql)}`,
  ]
}

function modifyLines(modify: Modify): readonly string[] {
  const values =
    modify.kind === 'append'
      ? [`value: ${JSON.stringify(modify.value)}`]
      : [`replace: ${scalar(modify.replace)}`, `with: ${scalar(modify.with)}`]
  return ['modifySql:', `  dbms: ${postgresOnly}`, `  ${modify.kind}:`, ...values.map(value => `    ${value}`)]
}

/** A text as it is, where YAML takes it for nothing else. */
function scalar(text: string): string {
  return /^[A-Za-z][\w .,()=*/-]*$/.test(text) &&
    !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text) &&
    text.trim() === text
    ? text
    : JSON.stringify(text)
}
