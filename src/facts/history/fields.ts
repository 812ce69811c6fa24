import { text, word } from '../fields.ts'
import type { FactOf } from '../types.ts'

export const historyFields = {
  problem: word(
    ['two-heads', 'second-root', 'same-revision', 'missing-parent'],
    '`two-heads`: another migration follows the same one. `second-root`: it follows none though there are earlier ones. `same-revision`: its revision is taken. `missing-parent`: no file of the folder is the one it follows.',
  ),
  framework: word(['django', 'alembic'], 'What keeps the history'),
  name: text('The new migration: its name (Django) or revision (Alembic)'),
  parent: text('The migration it says it follows; empty for `second-root`'),
  other: text(
    'Path of the migration that follows the same one, has the same revision, or is the newest for `second-root` and `missing-parent`',
  ),
  otherName: text('Name or revision of `other`'),
}

/** What a new migration does to the line of migrations it joins. Source: what the files of its folder say they follow, at head and base. */
export type HistoryFact = FactOf<'history', typeof historyFields>
