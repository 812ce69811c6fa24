import type { Source } from '../../../artifact/types.ts'
import type { Edit } from '../../../text/edit.ts'
import { inPlace, type Rewrite, type RewritePart, replacing } from '../../rewrite.ts'
import { changeSets, changesOf } from '../frontends/liquibase.ts'
import { changelogOf, type Entry } from '../frontends/liquibase-tree.ts'
import { jsonWriter } from './liquibase-json.ts'
import { type ChangelogPlan, type ChangePlace, changelogPlan, inSets, stagesOf } from './liquibase-plan.ts'
import type { SetDraft, Writer } from './liquibase-write.ts'
import { xmlWriter } from './liquibase-xml.ts'
import { yamlWriter } from './liquibase-yaml.ts'
import { isAlone, isRepeated, type Site, textAt } from './plan.ts'
import { clauseOf, postgresPlan } from './postgres.ts'
import { statementsIn } from './postgres-text.ts'

/**
 * The safe way of a change in a changelog. Each change set is a transaction of its own, so that most of it fits into the
 * same file; changes stay what they are to other databases.
 */
export async function rewriteLiquibase(name: string, site: Site): Promise<Rewrite | undefined> {
  const { source, step } = site
  const root = await changelogOf(source)
  if ('error' in root || isRepeated(site)) return undefined
  const place = placeOf(root, site)
  if (place === undefined) return undefined
  const embedded = /^\s*(alter|create|drop|reindex|refresh|update|delete|truncate|vacuum|cluster)\s/i.test(
    textAt(source, step.span),
  )
  const isSql = place.change.name === 'sql' && embedded
  const plan = common(name, place) ?? (isSql ? await inSql(name, place) : changelogPlan(name, place))
  return plan && finished(plan, place)
}

function writerOf(source: Source): Writer {
  if (source.path.endsWith('.xml')) return xmlWriter(source)
  return source.path.endsWith('.json') ? jsonWriter(source) : yamlWriter(source)
}

function placeOf(root: Entry, site: Site): ChangePlace | undefined {
  const { line, column } = site.step.span
  const holds = ({ span }: Entry): boolean =>
    (span.line < line || (span.line === line && span.column <= column)) &&
    (span.endLine > line || (span.endLine === line && span.endColumn > column))
  const set = changeSets(root).find(holds)
  const changes = set === undefined ? [] : changesOf(set)
  const change = changes.find(holds)
  if (set === undefined || change === undefined || !set.values.has('id')) return undefined
  return { site, set, change, changes, writer: writerOf(site.source) }
}

/** What is the same for every change. */
function common(name: string, { site, changes, set, writer }: ChangePlace): ChangelogPlan | undefined {
  const [first] = changes
  if (name === 'no-transaction')
    return changes.length === 1 ? { title: 'Switch the transaction off', edits: [writer.bare(set)] } : undefined
  if (name !== 'lock-timeout' || first === undefined) return undefined
  const local = site.fact.inTransaction ? 'LOCAL ' : ''
  return {
    title: 'Give up after two seconds instead of letting everybody wait, and run it again',
    edits: [writer.beside(first, `SET ${local}lock_timeout = '2s'`, 'before')],
  }
}

function finished({ title, edits, later }: ChangelogPlan, { site, set, writer }: ChangePlace): Rewrite | undefined {
  const known = edits.filter(edit => edit !== undefined)
  if (known.length !== edits.length) return undefined
  const parts = (later ?? []).map(
    ({ after, drafts }): RewritePart => ({
      where: `${after}, in a further change set`,
      language: writer.language,
      code: writer.show(set, drafts),
    }),
  )
  return inPlace(title, writer.language, site.source, known, parts)
}

/** SQL in the changelog. */
async function inSql(name: string, place: ChangePlace): Promise<ChangelogPlan | undefined> {
  const { site, set, change, changes, writer } = place
  const { source, step, fact, operation } = site
  const raw = textAt(source, step.span)
  const clause = clauseOf(site, raw, textAt(source, fact.span))
  // What follows may need the new type.
  if (operation.op === 'change-type' && !isAlone(site)) return undefined
  const plan = await postgresPlan(name, operation, clause)
  if (plan === undefined) return undefined
  const words = change.values.get('') ?? change.values.get('sql')
  const isSole = clause.whole && statementsIn(words?.text ?? '').length === 1
  const alone = changes.length === 1 && isSole
  const { sets, later } = stagesOf(plan.later)
  const { title, here } = plan
  const text = here?.text ?? ''
  const sql = statementsIn(text)
  const behind = (drafts: readonly SetDraft[]): readonly (Edit | undefined)[] =>
    drafts.length === 0 ? [] : inSets(place, () => writer.after(set, drafts))
  if (here === undefined || (here.bare && !alone)) {
    if (!isSole || alone || change !== changes.at(-1)) return undefined
    const own: readonly SetDraft[] =
      here === undefined
        ? []
        : [{ ending: 'own', bare: here.bare, changes: sql.map(statement => ({ sql: statement })) }]
    return { title, edits: [writer.takeOut(change)?.edit, ...behind([...own, ...sets])], later }
  }
  const fits = sql.length === 1 && !text.includes('$$') && writer.holds(text, textAt(source, fact.span))
  if (!fits && !isSole) return undefined
  const edits = [
    ...(here.bare && site.fact.inTransaction ? [writer.bare(set)] : []),
    fits ? replacing(fact.span, text) : writer.swap(change, sql),
    ...behind(sets),
  ]
  return { title, edits, later }
}
