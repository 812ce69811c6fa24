import type { Edit } from '../../../text/edit.ts'
import type { Entry } from '../frontends/liquibase-tree.ts'

/** A change of a changelog: SQL, or the text of a change that moves, as if it began at the margin. */
export type ChangeDraft = { readonly sql: string } | { readonly raw: string }

/** How the SQL that Liquibase writes is edited. */
export type Modify =
  | { readonly kind: 'append'; readonly value: string }
  | { readonly kind: 'replace' | 'regExpReplace'; readonly replace: string; readonly with: string }

/** A change set that is added. */
export interface SetDraft {
  /** Behind the id of the change set that it comes from. */
  readonly ending: string
  readonly bare: boolean
  readonly changes: readonly ChangeDraft[]
  readonly modify?: Modify
}

/** Edits of a changelog in one format. Undefined where it is laid out in a way that they cannot follow. */
export interface Writer {
  readonly language: 'xml' | 'yaml' | 'json'
  /** `runInTransaction` of a change set. */
  bare(set: Entry): Edit | undefined
  modify(set: Entry, modify: Modify): Edit | undefined
  /** Change sets in front of another one. */
  before(set: Entry, drafts: readonly SetDraft[]): Edit | undefined
  after(set: Entry, drafts: readonly SetDraft[]): Edit | undefined
  /** A change of SQL beside another one. */
  beside(change: Entry, sql: string, where: 'before' | 'after'): Edit | undefined
  /** Changes of SQL in place of another change. */
  swap(change: Entry, sql: readonly string[]): Edit | undefined
  /** Takes a change out of its change set, in which others stay. */
  takeOut(change: Entry): { readonly edit: Edit; readonly raw: string } | undefined
  /** Can the text stand where the other one does, inside of a change of SQL? */
  holds(text: string, old: string): boolean
  /** The text of change sets. */
  show(set: Entry, drafts: readonly SetDraft[]): string
}

/** SQL that only Postgres is to see, as the name of its `dbms`. */
export const postgresOnly = 'postgresql'

/** Settings of a change set that those which come from it share. Only Postgres has a use for one that is all SQL. */
export function shared(set: Entry, { changes }: SetDraft): readonly (readonly [string, string])[] {
  const isSql = changes.every(change => 'sql' in change)
  const names = ['context', 'contextFilter', 'labels', 'logicalFilePath', ...(isSql ? [] : ['dbms'])]
  const kept = names.flatMap(name => {
    const text = set.values.get(name)?.text
    return text === undefined ? [] : [[name, text] as const]
  })
  return isSql ? [...kept, ['dbms', postgresOnly]] : kept
}

/** The name of a change set that comes from another one. */
export function identity(set: Entry, { ending }: SetDraft): { readonly id: string; readonly author: string } {
  return { id: `${set.values.get('id')?.text ?? ''}-${ending}`, author: set.values.get('author')?.text ?? '' }
}

/** Liquibase cuts at semicolons unless told not to. */
export function isWhole(sql: string): boolean {
  return sql.includes('$$')
}
