import { type Node, Query } from 'web-tree-sitter'
import { type Grammar, treeOf } from '../../artifact/trees.ts'
import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { lineSpan, positionAt, type Span, spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { RetryFact } from './index.ts'

const loops: Partial<Record<Grammar, string>> = {
  ruby: `[(while) (until) (for)] @loop
    (call method: (identifier) @name block: (_)) @loop
    (begin) @loop (method body: (body_statement (rescue))) @loop`,
  python: '[(for_statement) (while_statement)] @loop',
  javascript: '[(for_statement) (while_statement) (do_statement)] @loop',
}
const queries = new Map<string, Query>()

/** Longest loop that can be a retry, in characters: longer bodies do more than try again. */
const longest = 6000

export async function extractRetries(_context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: RetryFact[] = []
  const notAnalysed: NotAnalysed[] = []
  for (const artifact of artifacts) {
    const source = artifact.head
    if (source === undefined || artifact.hunks.length === 0) continue
    try {
      facts.push(...(await retriesIn(artifact, source)))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      notAnalysed.push({ path: artifact.path, reason: `its loops could not be read (${why})` })
    }
  }
  return { facts, notAnalysed }
}

async function retriesIn(artifact: Artifact, source: Source): Promise<readonly RetryFact[]> {
  const { language } = artifact
  const grammar =
    language === 'ruby' || language === 'python' || language === 'typescript' || language === 'tsx'
      ? language
      : 'javascript'
  const tree = await treeOf(source, grammar)
  if (tree === undefined) throw new Error('parsing takes too long')
  const pattern = loops[grammar] ?? loops.javascript ?? ''
  const query = queries.get(grammar) ?? new Query(tree.language, pattern)
  queries.set(grammar, query)
  const facts: RetryFact[] = []
  for (const { name, node } of query.captures(tree.rootNode)) {
    if (name !== 'loop' || node.endIndex - node.startIndex > longest) continue
    const fact = retryOf(artifact, source, node)
    if (fact !== undefined) facts.push(fact)
  }
  // A loop and the begin block inside it are one retry.
  return facts.filter(fact => !facts.some(other => other !== fact && isInside(fact.span, other.span)))
}

function isInside(inner: Span, outer: Span): boolean {
  return (
    inner.line >= outer.line &&
    inner.endLine <= outer.endLine &&
    !(inner.line === outer.line && inner.endLine === outer.endLine)
  )
}

const waits = /sleep|back_?off|delay|setTimeout|\bwait|jitter|perform_in|retry_?after|pause|exponential|throttle/i
const remote =
  /http|redis|client|request|fetch|axios|connect|quer|api|socket|grpc|publish|broker|queue|\bsend|\.save|\.update|watch|multi|execute|transaction|rpc|post|\bget\b|upload|download/i

function retryOf(artifact: Artifact, source: Source, node: Node): RetryFact | undefined {
  const body = node.text
  if (!swallows(body, artifact.language)) return undefined
  const bound = boundOf(body, node.type)
  // Following redirects or pages goes on, it does not try again.
  if (bound === undefined || /redirect|page|depth|hops/i.test(bound)) return undefined
  const span = spanOf(source.lines, node.startIndex, node.endIndex)
  const constant = /^[a-zA-Z_]/.test(bound) ? constantAt(source, bound) : undefined
  const isTouched =
    touches(artifact, 'head', span) || (constant !== undefined && touches(artifact, 'head', constant.span))
  if (!isTouched) return undefined
  const attempts = constant?.value ?? (/^\d/.test(bound) ? Number(bound.replaceAll('_', '')) : undefined)
  if (attempts === undefined) return undefined
  const before = artifact.base === undefined ? undefined : constantAt(artifact.base, bound)?.value
  const line =
    constant !== undefined && touches(artifact, 'head', constant.span)
      ? constant.span
      : lineSpan(source.lines, span.line)
  return {
    kind: 'retry',
    path: artifact.path,
    side: 'head',
    span: line,
    header: (body.split('\n')[0] ?? '').trim().slice(0, 120),
    attempts,
    ...(before === undefined ? {} : { baseAttempts: before }),
    waits: waits.test(body),
    remote: remote.test(body),
  }
}

/** Does the body catch a failure without passing it on, and leave the loop on success? */
function swallows(body: string, language: Artifact['language']): boolean {
  if (language === 'ruby') {
    if (/\bretry\b/.test(body)) return /\brescue\b/.test(body)
    return /\brescue\b(?![^\n]*\n\s*raise\b(?![^\n]*\b(if|unless)\b))/.test(body) && /\b(return|break)\b/.test(body)
  }
  if (language === 'python') return /\bexcept\b(?![^\n]*:\s*\n\s*raise\b)/.test(body) && /\b(return|break)\b/.test(body)
  return /\bcatch\b\s*(\([^)]*\))?\s*\{(?!\s*throw\b)/.test(body) && /\b(return|break)\b/.test(body)
}

/** The number or name that bounds the attempts; undefined for a loop over data. */
function boundOf(body: string, type: string): string | undefined {
  const first = body.split('\n')[0] ?? ''
  const header =
    /^\(?([\w.]+?)\.times\b/.exec(first)?.[1] ??
    /\bin\s+range\((?:\d+,\s*)?([\w.]+?)(?:\s*\+\s*1)?\)/.exec(first)?.[1] ??
    /^1\.upto\((\w+)\)/.exec(first)?.[1]
  if (header !== undefined) return last(header)
  if (/^for\b|^while\b/.test(first)) return last(/\w\s*<=?\s*([\w.]+)/.exec(first.replace(/^for\s*\([^;]*;/, ''))?.[1])
  if (type === 'begin' || type === 'method')
    return /\bretry\b/.test(body) ? last(/(?:<=?\s*)([\w.]+)/.exec(body)?.[1]) : undefined
  return undefined
}

function last(name: string | undefined): string | undefined {
  return name?.slice(name.lastIndexOf('.') + 1)
}

/** A constant of the file with a number, and where it stands. */
function constantAt(source: Source, name: string): { readonly value: number; readonly span: Span } | undefined {
  if (!/^\w+$/.test(name)) return undefined
  const match = new RegExp(`(^|[\\s.(])${name}(?:\\s*:\\s*\\w+)?\\s*[=:]\\s*([\\d_]+)\\b(?!\\.)`, 'm').exec(source.text)
  if (match?.[2] === undefined) return undefined
  const before = source.text.slice(source.text.lastIndexOf('\n', match.index) + 1, match.index)
  if (/^\s*(\*|#|\/\/)/.test(before)) return undefined
  return {
    value: Number(match[2].replaceAll('_', '')),
    span: lineSpan(source.lines, positionAt(source.lines, match.index + (match[1]?.length ?? 0)).line),
  }
}
