import {
  convertWorkflowTemplate,
  isMapping,
  isString,
  NoOperationTraceWriter,
  parseWorkflow,
} from '@actions/workflow-parser'
import { isAlias, isCollection, isPair, type Node, parseDocument } from 'yaml'
import type { Source } from '../../artifact/types.ts'
import { lineSpan, lineText, type Span } from '../../text/lines.ts'
import type { WorkflowSyntaxFact } from './index.ts'

/** One reason for which GitHub refuses a workflow. */
export interface Refusal {
  readonly topic: WorkflowSyntaxFact['topic']
  readonly detail: string
  readonly span: Span
}

type Root = NonNullable<ReturnType<typeof parseWorkflow>['value']>

/** Text of a workflow above which it is not read: GitHub's own limit is far lower. */
const mostText = 500_000
/** Nodes to which the aliases of a workflow may expand. */
const mostNodes = 20_000

/**
 * Why GitHub refuses a workflow, in the order of the file; empty when it does not, or when the text is no YAML (which is
 * told elsewhere). `undefined`: too large to read.
 */
export async function refusalsOf(source: Source): Promise<readonly Refusal[] | undefined> {
  if (source.text.length > mostText || expandsTooFar(source.text)) return undefined
  if (isEmpty(source.text)) return []
  const file = { name: source.path, content: source.text }
  const { context, value } = parseWorkflow(file, new NoOperationTraceWriter())
  if (value === undefined) return []
  await convertWorkflowTemplate(context, value, undefined, { errorPolicy: 1 })
  const triggers = triggerLines(value)
  const jobs = jobNames(value)
  const byLine = new Map<number, Refusal>()
  const errors = context.errors.getErrors().filter(({ rawMessage }) => !namesJobInOtherCase(rawMessage, jobs))
  const lacksJob = errors.some(({ rawMessage }) => unknownJob.test(rawMessage))
  for (const { rawMessage, range } of errors) {
    const line = range?.start.line
    if (line === undefined || (line >= triggers.from && line <= triggers.to)) continue
    // Doubled keys are a matter of YAML, told by the syntax facts; jobs behind an unknown one look like a circle.
    if (/is already defined$/.test(rawMessage) || (lacksJob && /creates a cycle/.test(rawMessage))) continue
    // The first thing said of a line is the cause, the rest follows from it.
    if (!byLine.has(line))
      byLine.set(line, {
        topic: topicOf(rawMessage),
        detail: sentenceOf(rawMessage),
        span: spanFrom(source, line, range),
      })
  }
  return [...byLine.values()].sort((a, b) => a.span.line - b.span.line)
}

