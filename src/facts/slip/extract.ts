import type { Artifact, Source } from '../../artifact/types.ts'
import type { Extraction, FactContext } from '../types.ts'
import { jobPerRow, sentBeforeMarked } from './batches.ts'
import { connectsOnce, withoutTimeout } from './calls.ts'
import { channelsLeft } from './channels.ts'
import { constantsAgain, otherSuperclasses } from './classes.ts'
import { clientsPerRequest } from './clients.ts'
import { errorsThatCrash, idsNarrowed, pointersUnasked } from './crashes.ts'
import { sharedDefaults } from './defaults.ts'
import { effectLoops } from './effects.ts'
import type { Slip } from './found.ts'
import { frequentScans } from './frequent.ts'
import { locksKept, loopVariables } from './go.ts'
import type { SlipFact } from './index.ts'
import { settingLanguages } from './languages.ts'
import { freshGroups, idempotencyGone, payloadFieldsGone, tableLocks, versionsGone } from './lines.ts'
import { noIndex } from './pages.ts'
import { failuresSwallowed } from './process.ts'
import { eagerRelations, nullsExcluded } from './queries.ts'
import { queuesWithoutWorker } from './queues.ts'
import { keysLocked, selfUpgrades } from './records.ts'
import { emptyMeansAll, slashesLost } from './removed.ts'
import { newlyRequired } from './required.ts'
import { definedTwice } from './scopes.ts'
import { guardsOff, secretLiterals, secretsLogged } from './secrets.ts'
import { answersShared, memosOfRequests, notedTooLate } from './shared.ts'
import { routesUnguarded } from './unguarded.ts'
import { panicsOnReload, valuesReused } from './values.ts'
import { unverified } from './verify.ts'

const longest = 500_000

const isCode = ({ language }: Artifact): boolean => !settingLanguages.includes(language)

/** Facts about slips in the code that the change adds or alters. */
export async function extractSlips(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly SlipFact[] }> {
  const facts: SlipFact[] = []
  for (const artifact of artifacts) {
    const source = artifact.head
    if (source === undefined || source.text.length > longest) continue
    for (const slip of await slipsIn(artifact, source, context))
      facts.push({ kind: 'slip', path: artifact.path, side: 'head', before: '', after: '', otherAt: '', ...slip })
  }
  return { facts, notAnalysed: [] }
}

async function slipsIn(artifact: Artifact, source: Source, { change }: FactContext): Promise<readonly Slip[]> {
  const tree = change.trees.head
  if (artifact.role !== 'live') return guardsOff(artifact, source)
  if (artifact.language === 'template') return noIndex(artifact, source)
  const anywhere = [
    ...selfUpgrades(artifact, source),
    ...secretLiterals(artifact, source),
    ...guardsOff(artifact, source),
  ]
  if (artifact.language === 'sql') return anywhere
  if (!isCode(artifact)) return [...anywhere, ...freshGroups(artifact, source), ...keysLocked(artifact, source)]
  return [
    ...anywhere,
    ...freshGroups(artifact, source),
    ...(await channelsLeft(artifact, source, tree)),
    ...tableLocks(artifact, source),
    ...idempotencyGone(artifact, source),
    ...payloadFieldsGone(artifact, source),
    ...(await versionsGone(artifact, source, change)),
    ...(await otherSuperclasses(artifact, source, tree)),
    ...(await constantsAgain(artifact, source, tree)),
    ...definedTwice(artifact, source),
    ...(await loopVariables(artifact, source, tree)),
    ...eagerRelations(artifact, source),
    ...nullsExcluded(artifact, source),
    ...connectsOnce(artifact, source),
    ...withoutTimeout(artifact, source),
    ...clientsPerRequest(artifact, source),
    ...effectLoops(artifact, source),
    ...secretsLogged(artifact, source),
    ...unverified(artifact, source),
    ...locksKept(artifact, source),
    ...failuresSwallowed(artifact, source),
    ...noIndex(artifact, source),
    ...sharedDefaults(artifact, source),
    ...sentBeforeMarked(artifact, source),
    ...(await jobPerRow(artifact, source, tree)),
    ...(await valuesReused(artifact, source, tree)),
    ...panicsOnReload(artifact, source),
    ...(await newlyRequired(artifact, source, change)),
    ...(await frequentScans(artifact, source, tree)),
    ...errorsThatCrash(artifact, source),
    ...pointersUnasked(artifact, source),
    ...idsNarrowed(artifact, source),
    ...memosOfRequests(artifact, source),
    ...answersShared(artifact, source),
    ...notedTooLate(artifact, source),
    ...routesUnguarded(artifact, source),
    ...slashesLost(artifact, source),
    ...emptyMeansAll(artifact, source),
    ...(await queuesWithoutWorker(artifact, source, tree)),
  ]
}
