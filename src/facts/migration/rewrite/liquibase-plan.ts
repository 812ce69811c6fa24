import type { Edit } from '../../../text/edit.ts'
import { offsetAt, spanOf } from '../../../text/lines.ts'
import type { Entry } from '../frontends/liquibase-tree.ts'
import type { Operation } from '../operation.ts'
import type { Modify, SetDraft, Writer } from './liquibase-write.ts'
import type { Plan, Site, Stage } from './plan.ts'
import { notNullStages } from './postgres-constraints.ts'
import { madeName, sqlName } from './postgres-text.ts'
import { statementOf } from './statement.ts'

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>

/** Where a flagged change stands. */
export interface ChangePlace {
  readonly site: Site
  readonly set: Entry
  readonly change: Entry
  /** All changes of the set. */
  readonly changes: readonly Entry[]
  readonly writer: Writer
}

export interface ChangelogPlan {
  readonly title: string
  /** Undefined ones cannot be made: then there is no rewrite. */
  readonly edits: readonly (Edit | undefined)[]
  /** What has to wait for a release. */
  readonly later?: readonly { readonly after: string; readonly drafts: readonly SetDraft[] }[]
}

/** The safe way of one change that is no SQL. */
export function changelogPlan(name: string, place: ChangePlace): ChangelogPlan | undefined {
  const { operation } = place.site
  if (name === 'two-releases') return operation.op === 'rename-table' ? renameTable(operation, place) : undefined
  if (name === 'optional-first') return operation.op === 'add-column' ? optionalFirst(operation, place) : undefined
  if (name !== 'online') return undefined
  switch (operation.op) {
    case 'create-index':
    case 'drop-index':
      return concurrently(operation, place)
    case 'add-foreign-key':
    case 'add-check':
      return unvalidated(operation, place)
    case 'set-not-null':
      return setNotNull(operation, place)
    case 'add-unique':
      return addUnique(operation, place)
    case 'add-primary-key':
      return addPrimaryKey(operation, place)
    default:
      return undefined
  }
}

/** Edits that add change sets: not where the set is run on conditions, which the others would not share. */
export function inSets(
  { set }: ChangePlace,
  edit: () => Edit | undefined,
  mayDepend: (conditions: Entry) => boolean = () => false,
): readonly (Edit | undefined)[] {
  const conditions = set.children.find(({ name }) => name === 'preConditions')
  return [conditions === undefined || mayDepend(conditions) ? edit() : undefined]
}

/** The set is run unless the key is there: then there is a key to validate in either case. */
function asksForKey(conditions: Entry): boolean {
  const [only, ...more] = conditions.children.flatMap(child => (child.name === 'not' ? child.children : [child]))
  const isNegated = conditions.children.every(({ name }) => name === 'not')
  return isNegated && more.length === 0 && only?.name === 'foreignKeyConstraintExists'
}

/** The stages of a plan as change sets: those that can follow at once, and those that wait for a release. */
export function stagesOf(stages: Plan['later']): {
  readonly sets: readonly SetDraft[]
  readonly later: NonNullable<ChangelogPlan['later']>
} {
  const sets: SetDraft[] = []
  const later: { after: string; drafts: SetDraft[] }[] = []
  for (const stage of stages) {
    if (!('sql' in stage)) continue
    const last = later.at(-1)
    if (stage.after !== undefined) later.push({ after: stage.after, drafts: [draftOf(stage)] })
    else if (last === undefined) sets.push(draftOf(stage))
    else last.drafts.push(draftOf(stage))
  }
  return { sets, later }
}

function draftOf({ name, sql, bare }: Stage): SetDraft {
  return { ending: name.replace(/\W+/g, '-'), bare, changes: sql.map(statement => ({ sql: statement })) }
}

