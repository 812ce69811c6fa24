import { flag, number, optional, text, texts, word } from '../fields.ts'
import type { FactOf } from '../types.ts'

/** Words for what a migration does: the operations of operation.ts, and `setting` for a SET that switches a safety off, `narrow-key` for a new
 * column whose type is narrower than the key it refers to, `out-of-order` for a file whose version is not the newest, `unchecked-call` for a
 * call at which the framework's own checker stops the migration, `missing-manager` for a query through a manager that the model lacks here, `pending-checks` for an
 * alteration that checks of rows changed before stand in the way of, `view-column-gone` for a
 * column that a view has no longer when it is made anew, `null-comparison` for a condition that is true for no row, `not-accepted` for a statement
 * that the server's own parser does not take, `key-types-differ` for a foreign key of MySQL between integers of another size or sign, `text-in-key`
 * for an index of MySQL over a text without a length, `needs-row` for a call that raises where one very row is missing, `live-model` for a query
 * of a Django migration through a model of the code, `sequence-back` for a sequence of a table that counts from its beginning again. */
export const operationWords = [
  'create-table',
  'drop-table',
  'rename-table',
  'add-column',
  'drop-column',
  'rename-column',
  'change-type',
  'set-not-null',
  'drop-not-null',
  'set-default',
  'drop-default',
  'create-index',
  'drop-index',
  'rename-index',
  'reindex',
  'add-foreign-key',
  'add-check',
  'add-unique',
  'add-primary-key',
  'add-exclusion',
  'validate-constraint',
  'drop-constraint',
  'update-rows',
  'delete-rows',
  'insert-select',
  'truncate',
  'rebuild-table',
  'refresh-view',
  'lock-table',
  'attach-partition',
  'detach-partition',
  'create-trigger',
  'drop-trigger',
  'add-enum-value',
  'constrain-domain',
  'switch',
  'rename-schema',
  'rename-enum-value',
  'drop-type',
  'recreate-table',
  'drop-schema',
  'drop-database',
  'setting',
  'narrow-key',
  'out-of-order',
  'unchecked-call',
  'missing-manager',
  'pending-checks',
  'drop-object',
  'rename-object',
  'view-column-gone',
  'null-comparison',
  'not-accepted',
  'key-types-differ',
  'text-in-key',
  'needs-row',
  'live-model',
  'sequence-back',
  'metadata',
] as const

const what = {
  operation: word(operationWords, 'What the step does, whatever language it is written in.'),
  table: text(
    'Table it works on, without quotes; with its schema unless that is the default one. Empty where there is none.',
  ),
  column: text('Column it works on; the new column of `add-column`. Empty where there is none.'),
  columns: texts(
    'Columns of an index, a unique or primary key, or a foreign key; of `drop-trigger` those that the trigger fills, that stay and that nothing in the change fills instead (the first that code uses in `column`).',
  ),
  index: text('Name of the index; empty where it has none or none is named.'),
  constraint: text('Name of the constraint; empty where it has none or none is named.'),
  to: text(
    'New name of `rename-…`; the value of `setting`; the newer file of `out-of-order`; the partition; the new value of an enum type; how many more there are of `null-comparison`.',
  ),
  references: text('Table that a foreign key points at; of a `copy`, the column as `table.column`.'),
  typeFrom: text('Type of the column before, as declared; empty when unknown.'),
  typeTo: text('Type of the column afterwards, as written.'),
  how: text(
    '`rebuild-table`: what rebuilds it. `lock-table`: the mode asked for. `drop-constraint`: its kind where it is known. `setting`: its name. `out-of-order`: `older` or `same`. `unchecked-call`: the call. `missing-manager`: the manager. `pending-checks`: `deletes` or `inserts`, what came before. `drop-trigger`: its name. `null-comparison`: the condition. `not-accepted`: the words of the parser. `needs-row`: the call. `drop-object`, `rename-object`: `view`, `function`, `procedure` or `sequence`, whose name stands in `table`. `narrow-key`: `own key` for the key of the new table itself, `copy` for a text named like the column of another table. `switch`: `triggers off`, `trigger off`, `row security on`, `replica identity nothing`, `autovacuum off` …',
  ),
  statement: text('The statement on one line, cut at 200 characters.'),
  framework: text('What runs the file: `sql`, `rails`, `flyway`, `goose` …'),
  engine: word(['postgres', 'mysql', 'mariadb', 'sqlite'], 'Database engine.'),
  version: text('Server version from the configuration, such as `15` or `8.0.36`; empty when unknown.'),
}

