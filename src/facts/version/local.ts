import { roleOf } from '../../artifact/classify.ts'
import { textOf } from '../../change/content.ts'
import type { Change } from '../../change/types.ts'
import { indexLines, lineSpan } from '../../text/lines.ts'
import type { VersionFact } from './index.ts'

/** Files that name packages and may take one from a folder. */
export const isManifestPath = (path: string): boolean => /(^|\/)(go\.mod|package\.json|Cargo\.toml)$/.test(path)

const taken =
  /^\s*(?:replace\s+)?([\w./-]+)(?:\s+v\S+)?\s*=>\s*(\.{1,2}\/\S+|\/\S+)|^\s*"([@\w./-]+)":\s*"(?:file|link|portal):(\.{0,2}\/[^"]+)"|^\s*([\w-]+)\s*=\s*\{[^}\n]*\bpath\s*=\s*"(\.\.\/[^"]+|\/[^"]+)"/

/** Packages that the change takes from a folder which the repository does not have. */
export async function localFacts(change: Change): Promise<readonly VersionFact[]> {
  const facts: VersionFact[] = []
  for (const file of change.files) {
    if (file.status === 'deleted' || !isManifestPath(file.path) || roleOf(file.path) !== 'live') continue
    const [base, head] = [(await textOf(file, 'base')) ?? '', await textOf(file, 'head')]
    if (head === undefined || head.length > 500_000) continue
    const lines = indexLines(head)
    for (const [at, line] of head.split('\n').entries()) {
      const match = taken.exec(line)
      const [name, folder] = [match?.[1] ?? match?.[3] ?? match?.[5], match?.[2] ?? match?.[4] ?? match?.[6]]
      if (name === undefined || folder === undefined || base.includes(line.trim())) continue
      // Packages that are taken out on purpose point to an empty place there.
      if (/(^|\/)node_modules\//.test(folder)) continue
      // What a step of the build puts there, such as wasm-pack.
      if (/(^|\/)(pkg|dist|build|out|target|generated|gen)(\/|$)/.test(folder)) continue
      const target = resolved(file.path, folder)
      if (target !== undefined && (await isThere(change, target))) continue
      facts.push({
        kind: 'version',
        path: file.path,
        side: 'head',
        span: lineSpan(lines, at + 1),
        what: 'local',
        name,
        base: '',
        head: folder,
        step: 'other',
        parts: 0,
        role: 'other',
        allowed: false,
      })
    }
  }
  return facts
}

/** The repository has the folder, the archive, or a submodule there. */
async function isThere({ trees: { head } }: Change, target: string): Promise<boolean> {
  const paths = await head.list()
  if (paths.some(path => path === target || path.startsWith(target === '' ? '' : `${target}/`))) return true
  return (await head.read('.gitmodules'))?.includes(target) === true
}

/** The folder as a path of the repository; undefined where it leads out of it. */
function resolved(from: string, folder: string): string | undefined {
  if (folder.startsWith('/')) return undefined
  const parts = from.split('/').slice(0, -1)
  for (const part of folder.replace(/\/$/, '').split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}
