import { documentsOf } from '../../artifact/documents.ts'
import { entryOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import { quiet } from './fact.ts'
import type { AlertFact } from './index.ts'

/** A file of rules that had its groups and has none after the change: Prometheus knows no other form. */
export async function ungroupedRules({ path, base, head, language }: Artifact): Promise<readonly AlertFact[]> {
  if (language !== 'yaml' || base === undefined || head === undefined) return []
  if (!/^groups:/m.test(base.text) || /^groups:/m.test(head.text)) return []
  const before = await rootOf(base)
  const root = await rootOf(head)
  if (root === undefined || !firstRule(valueAt(before, 'groups'))) return []
  const rule = firstRule(root)
  const name = rule && entryOf(rule, textAt(rule, 'alert') === undefined ? 'record' : 'alert')
  if (name === undefined) return []
  return [
    {
      ...quiet,
      kind: 'alert',
      what: 'text',
      path,
      side: 'head',
      span: name.keySpan,
      change: 'changed',
      name: name.value.type === 'scalar' ? name.value.text : '',
      source: 'prometheus',
      problem: 'no-groups',
      why: '',
    },
  ]
}

async function rootOf(source: Source): Promise<Plain | undefined> {
  return (await documentsOf(source, 'yaml'))?.[0]?.root
}

/** The first alerting or recording rule at most a few levels below. */
function firstRule(node: Plain | undefined, depth = 0): Plain | undefined {
  if (node === undefined || node.type === 'scalar' || depth > 4) return undefined
  if (node.type === 'map' && valueAt(node, 'expr') && (valueAt(node, 'alert') ?? valueAt(node, 'record'))) return node
  const inner = node.type === 'list' ? node.items : node.entries.map(({ value }) => value)
  for (const item of inner) {
    const found = firstRule(item, depth + 1)
    if (found) return found
  }
  return undefined
}
