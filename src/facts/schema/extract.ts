import { documentsOf } from '../../artifact/documents.ts'
import type { PlainDocument } from '../../artifact/plain.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { globs } from '../../text/glob.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { SchemaFact } from './index.ts'
import { dataOf, placeOf } from './plain.ts'
import { describe, validatorFor } from './validate.ts'

interface Wanted {
  readonly artifact: Artifact
  readonly head: Source
  readonly schema: string
  readonly named: SchemaFact['named']
}

/** Most errors of one file that are told. */
const mostErrors = 10

/** Validates changed files against the schema that they or the configuration name; only what base did not have counts. */
export async function extractSchemas(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly SchemaFact[] }> {
  const facts: SchemaFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const mapped = Object.entries(context.config.schemas ?? {}).map(([glob, path]) => ({ matches: globs([glob]), path }))
  const wanted = artifacts.flatMap((artifact): readonly Wanted[] => {
    const { head, path } = artifact
    if (head === undefined) return []
    const configured = mapped.find(({ matches }) => matches(path))?.path
    if (configured !== undefined) return [{ artifact, head, schema: configured, named: 'configuration' }]
    const own = ownSchema(path, head.text)
    return own === undefined ? [] : [{ artifact, head, schema: own, named: 'file' }]
  })
  for (const one of wanted) {
    // A schema is compiled to code: only one that is merged already may run. One that the change alters judges nothing.
    const isAltered = context.change.files.some(({ path, basePath }) => path === one.schema || basePath === one.schema)
    const text = isAltered ? undefined : await context.change.trees.base.read(one.schema)
    const validate = text === undefined ? undefined : await validatorFor(text)
    if (validate === undefined) {
      // What a file names may be another tool's business; what the configuration names is premortem's.
      if (one.named === 'configuration') {
        const why = isAltered
          ? 'changes as well, so it was not checked against it'
          : text === undefined
            ? 'is not there'
            : 'cannot be read as a JSON Schema'
        notAnalysed.push({ path: one.artifact.path, reason: `its schema ${one.schema} ${why}` })
      }
      continue
    }
    const before = one.artifact.base === undefined ? [] : await errorsOf(one.artifact.base, one.artifact, validate)
    const old = new Set(before.map(error => `${error.detail}\n${error.at}`))
    const now = await errorsOf(one.head, one.artifact, validate)
    for (const error of now.filter(({ detail, at }) => !old.has(`${detail}\n${at}`)).slice(0, mostErrors))
      facts.push({
        kind: 'schema',
        path: one.artifact.path,
        side: 'head',
        ...error,
        schema: one.schema,
        named: one.named,
      })
  }
  return { facts, notAnalysed }
}

async function errorsOf(
  source: Source,
  { language }: Artifact,
  validate: NonNullable<Awaited<ReturnType<typeof validatorFor>>>,
): Promise<readonly Pick<SchemaFact, 'detail' | 'at' | 'keyword' | 'span'>[]> {
  const documents: readonly PlainDocument[] = (await documentsOf(source, language)) ?? []
  return documents.flatMap(({ root }) => {
    const read = dataOf(root)
    if (read === undefined || validate(read.data) === true) return []
    const errors = validate.errors ?? []
    // Below a choice that failed as a whole, every branch complains.
    const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
    return errors.flatMap(error => {
      const detail = describe(error)
      const inside = choices.some(choice => choice !== error && error.schemaPath.startsWith(`${choice.schemaPath}/`))
      if (detail === undefined || inside) return []
      const extra: unknown = error.params.additionalProperty ?? error.params.unevaluatedProperty
      const place = placeOf(root, error.instancePath, typeof extra === 'string' ? extra : undefined)
      return [{ detail, keyword: error.keyword, ...place }]
    })
  })
}

/** The schema a file names for itself, when it is a file of the repository. */
function ownSchema(path: string, text: string): string | undefined {
  const start = text.slice(0, 5000)
  const named =
    /^#\s*yaml-language-server:\s*\$schema=(\S+)/m.exec(start)?.[1] ??
    /^\s*[{,]?\s*["']?\$schema["']?\s*:\s*["']?([^"'\s,}]+)/m.exec(start)?.[1]
  if (named === undefined || /^[a-z][a-z0-9+.-]*:/i.test(named) || named.startsWith('//')) return undefined
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const parts = named.startsWith('/') ? named.slice(1).split('/') : (folder + named).split('/')
  const steps: string[] = []
  for (const part of parts) {
    if (part === '..') {
      if (steps.pop() === undefined) return undefined
    } else if (part !== '' && part !== '.') steps.push(part)
  }
  return steps.join('/').replace(/#.*$/, '')
}
