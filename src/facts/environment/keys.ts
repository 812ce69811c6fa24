import { roleOf } from '../../artifact/classify.ts'
import { textOf } from '../../change/content.ts'
import type { ChangedFile, Tree } from '../../change/types.ts'
import { globs } from '../../text/glob.ts'
import { indexLines, lineText, positionAt } from '../../text/lines.ts'
import type { FactContext } from '../types.ts'
import { columns, factOf } from './fact.ts'
import type { EnvironmentFact } from './index.ts'
import { declaredOn, namesKey, placeOf, placesOf } from './places.ts'
import { isCode, readsOf } from './reads.ts'
import { isTouched } from './touched.ts'

/** Most changed and unchanged files of code that are read. */
const mostFiles = 400

/** Keys that the change makes code need, and keys that it takes away from those who need them. */
export async function keyFacts(context: FactContext): Promise<readonly EnvironmentFact[]> {
  return [...(await missingKeys(context)), ...(await removedKeys(context))]
}

interface NeededKey {
  readonly key: string
  readonly file: ChangedFile
  readonly line: number
  readonly column: number
  readonly required: boolean
}

async function missingKeys(context: FactContext): Promise<readonly EnvironmentFact[]> {
  const { change, config } = context
  const ignored = globs(config.ignore)
  const needed: NeededKey[] = []
  for (const file of change.files.slice(0, mostFiles)) {
    if (ignored(file.path)) continue
    if (!isCode(file.path) || roleOf(file.path) !== 'live' || isOffline(file.path)) continue
    const head = await textOf(file, 'head')
    if (head === undefined || !/[A-Z][A-Z0-9_]{2,}/.test(head)) continue
    const reads = readsOf(file.path, head).filter(read => read.bare)
    if (reads.length === 0) continue
    const base = (await textOf(file, 'base')) ?? ''
    const before = new Set(readsOf(file.path, base).map(({ key }) => key))
    const [hunks, lines] = [await file.hunks(), indexLines(head)]
    for (const { key, offset, required } of reads) {
      const { line, column } = positionAt(lines, offset)
      // A key that the code knew before was set before, or failed before.
      if (!before.has(key) && !namesKey(base, key) && isTouched(hunks, line))
        needed.push({ key, file, line, column, required })
    }
  }
  const fresh = [...new Map(needed.map(item => [item.key, item])).values()]
  if (fresh.length === 0) return []
  const changed = new Set(change.files.map(file => file.path))
  const known = await placesOf(
    change.trees.head,
    fresh.map(({ key }) => key),
    changed,
  )
  const { places } = known
  const undeclared = fresh.filter(({ key }) => known.undeclared.has(key))
  if (undeclared.length === 0 || !known.complete) return []
  const keys = await keysOfCode(change.trees.base)
  return undeclared.flatMap(({ key, file, line, column, required }) => {
    if (keys.has(key)) return []
    const others = [...keys.keys()].filter(other => other !== key)
    const production = places.filter(
      place => place.for === 'production' && others.some(other => namesKey(place.text, other)),
    )
    const sources =
      production.length > 0 ? production : places.filter(place => others.some(other => namesKey(place.text, other)))
    const covered = others.filter(other => sources.some(place => namesKey(place.text, other)))
    return [
      factOf({
        what: 'missing',
        path: file.path,
        side: 'head',
        span: columns(line, column, key.length + 10),
        key,
        required,
        credential: /KEY|SECRET|TOKEN|PASSWORD|URL|DSN|HOST|ENDPOINT|ACCOUNT|CLIENT_ID|BUCKET/.test(key),
        coverage: others.length === 0 ? 0 : covered.length / others.length,
        declaredIn: places.find(place => namesKey(place.text, key))?.path ?? '',
        placesOfProduction: nearest(
          production.map(place => place.path),
          file.path,
        ),
      }),
    ]
  })
}

/** Tools and scripts of developers do not run in production. */
function isOffline(path: string): boolean {
  return /(^|\/)(scripts?|tools?|hack|ci|\.github|dev|bench\w*|seeds?|\.ci|tasks?)\/|(^|\/)(vite|jest|vitest|playwright|webpack|rollup|next|drizzle|knexfile|codegen|cypress|eslint|tailwind|postcss|babel|metro|astro|nuxt|svelte)[\w.-]*\.config\.|(^|\/)(Rakefile|Fastfile|setup\.py|conftest\.py|noxfile\.py|build\.rs)$/i.test(
    path,
  )
}

function nearest(paths: readonly string[], to: string): readonly string[] {
  const common = (path: string) => {
    let at = 0
    while (at < path.length && path.charAt(at) === to.charAt(at)) at++
    return at
  }
  return [...paths].sort((a, b) => common(b) - common(a)).slice(0, 5)
}

/** Keys that code of the repository reads, with the first file of each and whether it needs them. */
async function keysOfCode(
  tree: Tree,
  only?: (text: string) => boolean,
): Promise<ReadonlyMap<string, { path: string; required: boolean }>> {
  const found = new Map<string, { path: string; required: boolean }>()
  const paths = (await tree.list()).filter(path => isCode(path) && roleOf(path) === 'live')
  const likely = [...paths].sort((a, b) => rank(a) - rank(b))
  for (const path of likely.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text === undefined || only?.(text) === false) continue
    for (const { key, required } of readsOf(path, text)) {
      const known = found.get(key)
      if (known === undefined || (required && !known.required)) found.set(key, { path, required })
    }
  }
  return found
}

/** Files that read settings come first, as not all are read. */
function rank(path: string): number {
  return /config|settings|env|initializer|main\.|server\.|app\./i.test(path) ? 0 : path.split('/').length
}

async function removedKeys(context: FactContext): Promise<readonly EnvironmentFact[]> {
  const { change, config } = context
  const ignored = globs(config.ignore)
  const removed: (NeededKey & { readonly value: string })[] = []
  for (const file of change.files) {
    const path = file.basePath ?? file.path
    if (ignored(path) || placeOf(path) !== 'production') continue
    const base = await textOf(file, 'base')
    if (base === undefined) continue
    const head = (await textOf(file, 'head')) ?? ''
    const lines = indexLines(base)
    for (const hunk of await file.hunks())
      for (let line = hunk.baseStart; line < hunk.baseStart + hunk.baseCount; line++) {
        const text = lineText(lines, line)
        const key = declaredOn(text)
        if (key !== undefined && !namesKey(head, key))
          removed.push({ key, file, line, column: text.indexOf(key) + 1, required: true, value: text.trim() })
      }
  }
  if (removed.length === 0 || removed.length > 40) return []
  const changed = new Set(change.files.map(file => file.path))
  const known = await placesOf(
    change.trees.head,
    removed.map(({ key }) => key),
    changed,
  )
  const { places } = known
  const gone = removed.filter(({ key }) => known.undeclared.has(key))
  if (gone.length === 0 || !known.complete) return []
  const names = gone.map(({ key }) => key)
  const reads = await keysOfCode(change.trees.head, text => names.some(name => text.includes(name)))
  return [...new Map(gone.map(item => [item.key, item])).values()].flatMap(({ key, file, line, column, value }) => {
    const read = reads.get(key)
    if (read === undefined) return []
    return [
      factOf({
        what: 'removed',
        path: file.path,
        side: 'base',
        span: columns(line, column, key.length),
        key,
        baseValue: value.length > 80 ? '…' : key,
        required: read.required,
        readers: [read.path],
        declaredIn: places.find(place => place.for === 'others' && namesKey(place.text, key))?.path ?? '',
      }),
    ]
  })
}
