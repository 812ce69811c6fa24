import type { Node } from 'web-tree-sitter'
import { spanOfNode } from '../../artifact/ruby.ts'
import { treeOf } from '../../artifact/trees.ts'
import type { Tree } from '../../change/types.ts'
import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'

/** Calls in which the gem strong_migrations cannot see what happens; it stops the migration unless they are declared safe. */
const opaque: readonly string[] = ['change_table', 'execute']

/** Calls of a new Rails migration at which strong_migrations will stop it, in a repository that uses the gem. */
export async function checkerFacts(setting: Setting, tree: Tree): Promise<readonly MigrationFact[]> {
  const { artifact } = setting
  const source = artifact.head
  if (artifact.kind !== 'rails-migration' || artifact.status !== 'added' || !source) return []
  if (!opaque.some(name => source.text.includes(name))) return []
  const unchecked = await uncheckedCalls(artifact.path, tree)
  if (unchecked === undefined) return []
  const root = (await treeOf(source, 'ruby'))?.rootNode
  if (!root) return []
  return root.descendantsOfType('call').flatMap(node => {
    const name = node?.childForFieldName('method')?.text ?? ''
    if (!node || node.childForFieldName('receiver') || !opaque.includes(name) || unchecked.includes(name)) return []
    if (!runsUnassured(node)) return []
    const table = /^:(\w+)$/.exec(node.childForFieldName('arguments')?.namedChild(0)?.text ?? '')?.[1] ?? ''
    if (table !== '' && setting.isNew(table)) return []
    const first = node.text.split('\n')[0]?.trim() ?? ''
    const span = spanOfNode(node)
    return [
      {
        ...blankFact(setting, 'unchecked-call', first),
        span: { ...span, endLine: span.line, endColumn: span.column + (node.text.split('\n')[0] ?? '').length },
        table,
        how: name,
      },
    ]
  })
}

/** Calls that the gem's settings let pass; undefined when the gem is not used or does not look at this migration. */
async function uncheckedCalls(path: string, tree: Tree): Promise<readonly string[] | undefined> {
  const root = /^(.*?)db\//.exec(path)?.[1] ?? ''
  const gems = (await tree.read(`${root}Gemfile.lock`)) ?? (await tree.read(`${root}Gemfile`)) ?? ''
  if (!/^\s*(gem\s*\(?["'])?strong_migrations\b/m.test(gems)) return undefined
  const settings = (await tree.read(`${root}config/initializers/strong_migrations.rb`)) ?? ''
  const after = /^\s*StrongMigrations\.start_after\s*=\s*["']?([\d_]+)/m.exec(settings)?.[1]?.replaceAll('_', '')
  const version = /(?:^|\/)(\d+)_[^/]*$/.exec(path)?.[1] ?? ''
  if (after !== undefined && Number(version) <= Number(after)) return undefined
  return [...settings.matchAll(/^\s*StrongMigrations\.disable_check\(?\s*:(\w+)/gm)].map(([, name = '']) => name)
}

/** Is the call on the way up, outside of `safety_assured`? */
function runsUnassured(call: Node): boolean {
  for (let node = call.parent; node; node = node.parent) {
    if (node.type === 'method') return /^(up|change)$/.test(node.childForFieldName('name')?.text ?? '')
    if (node.type !== 'call') continue
    const name = node.childForFieldName('method')?.text ?? ''
    if (name === 'safety_assured' || name === 'down') return false
  }
  return false
}
