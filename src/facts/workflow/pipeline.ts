import { entryOf, type Plain, type PlainEntry } from '../../artifact/plain.ts'
import type { Span } from '../../text/lines.ts'
import { type Effect, effectOf } from './command.ts'
import type { WorkflowFact } from './index.ts'

/** One step: a command or an action. */
export interface Step {
  /** Name where it has one, else the first line of its command. */
  readonly name: string
  readonly script: string
  readonly uses: string
  readonly conditions: readonly string[]
  readonly failureIgnored: boolean
  readonly node: Plain
  /** Where to point: the command or action. */
  readonly span: Span
  readonly effect: Effect | undefined
}

/** One job; for Azure also a bare list of steps. */
export interface Job {
  readonly id: string
  readonly needs: readonly string[]
  readonly environment: string
  readonly conditions: readonly string[]
  readonly manual: boolean
  readonly failureIgnored: boolean
  readonly cancels: boolean
  readonly steps: readonly Step[]
  readonly span: Span
  readonly node: Plain
  /** GitLab: whether the job's own rules admit merge requests. */
  readonly onPullRequest?: boolean
}

/** A pipeline as it stands on one side, whoever runs it. */
export interface Pipeline {
  readonly system: WorkflowFact['system']
  readonly triggers: readonly string[]
  readonly onPullRequest: boolean
  /** Runs for pull requests because nothing says otherwise. */
  readonly byDefault: boolean
  readonly triggerSpan: Span
  readonly pullSpan?: Span
  readonly jobs: readonly Job[]
  readonly root: Plain
  /** The whole text, for words that name a local cluster or a preview. */
  readonly text: string
}

/** What a reader of one system finds; the rest is the same for all. */
export type Read = Omit<Pipeline, 'system' | 'root' | 'text'>

/** The text of a scalar, also of a computed one; '' for anything else. */
export function rawText(node: Plain | undefined): string {
  return node?.type === 'scalar' && node.value !== null ? node.text : ''
}

/** The texts of a scalar or a list of scalars. */
export function rawTexts(node: Plain | undefined): readonly string[] {
  if (node?.type === 'list') return node.items.map(rawText).filter(text => text !== '')
  const text = rawText(node)
  return text === '' ? [] : [text]
}

export function entriesOf(node: Plain | undefined): readonly PlainEntry[] {
  return node?.type === 'map' ? node.entries : []
}

export function itemsOf(node: Plain | undefined): readonly Plain[] {
  return node?.type === 'list' ? node.items : []
}

export function isTrue(node: Plain | undefined, key: string): boolean {
  return rawText(entryOf(node, key)?.value) === 'true'
}

/** A step from its parts; `keys` are the entries that can hold its command, the first that is there is pointed at. */
export function stepOf(
  node: Plain,
  script: string,
  uses: string,
  rest: {
    readonly conditions: readonly string[]
    readonly failureIgnored: boolean
    readonly span: Span
    readonly name: string
  },
): Step {
  const firstLine = script.trim().split('\n')[0] ?? ''
  return {
    name: rest.name === '' ? firstLine || uses : rest.name,
    script,
    uses,
    conditions: rest.conditions,
    failureIgnored: rest.failureIgnored,
    node,
    span: rest.span,
    effect: effectOf(script, uses),
  }
}

/** The first line of a span: enough to point at. */
export function startOf(span: Span): Span {
  return span.endLine === span.line ? span : { ...span, endLine: span.line, endColumn: span.column + 1 }
}
