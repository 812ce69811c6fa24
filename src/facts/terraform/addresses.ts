import { type Plain, type PlainList, textAt, valueAt } from '../../artifact/plain.ts'
import { type Block, entriesOf, isLiteral, isProtected, named, written } from './blocks.ts'
import { type Draft, draft } from './draft.ts'
import { forcingAttributes } from './losses.ts'

interface Sides {
  readonly base: readonly Block[]
  readonly head: readonly Block[]
}

function isResource(block: Block): boolean {
  return (
    block.address.startsWith(`${block.type}.`) &&
    !/^(data|provider|variable|output|moved|removed|import|check|locals|terraform)$/.test(block.type)
  )
}

/** Blocks that keep their content but not their address, without a `moved` block. */
export function renamed({ base, head }: Sides): readonly Draft[] {
  const key = (block: Block): string => `${block.folder} ${block.address}`
  const [before, after] = [new Set(base.map(key)), new Set(head.map(key))]
  const told = new Set([...named(head, 'moved', 'from'), ...named(head, 'removed', 'from')])
  const taken = new Set([...named(head, 'moved', 'to'), ...named(head, 'import', 'to')])
  const come = head.filter(block => isResource(block) && !before.has(key(block)) && !taken.has(block.address))
  const free = new Set(come)
  return base.flatMap((block): readonly Draft[] => {
    if (!isResource(block) || after.has(key(block)) || told.has(block.address)) return []
    let best: Block | undefined
    let most = 0.7
    for (const other of free) {
      if (other.type !== block.type || other.folder !== block.folder) continue
      const score = likeness(block, other)
      if (score >= most && (best === undefined || score > most)) [best, most] = [other, score]
    }
    if (best === undefined) return []
    free.delete(best)
    return [
      draft(best, 'renamed', {
        from: block.address,
        to: best.address,
        certain: most === 1,
        protected: isProtected(block),
      }),
    ]
  })
}

/** Share of equal attributes; the name a resource has outside Terraform decides where both have one. */
function likeness(a: Block, b: Block): number {
  const values = new Map(entriesOf(a).map(entry => [entry.key, written(entry.value)]))
  const others = entriesOf(b)
  if (values.size === 0 || others.length === 0) return 0
  for (const key of [
    'name',
    'identifier',
    'bucket',
    'cluster_identifier',
    'cluster_name',
    'domain_name',
    'username',
    'role',
    'zone_id',
  ]) {
    const [from, to] = [values.get(key), others.find(entry => entry.key === key)]
    if (from !== undefined && to !== undefined && from !== written(to.value) && isLiteral(to.value)) return 0
  }
  // A block whose only attribute is alike says nothing.
  if (Math.max(values.size, others.length) < 2 && a.type !== 'module') return 0
  return (
    others.filter(entry => values.get(entry.key) === written(entry.value)).length / Math.max(values.size, others.length)
  )
}

/** Resources that stay, with an attribute that cannot change in place, or with keys of `for_each` gone. */
export function altered({ base, head }: Sides): readonly Draft[] {
  const before = new Map(base.map(block => [`${block.folder} ${block.address}`, block]))
  return head.flatMap((block): readonly Draft[] => {
    const old = before.get(`${block.folder} ${block.address}`)
    if (old === undefined || !(isResource(block) || block.type === 'module')) return []
    return [...rekeyed(block, old), ...replaced(block, old)]
  })
}

function replaced(block: Block, old: Block): readonly Draft[] {
  if (written(valueAt(block.node, 'for_each')) !== written(valueAt(old.node, 'for_each'))) return []
  const ignored = written(ignoredChanges(block))
  for (const attribute of forcingAttributes(block.type)) {
    const from = valueAt(old.node, attribute)
    const entry = entriesOf(block).find(({ key }) => key === attribute)
    const to = entry?.value
    // A value that was left to the default, or is now, may be the same.
    if (from === undefined || entry === undefined || to === undefined || written(from) === written(to)) continue
    if (ignored.includes(attribute) || ignored.includes('"all"')) continue
    if (isSame(block.type, attribute, written(from), written(to))) continue
    // A field more in the mappings comes in place; another file of them hardly is only that.
    const certain =
      isSettled(from) && isSettled(to) && (attribute !== 'mappings' || !(isLiteral(from) || isLiteral(to)))
    const pointed = entry.value.span.line === entry.keySpan.line ? entry.value.span : entry.keySpan
    return [
      draft(block, 'replaced', {
        span: {
          ...entry.keySpan,
          endLine: pointed.line,
          endColumn: Math.max(pointed.endColumn, entry.keySpan.endColumn),
        },
        attribute,
        from: shown(written(from)),
        to: shown(written(to)),
        certain,
      }),
    ]
  }
  return []
}

