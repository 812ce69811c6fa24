import type { Artifact, Source } from '../../../artifact/types.ts'
import type { Edit } from '../../../text/edit.ts'
import type { Span } from '../../../text/lines.ts'
import { offsetAt } from '../../../text/lines.ts'
import { elsewhere, inPlace, lineBefore, type Rewrite, type RewritePart, replacing } from '../../rewrite.ts'
import type { FactContext } from '../../types.ts'
import type { MigrationFact } from '../fact.ts'
import type { Operation, Program, Step } from '../operation.ts'
import { statementsIn } from './postgres-text.ts'

export type ChangeStep = Extract<Step, { kind: 'change' }>

/** A flagged operation with the file that it stands in. */
export interface Site {
  readonly fact: MigrationFact
  readonly source: Source
  readonly artifact: Artifact
  readonly context: FactContext
  readonly program: Program
  readonly step: ChangeStep
  /** Number of the operation within its step. */
  readonly index: number
  readonly operation: Operation
}

/** SQL that goes live by itself, in a migration of its own. */
export interface Stage {
  /** What it does, in lower-case words from which a file or class can be named: `validate orders customer id`. */
  readonly name: string
  /** Statements without their terminators. */
  readonly sql: readonly string[]
  /** Lines of the framework's own language, in place of SQL. */
  readonly code?: readonly string[]
  /** It has to run outside of a transaction. */
  readonly bare: boolean
  /** A release of the code has to come first: what it does, for the lead. */
  readonly after?: string
}

/** How to reach the same end safely, in SQL, whatever runs it. */
export interface Plan {
  readonly title: string
  readonly name: string
  /** What stands in place of the flagged statement or clause. */
  readonly here?: {
    readonly text: string
    readonly bare: boolean
    /** The same as a migration of its own, where that is more than the text as SQL. */
    readonly own?: Stage
  }
  /** What follows by itself: further migrations, or code that is neither (a model). */
  readonly later: readonly (Stage | RewritePart)[]
}

/** What a runner does with SQL: how it is told to run outside of a transaction, and what a migration file looks like. */
export interface Host {
  /** Edits by which the file runs outside of a transaction; empty where it does so already, undefined where it cannot. */
  bare(text: string): Promise<readonly Edit[] | undefined>
  /** The text as it can stand in place of the flagged place; undefined where quotes or escapes forbid it. */
  fits(text: string): string | undefined
  /** The edits that put the text in the flagged place, where that is more than to replace it; undefined where they cannot be made. */
  place?(text: string): readonly Edit[] | undefined
  /** Lines above and below a statement in whose body semicolons stand. */
  around?(text: string): readonly [string, string] | undefined
  /** A migration with these statements only, with what else it needs; empty where the runner cannot do it. */
  migration(stage: Stage): readonly RewritePart[]
  readonly language: string
  /** What else a file outside of a transaction needs, as words in brackets. */
  readonly bareNote?: string
}

/** The text of a span. */
export function textAt({ lines, text }: Source, span: Span): string {
  return text.slice(offsetAt(lines, span.line, span.column), offsetAt(lines, span.endLine, span.endColumn))
}

/** Steps that may lose their transaction with each other: each is complete by itself. */
const single: ReadonlySet<Operation['op']> = new Set([
  'create-index',
  'drop-index',
  'reindex',
  'create-object',
  'harmless',
])

/** Would switching off the transaction of the file harm none of its other steps? */
export function mayBeBare({ program, step }: Site): boolean {
  return stepsOf(program).bound.every(other => other === step)
}

/** Is it the only step of its file? */
export function isAlone({ program }: Site): boolean {
  return stepsOf(program).count === 1
}

/** Does a loop that was unrolled, or a method that runs again, say the same at the same place? */
export function isRepeated({ program, step, operation }: Site): boolean {
  const same = (one: Span, other: Span): boolean => one.line === other.line && one.column === other.column
  return program.up.some(
    other =>
      other !== step &&
      other.kind === 'change' &&
      same(other.span, step.span) &&
      other.operations.some(({ op }) => op === operation.op),
  )
}

interface Steps {
  readonly count: number
  /** Those that must not lose the transaction that they share with others. */
  readonly bound: readonly Step[]
}

/** Asked for every finding of a file, of which there can be thousands. */
const known = new WeakMap<Program, Steps>()

/** The steps without the marks of where a transaction of the runner begins. */
function stepsOf(program: Program): Steps {
  const found = known.get(program)
  if (found) return found
  const all = program.up.filter(step => step.kind !== 'boundary' && !(step.kind === 'begin' && step.runner === true))
  const bound = all.filter(step => step.kind !== 'change' || !step.operations.every(({ op }) => single.has(op)))
  const steps = { count: all.length, bound }
  known.set(program, steps)
  return steps
}

/** Puts a plan into the files of its runner. */
export async function placePlan(plan: Plan, site: Site, host: Host): Promise<Rewrite | undefined> {
  const { here } = plan
  const isBare = here?.bare || plan.later.some(stage => 'bare' in stage && stage.bare)
  const title = isBare && host.bareNote !== undefined ? `${plan.title} (${host.bareNote})` : plan.title
  if (here === undefined) {
    const later = numbered(plan.later, host, true)
    return later && elsewhere(title, later)
  }
  const bare = here.bare && mayBeBare(site) ? await host.bare(here.text) : here.bare ? undefined : []
  if (host.place !== undefined) {
    const placed = bare && host.place(here.text)
    const later = numbered(plan.later, host, false)
    const found = bare && placed && later && inPlace(title, host.language, site.source, [...bare, ...placed], later)
    return found ?? apart(plan, site, host, title, statementsIn(here.text))
  }
  const text = host.fits(here.text)
  if (text !== undefined && bare !== undefined) {
    const { span } = site.fact
    const [above, below] = host.around?.(text) ?? []
    const around =
      above === undefined || below === undefined
        ? []
        : [lineBefore(site.source, span.line, above), lineBefore(site.source, span.endLine + 1, below)]
    const later = numbered(plan.later, host, false)
    return later && inPlace(title, host.language, site.source, [...bare, ...around, replacing(span, text)], later)
  }
  return apart(plan, site, host, title, [here.text])
}

/** What cannot stand in the file at hand, in a migration of its own. */
function apart(
  { name, here, later }: Plan,
  { step }: Site,
  host: Host,
  title: string,
  sql: readonly string[],
): Rewrite | undefined {
  // One of several clauses is no statement.
  if (here === undefined || (here.own === undefined && step.spans !== undefined)) return undefined
  const [own, ...beside] = host.migration(here.own ?? { name, sql, bare: here.bare })
  const rest = own && numbered(later, host, false)
  return rest && elsewhere(title, [{ ...own, where: own.where || 'In a migration of its own' }, ...beside, ...rest])
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth']

/** The stages as parts that say when they go live; undefined where the runner cannot run one of them. */
function numbered(stages: Plan['later'], host: Host, moved: boolean): readonly RewritePart[] | undefined {
  const parts: RewritePart[] = []
  let number = 1
  for (const stage of stages) {
    if ('where' in stage) {
      parts.push(stage)
      continue
    }
    const [own, ...beside] = host.migration(stage)
    if (own === undefined) return undefined
    if (moved && parts.length === 0) {
      parts.push({ ...own, where: own.where || 'In a migration of its own, and no more here' }, ...beside)
      continue
    }
    const ordinal = ordinals[number++] ?? 'further'
    const where = `${stage.after === undefined ? 'In' : `${stage.after}, in`} a ${ordinal} migration`
    parts.push({ ...own, where: own.where || where }, ...beside)
  }
  return parts
}
