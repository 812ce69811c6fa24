import { classifyPath, environmentOf, roleOf } from '../../artifact/classify.ts'
import { sourceOf } from '../../artifact/source.ts'
import { type Artifact, touches } from '../../artifact/types.ts'
import type { FactContext } from '../types.ts'
import { factOf } from './fact.ts'
import type { EnvironmentFact } from './index.ts'
import { siblingPaths } from './names.ts'
import { isCode } from './reads.ts'
import { type Scalar, scalarsOf } from './scalars.ts'

/** Fewest keys that two files must share to count as the same configuration for two environments. */
const fewestShared = 2

/** Keys that the change gives to a lower environment while the file of production, alike so far, does not get them. */
export async function asymmetricFacts(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<readonly EnvironmentFact[]> {
  const facts: EnvironmentFact[] = []
  for (const artifact of artifacts) {
    if (artifact.environment !== 'lower' || artifact.head === undefined || artifact.base === undefined) continue
    if (!['yaml', 'json', 'toml'].includes(artifact.language) || artifact.head.text.length > 200_000) continue
    const paths = await context.change.trees.head.list()
    const [sibling] = siblingPaths(artifact.path, paths, 'lower').filter(path => environmentOf(path) === 'production')
    if (sibling === undefined) continue
    const head = (await scalarsOf(artifact.head, artifact.language)) ?? []
    const before = new Set(((await scalarsOf(artifact.base, artifact.language)) ?? []).map(({ path }) => path))
    const fresh = head.filter(
      scalar => !before.has(scalar.path) && !scalar.path.includes('[') && touches(artifact, 'head', scalar.span),
    )
    if (fresh.length === 0 || before.size < fewestShared) continue
    const production = await productionScalars(context, sibling)
    if (production === undefined) continue
    const known = new Set(production.map(({ path }) => path))
    const shared = [...before].filter(path => known.has(path)).length
    if (shared < fewestShared || shared < before.size * 0.6) continue
    const added = await addedCode(context)
    for (const scalar of fresh.slice(0, 20)) {
      if (known.has(scalar.path) || !hasParent(production, scalar)) continue
      facts.push(
        factOf({
          what: 'asymmetric',
          path: artifact.path,
          side: 'head',
          span: scalar.span,
          key: scalar.path,
          own: 'lower',
          foundIn: sibling,
          readByChange: scalar.key.length > 3 && added.includes(scalar.key),
        }),
      )
    }
  }
  return facts
}

async function productionScalars({ change }: FactContext, path: string): Promise<readonly Scalar[] | undefined> {
  const text = await change.trees.head.read(path)
  const by = classifyPath(path)
  return text === undefined || by === undefined ? undefined : scalarsOf(sourceOf(path, 'head', text), by.language)
}

function hasParent(production: readonly Scalar[], { parent }: Scalar): boolean {
  return parent === '' || production.some(other => other.parent === parent)
}

/** Lines of code that the change adds. */
async function addedCode({ change }: FactContext): Promise<string> {
  const parts: string[] = []
  for (const file of change.files.slice(0, 200)) {
    if (!isCode(file.path) || roleOf(file.path) !== 'live') continue
    const content = await file.read('head')
    if (content === undefined || !('text' in content)) continue
    const lines = content.text.split('\n')
    for (const hunk of await file.hunks())
      parts.push(...lines.slice(hunk.headStart - 1, hunk.headStart - 1 + hunk.headCount))
  }
  return parts.join('\n')
}
