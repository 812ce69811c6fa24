import { isAlias, isMap, isScalar, isSeq, parseDocument, visit, type YAMLMap } from 'yaml'
import type { Artifact, Source } from '../../artifact/types.ts'
import { spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { WorkflowReferenceFact } from './index.ts'

interface Reference {
  readonly context: WorkflowReferenceFact['context']
  readonly name: string
  readonly job: string
  readonly start: number
  readonly end: number
  readonly known: boolean
}

/** Finds expressions that read a step or job which is not there, where they were not written so at base. */
export async function extractWorkflowReferences(_: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  return { facts: artifacts.flatMap(factsOf), notAnalysed: [] }
}

function factsOf({ path, base, head }: Artifact): readonly WorkflowReferenceFact[] {
  if (head === undefined) return []
  const before = base === undefined ? [] : referencesIn(base)
  const old = new Set(before.filter(({ known }) => !known).map(nameOf))
  const answered = new Set(before.filter(({ known }) => known).map(nameOf))
  const seen = new Set<string>()
  return referencesIn(head).flatMap(reference => {
    const key = `${reference.job}\n${nameOf(reference)}`
    if (reference.known || old.has(nameOf(reference)) || seen.has(key)) return []
    seen.add(key)
    const { context, name, job, start, end } = reference
    return [
      {
        kind: 'workflow-reference' as const,
        path,
        side: 'head' as const,
        span: spanOf(head.lines, start, end),
        context,
        name,
        job,
        cause: answered.has(nameOf(reference)) ? ('removed' as const) : ('added' as const),
      },
    ]
  })
}

function nameOf({ context, name }: Reference): string {
  return `${context}.${name.toLowerCase()}`
}

/** References of all jobs; none when the file cannot be read, or shares parts by aliases. */
function referencesIn({ text }: Source): readonly Reference[] {
  if (text.length > 500_000) return []
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' })
  if (document.errors.length > 0) return []
  let shared = false
  visit(document, {
    Alias: () => {
      shared = true
      return visit.BREAK
    },
  })
  const jobs = document.get('jobs')
  if (shared || !isMap(jobs)) return []
  return jobs.items.flatMap(({ key, value }) =>
    isScalar(key) && isMap(value) && !isAlias(value) ? inJob(String(key.value), value, text) : [],
  )
}

function inJob(job: string, body: YAMLMap, text: string): readonly Reference[] {
  const known = { needs: new Set(neededBy(body)), steps: new Set(stepIds(body)) }
  const found: Reference[] = []
  visit(body, {
    Scalar: (at, node, path) => {
      if (at === 'key' || typeof node.value !== 'string' || !node.range) return
      const pair = path.at(-1)
      const bare = pair !== undefined && 'key' in pair && isScalar(pair.key) && pair.key.value === 'if'
      const [from, to] = node.range
      const raw = text.slice(from, to)
      const expressions = raw.includes('${{')
        ? raw.matchAll(/\$\{\{[\s\S]*?\}\}/g)
        : bare
          ? raw.matchAll(/^[\s\S]+/g)
          : []
      for (const expression of expressions) {
        if (expression[0].includes('||')) continue
        // Without the cache's answer the step that fills it just runs.
        // Text in quotes is no reference; the length is kept for the place.
        const plain = expression[0].replace(/'[^'\n]*'/g, quoted => ' '.repeat(quoted.length))
        for (const match of plain.matchAll(
          /(?<![\w.-])(steps|needs)\.([A-Za-z_][\w-]*)(?![\w-]|\.outputs\.cache-hit)/g,
        )) {
          const context = match[1] === 'needs' ? 'needs' : 'steps'
          const name = match[2] ?? ''
          const start = from + expression.index + match.index
          const end = start + match[0].length
          found.push({ context, name, job, start, end, known: known[context].has(name.toLowerCase()) })
        }
      }
    },
  })
  return found
}

function neededBy(body: YAMLMap): readonly string[] {
  const needs = body.get('needs', true)
  const items: readonly unknown[] = isSeq(needs) ? needs.items : [needs]
  return items.flatMap(item => (isScalar(item) ? [String(item.value).toLowerCase()] : []))
}

function stepIds(body: YAMLMap): readonly string[] {
  const steps = body.get('steps')
  if (!isSeq(steps)) return []
  return steps.items.flatMap(step => (isMap(step) ? [String(step.get('id') ?? '').toLowerCase()] : []))
}