const asked = {
  concurrently: flag('Asks for CONCURRENTLY (Rails: `algorithm: :concurrently`).'),
  validated: flag(
    'Checks the rows that exist: false with NOT VALID (Rails: `validate: false`). True for everything that is no constraint.',
  ),
  filtered: flag('UPDATE, DELETE: has a condition that can leave rows out; `IS NULL` and joins do not count.'),
  picks: flag('UPDATE, DELETE: has a condition of any kind, or a join.'),
  batched: flag('UPDATE, DELETE: works on a bounded slice at a time.'),
  upserts: word(
    ['', 'statement', 'loop'],
    '`insert-select`: takes every row of its source and has ON CONFLICT, so that rows which others write at the same time are meant: in one statement, or one by one in a loop of one transaction.',
  ),
  skips: text(
    '`update-rows`, `delete-rows`: in a loop that pages through a query by offset, the column on which the query filters and that the step changes; `*` where the step deletes the rows. Empty elsewhere.',
  ),
  assured: flag("Declared safe to the framework's own checker (`safety_assured`)."),
  usingIndex: text('Index that a unique or primary key takes over; empty when it builds its own.'),
  notNull: flag('`add-column`: the column is NOT NULL.'),
  hasDefault: flag('`add-column`: existing rows get a value (DEFAULT, identity, generated).'),
  passingDefault: flag(
    '`add-column`: the default fills the rows that exist and is taken back at once (Django does so): later inserts have to name the column.',
  ),
  default: text('`add-column`, `set-default`: the default as written; empty when there is none.'),
  cascade: flag('Has CASCADE.'),
  neverFilled: flag(
    '`set-not-null`, `change-type` that declares NOT NULL: of a column that the migration adds without a value, and that nothing in between fills.',
  ),
  lost: texts(
    '`change-type`: what the column has and the statement takes away because it does not say it again: `AUTO_INCREMENT`, `DEFAULT …`, `NOT NULL`, `NULL`.',
  ),
  sameValue: text(
    '`create-index`, `add-unique` of one column that the migration adds, `add-column` of a unique one: the value that all rows have in it; empty where they may differ.',
  ),
  danglingDefault: text(
    '`add-column` of a foreign key: the value that all rows get in it although no row of the other table has it as its key (0, an empty text); empty where the key may find a row.',
  ),
  ifNotExists: flag('`create-index`: has IF NOT EXISTS.'),
}

const effect = {
  lock: text(
    'Strongest lock on `table`: a Postgres lock mode, `metadata` for MySQL and MariaDB; empty when it takes none that matters.',
  ),
  locks: texts('All locks of the step, as `ACCESS EXCLUSIVE on users`.'),
  otherTable: text(
    'Another existing table that it locks strongly, such as the parent of a foreign key; empty when there is none.',
  ),
  otherLock: text('Lock mode on `otherTable`.'),
  blocksReads: flag('While it runs, nobody can read the table.'),
  blocksWrites: flag('While it runs, nobody can write to the table.'),
  rewrites: flag('Writes the whole table anew.'),
  scans: flag('Reads every row while it holds the lock.'),
  work: word(
    ['none', 'scan', 'build', 'rewrite', 'rows'],
    'How long it takes: no time, one pass over the rows, an index build, a copy of the table, or as long as writing the rows takes.',
  ),
  algorithm: text(
    'MySQL, MariaDB: best algorithm the server accepts (`instant`, `nocopy`, `inplace`, `copy`); empty elsewhere.',
  ),
  losesData: flag('Deletes data that nothing in the migration brings back.'),
  noWayBack: flag(
    'The first operation of the migration that loses data, where the migration does not say how it is taken back though its framework asks for that.',
  ),
  leftBehind: texts(
    'On the first table or column that a new SQL migration creates and its own way back, added with it, leaves there: all of them. Empty where the way back is not followed to its end, says why something stays, or is empty in a series whose files usually are.',
  ),
  wayBack: text('Path of the way back that `leftBehind` is about.'),
  wayBackEmpty: flag('That way back holds nothing at all.'),
  breaksRunningCode: flag('Code of the release that is running may stop working.'),
  refused: text('Why the server would refuse it; empty when it would not.'),
  assumes: text('Assumption on which the effect rests; empty when there is none.'),
  volatileDefault: flag('`add-column`: the default gives another value for every row.'),
}

