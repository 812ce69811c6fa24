import { type Artifact, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import type { Extraction, FactContext } from '../types.ts'
import { absorbed } from './absorbed.ts'
import { attachedLists } from './acl.ts'
import { altered, relocated, renamed } from './addresses.ts'
import { type Block, besideBlocks, changedBlocks } from './blocks.ts'
import { derived, needsDerived } from './derived.ts'
import type { TerraformFact } from './index.ts'
import { authoritative, disconnected, needsBeside } from './owners.ts'
import { needsReaders, pinnedReaders } from './pinned.ts'
import { needsRoom, outgrown } from './room.ts'
import { sharedStates } from './shared-state.ts'

/** Facts from all changed files together: a block may move between the files of a folder. */
export async function extractTerraform(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly TerraformFact[] }> {
  const notAnalysed: NotAnalysed[] = []
  try {
    return { facts: await factsOf(context, artifacts), notAnalysed }
  } catch (error) {
    const reason = `its blocks could not be compared (${messageOf(error)})`
    return { facts: [], notAnalysed: artifacts.map(({ path }) => ({ path, reason })) }
  }
}

async function factsOf(context: FactContext, artifacts: readonly Artifact[]): Promise<readonly TerraformFact[]> {
  const { base, head } = await changedBlocks(artifacts)
  const byPath = new Map(artifacts.map(artifact => [artifact.path, artifact]))
  const besideOf = besideBlocks(context.change.trees.head, new Set(byPath.keys()))
  const drafts = [...renamed({ base, head }), ...altered({ base, head }), ...relocated({ base, head })]
  drafts.push(...(await sharedStates({ base, head }, context.change.trees.head)))
  drafts.push(...(await attachedLists({ base, head }, context.change.trees.head)))
  const folders = [...new Set([...base, ...head].map(block => block.folder))]
  for (const folder of folders) {
    const inside = (block: Block): boolean => block.folder === folder
    const changed = { base: base.filter(inside), head: head.filter(inside) }
    const around = {
      ...changed,
      beside:
        needsBeside(changed) || needsDerived(changed) || needsReaders(changed.head) || needsRoom(changed)
          ? await besideOf(folder)
          : [],
    }
    drafts.push(
      ...authoritative(around),
      ...disconnected(around),
      ...derived(around),
      ...pinnedReaders(around),
      ...outgrown(around),
      ...absorbed(changed),
    )
  }
  return drafts.flatMap((draft): readonly TerraformFact[] => {
    const artifact = byPath.get(draft.path) ?? artifacts.find(({ basePath }) => basePath === draft.path)
    if (artifact === undefined) return []
    const fact: TerraformFact = { kind: 'terraform', ...draft, path: artifact.path }
    // A block is pointed at by its first line, which itself need not have changed.
    const whole = { line: fact.span.line, endLine: Math.max(fact.span.endLine, fact.span.line) }
    const isRelevant =
      draft.change === 'replaced' ||
      draft.change === 'rekeyed' ||
      draft.change === 'rerun' ||
      draft.change === 'outgrown' ||
      draft.change === 'state' ||
      touches(artifact, fact.side, whole)
    return isRelevant || artifact.status !== 'renamed' ? [fact] : []
  })
}
