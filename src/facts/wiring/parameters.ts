import { type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import type { Span } from '../../text/lines.ts'
import { type Draft, titleOf } from './draft.ts'
import { type Manifest, type Manifests, sameObject } from './objects.ts'

/** Parameters in the template of an ApplicationSet that none of its generators gives. Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Template/ */
export function parameterDrafts({ base, head }: Manifests): readonly Draft[] {
  return head.flatMap((set): readonly Draft[] => {
    if (set.kind !== 'ApplicationSet' || !set.changed) return []
    const before = base.find(other => sameObject(other, set))
    const known = new Set(before ? unknownIn(before).map(({ name }) => name) : [])
    const [first] = unknownIn(set).filter(({ name }) => !known.has(name))
    if (first === undefined) return []
    return [
      {
        what: 'parameter',
        name: titleOf(set),
        target: first.name,
        field: first.field,
        held: before !== undefined,
        from: set,
        at: first.span,
      },
    ]
  })
}

interface Use {
  readonly name: string
  readonly field: string
  readonly span: Span
}

function unknownIn({ node }: Manifest): readonly Use[] {
  const given = givenBy(valueAt(node, 'spec', 'generators'))
  if (given === undefined) return []
  const go = textAt(node, 'spec', 'goTemplate') === 'true'
  return usesIn(valueAt(node, 'spec', 'template'), 'spec.template', go).filter(({ name }) => !given(name))
}

/** Tells which parameters all elements have; undefined where a generator reads something that is not in the file. */
function givenBy(generators: Plain | undefined): ((name: string) => boolean) | undefined {
  if (generators?.type !== 'list' || generators.items.length === 0) return undefined
  const elements: ReadonlySet<string>[] = []
  for (const generator of generators.items) {
    const list = valueAt(generator, 'list', 'elements')
    if (list?.type !== 'list' || list.items.length === 0 || valueAt(generator, 'list', 'elementsYaml') !== undefined)
      return undefined
    for (const item of list.items) {
      if (item.type !== 'map') return undefined
      elements.push(new Set(item.entries.map(({ key }) => key)))
    }
  }
  return name => elements.every(keys => keys.has(name))
}

function usesIn(node: Plain | undefined, field: string, go: boolean): readonly Use[] {
  if (node === undefined) return []
  if (node.type === 'list') return node.items.flatMap(item => usesIn(item, field, go))
  if (node.type === 'map') return node.entries.flatMap(({ key, value }) => usesIn(value, `${field}.${key}`, go))
  const pattern = go ? /\{\{-?\s*\.(\w+)\s*-?\}\}/g : /\{\{\s*([\w-]+)\s*\}\}/g
  return [...node.text.matchAll(pattern)].map(([, name = '']) => ({ name, field, span: node.span }))
}