/** The SQL of the change, edited; in a change set of its own, where it shares one with others. */
function edited(
  place: ChangePlace,
  modify: Modify,
  { bare = false, ending, sets = [] }: { bare?: boolean; ending: string; sets?: readonly SetDraft[] },
): readonly (Edit | undefined)[] {
  const { set, change, changes, writer } = place
  if (set.children.some(({ name }) => name === 'modifySql')) return [undefined]
  if (changes.length === 1)
    return [
      ...(bare ? [writer.bare(set)] : []),
      writer.modify(set, modify),
      ...(sets.length === 0 ? [] : inSets(place, () => writer.after(set, sets), asksForKey)),
    ]
  // What follows it must not need it.
  const rest = changes.slice(changes.indexOf(change) + 1)
  if (
    !rest.every(({ name }) => /^(create(Index|Table)|add(Column|ForeignKeyConstraint|NotNullConstraint))$/.test(name))
  )
    return [undefined]
  const taken = writer.takeOut(change)
  if (taken === undefined) return [undefined]
  const own: SetDraft = { ending, bare, changes: [{ raw: taken.raw }], modify }
  return [taken.edit, ...inSets(place, () => writer.after(set, [own, ...sets]))]
}

function concurrently(operation: Of<'create-index'> | Of<'drop-index'>, place: ChangePlace): ChangelogPlan {
  const isNew = operation.op === 'create-index'
  const words = !isNew ? 'DROP INDEX' : operation.unique ? 'CREATE UNIQUE INDEX' : 'CREATE INDEX'
  return {
    title: isNew ? 'Build the index beside the traffic' : 'Drop the index without stopping the table',
    edits: edited(
      place,
      { kind: 'replace', replace: words, with: `${words} CONCURRENTLY` },
      { bare: place.site.fact.inTransaction || place.changes.length > 1, ending: `index-${place.site.fact.index}` },
    ),
  }
}

/** The constraint for new rows first; the old ones in a transaction of their own. */
function unvalidated(
  { op, table, name }: Of<'add-foreign-key'> | Of<'add-check'>,
  place: ChangePlace,
): ChangelogPlan | undefined {
  const validation =
    name === undefined ? undefined : statementOf({ op: 'validate-constraint', table, constraint: name })
  // A lookup table and its like bring the key along.
  if (validation === undefined || !/^add(ForeignKey|Check)Constraint$/.test(place.change.name)) return undefined
  const sets: readonly SetDraft[] = [{ ending: `validate-${name}`, bare: false, changes: [{ sql: validation }] }]
  return {
    title: `Add the ${op === 'add-check' ? 'constraint' : 'foreign key'} for new rows first, and check the old ones when no lock is held`,
    edits: edited(place, { kind: 'append', value: ' NOT VALID' }, { ending: `add-${name}`, sets }),
  }
}

/** The proof that there are no NULLs, and the statements that use it. */
function proof(
  table: string,
  columns: readonly string[],
): { sets: readonly SetDraft[]; set: string[]; drop: string[] } {
  const { first, last } = notNullStages(sqlName(table), table, columns)
  const of = (words: string): string[] => last.sql.filter(statement => statement.includes(words))
  const sql = (statements: readonly string[]) => statements.map(statement => ({ sql: statement }))
  return {
    sets: [
      {
        ending: `check-${columns.join('-')}`,
        bare: false,
        changes: sql([`ALTER TABLE ${sqlName(table)} ${first.join(', ')}`]),
      },
      { ending: `validate-${columns.join('-')}`, bare: false, changes: sql(of(' VALIDATE CONSTRAINT ')) },
    ],
    set: of(' SET NOT NULL'),
    drop: of(' DROP CONSTRAINT '),
  }
}

function setNotNull({ table, column }: Of<'set-not-null'>, place: ChangePlace): ChangelogPlan | undefined {
  const { set, change, changes, writer } = place
  if (change.name !== 'addNotNullConstraint' || change.values.has('defaultNullValue')) return undefined
  // What comes before it in the set may make or fill the column; others of its kind do not.
  if (!changes.slice(0, changes.indexOf(change)).every(isRequired)) return undefined
  const { sets, drop } = proof(table, [column])
  const [gone] = drop
  return {
    title: 'Prove that there are no NULLs before the column says so',
    edits: [
      ...inSets(place, () => writer.before(set, sets)),
      gone === undefined ? undefined : writer.beside(change, gone, 'after'),
    ],
  }
}

function isRequired({ name, values }: Entry): boolean {
  const sql = values.get('')?.text ?? values.get('sql')?.text ?? ''
  return name === 'addNotNullConstraint' || (name === 'sql' && /^\s*ALTER TABLE \S+ DROP CONSTRAINT \S+$/.test(sql))
}

