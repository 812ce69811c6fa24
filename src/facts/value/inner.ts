import { documentsOf } from '../../artifact/documents.ts'
import type { Plain, PlainDocument, PlainEntry, PlainMap, PlainScalar } from '../../artifact/plain.ts'
import { scalarOf, textAt, valueAt } from '../../artifact/plain.ts'
import { sourceOf } from '../../artifact/source.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import { lineText, type Span } from '../../text/lines.ts'
import { readLines } from './files.ts'
import { formatOf } from './formats.ts'

/** A configuration inside another one: a patch of a kustomization, a file of a ConfigMap, the values of a chart. */
export interface Inner {
  /** Kind of object; a Kubernetes object says its own. */
  readonly kind: string
  readonly name: string
  readonly node: Plain
}

/** How many texts of a file may still be read: each is parsed by itself, at its place in the file. */
export interface Room {
  left: number
}

const structured = /\.(ya?ml|json|toml)$/i

/** The configurations that stand inside a document, at their places in the file. */
export async function innerOf(artifact: Artifact, side: Side, root: Plain, room: Room): Promise<readonly Inner[]> {
  const source = artifact[side]
  if (source === undefined) return []
  if (artifact.language === 'hcl') return heredocs(source, root, room)
  if (artifact.language !== 'yaml') return []
  if (/(^|\/)kustomization\.ya?ml$/.test(artifact.path) || textAt(root, 'kind') === 'Kustomization')
    return kustomized(source, root, room)
  const kind = textAt(root, 'kind')
  if (kind === 'Application' || kind === 'ApplicationSet') return chartValues(source, root, room)
  if (kind === 'ConfigMap') return files(source, valueAt(root, 'data'), () => undefined, room)
  if (artifact.kind === 'helm-values') return files(source, root, settingsKey, room)
  return []
}

/** `values = [<<-EOT … EOT]` of a Helm release: the values of its chart. */
async function heredocs(source: Source, root: Plain, room: Room): Promise<readonly Inner[]> {
  const values = valueAt(root, 'values')
  const found: Inner[] = []
  for (const item of values?.type === 'list' ? values.items : []) {
    if (item.type !== 'scalar' || item.expression || !isHeredoc(source, item)) continue
    const { line, endLine } = item.span
    const text = { ...item, span: { ...item.span, line, endLine: endLine - 1 } }
    for (const { root: node } of await yamlIn(source, text, room))
      found.push({ kind: 'helm-values', name: `values of ${textAt(root, 'name') ?? 'the chart'}`, node })
  }
  return found
}

function isHeredoc(source: Source, { span }: PlainScalar): boolean {
  return span.endLine > span.line + 1 && /<<-?\w+\s*$/.test(lineText(source.lines, span.line))
}

/** What charts call a text that ends up as the configuration file of a server. */
function settingsKey(key: string): string | undefined {
  return /^(common|extended|extra|primary|master|replica)?configuration$/i.test(key) ? 'ini' : undefined
}

