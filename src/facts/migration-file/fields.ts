import { flag, text, word } from '../fields.ts'
import type { FactOf } from '../types.ts'

export const migrationFileFields = {
  problem: word(
    ['edited', 'deleted', 'renamed', 'snapshot-stale', 'not-in-journal', 'older-in-journal', 'not-migrated'],
    "`edited`, `deleted`, `renamed` (its version is another one): a migration that is on the base branch. `snapshot-stale`: a new migration whose effect the schema dump does not hold. `not-in-journal`, `older-in-journal`: a new file that Drizzle's journal does not list, or with a time that is not the newest. `not-migrated`: a column that a model gains and no migration names.",
  ),
  framework: text('What runs the migrations or reads the model: `rails`, `django`, `flyway`, `prisma` …'),
  changes: word(
    ['', 'structure', 'rows', 'rest', 'text'],
    '`edited`: what differs in effect: tables and columns, rows written, other statements (functions, inserts), or only the text.',
  ),
  what: text('`edited`: the first step that is new or gone. `not-migrated`: `table.column`. Else the version.'),
  gone: flag('`edited`: the step `what` is gone; else it is new, or another than it was.'),
  other: text('`renamed`: the path at base. `snapshot-stale`: the dump. `…-journal`: the journal. Else empty.'),
  checksum: flag('The runner compares checksums and refuses to go on when an applied file differs.'),
  newest: flag('`edited`, `deleted`, `renamed`: no migration of the series on the base branch is newer.'),
  accompanied: flag('The same change adds a new migration to the same series.'),
}

/** What a change does to migration files that are merged already, and what it forgets. Source: both sides of the change and their trees. */
export type MigrationFileFact = FactOf<'migration-file', typeof migrationFileFields>
