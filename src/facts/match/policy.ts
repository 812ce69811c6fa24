import { documentsOf } from '../../artifact/documents.ts'
import { entryOf, jsonOf, type Plain, type PlainMap, textAt, valueAt } from '../../artifact/plain.ts'
import type { Artifact } from '../../artifact/types.ts'
import { eachNode } from '../leaves.ts'
import type { MatchFact } from './index.ts'

/** Statements of access policies (AWS IAM and its relatives) that refuse everything without any condition. */
export async function policyFacts(artifact: Artifact): Promise<readonly MatchFact[]> {
  if (artifact.head === undefined || artifact.language === 'lines') return []
  if (!/\b[Ee]ffect["']?\s*[:=]\s*["']?(Deny|DENY|deny)\b/.test(artifact.head.text)) return []
  const documents = await documentsOf(artifact.head, artifact.language)
  const before = artifact.base && (await documentsOf(artifact.base, artifact.language))
  if (documents === undefined || (artifact.base && before === undefined)) return []
  const old = new Set<string>()
  eachNode(before ?? [], node => {
    if (node.type === 'map' && deniesAll(node)) old.add(contentOf(node))
  })
  const facts: MatchFact[] = []
  eachNode(documents, (node, keys, _owner, list) => {
    if (node.type !== 'map' || !deniesAll(node) || old.has(contentOf(node))) return
    const effect = entryOf(node, 'Effect') ?? entryOf(node, 'effect')
    const span = effect?.value.span ?? node.span
    facts.push({
      kind: 'match',
      path: artifact.path,
      side: 'head',
      span,
      listName: textAt(node, 'Sid') ?? textAt(node, 'sid') ?? keys.at(-1) ?? 'policy',
      action: 'deny',
      source: 'policy',
      change: 'added',
      entry: 'Deny *',
      reach: 'every action on every resource',
      others: (list?.items.length ?? 1) - 1,
      before: artifact.base === undefined ? 0 : 1,
      shadowed: [],
      exceptions: false,
      crossing: false,
    })
  })
  return facts
}

function deniesAll(node: PlainMap): boolean {
  const has = (...names: readonly string[]): Plain | undefined =>
    names.map(name => valueAt(node, name)).find(value => value !== undefined)
  const effect = has('Effect', 'effect')
  if (effect?.type !== 'scalar' || !/^deny$/i.test(effect.text)) return false
  if (
    has(
      'Condition',
      'condition',
      'conditions',
      'NotAction',
      'not_actions',
      'NotPrincipal',
      'not_principals',
      'NotResource',
      'not_resources',
    )
  )
    return false
  return everything(has('Action', 'actions')) && everything(has('Resource', 'resources'))
}

function everything(node: Plain | undefined): boolean {
  if (node?.type === 'list') return node.items.some(everything)
  return node?.type === 'scalar' && /^(\*|\*:\*)$/.test(node.text)
}

function contentOf(node: PlainMap): string {
  return JSON.stringify(jsonOf(node))
}
