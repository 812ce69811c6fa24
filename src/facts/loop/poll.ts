import { type Node, Query } from 'web-tree-sitter'
import { type Grammar, treeOf } from '../../artifact/trees.ts'
import type { Source } from '../../artifact/types.ts'

/** A timer that calls over the network. Offsets are those of the file. */
export interface Poll {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly periodMs?: number
  readonly perElement: boolean
}

const network =
  /\bfetch\(|\$\.(ajax|get|post|getJSON)\(|\baxios\b|XMLHttpRequest|\bhttps?\.(get|request)|\.ajax\(|Rails\.ajax|Turbo\.visit|\bajax\(/
/** A run that ends at once while the last one goes on, or while nobody looks. */
const guards = /in_?flight|loading|busy|pending|fetching|running|visibilit|document\.hidden|abort|lock|isActive|online/i

const compiled = new Map<Grammar, Query>()

/** Timers set with `setInterval` whose function, or a function of the file that it calls, asks a server. */
export async function polls(source: Source, grammar: Grammar): Promise<readonly Poll[]> {
  if (!source.text.includes('setInterval')) return []
  const tree = await treeOf(source, grammar)
  if (tree === undefined) throw new Error('parsing takes too long')
  const query = compiled.get(grammar) ?? new Query(tree.language, '(call_expression) @call')
  compiled.set(grammar, query)
  const found: Poll[] = []
  for (const { node } of query.captures(tree.rootNode)) {
    if (!/^(window\.|globalThis\.)?setInterval$/.test(node.childForFieldName('function')?.text ?? '')) continue
    const [work, period] = node.childForFieldName('arguments')?.namedChildren.filter(child => child !== null) ?? []
    if (work === undefined) continue
    const body = bodyBehind(work, source.text)
    if (!network.test(body) || guards.test(body)) continue
    const periodMs = millis(period?.text, source.text)
    found.push({
      start: node.startIndex,
      end: node.endIndex,
      text: node.text.replace(/\s+/g, ' ').slice(0, 100),
      ...(periodMs === undefined ? {} : { periodMs }),
      perElement: isPerElement(node),
    })
  }
  return found
}

/** The text of the function, with that of the file's functions it calls by name. */
function bodyBehind(work: Node, text: string): string {
  const names =
    work.type === 'identifier' ? [work.text] : [...work.text.matchAll(/\b([a-z_$]\w*)\(/gi)].map(m => m[1] ?? '')
  const bodies = [...new Set(names)].slice(0, 20).map(name => definition(name, text))
  return [work.text, ...bodies].join('\n')
}

function definition(name: string, text: string): string {
  if (!/^\w+$/.test(name) || /^(function|if|for|while|switch|catch|return)$/.test(name)) return ''
  const at = new RegExp(
    `\\bfunction\\s+${name}\\s*\\(|\\b(?:const|let|var)\\s+${name}\\s*=\\s*(?:async\\s*)?(?:function|\\()`,
  ).exec(text)
  if (at === null) return ''
  const rest = text.slice(at.index, at.index + 3000)
  const end = /\n\}/.exec(rest)
  return end === null ? rest : rest.slice(0, end.index)
}

function millis(period: string | undefined, text: string): number | undefined {
  if (period === undefined) return undefined
  const literal = /^[A-Za-z_]\w*$/.test(period)
    ? new RegExp(`\\b${period}\\s*=\\s*([\\d_* ]+)`).exec(text)?.[1]
    : /^[\d_* ]+$/.exec(period)?.[0]
  const factors = literal?.replaceAll('_', '').split('*').map(Number)
  const product = factors?.reduce((all, one) => all * one, 1)
  return product === undefined || !(product > 0) ? undefined : product
}

function isPerElement(node: Node): boolean {
  for (let at = node.parent; at !== null; at = at.parent) {
    if (at.type !== 'call_expression') continue
    if (/\.(each|forEach|map)$/.test(at.childForFieldName('function')?.text.slice(-12) ?? '')) return true
  }
  return false
}