/** A literal, or another file of the module that is read as it is. */
function isSettled(node: Plain): boolean {
  return isLiteral(node) || (node.type === 'scalar' && /^\$?\{?\s*(?:file|templatefile)\("[^"]+"/.test(node.text))
}

/** Changes that providers make in place all the same. */
function isSame(type: string, attribute: string, from: string, to: string): boolean {
  if (type === 'aws_rds_cluster' && attribute === 'availability_zones') return from.length > to.length
  // Aurora and RDS move between `aurora` and `aurora-mysql` names of one engine.
  return attribute === 'engine' && from.replace('aurora-', '') === to.replace('aurora-', '')
}

function ignoredChanges(block: Block) {
  const lifecycle = valueAt(block.node, 'lifecycle')
  const [first] = lifecycle?.type === 'list' ? lifecycle.items : []
  return valueAt(first, 'ignore_changes')
}

function shown(text: string): string {
  const bare = text.replace(/^"(.*)"$/, '$1').replace(/\\"/g, '"')
  return bare.length > 60 ? `${bare.slice(0, 59)}…` : bare
}

/** Keys of a literal `for_each` that go while others come: the resource behind is not renamed but destroyed. */
function rekeyed(block: Block, old: Block): readonly Draft[] {
  const [from, to] = [keysOf(old), keysOf(block)]
  if (from === undefined || to === undefined) return []
  const gone = from.filter(key => !to.includes(key))
  const come = to.filter(key => !from.includes(key))
  if (gone.length === 0 || come.length === 0) return []
  const entry = entriesOf(block).find(({ key }) => key === 'for_each')
  return [
    draft(block, 'rekeyed', {
      ...(entry === undefined ? {} : { span: entry.keySpan }),
      attribute: 'for_each',
      from: gone[0] ?? '',
      to: come[0] ?? '',
      others: gone,
    }),
  ]
}

function keysOf(block: Block): readonly string[] | undefined {
  return keysIn(valueAt(block.node, 'for_each'))
}

/** The keys that a literal gives to `for_each`. */
export function keysIn(node: Plain | undefined): readonly string[] | undefined {
  if (node?.type === 'map') return node.entries.map(entry => entry.key)
  return node?.type === 'list' ? textsOf(node) : undefined
}

function textsOf(list: PlainList): readonly string[] | undefined {
  const texts = list.items.flatMap(item => (item.type === 'scalar' && !item.expression ? [item.text] : []))
  return texts.length === list.items.length ? texts : undefined
}

/** Another place for the state, or another region or account for everything. */
export function relocated({ base, head }: Sides): readonly Draft[] {
  return head.flatMap((block): readonly Draft[] => {
    const old = base.find(
      other => other.folder === block.folder && other.address === block.address && alias(other) === alias(block),
    )
    if (old === undefined) return []
    if (block.type === 'provider') {
      for (const attribute of ['region', 'project', 'subscription_id', 'tenant_id', 'profile']) {
        const [from, to] = [valueAt(old.node, attribute), valueAt(block.node, attribute)]
        if (!isLiteral(from) || !isLiteral(to) || written(from) === written(to)) continue
        const entry = entriesOf(block).find(({ key }) => key === attribute)
        return [
          draft(block, 'provider', {
            span: entry?.keySpan ?? block.span,
            attribute,
            from: shown(written(from)),
            to: shown(written(to)),
            loses: 'data',
            certain: attribute !== 'profile',
          }),
        ]
      }
    }
    return block.type === 'terraform' ? backend(block, old) : []
  })
}

function alias(block: Block): string {
  return textAt(block.node, 'alias') ?? ''
}

const stateKeys = [
  'key',
  'bucket',
  'prefix',
  'path',
  'container_name',
  'storage_account_name',
  'organization',
  'hostname',
  'address',
  'workspace_key_prefix',
  'schema_name',
  'secret_suffix',
]

function backend(block: Block, old: Block): readonly Draft[] {
  const [from, to] = [valueAt(old.node, 'backend'), valueAt(block.node, 'backend')]
  if (from?.type !== 'map' || to?.type !== 'map') return []
  const [was, is] = [from.entries[0], to.entries[0]]
  if (was === undefined || is === undefined) return []
  if (was.key !== is.key)
    return [
      draft(block, 'state', {
        span: { ...is.keySpan },
        attribute: 'backend',
        from: was.key,
        to: is.key,
        loses: 'data',
      }),
    ]
  for (const attribute of stateKeys) {
    const [a, b] = [valueAt(was.value, attribute), valueAt(is.value, attribute)]
    if (!isLiteral(a) || !isLiteral(b) || written(a) === written(b)) continue
    const entry = is.value.type === 'map' ? is.value.entries.find(({ key }) => key === attribute) : undefined
    return [
      draft(block, 'state', {
        span: entry?.keySpan ?? block.span,
        attribute,
        from: shown(written(a)),
        to: shown(written(b)),
        loses: 'data',
      }),
    ]
  }
  return []
}
