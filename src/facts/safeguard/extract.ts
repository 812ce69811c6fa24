import type { Artifact } from '../../artifact/types.ts'
import type { Extraction, FactContext } from '../types.ts'
import { lostArguments } from './arguments.ts'
import { changedLines, type Loss, type Sides, withoutComments } from './found.ts'
import type { SafeguardFact } from './index.ts'
import { lostLines } from './lines.ts'
import { lostPauses } from './loops.ts'
import { changedValues } from './values.ts'

const longest = 300_000
/** Most files that one change is compared in: more is a move of the whole code. */
const mostFiles = 400

/** What bounded or protected code that stays, and is gone after the change. */
export async function extractSafeguards(
  { artifacts: all }: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly SafeguardFact[] }> {
  if (artifacts.length > mostFiles) return { facts: [], notAnalysed: [] }
  const arrived = all
    .flatMap(artifact => (artifact.head === undefined ? [] : changedLines(artifact, artifact.head, 'head')))
    .join('\n')
  const facts = artifacts.flatMap(artifact =>
    lossesOf(artifact, arrived).map(
      (loss): SafeguardFact => ({
        kind: 'safeguard',
        path: artifact.path,
        side: 'head',
        before: '',
        after: '',
        acts: false,
        ...loss,
      }),
    ),
  )
  return { facts, notAnalysed: [] }
}

function lossesOf(artifact: Artifact, arrived: string): readonly Loss[] {
  const { base, head } = artifact
  if (base === undefined || head === undefined || base.text.length > longest || head.text.length > longest) return []
  const gone = withoutComments(changedLines(artifact, base, 'base'))
  if (gone.length === 0) return []
  const come = withoutComments(changedLines(artifact, head, 'head'))
  const sides: Sides = { artifact, base, head, gone, come, arrived }
  const losses = [...lostArguments(sides), ...lostLines(sides), ...lostPauses(sides), ...changedValues(sides)]
  const told = new Set<string>()
  return losses.filter(({ what, span }) => {
    const key = `${what}:${span.line}`
    return !told.has(key) && told.add(key)
  })
}