async function files(
  source: Source,
  at: Plain | undefined,
  guess: (key: string) => string | undefined,
  room: Room,
): Promise<readonly Inner[]> {
  if (at?.type !== 'map') return []
  const found: Inner[] = []
  for (const { key, value } of at.entries) {
    if (value.type === 'map') found.push(...(await files(source, value, guess, room)))
    if (value.type !== 'scalar' || !isBlock(source, value)) continue
    if (room.left-- <= 0) break
    const text = sourceOf(source.path, source.side, linesOf(source, value))
    // Some are JSON under a key without an ending, as the autoscaler of a cluster's resolvers reads it.
    const language = structured.exec(key)?.[1]?.toLowerCase() ?? (/^\s*\{\s*"/.test(text.text) ? 'json' : undefined)
    const format = language === undefined ? (formatOf(key) ?? guess(key)) : language === 'yml' ? 'yaml' : language
    const documents =
      language === undefined
        ? format === undefined || format === 'code'
          ? []
          : await readLines(text, format)
        : await documentsOf(text, language === 'json' ? 'json' : language === 'toml' ? 'toml' : 'yaml')
    for (const { root } of documents ?? []) found.push({ kind: format ?? '', name: key, node: root })
  }
  return found
}

/** The values that an Argo CD application gives to its chart: as a map, as text, one by one. */
async function chartValues(source: Source, root: Plain, room: Room): Promise<readonly Inner[]> {
  const spec = valueAt(root, 'spec', 'template', 'spec') ?? valueAt(root, 'spec')
  const many = valueAt(spec, 'sources')
  const sources = [valueAt(spec, 'source'), ...(many?.type === 'list' ? many.items : [])]
  const found: Inner[] = []
  for (const helm of sources.map(each => valueAt(each, 'helm'))) {
    const text = valueAt(helm, 'values')
    const name = `values of ${textAt(root, 'metadata', 'name') ?? 'the application'}`
    const parameters = valueAt(helm, 'parameters')
    const entries = parameters?.type === 'list' ? parameters.items.flatMap(parameterOf) : []
    if (parameters && entries.length > 0)
      found.push({ kind: 'helm-values', name, node: { type: 'map', span: parameters.span, entries } })
    if (text?.type === 'scalar' && isBlock(source, text))
      for (const { root: node } of await yamlIn(source, text, room)) found.push({ kind: 'helm-values', name, node })
  }
  return found
}

function parameterOf(item: Plain): readonly PlainEntry[] {
  const [name, value] = [textAt(item, 'name'), valueAt(item, 'value')]
  if (name === undefined || value?.type !== 'scalar') return []
  return [nestedEntry(name.split('.'), retyped(value), value.span)]
}

/** A number given as a string: Helm reads it as a number. */
function retyped(value: PlainScalar): PlainScalar {
  return /^\d+$/.test(value.text) ? scalarOf(Number(value.text), value.text, value.span) : value
}

/** `replicas:`, strategic patches and lists of JSON operations, each as the part of the object that it sets. */
async function kustomized(source: Source, root: Plain, room: Room): Promise<readonly Inner[]> {
  const found: Inner[] = []
  const replicas = valueAt(root, 'replicas')
  for (const item of replicas?.type === 'list' ? replicas.items : []) {
    const [name, count] = [textAt(item, 'name'), valueAt(item, 'count')]
    if (name !== undefined && count)
      found.push(patched('Deployment', name, nestedEntry(['spec', 'replicas'], count, count.span), item.span))
  }
  for (const list of [
    valueAt(root, 'patches'),
    valueAt(root, 'patchesJson6902'),
    valueAt(root, 'patchesStrategicMerge'),
  ])
    for (const item of list?.type === 'list' ? list.items : []) {
      const text = item.type === 'scalar' ? item : valueAt(item, 'patch')
      if (text?.type !== 'scalar' || !isBlock(source, text)) continue
      const target = valueAt(item, 'target')
      for (const { root: patch } of await yamlIn(source, text, room)) found.push(...patchOf(patch, target))
    }
  return found
}

function patchOf(patch: Plain, target: Plain | undefined): readonly Inner[] {
  const [kind, name] = [textAt(target, 'kind'), textAt(target, 'name') ?? textAt(target, 'labelSelector')]
  if (patch.type === 'map') {
    const own = textAt(patch, 'kind') ?? kind
    return own === undefined
      ? []
      : [{ kind: `k8s/${own}`, name: textAt(patch, 'metadata', 'name') ?? name ?? '', node: patch }]
  }
  if (patch.type !== 'list' || kind === undefined) return []
  const entries = patch.items.flatMap(item => {
    const [operation, path, value] = [textAt(item, 'op'), textAt(item, 'path'), valueAt(item, 'value')]
    if (path === undefined || value === undefined || !['add', 'replace'].includes(operation ?? '')) return []
    const keys = path
      .split('/')
      .slice(1)
      .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    return [nestedEntry(keys, value, value.span)]
  })
  return entries.length === 0 ? [] : [{ kind: `k8s/${kind}`, name: name ?? '', node: merged(entries, patch.span) }]
}

function patched(kind: string, name: string, entry: PlainEntry, span: Span): Inner {
  return { kind: `k8s/${kind}`, name, node: { type: 'map', span, entries: [entry] } }
}

function nestedEntry(keys: readonly string[], value: Plain, span: Span): PlainEntry {
  const [first = '', ...rest] = keys
  if (rest.length === 0) return { key: first, keySpan: span, value }
  return { key: first, keySpan: span, value: { type: 'map', span, entries: [nestedEntry(rest, value, span)] } }
}

/** Entries with equal keys as one, so that `/spec/replicas` and `/spec/template` meet below `spec`. */
function merged(entries: readonly PlainEntry[], span: Span): PlainMap {
  const kept = new Map<string, PlainEntry>()
  for (const entry of entries) {
    const before = kept.get(entry.key)
    const both = before?.value.type === 'map' && entry.value.type === 'map'
    const value =
      both && before?.value.type === 'map' && entry.value.type === 'map'
        ? merged([...before.value.entries, ...entry.value.entries], before.value.span)
        : entry.value
    kept.set(entry.key, { ...(before ?? entry), value })
  }
  return { type: 'map', span, entries: [...kept.values()] }
}

async function yamlIn(source: Source, text: PlainScalar, room: Room): Promise<readonly PlainDocument[]> {
  if (room.left-- <= 0) return []
  return (await documentsOf(sourceOf(source.path, source.side, linesOf(source, text)), 'yaml')) ?? []
}

/** A text behind `|`: its lines are lines of the file. */
function isBlock(source: Source, { span }: PlainScalar): boolean {
  return span.endLine > span.line && /[|>][-+\d]*\s*(#.*)?$/.test(lineText(source.lines, span.line))
}

/** The lines of the text at the places they have in the file, so that what is read there points into it. */
function linesOf({ text, lines }: Source, { span }: PlainScalar): string {
  const inside = text.slice(lines.starts[span.line] ?? text.length, lines.starts[span.endLine] ?? text.length)
  return '\n'.repeat(span.line) + inside.replaceAll('\r\n', '\n')
}