function addUnique({ table, columns, name }: Of<'add-unique'>, place: ChangePlace): ChangelogPlan | undefined {
  if (name === undefined || place.change.name !== 'addUniqueConstraint') return undefined
  const statement = statementOf({ op: 'create-index', table, index: name, columns, unique: true, concurrently: true })
  return takingOver(
    place,
    'UNIQUE',
    name,
    statement,
    [],
    'Build the unique index beside the traffic, then let the constraint take it over',
  )
}

function addPrimaryKey({ table, columns }: Of<'add-primary-key'>, place: ChangePlace): ChangelogPlan | undefined {
  if (place.change.name !== 'addPrimaryKey') return undefined
  const name = madeName(table, 'pkey')
  const statement = statementOf({ op: 'create-index', table, index: name, columns, unique: true, concurrently: true })
  const { sets, set, drop } = proof(table, columns)
  const required: SetDraft = { ending: 'require', bare: false, changes: [...set, ...drop].map(sql => ({ sql })) }
  return takingOver(
    place,
    'PRIMARY KEY',
    name,
    statement,
    [...sets, required],
    'Prove that there are no NULLs, build the index beside the traffic, then let the key take it over',
  )
}

/** The index first; the constraint then says that it is its own. */
function takingOver(
  place: ChangePlace,
  kind: 'UNIQUE' | 'PRIMARY KEY',
  name: string,
  statement: string | undefined,
  sets: readonly SetDraft[],
  title: string,
): ChangelogPlan | undefined {
  const { set, changes, writer } = place
  if (statement === undefined || changes.length > 1 || !/^[a-z_][a-z0-9_]*$/.test(name)) return undefined
  const index: SetDraft = { ending: `index-${name}`, bare: true, changes: [{ sql: statement }] }
  const modify: Modify = {
    kind: 'regExpReplace',
    replace: `${kind} \\([^)]*\\)`,
    with: `${kind} USING INDEX ${name}`,
  }
  return {
    title,
    edits: [
      ...inSets(place, () => writer.before(set, [...sets, index])),
      ...edited(place, modify, { ending: `add-${name}` }),
    ],
  }
}

/** `<constraints nullable="false"/>` goes, until every row has a value. */
function optionalFirst({ table, column }: Of<'add-column'>, { site, writer }: ChangePlace): ChangelogPlan | undefined {
  const { lines, text } = site.source
  const span = column.span
  if (writer.language !== 'xml' || span === undefined) return undefined
  const start = offsetAt(lines, span.line, span.column)
  const own = text.slice(start, offsetAt(lines, span.endLine, span.endColumn))
  const found =
    /\s*<constraints\s+nullable\s*=\s*(?:"false"|'false')\s*(?:\/>|>\s*<\/constraints>)/.exec(own) ??
    /\s+nullable\s*=\s*(?:"false"|'false')/.exec(own)
  if (found === null || column.primaryKey) return undefined
  const at = start + found.index
  const { line, column: from, endLine, endColumn } = spanOf(lines, at, at + found[0].length)
  const { sets, set, drop } = proof(table, [column.name])
  const required: SetDraft = { ending: 'require', bare: false, changes: [...set, ...drop].map(sql => ({ sql })) }
  return {
    title: 'Add the column as optional, and require it when every row has a value',
    edits: [{ line, column: from, endLine, endColumn, text: '' }],
    later: [{ after: 'When the code fills the column, and old rows have a value', drafts: [...sets, required] }],
  }
}

/** The old name stays as a view until no release uses it any more. */
function renameTable({ table, to }: Of<'rename-table'>, { change, writer }: ChangePlace): ChangelogPlan | undefined {
  if (change.name !== 'renameTable') return undefined
  const gone: SetDraft = { ending: 'old-name', bare: false, changes: [{ sql: `DROP VIEW ${sqlName(table)}` }] }
  return {
    title: 'Keep the old name alive as a view until no release uses it any more',
    edits: [writer.beside(change, `CREATE VIEW ${sqlName(table)} AS SELECT * FROM ${sqlName(to)}`, 'after')],
    later: [{ after: 'When no running release uses the old name any more', drafts: [gone] }],
  }
}
