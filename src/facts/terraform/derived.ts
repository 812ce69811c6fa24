import { type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import type { Span } from '../../text/lines.ts'
import { keysIn } from './addresses.ts'
import { type Block, entriesOf, named, written } from './blocks.ts'
import { type Draft, draft } from './draft.ts'
import { forcingAttributes, lossOf } from './losses.ts'

interface Around {
  readonly base: readonly Block[]
  readonly head: readonly Block[]
  /** Unchanged blocks of the same folder. */
  readonly beside: readonly Block[]
}

/** An entry of a block whose value the change alters, under the name by which other blocks refer to it. */
interface Altered {
  readonly name: string
  readonly block: Block
  readonly from: string
  readonly to: string
  readonly key: string
  /** The first part that is new, or else the key. */
  readonly span: Span
}

/** Entries of `locals` and of resources that have another value than before. */
function alteredEntries({ base, head }: Pick<Around, 'base' | 'head'>): readonly Altered[] {
  const before = new Map(
    base.flatMap(block => entriesOf(block).map(entry => [nameOf(block, entry.key), entry.value] as const)),
  )
  return head.flatMap(block =>
    entriesOf(block).flatMap((entry): readonly Altered[] => {
      const name = nameOf(block, entry.key)
      const old = before.get(name)
      const [from, to] = [written(old), written(entry.value)]
      if (old === undefined || from === to) return []
      return [{ name, block, from, to, key: entry.key, span: newPart(old, entry.value) ?? entry.keySpan }]
    }),
  )
}

/** The first item of a list, or entry of a map, that was not there before. */
function newPart(before: Plain, after: Plain): Span | undefined {
  if (before.type === 'list' && after.type === 'list') {
    const known = new Set(before.items.map(written))
    return after.items.find(item => !known.has(written(item)))?.span
  }
  if (before.type !== 'map' || after.type !== 'map') return undefined
  const known = new Map(before.entries.map(entry => [entry.key, written(entry.value)]))
  return after.entries.find(({ key, value }) => known.get(key) !== written(value))?.keySpan
}

function nameOf(block: Block, key: string): string {
  return block.type === 'locals' ? `local.${key}` : `${block.address}.${key}`
}

/** Credentials that are made anew, and commands that run again, because a value that they are derived from changes. */
export function derived({ base, head, beside }: Around): readonly Draft[] {
  const altered = alteredEntries({ base, head }).filter(({ name }) => !name.startsWith('.'))
  if (altered.length === 0) return []
  const known = new Set(base.map(block => block.address))
  const old = [...head.filter(block => known.has(block.address)), ...beside]
  const moved = new Set([...named(head, 'moved', 'from'), ...named(beside, 'moved', 'from')])
  const rekeyed = old.filter(block => !moved.has(block.address)).flatMap(block => keyedAnew(block, altered, base))
  return [
    ...rekeyed,
    ...old.flatMap((block): readonly Draft[] => {
      const attributes =
        lossOf(block.type) === 'credentials' ? forcingAttributes(block.type) : runsCommand(block) ? triggers : []
      for (const attribute of attributes) {
        const value = valueAt(block.node, attribute)
        if (value === undefined) continue
        const text = written(value)
        const cause = altered.find(({ name, block: owner }) => owner.address !== block.address && refersTo(text, name))
        if (cause === undefined) continue
        return [
          draft(block, runsCommand(block) ? 'rerun' : 'replaced', {
            path: cause.block.path,
            span: cause.span,
            attribute,
            from: cause.from.slice(0, 80),
            to: cause.to.slice(0, 80),
            others: [cause.name],
            loses: lossOf(block.type),
          }),
        ]
      }
      return []
    }),
  ]
}

/** Keys of a local map or set that `for_each` of a block goes over, of which some go while others come. */
function keyedAnew(block: Block, altered: readonly Altered[], base: readonly Block[]): readonly Draft[] {
  const text = written(valueAt(block.node, 'for_each')).replace(/^"|"$/g, '')
  const name = /^(?:\$\{)?(?:toset\(|tomap\()?(local\.\w+)\)?\}?$/.exec(text)?.[1]
  const cause = altered.find(other => other.name === name && other.block.folder === block.folder)
  if (cause === undefined) return []
  const entry = entriesOf(cause.block).find(({ key }) => key === cause.key)
  const before = base
    .filter(({ type, folder }) => type === 'locals' && folder === block.folder)
    .flatMap(other => entriesOf(other))
    .find(({ key }) => key === cause.key)
  const [from, to] = [keysIn(before?.value), keysIn(entry?.value)]
  const gone = from?.filter(key => !to?.includes(key)) ?? []
  const come = to?.filter(key => !from?.includes(key)) ?? []
  if (gone.length === 0 || come.length === 0) return []
  const place = { path: cause.block.path, side: cause.block.source.side, span: entry?.keySpan ?? cause.block.span }
  return [
    draft(block, 'rekeyed', { ...place, attribute: 'for_each', from: gone[0] ?? '', to: come[0] ?? '', others: gone }),
  ]
}

const triggers = ['triggers', 'triggers_replace', 'input']

function refersTo(text: string, name: string): boolean {
  const at = text.indexOf(name)
  return at !== -1 && !/[\w-]/.test(text.charAt(at + name.length)) && !/[\w.-]/.test(text.charAt(at - 1))
}

/** Runs a command of its own on the machine that applies, when it is made. */
function runsCommand(block: Block): boolean {
  if (!/^(null_resource|terraform_data)$/.test(block.type)) return false
  const provisioner = entriesOf(block).find(({ key }) => key === 'provisioner')
  return (
    provisioner !== undefined &&
    /local-exec/.test(written(provisioner.value)) &&
    textAt(block.node, 'when') !== 'destroy'
  )
}

/** Is there a changed value that an unchanged file of the folder could be derived from? */
export function needsDerived({ base, head }: Pick<Around, 'base' | 'head'>): boolean {
  return alteredEntries({ base, head }).length > 0
}
