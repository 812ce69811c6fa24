import { isAlias, isMap, isScalar, isSeq, parseDocument, visit, type YAMLMap } from 'yaml'
import type { Artifact, Source } from '../../artifact/types.ts'
import { spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { WorkflowReferenceFact } from './index.ts'

const contexts = ['steps', 'needs', 'inputs', 'matrix'] as const

/** Names that a context has, in small letters; undefined when that cannot be told. */
type Names = ReadonlySet<string> | undefined

interface Reference {
  readonly context: WorkflowReferenceFact['context']
  readonly name: string
  readonly job: string
  readonly start: number
  readonly end: number
  readonly known: boolean
}

/** Finds expressions that read a step, job, input or key of the matrix which is not there, where they were not written so at base. */
export async function extractWorkflowReferences(_: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  return { facts: artifacts.flatMap(factsOf), notAnalysed: [] }
}

function factsOf({ path, base, head }: Artifact): readonly WorkflowReferenceFact[] {
  if (head === undefined) return []
  const before = base === undefined ? [] : referencesIn(base)
  const old = new Set(before.filter(({ known }) => !known).map(nameOf))
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
  const inputs = inputsOf(document.get('on'))
  return jobs.items.flatMap(({ key, value }) =>
    isScalar(key) && isMap(value) && !isAlias(value) ? inJob(String(key.value), value, text, inputs) : [],
  )
}

function inJob(job: string, body: YAMLMap, text: string, inputs: Names): readonly Reference[] {
  const known: Readonly<Record<Reference['context'], Names>> = {
    needs: new Set(neededBy(body)),
    steps: new Set(stepIds(body)),
    inputs,
    matrix: matrixKeys(body),
  }
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
        // Text in quotes is no reference; the length is kept for the place.
        const plain = expression[0].replace(/'[^'\n]*'/g, quoted => ' '.repeat(quoted.length))
        // Without the cache's answer the step that fills it just runs.
        for (const match of plain.matchAll(
          /(?<![\w.-])(steps|needs|inputs|matrix)\.([A-Za-z_][\w-]*)(?![\w-]|\.outputs\.cache-hit)/g,
        )) {
          const context = contexts.find(each => each === match[1]) ?? 'steps'
          const name = match[2] ?? ''
          const names = known[context]
          if (names === undefined) continue
          const start = from + expression.index + match.index
          const end = start + match[0].length
          found.push({ context, name, job, start, end, known: names.has(name.toLowerCase()) })
        }
      }
    },
  })
  return found
}

/** Inputs of all ways to start the workflow; undefined when it has none, so that nothing can be said. */
function inputsOf(on: unknown): Names {
  if (!isMap(on)) return undefined
  const declared = ['workflow_dispatch', 'workflow_call'].flatMap(trigger => {
    const inputs = on.getIn([trigger, 'inputs'])
    return isMap(inputs) ? keysOf(inputs) : []
  })
  return declared.length === 0 ? undefined : new Set(declared)
}

/** Keys of the job's matrix; undefined when it has none or a part of it is computed. */
function matrixKeys(body: YAMLMap): Names {
  const matrix = body.getIn(['strategy', 'matrix'])
  if (!isMap(matrix)) return undefined
  const include = matrix.get('include')
  if (include !== undefined && !isSeq(include)) return undefined
  const rows: readonly unknown[] = include?.items ?? []
  if (!rows.every(isMap)) return undefined
  return new Set([...keysOf(matrix), ...rows.flatMap(keysOf)])
}

function keysOf(map: YAMLMap): readonly string[] {
  return map.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value).toLowerCase()] : []))
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
