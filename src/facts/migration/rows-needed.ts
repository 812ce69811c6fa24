import type { Node } from 'web-tree-sitter'
import { callOf, childrenOf, oneLine, type RubyCall, spanOfNode } from '../../artifact/ruby.ts'
import { treeOf } from '../../artifact/trees.ts'
import { touches } from '../../artifact/types.ts'
import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'
import { tablesOfModel } from './frontends/rails-names.ts'

/**
 * Calls of a Rails migration that raise unless one very row is there: `User.find(42)`, `Role.find_by!(name: "admin")`. Quiet
 * where the file makes such rows, asks whether they are there, or catches what is raised.
 */
export async function rowsNeeded(setting: Setting): Promise<readonly MigrationFact[]> {
  const { artifact, program } = setting
  const source = artifact.head
  if (program.framework !== 'rails' || !source || !/\.(find\(?\s*["'\d]|find_by!)/.test(source.text)) return []
  const root = (await treeOf(source, 'ruby'))?.rootNode
  if (!root) return []
  const found = root.descendantsOfType('call').flatMap(node => {
    const call = node && touches(artifact, 'head', spanOfNode(node)) ? callOf(node) : undefined
    const model = call && modelOf(call)
    return call && model !== undefined && runsUnguarded(call.node, model, source.text) ? [{ call, model }] : []
  })
  const [first] = found
  if (first === undefined) return []
  const { call, model } = first
  return [
    {
      ...blankFact(setting, 'needs-row', oneLine(call.node.text)),
      span: spanOfNode(call.node),
      table: tablesOfModel(model)[0] ?? '',
      how: oneLine(call.node.text),
    },
  ]
}

/** The model of which the call wants one row by values that are written out. */
function modelOf({ name, receiver, arguments: given, keywords, block }: RubyCall): string | undefined {
  const model = /^(?:::)?((?:[A-Z]\w*::)*[A-Z]\w*)(?:\.unscoped|\.with_deleted)?$/.exec(receiver?.text ?? '')?.[1]
  if (model === undefined || block) return undefined
  const values = [...given, ...keywords.values()]
  // What finds by a name may be no model: `Plek.find("router-api")`.
  if (name === 'find') return given.length === 1 && keywords.size === 0 && given.every(isKey) ? model : undefined
  return name === 'find_by!' && given.length === 0 && values.length > 0 && values.every(isLiteral) ? model : undefined
}

const isKey = (node: Node): boolean =>
  node.type === 'integer' || /^["'][0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}["']$/i.test(node.text)

const isLiteral = (node: Node): boolean =>
  /^(integer|simple_symbol)$/.test(node.type) ||
  (node.type === 'string' && childrenOf(node).every(part => part.type === 'string_content'))

/** On the way up, and nothing around or in the file minds that the row is missing. */
function runsUnguarded(node: Node, model: string, text: string): boolean {
  const bare = model.replace(/^.*::/, '')
  if (
    new RegExp(
      `\\b${bare}\\s*\\.\\s*(create|insert|upsert|exists\\?|find_or_create|find_by\\b(?!!)|where\\b.*(exists|any)\\?)|INSERT\\s+INTO`,
    ).test(text)
  )
    return false
  if (/RecordNotFound/.test(text)) return false
  for (let at = node.parent; at; at = at.parent) {
    if (/^(rescue_modifier|if|unless|if_modifier|unless_modifier|conditional|case)$/.test(at.type)) return false
    if (/^(begin|body_statement)$/.test(at.type) && childrenOf(at).some(({ type }) => type === 'rescue')) return false
    if (at.type === 'method') return !/^down$/.test(at.childForFieldName('name')?.text ?? '')
  }
  return true
}
