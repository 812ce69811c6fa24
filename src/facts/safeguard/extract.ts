import type { Artifact, Source } from '../../artifact/types.ts'
import type { Extraction, FactContext } from '../types.ts'
import { lostArguments } from './arguments.ts'
import { changedTexts, type Loss, type Sides, withoutComments } from './found.ts'
import type { SafeguardFact } from './index.ts'
import { lostLines } from './lines.ts'
import { lostPauses } from './loops.ts'
import { cachedForms, changedLevels, lostRecovery } from './shapes.ts'
import { changedValues } from './values.ts'

const longest = 300_000
/** Most files that one change is compared in: more is a move of the whole code. */
const mostFiles = 400

/** What bounded or protected code that stays, and is gone after the change. */
export async function extractSafeguards(
  { artifacts: all, change }: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly SafeguardFact[] }> {
  if (artifacts.length > mostFiles) {
    const reason = `what bounded its code was not compared: the change has ${artifacts.length} files of code`
    return { facts: [], notAnalysed: artifacts.map(({ path }) => ({ path, reason })) }
  }
  const tooLong = artifacts.filter(({ base, head }) => isTooLong(base) || isTooLong(head))
  const arrived = all
    .flatMap(artifact => (artifact.head === undefined ? [] : changedTexts(artifact, artifact.head, 'head')))
    .join('\n')
  const facts: SafeguardFact[] = []
  for (const artifact of artifacts) {
    const sides = sidesOf(artifact, arrived)
    if (sides === undefined) continue
    const { path } = artifact
    for (const loss of [...lossesOf(sides), ...(await changedLevels(sides, change.trees.head))])
      facts.push({ kind: 'safeguard', path, side: 'head', before: '', after: '', acts: false, ...loss })
  }
  const reason = 'what bounded its code was not compared: the file is too long'
  return { facts, notAnalysed: tooLong.map(({ path }) => ({ path, reason })) }
}

const isTooLong = (source: Source | undefined): boolean => (source?.text.length ?? 0) > longest

function sidesOf(artifact: Artifact, arrived: string): Sides | undefined {
  const { base, head } = artifact
  if (base === undefined || head === undefined || isTooLong(base) || isTooLong(head)) return undefined
  const gone = withoutComments(changedTexts(artifact, base, 'base'))
  if (gone.length === 0) return undefined
  const come = withoutComments(changedTexts(artifact, head, 'head'))
  return { artifact, base, head, gone, come, arrived }
}

function lossesOf(sides: Sides): readonly Loss[] {
  const losses = [
    ...lostArguments(sides),
    ...lostLines(sides),
    ...lostPauses(sides),
    ...changedValues(sides),
    ...cachedForms(sides),
    ...lostRecovery(sides),
  ]
  const told = new Set<string>()
  return losses.filter(({ what, span }) => {
    const key = `${what}:${span.line}`
    return !told.has(key) && told.add(key)
  })
}