function isEmpty(text: string): boolean {
  return text.split('\n').every(line => /^\s*(#.*|---|\.\.\.)?\s*$/.test(line))
}

/** GitHub's parser writes aliases out; a few lines of them can stand for millions of nodes. */
function expandsTooFar(text: string): boolean {
  if (!/[\s[{,:-]\*[\w-]/.test(text)) return false
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' })
  const sizes = new Map<Node, number>()
  const sizeOf = (node: unknown): number => {
    if (isPair(node)) return 1 + sizeOf(node.value)
    if (isAlias(node)) {
      const target = node.resolve(document)
      return target === undefined ? 1 : (sizes.get(target) ?? 1)
    }
    if (!isCollection(node)) return 1
    const size = node.items.reduce<number>((sum, item) => sum + sizeOf(item), 1)
    sizes.set(node, size)
    return size
  }
  return sizeOf(document.contents) > mostNodes
}

/**
 * Lines of `on:`. The parser reads them with the strict schema of the editor: GitHub itself ignores keys that an event
 * does not know, and gains events faster than any parser.
 */
function triggerLines(root: Root): { readonly from: number; readonly to: number } {
  if (isMapping(root))
    for (const { key, value } of root)
      if (isString(key) && key.value === 'on') return { from: key.range?.start.line ?? 0, to: endLine(value, key) }
  return { from: 0, to: -1 }
}

function endLine(value: Root, key: Root): number {
  const end = value.range?.end ?? key.range?.end
  if (end === undefined) return -1
  return end.column === 1 ? end.line - 1 : end.line
}

function jobNames(root: Root): ReadonlySet<string> {
  const names = new Set<string>()
  if (!isMapping(root)) return names
  for (const { key, value } of root) {
    if (!isString(key) || key.value !== 'jobs' || !isMapping(value)) continue
    for (const job of value) if (isString(job.key)) names.add(job.key.value.toLowerCase())
  }
  return names
}

const unknownJob = /depends on unknown job '([^']*)'/

/** GitHub compares the names of jobs without regard to case, its parser for editors does not. */
function namesJobInOtherCase(message: string, jobs: ReadonlySet<string>): boolean {
  const needed = unknownJob.exec(message)?.[1]
  return needed !== undefined && jobs.has(needed.toLowerCase())
}

const topics: readonly (readonly [RegExp, WorkflowSyntaxFact['topic']])[] = [
  [/unknown job|creates a cycle|no dependencies/, 'needs'],
  [/may not be used more than once/, 'duplicate-id'],
  [/uses or run|properties: run, shell/, 'step'],
  [/missing: (runs-on|uses)/, 'job'],
  [/expression|named-value|function/i, 'expression'],
  [/^Unexpected value/, 'unknown-key'],
  [/missing|not enough info/i, 'missing-key'],
]

function topicOf(message: string): WorkflowSyntaxFact['topic'] {
  return topics.find(([pattern]) => pattern.test(message))?.[1] ?? 'other'
}

/** Sentences of the parser that read better with the reason in them. */
const wordings: readonly (readonly [RegExp, string])[] = [
  [/^Job '(.*)' depends on unknown job '(.*)'$/, 'job `$1` needs `$2`, and there is no such job'],
  [/^Job '(.*)' depends on job '(.*)' which creates a cycle.*$/, 'jobs `$1` and `$2` wait for each other'],
  [
    /^The workflow must contain at least one job with no dependencies$/,
    'no job can start, because each one needs another',
  ],
  [/^Required property is missing: (.*)$/, '`$1` is missing here'],
  [/^Unexpected value ''$/, 'the key has no value'],
  [/^Unexpected value '(.*)'$/, '`$1` is not allowed here'],
  [/^The identifier '(.*)' may not be used.*$/, 'the id `$1` is used twice'],
  [/^Expected one of uses or run to be defined$/, 'the step has neither `uses` nor `run`'],
  [/^There's not enough info .*properties: run, shell, uses.*$/, 'the step has neither `uses` nor `run`'],
  [/^Unrecognized named-value: '(.*?)'.*$/, '`$1` is not known in an expression at this place'],
  [/^Unrecognized function: '(.*?)'.*$/, 'the function `$1` is not known in an expression at this place'],
  [/^A (sequence|mapping) was not expected$/, 'a $1 is not allowed here'],
]

function sentenceOf(message: string): string {
  const text = message.replace(/\s+/g, ' ').replace(/\.\s*$/, '')
  const wording = wordings.find(([pattern]) => pattern.test(text))
  return wording ? text.replace(...wording) : text.replace(/(^|\s)'([^']*)'(?!\w)/g, '$1`$2`')
}

interface Range {
  readonly start: { readonly line: number; readonly column: number }
  readonly end: { readonly line: number; readonly column: number }
}

/** The range where it lies on one line, else the line it starts on: for the contents of a key, the line of the key. */
function spanFrom(source: Source, line: number, range: Range | undefined): Span {
  const contents = range !== undefined && range.end.line !== line
  if (contents) return lineSpan(source.lines, keyLine(source, line, range.start.column) ?? line)
  if (range === undefined || range.end.line !== line || range.end.column <= range.start.column)
    return lineSpan(source.lines, Math.min(line, source.lines.starts.length))
  const last = lineText(source.lines, line).length + 1
  return { line, column: range.start.column, endLine: line, endColumn: Math.min(range.end.column, last) }
}

/** The line of the key whose contents start on `line`, where that is the line above (comments aside). */
function keyLine({ lines }: Source, line: number, column: number): number | undefined {
  // An item of a list starts on the line of its dash.
  if (lineText(lines, line).search(/\S/) < column - 1) return undefined
  for (let above = line - 1; above > 0; above--) {
    const text = lineText(lines, above)
    if (/^\s*(#|$)/.test(text)) continue
    return /:\s*(#.*)?$/.test(text) && text.search(/\S/) < column - 1 ? above : undefined
  }
  return undefined
}
