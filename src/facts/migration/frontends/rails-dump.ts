import type { Tree } from '../../../change/types.ts'
import type { RailsHints } from './rails.ts'

const largest = 6_000_000

const known = new WeakMap<Tree, Map<string, Promise<RailsHints['knows']>>>()

/** Which tables there are, from the dump of the schema beside the migrations; nothing where there is none. */
export async function tablesInDump(path: string, tree: Tree): Promise<Pick<RailsHints, 'knows'>> {
  const folder = path.split('/').slice(0, -2).join('/')
  const above = folder === '' ? '' : `${folder}/`
  const folders = known.get(tree) ?? new Map<string, Promise<RailsHints['knows']>>()
  known.set(tree, folders)
  const found = folders.get(above) ?? readDump(above, tree)
  folders.set(above, found)
  const knows = await found
  return knows === undefined ? {} : { knows }
}

async function readDump(folder: string, tree: Tree): Promise<RailsHints['knows']> {
  for (const [name, creates] of dumps) {
    const text = await tree.read(`${folder}${name}`)
    if (text === undefined || text.length > largest) continue
    const tables = new Set([...text.matchAll(creates)].map(found => found[1] ?? ''))
    if (tables.size > 0) return table => tables.has(table)
  }
  return undefined
}

const dumps = [
  ['schema.rb', /^\s*create_table\s+["']([^"']+)["']/gm],
  ['structure.sql', /^CREATE TABLE (?:IF NOT EXISTS )?(?:public\.)?["`]?(\w+)/gm],
] as const