const table = {
  covered: flag('`drop-index`: another index that stays or comes begins with the same columns.'),
  replacement: texts(
    '`drop-index`: columns of an index that the change creates on the same table with the same first column.',
  ),
  leaders: texts(
    '`drop-index`, `drop-constraint`: first columns of the indexes that the table has afterwards; empty where they are not known.',
  ),
  queriedAt: texts(
    '`drop-index`, `drop-constraint`: places of the code after the change that look rows up by the first column of the index, where no index that is left begins with it, as `path:line`; at most three.',
  ),
  alsoRequired: texts(
    '`becomesRequired`: on the first such step of a file that nothing fills, all further ones, as `table.column`; those say nothing by themselves.',
  ),
  filledBefore: flag('`becomesRequired`: the change updates rows of the table as well, which may fill the column.'),
  undone: flag(
    'The change itself sets right again what this takes away: triggers or autovacuum that come back on, a policy for row security, another primary key, an index dropped by name before it is built.',
  ),
  indexed: flag(
    '`add-foreign-key`: an index begins with its columns; true where the indexes of the table are not known.',
  ),
  usedInTransaction: text('`add-enum-value`: a later statement of the same transaction that uses the new value.'),
  cascadeBegins: flag(
    '`add-foreign-key`: rows of the table go with the row that they refer to from now on (ON DELETE CASCADE), which the key on the same columns did not do before.',
  ),
  viewsOver: texts(
    'PostgreSQL, `drop-column`, `drop-table`: views that read it, as far as the repository tells, and that the change neither drops nor makes anew before.',
  ),
  cascadesTo: texts('`recreate-table`: tables whose rows go with those of the table (ON DELETE CASCADE).'),
  keysOn: flag('`recreate-table`: the connection is known to enforce foreign keys.'),
  uniqueGone: flag(
    '`drop-index`, `drop-constraint`: it is, or may be, unique, and no other unique index on just these columns stays or comes.',
  ),
  triggers: texts(
    '`update-rows`, `delete-rows`: triggers of the table, as far as the repository tells: each runs for the rows changed.',
  ),
  swap: flag(
    '`rename-table`, `rename-column`, `drop-column`: the change gives the old name to another table, view or column, or has given it itself.',
  ),
  usedAt: texts(
    '`drop-…`, `rename-…` of a column, table, view, routine or sequence, `view-column-gone`: places of the code after the change that still name it, as `path:line`; at most five. `drop-index`, `drop-constraint`: places that name the index, or whose upsert needs it. `rename-enum-value`: places that name the old value.',
  ),
  usageCertain: flag(
    'The first of `usedAt` names this very table beyond doubt: the column in its model, or in a query; else by the name alone.',
  ),
  ignoredNow: flag(
    '`drop-column`: the same change teaches the model to do without the column (`ignored_columns`), so the release that is running has not learnt it.',
  ),
  bootPlace: text(
    'For a step that works through a large table: where the containers run the migrations when they start, as `path:line`; empty where they do not or no probe watches them.',
  ),
  probePlace: text('The probe that gives up on such a container, as `path:line`.'),
  probeSeconds: number('How long that probe waits; 0 without one.'),
  copiedTo: text(
    '`drop-column`: the column that the same change adds to the table and fills from this one; empty where there is none.',
  ),
  becomesRequired: flag(
    '`set-not-null`, and a `change-type` that declares a column NOT NULL (MODIFY): the column allows NULL before, as far as the schema at base or the change tells.',
  ),
  addedNow: flag(
    '`set-not-null`, `change-type` that declares NOT NULL, `add-check` of NOT NULL: the same change adds the column, and nothing gives it a value where an INSERT does not name it.',
  ),
  noDefault: flag(
    '`set-not-null`, `change-type` that declares NOT NULL, `add-check` of NOT NULL: an INSERT that does not name the column gets no value for it, as the schema at base or the change tells.',
  ),
  leftOutAt: texts(
    'With `noDefault`: places of the code after the change that insert into the table without the column, as `path:line`; at most three.',
  ),
  leftOutBefore: texts('With `noDefault`: such places at base, in files that the change touches.'),
  afterRelease: flag(
    'The project runs the migration after the new release has replaced the old one (`db/post_migrate`, `Safe.after_deploy`). `usedAt` of such an `add-column`: places of the code that ask for it before.',
  ),
  unused: flag(
    '`drop-column`, `rename-column`: all code was searched, some of it is about the table, and none names the column, before or after the change.',
  ),
  usedBefore: texts(
    '`drop-…`, `rename-…` and `view-column-gone` as in `usedAt`: places at base that name it and that the same change removes, as `path:line`. `rename-enum-value`: places of the changed files at base.',
  ),
  newTable: flag('The table is created in this same change: nobody uses it yet.'),
  size: word(
    ['small', 'medium', 'large', 'unknown'],
    'By the statistics: `small` up to 10,000 rows and 50 MB, `medium` up to 200,000 rows and 500 MB; `unknown` without statistics.',
  ),
  rows: optional(number('Rows of the table.')),
  tableBytes: optional(number('Bytes of the table with its indexes.')),
  writesPerSecond: optional(number('Writes to the table per second.')),
  readsPerSecond: optional(number('Reads from the table per second.')),
  statementTimeoutMs: optional(
    number(
      'Limit in milliseconds that the repository sets for each statement of its migrations, for steps that last and whose file sets none. Absent when there is none.',
    ),
  ),
  statementTimeoutAt: optional(text('Where that limit is set, as `path:line`.')),
  seconds: optional(
    number(
      'Seconds that the work on the whole table takes at most, by the statistics and rates measured on real servers.',
    ),
  ),
  duration: text(
    'The same in words, as `between 4 and 20 minutes`; empty where the size is unknown or not all rows are worked on.',
  ),
  queuedWrites: optional(number('Writes that wait for the lock at the end of that time, at most.')),
  writers: texts(
    'Places of the code after the change that write to the table, as `path:line`, where its lock keeps writes waiting; at most three.',
  ),
  estimate: text(
    'What the lock means for this table, in words, with duration and writers, or that its size is unknown.',
  ),
}

