import { classifyPath } from '../../artifact/classify.ts'
import { documentsOf } from '../../artifact/documents.ts'
import { type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import type { Artifact } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import type { Span } from '../../text/lines.ts'
import type { FactContext } from '../types.ts'
import { quiet } from './fact.ts'
import type { AlertFact } from './index.ts'

interface Service {
  readonly name: string
  readonly span: Span
}

/** Most rule files that are read. */
const mostFiles = 60

/** New services, workers and jobs of a repository that alerts on their siblings and not on them. */
export async function newServices(context: FactContext, artifacts: readonly Artifact[]): Promise<readonly AlertFact[]> {
  const found: { readonly artifact: Artifact; readonly service: Service; readonly siblings: readonly string[] }[] = []
  const gone = new Set<string>()
  for (const artifact of artifacts) {
    if (artifact.environment === 'lower' || (artifact.kind !== 'compose' && artifact.kind !== 'k8s')) continue
    const before = await servicesOf(artifact, 'base')
    const after = await servicesOf(artifact, 'head')
    const names = new Set(before.map(({ name }) => name))
    for (const { name } of before) if (!after.some(service => service.name === name)) gone.add(name)
    for (const service of after) if (!names.has(service.name)) found.push({ artifact, service, siblings: [...names] })
  }
  const fresh = found.filter(({ service }) => !gone.has(service.name))
  if (fresh.length === 0) return []
  const rules = await ruleTexts(context)
  if (rules.length === 0) return []
  const all = rules.map(rule => rule.text).join('\n')
  return fresh.flatMap(({ artifact, service, siblings }) => {
    if (mentioned(all, service.name)) return []
    const watched = siblings.filter(name => mentioned(all, name))
    if (watched.length === 0) return []
    const files = rules.filter(rule => watched.some(name => mentioned(rule.text, name))).map(rule => rule.path)
    return [
      {
        ...quiet,
        kind: 'alert',
        what: 'service',
        path: artifact.path,
        side: 'head',
        span: service.span,
        change: 'added',
        name: service.name,
        source: artifact.kind,
        suggestion: watched[0] ?? '',
        usedBy: files,
      } satisfies AlertFact,
    ]
  })
}

async function servicesOf(artifact: Artifact, side: Side): Promise<readonly Service[]> {
  const source = artifact[side]
  if (source === undefined) return []
  const documents = (await documentsOf(source, artifact.language)) ?? []
  return documents.flatMap(({ root }) => (artifact.kind === 'compose' ? composeServices(root) : workload(root)))
}

function composeServices(root: Plain): readonly Service[] {
  const services = valueAt(root, 'services')
  if (services?.type !== 'map') return []
  return services.entries.map(({ key, keySpan }) => ({ name: key, span: keySpan }))
}

function workload(root: Plain): readonly Service[] {
  const kind = textAt(root, 'kind')
  const name = valueAt(root, 'metadata', 'name')
  if (kind === undefined || !['Deployment', 'StatefulSet', 'CronJob'].includes(kind)) return []
  return name?.type === 'scalar' && !name.expression ? [{ name: name.text, span: name.span }] : []
}

/** Files at head that hold alert rules (or what `holds` names), with their text. */
export async function ruleTexts(
  context: FactContext,
  holds = /^\s*(-\s*)?["']?alert["']?\s*:/m,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const tree = context.change.trees.head
  const paths = (await tree.list()).filter(
    path => /\.(ya?ml|json)$/.test(path) && /alert|rule|prom/i.test(path) && classifyPath(path)?.role === 'live',
  )
  const rules: { path: string; text: string }[] = []
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text !== undefined && holds.test(text)) rules.push({ path, text })
  }
  return rules
}

function mentioned(text: string, name: string): boolean {
  const at = text.indexOf(name)
  if (at === -1) return false
  const around = `${text.charAt(at - 1)}${text.charAt(at + name.length)}`
  return !/[a-zA-Z0-9]{2}/.test(around) || text.includes(`"${name}"`)
}
