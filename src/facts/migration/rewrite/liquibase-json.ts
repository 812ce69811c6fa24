import type { Source } from '../../../artifact/types.ts'
import type { Edit } from '../../../text/edit.ts'
import { lineText, offsetAt, spanOf } from '../../../text/lines.ts'
import { replacing } from '../../rewrite.ts'
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

/** Edits of a changelog in JSON. Changes that would have to move stay where they are. */
export function jsonWriter({ lines, text }: Source): Writer {
  const edit = (at: number, put: string, end = at): Edit => {
    const { line, column, endLine, endColumn } = spanOf(lines, at, end)
    return { line, column, endLine, endColumn, text: put }
  }
  const indentAt = (at: number): string => /^\s*/.exec(lineText(lines, spanOf(lines, at, at).line))?.[0] ?? ''
  /** The object around an entry, which is the only one in it. */
  const objectOf = ({ span }: Entry): { readonly start: number; readonly end: number } | undefined => {
    const before = /\{\s*$/.exec(text.slice(0, offsetAt(lines, span.line, span.column)))
    const end = offsetAt(lines, span.endLine, span.endColumn)
    const after = /^\s*\}/.exec(text.slice(end, end + 2000))
    return before && after ? { start: before.index, end: end + after[0].length } : undefined
  }
  const key = (set: Entry, name: string, value: unknown): Edit | undefined => {
    const changes = set.children.find(child => child.name === 'changes')
    if (changes === undefined) return undefined
    const at = offsetAt(lines, changes.span.line, changes.span.column)
    const indent = indentAt(at)
    const own = indent.length === changes.span.column - 1
    return edit(at, `"${name}": ${own ? pretty(value, indent) : JSON.stringify(value)},${own ? `\n${indent}` : ' '}`)
  }
  const objects = (set: Entry, drafts: readonly SetDraft[], indent: string): string =>
    drafts.map(draft => pretty({ changeSet: setValue(set, draft) }, indent)).join(`,\n${indent}`)
  return {
    language: 'json',
    bare: set => {
      const own = set.values.get('runInTransaction')
      return own === undefined ? key(set, 'runInTransaction', false) : replacing(own.span, 'false')
    },
    modify: (set, modify) => key(set, 'modifySql', modifyValue(modify)),
    before: (set, drafts) => {
      const around = objectOf(set)
      if (around === undefined) return undefined
      const indent = indentAt(around.start)
      return edit(around.start, `${objects(set, drafts, indent)},\n${indent}`)
    },
    after: (set, drafts) => {
      const around = objectOf(set)
      if (around === undefined) return undefined
      const indent = indentAt(around.start)
      return edit(around.end, `,\n${indent}${objects(set, drafts, indent)}`)
    },
    beside: (change, sql, where) => {
      const around = objectOf(change)
      if (around === undefined) return undefined
      const indent = indentAt(around.start)
      const put = pretty(changeValue({ sql }, true), indent)
      return where === 'before' ? edit(around.start, `${put},\n${indent}`) : edit(around.end, `,\n${indent}${put}`)
    },
    swap: (change, sql) => {
      const around = objectOf(change)
      if (around === undefined) return undefined
      const indent = indentAt(around.start)
      const put = sql.map(statement => pretty(changeValue({ sql: statement }, true), indent)).join(`,\n${indent}`)
      return edit(around.start, put, around.end)
    },
    takeOut: () => undefined,
    holds: (put, old) => ['"', '\\', '\n'].every(mark => put.split(mark).length <= old.split(mark).length),
    show: (set, drafts) => objects(set, drafts, ''),
  }
}

function pretty(value: unknown, indent: string): string {
  return JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${indent}`)
}

function setValue(set: Entry, draft: SetDraft): object {
  return {
    ...identity(set, draft),
    ...Object.fromEntries(shared(set, draft)),
    ...(draft.bare ? { runInTransaction: false } : {}),
    ...(draft.modify === undefined ? {} : { modifySql: modifyValue(draft.modify) }),
    changes: draft.changes.map(change => changeValue(change, false)),
  }
}

function changeValue(change: ChangeDraft, alone: boolean): object {
  if ('raw' in change) return {}
  const { sql } = change
  return {
    sql: { ...(alone ? { dbms: postgresOnly } : {}), ...(isWhole(sql) ? { splitStatements: false } : {}), sql },
  }
}

function modifyValue({ kind, ...values }: Modify): object {
  return { dbms: postgresOnly, [kind]: values }
}