const transaction = {
  inTransaction: flag('Runs inside a transaction with other steps, whoever opened it.'),
  explicitTransaction: flag('That transaction was opened by the file itself (BEGIN), not by the runner.'),
  certainTransaction: flag('That transaction is certain: opened by the file, or by a runner that is known to.'),
  heldLock: text(
    'Strongest lock taken by an earlier step of the transaction and still held, as `ACCESS EXCLUSIVE on users`; only locks that block somebody.',
  ),
  heldTable: text('Table of `heldLock`.'),
  heldBlocksReads: flag('`heldLock` blocks reads too.'),
  heldBy: text('The statement that took `heldLock`.'),
  stopsRetry: flag(
    'The step is committed by itself and is no longer possible once it is done, and a later step of the file can fail (CONCURRENTLY, a validation): a second run stops here. Only on the first such step of a file.',
  ),
  addedInTransaction: flag('`validate-constraint`: the constraint was added earlier in the same transaction.'),
  lockedTables: texts(
    'Existing tables that the transaction holds locked against writes or reads once this step has run, in the order of locking.',
  ),
  hotLocked: number('How many of `lockedTables` serve at least 100 reads or writes a second, by the statistics.'),
  lastLock: flag('No later step of the transaction locks a further table: tells one finding per transaction.'),
  lockTimeout: flag(
    'A lock timeout is set when it runs: by the file, or by the connection, the role or the runner as far as the repository tells.',
  ),
  lockTimeoutLate: flag('The file sets a lock timeout, but only after this step.'),
  lockTimeoutUsual: flag(
    'Most of the newest earlier migrations of the series that lock a table set a lock timeout. Looked up for `firstLock` only.',
  ),
  firstLock: flag(
    'The first step of the change on its engine that has to wait for a strong lock on a table in use without a lock timeout: tells one finding per change.',
  ),
  checksOff: flag('Foreign key checks (or triggers) are switched off while it runs.'),
}

export const migrationFields = { ...what, ...asked, ...effect, ...table, ...transaction }

/** One step of a migration, with what it does to the database. Source: the SQL or the migration class, the configuration, the statistics. */
export type MigrationFact = FactOf<'migration', typeof migrationFields>
