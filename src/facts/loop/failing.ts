import { type Node, Query } from 'web-tree-sitter'
import { type Grammar, treeOf } from '../../artifact/trees.ts'
import type { Source } from '../../artifact/types.ts'
import { blocks, logs, notes, pauses, traces } from './words.ts'

/** A failure that is noted and repeated at once. Offsets are those of the file. */
export interface Failing {
  readonly start: number
  readonly end: number
  readonly log: string
  readonly trace: boolean
  readonly blocks: boolean
}

const javascript = '[(while_statement) (for_statement)] @loop'
const queries: Readonly<Record<string, string>> = {
  ruby: '(retry) @retry (call method: (identifier) @name block: (_)) @loop [(while) (until)] @loop',
  python: '(while_statement) @loop',
  javascript,
  typescript: javascript,
  tsx: javascript,
}
const compiled = new Map<Grammar, Query>()

export async function failingLoops(source: Source, grammar: Grammar): Promise<readonly Failing[]> {
  const tree = await treeOf(source, grammar)
  if (tree === undefined) throw new Error('parsing takes too long')
  const query = compiled.get(grammar) ?? new Query(tree.language, queries[grammar] ?? '')
  compiled.set(grammar, query)
  const found: Failing[] = []
  for (const { name, node } of query.captures(tree.rootNode)) {
    if (name === 'retry') found.push(...retried(node))
    else if (name === 'loop' && isEndless(node)) found.push(...inLoop(node))
  }
  return found
}

/** Ruby's `retry` that nothing stands before but notes. */
function retried(node: Node): readonly Failing[] {
  const handler = node.parent?.parent
  if (node.parent?.type !== 'then' || handler?.type !== 'rescue') return []
  const body = handler.parent
  return body === null
    ? []
    : failing(
        handler,
        statementsOf(body).filter(part => !isHandler(part)),
      )
}

function isEndless(node: Node): boolean {
  const header = node.text.slice(0, 80)
  return (
    /^loop\s*(do\b|\{)/.test(header) ||
    /^while\s*\(?\s*(true|True|1)\s*\)?\s*(:|do\b|\{|\n)/.test(header) ||
    /^until\s+false\b/.test(header) ||
    /^for\s*\(\s*;\s*;\s*\)/.test(header)
  )
}

/** The handlers of an endless loop after which it begins again without a pause. */
function inLoop(node: Node): readonly Failing[] {
  const block = node.childForFieldName('body') ?? node.childForFieldName('block')
  if (block === null) return []
  const outer = statementsOf(block)
  // `loop do … rescue … end`: the block itself is what is tried.
  const tries = outer.some(isHandler) ? [block] : outer.filter(part => /^(begin|try_statement)$/.test(part.type))
  return tries.flatMap(attempt => {
    const rest = attempt === block ? [] : outer.filter(part => part.id !== attempt.id)
    if (rest.some(part => pauses.test(part.text))) return []
    const parts = statementsOf(attempt)
    const handlers = parts.filter(isHandler)
    if (parts.some(part => /^(ensure|finally_clause)$/.test(part.type) && pauses.test(part.text))) return []
    const tried = attempt.childForFieldName('body')
    const body =
      attempt.type === 'try_statement' && tried !== null ? statementsOf(tried) : parts.filter(part => !isHandler(part))
    // What stands first is done before anything fails.
    if (body[0] !== undefined && /^(?:await\s+)?(?:[\w.]+\.)?(?:sleep|delay|wait)/i.test(body[0].text)) return []
    return handlers.flatMap(handler => failing(handler, [...rest, ...body]))
  })
}

function isHandler(node: Node): boolean {
  return /^(rescue|ensure|else|except_clause|except_group_clause|catch_clause|finally_clause|else_clause)$/.test(
    node.type,
  )
}

/** The statements of a body; the bodies of Ruby and Python have wrappers of their own. */
function statementsOf(node: Node): readonly Node[] {
  const parts = node.namedChildren.filter(child => child !== null && child.type !== 'comment')
  const [only] = parts
  if (only !== undefined && parts.length === 1 && /^(body_statement|block|statement_block|then)$/.test(only.type))
    return statementsOf(only)
  return parts
}

function failing(handler: Node, tried: readonly Node[]): readonly Failing[] {
  if (!/^(rescue|except_clause|catch_clause)$/.test(handler.type)) return []
  const body =
    handler.childForFieldName('body') ??
    handler.namedChildren.find(child => child?.type === 'block' || child?.type === 'statement_block')
  if (body === null || body === undefined) return []
  const parts = statementsOf(body)
  const goesOn = /^(retry|next|continue|pass)\b;?$|^(continue|pass|retry|next)_statement$/
  const acts = parts.filter(part => !goesOn.test(part.text) && !goesOn.test(part.type))
  if (acts.length === 0 || !acts.every(part => notes.test(part.text)) || acts.some(part => pauses.test(part.text)))
    return []
  // A modifier (`if failures == 1`) or a sampled log is a limit.
  if (acts.some(part => /modifier$|^if/.test(part.type))) return []
  const note = acts.find(part => logs.test(part.text))
  if (note === undefined) return []
  return [
    {
      start: note.startIndex,
      end: note.endIndex,
      log: note.text.replace(/\s+/g, ' ').slice(0, 100),
      trace: acts.some(part => traces.test(part.text)),
      blocks: tried.slice(0, 2).some(part => blocks.test(part.text)),
    },
  ]
}
