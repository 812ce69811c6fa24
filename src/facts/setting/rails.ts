import type { Node } from 'web-tree-sitter'
import { spanOfNode } from '../../artifact/ruby.ts'
import { sourceOf } from '../../artifact/source.ts'
import { treeOf } from '../../artifact/trees.ts'
import type { Setting } from './read.ts'

const path = /(?:^|\.)(config(?:\.\w+)+)$/

/** `config.x = …`, `config.x << …` and `config.session_store …` of Rails' own configuration files. */
export async function railsSettings(file: string, text: string): Promise<readonly Setting[]> {
  const root = (await treeOf(sourceOf(file, 'head', text), 'ruby'))?.rootNode
  if (!root) return []
  const named = new Map<string, string>()
  const found: Setting[] = []
  const kinds = ['assignment', 'operator_assignment', 'binary', 'call']
  for (const node of root.descendantsOfType(kinds)) {
    if (!node) continue
    const left = node.childForFieldName('left')
    const right = node.childForFieldName('right')
    if (node.type === 'assignment' && left?.type === 'identifier' && right) named.set(left.text, right.text)
    const setting = node.type === 'call' ? called(node, named) : left && right ? assigned(node, left, right) : undefined
    if (setting) found.push({ program: 'rails', within: '', ...setting, span: spanOfNode(node) })
  }
  return found
}

function assigned(node: Node, left: Node, right: Node): Pick<Setting, 'name' | 'value'> | undefined {
  const name = path.exec(left.text)?.[1]
  if (name === undefined) return undefined
  if (node.type === 'binary' && node.childForFieldName('operator')?.text !== '<<') return undefined
  return { name, value: plain(right.text) }
}

/** `config.load_defaults 7.1`, `config.session_store :cookie_store, options`. */
function called(node: Node, named: ReadonlyMap<string, string>): Pick<Setting, 'name' | 'value'> | undefined {
  const receiver = node.childForFieldName('receiver')?.text ?? ''
  const method = node.childForFieldName('method')?.text ?? ''
  if (!/(^|\.)config$/.test(receiver) || !/^(session_store|load_defaults)$/.test(method)) return undefined
  const given = node.childForFieldName('arguments')?.text ?? ''
  const value = given.replace(/\b[a-z_]\w*\b(?!:)/g, word => named.get(word) ?? word)
  return { name: `config.${method}`, value: plain(value) }
}

/** On one line, without comments and with one kind of quotes, so that none of these makes a difference. */
function plain(text: string): string {
  return text
    .split('\n')
    .map(line => line.replace(/(^|\s)#(?!\{).*$/, ''))
    .join(' ')
    .replace(/\s+/g, ' ')
    .replace(/'([^'"\\]*)'/g, '"$1"')
    .trim()
}
