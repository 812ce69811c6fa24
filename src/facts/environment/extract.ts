import type { Artifact } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import type { Extraction, FactContext } from '../types.ts'
import { asymmetricFacts } from './asymmetric.ts'
import { helmFacts } from './helm.ts'
import type { EnvironmentFact } from './index.ts'
import { keyFacts } from './keys.ts'
import { oneSidedFacts } from './one-sided.ts'
import { propertyFacts } from './properties.ts'
import { referenceFacts } from './references.ts'
import { valueFacts } from './values.ts'

/** Facts about values and keys of environments, from all changed files together. */
export async function extractEnvironment(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly EnvironmentFact[] }> {
  const facts: EnvironmentFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const parts = [
    () => valueFacts(context, artifacts),
    () => keyFacts(context),
    () => propertyFacts(context),
    () => referenceFacts(context, artifacts),
    () => asymmetricFacts(context, artifacts),
    () => oneSidedFacts(context, artifacts),
    () => helmFacts(context),
  ]
  for (const part of parts) {
    try {
      facts.push(...(await part()))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const [first] = context.change.files
      if (first) notAnalysed.push({ path: first.path, reason: `environments could not be compared (${why})` })
    }
  }
  return { facts, notAnalysed }
}
