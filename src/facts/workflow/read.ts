import { documentsOf } from '../../artifact/documents.ts'
import type { Artifact } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import { azurePipeline } from './azure.ts'
import { circlePipeline } from './circleci.ts'
import { githubPipeline } from './github.ts'
import { gitlabPipeline } from './gitlab.ts'
import type { WorkflowFact } from './index.ts'
import type { Pipeline } from './pipeline.ts'

const readers = { github: githubPipeline, azure: azurePipeline, gitlab: gitlabPipeline, circleci: circlePipeline }

/** The pipeline of one side of a file; undefined when there is none or it cannot be read. */
export async function pipelineOf(
  artifact: Artifact,
  side: Side,
  system: WorkflowFact['system'],
): Promise<Pipeline | undefined> {
  const source = artifact[side]
  const [document] = source === undefined ? [] : ((await documentsOf(source, artifact.language)) ?? [])
  if (source === undefined || document?.root.type !== 'map') return undefined
  return { system, root: document.root, text: source.text, ...readers[system](document.root) }
}
