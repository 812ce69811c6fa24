import { roleOf } from '../../artifact/classify.ts'
import type { Change } from '../../change/types.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { ContentFieldFact } from './fields.ts'
import { isContentModel } from './paths.ts'

interface Field {
  readonly container: string
  readonly name: string
  readonly line: number
}

const mostFiles = 3000
const longestMs = 1500
const largest = 400_000
const mostPlaces = 5

/** Fields that leave a schema while queries ask for them. */
export async function extractContentFields({ change }: FactContext): Promise<Extraction> {
  const gone: (Field & { readonly path: string })[] = []
  const kept = new Set<string>()
  const documents: (Field & { readonly path: string; readonly document: true })[] = []
  const keptDocuments = new Set<string>()
  for (const file of change.files) {
    const path = file.basePath ?? file.path
    if (!isContentModel(path) || roleOf(path) !== 'live') continue
    const base = file.basePath === undefined ? undefined : await change.trees.base.read(file.basePath)
    const head = file.status === 'deleted' ? undefined : await change.trees.head.read(file.path)
    for (const field of fieldsIn(file.path, head)) kept.add(field.name)
    for (const field of documentsIn(file.path, head)) keptDocuments.add(field.name)
    documents.push(...documentsIn(path, base).map(field => ({ ...field, path, document: true as const })))
    // A document that is gone altogether went with what showed it.
    if (head !== undefined) gone.push(...fieldsIn(path, base).map(field => ({ ...field, path: file.path })))
  }
  const fields: readonly (Field & { readonly path: string; readonly document?: true })[] = [
    ...documents.filter(({ name }) => !keptDocuments.has(name)),
    ...gone.filter(({ name }) => !kept.has(name)),
  ]
  if (fields.length === 0) return { facts: [], notAnalysed: [] }
  const texts = await queries(change)
  const facts = fields.slice(0, 30).flatMap((field): readonly ContentFieldFact[] => {
    const { path, container, name, line } = field
    const asked = field.document ? fragmentOn(name) : fieldOrSlice(name)
    const leftAt = placesOf(texts.head, path, asked)
    const left = new Set(leftAt.map(place => place.replace(/:\d+$/, '')))
    const usedBefore = placesOf(texts.base, path, asked).filter(place => !left.has(place.replace(/:\d+$/, '')))
    if (leftAt.length === 0 && usedBefore.length === 0) return []
    const span = { line, column: 1, endLine: line, endColumn: 1 }
    return [{ kind: 'content-field', path, side: 'base', span, field: name, container, leftAt, usedBefore }]
  })
  return { facts, notAnalysed: [] }
}

function fieldsIn(path: string, text: string | undefined): readonly Field[] {
  if (text === undefined || text.length > largest) return []
  const lines = text.split('\n')
  const container = /([^/]+)\.\w+$/.exec(path)?.[1] ?? ''
  return lines.flatMap((line, at): readonly Field[] => {
    const name =
      /^\s*["']?([a-z]\w{2,})["']?\s*:\s*(?:\w+\(|\{\s*(?:$|["']?type))/.exec(line)?.[1] ??
      /\bname:\s*["']([a-z]\w{2,})["']/.exec(line)?.[1]
    return name === undefined || isSetting(name, `${line} ${lines[at + 1] ?? ''}`)
      ? []
      : [{ container, name, line: at + 1 }]
  })
}

/** Keys that describe fields. A `label` that has a type is a field of that name. */
function isSetting(name: string, text: string): boolean {
  return (
    /^(json|config|fields|options|validation|preview|choices)$/.test(name) ||
    (/^labels?$/.test(name) && !/\blabels?["']?\s*:\s*\{\s*["']?type\b/.test(text))
  )
}

/** Names under which queries select a whole document or slice: `... on image_list`. */
function documentsIn(path: string, text: string | undefined): readonly Field[] {
  if (text === undefined || text.length > largest) return []
  const container = /([^/]+)\.\w+$/.exec(path)?.[1] ?? ''
  return text
    .split('\n')
    .flatMap((line, at) => {
      const name =
        /^\s*(?:export default )?\{?\s*["']?(?:id|apiId|__typename)["']?\s*:\s*["']([a-zA-Z]\w{2,})["']/.exec(line)?.[1]
      return name === undefined ? [] : [{ container, name, line: at + 1 }]
    })
    .slice(0, 1)
}

type Texts = readonly { readonly path: string; readonly lines: readonly string[] }[]

const asks =
  /\b(\w*[qQ]uery|fragment|subscription|gql|graphql|graphQuery|groq|fetchLinks|slice_?[tT]ype|Prismic\w*|Contentful\w*|document\.data)\b/

/** Files with queries: of the change at base, all at head. */
async function queries(change: Change): Promise<{ readonly base: Texts; readonly head: Texts }> {
  const base: { path: string; lines: readonly string[] }[] = []
  const head: { path: string; lines: readonly string[] }[] = []
  const isQuery = (path: string): boolean =>
    /\.([cm]?[jt]sx?|graphql|gql|vue|svelte|astro)$/.test(path) && roleOf(path) === 'live'
  for (const { basePath } of change.files) {
    const text = basePath !== undefined && isQuery(basePath) ? await change.trees.base.read(basePath) : undefined
    if (basePath !== undefined && text !== undefined && asks.test(text))
      base.push({ path: basePath, lines: text.split('\n') })
  }
  const stopAt = performance.now() + longestMs
  for (const path of (await change.trees.head.list()).filter(isQuery).slice(0, mostFiles)) {
    if (performance.now() > stopAt) break
    const text = await change.trees.head.read(path)
    if (text !== undefined && text.length < largest && asks.test(text)) head.push({ path, lines: text.split('\n') })
  }
  return { base, head }
}

const selection = (name: string): RegExp =>
  new RegExp(
    `^\\s*(?:\\w+:\\s*)?${name}\\s*(?:\\([^)]*\\))?\\s*\\{?\\s*$|\\{[^{}:]*(?<![\\w.])${name}(?![\\w:(])[^{}:]*\\}|["'\`]my\\.\\w+\\.${name}["'\`]`,
  )

/**
 * A field by its name in a selection, or read off a document without asking whether it is there; a slice, which the model lists
 * like a field, in a fragment or a branch on its type.
 */
const fieldOrSlice = (name: string): RegExp =>
  new RegExp(
    `${selection(name).source}|${fragmentOn(name).source}|\\bcase\\s+["']${name}["']\\s*:|slice_?[tT]ype\\s*===?\\s*["']${name}["']|\\bdata\\.${name}(?:\\.\\w|\\[)`,
  )

const fragmentOn = (name: string): RegExp => new RegExp(`\\.\\.\\.\\s*on\\s+${name}\\b`)

/** Lines of a selection that ask for the field, in other parts of the repository than the schema. */
function placesOf(texts: Texts, model: string, selected: RegExp): readonly string[] {
  return texts
    .filter(({ path }) => partOf(path) !== partOf(model) && !isContentModel(path))
    .flatMap(({ path, lines }) =>
      lines.flatMap((line, at) => (selected.test(line) && !/\bimport\b/.test(line) ? [`${path}:${at + 1}`] : [])),
    )
    .slice(0, mostPlaces)
}

/** The part of the repository that is built by itself: the top folder, below `packages/` and the like the second. */
function partOf(path: string): string {
  const parts = path.split('/')
  return parts.slice(0, /^(packages|apps|services|libs|projects)$/.test(parts[0] ?? '') ? 2 : 1).join('/')
}
