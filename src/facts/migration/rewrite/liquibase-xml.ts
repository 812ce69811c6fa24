import type { Source } from '../../../artifact/types.ts'
import type { Edit } from '../../../text/edit.ts'
import { lineText, offsetAt, spanOf } from '../../../text/lines.ts'
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

const opening = /^<[\w:]*changeSet\b(?:[^>"']|"[^"]*"|'[^']*')*>/
const closing = /<\/changeSet\s*>$/

/** Edits of a changelog in XML. */
export function xmlWriter(source: Source): Writer {
  const { lines, text } = source
  const textOf = ({ span }: Entry): string =>
    text.slice(offsetAt(lines, span.line, span.column), offsetAt(lines, span.endLine, span.endColumn))
  const edit = (start: number, end: number, put: string): Edit => {
    const { line, column, endLine, endColumn } = spanOf(lines, start, end)
    return { line, column, endLine, endColumn, text: put }
  }
  const startOf = ({ span }: Entry): number => offsetAt(lines, span.line, span.column)
  const endOf = ({ span }: Entry): number => offsetAt(lines, span.endLine, span.endColumn)
  const indentOf = ({ span }: Entry): string => /^\s*/.exec(lineText(lines, span.line))?.[0] ?? ''
  /** How much deeper the parts of a change set stand. */
  const unitOf = (set: Entry): string => {
    const inner = set.children.find(child => child.span.line > set.span.line)
    const deep = inner === undefined ? '' : indentOf(inner).slice(indentOf(set).length)
    return deep === '' ? '    ' : deep
  }
  const drawn = (set: Entry, drafts: readonly SetDraft[]): string => {
    const unit = unitOf(set)
    return drafts.map(draft => indented(setLines(set, draft, unit), indentOf(set))).join(`\n\n${indentOf(set)}`)
  }
  return {
    language: 'xml',
    bare: set => {
      const head = opening.exec(textOf(set))?.[0]
      if (head === undefined) return undefined
      const start = startOf(set)
      const own = /\brunInTransaction\s*=\s*(?:"[^"]*"|'[^']*')/.exec(head)
      return own === null
        ? edit(start + head.length - 1, start + head.length - 1, ' runInTransaction="false"')
        : edit(start + own.index, start + own.index + own[0].length, 'runInTransaction="false"')
    },
    modify: (set, modify) => {
      const end = closing.exec(textOf(set))
      if (end === null) return undefined
      const at = startOf(set) + end.index
      const [indent, unit] = [indentOf(set), unitOf(set)]
      const own = /^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', at - 1) + 1, at))
      const put = indented(modifyLines(modify, unit), indent + unit)
      return own ? edit(at, at, `${unit}${put}\n${indent}`) : edit(at, at, `\n${indent}${unit}${put}\n${indent}`)
    },
    before: (set, drafts) => edit(startOf(set), startOf(set), `${drawn(set, drafts)}\n\n${indentOf(set)}`),
    after: (set, drafts) => edit(endOf(set), endOf(set), `\n\n${indentOf(set)}${drawn(set, drafts)}`),
    beside: (change, sql, where) => {
      const indent = indentOf(change)
      const put = indented(changeLines({ sql }, true), indent)
      return where === 'before'
        ? edit(startOf(change), startOf(change), `${put}\n${indent}`)
        : edit(endOf(change), endOf(change), `\n${indent}${put}`)
    },
    swap: (change, sql) => {
      const rows = sql.flatMap(statement => changeLines({ sql: statement }, true))
      return edit(startOf(change), endOf(change), indented(rows, indentOf(change)))
    },
    takeOut: change => {
      const { line, column, endLine, endColumn } = change.span
      const around = lineText(lines, line).slice(0, column - 1) + lineText(lines, endLine).slice(endColumn - 1)
      if (around.trim() !== '') return undefined
      const raw = textOf(change).replaceAll(`\n${indentOf(change)}`, '\n')
      return { edit: { line, column: 1, endLine: endLine + 1, endColumn: 1, text: '' }, raw }
    },
    holds: (put, old) => ['&', '<'].every(mark => put.split(mark).length <= old.split(mark).length),
    show: (set, drafts) => drafts.map(draft => setLines(set, draft, unitOf(set)).join('\n')).join('\n\n'),
  }
}

function indented(lines: readonly string[], indent: string): string {
  return lines.join('\n').replace(/\n(?=.)/g, `\n${indent}`)
}

function setLines(set: Entry, draft: SetDraft, unit: string): readonly string[] {
  const { id, author } = identity(set, draft)
  const attributes: readonly (readonly [string, string])[] = [
    ['id', id],
    ['author', author],
    ...shared(set, draft),
    ...(draft.bare ? [['runInTransaction', 'false'] as const] : []),
  ]
  const inner = [
    ...draft.changes.flatMap(change => changeLines(change, false)),
    ...(draft.modify === undefined ? [] : modifyLines(draft.modify, unit)),
  ]
  return [`<changeSet ${attributesOf(attributes)}>`, ...inner.flatMap(line => deep(line, unit)), '</changeSet>']
}

function deep(line: string, unit: string): readonly string[] {
  return line.split('\n').map(item => (item === '' ? '' : unit + item))
}

function changeLines(change: ChangeDraft, alone: boolean): readonly string[] {
  if ('raw' in change) return [change.raw]
  const { sql } = change
  const attributes = `${alone ? ` dbms="${postgresOnly}"` : ''}${isWhole(sql) ? ' splitStatements="false"' : ''}`
  return sql.includes('\n')
    ? [`<sql${attributes}><![CDATA[\n${sql}\n]]></sql>`]
    : [`<sql${attributes}>${escaped(sql)}</sql>`]
}

function modifyLines(modify: Modify, unit: string): readonly string[] {
  const attributes: readonly (readonly [string, string])[] =
    modify.kind === 'append'
      ? [['value', modify.value]]
      : [
          ['replace', modify.replace],
          ['with', modify.with],
        ]
  return [`<modifySql dbms="${postgresOnly}">`, `${unit}<${modify.kind} ${attributesOf(attributes)}/>`, '</modifySql>']
}

function attributesOf(all: readonly (readonly [string, string])[]): string {
  return all.map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '&quot;')}"`).join(' ')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
