import { roleOf } from '../../artifact/classify.ts'
import { textOf } from '../../change/content.ts'
import type { ChangedFile, Tree } from '../../change/types.ts'
import { globs } from '../../text/glob.ts'
import type { Extraction, FactContext } from '../types.ts'
import { type Defined, definedIn } from './defined.ts'
import type { ReferenceFact } from './index.ts'
import { definesNames } from './names.ts'

/** Most files that are searched, most names, and most places that are told. */
const mostFiles = 1500
const mostNames = 40
const mostPlaces = 5
const largest = 300_000

/** Files that act on names: code and configuration. Prose, lock files and pictures do not. */
const acting =
  /\.(ya?ml|json|toml|ini|conf|cfg|properties|env|tf|tfvars|hcl|rb|py|js|mjs|cjs|ts|tsx|go|java|kt|scala|rs|php|ex|exs|cs|sh|bash|tpl|j2|erb)$|(^|\/)(\.env[\w.-]*|Procfile|Dockerfile[\w.-]*|resolv\.conf|[^/.]+)$/

/** Names that are gone from where they were defined and that files after the change still use. */
export async function extractReferences({
  change,
  config,
}: FactContext): Promise<Extraction & { readonly facts: readonly ReferenceFact[] }> {
  const ignored = globs(config.ignore)
  const files = change.files.filter(({ path }) => definesNames(path) && !ignored(path) && roleOf(path) === 'live')
  const kept = new Set<string>()
  const old: (Defined & { readonly file: ChangedFile })[] = []
  for (const file of files) {
    const [base, head] = [await textOf(file, 'base'), await textOf(file, 'head')]
    const path = file.basePath ?? file.path
    if (head !== undefined) for (const { name } of definedIn(file.path, head)) kept.add(name)
    if (base === undefined) continue
    const renamed = renamedHosts(definedIn(path, base), head === undefined ? [] : definedIn(file.path, head), base)
    old.push(...definedIn(path, base).flatMap(defined => (renamed.has(defined.name) ? [] : [{ ...defined, file }])))
  }
  // A machine that stays in another group has lost no more than a line.
  const left = old.filter(({ name, owner }) => !kept.has(name) && (owner === undefined || !kept.has(owner)))
  const gone = [...new Map(left.map(item => [item.name, item])).values()]
  // A tree that is taken down as a whole is searched by nobody name by name.
  if (gone.length === 0 || gone.length > mostNames) return { facts: [], notAnalysed: [] }
  const places = await placesOf(gone, change.trees.head)
  const facts = gone.flatMap(({ what, name, span, file }) => {
    // Terraform names things of other modules in policies and log queries that outlive them.
    const usedAt = (places.get(name) ?? []).filter(
      place => (what !== 'resource' && what !== 'key') || !/\.tf:\d+$/.test(place),
    )
    return usedAt.length === 0 || isTakenDown(file, change.files)
      ? []
      : [{ kind: 'reference', path: file.path, side: 'base', span, what, name, usedAt } satisfies ReferenceFact]
  })
  return { facts, notAnalysed: [] }
}

/** Hosts that an inventory now knows under another name: the address given before, or the same first label in another domain. */
function renamedHosts(before: readonly Defined[], after: readonly Defined[], text: string): ReadonlySet<string> {
  const known = new Set(before.map(({ name }) => name))
  const fresh = after.filter(({ what, name }) => what === 'host' && !known.has(name)).map(({ name }) => name)
  if (fresh.length === 0) return new Set()
  const lines = text.split('\n')
  const label = (name: string): string => name.split('.')[0] ?? name
  const gone = before.filter(({ what, name }) => what === 'host' && !after.some(other => other.name === name))
  return new Set(
    gone.flatMap(({ name, span }) => {
      const address = /\bansible_(?:ssh_)?host=["']?([\w.-]+)/.exec(lines[span.line - 1] ?? '')?.[1]
      const same = (other: string): boolean =>
        other === address || (name.includes('.') && /[a-z]/i.test(name) && label(other) === label(name))
      return fresh.some(same) ? [name] : []
    }),
  )
}

/** A part of the system that goes as a whole: several files of the folder are deleted. */
function isTakenDown(file: ChangedFile, files: readonly ChangedFile[]): boolean {
  const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1)
  return (
    file.status === 'deleted' &&
    folder !== '' &&
    files.filter(({ path, status }) => status === 'deleted' && path.startsWith(folder)).length >= 3
  )
}

/** Lines of the tree that hold a name as a whole word, outside of comments. A definition that is left elsewhere ends the search for it. */
async function placesOf(gone: readonly Defined[], tree: Tree): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>()
  const defined = new Set<string>()
  const paths = (await tree.list()).filter(path => acting.test(path) && roleOf(path) === 'live')
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text === undefined || text.length > largest) continue
    const named = gone.filter(({ name }) => text.includes(name))
    if (named.length === 0) continue
    if (definesNames(path)) for (const { name } of definedIn(path, text)) defined.add(name)
    const lines = text.split('\n')
    for (const { name } of named) {
      const at = lines.findIndex(line => holdsWord(line, name))
      const places = found.get(name) ?? []
      if (at !== -1 && places.length < mostPlaces) found.set(name, [...places, `${path}:${at + 1}`])
    }
  }
  for (const name of defined) found.delete(name)
  return found
}

function holdsWord(line: string, name: string): boolean {
  if (/^\s*(#|\/\/|;|--|\*)/.test(line)) return false
  for (let at = line.indexOf(name); at !== -1; at = line.indexOf(name, at + 1)) {
    const [before, after] = [line.charAt(at - 1), line.slice(at + name.length, at + name.length + 2)]
    // A host with a dot behind it is the start of a longer name, unless a sentence or a zone ends there.
    if (!/[\w-]/.test(before) && !/^[\w-]|^\.\w/.test(after) && !(before === '.' && /\w/.test(line.charAt(at - 2))))
      return true
  }
  return false
}
